//! Counts the calls of one account: those that can wait before they are made, the others behind them.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{Caller, Calls};
use crate::api::AccountInfo;
use crate::domain::{Allowance, Held, Share};

/// Calls that nobody holds back are noted so many milliseconds after one another at the least: thousands
/// of small files would wait for the disk more than for the service.
const BEHIND: i64 = 1000;
/// So many calls are noted ahead at most.
const AHEAD: u64 = 10;
/// And of what is allowed one in so many: less than what sweeps leave to others.
const PART: u64 = 100;

/// One account of this process.
#[derive(Debug)]
pub struct Meter {
    caller: Caller,
    allowance: Allowance,
    /// How many calls are noted at a time.
    ahead: u64,
    /// How long they may be made later than they were noted.
    life: SignedDuration,
    inside: Mutex<Inside>,
    /// So many calls that were not held back are not noted yet.
    behind: AtomicU64,
    /// When those before them were, in milliseconds of the clock.
    latest: AtomicI64,
}

#[derive(Debug, Default)]
struct Inside {
    /// What this process has noted, oldest first: all that is known where the file cannot be used.
    own: Vec<(Timestamp, u64)>,
    /// So many of the last of these were not made yet.
    left: u64,
}

impl Meter {
    /// `None` where nothing is known of an allowance.
    pub fn new(info: &AccountInfo) -> Option<Self> {
        let allowance = info.allowance?;
        Some(Self {
            caller: Caller::from(info),
            allowance,
            ahead: (allowance.calls / PART).clamp(1, AHEAD),
            life: SignedDuration::try_from(allowance.window / 60).unwrap_or_default(),
            inside: Mutex::default(),
            behind: AtomicU64::new(0),
            latest: AtomicI64::new(0),
        })
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one call that nothing holds back. Whether it is time to [note](Self::note) it and those
    /// before it; of a program that is killed before, up to a second of them is not known.
    pub fn count(&self) -> bool {
        self.behind.fetch_add(1, Ordering::Relaxed);
        let now = Timestamp::now().as_millisecond();
        let latest = self.latest.load(Ordering::Relaxed);
        if now >= latest && now - latest < BEHIND {
            return false;
        }
        // One of several at once.
        let (done, missed) = (Ordering::Relaxed, Ordering::Relaxed);
        let latest = self.latest.compare_exchange(latest, now, done, missed);
        latest.is_ok()
    }

    /// Puts what was [counted](Self::count) since the last time on disk. Says whether that was
    /// any.
    pub fn note(&self, calls: &Calls) -> bool {
        self.note_inside(&mut self.inside(), calls)
    }

    fn note_inside(&self, inside: &mut Inside, calls: &Calls) -> bool {
        let made = self.behind.swap(0, Ordering::Relaxed);
        if made == 0 {
            return false;
        }
        // What is left is of the last block.
        self.take_back(inside, calls);
        let now = Timestamp::now();
        inside.own.push((now, made));
        calls.spend(&self.caller, now, made.cast_signed());
        true
    }

    /// Counts one call that is about to be made, or says what holds it back. It is on disk when this
    /// returns: a program that is killed afterwards cannot say so any more. Blocks for the disk, once for
    /// some calls.
    pub fn enter(&self, calls: &Calls, share: Share) -> Option<Held> {
        let mut inside = self.inside();
        self.note_inside(&mut inside, calls);
        let now = Timestamp::now();
        let noted = inside.own.last().map(|(at, _)| now.duration_since(*at));
        let young = noted.is_some_and(|ago| !ago.is_negative() && ago <= self.life);
        if young && inside.left > 0 {
            inside.left -= 1;
            return None;
        }
        self.take_back(&mut inside, calls);
        let since = self.allowance.since(now);
        inside.own.retain(|(at, _)| *at > since);
        // A clock that was set back must not hold them here until it has caught up.
        inside.own.iter_mut().for_each(|(at, _)| *at = now.min(*at));
        // What was made here counts wherever nobody knows it any more.
        let own = self.allowance.pace(share, &inside.own, now);
        let held = |all: &[(Timestamp, u64)]| {
            let all = self.allowance.pace(share, all, now);
            all.or(own)
        };
        let next = (now, self.ahead.cast_signed());
        match calls.claim(&self.caller, since, next, held) {
            Some(Err(held)) => return Some(held),
            None if own.is_some() => return own,
            Some(Ok(())) | None => {}
        }
        inside.own.push((now, self.ahead));
        inside.left = self.ahead - 1;
        None
    }

    /// What was noted and not made counts no more, and what was made and not noted does. Says whether
    /// that was any.
    pub fn give_back(&self, calls: &Calls) -> bool {
        let mut inside = self.inside();
        let noted = self.note_inside(&mut inside, calls);
        self.take_back(&mut inside, calls) || noted
    }

    fn take_back(&self, inside: &mut Inside, calls: &Calls) -> bool {
        let left = std::mem::take(&mut inside.left);
        let Some((at, noted)) = inside.own.last_mut().filter(|_| left > 0) else {
            return false;
        };
        *noted -= left;
        calls.spend(&self.caller, *at, -left.cast_signed());
        true
    }
}
