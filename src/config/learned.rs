//! What services have shown of each key's rights: remembered beside the addresses that keys went to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::credentials::KeyOwner;
use super::noted::Noted;
use crate::domain::{Answered, Right, Rights};

/// The file of what was learnt, in the state folder.
const FILE: &str = "rights.json";

/// By account and origin, as keys are filed.
type ByKey = BTreeMap<String, Rights>;

/// What was learnt so far.
#[derive(Debug)]
pub struct Learned {
    noted: Noted,
    /// As of the last look; every call of a session comes by here.
    known: Mutex<Option<ByKey>>,
}

impl Learned {
    /// Kept in this folder; without one it is known in this session only.
    pub const fn new(folder: Option<PathBuf>) -> Self {
        Self {
            noted: Noted::new(folder, FILE),
            known: Mutex::new(None),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&mut ByKey) -> T) -> T {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        work(known.get_or_insert_with(|| self.noted.read()))
    }

    pub fn of(&self, owner: &KeyOwner) -> Rights {
        let found = self.with(|known| known.get(&owner.entry()).cloned());
        found.unwrap_or_default()
    }

    /// Takes an answer of the service. That it cannot be kept is no reason not to go on.
    pub fn take(&self, owner: &KeyOwner, right: Right, answered: Answered) {
        let news = self.with(|known| {
            let rights = known.entry(owner.entry()).or_default();
            rights.take(right, answered.clone())
        });
        if news {
            self.change(|known| {
                let rights = known.entry(owner.entry()).or_default();
                rights.take(right, answered);
            });
        }
    }

    /// There is another key now, or none.
    pub fn forget(&self, owner: &KeyOwner) {
        self.change(|known| {
            known.remove(&owner.entry());
        });
    }

    /// Changes what stands on the disk: another process may have written meanwhile.
    fn change(&self, change: impl FnOnce(&mut ByKey)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.take().unwrap_or_default();
        let mut fresh: ByKey = if self.noted.is_kept() {
            self.noted.read()
        } else {
            kept
        };
        change(&mut fresh);
        if let Err(error) = self.noted.write(&fresh) {
            tracing::warn!(%error, "what the service allows could not be remembered");
        }
        *known = Some(fresh);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::AccountName;

    #[test]
    fn what_one_process_learns_the_next_one_knows_until_there_is_another_key() {
        let home = tempfile::tempdir().unwrap();
        let owner = |url: &str| KeyOwner::new(AccountName::new("a").unwrap(), url);
        let (here, there) = (owner("https://one.example"), owner("https://two.example"));
        let open = || Learned::new(Some(home.path().to_owned()));
        let (first, second) = (open(), open());
        first.take(&here, Right::List, Answered::Allowed);
        second.take(
            &here,
            Right::Delete,
            Answered::Refused(vec!["x".to_owned()]),
        );
        first.take(&here, Right::List, Answered::Allowed);
        let known = open().of(&here);
        assert_eq!(
            (known.allowed(), known.refused()),
            (vec![Right::List], vec![Right::Delete])
        );
        assert_eq!(open().of(&there), Rights::default());
        first.forget(&here);
        assert_eq!(open().of(&here), Rights::default());

        let nowhere = Learned::new(None);
        nowhere.take(&here, Right::Save, Answered::Allowed);
        nowhere.take(&here, Right::List, Answered::Allowed);
        assert_eq!(nowhere.of(&here).allowed(), [Right::List, Right::Save]);
    }
}
