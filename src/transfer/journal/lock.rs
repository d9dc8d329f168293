//! Which process works on the queue: a lock of the kernel, and a bell that others ring.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::Path;

use rustix::fs::{FlockOperation, OFlags, flock};
use rustix::io::Errno;

use super::JournalError;

const LOCK: &str = "transfers.lock";
const BELL: &str = "transfers.bell";

/// Held by the one process that works; the kernel takes it back when that process ends, however.
#[derive(Debug)]
pub(super) struct Lock(#[allow(dead_code, reason = "held, never read")] File);

impl Lock {
    /// `None` when another process has it.
    pub(super) fn take(folder: &Path) -> Result<Option<Self>, JournalError> {
        let file = open(folder)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(None),
            Err(_) => return Err(JournalError::NoLocks),
        }
        // Some network file systems grant every lock to everybody: a second one must be refused.
        let second = open(folder)?;
        match flock(&second, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => Ok(Some(Self(file))),
            _ => Err(JournalError::NoLocks),
        }
    }

    /// Whether a process has it; makes no file.
    pub(super) fn is_taken(folder: &Path) -> bool {
        let file = File::open(folder.join(LOCK));
        file.is_ok_and(|file| {
            flock(&file, FlockOperation::NonBlockingLockShared) == Err(Errno::WOULDBLOCK)
        })
    }
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
