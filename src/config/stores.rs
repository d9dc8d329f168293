//! Every place that keeps keys beyond the session, and which of them the user chose for each account.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::Env;
use super::credentials::{CredentialStore, KeyOwner, NoStore, StoreError};
use super::dirs::Dirs;
use super::key_files::KeyFiles;
use super::keyring::Keyring;
use super::noted::Noted;
use crate::domain::{AccountName, Keeping, SafeText, Secret};

/// The file of what was chosen, in the state folder. No key is in it.
const FILE: &str = "stores.json";

type Chosen = BTreeMap<String, String>;

/// The stores of this system.
#[derive(Debug, Clone)]
pub struct Stores {
    keyring: Arc<dyn CredentialStore>,
    kernel: Arc<dyn CredentialStore>,
    files: Arc<KeyFiles>,
    chosen: Noted,
}

impl Stores {
    /// Those of this user. Nothing is opened before it is first needed.
    pub fn system(env: &Env) -> Self {
        let state = Dirs::locate(env).ok().map(|dirs| dirs.state);
        Self::with(
            Arc::new(Keyring::system()),
            Arc::new(Keyring::kernel()),
            state,
            env.clone(),
        )
    }

    /// None of the user's own: for the demo, whose files go with its home.
    pub fn none(env: &Env) -> Self {
        let state = Dirs::locate(env).ok().map(|dirs| dirs.state);
        Self::with(Arc::new(NoStore), Arc::new(NoStore), state, env.clone())
    }

    /// These, and files below this state folder; without one no choice is remembered.
    pub fn with(
        keyring: Arc<dyn CredentialStore>,
        kernel: Arc<dyn CredentialStore>,
        state: Option<PathBuf>,
        env: Env,
    ) -> Self {
        Self {
            keyring,
            kernel,
            files: Arc::new(KeyFiles::new(state.clone(), env)),
            chosen: Noted::new(state, FILE),
        }
    }

    /// The files that a passphrase opens.
    pub fn files(&self) -> &KeyFiles {
        &self.files
    }

    /// Where the account's key is kept, if it is. What nobody chose is the keyring.
    pub fn chosen(&self, account: &AccountName) -> Keeping {
        let chosen: Chosen = self.chosen.read();
        let word = chosen.get(account.as_str());
        word.and_then(|word| Keeping::of(word))
            .filter(|keeping| *keeping != Keeping::Session)
            .unwrap_or(Keeping::Keyring)
    }

    /// The store that this is; the session is none.
    pub fn of(&self, keeping: Keeping) -> Option<&dyn CredentialStore> {
        match keeping {
            Keeping::Keyring => Some(self.keyring.as_ref()),
            Keeping::UntilReboot => Some(self.kernel.as_ref()),
            Keeping::EncryptedFile => Some(self.files.as_ref()),
            Keeping::Session => None,
        }
    }

    /// Keeps a key, and remembers where. A copy that another place had is dropped once this one is
    /// safe.
    pub async fn save(
        &self,
        owner: &KeyOwner,
        key: &Secret,
        keeping: Keeping,
    ) -> Result<(), StoreError> {
        let Some(store) = self.of(keeping) else {
            return Err(StoreError::Off);
        };
        store.save(owner, key).await?;
        let before = self.chosen(&owner.account);
        if before == keeping {
            return Ok(());
        }
        if let Err(error) = self.choose(&owner.account, keeping) {
            // Nobody would look for it there.
            let _ = store.remove(owner).await;
            let why = format!("where it is could not be noted: {error}");
            return Err(StoreError::Failed(SafeText::prose(&why)));
        }
        if let Some(old) = self.of(before)
            && let Err(why) = old.remove(owner).await
        {
            tracing::debug!(%why, "no older copy of the key could be removed");
        }
        Ok(())
    }

    fn choose(&self, account: &AccountName, keeping: Keeping) -> std::io::Result<()> {
        let mut chosen: Chosen = self.chosen.read();
        match keeping {
            Keeping::Keyring => chosen.remove(account.as_str()),
            other => chosen.insert(account.as_str().to_owned(), other.word().to_owned()),
        };
        self.chosen.write(&chosen)
    }

    /// Removes a key from wherever it may be; the places that held one. That a place which was not
    /// chosen cannot be asked is no failure.
    pub async fn remove(&self, owner: &KeyOwner) -> Result<Vec<String>, (String, StoreError)> {
        let chosen = self.chosen(&owner.account);
        let mut held = Vec::new();
        for keeping in Keeping::HERE {
            let Some(store) = self.of(*keeping) else {
                continue;
            };
            match store.remove(owner).await {
                Ok(true) => held.push(store.place(owner)),
                Err(why) if *keeping == chosen => return Err((store.place(owner), why)),
                Ok(false) | Err(_) => {}
            }
        }
        if chosen != Keeping::Keyring
            && let Err(error) = self.choose(&owner.account, Keeping::Keyring)
        {
            tracing::warn!(%error, "where the key was kept could not be forgotten");
        }
        Ok(held)
    }
}
