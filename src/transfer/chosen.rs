//! What was chosen to be sent: a file or folder, what it holds, and where the list of a downloaded
//! tree sends it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::plan::{Candidate, Fill};
use super::tree::{Astray, Back, Batch, Used};
use crate::api::{ApiError, ProviderSpec};
use crate::domain::Address;

/// A path as it was named, and what was found of it so far.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    pub path: PathBuf,
    pub files: Vec<Candidate>,
    /// The list in it, where it is a folder that a download made.
    pub back: Option<Arc<Back>>,
}

impl Chosen {
    /// Nothing is looked at yet but whether it has a list. One that cannot be read is an error: its
    /// files would go where nobody wants them.
    pub fn open(path: &Path) -> Result<Self, ApiError> {
        let back = if path.is_dir() {
            Back::open(path)?
        } else {
            None
        };
        Ok(Self {
            back: back.map(Arc::new),
            ..Self::plain(path)
        })
    }

    /// Without its list, whatever that says.
    pub fn plain(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            files: Vec::new(),
            back: None,
        }
    }

    /// Takes what it holds; the list itself is never sent.
    pub fn take(&mut self, file: Candidate) {
        if self.back.is_none() || !Back::is_list(&file) {
            self.files.push(file);
        }
    }

    /// What was taken since the last part.
    #[must_use]
    pub fn part(&mut self) -> Self {
        Self {
            path: self.path.clone(),
            files: std::mem::take(&mut self.files),
            back: self.back.clone(),
        }
    }

    /// Its files by the place they go to, and what the list was good for, if it has one: to the
    /// place that was named, or, where that only holds such places, each to its own.
    pub fn batches(
        self,
        to: &Address,
        spec: &ProviderSpec,
        by: &Fill,
    ) -> Result<(Vec<Batch>, Option<Used>), Astray> {
        let Some(back) = self.back else {
            let batch = Batch {
                scope: to.scope().ok_or(Astray::Nowhere)?,
                files: self.files,
                fill: by.clone(),
            };
            return Ok((vec![batch], None));
        };
        let (batches, used) = back.batches(self.files, to, spec)?;
        Ok((batches, Some(used)))
    }
}
