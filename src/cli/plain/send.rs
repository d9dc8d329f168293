//! The upload's questions: which files, and each text that the service takes with them.

use std::path::PathBuf;

use super::load::Level;
use super::{Step, Talk};
use crate::api::{Field, FieldSpec};
use crate::cli::args;
use crate::cli::failure::Failure;
use crate::cli::session::Known;
use crate::cli::{chosen, upload};
use crate::domain::{Address, AssetScope, Locale, SafeText, paths};
use crate::transfer::inspect;
use crate::transfer::plan::{self, Wishes};

impl<'a> Talk<'a, '_> {
    /// Asks for the files and their texts, and uploads them to where the level is.
    pub(super) async fn upload(&mut self, level: &mut Level<'a>) -> Result<Step<'a>, Failure> {
        let Some((known, scope)) = level.takes_files() else {
            return Ok(Step::Ask);
        };
        let files = self.files(known).await?;
        let wishes = self.wishes(known, &scope).await?;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let args = args::Upload {
            files,
            to: Some(Address::of_scope(known.info.name.clone(), &scope).to_string()),
            pattern: None,
            on_clash: None,
            dry_run: false,
            save_plan: None,
            plan: None,
            yes: false,
            locale: some(wishes.locale),
            folder: some(wishes.folder),
            asset_type: some(wishes.asset_type),
            image_type: some(wishes.image_type),
            alt: some(wishes.alt_text),
            description: some(wishes.description),
            tags: wishes.tags,
            json: false,
            shown: args::Shown::default(),
        };
        let (session, last) = (self.session, upload::Last::Always(level.home()));
        if let Err(failure) = upload::upload(session, self.output, self.stop, &args, last).await {
            self.say(failure)?;
        }
        // Also some of those may have gone of which one failed.
        level.forget();
        Ok(Step::Again)
    }

    /// Files that could be sent, before anything else is asked of them.
    async fn files(&mut self, known: &Known) -> Result<Vec<PathBuf>, Failure> {
        let here = std::env::current_dir().unwrap_or_default();
        let home = std::env::home_dir();
        let question = "Path of the file or folder, or several in quotes; back:";
        let help = "A path such as ~/pictures/hero.png, one that was dropped here, or several, each in quotes; \
                    a folder stands for all that is in it.";
        loop {
            let answer = self.form(question, help).await?;
            let pasted = paths::pasted(&answer, &here, home.as_deref());
            for (path, why) in &pasted.refused {
                let path = SafeText::name(&path.to_string_lossy());
                self.output.line(&format!("{path}: {why}."))?;
            }
            let files = pasted.paths;
            if files.is_empty() {
                self.output.line("No file was named.")?;
                continue;
            }
            let spec = known.info.spec;
            let looking = chosen::aside(move || {
                let (mut sound, mut refused) = (Vec::new(), Vec::new());
                for path in files {
                    match inspect(&path, spec) {
                        Err(why) if !path.is_dir() => refused.push(why),
                        _ => sound.push(path),
                    }
                }
                (sound, refused)
            });
            let (sound, refused) = self.stop.or(looking).await?;
            for refused in refused {
                let path = SafeText::name(&refused.path.to_string_lossy()).into_string();
                self.output.line(&format!("{path}: {}", refused.reason))?;
            }
            if !sound.is_empty() {
                return Ok(sound);
            }
        }
    }

    /// Each text that the service takes, asked again until it can be met.
    async fn wishes(&mut self, known: &Known, scope: &AssetScope) -> Result<Wishes, Failure> {
        let spec = known.info.spec;
        let session = self.session;
        let looking = self.stop.or(async {
            let provider = session.ready(known).await?;
            upload::places::place(provider.as_ref(), scope).await
        });
        let locales = looking.await?;
        let usuals = session.usuals()?;
        let usual = usuals.of(&known.info.name, Some(scope.container()));
        let usual = usual.wishes(false, false);
        let mut wishes = Wishes::default();
        for field in spec.upload_fields {
            loop {
                let usual = usual.text(field.field);
                let question = question(field, locales.as_deref(), &usual);
                let answer = self.form(&question, help(field)).await?;
                wishes.set(field.field, &answer);
                if !usual.is_empty() && answer == NONE {
                    if field.field == Field::Folder {
                        wishes.set(Field::Folder, "/");
                    }
                    break;
                }
                match plan::check(spec, &wishes, locales.as_deref()) {
                    Ok(()) => break,
                    Err(error) => self.output.line(&format!("{error}."))?,
                }
            }
        }
        Ok(wishes)
    }
}

/// What can be typed at the question for a field.
fn help(field: &FieldSpec) -> &'static str {
    match field.field {
        Field::Locale => "A locale, such as de or pt-BR, or an empty line.",
        Field::Folder => "A folder of the service, such as public/images, or an empty line.",
        Field::Tags => "Words parted by commas, or an empty line.",
        _ if !field.choices.is_empty() => {
            "One of the words that the question names, or an empty line."
        }
        _ => "Any text on one line, or an empty line.",
    }
}

/// The word for no locale, and for the top, where an empty line is what is usual.
const NONE: &str = "none";

/// What is asked for a field, with the values it may have and what is usual there, if anything is.
fn question(field: &FieldSpec, locales: Option<&[Locale]>, usual: &str) -> String {
    let locales = locales.filter(|_| field.field == Field::Locale);
    let mut choices: Vec<String> = field.choices.iter().map(|it| (*it).to_owned()).collect();
    for locale in locales.unwrap_or_default() {
        choices.push(SafeText::name(locale.as_str()).into_string());
    }
    let label = field.field.label();
    let choices = match (choices.as_slice(), field.field) {
        ([], Field::Tags) => ", parted by commas".to_owned(),
        ([], _) => String::new(),
        (choices, _) => format!(", one of {}", choices.join(", ")),
    };
    let empty = match usual {
        "" => "none".to_owned(),
        usual => format!("{}, {NONE} for none", SafeText::name(usual)),
    };
    format!("{label}{choices}; an empty line for {empty}, back:")
}
