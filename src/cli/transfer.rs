//! Following transfers to their end: one line for each when it is over.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::failure::{Failure, Tally};
use super::output::Output;
use super::record::{ASSET_HEADS, Listing, asset_line, asset_ref};
use super::stop::Stop;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::size_words;
use crate::domain::{Entry, SafeText};
use crate::transfer::{Job, JobId, JobState, Transfers};

/// How long cancelled transfers may take to end well.
const WIND_DOWN: Duration = Duration::from_secs(20);

/// Waits until all jobs are over. Being asked to stop cancels them; asked again, or when they take
/// too long to end, it leaves.
pub(super) async fn follow(
    transfers: &Transfers,
    events: &mut UnboundedReceiver<Arc<Job>>,
    mut jobs: HashSet<JobId>,
    stop: &mut Stop,
    mut over: impl FnMut(&Job),
) -> usize {
    let mut held = 0;
    let mut stopping = false;
    let mut latest = tokio::time::Instant::now();
    while !jobs.is_empty() {
        tokio::select! {
            job = events.recv() => match job {
                Some(job) if job.state.is_over() => {
                    if jobs.remove(&job.id) {
                        over(&job);
                    }
                }
                // Somebody holds it, or a full disk: it does not end in this run.
                Some(job) if job.paused && job.state == JobState::Queued => {
                    held += usize::from(jobs.remove(&job.id));
                }
                Some(_) => {}
                None => return held,
            },
            () = stop.asked() => {
                let all = transfers.jobs();
                if stopping {
                    left(all, &jobs, &mut over);
                    return held;
                }
                stopping = true;
                latest = tokio::time::Instant::now() + WIND_DOWN;
                for id in &jobs {
                    transfers.cancel(*id);
                }
            }
            () = tokio::time::sleep_until(latest), if stopping => {
                left(transfers.jobs(), &jobs, &mut over);
                return held;
            }
        }
    }
    held
}

/// What went well or was stopped has been told, and is over; the rest stays in the journal, where
/// `transfers` finds it.
pub(super) async fn leave(transfers: &Transfers, jobs: &HashSet<JobId>) {
    let told = transfers.jobs().into_iter().filter(|job| {
        jobs.contains(&job.id) && matches!(job.state, JobState::Done { .. } | JobState::Cancelled)
    });
    let told: Vec<JobId> = told.map(|job| job.id).collect();
    transfers.clear(&told);
    transfers.drain(WIND_DOWN).await;
}

/// Jobs that are left behind while they still run.
fn left(all: Vec<Arc<Job>>, jobs: &HashSet<JobId>, over: &mut impl FnMut(&Job)) {
    for job in all {
        if jobs.contains(&job.id) {
            let mut job = Arc::unwrap_or_clone(job);
            job.state = match job.state {
                JobState::Running(step) if step.may_leave_a_record() => {
                    let mut error = ApiError::cancelled("upload the file");
                    error.message =
                        String::from("it was stopped while the service was recording it");
                    JobState::InDoubt(error)
                }
                _ => JobState::Cancelled,
            };
            over(&job);
        }
    }
}

/// What is said of a file whose record the service may or may not have.
pub const NOT_KNOWN: &str =
    "whether the service has it is not known, list the place before sending it again";

pub(super) enum Finish {
    Uploaded { json: bool },
    Saved,
}

/// One line for a job that is over: on standard output when it is done, else on standard error. A
/// reader that went away does not stop the files.
pub(super) fn told(output: &mut Output, job: &Job, finish: &Finish, tally: &mut Tally) {
    let name = SafeText::name(&job.name).into_string();
    for warning in &job.warnings {
        output.note(&format!("{name}: {}", SafeText::prose(warning)));
    }
    match &job.state {
        JobState::Done { asset, path } => {
            tally.done += 1;
            // A reader that went away does not stop the files.
            let _ = match (finish, asset, path) {
                (Finish::Saved, _, Some(path)) => saved(output, path),
                (Finish::Uploaded { json }, Some(asset), _) => {
                    let account = &job.account;
                    if *json {
                        output
                            .json(&asset_line(asset_ref(account, asset), asset))
                            .and_then(|()| output.flush())
                    } else if output.on_screen() {
                        let size = asset.size.or(job.size).map(size_words).unwrap_or_default();
                        let reference = asset_ref(account, asset);
                        output.line(&format!("{name}: done, {size}, {reference}"))
                    } else {
                        let mut listing = Listing::new(output, false, ASSET_HEADS);
                        let row = Entry::Read(asset.as_ref().clone());
                        listing.asset(account, &row).and_then(|()| listing.end(""))
                    }
                }
                _ => output.line(&format!("{name}: done")),
            };
        }
        JobState::Failed(error) => {
            let mut failure = Failure::from(error.clone());
            tally.count(&failure);
            failure.message = format!("{name}: {}", failure.message);
            output.fail(&failure);
        }
        JobState::InDoubt(error) => {
            tally.failed += 1;
            tally.stopped |= error.kind == ApiErrorKind::Cancelled;
            output.note(&format!("{name}: {error}; {NOT_KNOWN}"));
        }
        JobState::Unlisted { reason } => {
            tally.failed += 1;
            let reason = SafeText::prose(reason).into_string();
            output.note(&format!("{name}: sent, but not confirmed: {reason}"));
        }
        JobState::Cancelled => {
            tally.failed += 1;
            tally.stopped = true;
            output.note(&format!("{name}: stopped"));
        }
        JobState::Queued | JobState::Running(_) | JobState::Waiting { .. } => {}
    }
}

fn saved(output: &mut Output, path: &Path) -> Result<(), Failure> {
    let path = SafeText::name(&path.to_string_lossy()).into_string();
    if output.on_screen() {
        output.line(&format!("saved {path}"))
    } else {
        output.line(&path)
    }
}
