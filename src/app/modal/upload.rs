//! The upload form: what the chosen files get, where they go, and what was refused.

use std::path::PathBuf;
use std::time::Instant;

use super::confirm::{GUARD, hint};
use super::fields::AssetForm;
use super::form::FormEvent;
use super::goal::Goal;
use super::leaving::Leaving;
use super::plan::PlanSheet;
use super::view::{Block, ModalView, Room, Tone, Words, quote, say, toned};
use super::{Modal, Outcome, Reply};
use crate::api::Field;
use crate::app::State;
use crate::app::browse::LocaleChoice;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::domain::twin_key;
use crate::domain::{AccountName, AssetPath, AssetScope, Locale, SafeText, file_words};
use crate::transfer::plan::Candidate;
use crate::transfer::{LocalFile, request};

/// How many files the form names one by one.
const NAMED: usize = 8;

#[derive(Debug)]
pub struct UploadForm {
    goal: Goal,
    /// Where the goal's files go, or the container of their segments.
    scope: AssetScope,
    files: Vec<Candidate>,
    fields: AssetForm,
    opened: Instant,
    leaving: Leaving,
}

impl UploadForm {
    pub fn new(
        state: &State,
        goal: Goal,
        scope: AssetScope,
        mut files: Vec<Candidate>,
        now: Instant,
    ) -> Self {
        let place = (goal.account.clone(), scope.container().clone());
        let remembered = state.memory.folders.get(&place);
        let aimed = goal.gaps.first();
        let folder = aimed.map(|gap| &gap.folder).or(remembered);
        let usual = goal.usual(state);
        let folder = folder.map_or_else(|| usual.folder.clone(), AssetPath::to_string);
        if let (Some(gap), [file]) = (aimed, files.as_mut_slice()) {
            gap.rename(file);
        }
        let button = match files.len() {
            1 if !goal.spec.is_whole(&scope) => "Send 1 file".to_owned(),
            count => format!("See the plan of {}", file_words(count)),
        };
        let fields = AssetForm::new(goal.spec.upload_fields, button, |field| match field {
            Field::Folder => folder.clone(),
            _ => String::new(),
        });
        let mut form = Self {
            goal,
            scope,
            files,
            fields,
            opened: now,
            leaving: Leaving::default(),
        };
        form.fill_locales(state);
        form.fill_hints();
        form
    }

    /// The container's locales, as far as they are known by now.
    fn fill_locales(&mut self, state: &State) {
        if self.goal.spec.upload_field(Field::Locale).is_none() {
            return;
        }
        let opened = state.opened(&self.goal.account, self.scope.container());
        let known = opened.and_then(|opened| opened.locales());
        let wanted = match opened.map(|opened| &opened.assets.list.lens().locale) {
            _ if !self.goal.gaps.is_empty() => self.goal.gaps.first().map(|it| it.locale.clone()),
            Some(LocaleChoice::Only(locale)) => Some(locale.clone()),
            _ if self.left_to_paths(state) => None,
            _ => Locale::new(&self.goal.usual(state).locale),
        };
        self.fields
            .set_locales(known.unwrap_or_default(), wanted.as_ref());
        let noun = self.goal.spec.container.one;
        let hint = match (known, opened.and_then(|opened| opened.container.error())) {
            (Some([]), _) => Some(format!("this {noun} has no languages")),
            (Some(known), _) => Some(self.said_of_usual(state, known)),
            (None, Some(error)) => Some(error.to_string()),
            (None, None) => Some(format!("asking for the languages of this {noun} …")),
        };
        self.fields.hint(Field::Locale, hint);
    }

    /// The paths of several files may name the locale, each its own; the usual one is for the others.
    fn left_to_paths(&self, state: &State) -> bool {
        self.is_planned() && self.goal.usual(state).reads_locales()
    }

    /// What becomes of the locale that the settings name.
    fn said_of_usual(&self, state: &State, known: &[Locale]) -> String {
        let usual = &self.goal.usual(state).locale;
        let shown = SafeText::name(usual);
        if usual.is_empty() || !self.goal.gaps.is_empty() {
            "◂ ▸ or its first letter".to_owned()
        } else if !known.iter().any(|locale| locale.as_str() == usual) {
            format!("◂ ▸; {shown}, as the settings say, is none of its languages")
        } else if self.left_to_paths(state) {
            format!("◂ ▸; with none it is {shown}, where a file's path names no other")
        } else {
            format!("◂ ▸ or its first letter; {shown} as the settings say")
        }
    }

