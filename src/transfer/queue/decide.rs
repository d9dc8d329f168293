//! What the user decides: to go on with what an earlier run left, what becomes of a file in doubt,
//! and which job comes first.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Entry, Store, Transfers};
use crate::api::UploadRequest;
use crate::domain::AccountName;
use crate::transfer::job::{Ask, JobEvent, JobId, JobState};
use crate::transfer::journal::Change;
use crate::transfer::work::{DownloadRequest, Work};

/// What a job says that was called done without being seen.
const CALLED_DONE: &str = "it was called done by hand; it was not seen listed";

impl Transfers {
    /// Goes on with what earlier runs left: it begins as soon as its account is open, and what is
    /// in doubt is looked for. What was paused stays so. Answers how many.
    pub fn resume(&self) -> usize {
        let left = self.ids(|entry| entry.is_left() && !entry.job.paused);
        self.ask(Ask::GoOn, &left);
        left.len()
    }

    /// What earlier runs left, and nobody has said that it goes on; paused or not.
    pub fn left(&self) -> Vec<JobId> {
        self.ids(Entry::is_left)
    }

    /// Which jobs are these very uploads, for whoever asks for one once more: the same file, unchanged,
    /// to the same place; and what is asked of each of them. And the requests that are not there.
    pub(super) fn left_like(
        &self,
        account: &AccountName,
        requests: impl Iterator<Item = UploadRequest>,
    ) -> (Vec<(JobId, Ask)>, Vec<UploadRequest>) {
        let works = self.works();
        let table = self.table();
        let mut left: HashMap<&Path, Vec<(JobId, Ask, &UploadRequest)>> = HashMap::new();
        for entry in table.jobs.values() {
            let ask = match entry {
                left if works && left.is_left() => Ask::GoOn,
                doubted if doubted.is_in_doubt() => Ask::Look,
                _ => continue,
            };
            if let Work::Up(request) = &entry.work
                && entry.job.account == *account
            {
                let same = left.entry(&request.path).or_default();
                same.push((entry.job.id, ask, request));
            }
        }
        let mut found = Vec::new();
        let mut others = Vec::new();
        for request in requests {
            let same = left.get_mut(request.path.as_path());
            let at = same
                .as_ref()
                .and_then(|it| it.iter().position(|it| *it.2 == request));
            match (same, at) {
                (Some(same), Some(at)) => {
                    let (id, ask, _) = same.swap_remove(at);
                    found.push((id, ask));
                }
                _ => others.push(request),
            }
        }
        (found, others)
    }

    /// For each request what an earlier run left of it: the same asset, unchanged, to the same
    /// place. What that run wanted there instead is given up.
    pub(super) fn kept_downloads(
        &self,
        account: &AccountName,
        requests: &[DownloadRequest],
    ) -> Vec<Option<JobId>> {
        if !self.works() {
            return vec![None; requests.len()];
        }
        let mut stale = Vec::new();
        let kept = {
            let table = self.table();
            let mut left: HashMap<PathBuf, Vec<(JobId, &DownloadRequest)>> = HashMap::new();
            for entry in table.jobs.values() {
                let waits = matches!(entry.job.state, JobState::Queued | JobState::Failed(_));
                if let Work::Down(request) = &entry.work
                    && waits
                    && !entry.wanted
                    && entry.job.account == *account
                {
                    let same = left.entry(request.path()).or_default();
                    same.push((entry.job.id, request));
                }
            }
            let mut kept = Vec::with_capacity(requests.len());
            for request in requests {
                let there = left.remove(&request.path()).unwrap_or_default();
                let same = there.iter().find(|(_, it)| is_same(it, request));
                let same = same.map(|(id, _)| *id);
                let others = there.iter().map(|(id, _)| *id);
                stale.extend(others.filter(|id| Some(*id) != same));
                kept.push(same);
            }
            kept
        };
        if !stale.is_empty() {
            self.commit_all(&stale, &JobEvent::Cancelled);
            self.flush();
            self.drop_over(&stale);
        }
        kept
    }

    pub(super) fn ids(&self, fits: impl Fn(&Entry) -> bool) -> Vec<JobId> {
        let table = self.table();
        let fitting = table.jobs.values().filter(|entry| fits(entry));
        fitting.map(|entry| entry.job.id).collect()
    }

    /// Ends pauses; what was not paused begins.
    pub(super) fn begin(&self, ids: &[JobId]) {
        let (mut paused, mut others) = (Vec::new(), Vec::new());
        {
            let mut table = self.table();
            for id in ids {
                let Some(entry) = table.jobs.get_mut(id) else {
                    continue;
                };
                entry.wanted = true;
                if entry.job.paused && !entry.job.state.is_over() {
                    paused.push(*id);
                } else {
                    others.push(*id);
                }
            }
        }
        self.commit_all(&paused, &JobEvent::WentOn);
        for id in others {
            self.make_ready(id);
        }
    }

    /// Looks for those whose outcome is not known.
    pub(super) fn look_anew(&self, ids: &[JobId]) {
        for id in ids {
            if let Some(entry) = self.table().jobs.get_mut(id).filter(|it| it.is_open()) {
                entry.renew();
            }
            self.make_ready(*id);
        }
    }

    /// Takes the user's word for those whose outcome is not known.
    pub(super) fn believe(&self, ids: &[JobId]) {
        let open: Vec<JobId> = {
            let table = self.table();
            let is_open = |id: &JobId| table.jobs.get(id).is_some_and(Entry::is_open);
            ids.iter().copied().filter(is_open).collect()
        };
        self.commit_all(&open, &JobEvent::Warned(CALLED_DONE.to_owned()));
        let done = JobEvent::Done {
            asset: None,
            path: None,
        };
        self.commit_all(&open, &done);
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

/// The same asset in the same state, to the same place, in the place of the same file. Its links and
/// its place in a listing change from one listing to the next.
fn is_same(one: &DownloadRequest, other: &DownloadRequest) -> bool {
    one.root == other.root
        && one.at == other.at
        && one.replaces == other.replaces
        && one.asset.scope == other.asset.scope
        && one.asset.key == other.asset.key
        && one.asset.size == other.asset.size
        && one.asset.stored() == other.asset.stored()
}

impl Entry {
    /// An earlier run left it, and nobody has said yet that it goes on.
    pub(super) fn is_left(&self) -> bool {
        !self.wanted && self.goes_on()
    }

    /// It is not finished, or a look may finish it.
    pub(super) fn goes_on(&self) -> bool {
        !self.job.state.is_over() || self.is_in_doubt()
    }

    /// It may have arrived: it is not sent again before somebody says so.
    pub(super) fn is_in_doubt(&self) -> bool {
        matches!(self.job.state, JobState::InDoubt(_))
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
