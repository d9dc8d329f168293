//! Transfers: files going up and down, several side by side, never blocking the one who asked.
//!
//! The screen and the commands drive the same engine. A job is done when the service lists the
//! asset in its place with its size, or when the file stands complete under its real name.

pub mod inspect;
pub mod job;
pub mod names;
pub mod plan;
mod queue;
mod save;
mod send;
#[cfg(test)]
mod tests;

pub use inspect::{LocalFile, Refusal, inspect};
pub use job::{Direction, Job, JobId, JobState};
pub use plan::{FieldError, Wishes, request};
pub use queue::{Progress, Transfers};
