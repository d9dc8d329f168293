//! The command for what was just done: what a shell would have been told instead.

use std::path::Path;
use std::slice;

use super::State;
use super::effect::Effect;
use crate::api::{Field, Metadata, UploadRequest};
use crate::domain::{AccountName, Address, Asset, Ref, pastable};
use crate::transfer::job::JobId;
use crate::transfer::plan::Slot;

/// A longer one nobody pastes, in characters.
const LONGEST: usize = 8_000;

/// Words for a shell, parted by spaces.
struct Words(String);

impl Words {
    fn new(command: &str) -> Self {
        Self(format!("assetdeck {command}"))
    }

    fn word(&mut self, text: &str) {
        self.0.push(' ');
        self.0.push_str(&quoted(text));
    }

    /// A flag with a value that may begin with a dash.
    fn flag(&mut self, flag: &str, value: &str) {
        self.0.push(' ');
        self.0.push_str(flag);
        self.0.push('=');
        self.0.push_str(&quoted(value));
    }
}

/// As one word of a shell, whatever is in it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+,=~".contains(c);
    if !text.is_empty() && !text.starts_with('~') && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What does the same as these effects; `None` where no command does, or none that could be pasted.
pub(super) fn command(effects: &[Effect], state: &State) -> Option<String> {
    let deleted = effects.iter().filter_map(|effect| match effect {
        Effect::Delete { account, asset, .. } => Some(reference(account, asset)),
        _ => None,
    });
    let mut commands: Vec<String> = several("rm", deleted).into_iter().collect();
    let mut saved: Vec<(&Path, Vec<String>)> = Vec::new();
    for effect in effects {
        match effect {
            Effect::Update {
                account,
                asset,
                change,
                ..
            } => commands.push(edit(account, asset, change)),
            Effect::Upload { account, requests } => {
                commands.extend(uploads(account, requests, state)?);
            }
            Effect::Save {
                account,
                asset,
                folder,
            } => {
                let reference = reference(account, asset);
                match saved.iter_mut().find(|(to, _)| to == folder) {
                    Some((_, references)) => references.push(reference),
                    None => saved.push((folder, vec![reference])),
                }
            }
            _ => {}
        }
    }
    for (folder, references) in saved {
        commands.push(get(&references, folder)?);
    }
    for word in ["cancel", "retry", "pause", "clear"] {
        let told = effects.iter().filter_map(told_jobs);
        let jobs = told.filter(|(it, _)| *it == word).flat_map(|(_, ids)| ids);
        let ids = jobs.map(|JobId(id)| id.to_string());
        commands.extend(several(&format!("transfers {word}"), ids));
    }
    let all = commands.join(" && ");
    // What is marked in a copy would name something else.
    (!all.is_empty() && all.len() <= LONGEST && pastable(&all) == all).then_some(all)
}

/// What saves everything below an address.
pub(super) fn get_all(address: &Address, folder: &Path) -> Option<String> {
    get(&[Ref::place(address.clone()).to_string()], folder).filter(|all| pastable(all) == *all)
}

fn reference(account: &AccountName, asset: &Asset) -> String {
    Ref::asset(account.clone(), &asset.scope, &asset.key).to_string()
}

/// What jobs are told, by the word of the command.
fn told_jobs(effect: &Effect) -> Option<(&'static str, &[JobId])> {
    match effect {
        Effect::CancelJob(id) => Some(("cancel", slice::from_ref(id))),
        Effect::RetryJob(id) => Some(("retry", slice::from_ref(id))),
        Effect::PauseJob(id) => Some(("pause", slice::from_ref(id))),
        Effect::ClearJobs(ids) => Some(("clear", ids)),
        _ => None,
    }
}

/// One command for all of these, if there are any.
fn several(command: &str, words: impl Iterator<Item = String>) -> Option<String> {
    let mut words = words.peekable();
    words.peek()?;
    let mut command = Words::new(command);
    for word in words {
        command.word(&word);
    }
    Some(command.0)
}

fn get(references: &[String], folder: &Path) -> Option<String> {
    let mut command = Words::new("get");
    for reference in references {
        command.word(reference);
    }
    command.flag("--out", folder.to_str()?);
    Some(command.0)
}

fn edit(account: &AccountName, asset: &Asset, change: &Metadata) -> String {
    let mut command = Words::new("edit");
    command.word(&reference(account, asset));
    texts(&mut command, change);
    if change.tags.as_ref().is_some_and(Vec::is_empty) {
        command.word("--no-tags");
    }
    command.0
}

fn texts(command: &mut Words, texts: &Metadata) {
    for (flag, text) in [
        ("--image-type", &texts.image_type),
        ("--alt", &texts.alt_text),
        ("--description", &texts.description),
    ] {
        if let Some(text) = text {
            command.flag(flag, text);
        }
    }
    for tag in texts.tags.iter().flatten() {
        command.flag("--tag", tag);
    }
}

/// One command for the files that go to one place with the same words; `None` where one of them cannot
/// be said: no flag gives a file another name.
fn uploads(
    account: &AccountName,
    requests: &[UploadRequest],
    state: &State,
) -> Option<Vec<String>> {
    let mut all: Vec<(String, Words)> = Vec::new();
    for request in requests {
        let own = request.path.file_name()?.to_str()?;
        if own != request.name.as_str() {
            return None;
        }
        let flags = flags(account, request, state)?;
        let path = request.path.to_str()?;
        if let Some((_, command)) = all.iter_mut().find(|(said, _)| *said == flags) {
            command.word(path);
        } else {
            let mut command = Words::new("upload");
            command.word(path);
            all.push((flags, command));
        }
    }
    let whole = all.into_iter().map(|(flags, command)| command.0 + &flags);
    Some(whole.collect())
}

fn flags(account: &AccountName, request: &UploadRequest, state: &State) -> Option<String> {
    let spec = state.browse.account(account)?.info.spec;
    let container = request.scope.container();
    let usual = state.options.usuals.of(account, Some(container));
    let mut flags = Words(String::new());
    let address = Address::of_scope(account.clone(), &request.scope);
    flags.0.push_str(" --to ");
    flags.0.push_str(&quoted(&address.to_string()));
    if spec.upload_field(Field::Locale).is_some() {
        let locale = request.locale.as_ref().map_or("none", |it| it.as_str());
        flags.flag("--locale", locale);
    }
    let folder = request.folder.to_string();
    if !folder.is_empty() || !usual.folder.is_empty() {
        flags.flag("--folder", &folder);
    }
    // Where the settings read more than the name out of a path.
    if usual.patterns.iter().any(|it| !it.has(Slot::Locale)) {
        flags.flag("--pattern", "{name}");
    }
    if let Some(text) = &request.asset_type {
        flags.flag("--type", text);
    }
    texts(&mut flags, &request.metadata);
    match (&request.replaces, request.beside) {
        (Some(_), _) => flags.flag("--on-clash", "replace"),
        (None, true) => flags.flag("--on-clash", "keep"),
        (None, false) => {}
    }
    Some(flags.0)
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_word_is_quoted_only_where_a_shell_would_take_it_apart() {
        assert_eq!(
            quoted("acme-loc:1/2@de/a%20b.png"),
            "acme-loc:1/2@de/a%20b.png"
        );
        assert_eq!(quoted("/home/me/a b.png"), "'/home/me/a b.png'");
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(quoted("~/a"), "'~/a'");
        assert_eq!(quoted(""), "''");
    }
}
