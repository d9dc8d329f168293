//! Counts the calls of one connection into the index, each once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::{Allowance, Held, Index, Owner};
use crate::api::Provider;

/// How long the disk is waited for before a sweep looks at what was spent.
const DISK: Duration = Duration::from_secs(5);

/// One connection, and how many of its calls are in the index.
#[derive(Debug)]
pub struct Meter {
    owner: Owner,
    provider: Arc<dyn Provider>,
    noted: AtomicU64,
}

impl Meter {
    pub fn new(owner: Owner, provider: Arc<dyn Provider>) -> Self {
        Self {
            owner,
            provider,
            noted: AtomicU64::new(0),
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
        index.spend(&self.owner, calls.saturating_sub(noted));
    }

    /// What holds a sweep back from one more call, if anything. Blocks for the disk.
    pub fn pace(&self, index: &Index, allowance: Allowance) -> Option<Held> {
        self.note(index);
        index.settle(DISK);
        let now = Timestamp::now();
        allowance.pace(&index.spent(&self.owner, allowance.since(now)), now)
    }
}
