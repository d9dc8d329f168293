//! Keys in files of their own, each sealed with a passphrase: written only when the user says so.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::Env;
use super::credentials::{CredentialStore, KeyOwner, StoreError};
use super::noted::{bounded, write_private};
use super::sealed::{self, SealError};
use crate::domain::{AccountName, SafeText, Secret};

/// Where a passphrase may come from that nobody is there to type.
pub const PASSPHRASE: &str = "ASSETDECK_PASSPHRASE";
/// The folder of the files, in the state folder.
const FOLDER: &str = "keys";
/// No such file is larger, in bytes: a key is 64 KiB at the most.
const MAX_BYTES: u64 = 256 * 1024;
/// What may stand in a file's name as it is.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'@');

/// The files, and what opened them in this session. Nothing is read or made before it is asked for.
#[derive(Debug)]
pub struct KeyFiles {
    folder: Option<PathBuf>,
    env: Env,
    /// As they were typed, the last one first: one often opens several.
    passphrases: Mutex<Vec<Secret>>,
    opened: Mutex<HashMap<KeyOwner, Secret>>,
}

impl KeyFiles {
    /// Kept below the state folder.
    pub fn new(state: Option<PathBuf>, env: Env) -> Self {
        Self {
            folder: state.map(|state| state.join(FOLDER)),
            env,
            passphrases: Mutex::default(),
            opened: Mutex::default(),
        }
    }

    /// What was typed to open a file, or to seal one.
    pub fn take(&self, passphrase: Secret) {
        let mut all = self
            .passphrases
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.retain(|it| *it != passphrase);
        all.insert(0, passphrase);
    }

    /// What a file would be sealed with now, without asking.
    pub fn passphrase(&self) -> Result<Option<Secret>, StoreError> {
        let first = self.passphrases()?.into_iter().next();
        if let Some(first) = &first {
            first.may_seal().map_err(|why| failed(&why))?;
        }
        Ok(first)
    }

    /// What was typed, then what the environment says.
    fn passphrases(&self) -> Result<Vec<Secret>, StoreError> {
        let mut all = { self.passphrases.lock() }
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(value) = self.env.get(PASSPHRASE) {
            let text = value.into_string().ok();
            let phrase = text.and_then(|text| Secret::new(text).ok());
            all.push(phrase.ok_or_else(|| {
                failed(&format!(
                    "{PASSPHRASE} has a control character or a space at one of its ends"
                ))
            })?);
        }
        Ok(all)
    }

    /// Where the key of this owner is, or would be.
    pub fn path(&self, owner: &KeyOwner) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(file_name(owner)))
    }

    /// The account at each address for which there is a file, by the names of the files.
    pub fn owners(&self, account: &AccountName) -> Vec<KeyOwner> {
        let files = self.folder.as_ref().map(std::fs::read_dir);
        let files = files.and_then(Result::ok).into_iter().flatten().flatten();
        let owners = files.filter_map(|file| {
            let name = file.file_name().into_string().ok()?;
            let entry = percent_decode_str(name.strip_suffix(".key")?);
            let entry = entry.decode_utf8().ok()?;
            let (of, origin) = entry.split_once('@')?;
            (of == account.as_str()).then(|| KeyOwner::new(account.clone(), origin))
        });
        // A name that no owner gives its file is none of ours.
        owners.filter(|it| self.has(it)).collect()
    }

    fn has(&self, owner: &KeyOwner) -> bool {
        self.path(owner).is_some_and(|path| path.is_file())
    }

    fn bytes(&self, owner: &KeyOwner) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(path) = self.path(owner) else {
            return Ok(None);
        };
        match private(&path) {
            Ok(Ok(bytes)) => Ok(Some(bytes)),
            Ok(Err(why)) => Err(why),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(&error.to_string())),
        }
    }

    fn opened(&self) -> std::sync::MutexGuard<'_, HashMap<KeyOwner, Secret>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bytes of a file that only its user may read or change: others could try passphrases on it for as
