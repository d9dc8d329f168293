//! The queue: order, how many at once per account, cancelling, retrying, and who is told.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::job::{Direction, Job, JobId, JobState};
use super::{save, send};
use crate::api::{Provider, Receipt, UploadRequest};
use crate::domain::{AccountName, Asset};

/// How many transfers of one account run at once.
const AT_ONCE: usize = 3;

/// Bytes moved so far, of every job that runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress(pub Vec<(JobId, u64)>);

/// What a job carries.
#[derive(Clone)]
enum Work {
    Up(Arc<UploadRequest>),
    Down(Arc<Asset>, PathBuf),
}

struct Entry {
    job: Job,
    work: Work,
    provider: Arc<dyn Provider>,
    token: CancellationToken,
    bytes: Arc<AtomicU64>,
    /// What an earlier try left at the service.
    receipt: Option<Receipt>,
}

#[derive(Default)]
struct Inner {
    jobs: Mutex<BTreeMap<JobId, Entry>>,
    listeners: Mutex<Vec<mpsc::UnboundedSender<Job>>>,
    gates: Mutex<HashMap<AccountName, Arc<Semaphore>>>,
    next: AtomicU64,
    tasks: TaskTracker,
}

/// A panic elsewhere must not take the transfers with it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The engine; a cheap handle to it. Must be used inside a tokio runtime.
#[derive(Clone, Default)]
pub struct Transfers {
    inner: Arc<Inner>,
}

impl Transfers {
    pub fn new() -> Self {
        Self::default()
    }

    /// Queues an upload.
    pub fn upload(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        request: UploadRequest,
    ) -> JobId {
        let place = match (&request.locale, request.folder.is_root()) {
            (Some(locale), true) => locale.as_str().to_owned(),
            (Some(locale), false) => format!("{} {}", locale.as_str(), request.folder),
            (None, _) => request.folder.to_string(),
        };
        let job = Job {
            id: JobId(0),
            account: account.clone(),
            direction: Direction::Up,
            scope: request.scope.clone(),
            name: request.name.as_str().to_owned(),
            place,
            size: Some(request.stamp.size),
            state: JobState::Queued,
            warnings: Vec::new(),
        };
        self.add(job, provider, Work::Up(Arc::new(request)))
    }

    /// Queues a download into a folder. An existing file there is never replaced.
    pub fn download(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        asset: Asset,
        folder: PathBuf,
    ) -> JobId {
        let job = Job {
            id: JobId(0),
            account: account.clone(),
            direction: Direction::Down,
            scope: asset.scope.clone(),
            name: asset.name.clone(),
            place: folder.display().to_string(),
            size: asset.size,
            state: JobState::Queued,
            warnings: Vec::new(),
        };
        self.add(job, provider, Work::Down(Arc::new(asset), folder))
    }

    fn add(&self, job: Job, provider: Arc<dyn Provider>, work: Work) -> JobId {
        let id = JobId(self.inner.next.fetch_add(1, Ordering::Relaxed) + 1);
        let entry = Entry {
            job: Job { id, ..job },
            work,
            provider,
            token: CancellationToken::new(),
            bytes: Arc::default(),
            receipt: None,
        };
        self.tell(&entry.job);
        lock(&self.inner.jobs).insert(id, entry);
        self.spawn(id);
        id
    }

    /// Stops a job: at once where nothing can be lost by it, else after a look at the service.
    pub fn cancel(&self, id: JobId) {
        if let Some(entry) = lock(&self.inner.jobs).get(&id) {
            entry.token.cancel();
        }
    }

    /// Tries a job again that failed, was cancelled, or is in doubt; the latter looks first.
    pub fn retry(&self, id: JobId) {
        let ready = {
            let mut jobs = lock(&self.inner.jobs);
            let Some(entry) = jobs.get_mut(&id) else {
                return;
            };
            let again = matches!(
                entry.job.state,
                JobState::Failed(_)
                    | JobState::InDoubt(_)
                    | JobState::Unlisted { .. }
                    | JobState::Cancelled
            );
            if again {
                entry.token = CancellationToken::new();
            }
            again
        };
        if ready {
            self.spawn(id);
        }
    }

    /// Forgets these jobs, those of them that are over.
    pub fn clear(&self, ids: &[JobId]) {
        lock(&self.inner.jobs).retain(|id, entry| !ids.contains(id) || !entry.job.state.is_over());
    }

