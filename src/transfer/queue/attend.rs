//! Beginning with what is on disk: opening the journal, and opening accounts for its jobs.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};

use super::run::may_begin;
use super::{Entry, Inner, Store, Transfers, lock};
use crate::api::Provider;
use crate::domain::AccountName;
use crate::transfer::job::{Job, JobEvent, JobId, JobState};
use crate::transfer::journal::{Change, Journal, JournalError, Kept, Opened, Seen};

/// So long a finished job is remembered when nobody clears it: a day, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;

/// What happens to a job that its process left in the middle.
const fn left_by(was_not_begun: bool) -> JobEvent {
    if was_not_begun {
        JobEvent::NotBegun
    } else {
        JobEvent::Interrupted
    }
}

/// How a queue stands.
#[derive(Debug)]
pub struct Standing {
    /// In their order.
    pub jobs: Vec<Arc<Job>>,
    /// A sentence for the user, where some of them may be missing; safe to show.
    pub note: Option<String>,
    /// All is paused, and what is added is paused too.
    pub closed: bool,
}

impl Transfers {
    /// The engine over the journal in this folder, which is made if need be. One process works on
    /// it; in any other, jobs are handed to that one and only looked at here. Unfinished jobs of
    /// an earlier run do not begin before [`resume`](Self::resume).
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let Opened {
            journal,
            found,
            notes,
        } = Journal::open(folder)?;
        let works = journal.works();
        let engine = Self {
            inner: Arc::new(Inner {
                store: Store::Disk(journal),
                notes,
                ..Inner::default()
            }),
        };
        let _ = engine.handle();
        *lock(&engine.inner.seen) = found.seen;
        engine.inner.closed.store(found.closed, Ordering::Relaxed);
        let now = jiff::Timestamp::now().as_second();
        let mut old = Vec::new();
        for kept in found.jobs {
            let over = matches!(kept.job.state, JobState::Done { .. } | JobState::Cancelled);
            if works && over && kept.touched < now - REMEMBERED {
                old.push(kept.job.id);
            } else {
                engine.take_in(kept);
            }
        }
        if works {
            engine.forget(&old);
            engine.settle_left();
            engine.attend();
        } else {
            engine.follow();
        }
        Ok(engine)
    }

    /// The queue in this folder's journal as it stands, without any part in it. Where no process
    /// works on them, jobs that one left in the middle stand as the next start finds them.
    pub fn look(folder: &Path) -> Result<Standing, JournalError> {
        let worked = Journal::is_worked(folder);
        let (found, note) = Journal::look(folder)?;
        // A process that has just begun, or ended, has told the truth meanwhile.
        let worked = worked || Journal::is_worked(folder);
        let (closed, unbegun) = (found.closed, found.unbegun);
        let stands = |kept: Kept| {
            let mut job = kept.job;
            if !worked {
                // Refused for what is not in the middle of anything, which stays as it is.
                let _ = job.apply(left_by(unbegun.contains(&job.id)));
            }
            Arc::new(job)
        };
        Ok(Standing {
            jobs: found.jobs.into_iter().map(stands).collect(),
            note,
            closed,
        })
    }

    /// Whether this process works on the queue; else another one does.
    pub fn works(&self) -> bool {
        match &self.inner.store {
            Store::Disk(journal) => journal.works(),
            Store::Memory | Store::Broken(_) => true,
        }
    }

    /// Opens an account for its jobs: those that may begin do, and those in doubt are looked for.
    /// What an earlier run left waits for [`resume`](Self::resume). Answers which; where another
    /// process works, none.
    pub fn attach_provider(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
    ) -> Vec<JobId> {
        let _ = self.handle();
        let woken: Vec<JobId> = {
            let mut table = self.table();
            table.gates.entry(account.clone()).or_default().provider = Some(provider);
            let own = table
                .jobs
                .values()
                .filter(|entry| entry.job.account == *account && !entry.started);
            let goes_on = |entry: &Entry| entry.wanted && entry.goes_on() && !entry.job.paused;
            own.filter(|entry| goes_on(entry) || may_begin(entry))
                .map(|entry| entry.job.id)
                .collect()
        };
        if !self.works() {
            return Vec::new();
        }
        for id in &woken {
            self.make_ready(*id);
        }
        woken
    }

    pub(super) fn take_in(&self, kept: Kept) {
        let Kept { job, work, .. } = kept;
        self.table().insert(job, work).kept = true;
    }

    /// What another process was doing when it ended: begun anew, or in doubt. From then on it is
    /// noted what this one begins.
    pub(super) fn settle_left(&self) {
        let Store::Disk(journal) = &self.inner.store else {
            return;
        };
        let (left, risked) = {
            let table = self.table();
            let left = table.jobs.values().filter(|entry| {
                !entry.started
                    && matches!(
                        entry.job.state,
                        JobState::Running(_) | JobState::Waiting { .. }
                    )
            });
            let left: Vec<&Arc<Job>> = left.map(|entry| &entry.job).collect();
            let ids = |jobs: &mut dyn Iterator<Item = &&Arc<Job>>| -> Vec<JobId> {
                jobs.map(|job| job.id).collect()
            };
            let risked = ids(&mut left.iter().filter(|job| job.is_being_recorded()));
            (ids(&mut left.iter()), risked)
        };
        // What cannot be asked counts as begun.
        let unbegun = if risked.is_empty() {
            HashSet::new()
        } else {
            journal.unbegun(risked).unwrap_or_default()
        };
        for was in [true, false] {
            let same = left.iter().filter(|id| unbegun.contains(id) == was);
            let same: Vec<JobId> = same.copied().collect();
            self.commit_all(&same, &left_by(was));
        }
        journal.flush();
        match journal.begin_notes() {
            Ok(begun) => drop(self.inner.begun.set(begun)),
            Err(why) => tracing::error!(%why, "no notes of what is begun"),
        }
    }

    /// Hears of what other processes add and ask. Sleeps until they ring.
    pub(super) fn attend(&self) {
        let Store::Disk(journal) = &self.inner.store else {
            return;
        };
        let Some(handle) = self.handle() else { return };
        let bell = {
            let _inside = handle.enter();
            journal.bell().and_then(tokio::net::UnixDatagram::from_std)
        };
        let bell = match bell {
            Ok(bell) => bell,
            Err(error) => {
                // What others add is found with the next start, or by themselves.
                tracing::warn!(%error, "no bell");
                return;
            }
        };
        let inner: Weak<Inner> = Arc::downgrade(&self.inner);
        handle.spawn(async move {
            let mut rung = [0_u8; 8];
            loop {
                // Also at the beginning: somebody may have come before there was a bell.
                let Some(inner) = inner.upgrade() else { return };
                Self { inner }.catch_up().await;
                if bell.recv(&mut rung).await.is_err() {
                    return;
                }
            }
        });
    }

    /// Says which accounts have to be opened for jobs that are waiting.
    pub(super) fn announce(&self) {
        let missing: BTreeSet<AccountName> = {
            let table = self.table();
            let waits = table.jobs.values().filter(|entry| {
                entry.wanted
                    && (!entry.job.state.is_over() || may_begin(entry))
                    && table
                        .gates
                        .get(&entry.job.account)
                        .is_none_or(|gate| gate.provider.is_none())
            });
            waits.map(|entry| entry.job.account.clone()).collect()
        };
        for account in missing {
            lock(&self.inner.wants).retain(|listener| listener.send(account.clone()).is_ok());
        }
    }

    pub(super) fn forget(&self, ids: &[JobId]) {
        if let Store::Disk(journal) = &self.inner.store
            && !ids.is_empty()
        {
            let changes = if journal.works() {
                ids.iter().map(|id| Change::Forget(*id)).collect()
            } else {
                let ask = crate::transfer::job::Ask::Forget;
                ids.iter().map(|id| Change::Ask(*id, ask)).collect()
            };
            // One that comes back with the next start is only seen twice.
            journal.write(changes, |_| {});
            journal.ring();
        }
    }

    /// Where this reader stands in the journal.
    pub(super) fn seen(&self) -> Seen {
        *lock(&self.inner.seen)
    }
}
