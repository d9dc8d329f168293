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

/// For each account the word of the place where its key is; behind it those of places that may still
/// hold an older copy.
type Chosen = BTreeMap<String, String>;

/// What became of a key that was to be removed from everywhere.
#[derive(Debug, Default)]
pub struct Removed {
    /// The places that held it, for people.
    pub from: Vec<String>,
    /// Those that may still hold it, and why that is not known.
    pub left: Vec<(String, StoreError)>,
    /// Why there is no keyring, where none is missed.
    pub absent: Option<StoreError>,
}

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
        let noted = self.noted(account).into_iter().next();
        noted.unwrap_or(Keeping::Keyring)
    }

    /// Where its key was put, and behind that where a copy may be left.
    fn noted(&self, account: &AccountName) -> Vec<Keeping> {
        let chosen: Chosen = self.chosen.read();
        let words = chosen.get(account.as_str()).map(String::as_str);
        { words.unwrap_or_default().split(' ') }
            .filter_map(Keeping::of)
            .filter(|keeping| *keeping != Keeping::Session)
            .collect()
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
        let before = self.noted(&owner.account);
        if before == [keeping] {
            return Ok(());
        }
        let older = before.iter().copied().filter(|it| *it != keeping);
        let mut noted: Vec<Keeping> = std::iter::once(keeping).chain(older).collect();
        // The keyring is looked at whatever is noted.
        if let Err(error) = self.note(&owner.account, &noted)
            && keeping != Keeping::Keyring
        {
            // Nobody would look for it there.
            let _ = store.remove(owner).await;
            let why = format!("where it is could not be noted: {error}");
            return Err(StoreError::Failed(SafeText::prose(&why)));
        }
        if before.is_empty() && keeping != Keeping::Keyring {
            noted.push(Keeping::Keyring);
        }
        let mut left = vec![keeping];
        for older in noted.into_iter().skip(1) {
            let Some(store) = self.of(older) else {
                continue;
            };
            if let Err(why) = store.remove(owner).await {
                tracing::debug!(%why, "no older copy of the key could be removed");
                left.extend(Some(older).filter(|older| before.contains(older)));
            }
        }
        self.note_quietly(&owner.account, &left);
        Ok(())
    }

    fn note(&self, account: &AccountName, places: &[Keeping]) -> std::io::Result<()> {
        let mut chosen: Chosen = self.chosen.read();
        let words: Vec<&str> = places.iter().map(|it| it.word()).collect();
        let before = match words.as_slice() {
            [] => chosen.remove(account.as_str()),
            words => chosen.insert(account.as_str().to_owned(), words.join(" ")),
        };
        if before.unwrap_or_default() == words.join(" ") {
            return Ok(());
        }
        self.chosen.write(&chosen)
    }

    /// That it could not be written only means that more places are asked than need be.
    fn note_quietly(&self, account: &AccountName, places: &[Keeping]) {
        if let Err(error) = self.note(account, places) {
            tracing::warn!(%error, "where a key is kept could not be noted");
        }
    }

    /// The account at other addresses: these, and those of its files.
    fn elsewhere(&self, owner: &KeyOwner, known: &[KeyOwner]) -> Vec<KeyOwner> {
        let mut others = known.to_vec();
        others.extend(self.files.owners(&owner.account));
        let mut seen = vec![owner.clone()];
        others.retain(|other| {
            let new = !seen.contains(other);
            seen.push(other.clone());
            new
        });
        others
    }

    /// For which other address there is a key where the account's is kept, and where it is, for
    /// people. These are known to have been used.
    pub async fn held_elsewhere(
        &self,
        owner: &KeyOwner,
        known: &[KeyOwner],
    ) -> Option<(KeyOwner, String)> {
        let store = self.of(self.chosen(&owner.account))?;
        for other in self.elsewhere(owner, known) {
            if store.holds(&other).await {
                let place = store.place(&other);
                return Some((other, place));
            }
        }
        None
    }

    /// Removes the account's keys from wherever they may be, also those for other addresses: nobody
    /// would look for them any more. These are known to have been used. That a place to which none was
    /// ever brought cannot be asked is no failure; of what an older version put into the keyring
    /// nothing is noted.
    pub async fn remove(&self, owner: &KeyOwner, known: &[KeyOwner]) -> Removed {
        let noted = self.noted(&owner.account);
        let others = self.elsewhere(owner, known);
        let mut removed = Removed::default();
        let mut left = Vec::new();
        for keeping in Keeping::HERE {
            let Some(store) = self.of(*keeping) else {
                continue;
            };
            for it in std::iter::once(owner).chain(&others) {
                let place = if it == owner {
                    store.place(it)
                } else {
                    format!("{} (for {})", store.place(it), SafeText::name(&it.origin))
                };
                let why = match store.remove(it).await {
                    Ok(false) => continue,
                    Ok(true) => {
                        removed.from.push(place);
                        continue;
                    }
                    Err(why) => why,
                };
                let unknown = noted.is_empty() && *keeping == Keeping::Keyring;
                let none = matches!(why, StoreError::NoService | StoreError::Off);
                if noted.contains(keeping) || unknown && !none {
                    removed.left.push((place, why));
                    left.push(*keeping);
                } else if *keeping == Keeping::Keyring && none {
                    removed.absent = Some(why);
                }
                // A file may fail alone; what cannot be asked once cannot be asked again.
                if *keeping != Keeping::EncryptedFile {
                    break;
                }
            }
        }
        // Of what nobody brought there nothing is to be noted now either.
        left.retain(|keeping| noted.contains(keeping));
        left.dedup();
        self.note_quietly(&owner.account, &left);
        removed
    }
}