    /// Which file goes where is a table of its own.
    fn is_planned(&self) -> bool {
        self.files.len() > 1 || self.goal.spec.is_whole(&self.scope)
    }

    /// What can be sent.
    fn sound(&self) -> impl Iterator<Item = &LocalFile> {
        self.files.iter().filter_map(|file| file.file.as_ref().ok())
    }

    /// What can be sent, by its path in the folder that was chosen: two may have one name.
    fn named(&self) -> impl Iterator<Item = (String, &LocalFile)> {
        self.files.iter().filter_map(|file| {
            let found = file.file.as_ref().ok()?;
            let path = match file.relative.as_slice() {
                [_, _, ..] => file.relative.join("/"),
                _ => found.name.as_str().to_owned(),
            };
            Some((path, found))
        })
    }

    /// What the folder will become.
    fn fill_hints(&mut self) {
        let name = self.sound().next().map_or("", |file| file.name.as_str());
        let name = name.to_owned();
        let name = SafeText::name(&name);
        let nested = self.files.iter().any(|file| file.relative.len() > 1);
        let hint = match self.fields.folder() {
            Ok(_) if nested => {
                Some("in front of the folders that the files are in here".to_owned())
            }
            Ok(folder) if folder.is_root() => Some(format!("will become {name}, at the top")),
            Ok(folder) => Some(format!(
                "will become {}/{name}",
                SafeText::name(&folder.to_string())
            )),
            Err(_) => None,
        };
        self.fields.hint(Field::Folder, hint);
    }

    /// Names that the shown list holds already at the same place.
    fn twins(&self, state: &State) -> Vec<&LocalFile> {
        let Some(opened) = state.opened(&self.goal.account, self.scope.container()) else {
            return Vec::new();
        };
        let shown = opened.scope.as_ref() == Some(&self.scope);
        let known = { self.scope.segment() }
            .and_then(|segment| opened.known.get(segment))
            .and_then(|known| known.result.as_ref().ok());
        let rows = match known {
            _ if shown => opened.assets.list.rows(),
            Some(rows) => rows,
            None => return Vec::new(),
        };
        let locale = self.fields.locale();
        let Ok(folder) = self.fields.folder() else {
            return Vec::new();
        };
        self.sound()
            .filter(|file| {
                rows.read().any(|asset| {
                    twin_key(&asset.name) == twin_key(file.name.as_str())
                        && asset.locale == locale
                        && asset.folder == folder
                })
            })
            .collect()
    }

    /// `3 files → Mobile app / hero-banner · locale de · folder public/images`
    fn summary(&self) -> Words {
        let mut line = vec![
            say(format!("{} → ", file_words(self.files.len()))),
            quote(&SafeText::prose(&self.goal.place)),
        ];
        if self.goal.spec.upload_field(Field::Locale).is_some() {
            let locale = self.fields.locale();
            line.push(say(match &locale {
                Some(locale) => format!(" · locale {}", SafeText::name(locale.as_str())),
                None => " · no locale".to_owned(),
            }));
        }
        if self.goal.spec.upload_field(Field::Folder).is_some() {
            line.push(match self.fields.folder() {
                Ok(folder) if folder.is_root() => say(" · at the top"),
                Ok(folder) => say(format!(" · folder {}", SafeText::name(&folder.to_string()))),
                Err(_) => toned(" · the folder is wrong", Tone::Bad),
            });
        }
        line
    }

    fn send(&mut self, state: &mut State, now: Instant) -> Reply {
        let early = now.saturating_duration_since(self.opened) < GUARD;
        if early || self.files.is_empty() || !self.fields.check_all() {
            return Reply::stay();
        }
        let Ok(folder) = self.fields.folder() else {
            return Reply::stay();
        };
        let wishes = self.fields.wishes();
        if self.is_planned() || !self.twins(state).is_empty() {
            let (goal, scope) = (self.goal.clone(), self.scope.clone());
            let files = self.files.clone();
            // What the form shows is what is wished; it cannot show what paths leave open.
            let left = self.left_to_paths(state);
            let usual = goal.usual(state).wishes(!left, true);
            let (sheet, effects) =
                PlanSheet::of_files(state, goal, scope, files, wishes, usual, now);
            return Reply::of(Outcome::Open(Box::new(sheet))).with(effects);
        }
        let mut requests = Vec::new();
        let files: Vec<LocalFile> = self.sound().cloned().collect();
        for file in &files {
            let scope = self.scope.clone();
            match request(file, scope, &wishes, self.goal.spec, self.fields.locales()) {
                Ok(request) => requests.push(request),
                Err(error) => {
                    self.fields.refuse(error.field, error.message);
                    return Reply::stay();
                }
            }
        }
        self.files.clear();
        let text = format!(
            "Sending {} to {}{}",
            file_words(requests.len()),
            SafeText::prose(&self.goal.place),
            state.keymap.says("; ", "transfers", "shows them")
        );
        state.notices.say(Tone::Plain, text, now);
        state.memory.folders.insert(
            (self.goal.account.clone(), self.scope.container().clone()),
            folder,
        );
        Reply::of(Outcome::CloseAll).with([Effect::Upload {
            account: self.goal.account.clone(),
            requests,
        }])
    }
}

