//! A chosen file read piece by piece, where it has to be waited for on the threads for blocking work:
//! while one piece goes out, the next is read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::api::{ApiError, ApiErrorKind, FileStamp};

/// Bytes read at a time. A transfer costs about four of them in memory: one being read, and what
/// the connection holds.
pub(super) const CHUNK: usize = 256 * 1024;

type Read = (Reader, Result<Bytes, ApiError>);

/// The pieces of one file, in their order.
pub(super) enum Pieces {
    /// This one is here.
    Read(Box<Read>),
    Reading(JoinHandle<Read>),
    /// Given out whole, or broken.
    Over,
}

impl Pieces {
    /// Opens the file that was chosen, or says why it is not that one any more, and reads its
    /// first piece: so a small file costs one trip to another thread.
    pub(super) async fn open(
        operation: &'static str,
        path: &Path,
        stamp: &FileStamp,
    ) -> Result<Self, ApiError> {
        if let Some(read) = Reader::at_hand(operation, path, stamp) {
            return Ok(Self::Read(Box::new(read)));
        }
        let (path, stamp) = (path.to_owned(), stamp.clone());
        let opened = spawn_blocking(move || {
            let reader = Reader::open(operation, &path, stamp)?;
            Ok(if reader.left == 0 {
                Self::Over
            } else {
                Self::Read(Box::new(reader.read()))
            })
        });
        opened.await.map_err(|_| stopped(operation))?
    }

    /// The next piece; the one behind it is being read from then on. Nothing follows an error.
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, ApiError>>> {
        let (mut reader, piece) = match std::mem::replace(self, Self::Over) {
            Self::Over => return Poll::Ready(None),
            Self::Read(read) => *read,
            Self::Reading(mut reading) => match Pin::new(&mut reading).poll(context) {
                Poll::Ready(Ok(read)) => read,
                Poll::Ready(Err(_)) => return Poll::Ready(Some(Err(stopped("send the file")))),
                Poll::Pending => {
                    *self = Self::Reading(reading);
                    return Poll::Pending;
                }
            },
        };
        if piece.is_ok() && reader.left > 0 {
            *self = match reader.cached() {
                Some(piece) => Self::Read(Box::new((reader, Ok(piece)))),
                None => Self::Reading(spawn_blocking(move || reader.read())),
            };
        }
        Poll::Ready(Some(piece))
    }
}

fn stopped(operation: &'static str) -> ApiError {
    ApiError::new(
        operation,
        ApiErrorKind::File,
        "reading the file was stopped",
    )
}

/// The open file, and how much of it is still to be read.
pub(super) struct Reader {
    operation: &'static str,
    file: File,
    stamp: FileStamp,
    touched: Touched,
    left: u64,
    spare: Spare,
}

/// For what a read may wait.
#[derive(Clone, Copy)]
enum Wait {
    /// Until the bytes are there.
    Disk,
    /// Only what is in memory is read.
    #[cfg(target_os = "linux")]
    Never,
}

/// What of a file nobody can set back, unlike the time of its last writing.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Touched {
    /// When anything of it was last changed: seconds and nanoseconds.
    at: (i64, i64),
    names: u64,
}

impl Touched {
    fn of(metadata: &std::fs::Metadata) -> Self {
        use std::os::unix::fs::MetadataExt as _;
        Self {
            at: (metadata.ctime(), metadata.ctime_nsec()),
            names: metadata.nlink(),
        }
    }
}

