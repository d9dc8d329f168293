//! Where keys come from and are kept: environment, a store, this session's memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;

use super::stores::Stores;
use super::{Env, KeyCommand, key_variable};
use crate::domain::{AccountName, Keeping, SafeText, Secret};

/// What a stored key belongs to. A store names its entry by both, so that a key is never found for
/// another address than the one it was saved for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyOwner {
    pub account: AccountName,
    /// Scheme, host and port of the account's address.
    pub origin: String,
}

impl KeyOwner {
    /// The owner for an account at an address; of the address only the origin counts.
    pub fn new(account: AccountName, base_url: &str) -> Self {
        let origin = url::Url::parse(base_url).map_or_else(
            |_| base_url.to_owned(),
            |url| url.origin().ascii_serialization(),
        );
        Self { account, origin }
    }

    /// The name of its entry: account names hold no `@`, so no two owners share one.
    pub fn entry(&self) -> String {
        format!("{}@{}", self.account.as_str(), self.origin)
    }
}

/// Why a store did not do what it was asked. Each is one plain sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Nothing provides it: no bus, a stale one, or one without the service.
    #[error("there is no keyring service here, as is usual on a server")]
    NoService,
    /// It wants to be unlocked, and nobody did.
    #[error("the keyring is locked, or was never set up for this user")]
    Locked,
    /// No answer in time; it may be waiting for a password in a window elsewhere.
    #[error("the keyring does not answer; it may be asking for its password in another window")]
    Silent,
    /// The kernel gives it to other processes.
    #[error(
        "it is closed to this process, as in a container, in a shell without a login of its own, or in a tmux \
         that outlived its login"
    )]
    Closed,
    /// Nobody gave the passphrase.
    #[error("it wants its passphrase")]
    Sealed,
    /// None of the given ones is right.
    #[error("the passphrase is another one")]
    Passphrase,
    /// The file cannot be opened with any passphrase; this is how.
    #[error("it is damaged: {0}")]
    Damaged(&'static str),
    /// Others may read the file, and could try passphrases on it, or change it; its mode.
    #[error("others may read or change it, since its mode is {0:o} and not 600")]
    Open(u32),
    /// The file is of another user.
    #[error("another user owns it")]
    Foreign,
    /// Saved, but a fresh look did not find the same key.
    #[error("it took the key but does not give it back")]
    NotKept,
    /// What it holds cannot be a key.
    #[error("what it holds for this account is no usable key; save it again")]
    Unusable,
    /// More than one entry under the same name.
    #[error("it holds several keys for this account; remove them there")]
    Ambiguous,
    /// Not used in this session at all.
    #[error("it is not used here")]
    Off,
    /// Anything else, in the store's own words, made safe.
    #[error("it failed: {0}")]
    Failed(SafeText),
}

/// What to do about a keyring that is locked.
pub const UNLOCK: &str = "Unlock it: sign in on the desktop once, or run `gnome-keyring-daemon --replace --unlock \
                          --components=secrets`; the key in it is not lost.";

impl StoreError {
    /// What to do about a saved key that cannot be used.
    const fn advice(&self) -> &'static str {
        match self {
            Self::Damaged(_) => {
                "Put a copy of the file back, or save the key anew with `assetdeck login`, which takes the \
                 file's place."
            }
            Self::Open(_) => {
                "Run `chmod 600` on it; if somebody else has been on this machine, make another key at the \
                 service."
            }
            Self::Foreign => {
                "Save the key anew with `assetdeck login`, and look who put the file there."
            }
            _ => "Save the key anew with `assetdeck login`.",
        }
    }
}

/// A place that keeps keys beyond the session.
#[async_trait]
pub trait CredentialStore: Send + Sync + std::fmt::Debug {
    /// Its name for people.
    fn name(&self) -> &'static str;

    /// Where in it the key of this owner is, for people.
    fn place(&self, _: &KeyOwner) -> String {
        self.name().to_owned()
    }

    /// Whether it is known to have a key of this owner, usable or not.
    async fn holds(&self, owner: &KeyOwner) -> bool {
        matches!(self.read(owner).await, Ok(Some(_)))
    }

    /// The key, if it holds one.
    async fn read(&self, owner: &KeyOwner) -> Result<Option<Secret>, StoreError>;

    /// Keeps the key. `Ok` only after a fresh look found it again.
    async fn save(&self, owner: &KeyOwner, key: &Secret) -> Result<(), StoreError>;

    /// Removes the key; `false` when there was none.
    async fn remove(&self, owner: &KeyOwner) -> Result<bool, StoreError>;
}

/// A store that holds nothing: for the demo, which leaves the user's keyring alone.
#[derive(Debug, Clone, Copy)]
pub struct NoStore;

#[async_trait]
impl CredentialStore for NoStore {
    fn name(&self) -> &'static str {
        "OS keyring"
    }

    async fn read(&self, _: &KeyOwner) -> Result<Option<Secret>, StoreError> {
        Err(StoreError::Off)
    }

    async fn save(&self, _: &KeyOwner, _: &Secret) -> Result<(), StoreError> {
        Err(StoreError::Off)
    }

    async fn remove(&self, _: &KeyOwner) -> Result<bool, StoreError> {
        Err(StoreError::Off)
    }
}

/// Keys typed in during this session; gone with it.
#[derive(Debug, Default)]
pub struct SessionStore(Mutex<HashMap<KeyOwner, Secret>>);

