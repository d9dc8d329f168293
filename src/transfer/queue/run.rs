//! Which job begins, one try of it, and what follows from how the try ended.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;

use super::{Entry, Handle, Transfers};
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{AccountName, drill};
use crate::transfer::job::{Direction, JobEvent, JobId, JobState};
use crate::transfer::retry::{self, Verdict};
use crate::transfer::work::Work;
use crate::transfer::{save, send};

impl Transfers {
    /// Puts a job among those that may begin, if it may, and begins what has room.
    pub(super) fn make_ready(&self, id: JobId) {
        if !self.works() {
            return;
        }
        let account = {
            let mut table = self.table();
            let Some(entry) = table.jobs.get(&id) else {
                return;
            };
            let (key, account) = ((entry.job.order, id), entry.job.account.clone());
            let may = may_begin(entry);
            let gate = table.gates.entry(account.clone()).or_default();
            if may && gate.provider.is_some() {
                gate.ready.insert(key);
            } else {
                gate.ready.remove(&key);
            }
            account
        };
        self.pump(&account);
    }

    /// Whether a job in doubt is looked for without being asked: here, or where another process has
    /// begun to work on what the former one left.
    pub(super) fn looks_next(&self, id: JobId) -> bool {
        if self.inner.leaving.load(Ordering::Relaxed) {
            return false;
        }
        let table = self.table();
        let entry = table
            .jobs
            .get(&id)
            .filter(|entry| matches!(entry.job.state, JobState::InDoubt(_)) && may_begin(entry));
        entry.is_some_and(|entry| {
            let gate = table.gates.get(&entry.job.account);
            gate.is_some_and(|gate| gate.provider.is_some())
        })
    }

    /// Begins jobs of an account while there is room.
    pub(super) fn pump(&self, account: &AccountName) {
        if self.inner.leaving.load(Ordering::Relaxed) {
            return;
        }
        loop {
            let id = {
                let mut table = self.table();
                let Some(gate) = table.gates.get_mut(account) else {
                    return;
                };
                if !gate.has_room() {
                    return;
                }
                let Some((_, id)) = gate.ready.pop_first() else {
                    return;
                };
                let Some(entry) = table.jobs.get_mut(&id).filter(|entry| may_begin(entry)) else {
                    continue;
                };
                entry.begin_try();
                if let Some(gate) = table.gates.get_mut(account) {
                    gate.running += 1;
                    gate.started.insert(id);
                }
                id
            };
            let (engine, account) = (self.clone(), account.clone());
            self.spawn(async move { engine.run(id, account).await });
        }
    }

    async fn run(&self, id: JobId, account: AccountName) {
        let slot = Slot::new(self, &account);
        let tried = AssertUnwindSafe(self.try_once(id, &account, &slot));
        let tried = tried.catch_unwind().await;
        if let Some(ended) = tried.unwrap_or_else(|_| self.mistaken(id)) {
            let follows = self.judge(id, &account, ended);
            if let JobEvent::Failed(error) = &follows
                && error.kind == ApiErrorKind::DiskFull
            {
                self.hold_downloads(id);
            }
            let cancelled = follows == JobEvent::NotBegun && self.is_cancelled(id);
            // Refused or not written: what is in the table is what holds.
            let _ = self.commit(id, follows).await;
            if cancelled {
                let _ = self.commit(id, JobEvent::Cancelled).await;
            }
        }
        {
            let mut table = self.table();
            if let Some(entry) = table.jobs.get_mut(&id) {
                entry.end_try();
            }
            if let Some(gate) = table.gates.get_mut(&account) {
                gate.started.remove(&id);
            }
        }
        drop(slot);
        self.make_ready(id);
    }

    fn is_cancelled(&self, id: JobId) -> bool {
        let table = self.table();
        table.jobs.get(&id).is_some_and(|entry| entry.cancelled)
    }

