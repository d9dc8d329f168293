//! Which transfers a command is about: those that were named, or all that fit.

use std::collections::HashSet;
use std::sync::Arc;

use crate::api::ApiErrorKind;
use crate::cli::failure::Failure;
use crate::transfer::{Ask, Job, JobId, JobState, Transfers};

/// The jobs that were named; else all that fit.
pub(super) fn chosen(
    jobs: &[Arc<Job>],
    ids: &[u64],
    fits: impl Fn(&Job) -> bool,
) -> Result<Vec<JobId>, Failure> {
    if ids.is_empty() {
        let fitting = jobs.iter().filter(|job| fits(job));
        return Ok(fitting.map(|job| job.id).collect());
    }
    let known = |id: &u64| jobs.iter().any(|job| job.id.0 == *id);
    match ids.iter().find(|id| !known(id)) {
        Some(id) => Err(Failure::usage(format!("there is no transfer {id}"))
            .hint("`assetdeck transfers` lists them.")),
        None => Ok(ids.iter().map(|id| JobId(*id)).collect()),
    }
}

/// What going on begins with.
#[derive(Default)]
pub(super) struct Chosen {
    /// Not over: it begins.
    pub(super) rest: Vec<JobId>,
    /// What became of it is not known: it is looked for, and nothing is sent.
    pub(super) open: Vec<JobId>,
    /// Tried once more; of what is in doubt only what the user named.
    pub(super) again: Vec<JobId>,
}

impl Chosen {
    /// Without a wish what is left over; with one what failed, or the numbers in it.
    pub(super) fn of(jobs: &[Arc<Job>], again: Option<&Vec<u64>>) -> Result<Self, Failure> {
        let fitting = |fits: &dyn Fn(&Job) -> bool| {
            let fitting = jobs.iter().filter(|job| fits(job));
            fitting.map(|job| job.id).collect::<Vec<JobId>>()
        };
        let open = |job: &Job| Ask::Look.is_for(job);
        Ok(match again {
            None => Self {
                rest: fitting(&|job| !job.state.is_over()),
                open: fitting(&open),
                // The disk held it back, not the file.
                again: fitting(
                    &|job| matches!(&job.state, JobState::Failed(it) if it.kind == ApiErrorKind::DiskFull),
                ),
            },
            Some(ids) if ids.is_empty() => Self {
                open: fitting(&open),
                again: fitting(&|job| Ask::Retry.is_for(job)),
                ..Self::default()
            },
            Some(ids) => Self {
                again: chosen(jobs, ids, |_| false)?,
                ..Self::default()
            },
        })
    }

    pub(super) fn ask(&self, transfers: &Transfers) {
        transfers.ask(Ask::GoOn, &self.rest);
        transfers.ask(Ask::Look, &self.open);
        transfers.ask(Ask::Retry, &self.again);
        transfers.flush();
    }

    /// Without these, which stay as they are.
    pub(super) fn leave(&mut self, ids: &HashSet<JobId>) {
        for part in [&mut self.rest, &mut self.open, &mut self.again] {
            part.retain(|id| !ids.contains(id));
        }
    }

    pub(super) fn all(&self) -> HashSet<JobId> {
        let all = self.rest.iter().chain(&self.open).chain(&self.again);
        all.copied().collect()
    }
}
