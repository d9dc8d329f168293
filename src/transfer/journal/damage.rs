//! A journal that cannot be read as a whole: set aside under a name that is told, and what can be
//! read of it carried over.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ffi};

use super::replay::{Happened, Kept, read_happened, read_job};
use super::schema::{self, NAME};
use super::{Change, JournalError, replay, wal, write};
use crate::transfer::job::{Job, JobEvent};

/// What stands beside a database and belongs to it.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

pub(super) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

/// Why the file is not sound; `None` when it is. A file that could not be read or locked is an error:
/// nothing is known of it, and setting it aside would hide what stands in it.
pub(super) fn check(connection: &Connection) -> Result<Option<String>, JournalError> {
    let told = connection.query_row("PRAGMA integrity_check(1)", [], |row| {
        row.get::<_, String>(0)
    });
    let damage = match told.map_err(JournalError::from) {
        Ok(told) if told == "ok" => None,
        Ok(told) if could_not_read(&told) => {
            return Err(JournalError::Unusable("disk I/O error".to_owned()));
        }
        Ok(told) | Err(JournalError::Damaged(told)) => Some(format!("its check says: {told}")),
        Err(error) => return Err(error),
    };
    if damage.is_some() {
        return Ok(damage);
    }
    match replay::all(connection).map_err(JournalError::from) {
        Ok(found) if found.broken == 0 => Ok(None),
        Ok(found) => Ok(Some(format!("{} rows are not sound", found.broken))),
        Err(JournalError::Damaged(why)) => Ok(Some(why)),
        Err(error) => Err(error),
    }
}

/// The check tells of a page that it could not get as of one that is not sound; the code behind it says
/// whether the disk refused it. A page that lies behind the end of the file is missing for good.
fn could_not_read(told: &str) -> bool {
    let code = told.rsplit_once("error code=").map(|(_, code)| code.trim());
    let code: Option<i32> = code.and_then(|code| code.parse().ok());
    code.is_some_and(|code| {
        code & 0xff == ffi::SQLITE_IOERR && code != ffi::SQLITE_IOERR_SHORT_READ
    })
}

/// Moves the journal aside; the name it has then. Nothing is ever overwritten.
fn set_aside(folder: &Path) -> Result<PathBuf, JournalError> {
    let fail = |error: &std::io::Error| JournalError::io("the damaged journal", error);
    let now = jiff::Zoned::now().strftime("%Y%m%d-%H%M%S").to_string();
    let mut number = 0_u32;
    let aside = loop {
        let more = if number == 0 {
            String::new()
        } else {
            format!("-{number}")
        };
        let aside = folder.join(format!("transfers.damaged-{now}{more}.db"));
        if !aside.exists() {
            break aside;
        }
        number += 1;
    };
    let from = folder.join(NAME);
    // What stands beside goes first: the file itself must not be taken for whole without it.
    for end in BESIDE {
        match fs::rename(beside(&from, end), beside(&aside, end)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(fail(&error)),
            _ => {}
        }
    }
    match fs::rename(&from, &aside) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(fail(&error)),
        _ => Ok(aside),
    }
}

/// Sets the journal aside, begins a new one, and carries over what can be read. The sentence tells
/// the user.
pub(super) fn recover(folder: &Path, why: &str) -> Result<(Connection, String), JournalError> {
    let aside = set_aside(folder)?;
    let found = salvage(folder, &aside);
    let (mut connection, _) = schema::open(folder, schema::MIGRATIONS)?;
    let mut changes = Vec::new();
    let (saved, mut next) = (found.len(), 1_u64);
    for Saved { kept, events } in found {
        let id = kept.job.id;
        next = next.max(id.0 + 1);
        changes.push(Change::Add {
            id,
            account: kept.job.account,
            work: kept.work,
            place: kept.job.order,
        });
        changes.extend(events.into_iter().map(|event| Change::Event(id, event)));
    }
    write::all(&mut connection, &changes)?;
    connection.execute(
        "UPDATE counter SET next = max(next, ?1)",
        [next.cast_signed()],
    )?;
    let name = aside
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    Ok((
        connection,
        format!(
            "the journal of transfers was damaged ({why}); it was set aside as {name}, and \
             {saved} transfers were carried over"
        ),
    ))
}

/// The end of a job's history may be what is missing: an upload that is not known to be listed is
/// looked for before anything is sent.
fn needs_doubt(job: &Job) -> bool {
    job.direction == crate::transfer::job::Direction::Up && !job.state.is_over()
}

/// A job that could be read, as far as its events could.
pub(super) struct Saved {
    pub kept: Kept,
    events: Vec<JobEvent>,
}