    /// How a try ends that a panic cut off: what it may have recorded has to be looked for.
    fn mistaken(&self, id: JobId) -> Option<JobEvent> {
        let table = self.table();
        let job = &table.jobs.get(&id)?.job;
        let recorded = match job.state {
            JobState::Running(step) => step.may_leave_a_record(),
            _ => false,
        };
        let error = ApiError::panicked();
        let doubtful = job.direction == Direction::Up && (recorded || job.trail.unsettled);
        Some(if doubtful {
            JobEvent::InDoubt(error)
        } else {
            JobEvent::Failed(error)
        })
    }

    /// One try, up to how it ended.
    async fn try_once(&self, id: JobId, account: &AccountName, slot: &Slot) -> Option<JobEvent> {
        let (work, provider, token, bytes, job, anew) = {
            let mut table = self.table();
            let provider = table.gates.get(account)?.provider.clone()?;
            let entry = table.jobs.get_mut(&id)?;
            let agreed = Some(&provider).filter(|_| entry.agreed);
            let provider = agreed.and_then(|it| it.agreed()).unwrap_or(provider);
            let tries = entry.tries.as_deref_mut()?;
            (
                entry.work.clone(),
                provider,
                tries.token.get_or_insert_default().clone(),
                tries.bytes.insert(Arc::default()).clone(),
                entry.job.clone(),
                // A link that was good once may have ended since.
                entry.kept || tries.count > 1,
            )
        };
        let handle = Handle {
            engine: self.clone(),
            id,
            account: account.clone(),
            slot: slot.clone(),
            bytes,
        };
        drill::point("transfer");
        Some(match work {
            Work::Up(request) => {
                let upload = send::Upload {
                    provider: &provider,
                    request: &request,
                    handle: &handle,
                    token: &token,
                };
                let receipt = job.trail.receipt.clone();
                let earlier = match &job.state {
                    _ if job.trail.listed => send::Earlier::Listed(receipt),
                    _ if !job.trail.unsettled => send::Earlier::None,
                    // Nobody has decided yet that it may be sent once more.
                    JobState::InDoubt(error) => {
                        send::Earlier::Doubted(receipt, JobEvent::InDoubt((**error).clone()))
                    }
                    JobState::Unlisted { reason } => {
                        let reason = reason.clone();
                        send::Earlier::Doubted(receipt, JobEvent::Unlisted { reason })
                    }
                    _ => send::Earlier::Unsettled(receipt),
                };
                upload.run(earlier).await
            }
            Work::Down(request) => {
                let save = save::Save {
                    provider: &*provider,
                    request: &request,
                    handle: &handle,
                    token: &token,
                };
                save.run(anew).await
            }
        })
    }

    /// What follows: another try, a pause, or the end that it is.
    fn judge(&self, id: JobId, account: &AccountName, ended: JobEvent) -> JobEvent {
        let mut table = self.table();
        let Some(entry) = table.jobs.get_mut(&id) else {
            return ended;
        };
        let error = match ended {
            // Cut by a pause or by leaving: it is not over.
            JobEvent::Cancelled if !entry.cancelled => return JobEvent::Interrupted,
            JobEvent::Failed(error) => error,
            other => return other,
        };
        let Some(tries) = &entry.tries else {
            return JobEvent::Failed(error);
        };
        let count = tries.count;
        let verdict = retry::decide(&error, count, tries.first.elapsed(), retry::jitter());
        let Verdict::Again {
            after,
            account: all,
        } = verdict
        else {
            return JobEvent::Failed(error);
        };
        entry.sleeps = true;
        let attempt = count + 1;
        drop(table);
        if all {
            self.shut(account, after, &error);
        }
        self.wake_after(id, after);
        let until = jiff::Timestamp::now()
            .checked_add(jiff::SignedDuration::try_from(after).unwrap_or_default())
            .unwrap_or(jiff::Timestamp::MAX);
        debug_assert!(error.kind != ApiErrorKind::Cancelled);
        JobEvent::Wait {
            until,
            attempt,
            error,
        }
    }

