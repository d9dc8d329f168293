//! A look at a local file before anything is sent: what it is, and whether the service takes it.

use std::borrow::Cow;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::api::{FileStamp, ProviderSpec};
use crate::domain::{FileName, SafeText};

/// A file that may be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalFile {
    pub path: PathBuf,
    pub name: FileName,
    pub stamp: FileStamp,
    /// By its first bytes, else by its name.
    pub content_type: Cow<'static, str>,
}

/// Why a file is not sent: one line that names it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", SafeText::name(&path.to_string_lossy()))]
pub struct Refusal {
    pub path: PathBuf,
    /// Our own words; foreign text in them is safe already.
    pub reason: String,
}

/// How many bytes decide what a file is.
const HEAD: usize = 8192;

/// Looks at a file without ever waiting on it: a pipe or a device is refused before it is opened.
pub fn inspect(path: &Path, spec: &ProviderSpec) -> Result<LocalFile, Refusal> {
    let refuse = |reason: String| Refusal {
        path: path.to_owned(),
        reason,
    };
    let metadata = std::fs::metadata(path).map_err(|error| refuse(io_reason(&error)))?;
    let kind = kind_reason(&metadata);
    if let Some(reason) = kind {
        return Err(refuse(reason.to_owned()));
    }
    let file = open(path).map_err(|error| refuse(io_reason(&error)))?;
    // The open file is what counts: the name may have been given to another one meanwhile.
    let metadata = file.metadata().map_err(|error| refuse(io_reason(&error)))?;
    if let Some(reason) = kind_reason(&metadata) {
        return Err(refuse(reason.to_owned()));
    }
    let stamp = FileStamp::of(&metadata);
    if stamp.size == 0 {
        return Err(refuse("it is empty (0 bytes)".to_owned()));
    }
    if let Some(limit) = spec
        .capabilities
        .max_size
        .filter(|limit| stamp.size > *limit)
    {
        return Err(refuse(format!(
            "it has {} bytes; {} takes at most {} ({} MiB)",
            stamp.size,
            spec.label,
            limit,
            limit / (1024 * 1024)
        )));
    }
    let name = path
        .file_name()
        .ok_or_else(|| refuse("it has no name".to_owned()))?
        .to_str()
        .ok_or_else(|| refuse("its name is not valid Unicode; rename it".to_owned()))?;
    let name = FileName::parse(name).map_err(|error| refuse(error.to_string()))?;
    // Room for one more, or the end of a short file would be asked for once more.
    let mut head = Vec::with_capacity(HEAD + 1);
    file.take(HEAD as u64)
        .read_to_end(&mut head)
        .map_err(|error| refuse(io_reason(&error)))?;
    let content_type =
        content_type(&head, path, spec.capabilities.accepted_types).map_err(refuse)?;
    Ok(LocalFile {
        path: path.to_owned(),
        name,
        stamp,
        content_type: content_type.into(),
    })
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // A pipe put in the file's place since the look must not hold us.
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

fn kind_reason(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("it is a folder; choose the files in it");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        if kind.is_fifo() {
            return Some("it is a pipe, not a file");
        }
        if kind.is_socket() {
            return Some("it is a socket, not a file");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("it is a device, not a file");
        }
    }
    Some("it is not a regular file")
}

/// The usual reasons in plain words.
pub(crate) fn io_reason(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => "there is no such file".to_owned(),
        ErrorKind::PermissionDenied => "it cannot be read: permission denied".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is not a folder".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        _ => format!("it cannot be used: {error}"),
    }
}

/// The media type by the first bytes; by the name where bytes say nothing, or nothing precise.
fn content_type(head: &[u8], path: &Path, accepted: &[&str]) -> Result<&'static str, String> {
    let by_name = mime_guess::from_path(path).first_raw();
    let by_bytes = infer::get(head).map(|kind| kind.mime_type());
    let found = match (by_bytes, by_name) {
        // Families whose first bytes are shared: the name tells which member it is.
        (Some(bytes), Some(name)) if is_family(bytes) && !is_binary_picture(name) => name,
        (Some(bytes), _) => bytes,
        (None, Some(name)) => {
            if is_binary_picture(name) {
                return Err(format!(
                    "its name says {name}, but its first bytes are not those of one"
                ));
            }
            name
        }
        (None, None) => "application/octet-stream",
    };
    if accepted.is_empty() || accepted.contains(&found) {
        return Ok(found);
    }
    let name_too = by_name.filter(|name| *name != found && accepted.contains(name));
    let but = name_too
        .map(|name| format!(", although its name says {name}"))
        .unwrap_or_default();
    Err(format!(
        "its type is {found}{but}; accepted are {}",
        accepted.join(", ")
    ))
}

fn is_family(mime: &str) -> bool {
    matches!(
        mime,
        "application/zip"
            | "application/x-ole-storage"
            | "application/msword"
            | "application/vnd.ms-excel"
            | "application/vnd.ms-powerpoint"
    ) || mime.starts_with("text/")
}

/// Types whose files can always be told by their first bytes.
fn is_binary_picture(mime: &str) -> bool {
    matches!(
        mime,
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "application/pdf"
    )
}
