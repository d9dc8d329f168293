//! Where each account's key has gone so far: remembered, so that a changed address is noticed before a key
//! from the environment or a command goes there.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::credentials::KeyOwner;
use super::dirs::create_private;

/// No such file is larger, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// The file of what was seen, in the state folder.
const FILE: &str = "addresses.json";

/// What is known of an account's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// Its key went there before, or the user said that it may.
    Before,
    /// It is the account's first address.
    First,
    /// The account had others; the last of them, as service and origin.
    Other(String),
}

/// The addresses that keys may go to.
#[derive(Debug, Clone)]
pub struct Bound {
    folder: Option<PathBuf>,
}

type Addresses = BTreeMap<String, Vec<String>>;

impl Bound {
    /// Kept in this folder; without one nothing is remembered, and every address is a first one.
    pub const fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// Whether the account's key may go to this service at this origin.
    pub fn seen(&self, owner: &KeyOwner, service: &str) -> Seen {
        let addresses = self.read();
        match addresses.get(owner.account.as_str()).map(Vec::as_slice) {
            None | Some([]) => Seen::First,
            Some(known) if known.contains(&address(owner, service)) => Seen::Before,
            Some([.., last]) => Seen::Other(last.clone()),
        }
    }

    /// From now on it may.
    pub fn allow(&self, owner: &KeyOwner, service: &str) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let mut addresses = self.read();
        let known = addresses
            .entry(owner.account.as_str().to_owned())
            .or_default();
        let address = address(owner, service);
        // The last one is the one in use.
        known.retain(|it| *it != address);
        known.push(address);
        create_private(folder)?;
        write(folder, &addresses)
    }

    /// What cannot be read is as good as forgotten: then the next use is a first one.
    fn read(&self) -> Addresses {
        use std::io::Read as _;
        let read = |folder: &PathBuf| {
            let mut bytes = Vec::new();
            let file = std::fs::File::open(folder.join(FILE)).ok()?;
            file.take(MAX_BYTES).read_to_end(&mut bytes).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        self.folder.as_ref().and_then(read).unwrap_or_default()
    }
}

fn address(owner: &KeyOwner, service: &str) -> String {
    format!("{service} {}", owner.origin)
}

/// Whole or not at all: a new file takes the old one's place.
fn write(folder: &Path, addresses: &Addresses) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let part = folder.join(format!("{FILE}.{}", std::process::id()));
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut file = options.open(&part)?;
    file.write_all(&serde_json::to_vec(addresses)?)?;
    file.sync_all()?;
    std::fs::rename(part, folder.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountName;

    fn owner(account: &str, url: &str) -> KeyOwner {
        KeyOwner::new(AccountName::new(account).unwrap(), url)
    }

    #[test]
    fn another_origin_or_service_is_noticed_until_it_is_allowed() {
        let home = tempfile::tempdir().unwrap();
        let bound = Bound::new(Some(home.path().join("state")));
        let (old, new) = (
            owner("a", "https://one.example/x"),
            owner("a", "https://two.example"),
        );
        assert_eq!(bound.seen(&old, "s"), Seen::First);
        bound.allow(&old, "s").unwrap();
        // Of the address only the origin counts.
        assert_eq!(
            bound.seen(&owner("a", "https://one.example/y"), "s"),
            Seen::Before
        );
        assert_eq!(
            bound.seen(&new, "s"),
            Seen::Other("s https://one.example".to_owned())
        );
        assert!(matches!(bound.seen(&old, "other"), Seen::Other(_)));
        assert_eq!(
            bound.seen(&owner("b", "https://two.example"), "s"),
            Seen::First
        );
        bound.allow(&new, "s").unwrap();
        assert_eq!(bound.seen(&new, "s"), Seen::Before);
        assert_eq!(bound.seen(&old, "s"), Seen::Before);
    }

    #[test]
    fn what_cannot_be_read_or_kept_is_a_first_use() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(FILE), "{").unwrap();
        let it = owner("a", "https://one.example");
        assert_eq!(
            Bound::new(Some(home.path().to_owned())).seen(&it, "s"),
            Seen::First
        );
        let nowhere = Bound::new(None);
        nowhere.allow(&it, "s").unwrap();
        assert_eq!(nowhere.seen(&it, "s"), Seen::First);
    }
}
