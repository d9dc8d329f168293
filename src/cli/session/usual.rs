//! What the settings say of uploads and saves, read and judged for each account and container.

use std::path::Path;

use super::{Known, Session};
use crate::api::Field;
use crate::cli::failure::Failure;
use crate::config::{ConfigError, Usual as Written};
use crate::domain::{ContainerId, paths};
use crate::transfer::plan::{self, PatternError, Usual, Usuals, Wishes};

impl Session {
    /// What holds for uploads and saves where nobody says otherwise.
    pub fn usuals(&self) -> Result<Usuals, Failure> {
        let all = &self.settings.sending.usual;
        let mut usuals = Usuals {
            everywhere: self.usual(all)?,
            ..Usuals::default()
        };
        for (known, account) in self.accounts.iter().zip(&self.settings.accounts) {
            let name = &known.info.name;
            self.is_known_there(known, &account.usual)?;
            let own = account.usual.or(all);
            usuals.accounts.insert(name.clone(), self.usual(&own)?);
            for (id, usual, line) in &account.containers {
                self.is_known_there(known, usual)?;
                let none = || self.settings.wrong_at(*line, "`id` is empty; fill it in");
                let id = ContainerId::new(id.as_str()).ok_or_else(none)?;
                let usual = self.usual(&usual.or(&own))?;
                usuals.containers.insert((name.clone(), id), usual);
            }
        }
        Ok(usuals)
    }

    fn usual(&self, written: &Written) -> Result<Usual, ConfigError> {
        let patterns = written.patterns.iter().flatten().map(|(text, line)| {
            let wrong = |error: PatternError| self.settings.wrong_at(*line, error.to_string());
            text.parse().map_err(wrong)
        });
        let text = |it: &Option<(String, usize)>| it.clone().unwrap_or_default().0;
        let home = self.home.as_deref();
        // Without a home `~` stands for itself, as in a shell.
        let folder = |text: &String| paths::typed(text, Path::new("/"), home);
        Ok(Usual {
            locale: text(&written.locale),
            folder: text(&written.folder),
            patterns: patterns.collect::<Result<_, _>>()?,
            save_to: written.save_to.as_ref().map(folder),
        })
    }

    /// Whether assets of the account's service have a locale and a folder, and the folder can be one.
    fn is_known_there(&self, known: &Known, written: &Written) -> Result<(), ConfigError> {
        for (field, said) in [
            (Field::Locale, &written.locale),
            (Field::Folder, &written.folder),
        ] {
            let Some((text, line)) = said else { continue };
            let mut wishes = Wishes::default();
            wishes.set(field, text);
            plan::check(known.info.spec, &wishes, None).map_err(|error| {
                let message = format!("`{}`: {}", field.flag(), error.message);
                self.settings.wrong_at(*line, message)
            })?;
        }
        Ok(())
    }
}
