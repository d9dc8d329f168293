//! A file while it is not complete: created exclusively, locked, and removed unless published.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, flock, openat, statat, unlinkat};
use rustix::io::Errno;

use super::folder::Under;
use super::{Target, local, refuse};
use crate::api::{ApiError, FileStamp};
use crate::domain::SafeText;

/// So much of the real name stands in the temporary one, in bytes.
const STEM: usize = 200;

/// What stands in each temporary name.
pub(in crate::transfer) const MARK: &str = ".assetdeck-";

/// Names that are tried before it is given up.
const TRIES: u32 = 10_000;

/// Removed when it is dropped before it was published. Locked while somebody writes it: one that
/// is not locked was left by a program that ended, and makes room for a new one.
pub(in crate::transfer) struct Part<'a> {
    target: Target<'a>,
    temporary: String,
    file: File,
    published: bool,
}

impl<'a> Part<'a> {
    pub(super) fn create(target: Target<'a>) -> Result<Self, ApiError> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = &target.folder.handle;
        for number in 0..TRIES {
            let temporary = temporary_name(target.name, number);
            // Twice: a left one is removed, then its name is free.
            for _ in 0..2 {
                match openat(handle, &temporary, flags, Mode::from_raw_mode(0o666)) {
                    Ok(file) => {
                        let file = File::from(file);
                        // Who looks for left ones may have been quicker; then it is gone.
                        if is_ours(handle, &temporary, &file) != Some(false) {
                            return Ok(Self {
                                target,
                                temporary,
                                file,
                                published: false,
                            });
                        }
                    }
                    Err(Errno::EXIST) => {
                        if !remove_left(handle, &temporary) {
                            break;
                        }
                    }
                    Err(error) => return Err(local(&error.into())),
                }
            }
        }
        Err(refuse("no temporary name is free".to_owned()))
    }

    pub(in crate::transfer) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives the file its real name. That must be free, or belong to the file that was given up. Answers
    /// where it stands; `None` where its folder was moved, and the system does not tell where to.
    pub(in crate::transfer) fn publish(
        mut self,
        replaces: Option<&FileStamp>,
    ) -> Result<Option<PathBuf>, ApiError> {
        match replaces {
            Some(given_up) if self.target.folder.under(self.target.name)? != Under::Nothing => {
                self.exchange(given_up)?;
            }
            _ => self.appear()?,
        }
        self.published = true;
        // The name itself must survive a power cut; a folder that cannot be synced keeps the file.
        let _ = rustix::fs::fsync(&self.target.folder.handle);
        let folder = self.target.folder.stands_at();
        Ok(folder.map(|folder| folder.join(self.target.name)))
    }

    fn appear(&self) -> Result<(), ApiError> {
        let (handle, name) = (&self.target.folder.handle, self.target.name);
        rename_new(handle, &self.temporary, name).map_err(|error| match error {
            Errno::EXIST => self.meanwhile("has appeared meanwhile"),
            error => local(&error.into()),
        })
    }

    /// Puts the file in the place of the one that was given up, and of no other.
    fn exchange(&self, given_up: &FileStamp) -> Result<(), ApiError> {
        let (folder, name) = (&self.target.folder, self.target.name);
        let is_it =
            |name: &str| Ok(matches!(folder.under(name)?, Under::File(it) if it == *given_up));
        if !is_it(name)? {
            return Err(self.meanwhile("is not the file any more that was to be replaced"));
        }
        self.take_rights(name);
        #[cfg(any(target_os = "linux", target_os = "macos"))]
        {
            use rustix::fs::{RenameFlags, renameat_with};
            let swap = || {
                let handle = &folder.handle;
                renameat_with(handle, &self.temporary, handle, name, RenameFlags::EXCHANGE)
            };
            match swap() {
                Ok(()) => {
                    // Now nobody reaches it under its name: what was taken out is what counts.
                    if is_it(&self.temporary)? {
                        let _ = unlinkat(&folder.handle, &self.temporary, AtFlags::empty());
                        return Ok(());
                    }
                    swap().map_err(|error| local(&error.into()))?;
                    return Err(self.meanwhile("is not the file any more that was to be replaced"));
                }
                // File systems without that flag: the look above has to do.
                Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
                Err(error) => return Err(local(&error.into())),
            }
        }
        rustix::fs::renameat(&folder.handle, &self.temporary, &folder.handle, name)
            .map_err(|error| local(&error.into()))
    }