    fn wake_after(&self, id: JobId, after: Duration) {
        let Some(token) = self
            .table()
            .jobs
            .get(&id)
            .and_then(|it| it.token().cloned())
        else {
            return;
        };
        let engine = self.clone();
        self.spawn(async move {
            // Cancelling, pausing and leaving end the wait.
            if token
                .run_until_cancelled(tokio::time::sleep(after))
                .await
                .is_none()
            {
                return;
            }
            if let Some(entry) = engine.table().jobs.get_mut(&id) {
                entry.sleeps = false;
            }
            engine.make_ready(id);
        });
    }
}

/// The room that a try takes up among its account's: as a file on its way, or as one that rests
/// while the disk or a listing is waited for.
#[derive(Clone)]
pub(super) struct Slot(Arc<Taken>);

struct Taken {
    engine: Transfers,
    account: AccountName,
    rests: AtomicBool,
    /// It rested, and waits for room to go on its way once more.
    returns: AtomicBool,
}

impl Slot {
    /// Of a try that [`Transfers::pump`] has counted.
    fn new(engine: &Transfers, account: &AccountName) -> Self {
        Self(Arc::new(Taken {
            engine: engine.clone(),
            account: account.clone(),
            rests: AtomicBool::new(false),
            returns: AtomicBool::new(false),
        }))
    }

    /// No call of it is under way for a while: the next file may begin.
    pub(super) fn rest(&self) {
        let held = &*self.0;
        if held.rests.swap(true, Ordering::Relaxed) {
            return;
        }
        if let Some(gate) = held.engine.table().gates.get_mut(&held.account) {
            gate.running = gate.running.saturating_sub(1);
            gate.resting += 1;
            gate.room.notify_one();
        }
        held.engine.pump(&held.account);
    }

    /// There is a call to make: waits until there is room for it, before any that has not begun.
    pub(super) async fn back(&self) {
        let held = &*self.0;
        loop {
            let room = {
                let mut table = held.engine.table();
                let Some(gate) = table.gates.get_mut(&held.account) else {
                    return;
                };
                if !held.rests.load(Ordering::Relaxed) {
                    return;
                }
                let returns = held.returns.load(Ordering::Relaxed);
                if gate.running < gate.at_once {
                    gate.running += 1;
                    gate.resting = gate.resting.saturating_sub(1);
                    gate.returning -= usize::from(returns);
                    held.returns.store(false, Ordering::Relaxed);
                    held.rests.store(false, Ordering::Relaxed);
                    if gate.running < gate.at_once && gate.returning > 0 {
                        // Bells that rang together are heard once.
                        gate.room.notify_one();
                    }
                    return;
                }
                gate.returning += usize::from(!returns);
                held.returns.store(true, Ordering::Relaxed);
                gate.room.clone()
            };
            room.notified().await;
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(gate) = self.engine.table().gates.get_mut(&self.account) {
            let count = if *self.rests.get_mut() {
                &mut gate.resting
            } else {
                &mut gate.running
            };
            *count = count.saturating_sub(1);
            gate.returning -= usize::from(*self.returns.get_mut());
            gate.room.notify_one();
        }
        self.engine.ring_desk(&self.account);
    }
}

/// A job that a look alone may settle begins too, once its account is there.
pub(super) fn may_begin(entry: &Entry) -> bool {
    let state = match entry.job.state {
        JobState::Queued | JobState::Waiting { .. } => true,
        // Only once: it is tried anew when the user says so.
        JobState::InDoubt(_) | JobState::Unlisted { .. } => entry.tries.is_none(),
        _ => false,
    };
    state
        && entry.wanted
        && !entry.started
        && !entry.cancelled
        && !entry.unsaved
        && !entry.sleeps
        && (!entry.job.paused || entry.job.state.is_over())
}
