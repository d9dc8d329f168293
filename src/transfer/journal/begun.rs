//! Which of the steps that stand in the journal were begun: what a killed process leaves is in doubt
//! only as far as it came.
//!
//! A step that may make a record is synced to disk before it begins, several at a time, so that more
//! stand there than are under way. What is noted here costs no sync: it is handed to the kernel, which
//! outlives the process. Should the machine have gone down since, or the journal not be the one that
//! this was written beside, nothing is known, and everything that was written down may have been begun.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::Connection;

use super::line::Line;
use super::{JournalError, event, lock, schema};
use crate::transfer::job::{JobEvent, JobId};

const NAME: &str = "transfers.begun";

/// The notes of this process.
#[derive(Debug)]
pub(in crate::transfer) struct Begun {
    path: PathBuf,
    notes: Mutex<Notes>,
}

#[derive(Debug)]
enum Notes {
    Kept(File),
    /// There are none: then all that is written down counts as begun, which is safe.
    None,
    /// Those of an earlier process could not be removed, and would be taken for this one's.
    Stale,
}

impl Begun {
    /// Begins anew. Only who holds the lock may call it, once nothing depends on older notes.
    pub(super) fn renew(line: &mut Line) -> Self {
        let path = line.folder().join(NAME);
        let notes = match drop_notes(&path) {
            Err(_) => Notes::Stale,
            Ok(()) => head(line)
                .and_then(|head| {
                    let mut file = lock::private(line.folder(), NAME).ok()?;
                    file.write_all(head.as_bytes()).ok().map(|()| file)
                })
                .map_or(Notes::None, Notes::Kept),
        };
        Self {
            path,
            notes: Mutex::new(notes),
        }
    }

    /// The step of this job that was written down last begins. An error means that it must not.
    pub(in crate::transfer) fn note(&self, id: JobId) -> Result<(), JournalError> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let is_written = match &mut *notes {
            Notes::None => true,
            Notes::Stale => false,
            Notes::Kept(file) => file
                .write_all(format!("{:016x}\n", id.0).as_bytes())
                .is_ok(),
        };
        if !is_written {
            *notes = Notes::Stale;
            drop_notes(&self.path)
                .map_err(|error| JournalError::io("the notes of what was begun", &error))?;
            *notes = Notes::None;
        }
        Ok(())
    }
}

/// Those of these jobs whose last step that may make a record is known not to have been begun.
pub(super) fn unbegun(
    folder: &Path,
    connection: &Connection,
    ids: &[JobId],
) -> rusqlite::Result<HashSet<JobId>> {
    let mut unbegun = HashSet::new();
    let Some((since, begun)) = notes(folder) else {
        return Ok(unbegun);
    };
    let mut statement = connection
        .prepare_cached("SELECT seq, event FROM events WHERE job = ?1 ORDER BY n DESC")?;
    for id in ids.iter().filter(|id| !begun.contains(id)) {
        let mut rows = statement.query([id.0.cast_signed()])?;
        while let Some(row) = rows.next()? {
            let (seq, text): (i64, String) = (row.get(0)?, row.get(1)?);
            let Some(event) = event::read_event(&text) else {
                // What was damaged may have been anything.
                break;
            };
            if matches!(event, JobEvent::Step { step, .. } if step.makes_the_record()) {
                if seq > since {
                    unbegun.insert(*id);
                }
                break;
            }
        }
    }
    Ok(unbegun)
}

/// The event that was the last when the notes were begun, and the jobs noted since; `None` when they
/// say nothing of this journal as it is now.
fn notes(folder: &Path) -> Option<(i64, HashSet<JobId>)> {
    let text = std::fs::read_to_string(folder.join(NAME)).ok()?;
    let (first, rest) = text.split_once('\n')?;
    let (machine, since) = first.rsplit_once(' ')?;
    if machine != self::machine(folder)? {
        return None;
    }
    // A line that was cut off is of a step that did not begin.
    let whole = rest.rsplit_once('\n').map_or("", |(whole, _)| whole);
    let ids = whole
        .lines()
        .map(|line| u64::from_str_radix(line, 16).map(JobId));
    Some((since.parse().ok()?, ids.collect::<Result<_, _>>().ok()?))
}

fn head(line: &mut Line) -> Option<String> {
    const LAST: &str = "SELECT coalesce(max(seq), 0) FROM events";
    let last = line.with(|connection| Ok(connection.query_row(LAST, [], |row| row.get(0))?));
    let last: i64 = last.ok()?;
    Some(format!("{} {last}\n", machine(line.folder())?))
}

/// This start of this machine, and the journal's file. `None` where neither can be told.
fn machine(folder: &Path) -> Option<String> {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let file = std::fs::metadata(folder.join(schema::NAME)).ok()?;
    Some(format!("{} {} {}", boot.trim(), file.dev(), file.ino()))
}

fn drop_notes(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
