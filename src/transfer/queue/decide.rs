//! What the user decides: to go on with what an earlier run left, what becomes of a file in doubt,
//! and which job comes first.

use std::sync::Arc;

use super::{Entry, Store, Transfers};
use crate::transfer::job::{JobEvent, JobId, JobState};
use crate::transfer::journal::{Ask, Change};

/// What a job says that was called done without being seen.
const CALLED_DONE: &str = "it was called done by hand; it was not seen listed";

impl Transfers {
    /// Goes on with what earlier runs left: it begins as soon as its account is open, and what is
    /// in doubt is looked for. What was paused stays so. Answers how many.
    pub fn resume(&self) -> usize {
        let left = self.ids(|entry| entry.is_left() && !entry.job.paused);
        for id in &left {
            self.go_on(*id);
        }
        left.len()
    }

    /// What earlier runs left, and nobody has said that it goes on; paused or not.
    pub fn left(&self) -> Vec<JobId> {
        self.ids(Entry::is_left)
    }

    /// Keeps every job from beginning, as [`pause`](Self::pause) does.
    pub fn pause_all(&self) {
        for id in self.ids(|entry| !entry.job.paused && !entry.job.state.is_over()) {
            self.pause(id);
        }
    }

    /// Ends every pause, and begins what an earlier run left.
    pub fn go_on_all(&self) {
        for id in self.ids(|entry| entry.job.paused || entry.is_left()) {
            self.go_on(id);
        }
    }

    fn ids(&self, fits: impl Fn(&Entry) -> bool) -> Vec<JobId> {
        let table = self.table();
        let fitting = table.jobs.values().filter(|entry| fits(entry));
        fitting.map(|entry| entry.job.id).collect()
    }

    /// Ends a pause, or begins what an earlier run left.
    pub fn go_on(&self, id: JobId) {
        if self.asked(id, Ask::GoOn) {
            return;
        }
        let paused = {
            let mut table = self.table();
            let Some(entry) = table.jobs.get_mut(&id) else {
                return;
            };
            entry.wanted = true;
            entry.job.paused && !entry.job.state.is_over()
        };
        if paused {
            self.commit(id, JobEvent::WentOn);
        } else {
            self.make_ready(id);
        }
    }

    /// Looks once more whether the service lists a file that is in doubt or was not listed. Sends
    /// nothing.
    pub fn look_again(&self, id: JobId) {
        if self.asked(id, Ask::Look) {
            return;
        }
        {
            let mut table = self.table();
            let Some(entry) = table.jobs.get_mut(&id).filter(|it| it.is_open()) else {
                return;
            };
            entry.renew();
        }
        self.make_ready(id);
    }

    /// Takes the user's word that a file in doubt, or one that was not listed, is there.
    pub fn call_done(&self, id: JobId) {
        if self.asked(id, Ask::CallDone) {
            return;
        }
        if self.table().jobs.get(&id).is_some_and(Entry::is_open) {
            self.commit(id, JobEvent::Warned(CALLED_DONE.to_owned()));
            self.commit(
                id,
                JobEvent::Done {
                    asset: None,
                    path: None,
                },
            );
        }
    }

    /// Puts a job in front of all others that have not begun, or behind them.
    pub fn reorder(&self, id: JobId, first: bool) {
        let place = {
            let table = self.table();
            let places = table.jobs.values().map(|entry| entry.job.order);
            if first {
                places.min().unwrap_or_default() - 1
            } else {
                places.max().unwrap_or_default() + 1
            }
        };
        self.put_at(&[(id, place)]);
    }

    /// Two jobs change their places in the order.
    pub fn swap(&self, one: JobId, other: JobId) {
        let order = |id| Some(self.table().jobs.get(&id)?.job.order);
        if let (Some(first), Some(second)) = (order(one), order(other)) {
            self.put_at(&[(one, second), (other, first)]);
        }
    }

    fn put_at(&self, places: &[(JobId, i64)]) {
        let mut changes = Vec::new();
        for (id, place) in places {
            let job = {
                let mut table = self.table();
                let Some(entry) = table.jobs.get_mut(id) else {
                    continue;
                };
                let old = entry.job.order;
                Arc::make_mut(&mut entry.job).order = *place;
                let job = entry.job.clone();
                let gate = table.gates.entry(job.account.clone()).or_default();
                if gate.ready.remove(&(old, *id)) {
                    gate.ready.insert((*place, *id));
                }
                job
            };
            changes.push(Change::Place(*id, *place));
            self.tell(&job);
        }
        if let Store::Disk(journal) = &self.inner.store {
            // The order is a wish: one that cannot be kept for the next start loses nothing.
            journal.write(changes, |_| {});
        }
    }
}

impl Entry {
    /// An earlier run left it, and nobody has said yet that it goes on.
    fn is_left(&self) -> bool {
        !self.wanted && self.goes_on()
    }

    /// It is not finished, or a look may finish it.
    pub(super) fn goes_on(&self) -> bool {
        !self.job.state.is_over() || matches!(self.job.state, JobState::InDoubt(_))
    }

    /// The user may settle it: what became of it is not known, and nobody is just looking.
    fn is_open(&self) -> bool {
        let open = matches!(
            self.job.state,
            JobState::InDoubt(_) | JobState::Unlisted { .. }
        );
        open && !self.started
    }
}
