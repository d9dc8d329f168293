//! From what happens to a job to what is known of it: onto disk first, then into the table, then to
//! the listeners.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

use super::full::{END_NOT_WRITTEN, NOT_BEGUN};
use super::run::Slot;
use super::{Store, Transfers};
use crate::api::{
    ApiError, ApiErrorKind, Provider, Receipt, Sighting, Sought, Step, UploadRequest,
};
use crate::domain::AccountName;
use crate::transfer::job::{JobEvent, JobId, JobState, Look, Showed};
use crate::transfer::journal::{Change, JournalError};
use crate::transfer::retry::{self, Verdict};
use crate::transfer::work::Work;

/// So many numbers are reserved in the journal at once.
const BLOCK: u64 = 100;

/// So many new jobs share a commit at the most: more would only make each wait longer.
const TOGETHER: usize = 1000;

impl Transfers {
    pub(super) fn add(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        works: impl Iterator<Item = Work>,
    ) -> Vec<JobId> {
        let _ = self.handle();
        self.table()
            .gates
            .entry(account.clone())
            .or_default()
            .provider = Some(provider);
        let mut works = works.peekable();
        let mut added = Vec::new();
        while works.peek().is_some() {
            let some: Vec<Work> = works.by_ref().take(TOGETHER).collect();
            let ids = self.next_ids(some.len());
            {
                let mut table = self.table();
                // Numbers of several processes leave gaps; the order is that of adding.
                let now = jiff::Timestamp::now().as_microsecond();
                let last = table.jobs.values().next_back().map(|it| it.job.order);
                let first = now.max(last.map_or(now, |last| last + 1));
                for ((id, work), order) in ids.iter().zip(some).zip(first..) {
                    let job = work.job(*id, account.clone(), order);
                    let entry = table.insert(job, work);
                    entry.wanted = true;
                    entry.unsaved = true;
                }
            }
            self.submit(&ids);
            added.extend(ids);
        }
        added
    }

    fn next_ids(&self, count: usize) -> Vec<JobId> {
        let free = {
            let ids = &self.table().ids;
            ids.end - ids.start
        };
        let missing = (count as u64).saturating_sub(free);
        let block = missing.max(BLOCK);
        // Not while the table is held: the journal's thread may be waiting for it.
        let first = match &self.inner.store {
            Store::Disk(journal) if missing > 0 => journal.reserve(block).ok(),
            _ => None,
        };
        let mut table = self.table();
        let mut ids: Vec<JobId> = table.ids.by_ref().take(count).map(JobId).collect();
        if ids.len() < count {
            // Without a number of the journal the job cannot be saved and will fail by that; until
            // then it needs one that nobody else has.
            let first = first.unwrap_or_else(|| {
                let used = table.jobs.keys().next_back().map_or(0, |id| id.0);
                ids.last().map_or(used, |id| used.max(id.0)) + 1
            });
            table.ids = first..first + block;
            let more = count - ids.len();
            ids.extend(table.ids.by_ref().take(more).map(JobId));
        }
        ids
    }

    /// Puts new jobs into the journal, in one commit; only then they are queued.
    pub(super) fn submit(&self, ids: &[JobId]) {
        if ids.is_empty() {
            return;
        }
        let changes: Vec<Change> = {
            let table = self.table();
            let fresh = ids.iter().filter_map(|id| table.jobs.get(id));
            let add = fresh.map(|entry| Change::Add {
                id: entry.job.id,
                account: entry.job.account.clone(),
                work: entry.work.clone(),
                place: entry.job.order,
            });
            add.collect()
        };
        let (engine, ids) = (self.clone(), ids.to_vec());
        let done = move |result| engine.added(&ids, &result);
        match &self.inner.store {
            Store::Memory => done(Ok(())),
            Store::Broken(why) => done(Err(why.clone())),
            Store::Disk(journal) => journal.write(changes, done),
        }
    }