/// long as they like, or put another one in its place.
fn private(path: &Path) -> io::Result<Result<Vec<u8>, StoreError>> {
    // Opened first, so that it is no other file that is read.
    let file = File::open(path)?;
    let metadata = file.metadata()?;
    let mode = metadata.mode() & 0o777;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Ok(Err(StoreError::Foreign));
    }
    if mode & 0o077 != 0 {
        return Ok(Err(StoreError::Open(mode)));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES).read_to_end(&mut bytes)?;
    Ok(Ok(bytes))
}

fn file_name(owner: &KeyOwner) -> String {
    format!("{}.key", utf8_percent_encode(&owner.entry(), PLAIN))
}

fn failed(why: &str) -> StoreError {
    StoreError::Failed(SafeText::prose(why))
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Damaged(how) => Self::Damaged(how),
            SealError::Passphrase => Self::Passphrase,
            SealError::Failed(why) => failed(&why),
        }
    }
}

/// Slow on purpose, so not where others wait for their turn.
async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SealError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|error| failed(&error.to_string()))??)
}

#[async_trait]
impl CredentialStore for KeyFiles {
    fn name(&self) -> &'static str {
        "the encrypted file"
    }

    fn place(&self, owner: &KeyOwner) -> String {
        match self.path(owner) {
            Some(path) => format!(
                "{} {}",
                self.name(),
                SafeText::name(&path.to_string_lossy())
            ),
            None => self.name().to_owned(),
        }
    }

    async fn holds(&self, owner: &KeyOwner) -> bool {
        self.has(owner)
    }

    async fn read(&self, owner: &KeyOwner) -> Result<Option<Secret>, StoreError> {
        if let Some(key) = self.opened().get(owner) {
            return Ok(Some(key.clone()));
        }
        let Some(bytes) = self.bytes(owner)? else {
            return Ok(None);
        };
        let passphrases = self.passphrases()?;
        if passphrases.is_empty() {
            return Err(StoreError::Sealed);
        }
        let entry = owner.entry();
        let tried = aside(move || {
            let mut wrong = SealError::Passphrase;
            for passphrase in &passphrases {
                match sealed::open(&entry, &bytes, passphrase) {
                    Ok(key) => return Ok(key),
                    Err(error) => wrong = error,
                }
            }
            Err(wrong)
        });
        let key = tried.await?;
        self.opened().insert(owner.clone(), key.clone());
        Ok(Some(key))
    }

    async fn save(&self, owner: &KeyOwner, key: &Secret) -> Result<(), StoreError> {
        let Some(folder) = self.folder.clone() else {
            return Err(failed("your home folder is not known; set HOME"));
        };
        let Some(passphrase) = self.passphrase()? else {
            return Err(StoreError::Sealed);
        };
        let (entry, kept, name) = (owner.entry(), key.clone(), file_name(owner));
        let saved = aside(move || {
            let failed = |error: io::Error| SealError::Failed(error.to_string());
            let text = sealed::seal(&entry, &kept, &passphrase)?;
            write_private(&folder, &name, text.as_bytes()).map_err(failed)?;
            // What is on the disk now, and nothing else, is what the next session has.
            let fresh = bounded(&folder.join(name), MAX_BYTES).map_err(failed)?;
            Ok(sealed::open(&entry, &fresh, &passphrase)? == kept)
        });
        if !saved.await? {
            return Err(StoreError::NotKept);
        }
        self.opened().insert(owner.clone(), key.clone());
        Ok(())
    }

    async fn remove(&self, owner: &KeyOwner) -> Result<bool, StoreError> {
        self.opened().remove(owner);
        let Some(path) = self.path(owner) else {
            return Ok(false);
        };
        match std::fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(failed(&error.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;
    fn owner(account: &str) -> KeyOwner {
        KeyOwner::new(AccountName::new(account).unwrap(), "https://a.example:8443")
    }

    fn secret(text: &str) -> Secret {
        Secret::new(text.to_owned()).unwrap()
    }

    fn files(home: &tempfile::TempDir, env: &[(&str, &str)]) -> KeyFiles {
        let env = Env::of(env.iter().map(|(k, v)| (*k, *v)));
        KeyFiles::new(Some(home.path().join("state")), env)
    }

    #[tokio::test]
    async fn a_key_is_found_by_the_next_session_with_the_passphrase_only() {
        let home = tempfile::tempdir().unwrap();
        let first = files(&home, &[]);
        assert_eq!(first.read(&owner("a")).await, Ok(None));
        let sealed = first.save(&owner("a"), &secret("key-a")).await;
        assert_eq!(sealed, Err(StoreError::Sealed));
        first.take(secret("one two three"));
        first.save(&owner("a"), &secret("key-a")).await.unwrap();
        let path = first.path(&owner("a")).unwrap();
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));

        let next = files(&home, &[]);
        assert_eq!(next.read(&owner("a")).await, Err(StoreError::Sealed));
        next.take(secret("four five six"));
        assert_eq!(next.read(&owner("a")).await, Err(StoreError::Passphrase));
        // The wrong one does no harm to the right one.
        next.take(secret("one two three"));
        assert_eq!(next.read(&owner("a")).await, Ok(Some(secret("key-a"))));

        let script = files(&home, &[(PASSPHRASE, "one two three")]);
        assert_eq!(script.read(&owner("a")).await, Ok(Some(secret("key-a"))));
        assert_eq!(script.read(&owner("b")).await, Ok(None));
        assert_eq!(script.remove(&owner("a")).await, Ok(true));
        assert_eq!(script.read(&owner("a")).await, Ok(None));
        assert_eq!(script.remove(&owner("a")).await, Ok(false));
    }

    #[tokio::test]
    async fn names_of_accounts_stay_in_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home, &[]);
        let path = files.path(&owner("../../x y")).unwrap();
        assert_eq!(
            path.parent(),
            Some(home.path().join("state/keys").as_path())
        );
        assert!(!files.place(&owner("\x1b[2J")).contains('\x1b'));
    }

    #[tokio::test]
    async fn files_tell_at_which_addresses_an_account_has_a_key() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home, &[(PASSPHRASE, "one two three")]);
        assert_eq!(files.owners(&owner("a").account), []);
        for name in ["a", "ab"] {
            files.save(&owner(name), &secret("key")).await.unwrap();
        }
        let folder = home.path().join("state/keys");
        for name in ["a@https%3A%2F%2Fx.example%2Fpath.key", "a@.part", "a"] {
            std::fs::write(folder.join(name), b"").unwrap();
        }
        assert_eq!(files.owners(&owner("a").account), [owner("a")]);
    }

    #[tokio::test]
    async fn a_file_that_others_may_read_is_not_used() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home, &[(PASSPHRASE, "one two three")]);
        files.save(&owner("a"), &secret("key-a")).await.unwrap();
        let path = files.path(&owner("a")).unwrap();
        for (mode, fine) in [(0o640, false), (0o602, false), (0o400, true), (0o600, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let next = KeyFiles::new(Some(home.path().join("state")), files.env.clone());
            let read = next.read(&owner("a")).await;
            let wanted = if fine {
                Ok(Some(secret("key-a")))
            } else {
                Err(StoreError::Open(mode))
            };
            assert_eq!(read, wanted, "{mode:o}");
        }
    }

    #[tokio::test]
    async fn a_damaged_file_is_told_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let files = files(&home, &[(PASSPHRASE, "one two three")]);
        files.save(&owner("a"), &secret("key-a")).await.unwrap();
        let path = files.path(&owner("a")).unwrap();
        std::fs::write(&path, b"{").unwrap();
        let next = KeyFiles::new(Some(home.path().join("state")), files.env.clone());
        let read = next.read(&owner("a")).await;
        assert!(matches!(read, Err(StoreError::Damaged(_))), "{read:?}");
        assert_eq!(std::fs::read(path).unwrap(), b"{");
    }
}
