//! The journal: jobs and what happened to them, on disk before anyone is told.
//!
//! One thread owns the connection. What reaches it in one moment shares one synced commit; each
//! change's answer comes after that commit, and says so when it failed.

mod begun;
mod damage;
mod event;
mod line;
mod lock;
mod replay;
mod row;
mod schema;
mod sent;
#[cfg(test)]
mod tests;
mod thread;
mod wal;
mod write;

use std::collections::HashSet;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

pub(super) use self::begun::Begun;
use self::line::Line;
use self::lock::Lock;
pub(super) use self::replay::{Kept, Replayed, Seen};
pub(super) use self::sent::{Mark, read as read_sent};
pub(super) use self::thread::Done;
use self::thread::{Request, Write};
use crate::domain::AccountName;
use crate::transfer::job::{Ask, JobEvent, JobId};
use crate::transfer::work::Work;

/// How long a small read or reservation may take: as long as another process may hold the file.
const PATIENCE: Duration = Duration::from_secs(6);

/// Why the journal cannot be used. One sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    #[error(
        "the journal of transfers was written by a newer release (its version is {0}); it is left as it is"
    )]
    Newer(u32),
    #[error(
        "the state folder's file system grants a lock twice, so that two programs could work on one queue; move it with XDG_STATE_HOME"
    )]
    NoLocks,
    #[error("the journal of transfers cannot be used: {0}")]
    Unusable(String),
    /// A lock on its file is held, by another program or by a connection of this one.
    #[error("the journal of transfers cannot be used: {0}")]
    Locked(&'static str),
    #[error("the journal of transfers is damaged: {0}")]
    Damaged(String),
}

impl JournalError {
    pub(self) fn io(what: &str, error: &std::io::Error) -> Self {
        Self::Unusable(format!("{what}: {error}"))
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let code = error.sqlite_error().map(|error| error.extended_code);
        let reason = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => "the disk is full".to_owned(),
            Some(ErrorCode::ReadOnly) => "it cannot be written".to_owned(),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                return Self::Damaged(error.to_string());
            }
            // The file ends before it should.
            _ if code == Some(rusqlite::ffi::SQLITE_IOERR_SHORT_READ) => {
                return Self::Damaged(error.to_string());
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                return Self::Locked("another program keeps it busy");
            }
            Some(ErrorCode::FileLockingProtocolFailed) => {
                return Self::Locked("its locks stay taken");
            }
            _ => error.to_string(),
        };
        Self::Unusable(reason)
    }
}

/// One thing to be written.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Add {
        id: JobId,
        account: AccountName,
        work: Work,
        place: i64,
    },
    Event(JobId, JobEvent),
    Place(JobId, i64),
    Forget(JobId),
    /// An upload ended well.
    Sent(Mark),
    Ask(JobId, Ask),
    /// All asks up to this one were carried out.
    Answered(i64),
    /// All is paused, and so is what is added from now on; or not any more.
    Closed(bool),
}

/// What others have written since.
#[derive(Debug, Default)]
pub(super) struct News {
    pub jobs: Vec<Kept>,
    pub events: Vec<(JobId, JobEvent)>,
    pub asks: Vec<(i64, JobId, Ask)>,
    /// All is paused.
    pub closed: bool,
    pub seen: Seen,
}

/// A handle to the writing thread, and the worker's lock where this process has it.
pub(super) struct Journal {
    folder: PathBuf,
    requests: Sender<Request>,
    lock: Mutex<Option<Lock>>,
    /// Why something could not be written, once it could not.
    unwritten: Arc<OnceLock<JournalError>>,
}

/// What was found at opening.
pub(super) struct Opened {
    pub journal: Journal,
    pub found: Replayed,
    /// What the user has to be told: safe, one sentence each.
    pub notes: Vec<String>,
}

