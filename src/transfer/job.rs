//! A job: one file going up or down, as data, and what may happen to it.
//!
//! [`Job::apply`] is the only way from one state to the next, for the running engine and for the
//! replay of the journal alike, so that both always agree.

mod ask;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::api::{ApiError, ApiErrorKind, Delivery, Receipt, Step};
use crate::domain::{AccountName, Asset, AssetScope};

pub use ask::Ask;

/// A job's number, in the order they were added; where there is a journal, the same in every process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// Which way the file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// Where a job stands. Small, since most of a long queue has nothing to tell yet.
#[derive(Debug, Clone, PartialEq)]
pub enum JobState {
    Queued,
    Running(Step),
    /// A try failed for a while only; the next one begins by itself.
    Waiting {
        until: Timestamp,
        /// The try that comes next; the first one is 1.
        attempt: u32,
        /// Why the last one failed.
        error: Box<ApiError>,
    },
    /// The service lists it with its name, place and size; or the file stands under its real name.
    Done {
        asset: Option<Box<Asset>>,
        path: Option<PathBuf>,
    },
    Failed(Box<ApiError>),
    /// The last call's answer was lost, and looking did not settle whether the service carried it
    /// out: it is never repeated without a look.
    InDoubt(Box<ApiError>),
    /// The service took it, but does not list it as it was sent.
    Unlisted {
        reason: String,
    },
    Cancelled,
}

impl JobState {
    /// Nothing more will happen by itself.
    pub const fn is_over(&self) -> bool {
        !matches!(self, Self::Queued | Self::Running(_) | Self::Waiting { .. })
    }

    /// The word in listings and in the journal.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running(_) => "running",
            Self::Waiting { .. } => "waiting",
            Self::Done { .. } => "done",
            Self::Failed(_) => "failed",
            Self::InDoubt(_) => "in doubt",
            Self::Unlisted { .. } => "unlisted",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One job as others see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    pub id: JobId,
    pub account: AccountName,
    pub direction: Direction,
    /// Where it goes to or comes from.
    pub scope: AssetScope,
    /// The file's name; foreign text.
    pub name: Arc<str>,
    /// The place in words (locale, folder); foreign text.
    pub place: Arc<str>,
    /// Where it stands in the queue; smaller comes first, then the smaller number.
    pub order: i64,
    /// Bytes; `None` when not known yet.
    pub size: Option<u64>,
    pub state: JobState,
    /// It does not begin, and no further try begins, before it is told to go on.
    pub paused: bool,
    /// What is known of earlier tries.
    pub trail: Trail,
    /// What went wrong beside the file itself.
    pub warnings: Vec<String>,
}

/// What earlier tries may have left at the service.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trail {
    /// A record may exist that was never seen listed: nothing is sent before a look.
    pub unsettled: bool,
    /// What names the stored bytes of the last try.
    pub receipt: Option<Receipt>,
    /// The last step whose answer decides whether there is a record, and when it began.
    pub risked: Option<(Step, Timestamp)>,
    /// What the last look at the service showed, where it did not show the file.
    pub look: Option<Box<Look>>,
    /// The service listed it: all that is left is to delete the asset that it replaces.
    pub listed: bool,
}

/// A look for the file at the service that did not find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub at: Timestamp,
    pub showed: Showed,
}

/// What such a look showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Showed {
    /// The service lists so many there; the file is not one of them.
    Absent { among: u64 },
    /// One of its name and size stands in its place, and is another one; or nothing tells whether it is.
    Alike { other: bool },
    /// There was no listing: why, in one sentence; foreign text.
    Nothing(String),
}

/// What stands in the place of a file whose answer was lost, `other` being known or not.
pub const fn alike_words(other: bool) -> &'static str {
    if other {
        "another file of its name and size stands in its place"
    } else {
        "a file of its name and size stands in its place, and nothing tells whether it is this one"
    }
}

/// What happens to a job. In the journal before it is acted upon.
#[derive(Debug, Clone, PartialEq)]
pub enum JobEvent {
    /// This step comes next.
    Step {
        step: Step,
        receipt: Option<Receipt>,
        at: Timestamp,
    },
    /// The service was asked for the file and did not show it.
    Looked(Look),
    /// The try failed; the next begins then.
    Wait {
        until: Timestamp,
        attempt: u32,
        error: ApiError,
    },
    Done {
        asset: Option<Box<Asset>>,
        path: Option<PathBuf>,
    },
    Failed(ApiError),
    InDoubt(ApiError),
    Unlisted {
        reason: String,
    },
    Cancelled,
    Paused,
    WentOn,
    /// The user wants another try.
    Retried,
    /// The process that worked on it ended, or was told to pause it.
    Interrupted,
    /// The step that was written down last was never begun: nothing of it reached the service.
    NotBegun,
    Warned(String),
}

