//! What a job carries: enough to do it, and to do it again in another process.

use std::path::PathBuf;
use std::sync::Arc;

use super::job::{Direction, Job, JobId, JobState, Trail};
use crate::api::UploadRequest;
use crate::domain::{AccountName, Asset};

/// The file and its two ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Work {
    Up(Arc<UploadRequest>),
    /// Into this folder. An existing file there is never replaced.
    Down(Arc<Asset>, PathBuf),
}

impl Work {
    /// The job as it begins.
    pub(super) fn job(&self, id: JobId, account: AccountName, order: i64) -> Job {
        let (direction, scope, name, place, size) = match self {
            Self::Up(request) => {
                let place = match (&request.locale, request.folder.is_root()) {
                    (Some(locale), true) => locale.as_str().to_owned(),
                    (Some(locale), false) => format!("{} {}", locale.as_str(), request.folder),
                    (None, _) => request.folder.to_string(),
                };
                let name = request.name.as_str().to_owned();
                let size = Some(request.stamp.size);
                (Direction::Up, &request.scope, name, place, size)
            }
            Self::Down(asset, folder) => {
                let place = folder.display().to_string();
                (
                    Direction::Down,
                    &asset.scope,
                    asset.name.clone(),
                    place,
                    asset.size,
                )
            }
        };
        Job {
            id,
            account,
            direction,
            scope: scope.clone(),
            name,
            place,
            order,
            size,
            state: JobState::Queued,
            paused: false,
            trail: Trail::default(),
            warnings: Vec::new(),
        }
    }
}
