//! The pauses that services asked for: remembered beyond the process that was asked, so that the next one
//! keeps to them, too.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::credentials::KeyOwner;
use super::noted::Noted;

/// The file of them, in the state folder.
const FILE: &str = "pauses.json";

/// Until when each account is to make no call.
#[derive(Debug, Clone)]
pub struct Pauses(Noted);

/// What a service asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Pause {
    /// When it asked.
    asked: Timestamp,
    until: Timestamp,
}

impl Pause {
    /// A pause that was asked for later than now is of a clock that was set back since: nothing tells how
    /// much of it is left.
    fn holds(&self, now: Timestamp) -> bool {
        self.asked <= now && now < self.until
    }
}

type All = BTreeMap<String, Pause>;

impl Pauses {
    /// Kept in this folder; without one nothing is remembered.
    pub const fn new(folder: Option<PathBuf>) -> Self {
        Self(Noted::new(folder, FILE))
    }

    /// When the account's pause was asked for and when it ends, if it is to make one now.
    pub fn of(&self, owner: &KeyOwner, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let all: All = self.0.read();
        let own = all.get(&key(owner)).filter(|pause| pause.holds(now));
        own.map(|pause| (pause.asked, pause.until))
    }

    /// The account was asked for one. Those that are over are forgotten.
    pub fn ask(&self, owner: &KeyOwner, now: Timestamp, wait: Duration) -> io::Result<()> {
        let mut all: All = self.0.read();
        all.retain(|_, pause| pause.holds(now));
        // As far as a clock goes.
        let until = now.checked_add(wait).unwrap_or(Timestamp::MAX);
        let pause = Pause { asked: now, until };
        let own = all.entry(key(owner)).or_insert(pause);
        if own.until <= until {
            *own = pause;
        }
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
    fn the_longest_is_kept_of_each_account_until_it_is_over_or_the_clock_was_set_back() {
        let home = tempfile::tempdir().unwrap();
        let pauses = Pauses::new(Some(home.path().to_owned()));
        let owner = |name| KeyOwner::new(AccountName::new(name).unwrap(), "https://one.example");
        let now = Timestamp::now();
        let after = |seconds| now + SignedDuration::from_secs(seconds);
        let seconds = Duration::from_secs;
        assert_eq!(pauses.of(&owner("a"), now), None);
        pauses.ask(&owner("a"), now, seconds(120)).unwrap();
        pauses.ask(&owner("a"), after(1), seconds(60)).unwrap();
        assert_eq!(pauses.of(&owner("a"), after(1)), Some((now, after(120))));
        assert_eq!(pauses.of(&owner("a"), after(120)), None);
        assert_eq!(pauses.of(&owner("a"), after(-1)), None);
        assert_eq!(pauses.of(&owner("b"), now), None);
        pauses.ask(&owner("b"), now, seconds(0)).unwrap();
        pauses.ask(&owner("c"), now, Duration::MAX).unwrap();
        assert_eq!(pauses.of(&owner("b"), now), None);
        assert_eq!(pauses.of(&owner("c"), now), Some((now, Timestamp::MAX)));
        assert_eq!(pauses.of(&owner("a"), now), Some((now, after(120))));
    }
}
