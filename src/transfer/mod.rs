//! Transfers: files going up and down, several side by side, never blocking the one who asked.
//!
//! The screen and the commands drive the same engine over the same journal, which has every job and
//! step on disk before anyone is told of it. A job is done when the service lists the
//! asset in its place with its size, or when the file stands complete under its real name.

pub mod arrivals;
mod chosen;
pub mod contents;
pub mod inspect;
pub mod job;
mod journal;
pub mod known;
pub mod meter;
pub mod names;
pub mod patient;
pub mod plan;
pub mod plan_file;
mod proof;
mod queue;
mod replace;
pub mod retry;
mod save;
mod send;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod walk;
mod work;

pub use chosen::Chosen;
pub use inspect::{LocalFile, Refusal, inspect};
pub use job::{Ask, Direction, Job, JobEvent, JobId, JobState, Look, Showed, Trail};
pub use journal::JournalError;
pub use meter::{Gauge, Meters, Total};
pub use plan::{FieldError, OnClash, Wishes, request};
pub use queue::{
    Held, Progress, Sent, Standing, Transfers, ends_all, held_words, is_unwritten, stopped_words,
};
pub use work::DownloadRequest;
