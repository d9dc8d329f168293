//! The connection to the journal's file: another one where the file is another one, and where the
//! old one is stuck.
//!
//! A lock whose release the system refused once (a network file system that is out of locks) stays
//! with the connection that took it. `SQLite` then waits for itself, seconds with each thing that is
//! asked, until the connection is closed.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::JournalError;
use super::schema::{self, NAME};

pub(super) struct Line {
    folder: PathBuf,
    /// `None` only where a new one could not be opened.
    connection: Option<Connection>,
    /// Which file it was opened on.
    file: Option<(u64, u64)>,
}

impl Line {
    pub(super) fn new(connection: Connection, folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            connection: Some(connection),
            file: identity(folder),
        }
    }

    /// Where the file lies.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Takes the file that lies there now. The worker may have set a damaged one aside: what is
    /// written to that one is lost.
    pub(super) fn follow(&mut self) {
        let now = identity(&self.folder);
        if (now != self.file || self.connection.is_none())
            && let Ok(Some(fresh)) = schema::join(&self.folder)
        {
            self.connection = Some(fresh);
            self.file = now;
        }
    }

    /// Does this, which leaves the file as it was where it fails. Where a lock is in the way it is
    /// done once more on a new connection, without waiting as long again for what others hold.
    pub(super) fn with<T>(
        &mut self,
        act: impl Fn(&mut Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let Some(connection) = &mut self.connection else {
            return Err(super::gone());
        };
        let first = act(connection);
        if !matches!(first, Err(JournalError::Locked(_))) {
            return first;
        }
        // Closed before the next one is opened: else that would share its locks.
        self.connection = None;
        self.follow();
        let Some(connection) = &mut self.connection else {
            return first;
        };
        connection.busy_timeout(Duration::ZERO)?;
        let second = act(connection);
        connection.busy_timeout(schema::PATIENCE)?;
        second
    }
}

fn identity(folder: &Path) -> Option<(u64, u64)> {
    let it = std::fs::metadata(folder.join(NAME)).ok()?;
    Some((it.dev(), it.ino()))
}
