//! What a user asks for jobs: for one, for many, for all of an account or of the queue.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Store, Transfers};
use crate::domain::AccountName;
use crate::transfer::job::{Ask, JobEvent, JobId, JobState};
use crate::transfer::journal::Change;
use crate::transfer::save::Target;
use crate::transfer::work::DownloadRequest;

impl Transfers {
    /// Asks something for jobs that are there; what does not fit one of them passes it by. All of it
    /// shares one commit. Where another process works on the queue, that one is told.
    pub fn ask(&self, ask: Ask, ids: &[JobId]) {
        if ids.is_empty() || self.hands_over(ask, ids) {
            return;
        }
        if ask == Ask::Retry {
            // Sent once more because somebody here wants it: the guard is the one here.
            self.agree(ids, false);
        }
        self.carry_out(ask, ids);
    }

    /// Whether the guard of another process has let what was asked for pass.
    pub(super) fn agree(&self, ids: &[JobId], agreed: bool) {
        let mut table = self.table();
        for id in ids {
            if let Some(entry) = table.jobs.get_mut(id) {
                entry.agreed = agreed;
            }
        }
    }

    /// Does what was asked for, where this process works on the queue.
    pub(super) fn carry_out(&self, ask: Ask, ids: &[JobId]) {
        match ask {
            Ask::Cancel => {
                let idle = self.stop(ids);
                self.sweep(&idle);
                self.commit_all(&idle, &JobEvent::Cancelled);
            }
            Ask::Retry => self.try_again(ids),
            Ask::Pause => self.commit_all(ids, &JobEvent::Paused),
            Ask::GoOn => self.begin(ids),
            Ask::Forget => {
                self.sweep(ids);
                self.drop_over(ids);
            }
            Ask::Look => self.look_anew(ids),
            Ask::CallDone => self.believe(ids),
        }
    }

    /// Pauses all that is not over, and whatever is added before [`open_all`](Self::open_all); over
    /// the end of the program, and where another process works on the queue there too.
    pub fn close_all(&self) {
        self.close(true);
        self.ask_all(Ask::Pause, None);
    }

    /// Ends every pause, and begins what an earlier run left.
    pub fn open_all(&self) {
        self.lift();
        self.ask_all(Ask::GoOn, None);
    }

    /// What is added from now on begins again. What is paused stays so.
    pub fn lift(&self) {
        if self.is_closed() {
            self.close(false);
        }
    }

    /// Whether all was paused, here or earlier: what is added is paused too.
    pub fn is_closed(&self) -> bool {
        self.inner.closed.load(Ordering::Relaxed)
    }

    fn close(&self, closed: bool) {
        self.inner.closings.fetch_add(1, Ordering::Relaxed);
        self.inner.closed.store(closed, Ordering::Relaxed);
        if let Store::Disk(journal) = &self.inner.store {
            let engine = self.clone();
            // One that cannot be kept for the next start holds here all the same.
            journal.write(vec![Change::Closed(closed)], move |written| {
                if let (Store::Disk(journal), Ok(())) = (&engine.inner.store, written)
                    && !journal.works()
                {
                    journal.ring();
                }
            });
        }
    }

    /// New jobs begin, or are paused where all is.
    pub(super) fn let_in(&self, ids: &[JobId]) {
        if self.is_closed() {
            self.ask(Ask::Pause, ids);
            return;
        }
        for id in ids {
            self.make_ready(*id);
        }
    }

    /// Asks it for every job that it is meant for ([`Ask::is_for`]), of one account or of all.
    /// Answers how many those are.
    pub fn ask_all(&self, ask: Ask, of: Option<&AccountName>) -> usize {
        let ids = self.ids(|entry| {
            of.is_none_or(|of| entry.job.account == *of)
                && (ask.is_for(&entry.job) || (ask == Ask::GoOn && entry.is_left()))
        });
        self.ask(ask, &ids);
        ids.len()
    }

    /// [`Ask::Cancel`] for one.
    pub fn cancel(&self, id: JobId) {
        self.ask(Ask::Cancel, &[id]);
    }

    /// [`Ask::Retry`] for one.
    pub fn retry(&self, id: JobId) {
        self.ask(Ask::Retry, &[id]);
    }

    /// [`Ask::Pause`] for one.
    pub fn pause(&self, id: JobId) {
        self.ask(Ask::Pause, &[id]);
    }

