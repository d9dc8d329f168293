//! Local files as the file browser and the upload form know them. Looking at them is the runtime's.

use std::path::PathBuf;

/// A listed local folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Absolute.
    pub path: PathBuf,
    pub parent: Option<PathBuf>,
    /// Everything in it, hidden ones too, in any order.
    pub entries: Vec<LocalEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalEntry {
    pub path: PathBuf,
    /// The last part of the path, as far as it is text; foreign text.
    pub name: String,
    pub kind: LocalKind,
    /// Bytes, of files.
    pub size: Option<u64>,
    /// Hidden by the system's convention.
    pub hidden: bool,
}

/// What a name in a folder is, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LocalKind {
    Folder,
    File,
    /// It cannot be sent; in words: `a pipe`, `a socket`, `a device`, `a broken link`.
    Other(&'static str),
}

/// Why a folder could not be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FolderError {
    /// The path names a file.
    File(PathBuf),
    /// One sentence; foreign text in it is marked already.
    Other(String),
}
