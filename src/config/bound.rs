//! Where each account's key has gone so far: remembered, so that a changed address is noticed before a key
//! from the environment or a command goes there.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::credentials::KeyOwner;
use super::noted::Noted;

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
pub struct Bound(Noted);

type Addresses = BTreeMap<String, Vec<String>>;

impl Bound {
    /// Kept in this folder; without one nothing is remembered, and every address is a first one.
    pub const fn new(folder: Option<PathBuf>) -> Self {
        Self(Noted::new(folder, FILE))
    }

    /// Whether the account's key may go to this service at this origin.
    pub fn seen(&self, owner: &KeyOwner, service: &str) -> Seen {
        let addresses: Addresses = self.0.read();
        match addresses.get(owner.account.as_str()).map(Vec::as_slice) {
            None | Some([]) => Seen::First,
            Some(known) if known.contains(&address(owner, service)) => Seen::Before,
            Some([.., last]) => Seen::Other(last.clone()),
        }
    }

    /// The account at its other addresses, the one used last first.
    pub fn others(&self, owner: &KeyOwner) -> Vec<KeyOwner> {
        let addresses: Addresses = self.0.read();
        let known = addresses.get(owner.account.as_str()).into_iter().flatten();
        let known = known.rev().filter_map(|address| {
            let (_, origin) = address.split_once(' ')?;
            Some(KeyOwner::new(owner.account.clone(), origin))
        });
        known.filter(|other| other != owner).collect()
    }

    /// From now on it may.
    pub fn allow(&self, owner: &KeyOwner, service: &str) -> io::Result<()> {
        let mut addresses: Addresses = self.0.read();
        let known = addresses
            .entry(owner.account.as_str().to_owned())
            .or_default();
        let address = address(owner, service);
        // The last one is the one in use.
        known.retain(|it| *it != address);
        known.push(address);
        self.0.write(&addresses)
    }
}

fn address(owner: &KeyOwner, service: &str) -> String {
    format!("{service} {}", owner.origin)
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
        assert_eq!(bound.others(&new), std::slice::from_ref(&old));
        assert_eq!(bound.others(&old), [new]);
        assert_eq!(bound.others(&owner("b", "https://one.example")), []);
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
