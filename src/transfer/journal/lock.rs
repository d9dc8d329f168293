//! Which process works on the queue: a lock of the kernel, and a bell that others ring.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::JournalError;

const LOCK: &str = "transfers.lock";
const BELL: &str = "transfers.bell";

/// Held by the one process that works; the kernel takes it back when that process ends, however.
///
/// The folder is locked beside the file: that lock stays where the file is removed, so that no second
/// process works while the first still does. Some network file systems lock no folders.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
    folder: Option<File>,
}

impl Lock {
    /// `None` when another process has it.
    pub(super) fn take(folder: &Path) -> Result<Option<Self>, JournalError> {
        let mut file = open(folder)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(_) => return Err(JournalError::NoLocks),
        }
        // Some network file systems grant every lock to everybody: a second one must be refused.
        let second = open(folder)?;
        match flock(&second, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => {}
            _ => return Err(JournalError::NoLocks),
        }
        let mut whole = File::open(folder).ok();
        if let Some(handle) = &whole {
            match flock(handle, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => {}
                Err(Errno::WOULDBLOCK) => return Ok(None),
                Err(_) => whole = None,
            }
        }
        // Only for who waits beside it: without the number nobody is told that it is stopped.
        let _ = file.set_len(0);
        let _ = writeln!(file, "{}", std::process::id());
        Ok(Some(Self {
            file,
            folder: whole,
        }))
    }

    /// Whether a process has it; makes no file.
    pub(super) fn is_taken(folder: &Path) -> bool {
        [folder.join(LOCK), folder.to_owned()].iter().any(|path| {
            let file = File::open(path);
            file.is_ok_and(|file| {
                flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
            })
        })
    }
}

impl Drop for Lock {
    /// By word, and not only by closing: a program that is just being started still has a copy of the files.
    fn drop(&mut self) {
        for file in [Some(&self.file), self.folder.as_ref()]
            .into_iter()
            .flatten()
        {
            let _ = flock(file, FlockOperation::Unlock);
        }
    }
}

/// The process that works, where it is known to be stopped (as by Ctrl-Z): it keeps its lock and
/// does nothing. Only where the system tells of processes under `/proc`.
pub(super) fn stopped(folder: &Path) -> Option<u32> {
    let number = std::fs::read_to_string(folder.join(LOCK)).ok()?;
    let number: u32 = number.trim().parse().ok()?;
    let stat = |of: &str| std::fs::read_to_string(format!("/proc/{of}/stat")).ok();
    let theirs = stat(&number.to_string())?;
    let (name, state) = parts(&theirs)?;
    // Most often it is not, and is asked ten times a second.
    if !matches!(state, 'T' | 't') {
        return None;
    }
    // One of the same name: the number may be of another machine, or have been given away.
    (parts(&stat("self")?)?.0 == name).then_some(number)
}

/// The name of a process and the letter of its state. The name may hold brackets and spaces.
fn parts(stat: &str) -> Option<(&str, char)> {
    let (name, rest) = stat.rsplit_once(')')?;
    let (_, name) = name.split_once('(')?;
    Some((name, rest.trim_start().chars().next()?))
}

fn open(folder: &Path) -> Result<File, JournalError> {
    private(folder, LOCK).map_err(|error| JournalError::io("the lock file", &error))
}

/// Opens or makes a file that only its user may read, never through a link.
pub(super) fn private(folder: &Path, name: &str) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
        .mode(0o600)
        .custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    let file = options.open(folder.join(name))?;
    rustix::fs::fchmod(&file, rustix::fs::Mode::from_raw_mode(0o600))?;
    Ok(file)
}

/// The worker's end of the bell. Only who holds the lock may make it.
pub(super) fn hang_bell(folder: &Path) -> io::Result<UnixDatagram> {
    let path = folder.join(BELL);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let bell = UnixDatagram::bind(path)?;
    bell.set_nonblocking(true)?;
    Ok(bell)
}

/// Whether somebody listens to the bell, which is not rung by it. `None` where there is none: then
/// nothing is known.
pub(super) fn is_heard(folder: &Path) -> Option<bool> {
    let socket = UnixDatagram::unbound().ok()?;
    match socket.connect(folder.join(BELL)) {
        Ok(()) => Some(true),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Some(false),
        Err(_) => None,
    }
}

/// Tells the worker that there is news. Where nobody listens there is nobody to tell.
pub(super) fn ring(folder: &Path) {
    if let Ok(socket) = UnixDatagram::unbound() {
        let _ = socket.set_nonblocking(true);
        let _ = socket.send_to(&[1], folder.join(BELL));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_in_a_program_that_is_being_started_does_not_hold_it() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path()).unwrap().unwrap();
        let _copies =
            [Some(&lock.file), lock.folder.as_ref()].map(|file| file.map(File::try_clone));
        assert!(Lock::take(folder.path()).unwrap().is_none());
        drop(lock);
        assert!(Lock::take(folder.path()).unwrap().is_some());
    }
}
