//! The gate of an account: how many of its jobs run, and until when its service wants none.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::Instant;

use super::{Inner, Transfers};
use crate::api::{ApiError, ApiErrorKind, Provider};
use crate::domain::{AccountName, SafeText, time_words};
use crate::transfer::job::{JobId, JobState};

/// How many transfers of one account run at once where nobody said.
const AT_ONCE: usize = 3;

/// So many files, for each that may run, stand on disk as about to be recorded: they share a sync. When
/// the program is killed those that were not begun go back to the queue; when the machine goes down
/// they are in doubt.
const AHEAD: usize = 8;

/// So many files may rest, sent or written down or not yet looked for, before the next waits.
pub(super) const UNSEEN: usize = 1000;

/// An account whose service wants a pause: none of its calls is made before then.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub account: AccountName,
    pub until: Timestamp,
    /// What the service said, as the error of the call that it refused.
    pub why: ApiError,
}

impl Held {
    /// How long the service asked for, where it said so.
    pub const fn asked(&self) -> Option<Duration> {
        match self.why.kind {
            ApiErrorKind::RateLimited { after } => after,
            _ => None,
        }
    }
}

/// What is said of an account that has to pause: how long still, and why.
pub fn held_words(account: &AccountName, left: Duration, asked: Option<Duration>) -> String {
    let account = SafeText::name(account.as_str());
    let left = time_words(left);
    let asked = asked.map(|asked| format!("the service asked for {}: ", time_words(asked)));
    let asked = asked.unwrap_or_default();
    format!("held by {account}, {left} to go ({asked}too many calls)")
}

pub(super) struct Gate {
    /// Those that a task works on.
    pub started: BTreeSet<JobId>,
    /// Files on their way, and how many may be.
    pub running: usize,
    pub at_once: usize,
    /// Files that wait for the disk or for a listing: they keep no other from beginning.
    pub resting: usize,
    /// Those of them that wait for room, since they have a call to make.
    pub returning: usize,
    /// Rung when fewer are on their way.
    pub room: Arc<Notify>,
    /// Taken while a step that may leave a record is on its way to disk, or there and not begun.
    pub announced: Arc<Semaphore>,
    /// What may begin, in its order.
    pub ready: BTreeSet<(i64, JobId)>,
    /// The last one that was given for the account: it has the newest key.
    pub provider: Option<Arc<dyn Provider>>,
    shut: Option<(Instant, ApiError)>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            started: BTreeSet::new(),
            running: 0,
            at_once: AT_ONCE,
            resting: 0,
            returning: 0,
            room: Arc::default(),
            announced: Arc::new(Semaphore::new(AT_ONCE * AHEAD)),
            ready: BTreeSet::new(),
            provider: None,
            shut: None,
        }
    }
}

impl Gate {
    /// Until when the account has to pause, if it has to.
    pub fn shut_until(&self) -> Option<Instant> {
        let until = self.shut.as_ref().map(|(until, _)| *until);
        until.filter(|until| *until > Instant::now())
    }

    pub fn has_room(&self) -> bool {
        self.running + self.returning < self.at_once
            && self.resting < UNSEEN
            && self.shut_until().is_none()
    }
}

impl Transfers {
    /// Whose permit a step needs that may leave a record.
    pub(super) fn announced(&self, account: &AccountName) -> Arc<Semaphore> {
        let mut table = self.table();
        let gate = table.gates.entry(account.clone()).or_default();
        gate.announced.clone()
    }

    /// How many transfers of this account may run side by side, from now on; at least 1.
    pub fn allow_at_once(&self, account: &AccountName, count: usize) {
        let mut table = self.table();
        let gate = table.gates.entry(account.clone()).or_default();
        gate.at_once = count.max(1);
        gate.announced = Arc::new(Semaphore::new(count.max(1).saturating_mul(AHEAD)));
        drop(table);
        self.pump(account);
    }

    /// The accounts whose service wants a pause, now and with each change. Of what another process
    /// works on, those pauses are known that a file waits for.
    pub fn held(&self) -> watch::Receiver<Vec<Held>> {
        self.inner.held.subscribe()
    }

    /// Holds all calls of an account back for this long.
    pub(super) fn shut(&self, account: &AccountName, after: Duration, why: &ApiError) {
        let until = Instant::now() + after;
        let was_shut = {
            let mut table = self.table();
            let gate = table.gates.entry(account.clone()).or_default();
            let old = gate.shut_until();
            if old.is_none_or(|old| old < until) {
                gate.shut = Some((until, why.clone()));
            }
            old.is_some()
        };
        tracing::info!(seconds = after.as_secs(), "the account pauses");
        self.tell_held();
        let Some(handle) = self.handle().filter(|_| !was_shut) else {
            return;
        };
        // Not one of the tasks that leaving waits for, and not what keeps the engine alive.
        let inner = Arc::downgrade(&self.inner);
        let account = account.clone();
        handle.spawn(async move {
            let engine = || inner.upgrade().map(|inner: Arc<Inner>| Self { inner });
            while let Some(until) = engine().and_then(|it| it.shut_until(&account)) {
                tokio::time::sleep_until(until).await;
            }
            if let Some(engine) = engine() {
                engine.tell_held();
                engine.pump(&account);
            }
        });
    }

    /// Waits while the account has to pause.
    pub(super) async fn gate_opens(&self, account: &AccountName) {
        while let Some(until) = self.shut_until(account) {
            tokio::time::sleep_until(until).await;
        }
    }

    fn shut_until(&self, account: &AccountName) -> Option<Instant> {
        self.table().gates.get(account)?.shut_until()
    }

    fn tell_held(&self) {
        let held: Vec<Held> = {
            let table = self.table();
            let shut = table.gates.iter().filter_map(|(account, gate)| {
                let left = gate.shut_until()?.duration_since(Instant::now());
                let left = jiff::SignedDuration::try_from(left).unwrap_or_default();
                let until = Timestamp::now().checked_add(left);
                Some(Held {
                    account: account.clone(),
                    until: until.unwrap_or(Timestamp::MAX),
                    why: gate.shut.as_ref()?.1.clone(),
                })
            });
            shut.collect()
        };
        self.inner.held.send_replace(held);
    }

    /// Learns from the files that wait which accounts have to pause in the process that works on
    /// them.
    pub(super) fn overhear_held(&self) {
        let now = Timestamp::now();
        let mut held: Vec<Held> = Vec::new();
        for entry in self.table().jobs.values() {
            let JobState::Waiting { until, error, .. } = &entry.job.state else {
                continue;
            };
            let limited = matches!(error.kind, ApiErrorKind::RateLimited { .. });
            if !limited || *until <= now {
                continue;
            }
            let account = &entry.job.account;
            match held.iter_mut().find(|it| it.account == *account) {
                Some(known) if known.until >= *until => {}
                Some(known) => known.until = *until,
                None => held.push(Held {
                    account: account.clone(),
                    until: *until,
                    why: error.as_ref().clone(),
                }),
            }
        }
        self.inner.held.send_if_modified(|known| {
            let news = *known != held;
            *known = held;
            news
        });
    }
}