impl Modal for UploadForm {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if let Some(reply) = self.leaving.input(input) {
            return reply;
        }
        match self.fields.form.input(input) {
            FormEvent::Nothing => Reply::stay(),
            FormEvent::Changed(at) => {
                self.fields.check(at);
                self.fill_hints();
                Reply::stay()
            }
            FormEvent::Submit => self.send(state, now),
            FormEvent::Leave if self.fields.form.changed() => self.leaving.ask(),
            FormEvent::Leave => Reply::close(),
        }
    }

    /// The container's answer may have come: its locales can be chosen from now on.
    fn message(&mut self, _: &Msg, state: &mut State, _: Instant) -> Reply {
        self.fill_locales(state);
        Reply::stay()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.goal.account.clone())
    }

    fn view(&self, state: &State) -> ModalView {
        let mut blocks = vec![Block::Line(self.summary()), Block::Blank];
        for (named, file) in self.named().take(NAMED) {
            blocks.push(Block::Line(vec![
                say("  "),
                quote(&SafeText::name(&named)),
                toned(
                    format!(
                        "{}  {} · {}",
                        renamed(file),
                        crate::domain::size_words(file.stamp.size),
                        SafeText::prose(&file.content_type)
                    ),
                    Tone::Dim,
                ),
            ]));
        }
        if let Some(more) = self.files.len().checked_sub(NAMED).filter(|more| *more > 0) {
            blocks.push(Block::Line(vec![say(format!("  and {more} more"))]));
        }
        blocks.push(Block::Blank);
        blocks.extend(self.fields.form.blocks(!self.files.is_empty()));
        let twins = self.twins(state);
        if let Some(twin) = twins.first() {
            blocks.push(Block::Line(vec![
                toned("! ", Tone::Warning),
                quote(&SafeText::name(twin.name.as_str())),
                toned(
                    match twins.len() {
                        1 => " is listed there already; the next sheet asks what to do.".to_owned(),
                        count => format!(
                            " and {} more are listed there already; the next sheet asks what to do.",
                            count - 1
                        ),
                    },
                    Tone::Warning,
                ),
            ]));
        }
        let mut hints = vec![
            hint(
                "C-s",
                if self.is_planned() {
                    "see the plan"
                } else {
                    "send"
                },
            ),
            hint("Tab", "next field"),
            hint("Esc", "back"),
        ];
        let question = "Leave and lose what you typed?";
        self.leaving.show(question, &mut blocks, &mut hints);
        ModalView {
            title: "Upload".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks,
            hints,
        }
    }
}

/// What a file is called here, where it is sent under another name.
fn renamed(file: &LocalFile) -> String {
    let own = file.path.file_name().unwrap_or_default().to_string_lossy();
    if twin_key(&own) == twin_key(file.name.as_str()) {
        String::new()
    } else {
        format!("  from {}", SafeText::name(&own))
    }
}

/// One line for each file that is left out. Foreign text in the reasons is marked already.
pub fn refusals(refused: &[(PathBuf, String)]) -> Vec<Block> {
    refused
        .iter()
        .map(|(path, why)| {
            let name = path.file_name().unwrap_or(path.as_os_str());
            Block::Line(vec![
                toned("✗ ", Tone::Bad),
                quote(&SafeText::name(&name.to_string_lossy())),
                toned(format!(": {why}"), Tone::Bad),
            ])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FileName;

    #[test]
    fn a_name_is_marked_once_where_it_is_refused() {
        let name = "a\u{1b}b.png";
        let why = FileName::parse(name).unwrap_err().to_string();
        let line = format!("{:?}", refusals(&[(PathBuf::from(name), why)]));
        assert_eq!(line.matches("a⟨1B⟩b.png").count(), 2, "{line}");
        assert!(!line.contains("27E8"), "{line}");
    }
}
