//! Small facts of ours that outlive a session: a file of JSON in the state folder, read and written whole.

use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dirs::create_private;

/// No such file is larger, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// A file of facts.
#[derive(Debug, Clone)]
pub(super) struct Noted {
    folder: Option<PathBuf>,
    file: &'static str,
}

impl Noted {
    /// Kept in this folder; without one nothing is remembered.
    pub const fn new(folder: Option<PathBuf>, file: &'static str) -> Self {
        Self { folder, file }
    }

    /// Somewhere is a folder for it.
    pub const fn is_kept(&self) -> bool {
        self.folder.is_some()
    }

    /// What cannot be read is as good as forgotten.
    pub fn read<T: DeserializeOwned + Default>(&self) -> T {
        let read = |folder: &PathBuf| {
            let bytes = bounded(&folder.join(self.file), MAX_BYTES).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        self.folder.as_ref().and_then(read).unwrap_or_default()
    }

    /// Takes the place of what was there.
    pub fn write<T: Serialize>(&self, facts: &T) -> io::Result<()> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        write_private(folder, self.file, &serde_json::to_vec(facts)?)
    }
}

/// The bytes of a file, at the most so many.
pub fn bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Writes a file that only its user may read. Whole or not at all: a new file takes the old one's place.
pub(super) fn write_private(folder: &Path, file: &str, bytes: &[u8]) -> io::Result<()> {
    create_private(folder)?;
    let part = folder.join(format!("{file}.{}", std::process::id()));
    let mut options = std::fs::File::options();
    options.write(true).create(true).truncate(true).mode(0o600);
    let written = options.open(&part).and_then(|mut new| {
        new.write_all(bytes)?;
        new.sync_all()?;
        std::fs::rename(&part, folder.join(file))
    });
    if written.is_err() {
        // What was begun is of no use to anybody.
        let _ = std::fs::remove_file(part);
    }
    written
}
