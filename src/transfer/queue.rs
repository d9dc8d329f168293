//! The queue: order, how many at once per account, pausing, cancelling, retrying, and who is told.

mod add;
mod ask;
mod attend;
mod decide;
mod full;
mod gate;
mod handle;
mod look;
mod memory;
mod run;
mod share;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use self::attend::Standing;
pub use self::full::{ends_all, is_unwritten};
use self::gate::Gate;
pub use self::gate::{Held, held_words};
pub(super) use self::handle::Handle;
pub use self::share::stopped_words;
use super::job::{Job, JobEvent, JobId, JobState};
use super::journal::{Begun, Journal, JournalError, Seen};
use super::work::Work;
use crate::api::UploadRequest;
use crate::domain::{AccountName, Asset};

/// Bytes moved so far, of every job that runs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Progress(pub Vec<(JobId, u64)>);

/// An upload that went well.
#[derive(Debug, Clone)]
pub struct Sent {
    pub id: JobId,
    pub account: AccountName,
    /// What was asked for.
    pub request: Arc<UploadRequest>,
    /// As the service listed it then.
    pub asset: Option<Box<Asset>>,
}

#[allow(clippy::struct_excessive_bools, reason = "each is set by another part")]
struct Entry {
    /// Shared with whoever was told of it last.
    job: Arc<Job>,
    work: Work,
    /// It may begin: added here, or its account was opened. What an earlier run left does not.
    wanted: bool,
    /// Who asked for it did so in another process, behind the guard of that one: the guard here does
    /// not hold it back. What is asked for here once more comes before this one's.
    agreed: bool,
    /// A task works on it.
    started: bool,
    /// The user wants it to stop, as opposed to a pause or the end of the program.
    cancelled: bool,
    /// It was read from the journal, which keeps no links.
    kept: bool,
    /// It is not in the journal: nobody may call it queued.
    unsaved: bool,
    /// It waits for its next try; nothing begins it before.
    sleeps: bool,
    /// Made when it begins: most of a long queue never begins at the same time.
    tries: Option<Box<Tries>>,
}

/// What is known of the tries of this run.
struct Tries {
    count: u32,
    /// When the first began.
    first: Instant,
    /// While one is under way, or the next is slept for.
    token: Option<CancellationToken>,
    /// Bytes moved by the present one.
    bytes: Option<Arc<AtomicU64>>,
    /// A step of the present one is on its way to disk, or there, and was not begun.
    announced: bool,
}

#[derive(Default)]
struct Table {
    jobs: BTreeMap<JobId, Entry>,
    gates: HashMap<AccountName, Gate>,
    /// Cleared here. One whose rows could not be deleted is not a job that somebody else added.
    forgotten: HashSet<JobId>,
    /// Numbers that are free for new jobs.
    ids: std::ops::Range<u64>,
    /// The place of the job that came last, in words.
    place: Arc<str>,
}

impl Table {
    fn insert(&mut self, mut job: Job, work: Work) -> &mut Entry {
        // Those of one folder come one after the other, and share its words.
        if job.place == self.place {
            job.place = self.place.clone();
        } else {
            self.place = job.place.clone();
        }
        let id = job.id;
        self.jobs.entry(id).or_insert_with(|| Entry::new(job, work))
    }
}

/// Where jobs are kept.
#[derive(Default)]
enum Store {
    /// With the process only.
    #[default]
    Memory,
    Disk(Journal),
    /// Nowhere, for this reason: so nothing may be called queued.
    Broken(JournalError),
}

#[derive(Default)]
struct Inner {
    table: Mutex<Table>,
    listeners: Mutex<Vec<mpsc::UnboundedSender<Arc<Job>>>>,
    wants: Mutex<Vec<mpsc::UnboundedSender<AccountName>>>,
    desks: Mutex<HashMap<AccountName, look::Desk>>,
    patience: look::Patience,
    held: watch::Sender<Vec<Held>>,
    /// The process that works, where that is another one and it is stopped.
    stopped: watch::Sender<Option<u32>>,
    tasks: TaskTracker,
    store: Store,
    /// Where this process works on the queue of a journal.
    begun: OnceLock<Begun>,
    handle: OnceLock<tokio::runtime::Handle>,
    seen: Mutex<Seen>,
    attending: AtomicBool,
    leaving: AtomicBool,
    /// What is added from now on is paused.
    closed: AtomicBool,
    /// How often that was set here.
    closings: AtomicU64,
    notes: Vec<String>,
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
    /// An engine whose jobs end with the process.
    pub fn new() -> Self {
        Self::default()
    }

    /// An engine that refuses every job: the journal cannot be used, so nothing could be promised.
    pub fn refusing(why: JournalError) -> Self {
        Self {
            inner: Arc::new(Inner {
                store: Store::Broken(why),
                ..Inner::default()
            }),
        }
    }

