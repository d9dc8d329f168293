//! From what happens to a job to what is known of it: onto disk first, then into the table, then to
//! the listeners.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::full::{END_NOT_WRITTEN, NOT_BEGUN};
use super::run::Slot;
use super::{Store, Transfers};
use crate::api::{ApiError, ApiErrorKind, Provider, Receipt, Sought, Step, UploadRequest};
use crate::domain::AccountName;
use crate::transfer::job::{JobEvent, JobId, Look, Showed};
use crate::transfer::journal::{Change, Done, JournalError};
use crate::transfer::replace::Found;
use crate::transfer::retry::{self, Verdict};

impl Transfers {
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
                let mark = self.mark(id, &event);
                let changes = std::iter::once(Change::Event(id, event)).chain(mark);
                journal.send(changes.collect(), awaited, Done::new(done));
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
                | JobEvent::NotBegun
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
pub(super) fn unwritten(why: &JournalError) -> ApiError {
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
        if step.only_looks() {
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
        // One behind the record belongs to it: it is finished.
        let makes = step.makes_the_record();
        if makes {
            self.announce(true);
        }
        let written = self.engine.commit(self.id, event).await;
        self.slot.back().await;
        if makes && self.announce(false) {
            return Err(ApiError::cancelled("transfer the file"));
        }
        match written {
            Ok(Ok(())) if makes => self.note_begun(),
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => Err(unwritten(&why)),
            Err(_) => Err(ApiError::cancelled("transfer the file")),
        }
    }

    /// From here on the service may have it.
    fn note_begun(&self) -> Result<(), ApiError> {
        let inner = &self.engine.inner;
        match (&inner.store, inner.begun.get()) {
            (Store::Disk(_), Some(begun)) => begun.note(self.id).map_err(|why| unwritten(&why)),
            // The notes of an earlier process may be there still, and would be taken for ours.
            (Store::Disk(_), None) => {
                let why = "the journal's thread does not answer".to_owned();
                Err(unwritten(&JournalError::Unusable(why)))
            }
            _ => Ok(()),
        }
    }

    /// Whether what is written down of the step is not begun yet: then it may be cut. Answers whether
    /// it was; from here on it is not any more.
    fn announce(&self, announced: bool) -> bool {
        let mut table = self.engine.table();
        let entry = table.jobs.get_mut(&self.id);
        let Some(tries) = entry.and_then(|it| it.tries.as_deref_mut()) else {
            return false;
        };
        tries.announced = announced;
        let cut = |token: &CancellationToken| token.is_cancelled();
        tries.token.as_ref().is_some_and(cut)
    }

    /// What listings show of it that begin from now on, several over some seconds where one does
    /// not show it. The token ends the waiting, but not before the first.
    pub(in crate::transfer) async fn look(
        &self,
        provider: &Arc<dyn Provider>,
        request: &Arc<UploadRequest>,
        receipt: Option<&Receipt>,
        token: &CancellationToken,
    ) -> Result<Found, ApiError> {
        let sought = Sought {
            request: request.clone(),
            receipt: receipt.cloned(),
        };
        self.engine
            .look_for(&self.account, provider.clone(), sought, token)
            .await
    }

    /// Waits before a call is made again that failed for a while only, as long as the service or a
    /// try of our own says; the error, when it should not be made again.
    pub(in crate::transfer) async fn again_after(
        &self,
        error: ApiError,
        tries: u32,
    ) -> Result<(), ApiError> {
        let verdict = retry::decide(&error, tries, Duration::ZERO, retry::jitter());
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

    /// Waits while the account has to pause.
    pub(in crate::transfer) async fn opens(&self) {
        self.engine.gate_opens(&self.account).await;
    }

    /// When the step began whose answer decides whether there is a record.
    pub(in crate::transfer) fn risked(&self) -> Option<jiff::Timestamp> {
        let table = self.engine.table();
        let risked = table.jobs.get(&self.id)?.job.trail.risked;
        risked.map(|(_, at)| at)
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
