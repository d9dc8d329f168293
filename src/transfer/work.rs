//! What a job carries: enough to do it, and to do it again in another process.

use std::path::PathBuf;
use std::sync::Arc;

use super::job::{Direction, Job, JobId, JobState, Trail};
use super::names::LocalPath;
use crate::api::{FileStamp, UploadRequest};
use crate::domain::{AccountName, Asset};

/// One asset, and the place that its file shall have on this machine.
#[derive(Debug, Clone, PartialEq)]
pub struct DownloadRequest {
    pub asset: Asset,
    /// The folder that was chosen; made if need be. Nothing outside it is touched. In the queue it is
    /// one without a link in its path.
    pub root: PathBuf,
    /// Folders below it, made if need be, and the file's name.
    pub at: LocalPath,
    /// The file that the user gave up for this one. Any other that stands there is never replaced.
    pub replaces: Option<FileStamp>,
}

impl DownloadRequest {
    /// Into this folder under the asset's own name; replaces nothing.
    pub fn flat(asset: Asset, root: PathBuf) -> Self {
        Self {
            at: LocalPath::new([&asset.name]),
            asset,
            root,
            replaces: None,
        }
    }

    /// Where the file will stand.
    pub fn path(&self) -> PathBuf {
        self.at.below(&self.root)
    }
}

/// The file and its two ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Work {
    Up(Arc<UploadRequest>),
    Down(Arc<DownloadRequest>),
}

impl Work {
    pub(super) const fn download(&self) -> Option<&Arc<DownloadRequest>> {
        match self {
            Self::Up(_) => None,
            Self::Down(request) => Some(request),
        }
    }

    /// The job as it begins.
    pub(super) fn job(&self, id: JobId, account: AccountName, order: i64) -> Job {
        let (direction, scope, name, place, size) = match self {
            Self::Up(request) => {
                let place = match (&request.locale, request.folder.is_root()) {
                    (Some(locale), true) => locale.as_str().to_owned(),
                    (Some(locale), false) => format!("{} {}", locale.as_str(), request.folder),
                    (None, _) => request.folder.to_string(),
                };
                let name = request.name.shared();
                let size = Some(request.stamp.size);
                (Direction::Up, &request.scope, name, place, size)
            }
            Self::Down(request) => {
                let path = request.path();
                let folder = path.parent().unwrap_or(&request.root);
                (
                    Direction::Down,
                    &request.asset.scope,
                    request.asset.name.as_str().into(),
                    folder.display().to_string(),
                    request.asset.size,
                )
            }
        };
        Job {
            id,
            account,
            direction,
            scope: scope.clone(),
            name,
            place: place.into(),
            order,
            size,
            state: JobState::Queued,
            paused: false,
            trail: Trail::default(),
            warnings: Vec::new(),
        }
    }
}