    /// Who may read and write the file that is given up may do so with the one in its place. Where that
    /// cannot be told or set, it has the rights of a new one.
    fn take_rights(&self, name: &str) {
        if let Ok(stat) = statat(&self.target.folder.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            let rights = Mode::from_raw_mode(stat.st_mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO);
            let _ = rustix::fs::fchmod(&self.file, rights);
        }
    }

    fn meanwhile(&self, what: &str) -> ApiError {
        refuse(format!(
            "“{}” {what}; it was not replaced",
            SafeText::name(self.target.name)
        ))
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        // Only ours is removed; when even that fails, the name says what it is.
        let handle = &self.target.folder.handle;
        if !self.published && is_named(handle, &self.temporary, &self.file) {
            let _ = unlinkat(handle, &self.temporary, AtFlags::empty());
        }
    }
}

/// The name while it is not complete, which says whose it is and what it will be.
fn temporary_name(name: &str, number: u32) -> String {
    let mut end = name.len().min(STEM);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!(".{}{MARK}{number}.part", &name[..end])
}

/// Takes the lock and looks whether the file still has its name. `None` where there are no locks.
fn is_ours(folder: &OwnedFd, name: &str, file: &File) -> Option<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Some(is_named(folder, name, file)),
        Err(Errno::WOULDBLOCK) => Some(false),
        Err(_) => None,
    }
}

/// The name belongs to this very file.
fn is_named(folder: &OwnedFd, name: &str, file: &File) -> bool {
    #[allow(
        clippy::unnecessary_cast,
        clippy::cast_sign_loss,
        reason = "their widths differ between systems"
    )]
    let same = |stat: rustix::fs::Stat, own: std::fs::Metadata| {
        (stat.st_dev as u64, stat.st_ino as u64) == (own.dev(), own.ino())
    };
    match (
        statat(folder, name, AtFlags::SYMLINK_NOFOLLOW),
        file.metadata(),
    ) {
        (Ok(stat), Ok(own)) => same(stat, own),
        _ => false,
    }
}

/// Removes what an ended program left under this name: a plain file of this user with no other
/// name, which nobody has locked. Anything else stays. Says whether the name may be free now.
fn remove_left(folder: &OwnedFd, name: &str) -> bool {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = match openat(folder, name, flags, Mode::empty()) {
        Ok(file) => File::from(file),
        Err(error) => return error == Errno::NOENT,
    };
    let own = file.metadata().is_ok_and(|it| {
        it.is_file() && it.nlink() == 1 && it.uid() == rustix::process::geteuid().as_raw()
    });
    own && is_ours(folder, name, &file) == Some(true)
        && unlinkat(folder, name, AtFlags::empty()).is_ok()
}

/// Whether a name in a folder is that of a part of this one.
pub(in crate::transfer) fn is_part(left: &str, name: &str) -> bool {
    let number = left
        .strip_suffix(".part")
        .and_then(|it| it.rsplit_once('-'));
    let number = number.and_then(|(_, number)| number.parse().ok());
    number.is_some_and(|number| temporary_name(name, number) == left)
}

/// Removes what ended programs left of a file on its way to this name.
pub(super) fn sweep(folder: &OwnedFd, name: &str) {
    for number in 0..TRIES {
        let temporary = temporary_name(name, number);
        match statat(folder, &temporary, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => {
                remove_left(folder, &temporary);
            }
            // They are numbered from 0 without gaps, but for one that was removed meanwhile.
            Err(_) if number > 0 => return,
            Err(_) => {}
        }
    }
}

/// Renames within a folder, only when the new name is free.
fn rename_new(folder: &OwnedFd, from: &str, to: &str) -> rustix::io::Result<()> {
    use rustix::fs::linkat;
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    {
        use rustix::fs::{RenameFlags, renameat_with};
        match renameat_with(folder, from, folder, to, RenameFlags::NOREPLACE) {
            // File systems without that flag: a link refuses to replace too.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {}
            done => return done,
        }
    }
    linkat(folder, from, folder, to, AtFlags::empty())?;
    unlinkat(folder, from, AtFlags::empty())
}
