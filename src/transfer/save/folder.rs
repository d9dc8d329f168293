//! Folders held open by handle, one below the other, so that a link swapped in leads nowhere.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, openat, statat, unlinkat};
use rustix::io::Errno;

use super::{local, path_shown, refuse};
use crate::api::{ApiError, FileStamp};

/// What has a name in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Under {
    Nothing,
    /// A file, and what identifies it.
    File(FileStamp),
    /// A link, a folder, a pipe; or a file that may not be read.
    Other,
}

/// An open folder.
#[derive(Debug)]
pub(in crate::transfer) struct Folder {
    pub(super) handle: OwnedFd,
    /// How it was reached, for messages only.
    pub(super) path: PathBuf,
}

const FLAGS: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// The folder without any link in its path, as far as it is there. Where it cannot be told, as it was
/// given.
pub(in crate::transfer) fn resolved(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for there in path.ancestors() {
        if let Ok(real) = there.canonicalize() {
            let missing = path.strip_prefix(there).unwrap_or(Path::new(""));
            // Joined with nothing it would end with a slash.
            let whole = missing.as_os_str().is_empty();
            return if whole { real } else { real.join(missing) };
        }
    }
    path
}

/// Refuses a path that leads through a link.
fn no_link(path: &Path) -> Result<(), ApiError> {
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|it| it.is_symlink());
    match path.ancestors().find(|path| is_link(path)) {
        None => Ok(()),
        Some(link) => Err(refuse(format!(
            "{} is a link now where a folder was chosen; nothing is saved through it",
            path_shown(link)
        ))),
    }
}

impl Folder {
    /// The folder that the user chose, made if need be; links on the way to it are the user's.
    pub(in crate::transfer) fn make(path: &Path) -> Result<Self, ApiError> {
        std::fs::create_dir_all(path).map_err(|error| local(&error))?;
        Self::open(path)?.ok_or_else(|| refuse("the folder vanished".to_owned()))
    }

    /// The same for one that was resolved when it was chosen: a link on the way to it now has been
    /// put there since, and is not followed.
    pub(super) fn make_resolved(path: &Path) -> Result<Self, ApiError> {
        no_link(path)?;
        let folder = Self::make(path)?;
        folder.is_at(path)?;
        Ok(folder)
    }

    /// The same without making it; `None` when there is none.
    pub(super) fn open_resolved(path: &Path) -> Result<Option<Self>, ApiError> {
        let folder = Self::open(path)?;
        if let Some(folder) = &folder {
            folder.is_at(path)?;
        }
        Ok(folder)
    }

    /// This very folder has the path, and no link leads to it.
    fn is_at(&self, path: &Path) -> Result<(), ApiError> {
        no_link(path)?;
        let held = rustix::fs::fstat(&self.handle).map_err(|error| local(&error.into()))?;
        let there = rustix::fs::lstat(path).map_err(|error| local(&error.into()))?;
        if (held.st_dev, held.st_ino) == (there.st_dev, there.st_ino) {
            Ok(())
        } else {
            let shown = path_shown(path);
            Err(refuse(format!("{shown} was exchanged for another folder")))
        }
    }

    /// The same as [`make`](Self::make) without making it; `None` when there is none.
    pub(in crate::transfer) fn open(path: &Path) -> Result<Option<Self>, ApiError> {
        match rustix::fs::open(path, FLAGS, Mode::empty()) {
            Ok(handle) => Ok(Some(Self {
                handle,
                path: path.to_owned(),
            })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR) => Err(refuse(format!("{} is not a folder", path_shown(path)))),
            Err(error) => Err(local(&error.into())),
        }
    }

    /// A folder in this one; never through a link. `None` when there is none.
    pub(in crate::transfer) fn enter(&self, name: &str) -> Result<Option<Self>, ApiError> {
        let path = self.path.join(name);
        match openat(&self.handle, name, FLAGS | OFlags::NOFOLLOW, Mode::empty()) {
            Ok(handle) => Ok(Some(Self { handle, path })),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => Err(refuse(format!(
                "{} is a link or a file where a folder is needed; nothing is saved through it",
                path_shown(&path)
            ))),
            Err(error) => Err(local(&error.into())),
        }
    }