/// An event that does not fit the state; the job is unchanged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this cannot happen to a transfer that is {0}")]
pub struct NotAllowed(pub &'static str);

impl Job {
    /// The service may have it already, though nobody has seen it there.
    pub const fn may_be_there(&self) -> bool {
        matches!(self.state, JobState::InDoubt(_) | JobState::Unlisted { .. })
            || (self.trail.unsettled && !matches!(self.state, JobState::Done { .. }))
    }

    /// The service is just recording it: stopping now would only lose its answer.
    pub const fn is_being_recorded(&self) -> bool {
        matches!(self.state, JobState::Running(Step::Record | Step::Attach))
    }

    /// Takes one event, or refuses it and stays as it is.
    pub fn apply(&mut self, event: JobEvent) -> Result<(), NotAllowed> {
        let refused = Err(NotAllowed(self.state.word()));
        match event {
            JobEvent::Paused | JobEvent::WentOn if self.state.is_over() => return refused,
            JobEvent::Paused => self.paused = true,
            JobEvent::WentOn => self.paused = false,
            JobEvent::Warned(text) => self.warnings.push(text),
            JobEvent::Looked(look) => self.trail.look = Some(Box::new(look)),
            JobEvent::Retried => {
                let again = matches!(
                    self.state,
                    JobState::Failed(_)
                        | JobState::InDoubt(_)
                        | JobState::Unlisted { .. }
                        | JobState::Cancelled
                );
                if !again {
                    return refused;
                }
                self.paused = false;
                self.state = JobState::Queued;
            }
            JobEvent::Step { step, receipt, at } => {
                // A look may settle what is in doubt or unlisted; nothing else begins by itself.
                let looks = step.only_looks()
                    && matches!(self.state, JobState::InDoubt(_) | JobState::Unlisted { .. });
                if self.state.is_over() && !looks {
                    return refused;
                }
                if matches!(step, Step::AskLink | Step::Send) {
                    // Whatever came before was settled or given up: this try leaves its own trail.
                    self.trail = Trail::default();
                }
                if self.direction == Direction::Up && step.may_leave_a_record() {
                    self.trail.unsettled = true;
                    if !step.only_looks() {
                        self.trail.risked = Some((step, at));
                    }
                }
                self.trail.listed |= step == Step::Remove;
                if receipt.is_some() {
                    self.trail.receipt = receipt;
                }
                self.state = JobState::Running(step);
            }
            JobEvent::Wait {
                until,
                attempt,
                error,
            } => {
                if self.state.is_over() {
                    return refused;
                }
                // Only what the service clearly did not do waits for another try.
                self.trail.unsettled = self.trail.listed;
                self.state = JobState::Waiting {
                    until,
                    attempt,
                    error: Box::new(error),
                };
            }
            JobEvent::Interrupted => match &self.state {
                // Deleting the old one looks first, so that it may simply be done again.
                JobState::Running(step)
                    if self.direction == Direction::Up
                        && step.may_leave_a_record()
                        && *step != Step::Remove =>
                {
                    self.trail.unsettled = true;
                    self.state = JobState::InDoubt(Box::new(interrupted(*step)));
                }
                JobState::Running(_) | JobState::Waiting { .. } => self.state = JobState::Queued,
                _ => return refused,
            },
            JobEvent::NotBegun => match &self.state {
                // What came before it left nothing: it would have been begun with a trail of its own.
                JobState::Running(step) if step.makes_the_record() => {
                    self.trail = Trail::default();
                    self.state = JobState::Queued;
                }
                // The step itself was not written down.
                JobState::Running(step) if !step.may_leave_a_record() => {
                    self.state = JobState::Queued;
                }
                _ => return refused,
            },
            JobEvent::Done { asset, path } => {
                if matches!(self.state, JobState::Done { .. } | JobState::Cancelled) {
                    return refused;
                }
                self.trail.unsettled = false;
                self.state = JobState::Done { asset, path };
            }
            JobEvent::Failed(error) => {
                if self.state.is_over() {
                    return refused;
                }
                self.trail.unsettled = self.trail.listed;
                self.state = JobState::Failed(Box::new(error));
            }
            JobEvent::InDoubt(error) => {
                if matches!(self.state, JobState::Done { .. }) {
                    return refused;
                }
                self.trail.unsettled = true;
                self.state = JobState::InDoubt(Box::new(error));
            }
            JobEvent::Unlisted { reason } => {
                if self.state.is_over() {
                    return refused;
                }
                self.trail.unsettled = true;
                self.state = JobState::Unlisted { reason };
            }
            // What it may have left is not forgotten: a retry still looks first.
            JobEvent::Cancelled => {
                if matches!(self.state, JobState::Done { .. } | JobState::Cancelled) {
                    return refused;
                }
                if self.trail.listed {
                    self.warnings.push(BOTH.to_owned());
                }
                self.state = JobState::Cancelled;
            }
        }
        Ok(())
    }
}

/// What stands at the service when a replacing upload ends before its last step.
pub(super) const BOTH: &str =
    "the new file is listed, and the old one was not deleted: both are there";

/// Why a job is in doubt whose process ended in the middle of a step.
fn interrupted(step: Step) -> ApiError {
    let mut error = ApiError::new(
        "upload the file",
        ApiErrorKind::Transport,
        format!(
            "the program ended while it was {}, before an answer was written down",
            step.label()
        ),
    );
    error.delivery = Delivery::Unknown;
    error.changes = true;
    error
}

#[cfg(test)]
pub(super) mod tests;
