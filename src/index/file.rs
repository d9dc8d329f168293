//! The file of an index while it is open: who reads it, who writes it, and how it is made anew when it
//! turns out to be damaged.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::{Connection, ErrorCode};

use super::store::{self, FileId, LISTS, StoreError, file_at};
use super::thread::{self, Request};

/// What the one who reads and the one who writes tell one another of what is wrong with the file.
#[derive(Debug, Clone)]
pub(super) struct Trouble {
    path: PathBuf,
    /// Which file both have open.
    file: Option<FileId>,
    /// It was damaged, and set aside.
    gone: Arc<AtomicBool>,
    /// What is said of it, in one sentence: of what was wrong first.
    said: Arc<OnceLock<String>>,
}

impl Trouble {
    /// What was to be written is not: said where it is not only that somebody else writes.
    pub fn unwritten(&self, error: &rusqlite::Error) {
        let why = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) | None => return,
            Some(ErrorCode::DiskFull) => {
                "there is no room on the disk of the cache folder".to_owned()
            }
            Some(_) => error.to_string(),
        };
        let _ = self.said.set(unkept(&why));
    }

    /// The file is damaged: sets it aside, once.
    pub fn damage(&self) {
        if self.gone.swap(true, Ordering::SeqCst) {
            return;
        }
        let aside = store::damage(&self.path, self.file);
        let _ = self.said.set(told(&aside));
    }
}

pub(super) struct File {
    folder: PathBuf,
    said: Arc<OnceLock<String>>,
    /// It was made anew while it was open. A second time is one too many: something else is wrong.
    anew: AtomicBool,
    /// `None` when nothing is read any more.
    reader: Mutex<Option<Reader>>,
    writer: Mutex<Sender<Request>>,
}

struct Reader {
    connection: Connection,
    trouble: Trouble,
}

/// Says that nothing is kept.
pub(super) fn unkept(why: &str) -> String {
    format!("lists are not kept for the next start: {why}")
}

fn told(aside: &Path) -> String {
    let name = aside.file_name().unwrap_or_default().to_string_lossy();
    format!("the index of what was listed was damaged; it was set aside as {name} and is made anew")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the file for both, and says what was set aside for that.
fn begin(
    folder: &Path,
    said: Arc<OnceLock<String>>,
) -> Result<(Reader, Sender<Request>), StoreError> {
    let (writing, aside) = LISTS.open(folder)?;
    if let Some(aside) = aside {
        let _ = said.set(told(&aside));
    }
    let path = LISTS.path(folder);
    let connection = store::connect(&path)?;
    let trouble = Trouble {
        file: file_at(&path),
        path,
        gone: Arc::default(),
        said,
    };
    let (sender, inbox) = channel();
    let own = trouble.clone();
    std::thread::Builder::new()
        .name("index".to_owned())
        .spawn(move || thread::run(writing, &own, &inbox))?;
    let reader = Reader {
        connection,
        trouble,
    };
    Ok((reader, sender))
}

impl File {
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let said = Arc::default();
        let (reader, sender) = begin(folder, Arc::clone(&said))?;
        Ok(Self {
            folder: folder.to_owned(),
            said,
            anew: AtomicBool::new(false),
            reader: Mutex::new(Some(reader)),
            writer: Mutex::new(sender),
        })
    }

    /// What is to be said of it.
    pub fn trouble(&self) -> Option<&str> {
        self.said.get().map(String::as_str)
    }

    pub fn send(&self, request: Request) {
        let sent = lock(&self.writer).send(request);
        // The thread ends when the file turned out to be damaged.
        if let Err(unsent) = sent {
            self.mend(&mut lock(&self.reader));
            let _ = lock(&self.writer).send(unsent.0);
        }
    }

    /// Reads; a file that turns out to be damaged is set aside and made anew.
    pub fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        let mut reader = lock(&self.reader);
        match read(&reader.as_ref()?.connection) {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::warn!(%error, "the index cannot be read");
                if store::is_damage(&error) {
                    self.mend(&mut reader);
                }
                None
            }
        }
    }

    fn mend(&self, reader: &mut Option<Reader>) {
        if let Some(before) = reader.take() {
            before.trouble.damage();
        }
        if self.anew.swap(true, Ordering::SeqCst) {
            return;
        }
        match begin(&self.folder, Arc::clone(&self.said)) {
            Ok((new, sender)) => {
                *reader = Some(new);
                *lock(&self.writer) = sender;
            }
            Err(error) => tracing::warn!(%error, "no index any more"),
        }
    }
}
