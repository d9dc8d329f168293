//! What a user asks for jobs that are there, here or in another process.

use super::{Job, JobState};

/// What is asked for a job that was added before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Stop it: at once where nothing can be lost by it, else after a look at the service.
    Cancel,
    /// Try it again; what is in doubt is looked for first.
    Retry,
    /// Keep it from beginning. A file on its way stops and begins anew later; what a service is
    /// just recording is finished first.
    Pause,
    /// End a pause, or begin what an earlier run left.
    GoOn,
    /// Forget it, if it is over.
    Forget,
    /// Look once more whether the service lists a file that is in doubt or was not listed. Nothing
    /// is sent.
    Look,
    /// Take the user's word that such a file is there.
    CallDone,
}

impl Ask {
    pub(in crate::transfer) const ALL: [Self; 7] = [
        Self::Cancel,
        Self::Retry,
        Self::Pause,
        Self::GoOn,
        Self::Forget,
        Self::Look,
        Self::CallDone,
    ];

    /// The word in the journal.
    pub(in crate::transfer) const fn word(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::Retry => "retry",
            Self::Pause => "pause",
            Self::GoOn => "go on",
            Self::Forget => "forget",
            Self::Look => "look",
            Self::CallDone => "call done",
        }
    }

    /// Whether it is meant for this job when it is asked for all of them. Narrower than what may be
    /// asked for one: all at once never gives up a doubt that somebody has to decide.
    pub const fn is_for(self, job: &Job) -> bool {
        let over = job.state.is_over();
        match self {
            Self::Cancel => !over,
            Self::Retry => matches!(job.state, JobState::Failed(_)),
            Self::Pause => !over && !job.paused,
            Self::GoOn => !over && job.paused,
            Self::Forget => matches!(job.state, JobState::Done { .. } | JobState::Cancelled),
            Self::Look => matches!(job.state, JobState::InDoubt(_) | JobState::Unlisted { .. }),
            // One by one only: it is somebody's word for that file.
            Self::CallDone => false,
        }
    }
}
