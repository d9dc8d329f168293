//! What the settings say of uploads to a place and saves from it, for where nobody says otherwise.

use std::collections::HashMap;
use std::path::PathBuf;

use super::pattern::{Pattern, Slot};
use super::wishes::Wishes;
use crate::domain::{AccountName, ContainerId};

/// What holds for one place.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usual {
    /// What a file gets whose path names none; empty for none.
    pub locale: String,
    /// In front of the folders that a path gives; empty for the top.
    pub folder: String,
    /// How locale, folder and name stand in the paths of a batch.
    pub patterns: Vec<Pattern>,
    /// Where what is saved goes; `None` for the folder that the user is in.
    pub save_to: Option<PathBuf>,
}

impl Usual {
    /// Locale and folder as wishes, but those that are said already.
    pub fn wishes(&self, locale_said: bool, folder_said: bool) -> Wishes {
        let unless = |said: bool, text: &str| if said { "" } else { text }.to_owned();
        Wishes {
            locale: unless(locale_said, &self.locale),
            folder: unless(folder_said, &self.folder),
            ..Wishes::default()
        }
    }

    /// Whether a pattern may read a locale out of a path.
    pub fn reads_locales(&self) -> bool {
        self.patterns.iter().any(|it| it.has(Slot::Locale))
    }
}

/// What holds for every place: what a container does not say its account does, and what that does
/// not say holds everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usuals {
    pub everywhere: Usual,
    pub accounts: HashMap<AccountName, Usual>,
    /// Those that say something themselves, with what they leave to their account.
    pub containers: HashMap<(AccountName, ContainerId), Usual>,
}

impl Usuals {
    /// What holds for a container, or for an account as a whole.
    pub fn of(&self, account: &AccountName, container: Option<&ContainerId>) -> &Usual {
        let own = container.map(|container| (account.clone(), container.clone()));
        own.and_then(|key| self.containers.get(&key))
            .or_else(|| self.accounts.get(account))
            .unwrap_or(&self.everywhere)
    }
}