    fn added(&self, ids: &[JobId], result: &Result<(), JournalError>) {
        let mut cancelled = Vec::new();
        for id in ids {
            let job = {
                let mut table = self.table();
                let Some(entry) = table.jobs.get_mut(id) else {
                    continue;
                };
                entry.unsaved = result.is_err();
                Arc::make_mut(&mut entry.job).state = match result {
                    Ok(()) => JobState::Queued,
                    Err(why) => JobState::Failed(Box::new(unwritten(why))),
                };
                if entry.cancelled {
                    cancelled.push(*id);
                }
                entry.job.clone()
            };
            self.tell(&job);
        }
        self.commit_all(&cancelled, &JobEvent::Cancelled);
        self.follow();
        self.let_in(ids);
    }

    /// Writes the same event for many jobs in one commit, and then lets it happen.
    pub(super) fn commit_all(&self, ids: &[JobId], event: &JobEvent) {
        let (unsaved, kept): (Vec<JobId>, Vec<JobId>) = {
            let table = self.table();
            let unsaved = |id: &JobId| table.jobs.get(id).is_none_or(|it| it.unsaved);
            ids.iter().copied().partition(unsaved)
        };
        for id in unsaved {
            self.happened(id, event.clone());
        }
        let Store::Disk(journal) = &self.inner.store else {
            for id in kept {
                self.happened(id, event.clone());
            }
            return;
        };
        if kept.is_empty() {
            return;
        }
        let changes = kept.iter().map(|id| Change::Event(*id, event.clone()));
        let (engine, event) = (self.clone(), event.clone());
        journal.write(changes.collect(), move |result| {
            for id in kept {
                match &result {
                    Ok(()) => engine.happened(id, event.clone()),
                    Err(why) => engine.not_written(id, event.clone(), why),
                }
            }
        });
    }

    /// Writes an event and then lets it happen; the answer says whether it was written.
    pub(super) fn commit(
        &self,
        id: JobId,
        event: JobEvent,
    ) -> oneshot::Receiver<Result<(), JournalError>> {
        let (sender, receiver) = oneshot::channel();
        self.put(id, event, true, move |result| {
            // Who was dropped meanwhile finds it in the table.
            let _ = sender.send(result);
        });
        receiver
    }

    /// The same where nobody waits for it: it costs no sync of its own.
    fn commit_with_next(&self, id: JobId, event: JobEvent) {
        self.put(id, event, false, |_| {});
    }

    fn put(
        &self,
        id: JobId,
        event: JobEvent,
        awaited: bool,
        then: impl FnOnce(Result<(), JournalError>) + Send + 'static,
    ) {
        let engine = self.clone();
        let same = event.clone();
        let done = move |result: Result<(), JournalError>| {
            match &result {
                Ok(()) => engine.happened(id, same),
                Err(why) => engine.not_written(id, same, why),
            }
            then(result);
        };
        let unsaved = self.table().jobs.get(&id).is_none_or(|it| it.unsaved);
        match &self.inner.store {
            Store::Disk(journal) if !unsaved => {
                journal.send(vec![Change::Event(id, event)], awaited, Box::new(done));
            }
            _ => done(Ok(())),
        }
    }

    /// An event that is on disk.
    pub(super) fn happened(&self, id: JobId, event: JobEvent) {
        let interrupted = event == JobEvent::Interrupted;
        let job = {
            let mut table = self.table();
            let Some(entry) = table.jobs.get_mut(&id) else {
                return;
            };
            let paused = event == JobEvent::Paused;
            if let Err(why) = Arc::make_mut(&mut entry.job).apply(event) {
                tracing::debug!(%why, "passed over");
                return;
            }
            if paused && entry.started && entry.is_loose() {
                entry.cut();
            }
            entry.job.clone()
        };
        // Who waits for its end would take the doubt for it, which a look settles next.
        if !(interrupted && self.looks_next(id)) {
            self.tell(&job);
        }
        self.make_ready(id);
    }