/// What can be read of a journal, in the order of the jobs' numbers. Of a copy: opening the original
/// would change it.
pub(super) fn salvage(folder: &Path, aside: &Path) -> Vec<Saved> {
    let mut jobs = Vec::new();
    let mut events = Vec::new();
    for log in wal::readings(aside) {
        let Ok(copies) = tempfile_in(folder) else {
            break;
        };
        let read = read_copy(&copies, aside, log.as_deref()).unwrap_or_default();
        // A copy left behind harms nobody.
        let _ = fs::remove_dir_all(&copies);
        jobs.extend(read.jobs);
        events.extend(read.events);
        if read.sound {
            break;
        }
    }
    // A row that one reading shows damaged may be whole in another.
    events.sort_by_key(|it| it.event.is_none());
    let mut events = unique(events, |it| it.seq);
    events.sort_by_key(|it| (it.job, it.n));
    let carried = unique(jobs, |it| it.job.id).into_iter().map(|mut kept| {
        let id = kept.job.id;
        let first = events.partition_point(|it| it.job < id);
        let own = events[first..].iter().take_while(|it| it.job == id);
        let mut applied: Vec<JobEvent> = own
            .filter_map(|it| it.event.clone())
            .filter(|event| kept.job.apply(event.clone()).is_ok())
            .collect();
        if needs_doubt(&kept.job) {
            replay::doubt(&mut kept.job);
            applied.push(JobEvent::InDoubt(replay::hole()));
        }
        Saved {
            kept,
            events: applied,
        }
    });
    carried.collect()
}

/// What one reading of a copy gave.
#[derive(Default)]
struct Read {
    jobs: Vec<Kept>,
    events: Vec<Happened>,
    /// Nothing in it is damaged.
    sound: bool,
}

/// Reads a copy that is made in this folder, with such a write-ahead file.
fn read_copy(copies: &Path, aside: &Path, log: Option<&[u8]>) -> Option<Read> {
    let copy = copies.join(NAME);
    fs::copy(aside, &copy).ok()?;
    if let Some(log) = log {
        fs::write(beside(&copy, "-wal"), log).ok()?;
    }
    let found = read(&copy).unwrap_or_default();
    if found.jobs.is_empty() && !found.sound && lend_head(copies, &copy).is_some() {
        return read(&copy);
    }
    Some(found)
}

/// All jobs and events of a copy that can be read.
fn read(copy: &Path) -> Option<Read> {
    let connection = Connection::open(copy).ok()?;
    let sound = check(&connection).is_ok_and(|damage| damage.is_none());
    Some(Read {
        jobs: rows(&connection, "jobs", "seq", read_job),
        events: rows(&connection, "events", "seq", |row| {
            read_happened(row).map(Some)
        }),
        sound,
    })
}

/// Puts the first page of a new journal in place of the copy's own, which says where the tables are:
/// they are made in the same order and so begin at the same pages. Each row has its own checksum, so
/// that a page taken for another is noticed.
fn lend_head(copies: &Path, copy: &Path) -> Option<()> {
    let fresh = copies.join("fresh");
    fs::create_dir(&fresh).ok()?;
    let (connection, _) = schema::open(&fresh, schema::MIGRATIONS).ok()?;
    // All into the file itself.
    connection
        .query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))
        .ok()?;
    drop(connection);
    let mut head = fs::read(fresh.join(NAME)).ok()?;
    // Offsets of the SQLite file format: page size at 16, pages in the file at 28, free pages at 32
    // and 36.
    let size = usize::from(u16::from_be_bytes([*head.get(16)?, *head.get(17)?]));
    head.truncate(size);
    let mut bytes = fs::read(copy).ok()?;
    let pages = u32::try_from(bytes.len().checked_div(size)?).ok()?;
    head.get_mut(28..32)?.copy_from_slice(&pages.to_be_bytes());
    head.get_mut(32..40)?.fill(0);
    bytes.get_mut(..size)?.copy_from_slice(&head);
    fs::write(copy, bytes).ok()
}

fn tempfile_in(folder: &Path) -> std::io::Result<PathBuf> {
    use std::os::unix::fs::DirBuilderExt as _;
    let path = folder.join(format!("transfers.salvage-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::DirBuilder::new().mode(0o700).create(&path)?;
    Ok(path)
}

/// The rows of a table from its beginning up to the damage, and from its end back to it.
fn rows<T>(
    connection: &Connection,
    table: &str,
    key: &str,
    read: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<Option<T>>,
) -> Vec<T> {
    let mut found = Vec::new();
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT * FROM {table} NOT INDEXED ORDER BY {key} {order}");
        let Ok(mut statement) = connection.prepare(&sql) else {
            continue;
        };
        let Ok(mut rows) = statement.query([]) else {
            continue;
        };
        let whole = loop {
            match rows.next() {
                Ok(Some(row)) => found.extend(read(row).ok().flatten()),
                Ok(None) => break true,
                Err(_) => break false,
            }
        };
        if whole {
            break;
        }
    }
    found
}

fn unique<T, K: Ord>(rows: Vec<T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = std::collections::BTreeSet::new();
    let mut rows: Vec<T> = rows
        .into_iter()
        .filter(|row| seen.insert(key(row)))
        .collect();
    rows.sort_by_key(key);
    rows
}
