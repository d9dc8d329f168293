//! Counts the calls of one connection into the index, each once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::{Index, Owner};
use crate::api::{AccountInfo, Provider};
use crate::domain::{Allowance, Held};

/// How long the disk is waited for before a sweep looks at what was spent.
const DISK: Duration = Duration::from_secs(5);

/// One connection, and how many of its calls are in the index.
#[derive(Debug)]
pub struct Meter {
    owner: Owner,
    allowance: Option<Allowance>,
    provider: Arc<dyn Provider>,
    noted: AtomicU64,
    /// The calls by their time, where nothing is kept: then only this connection's are known.
    own: Mutex<Vec<(Timestamp, u64)>>,
}

impl Meter {
    pub fn new(info: &AccountInfo, provider: Arc<dyn Provider>) -> Self {
        Self {
            owner: Owner::from(info),
            allowance: info.allowance,
            provider,
            noted: AtomicU64::new(0),
            own: Mutex::default(),
        }
    }

    pub const fn owner(&self) -> &Owner {
        &self.owner
    }

    pub fn provider(&self) -> &dyn Provider {
        self.provider.as_ref()
    }

    /// How many calls are not in the index yet.
    pub fn unnoted(&self) -> u64 {
        let noted = self.noted.load(Ordering::Relaxed);
        self.provider.calls().saturating_sub(noted)
    }

    /// Puts what was called since the last time into the index.
    pub fn note(&self, index: &Index) {
        let calls = self.provider.calls();
        let noted = self.noted.fetch_max(calls, Ordering::Relaxed);
        self.spend(index, calls.saturating_sub(noted));
    }

    fn spend(&self, index: &Index, made: u64) {
        if index.keeps() {
            index.spend(&self.owner, made);
        } else if let (Some(allowance), 1..) = (self.allowance, made) {
            let now = Timestamp::now();
            let mut own = self.own();
            own.retain(|(at, _)| *at > allowance.since(now));
            own.push((now, made));
        }
    }

    fn own(&self) -> MutexGuard<'_, Vec<(Timestamp, u64)>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the service allows this account, if that is known.
    pub const fn allowance(&self) -> Option<Allowance> {
        self.allowance
    }

    /// What holds a sweep back from one more call, if anything. Where nothing does, that call counts
    /// from now on: a program that is killed after it made it cannot say so any more. Blocks for the
    /// disk.
    pub fn pace(&self, index: &Index) -> Option<Held> {
        let allowance = self.allowance?;
        self.note(index);
        index.settle(DISK);
        let now = Timestamp::now();
        let spent = if index.keeps() {
            index.spent(&self.owner, allowance.since(now))
        } else {
            self.own().clone()
        };
        let held = allowance.pace(&spent, now);
        if held.is_none() {
            self.noted.fetch_add(1, Ordering::Relaxed);
            self.spend(index, 1);
            index.settle(DISK);
        }
        held
    }
}
