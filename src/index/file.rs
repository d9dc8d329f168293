//! The file of an index while it is open: who reads it, who writes it, and how it is made anew when it
//! turns out to be damaged.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rusqlite::Connection;

use super::store::{self, FileId, LISTS, StoreError, file_at};
use super::thread::{self, Request};

/// What the one who reads and the one who writes tell one another of damage.
#[derive(Debug, Clone)]
pub(super) struct Damage {
    path: PathBuf,
    /// Which file both have open.
    file: Option<FileId>,
    /// It was set aside.
    gone: Arc<AtomicBool>,
    /// What is said of it, in one sentence.
    said: Arc<OnceLock<String>>,
}

impl Damage {
    /// Sets the file aside, once. Where another process did that, its own stands there by then.
    pub fn found(&self) {
        if self.gone.swap(true, Ordering::SeqCst) {
            return;
        }
        let aside = if file_at(&self.path) == self.file {
            store::set_aside(&self.path)
        } else {
            store::aside(&self.path)
        };
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
    damage: Damage,
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
    let damage = Damage {
        file: file_at(&path),
        path,
        gone: Arc::default(),
        said,
    };
    let (sender, inbox) = channel();
    let own = damage.clone();
    std::thread::Builder::new()
        .name("index".to_owned())
        .spawn(move || thread::run(writing, &own, &inbox))?;
    let reader = Reader { connection, damage };
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

    /// What is to be said of damage that was found.
    pub fn damage(&self) -> Option<&str> {
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
            before.damage.found();
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