impl SessionStore {
    pub fn get(&self, owner: &KeyOwner) -> Option<Secret> {
        let keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.get(owner).cloned()
    }

    pub fn put(&self, owner: &KeyOwner, key: Secret) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(owner.clone(), key);
    }

    pub fn forget(&self, owner: &KeyOwner) {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.remove(owner);
    }
}

/// The place a key was found in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// This variable.
    Environment(String),
    /// The account's own command, which begins with this program.
    Command(String),
    /// This store; where in it, for people.
    Store(Keeping, String),
    /// Typed in during this session.
    Session,
}

/// What to do about a key in the environment that is none.
const BARE: &str = "Give it anew, without spaces or line ends around it.";

/// The outcome of looking for a key.
#[derive(Debug, Clone, PartialEq)]
pub enum Lookup {
    Found {
        key: Secret,
        place: Place,
        /// Why a place before it was not used, in one sentence.
        note: Option<String>,
    },
    /// No place has one; the reason names every place that was looked at.
    Missing { reason: String },
    /// There may be one in the keyring, which is locked.
    Locked { reason: String },
    /// It is in a file that wants a passphrase, or another one.
    Sealed { reason: String },
    /// A place has one that cannot be used; looking further would hide that.
    Unusable {
        reason: String,
        advice: &'static str,
    },
}

/// The commands that print keys, and who runs them.
#[derive(Debug, Clone)]
struct Commands {
    of: HashMap<AccountName, Vec<String>>,
    by: Arc<dyn KeyCommand>,
}

/// All places, in their order.
#[derive(Debug, Clone)]
pub struct Credentials {
    env: Env,
    commands: Option<Commands>,
    pub stores: Stores,
    pub session: Arc<SessionStore>,
}

impl Credentials {
    pub fn new(env: Env, stores: Stores) -> Self {
        Self {
            env,
            commands: None,
            stores,
            session: Arc::default(),
        }
    }

    /// With the commands that print keys.
    #[must_use]
    pub fn with_commands(
        mut self,
        of: HashMap<AccountName, Vec<String>>,
        by: Arc<dyn KeyCommand>,
    ) -> Self {
        self.commands = Some(Commands { of, by });
        self
    }

    fn command(&self, account: &AccountName) -> Option<(&[String], &dyn KeyCommand)> {
        let commands = self.commands.as_ref()?;
        let words = commands.of.get(account)?;
        Some((words, commands.by.as_ref()))
    }

    /// Looks in the environment, then asks the account's command, then the store that was chosen for
    /// it. A key that was typed in during this session comes before all: it was typed after they had
    /// been tried.
    pub async fn find(&self, owner: &KeyOwner) -> Lookup {
        let variable = key_variable(&owner.account);
        if let Some(key) = self.session.get(owner) {
            return Lookup::Found {
                key,
                place: Place::Session,
                note: None,
            };
        }
        if let Some(value) = self.env.get(&variable) {
            let key = value.into_string().ok().map(Secret::new);
            return match key {
                Some(Ok(key)) => Lookup::Found {
                    key,
                    place: Place::Environment(variable),
                    note: None,
                },
                Some(Err(why)) => Lookup::Unusable {
                    reason: format!("{variable}: {why}"),
                    advice: BARE,
                },
                None => Lookup::Unusable {
                    reason: format!("{variable}: the key is not UTF-8 text"),
                    advice: BARE,
                },
            };
        }
        if let Some((words, by)) = self.command(&owner.account) {
            return match by.key(words).await {
                Ok(key) => Lookup::Found {
                    key,
                    place: Place::Command(words.first().cloned().unwrap_or_default()),
                    note: None,
                },
                Err(why) => Lookup::Unusable {
                    reason: format!("credential_command: {why}"),
                    advice: "Run that command by hand: it has to print the key and nothing else.",
                },
            };
        }
        let keeping = self.stores.chosen(&owner.account);
        let Some(store) = self.stores.of(keeping) else {
            let reason = format!("{variable} is not set");
            return Lookup::Missing { reason };
        };
        let place = store.place(owner);
        match store.read(owner).await {
            Ok(Some(key)) => Lookup::Found {
                key,
                place: Place::Store(keeping, place),
                note: None,
            },
            Ok(None) => Lookup::Missing {
                reason: format!(
                    "{variable} is not set, and {place} holds no key for {} at {}",
                    owner.account.as_str(),
                    SafeText::name(&owner.origin)
                ),
            },
            Err(why @ (StoreError::Sealed | StoreError::Passphrase)) => Lookup::Sealed {
                reason: format!("{place}: {why}"),
            },
            Err(
                why @ (StoreError::Unusable
                | StoreError::Damaged(_)
                | StoreError::Open(_)
                | StoreError::Foreign),
            ) => Lookup::Unusable {
                reason: format!("{place}: {why}"),
                advice: why.advice(),
            },
            Err(why @ StoreError::Locked) => Lookup::Locked {
                reason: format!("{variable} is not set, and {place} was no help: {why}"),
            },
            Err(why) => Lookup::Missing {
                reason: format!("{variable} is not set, and {place} was no help: {why}"),
            },
        }
    }

    /// What has a key for the account and wins over a saved one: a variable, or its command.
    pub fn before_the_store(&self, account: &AccountName) -> Option<String> {
        let variable = key_variable(account);
        if self.env.get(&variable).is_some() {
            return Some(variable);
        }
        let command = self.command(account);
        command.map(|_| "credential_command".to_owned())
    }
}

#[cfg(test)]
mod tests;
