//! Where a job stands, in marks and words.

use std::time::Duration;

use jiff::Timestamp;

use crate::api::Step;
use crate::app::State;
use crate::app::modal::view::Tone;
use crate::domain::{size_words, time_words, until};
use crate::transfer::held_words;
use crate::transfer::job::{Direction, Job, JobState};

/// How far one of the three promises of an upload is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    NotYet,
    /// On its way just now.
    Now,
    Yes,
    No,
    Unknown,
}

impl Mark {
    pub const fn sign(self) -> char {
        match self {
            Self::NotYet => '·',
            Self::Now => '▸',
            Self::Yes => '✓',
            Self::No => '✗',
            Self::Unknown => '?',
        }
    }

    /// The word that stands behind the name of what is marked; empty where it says itself.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotYet => "not yet",
            Self::Now => "now",
            Self::Yes => "yes",
            Self::No => "no",
            Self::Unknown => "not known",
        }
    }
}

/// What a row says of a job beside its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub sign: char,
    pub words: String,
    pub tone: Tone,
}

/// What the three marks stand for.
pub const MARKS: [&str; 3] = ["sent", "stored", "listed"];

/// Sent, stored, listed: `None` for a download, which has one end only.
pub fn marks(job: &Job) -> Option<[Mark; 3]> {
    use Mark::{No, NotYet, Now, Unknown, Yes};
    if job.direction == Direction::Down {
        return None;
    }
    // Bytes are only forgotten with the next try: until then a record was at least asked for.
    let risked = job.trail.risked.is_some();
    Some(match &job.state {
        JobState::Running(Step::Send) => [Now, NotYet, NotYet],
        JobState::Running(Step::Record | Step::Attach) => [Yes, Now, NotYet],
        JobState::Running(Step::Texts) => [Yes, Yes, NotYet],
        JobState::Running(Step::Confirm) if job.trail.look.is_some() => [Yes, Unknown, Now],
        JobState::Running(Step::Confirm) => [Yes, Yes, Now],
        JobState::Running(Step::Look) => [Yes, Unknown, Now],
        // What is left is to delete the asset that it replaces.
        JobState::Running(Step::Remove) => [Yes; 3],
        _ if job.trail.listed => [Yes; 3],
        JobState::Done { asset: Some(_), .. } => [Yes; 3],
        // By the user's word.
        JobState::Done { .. } => [Yes, Yes, Unknown],
        JobState::Unlisted { .. } => [Yes, Yes, No],
        JobState::InDoubt(_) => [Yes, Unknown, Unknown],
        JobState::Failed(_) if risked => [Yes, No, No],
        JobState::Failed(_) => [No; 3],
        JobState::Queued | JobState::Waiting { .. } | JobState::Cancelled
            if job.trail.unsettled =>
        {
            [Yes, Unknown, Unknown]
        }
        JobState::Running(Step::AskLink)
        | JobState::Queued
        | JobState::Waiting { .. }
        | JobState::Cancelled => [NotYet; 3],
    })
}

/// How long ago that was, in whole seconds.
pub fn since(then: Timestamp, time: Timestamp) -> Duration {
    let gone = time.duration_since(then).max(jiff::SignedDuration::ZERO);
    Duration::from_secs(gone.as_secs().unsigned_abs())
}

impl State {
    /// Where a job stands now.
    pub fn standing(&self, job: &Job) -> Standing {
        let says = |sign, words: String, tone| Standing { sign, words, tone };
        let size = job.size.map(size_words);
        match &job.state {
            JobState::Queued | JobState::Waiting { .. } if job.paused => {
                says('·', "paused".to_owned(), Tone::Dim)
            }
            _ if self.transfers.is_left(job.id) => says(
                if job.state.is_over() { '?' } else { '·' },
                match job.state {
                    JobState::InDoubt(_) => "in doubt, left by an earlier run".to_owned(),
                    _ => "left by an earlier run".to_owned(),
                },
                Tone::Warning,
            ),
            JobState::Queued | JobState::Waiting { .. } => match self.held(job) {
                Some(held) => says('·', held, Tone::Warning),
                None => self.waits(job),
            },
            // A call on its way ends first.
            JobState::Running(step) if job.paused => {
                says('▸', format!("pausing: {} …", step.label()), Tone::Dim)
            }
            JobState::Running(step) => {
                let gauge = self.transfers.meters.of(job);
                let mut words = step.label().to_owned();
                if gauge.bytes > 0 && *step == Step::Send {
                    words = format!("{words} {}", size_words(gauge.bytes));
                    if let Some(size) = size {
                        words = format!("{words} of {size}");
                    }
                    if let Some(rate) = gauge.rate {
                        words = format!("{words}  {}/s", size_words(rate));
                    }
                    if let Some(left) = gauge.left {
                        words = format!("{words}  {} left", time_words(left));
                    }
                }
                says('▸', words, Tone::Plain)
            }
            JobState::Done { .. } if !job.warnings.is_empty() => {
                says('✓', "done, with a warning".to_owned(), Tone::Warning)
            }
            JobState::Done { .. } => {
                let words = format!("done {}", size.unwrap_or_default());
                says('✓', words, Tone::Good)
            }
            JobState::Failed(error) => says('✗', error.to_string(), Tone::Bad),
            JobState::InDoubt(_) => says(
                '?',
                "in doubt: Enter shows what can be done".to_owned(),
                Tone::Warning,
            ),
            JobState::Unlisted { .. } => says(
                '?',
                "sent, but not listed: Enter shows what can be done".to_owned(),
                Tone::Warning,
            ),
            JobState::Cancelled => says('–', "cancelled".to_owned(), Tone::Dim),
        }
    }

    fn waits(&self, job: &Job) -> Standing {
        let (words, tone) = match &job.state {
            JobState::Waiting {
                until: then,
                attempt,
                error,
            } => {
                let left = time_words(until(*then, self.time));
                (format!("try {attempt} in {left}: {error}"), Tone::Warning)
            }
            _ => ("queued".to_owned(), Tone::Dim),
        };
        Standing {
            sign: '·',
            words,
            tone,
        }
    }

    /// Why a job waits whose account has to pause.
    fn held(&self, job: &Job) -> Option<String> {
        let hold = self.transfers.hold(&job.account, self.time)?;
        let left = until(hold.until, self.time);
        Some(held_words(&job.account, left, hold.asked))
    }
}
