//! A full disk: what else goes to the same folder waits until it is told to go on.

use super::Transfers;
use crate::transfer::job::{JobEvent, JobId};
use crate::transfer::work::Work;

impl Transfers {
    /// Pauses the other downloads into the folder of this one: each would only fail by the same.
    pub(super) fn hold_downloads(&self, full: JobId) {
        let others: Vec<JobId> = {
            let table = self.table();
            let Some(Work::Down(full)) = table.jobs.get(&full).map(|entry| &entry.work) else {
                return;
            };
            let same = |work: &Work| matches!(work, Work::Down(it) if it.root == full.root);
            let open = table.jobs.values().filter(|entry| {
                !entry.job.state.is_over() && !entry.job.paused && same(&entry.work)
            });
            open.map(|entry| entry.job.id).collect()
        };
        self.commit_all(&others, &JobEvent::Paused);
    }
}
