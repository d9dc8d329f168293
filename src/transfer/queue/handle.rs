//! From what happens to a job to what is known of it: onto disk first, then into the table, then to
//! the listeners.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;

use super::run::Slot;
use super::{Entry, Store, Transfers};
use crate::api::{
    ApiError, ApiErrorKind, Provider, Receipt, Sighting, Sought, Step, UploadRequest,
};
use crate::domain::AccountName;
use crate::transfer::job::{JobEvent, JobId, JobState, Look, Showed};
use crate::transfer::journal::{Change, JournalError};
use crate::transfer::work::Work;

/// So many numbers are reserved in the journal at once.
const BLOCK: u64 = 100;

impl Transfers {
    pub(super) fn add(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        work: Work,
    ) -> JobId {
        let _ = self.handle();
        let id = self.next_id();
        // Numbers of several processes leave gaps; the order is that of adding.
        let order = jiff::Timestamp::now().as_microsecond();
        {
            let mut table = self.table();
            let last = table.jobs.values().next_back().map(|it| it.job.order);
            let order = order.max(last.map_or(order, |last| last + 1));
            let entry = Entry {
                provider: Some(provider),
                wanted: true,
                unsaved: true,
                ..Entry::new(work.job(id, account.clone(), order), work)
            };
            table.jobs.insert(id, entry);
        }
        self.submit(id);
        id
    }

    fn next_id(&self) -> JobId {
        let empty = self.table().ids.is_empty();
        // Not while the table is held: the journal's thread may be waiting for it.
        let first = match &self.inner.store {
            Store::Disk(journal) if empty => journal.reserve(BLOCK).ok(),
            _ => None,
        };
        let mut table = self.table();
        if table.ids.is_empty() {
            // Without a number of the journal the job cannot be saved and will fail by that; until
            // then it needs one that nobody else has.
            let first = first.unwrap_or_else(|| {
                let last = table.jobs.keys().next_back().map_or(0, |id| id.0);
                last + 1
            });
            table.ids = first..first + BLOCK;
        }
        JobId(table.ids.next().unwrap_or_default())
    }

    /// Puts a new job into the journal; only then it is queued.
    pub(super) fn submit(&self, id: JobId) {
        let Some((account, work, place)) = self
            .table()
            .jobs
            .get(&id)
            .map(|it| (it.job.account.clone(), it.work.clone(), it.job.order))
        else {
            return;
        };
        let engine = self.clone();
        let done = move |result| engine.added(id, result);
        match &self.inner.store {
            Store::Memory => done(Ok(())),
            Store::Broken(why) => done(Err(why.clone())),
            Store::Disk(journal) => {
                let change = Change::Add {
                    id,
                    account,
                    work,
                    place,
                };
                journal.write(vec![change], done);
            }
        }
    }

    fn added(&self, id: JobId, result: Result<(), JournalError>) {
        let (job, cancelled) = {
            let mut table = self.table();
            let Some(entry) = table.jobs.get_mut(&id) else {
                return;
            };
            entry.unsaved = result.is_err();
            Arc::make_mut(&mut entry.job).state = match result {
                Ok(()) => JobState::Queued,
                Err(why) => JobState::Failed(unwritten(&why)),
            };
            (entry.job.clone(), entry.cancelled)
        };
        self.tell(&job);
        if cancelled {
            self.commit(id, JobEvent::Cancelled);
        }
        self.follow();
        self.make_ready(id);
    }

    /// Writes an event and then lets it happen; the answer says whether it was written.
    pub(super) fn commit(
        &self,
        id: JobId,
        event: JobEvent,
    ) -> oneshot::Receiver<Result<(), JournalError>> {
        let (sender, receiver) = oneshot::channel();
        let engine = self.clone();
        let same = event.clone();
        let done = move |result: Result<(), JournalError>| {
            match &result {
                Ok(()) => engine.happened(id, same),
                Err(why) => engine.not_written(id, same, why),
            }
            // Who was dropped meanwhile finds it in the table.
            let _ = sender.send(result);
        };
        let unsaved = self.table().jobs.get(&id).is_none_or(|it| it.unsaved);
        match &self.inner.store {
            Store::Disk(journal) if !unsaved => {
                journal.write(vec![Change::Event(id, event)], done);
            }
            _ => done(Ok(())),
        }
        receiver
    }

    /// An event that is on disk.
    pub(super) fn happened(&self, id: JobId, event: JobEvent) {
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
                entry.token.cancel();
            }
            entry.job.clone()
        };
        self.tell(&job);
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
            Arc::make_mut(&mut entry.job).warnings.push(format!(
                "how it ended is not written down, so it will be looked for again: {why}"
            ));
        }
        self.happened(id, event);
    }
}

/// A journal that cannot be written, as the error of a transfer.
fn unwritten(why: &JournalError) -> ApiError {
    let mut error = ApiError::new("transfer the file", ApiErrorKind::File, why.to_string());
    error.chain = vec!["nothing is begun that is not on disk first".to_owned()];
    error
}

/// What a running job may say of itself.
pub(in crate::transfer) struct Handle {
    pub(super) engine: Transfers,
    pub(super) id: JobId,
    pub(super) account: AccountName,
    pub(super) slot: Slot,
}

impl Handle {
    /// The step comes next: waits while the account has to pause, and until it is on disk. An
    /// error means that it must not be begun.
    pub(in crate::transfer) async fn step(
        &self,
        step: Step,
        receipt: Option<&Receipt>,
    ) -> Result<(), ApiError> {
        if step == Step::Confirm {
            // The next file need not wait until this is on disk.
            self.slot.sent();
        } else {
            self.slot.back().await;
        }
        self.engine.gate_opens(&self.account).await;
        let event = JobEvent::Step {
            step,
            receipt: receipt.cloned(),
            at: jiff::Timestamp::now(),
        };
        match self.engine.commit(self.id, event).await {
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

    pub(in crate::transfer) fn bytes(&self, count: u64) {
        if let Some(entry) = self.engine.table().jobs.get(&self.id) {
            entry.bytes.store(count, Ordering::Relaxed);
        }
    }

    /// The service was asked for the file and did not show it. Nothing is decided by it, so nobody
    /// waits until it is on disk.
    pub(in crate::transfer) fn looked(&self, showed: Showed) {
        let at = jiff::Timestamp::now();
        self.engine
            .commit(self.id, JobEvent::Looked(Look { at, showed }));
    }

    pub(in crate::transfer) fn warn(&self, text: String) {
        self.engine.commit(self.id, JobEvent::Warned(text));
    }
}
