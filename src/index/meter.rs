//! Counts the calls of one account into the index before they are made.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Index, Owner};
use crate::api::AccountInfo;
use crate::domain::{Allowance, Held, Share};

/// How long the disk is waited for before a call is made.
const DISK: Duration = Duration::from_secs(5);
/// So many calls are noted ahead at most.
const AHEAD: u64 = 10;
/// And of what is allowed one in so many: less than what sweeps leave to others.
const PART: u64 = 100;

/// One account of this process.
#[derive(Debug)]
pub struct Meter {
    owner: Owner,
    allowance: Allowance,
    /// How many calls are noted at a time.
    ahead: u64,
    /// How long they may be made later than they were noted.
    life: SignedDuration,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    /// What this process has noted, oldest first: all that is known where the index cannot be read.
    own: Vec<(Timestamp, u64)>,
    /// So many of the last of these were not made yet.
    left: u64,
}

impl Meter {
    /// `None` where nothing is known of an allowance.
    pub fn new(info: &AccountInfo) -> Option<Self> {
        let allowance = info.allowance?;
        Some(Self {
            owner: Owner::from(info),
            allowance,
            ahead: (allowance.calls / PART).clamp(1, AHEAD),
            life: SignedDuration::try_from(allowance.window / 60).unwrap_or_default(),
            inside: Mutex::default(),
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one call that is about to be made, or says what holds it back, if it can wait. It is on
    /// disk when this returns: a program that is killed afterwards cannot say so any more. Blocks for
    /// the disk, once for some calls.
    pub fn enter(&self, index: &Index, waits: Option<Share>) -> Option<Held> {
        let mut inside = self.inside();
        let now = Timestamp::now();
        let noted = inside.own.last().map(|(at, _)| now.duration_since(*at));
        let young = noted.is_some_and(|ago| !ago.is_negative() && ago <= self.life);
        if young && inside.left > 0 {
            inside.left -= 1;
            return None;
        }
        self.take_back(&mut inside, index);
        let since = self.allowance.since(now);
        inside.own.retain(|(at, _)| *at > since);
        if let Some(share) = waits {
            let all = index.spent(&self.owner, since);
            let held = all.and_then(|all| self.allowance.pace(share, &all, now));
            // Where the index does not tell it any more, what was made here counts all the same.
            if let Some(held) = held.or_else(|| self.allowance.pace(share, &inside.own, now)) {
                return Some(held);
            }
        }
        inside.own.push((now, self.ahead));
        inside.left = self.ahead - 1;
        index.spend(&self.owner, now, self.ahead.cast_signed());
        index.settle(DISK);
        None
    }

    /// What was noted and not made counts no more. Says whether that was any.
    pub fn give_back(&self, index: &Index) -> bool {
        self.take_back(&mut self.inside(), index)
    }

    fn take_back(&self, inside: &mut Inside, index: &Index) -> bool {
        let left = std::mem::take(&mut inside.left);
        let Some((at, noted)) = inside.own.last_mut().filter(|_| left > 0) else {
            return false;
        };
        *noted -= left;
        index.spend(&self.owner, *at, -left.cast_signed());
        true
    }
}