impl Journal {
    /// Opens or makes the journal in the state folder, as the worker where no other process is.
    pub(super) fn open(folder: &Path) -> Result<Opened, JournalError> {
        use std::os::unix::fs::DirBuilderExt as _;
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| JournalError::io("the state folder", &error))?;
        let mut notes = Vec::new();
        let lock = Lock::take(folder)?;
        let connection = if lock.is_some() {
            own(folder, &mut notes)?
        } else {
            beside(folder)?
        };
        let mut line = Line::new(connection, folder);
        let found = line.with(|connection| Ok(replay::all(connection)?))?;
        let (requests, inbox) = channel();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || thread::run(line, &inbox))
            .map_err(|error| JournalError::io("its thread", &error))?;
        Ok(Opened {
            journal: Self {
                folder: folder.to_owned(),
                requests,
                lock: Mutex::new(lock),
                unwritten: Arc::default(),
            },
            found,
            notes,
        })
    }

    /// Those of these jobs whose last step was written down and is known not to have been begun, by
    /// the process that worked before this one. Blocks shortly.
    pub(super) fn unbegun(&self, ids: Vec<JobId>) -> Result<HashSet<JobId>, JournalError> {
        self.ask(|reply| Request::Unbegun(ids, reply))?
    }

    /// From now on this process notes what it begins; what the one before it noted is gone. Only
    /// for the worker, once what that one left is settled. Blocks shortly.
    pub(super) fn begin_notes(&self) -> Result<Begun, JournalError> {
        self.ask(Request::Notes)
    }

    /// Reads the queue without any part in it: takes no lock, changes no file. A write-ahead file
    /// that does not read whole is left to the worker (opening it would throw away what stands in
    /// it): then what a copy still shows, and a sentence that says so.
    pub(super) fn look(folder: &Path) -> Result<(Replayed, Option<String>), JournalError> {
        if let Some(why) = wal::fault(folder)? {
            let saved = damage::salvage(folder, &folder.join(schema::NAME));
            let mut found = Replayed::default();
            found.jobs.extend(saved.into_iter().map(|it| it.kept));
            found.jobs.sort_by_key(|kept| (kept.job.order, kept.job.id));
            let note = format!(
                "the journal of transfers is damaged ({why}): some may be missing here; the next \
                 start of the program sets it aside and goes on with what can be read"
            );
            return Ok((found, Some(note)));
        }
        let found = match schema::join(folder)? {
            Some(connection) => {
                let mut found = replay::all(&connection)?;
                let risked = found.jobs.iter().map(|kept| &kept.job);
                let risked: Vec<JobId> = risked
                    .filter(|it| it.is_being_recorded())
                    .map(|it| it.id)
                    .collect();
                found.unbegun = begun::unbegun(folder, &connection, &risked)?;
                found
            }
            None => Replayed::default(),
        };
        Ok((found, None))
    }

    /// Whether some process works on the queue now; takes no lock where that can be told without.
    pub(super) fn is_worked(folder: &Path) -> bool {
        lock::is_heard(folder).unwrap_or_else(|| Lock::is_taken(folder))
    }

    /// Whether this process is the one that works.
    pub(super) fn works(&self) -> bool {
        self.held().is_some()
    }

    /// The process that works, where it is known to be stopped.
    pub(super) fn stopped(&self) -> Option<u32> {
        lock::stopped(&self.folder)
    }

    /// Becomes the worker if no other process is any more; true when it was not before.
    pub(super) fn take_over(&self) -> bool {
        let mut held = self.held();
        if held.is_some() {
            return false;
        }
        *held = Lock::take(&self.folder).ok().flatten();
        held.is_some()
    }

    /// The worker's bell; others ring it with each change of theirs.
    pub(super) fn bell(&self) -> std::io::Result<UnixDatagram> {
        lock::hang_bell(&self.folder)
    }

    /// Tells the worker that there is news.
    pub(super) fn ring(&self) {
        lock::ring(&self.folder);
    }

    /// Writes changes; `done` is called on the journal's thread, after the commit.
    pub(super) fn write(
        &self,
        changes: Vec<Change>,
        done: impl FnOnce(Result<(), JournalError>) + Send + 'static,
    ) {
        self.send(changes, true, Done::new(done));
    }

    /// The same. What nobody awaits shares the commit of what comes next, where that comes soon.
    pub(super) fn send(&self, changes: Vec<Change>, awaited: bool, done: Done) {
        let unwritten = Arc::clone(&self.unwritten);
        let done = Done::new(move |result| {
            if let Err(why) = &result {
                // The first tells what the others would.
                let _ = unwritten.set(why.clone());
            }
            done.say(result);
        });
        // Where nobody writes any more, it says so itself.
        let _ = self.requests.send(Request::Write(Write {
            changes,
            done,
            awaited,
        }));
    }

    /// Why something that was to be written was not, if that happened.
    pub(super) fn unwritten(&self) -> Option<&JournalError> {
        self.unwritten.get()
    }

    /// Numbers for new jobs, which no other process will get: the first of `count`.
    pub(super) fn reserve(&self, count: u64) -> Result<u64, JournalError> {
        self.ask(|reply| Request::Reserve(count, reply))?
    }

    /// What was written since, by whomever. Blocks shortly.
    pub(super) fn news(&self, since: Seen) -> Result<News, JournalError> {
        self.ask(|reply| Request::News(since, reply))?
    }

    /// The folder that it lies in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until everything sent so far is written.
    pub(super) fn flush(&self) {
        // A journal that is gone has nothing left to write.
        let _ = self.ask(Request::Flush);
    }

    fn ask<T>(
        &self,
        request: impl FnOnce(std::sync::mpsc::SyncSender<T>) -> Request,
    ) -> Result<T, JournalError> {
        let (reply, answer) = sync_channel(1);
        self.requests.send(request(reply)).map_err(|_| gone())?;
        answer.recv_timeout(PATIENCE).map_err(|_| gone())
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<Lock>> {
        self.lock.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone() -> JournalError {
    JournalError::Unusable("it does not answer".to_owned())
}

/// The worker's connection: made, moved forward, checked, and recovered where need be.
fn own(folder: &Path, notes: &mut Vec<String>) -> Result<rusqlite::Connection, JournalError> {
    // Before SQLite opens it: that passes over all that stands behind a damaged frame, and removes
    // the write-ahead file when it is closed.
    if let Some(why) = wal::fault(folder)? {
        let (connection, note) = damage::recover(folder, &why)?;
        notes.push(note);
        return Ok(connection);
    }
    let why = match schema::open(folder, schema::MIGRATIONS) {
        Ok((connection, copy)) => match damage::check(&connection)? {
            None => {
                notes.extend(copy.map(|copy| {
                    format!("the journal of transfers was moved to this release; a copy is {copy}")
                }));
                return Ok(connection);
            }
            Some(why) => why,
        },
        Err(JournalError::Damaged(why)) => why,
        Err(error) => return Err(error),
    };
    let why = crate::domain::SafeText::prose(&why).into_string();
    let (connection, note) = damage::recover(folder, &why)?;
    notes.push(note);
    Ok(connection)
}

/// A connection beside the worker, which may just be making the file.
fn beside(folder: &Path) -> Result<rusqlite::Connection, JournalError> {
    let begun = std::time::Instant::now();
    loop {
        match schema::join(folder) {
            Ok(Some(connection)) => return Ok(connection),
            Ok(None) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(None) => return Err(gone()),
            Err(error) => return Err(error),
        }
    }
}
