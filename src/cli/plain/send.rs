//! The upload's questions: which files, and each text that the service takes with them.

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
        let Some(files) = self.files(known).await? else {
            return Ok(Step::Ask);
        };
        let Some(wishes) = self.wishes(known, &scope).await? else {
            return Ok(Step::Ask);
        };
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
        let (session, last) = (self.session, upload::Last::Always);
        let sent = upload::upload(session, self.output, self.stop, &args, last).await;
        // Some may have gone before one failed.
        level.forget();
        sent?;
        Ok(Step::Again)
    }

    /// Files that could be sent, before anything else is asked of them. `None` when the form is left.
    async fn files(&mut self, known: &Known) -> Result<Option<Vec<std::path::PathBuf>>, Failure> {
        let here = std::env::current_dir().unwrap_or_default();
        let home = std::env::home_dir();
        loop {
            let question = "Path of the file or folder, or several in quotes; back:";
            let Some(answer) = self.form(question).await? else {
                return Ok(None);
            };
            let files = paths::pasted(&answer, &here, home.as_deref());
            if files.is_empty() {
                self.output.line("No file was named.")?;
                continue;
            }
            let (looked, spec) = (files.clone(), known.info.spec);
            let looking = chosen::aside(move || {
                let mut files = looked.iter().filter(|path| !path.is_dir());
                files.find_map(|path| inspect(path, spec).err())
            });
            match self.stop.or(looking).await? {
                None => return Ok(Some(files)),
                Some(refused) => {
                    let path = SafeText::name(&refused.path.to_string_lossy()).into_string();
                    let why = refused.reason;
                    self.output.line(&format!("{path}: {why}"))?;
                }
            }
        }
    }

    /// Each text that the service takes, asked again until it can be met. `None` when the form is
    /// left.
    async fn wishes(
        &mut self,
        known: &Known,
        scope: &AssetScope,
    ) -> Result<Option<Wishes>, Failure> {
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
                let Some(answer) = self.form(&question).await? else {
                    return Ok(None);
                };
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
        Ok(Some(wishes))
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