    /// The same, made if need be.
    pub(super) fn enter_or_make(&self, name: &str) -> Result<Self, ApiError> {
        // It may vanish again between the two; then the second look says so.
        if let Some(folder) = self.enter(name)? {
            return Ok(folder);
        }
        match mkdirat(&self.handle, name, Mode::from_raw_mode(0o777)) {
            // A folder that cannot be synced is there all the same.
            Ok(()) => drop(rustix::fs::fsync(&self.handle)),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(local(&error.into())),
        }
        self.enter(name)?
            .ok_or_else(|| refuse(format!("{} vanished", path_shown(&self.path.join(name)))))
    }

    /// What has this name.
    pub(super) fn under(&self, name: &str) -> Result<Under, ApiError> {
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) if !FileType::from_raw_mode(stat.st_mode).is_file() => {
                return Ok(Under::Other);
            }
            Ok(_) => {}
            Err(Errno::NOENT) => return Ok(Under::Nothing),
            Err(error) => return Err(local(&error.into())),
        }
        // Non-blocking: a pipe put in its place meanwhile must not hold us.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = match openat(&self.handle, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(Under::Nothing),
            Err(Errno::LOOP | Errno::ACCESS | Errno::NXIO) => return Ok(Under::Other),
            Err(error) => return Err(local(&error.into())),
        };
        let metadata = file.metadata().map_err(|error| local(&error))?;
        Ok(if metadata.is_file() {
            Under::File(FileStamp::of(&metadata))
        } else {
            Under::Other
        })
    }

    /// The file of this name, opened for reading; never through a link. `None` when there is none.
    pub(in crate::transfer) fn read(&self, name: &str) -> Result<Option<File>, ApiError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        match openat(&self.handle, name, flags, Mode::empty()) {
            Ok(file) => Ok(Some(File::from(file))),
            Err(Errno::NOENT) => Ok(None),
            Err(Errno::LOOP) => Err(refuse(format!(
                "{} is a link; it is not read",
                path_shown(&self.path.join(name))
            ))),
            Err(error) => Err(local(&error.into())),
        }
    }

    /// Removes the file of this name, if it is still that one. One that is gone is no error.
    pub(in crate::transfer) fn remove(
        &self,
        name: &str,
        stamp: &FileStamp,
    ) -> Result<(), ApiError> {
        match self.under(name)? {
            Under::Nothing => Ok(()),
            Under::File(there) if there == *stamp => {
                unlinkat(&self.handle, name, AtFlags::empty()).map_err(|error| local(&error.into()))
            }
            _ => Err(refuse(format!(
                "{} was changed meanwhile; it was not deleted",
                path_shown(&self.path.join(name))
            ))),
        }
    }

    /// Removes a folder in this one if nothing is in it; says whether it did.
    pub(in crate::transfer) fn remove_empty(&self, name: &str) -> bool {
        unlinkat(&self.handle, name, AtFlags::REMOVEDIR).is_ok()
    }

    /// Where it is now; `None` where it was moved, and the system does not tell where to.
    pub(super) fn stands_at(&self) -> Option<PathBuf> {
        use std::os::fd::AsRawFd as _;
        let held = rustix::fs::fstat(&self.handle).ok()?;
        let is_it = |path: &Path| {
            rustix::fs::stat(path)
                .is_ok_and(|there| (held.st_dev, held.st_ino) == (there.st_dev, there.st_ino))
        };
        if is_it(&self.path) {
            return Some(self.path.clone());
        }
        let moved = std::fs::read_link(format!("/proc/self/fd/{}", self.handle.as_raw_fd()));
        moved.ok().filter(|moved| is_it(moved))
    }

    /// The names in it.
    pub(in crate::transfer) fn names(
        &self,
    ) -> Result<impl Iterator<Item = String> + use<>, ApiError> {
        let entries =
            rustix::fs::Dir::read_from(&self.handle).map_err(|error| local(&error.into()))?;
        Ok(entries
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned()))
    }
}
