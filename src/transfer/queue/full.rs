//! A full disk: what else goes to the same folder waits until it is told to go on.

use super::Transfers;
use crate::api::{ApiError, ApiErrorKind};
use crate::transfer::job::{JobEvent, JobId};
use crate::transfer::work::Work;

/// Why a file was not begun that the journal does not take.
pub(super) const NOT_BEGUN: &str = "nothing is begun that is not on disk first";

/// What a file says whose end the journal does not take.
pub(super) const END_NOT_WRITTEN: &str =
    "how it ended is not written down, so it will be looked for again";

/// Whether it is this machine that failed, not the file: then others fail by the same.
pub fn ends_all(error: &ApiError) -> bool {
    error.kind == ApiErrorKind::DiskFull || error.chain.iter().any(|it| it == NOT_BEGUN)
}

/// Whether a warning says that the journal did not take how a file ended.
pub fn is_unwritten(warning: &str) -> bool {
    warning.starts_with(END_NOT_WRITTEN)
}

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