    /// Every change of a job from now on, as it stands after it.
    pub fn events(&self) -> mpsc::UnboundedReceiver<Arc<Job>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.inner.listeners).push(sender);
        receiver
    }

    /// Accounts that jobs wait for: open them and [`attach_provider`](Self::attach_provider).
    pub fn wants(&self) -> mpsc::UnboundedReceiver<AccountName> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.inner.wants).push(sender);
        receiver
    }

    /// All jobs in their order.
    pub fn jobs(&self) -> Vec<Arc<Job>> {
        let table = self.table();
        let mut jobs: Vec<_> = table.jobs.values().map(|it| it.job.clone()).collect();
        drop(table);
        jobs.sort_by_key(|job| (job.order, job.id));
        jobs
    }

    /// The uploads that went well and are not forgotten yet.
    pub fn sent(&self) -> Vec<Sent> {
        let table = self.table();
        let entries = table.jobs.values();
        let sent = entries.filter_map(|entry| match (&entry.work, &entry.job.state) {
            (Work::Up(request), JobState::Done { asset, .. }) => Some(Sent {
                id: entry.job.id,
                account: entry.job.account.clone(),
                request: request.clone(),
                asset: asset.clone(),
            }),
            _ => None,
        });
        sent.collect()
    }

    /// What opening the journal has to tell; safe to show.
    pub fn notes(&self) -> &[String] {
        &self.inner.notes
    }

    /// Bytes moved so far.
    pub fn progress(&self) -> Progress {
        let table = self.table();
        let running = table.gates.values().flat_map(|gate| &gate.started);
        let moved = running.filter_map(|id| {
            let entry = table.jobs.get(id)?;
            let runs = matches!(entry.job.state, JobState::Running(_));
            let bytes = entry.tries.as_ref()?.bytes.as_ref().filter(|_| runs)?;
            Some((*id, bytes.load(Ordering::Relaxed)))
        });
        Progress(moved.collect())
    }

    /// Whether what is not finished is kept for the next start.
    pub fn keeps(&self) -> bool {
        matches!(self.inner.store, Store::Disk(_))
    }

    /// Lets what runs end, but no longer than the deadline. With a journal, what is left stays
    /// there for the next start; without one it is cancelled.
    pub async fn drain(&self, deadline: Duration) {
        let kept = self.keeps();
        self.inner.leaving.store(true, Ordering::Relaxed);
        {
            let mut table = self.table();
            for entry in table.jobs.values_mut() {
                entry.cancelled |= !kept;
                if !kept || entry.is_loose() {
                    entry.cut();
                }
            }
        }
        self.ring_desks();
        self.inner.tasks.close();
        // What has not ended by then is dropped with the runtime; nothing more can be done.
        let _ = tokio::time::timeout(deadline, self.inner.tasks.wait()).await;
        if let Store::Disk(journal) = &self.inner.store {
            journal.flush();
        } else {
            let waiting: Vec<JobId> = {
                let table = self.table();
                let open = table.jobs.values().filter(|it| !it.job.state.is_over());
                open.map(|entry| entry.job.id).collect()
            };
            self.commit_all(&waiting, &JobEvent::Cancelled);
        }
        self.inner.tasks.reopen();
        self.inner.leaving.store(false, Ordering::Relaxed);
    }

    /// Waits until everything that was asked for so far is written.
    pub fn flush(&self) {
        if let Store::Disk(journal) = &self.inner.store {
            journal.flush();
        }
    }

    /// Why something that happened here or was asked for is not on disk, if that is so.
    pub fn unwritten(&self) -> Option<&JournalError> {
        match &self.inner.store {
            Store::Disk(journal) => journal.unwritten(),
            Store::Memory | Store::Broken(_) => None,
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        lock(&self.inner.table)
    }

    fn tell(&self, job: &Arc<Job>) {
        lock(&self.inner.listeners).retain(|listener| listener.send(job.clone()).is_ok());
    }

    fn handle(&self) -> Option<tokio::runtime::Handle> {
        if self.inner.handle.get().is_none()
            && let Ok(handle) = tokio::runtime::Handle::try_current()
        {
            let _ = self.inner.handle.set(handle);
        }
        self.inner.handle.get().cloned()
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(handle) = self.handle() {
            self.inner.tasks.spawn_on(work, &handle);
        }
    }
}

impl Entry {
    fn new(job: Job, work: Work) -> Self {
        Self {
            job: Arc::new(job),
            work,
            wanted: false,
            agreed: false,
            started: false,
            cancelled: false,
            kept: false,
            unsaved: false,
            sleeps: false,
            tries: None,
        }
    }

    /// As if it had never been tried.
    fn renew(&mut self) {
        self.cancelled = false;
        self.sleeps = false;
        self.wanted = true;
        self.tries = None;
    }

    /// Somebody in another process, who is there now or was, wants it.
    fn want_elsewhere(&mut self) {
        self.wanted = true;
        self.agreed = true;
    }

    /// One more try begins.
    fn begin_try(&mut self) {
        self.started = true;
        let tries = self.tries.get_or_insert_with(|| {
            Box::new(Tries {
                count: 0,
                first: Instant::now(),
                token: None,
                bytes: None,
                announced: false,
            })
        });
        tries.count += 1;
        tries.token.get_or_insert_default();
    }

    /// The try is over; what waits for its next one is woken by its token.
    fn end_try(&mut self) {
        self.started = false;
        if let Some(tries) = &mut self.tries {
            tries.bytes = None;
            tries.announced = false;
            let cut = |token: &CancellationToken| token.is_cancelled();
            if !self.sleeps || tries.token.as_ref().is_some_and(cut) {
                tries.token = None;
            }
        }
    }

    fn token(&self) -> Option<&CancellationToken> {
        self.tries.as_ref()?.token.as_ref()
    }

    /// Ends what runs of it, and its wait.
    fn cut(&self) {
        if let Some(token) = self.token() {
            token.cancel();
        }
    }

    /// Nothing at the service hangs on its present step: it can be cut.
    fn is_loose(&self) -> bool {
        if self.tries.as_ref().is_some_and(|tries| tries.announced) {
            return true;
        }
        match self.job.state {
            JobState::Running(step) => !step.may_leave_a_record() || !self.job.trail.unsettled,
            _ => true,
        }
    }
}