    /// An event that happened but is not on disk. How a try ended is true all the same; a step or
    /// a wish that is not on disk does not happen.
    fn not_written(&self, id: JobId, event: JobEvent, why: &JournalError) {
        tracing::error!(%why, "not written");
        let ended = matches!(
            event,
            JobEvent::Done { .. }
                | JobEvent::Failed(_)
                | JobEvent::InDoubt(_)
                | JobEvent::Unlisted { .. }
                | JobEvent::Cancelled
                | JobEvent::Interrupted
        );
        if !ended {
            return;
        }
        if let Some(entry) = self.table().jobs.get_mut(&id) {
            let warnings = &mut Arc::make_mut(&mut entry.job).warnings;
            warnings.push(format!("{END_NOT_WRITTEN}: {why}"));
        }
        self.happened(id, event);
    }
}

/// A journal that cannot be written, as the error of a transfer.
fn unwritten(why: &JournalError) -> ApiError {
    let mut error = ApiError::new("transfer the file", ApiErrorKind::File, why.to_string());
    error.chain = vec![NOT_BEGUN.to_owned()];
    error
}

/// What a running job may say of itself.
pub(in crate::transfer) struct Handle {
    pub(super) engine: Transfers,
    pub(super) id: JobId,
    pub(super) account: AccountName,
    pub(super) slot: Slot,
    pub(super) bytes: Arc<AtomicU64>,
}

impl Handle {
    /// The step comes next: waits while the account has to pause and, where the step may leave
    /// something at the service, until it is on disk. An error means that it must not be begun.
    pub(in crate::transfer) async fn step(
        &self,
        step: Step,
        receipt: Option<&Receipt>,
    ) -> Result<(), ApiError> {
        let event = JobEvent::Step {
            step,
            receipt: receipt.cloned(),
            at: jiff::Timestamp::now(),
        };
        if step == Step::Confirm {
            // A look: the next file need not wait for it, and nothing is lost with its row.
            self.slot.rest();
            self.engine.gate_opens(&self.account).await;
            self.engine.commit_with_next(self.id, event);
            return Ok(());
        }
        self.slot.back().await;
        self.engine.gate_opens(&self.account).await;
        if !step.may_leave_a_record() {
            // Begun once more after a kill it does no harm, whether or not this is on disk.
            self.engine.commit_with_next(self.id, event);
            return Ok(());
        }
        // While the disk is waited for, the line is free for another file.
        self.slot.rest();
        let announced = self.engine.announced(&self.account);
        // Never closed.
        let _one = announced.acquire().await;
        let written = self.engine.commit(self.id, event).await;
        self.slot.back().await;
        match written {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(unwritten(&why)),
            Err(_) => Err(ApiError::cancelled("transfer the file")),
        }
    }

    /// What a listing shows of it that begins from now on.
    pub(in crate::transfer) async fn look(
        &self,
        provider: &Arc<dyn Provider>,
        request: &Arc<UploadRequest>,
        receipt: Option<&Receipt>,
    ) -> Result<Sighting, ApiError> {
        let sought = Sought {
            request: request.clone(),
            receipt: receipt.cloned(),
        };
        self.engine
            .look_for(&self.account, provider.clone(), sought)
            .await
    }

    /// Waits before a call is made again that failed for a while only, as long as the service or a
    /// try of our own says; the error, when it should not be made again.
    pub(in crate::transfer) async fn again_after(
        &self,
        error: ApiError,
        tries: u32,
    ) -> Result<(), ApiError> {
        let verdict = retry::decide(&error, tries, Duration::ZERO, super::run::jitter());
        let Verdict::Again { after, account } = verdict else {
            return Err(error);
        };
        if account {
            self.engine.shut(&self.account, after, &error);
        }
        tokio::time::sleep(after).await;
        self.engine.gate_opens(&self.account).await;
        Ok(())
    }

    pub(in crate::transfer) fn bytes(&self, count: u64) {
        self.bytes.store(count, Ordering::Relaxed);
    }

    /// The service was asked for the file and did not show it. Nothing is decided by it, so nobody
    /// waits until it is on disk.
    pub(in crate::transfer) fn looked(&self, showed: Showed) {
        let at = jiff::Timestamp::now();
        let looked = JobEvent::Looked(Look { at, showed });
        self.engine.commit_with_next(self.id, looked);
    }

    pub(in crate::transfer) fn warn(&self, text: String) {
        let warned = JobEvent::Warned(text);
        self.engine.commit_with_next(self.id, warned);
    }
}
