//! The file of a saved plan: made for its owner only, and read with care.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::inspect::{LocalFile, inspect, io_reason};
use crate::api::ProviderSpec;

/// A larger file is something else; a row takes a few hundred bytes.
const MAX_BYTES: u64 = 256 << 20;

/// Writes a new file that only its owner can read. A file that is there stays, and is an error of
/// kind [`io::ErrorKind::AlreadyExists`].
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private().open(path)?;
    written(&mut file, text).inspect_err(|_| {
        // Half a plan is none.
        let _ = std::fs::remove_file(path);
    })
}

/// Puts a file in the place of the one that is there, whole or not at all.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut file = private().open(&part)?;
    let done = written(&mut file, text).and_then(|()| std::fs::rename(&part, path));
    done.inspect_err(|_| {
        let _ = std::fs::remove_file(&part);
    })
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options
}

fn written(file: &mut File, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

/// Reads a plan: one sentence where it cannot be. Whoever writes a plan chooses which files leave
/// this machine, so one that others can write to is refused.
pub fn read(path: &Path) -> Result<String, String> {
    let mut options = OpenOptions::new();
    options.read(true);
    // A pipe without a writer would wait for ever.
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    let file = options.open(path).map_err(|error| io_reason(&error))?;
    let metadata = file.metadata().map_err(|error| io_reason(&error))?;
    if !metadata.is_file() {
        return Err(String::from("it is not a regular file"));
    }
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(String::from(
            "another user owns it, and it says which files are sent; copy it to look at it first",
        ));
    }
    if metadata.mode() & 0o022 != 0 {
        return Err(String::from(
            "other users can write to it, and it says which files are sent; look at it, then run \
             `chmod go-w` on it",
        ));
    }
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io_reason(&error))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(String::from("it is larger than a plan can be"));
    }
    String::from_utf8(bytes).map_err(|_| String::from("it is not UTF-8 text"))
}

/// The path of a file through no link: what a plan keeps, so that a link that is put into its way
/// later is seen. A path that leads nowhere stays as it is.
pub fn resolve(path: &Path) -> PathBuf {
    std::fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned())
}

/// A look at a file of a saved plan: links in its way are not followed.
pub fn look(path: &Path, spec: &ProviderSpec) -> Result<LocalFile, String> {
    if !path.is_absolute() {
        return Err(String::from(
            "the plan names it without its folders; make the plan anew",
        ));
    }
    let real = std::fs::canonicalize(path).map_err(|error| io_reason(&error))?;
    if real != path {
        return Err(String::from(
            "since the plan was saved a link was put into its path; make the plan anew",
        ));
    }
    inspect(path, spec).map_err(|refusal| refusal.reason)
}