    /// [`Ask::GoOn`] for one.
    pub fn go_on(&self, id: JobId) {
        self.ask(Ask::GoOn, &[id]);
    }

    /// [`Ask::Look`] for one.
    pub fn look_again(&self, id: JobId) {
        self.ask(Ask::Look, &[id]);
    }

    /// [`Ask::CallDone`] for one.
    pub fn call_done(&self, id: JobId) {
        self.ask(Ask::CallDone, &[id]);
    }

    /// [`Ask::Forget`]: those of them that are over.
    pub fn clear(&self, ids: &[JobId]) {
        self.ask(Ask::Forget, ids);
    }

    /// Tells what runs to stop, and answers what does not run.
    fn stop(&self, ids: &[JobId]) -> Vec<JobId> {
        let mut table = self.table();
        let mut idle = Vec::new();
        for id in ids {
            if let Some(entry) = table.jobs.get_mut(id) {
                entry.cancelled = true;
                entry.cut();
                if !entry.started {
                    idle.push(*id);
                }
            }
        }
        idle
    }

    /// Removes what a process that ended has left of downloads that nobody wants any more; one that
    /// runs keeps its own, and removes it itself.
    fn sweep(&self, ids: &[JobId]) {
        let left: Vec<Arc<DownloadRequest>> = {
            let table = self.table();
            let entries = ids.iter().filter_map(|id| table.jobs.get(id));
            let left = entries.filter(|it| !matches!(it.job.state, JobState::Done { .. }));
            left.filter_map(|it| it.work.download().cloned()).collect()
        };
        let Some(handle) = self.handle().filter(|_| !left.is_empty()) else {
            return;
        };
        let remove = move || {
            for request in left {
                Target::sweep(&request.root, &request.at);
            }
        };
        self.inner.tasks.spawn_blocking_on(remove, &handle);
    }

    fn try_again(&self, ids: &[JobId]) {
        let (mut kept, mut unsaved) = (Vec::new(), Vec::new());
        {
            let mut table = self.table();
            for id in ids {
                let Some(entry) = table.jobs.get_mut(id) else {
                    continue;
                };
                if entry.started || !entry.job.state.is_over() {
                    continue;
                }
                entry.renew();
                if entry.unsaved {
                    unsaved.push(*id);
                } else {
                    kept.push(*id);
                }
            }
        }
        self.submit(&unsaved);
        self.commit_all(&kept, &JobEvent::Retried);
    }

    pub(super) fn drop_over(&self, ids: &[JobId]) {
        let over: Vec<JobId> = {
            let mut table = self.table();
            let is_over = |id: &JobId| {
                let entry = table.jobs.get(id);
                entry.is_some_and(|entry| {
                    // A task that still works on one of these has nothing left to do.
                    let ended =
                        matches!(entry.job.state, JobState::Done { .. } | JobState::Cancelled);
                    ended || (entry.job.state.is_over() && !entry.started)
                })
            };
            let over: Vec<JobId> = ids.iter().copied().filter(is_over).collect();
            for id in &over {
                table.jobs.remove(id);
            }
            // They may be on disk for a while yet, or for good.
            table.forgotten.extend(&over);
            over
        };
        self.forget(&over);
    }

    /// Hands it to the process that works; false when that is this one.
    fn hands_over(&self, ask: Ask, ids: &[JobId]) -> bool {
        let Store::Disk(journal) = &self.inner.store else {
            return false;
        };
        if journal.works() {
            return false;
        }
        if ask == Ask::Forget {
            // Gone from here at once; the one that works forgets them for good.
            self.drop_over(ids);
            return true;
        }
        if matches!(ask, Ask::GoOn | Ask::Retry | Ask::Look) {
            // Should the one that works end, they go on from here.
            let mut table = self.table();
            for id in ids {
                if let Some(entry) = table.jobs.get_mut(id) {
                    entry.wanted = true;
                }
            }
        }
        let engine = self.clone();
        let changes = ids.iter().map(|id| Change::Ask(*id, ask)).collect();
        journal.write(changes, move |written| {
            match (&engine.inner.store, written) {
                (Store::Disk(journal), Ok(())) => journal.ring(),
                (_, Err(why)) => tracing::error!(%why, "what was asked for is not written"),
                _ => {}
            }
        });
        true
    }
}
