//! A job: one file going up or down, as data, and what may happen to it.

use std::path::PathBuf;

use crate::api::{ApiError, Step};
use crate::domain::{AccountName, Asset, AssetScope};

/// A job's number within this process, in the order they were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub u64);

/// Which way the file goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    Up,
    Down,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq)]
pub enum JobState {
    Queued,
    Running(Step),
    /// The service lists it with its name, place and size; or the file stands under its real name.
    Done {
        asset: Option<Box<Asset>>,
        path: Option<PathBuf>,
    },
    Failed(ApiError),
    /// The last call's answer was lost, and looking did not settle whether the service carried it
    /// out: it is never repeated without a look.
    InDoubt(ApiError),
    /// The service took it, but does not list it as it was sent.
    Unlisted {
        reason: String,
    },
    Cancelled,
}

impl JobState {
    /// Nothing more will happen by itself.
    pub const fn is_over(&self) -> bool {
        !matches!(self, Self::Queued | Self::Running(_))
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
    pub name: String,
    /// The place in words (locale, folder); foreign text.
    pub place: String,
    /// Bytes; `None` when not known yet.
    pub size: Option<u64>,
    pub state: JobState,
    /// What went wrong beside the file itself.
    pub warnings: Vec<String>,
}