    /// Every change of state from now on, as a fresh copy of the job.
    pub fn events(&self) -> mpsc::UnboundedReceiver<Job> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.inner.listeners).push(sender);
        receiver
    }

    /// All jobs, oldest first.
    pub fn jobs(&self) -> Vec<Job> {
        lock(&self.inner.jobs)
            .values()
            .map(|entry| entry.job.clone())
            .collect()
    }

    /// Bytes moved so far.
    pub fn progress(&self) -> Progress {
        let running = |entry: &&Entry| matches!(entry.job.state, JobState::Running(_));
        let jobs = lock(&self.inner.jobs);
        Progress(
            jobs.values()
                .filter(running)
                .map(|entry| (entry.job.id, entry.bytes.load(Ordering::Relaxed)))
                .collect(),
        )
    }

    /// Cancels what is left and waits for it to end, but no longer than the deadline.
    pub async fn drain(&self, deadline: Duration) {
        for entry in lock(&self.inner.jobs).values() {
            entry.token.cancel();
        }
        self.inner.tasks.close();
        // What has not ended by then is dropped with the runtime; nothing more can be done.
        let _ = tokio::time::timeout(deadline, self.inner.tasks.wait()).await;
        self.inner.tasks.reopen();
    }

    fn gate(&self, account: &AccountName) -> Arc<Semaphore> {
        lock(&self.inner.gates)
            .entry(account.clone())
            .or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE)))
            .clone()
    }

    fn spawn(&self, id: JobId) {
        let engine = self.clone();
        self.inner.tasks.spawn(async move { engine.run(id).await });
    }

    async fn run(&self, id: JobId) {
        let Some((account, work, provider, token, before, receipt)) = ({
            let mut jobs = lock(&self.inner.jobs);
            jobs.get_mut(&id).map(|entry| {
                let before = std::mem::replace(&mut entry.job.state, JobState::Queued);
                entry.bytes.store(0, Ordering::Relaxed);
                let account = entry.job.account.clone();
                (
                    account,
                    entry.work.clone(),
                    entry.provider.clone(),
                    entry.token.clone(),
                    before,
                    entry.receipt.clone(),
                )
            })
        }) else {
            return;
        };
        let gate = self.gate(&account);
        let permit = tokio::select! {
            biased;
            () = token.cancelled() => None,
            permit = gate.acquire_owned() => permit.ok(),
        };
        if permit.is_none() {
            self.set(id, JobState::Cancelled);
            return;
        }
        let handle = Handle {
            engine: self.clone(),
            id,
        };
        let state = match work {
            Work::Up(request) => {
                let look_first = matches!(before, JobState::InDoubt(_) | JobState::Unlisted { .. });
                let upload = send::Upload {
                    provider: &*provider,
                    request: &request,
                    handle: &handle,
                    token: &token,
                };
                upload
                    .run(if look_first {
                        send::Earlier::Unsettled(receipt)
                    } else {
                        send::Earlier::None
                    })
                    .await
            }
            Work::Down(asset, folder) => {
                save::run(&*provider, &asset, &folder, &handle, &token).await
            }
        };
        self.set(id, state);
    }

    fn set(&self, id: JobId, state: JobState) {
        let job = {
            let mut jobs = lock(&self.inner.jobs);
            let Some(entry) = jobs.get_mut(&id) else {
                return;
            };
            entry.job.state = state;
            entry.job.clone()
        };
        self.tell(&job);
    }

    fn tell(&self, job: &Job) {
        lock(&self.inner.listeners).retain(|listener| listener.send(job.clone()).is_ok());
    }
}

/// What a running job may say of itself.
pub(super) struct Handle {
    engine: Transfers,
    id: JobId,
}

impl Handle {
    pub(super) fn state(&self, state: JobState) {
        self.engine.set(self.id, state);
    }

    pub(super) fn bytes(&self, count: u64) {
        if let Some(entry) = lock(&self.engine.inner.jobs).get(&self.id) {
            entry.bytes.store(count, Ordering::Relaxed);
        }
    }

    pub(super) fn warn(&self, text: String) {
        if let Some(entry) = lock(&self.engine.inner.jobs).get_mut(&self.id) {
            entry.job.warnings.push(text);
        }
    }

    pub(super) fn keep(&self, receipt: &Receipt) {
        if let Some(entry) = lock(&self.engine.inner.jobs).get_mut(&self.id) {
            entry.receipt = Some(receipt.clone());
        }
    }
}