impl Reader {
    /// Links are followed: the user chose what they lead to. A pipe does not block, even if it took
    /// the file's place just now.
    fn open(operation: &'static str, path: &Path, stamp: FileStamp) -> Result<Self, ApiError> {
        let fail = |message: String| ApiError::new(operation, ApiErrorKind::File, message);
        let unreadable = |error: std::io::Error| fail(unreadable(&error));
        let found = std::fs::metadata(path).map_err(unreadable)?;
        check_kind(&found).map_err(|what| fail(what.to_owned()))?;
        let mut options = File::options();
        options.read(true);
        #[cfg(unix)]
        if let Ok(flag) = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()) {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.custom_flags(flag);
        }
        let file = options.open(path).map_err(unreadable)?;
        Self::of(operation, file, stamp).map_err(fail)
    }

    fn of(operation: &'static str, file: File, stamp: FileStamp) -> Result<Self, String> {
        let opened = file.metadata().map_err(|error| unreadable(&error))?;
        check_kind(&opened)?;
        if FileStamp::of(&opened) != stamp {
            return Err("the file changed after it was chosen".into());
        }
        let left = stamp.size;
        Ok(Self {
            operation,
            file,
            stamp,
            touched: Touched::of(&opened),
            left,
            spare: Spare::default(),
        })
    }

    /// A small file that the system has in memory, whole and as it was chosen, which is read without
    /// a trip to another thread. `None` for whatever would have to be waited for, or is odd: the
    /// reader that waits tells of it.
    #[cfg(target_os = "linux")]
    fn at_hand(operation: &'static str, path: &Path, stamp: &FileStamp) -> Option<Read> {
        use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};
        if stamp.size == 0 || stamp.size >= CHUNK as u64 {
            return None;
        }
        let open = |flags: OFlags| {
            let flags = flags | OFlags::CLOEXEC;
            let opened = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED);
            opened.ok().map(File::from)
        };
        // Not even opened is what is no file: that alone may do something to a device.
        check_kind(&open(OFlags::PATH)?.metadata().ok()?).ok()?;
        let file = open(OFlags::RDONLY | OFlags::NONBLOCK)?;
        let mut reader = Self::of(operation, file, stamp.clone()).ok()?;
        let piece = reader.piece(Wait::Never).ok()?;
        (reader.left == 0).then_some((reader, Ok(piece)))
    }

    #[cfg(not(target_os = "linux"))]
    fn at_hand(_: &'static str, _: &Path, _: &FileStamp) -> Option<Read> {
        None
    }

    fn read(mut self) -> Read {
        let operation = self.operation;
        let piece = self
            .piece(Wait::Disk)
            .map_err(|message| ApiError::new(operation, ApiErrorKind::File, message));
        (self, piece)
    }

    /// A piece that the system has in memory, which is read without a trip to another thread and
    /// another processor's cache. `None` for the last one, which is judged, and for whatever would
    /// have to be waited for.
    #[cfg(target_os = "linux")]
    fn cached(&mut self) -> Option<Bytes> {
        if self.left <= CHUNK as u64 {
            return None;
        }
        let mut buffer = self.spare.take(CHUNK);
        let read = self.fill(&mut buffer.bytes, Wait::Never);
        // An end that came too early is for the reader that waits to tell of.
        buffer.filled = read.ok().filter(|read| *read > 0)?;
        self.left -= buffer.filled as u64;
        Some(Bytes::from_owner(buffer))
    }

    #[cfg(not(target_os = "linux"))]
    fn cached(&mut self) -> Option<Bytes> {
        None
    }

    fn fill(&mut self, buffer: &mut [u8], wait: Wait) -> std::io::Result<usize> {
        match wait {
            Wait::Disk => loop {
                match self.file.read(buffer) {
                    Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                    read => return read,
                }
            },
            #[cfg(target_os = "linux")]
            Wait::Never => {
                use rustix::io::{ReadWriteFlags, preadv2};
                /// The file's own position.
                const HERE: u64 = u64::MAX;
                let into = &mut [std::io::IoSliceMut::new(buffer)];
                Ok(preadv2(&self.file, into, HERE, ReadWriteFlags::NOWAIT)?)
            }
        }
    }

    fn piece(&mut self, wait: Wait) -> Result<Bytes, String> {
        const GREW: &str = "the file grew while it was sent";
        // One more than there should be shows a file that grew.
        let room = usize::try_from(self.left.saturating_add(1)).map_or(CHUNK, |all| all.min(CHUNK));
        let mut buffer = self.spare.take(room);
        let read = self.fill(&mut buffer.bytes, wait);
        let read = read.map_err(|error| unreadable(&error))?;
        buffer.filled = read;
        let read = read as u64;
        if read == 0 {
            return Err("the file shrank while it was sent".into());
        }
        if read > self.left {
            return Err(GREW.into());
        }
        self.left -= read;
        if self.left == 0 {
            let mut more = [0; 1];
            let more = self.fill(&mut more, wait);
            if more.map_err(|error| unreadable(&error))? > 0 {
                return Err(GREW.into());
            }
            let now = self.file.metadata().map_err(|error| unreadable(&error))?;
            let touched = Touched::of(&now);
            // Losing its name touches a file too, and leaves its bytes alone. Any other change of its
            // names may stand for one of its bytes, whose time somebody set back.
            let untouched = touched == self.touched || touched.names == 0;
            if FileStamp::of(&now) != self.stamp || !untouched {
                return Err("the file changed while it was sent".into());
            }
        }
        Ok(Bytes::from_owner(buffer))
    }
}

fn unreadable(error: &std::io::Error) -> String {
    format!("the file cannot be read: {error}")
}

fn check_kind(metadata: &std::fs::Metadata) -> Result<(), &'static str> {
    if metadata.is_dir() {
        Err("it is a folder, not a file")
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err("it is a device, a pipe or a socket, not a file")
    }
}

/// Buffers that the connection has done with: fresh ones would cost a page fault every 4 KiB.
#[derive(Clone, Default)]
struct Spare(Arc<Mutex<Vec<Vec<u8>>>>);

impl Spare {
    fn buffers(&self) -> std::sync::MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, room: usize) -> Buffer {
        let spare = self.buffers().pop();
        Buffer {
            bytes: spare.unwrap_or_else(|| vec![0; room]),
            filled: 0,
            home: self.clone(),
        }
    }
}

/// A buffer that goes back to the others when the connection lets go of it.
struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
    home: Spare,
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.home.buffers().push(std::mem::take(&mut self.bytes));
    }
}
