//! The pauses that services asked for: remembered beyond the process that was asked, so that the next one
//! keeps to them, too.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use super::credentials::KeyOwner;
use super::noted::Noted;

/// The file of them, in the state folder.
const FILE: &str = "pauses.json";

/// Until when each account is to make no call.
#[derive(Debug, Clone)]
pub struct Pauses(Noted);

type Until = BTreeMap<String, Timestamp>;

impl Pauses {
    /// Kept in this folder; without one nothing is remembered.
    pub const fn new(folder: Option<PathBuf>) -> Self {
        Self(Noted::new(folder, FILE))
    }

    /// When the account's pause ends, if it was asked for one.
    pub fn until(&self, owner: &KeyOwner) -> Option<Timestamp> {
        self.0.read::<Until>().get(&key(owner)).copied()
    }

    /// The account was asked for one. Those that are over are forgotten.
    pub fn ask(&self, owner: &KeyOwner, until: Timestamp) -> io::Result<()> {
        let mut all: Until = self.0.read();
        let now = Timestamp::now();
        all.retain(|_, until| *until > now);
        let own = all.entry(key(owner)).or_insert(until);
        *own = until.max(*own);
        self.0.write(&all)
    }
}

fn key(owner: &KeyOwner) -> String {
    format!("{} {}", owner.account.as_str(), owner.origin)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::AccountName;

    #[test]
    fn the_longest_is_kept_of_each_account_until_it_is_over() {
        let home = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(home.path().to_owned()));
        let owner = |name| KeyOwner::new(AccountName::new(name).unwrap(), "https://one.example");
        let after = |seconds| Timestamp::now() + SignedDuration::from_secs(seconds);
        assert_eq!(pauses.until(&owner("a")), None);
        let (soon, late) = (after(60), after(120));
        pauses.ask(&owner("a"), late).unwrap();
        pauses.ask(&owner("a"), soon).unwrap();
        assert_eq!(pauses.until(&owner("a")), Some(late));
        assert_eq!(pauses.until(&owner("b")), None);
        pauses.ask(&owner("b"), after(-1)).unwrap();
        pauses.ask(&owner("c"), soon).unwrap();
        assert_eq!(pauses.until(&owner("b")), None);
        assert_eq!(pauses.until(&owner("a")), Some(late));
    }
}
