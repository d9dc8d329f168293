//! From rows to jobs: the events of each job, applied in their order.

use std::collections::HashSet;

use rusqlite::{Connection, Row};

use super::{event, row};
use crate::api::{ApiError, ApiErrorKind, Delivery};
use crate::domain::AccountName;
use crate::transfer::job::{Direction, Job, JobEvent, JobId};
use crate::transfer::work::Work;

/// A job as it was read.
#[derive(Debug, Clone)]
pub(in crate::transfer) struct Kept {
    pub job: Job,
    pub work: Work,
    /// When the last event was written, or it was added: seconds since the epoch.
    pub touched: i64,
}

/// How far a reader has read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::transfer) struct Seen {
    pub job: i64,
    pub event: i64,
}

/// Everything that can be read.
#[derive(Debug, Default)]
pub(in crate::transfer) struct Replayed {
    pub jobs: Vec<Kept>,
    pub seen: Seen,
    /// All is paused, and so is what is added.
    pub closed: bool,
    /// Rows that are not what was written.
    pub broken: usize,
    /// Those that stand at a step which was never begun, where somebody asked.
    pub unbegun: HashSet<JobId>,
}

/// Why a job is in doubt whose history has a hole.
pub(super) fn hole() -> ApiError {
    let mut error = ApiError::new(
        "upload the file",
        ApiErrorKind::Decode,
        "a part of its journal was damaged, so what was sent already is not known",
    );
    error.delivery = Delivery::Unknown;
    error.changes = true;
    error
}

pub(super) fn read_job(row: &Row<'_>) -> rusqlite::Result<Option<Kept>> {
    let id: u64 = row.get::<_, i64>("id")?.cast_unsigned();
    let (added, account): (String, String) = (row.get("added")?, row.get("account")?);
    let work: String = row.get("work")?;
    let sum: i64 = row.get("sum")?;
    if sum != row::sum(id, 0, &[&added, &account, &work]) {
        return Ok(None);
    }
    let (Some(work), Some(account)) = (row::read_work(&work), AccountName::new(account)) else {
        return Ok(None);
    };
    Ok(Some(Kept {
        job: work.job(JobId(id), account, row.get("place")?),
        work,
        touched: seconds(&added),
    }))
}

/// One event as it was read.
pub(super) struct Happened {
    pub seq: i64,
    pub job: JobId,
    pub n: u64,
    pub at: String,
    /// `None` when it is not what was written.
    pub event: Option<JobEvent>,
}

pub(super) fn read_happened(row: &Row<'_>) -> rusqlite::Result<Happened> {
    let job: u64 = row.get::<_, i64>("job")?.cast_unsigned();
    let n: u64 = row.get::<_, i64>("n")?.cast_unsigned();
    let (at, event): (String, String) = (row.get("at")?, row.get("event")?);
    let sum: i64 = row.get("sum")?;
    let sound = sum == row::sum(job, n, &[&at, &event]);
    Ok(Happened {
        seq: row.get("seq")?,
        job: JobId(job),
        n,
        event: sound.then(|| event::read_event(&event)).flatten(),
        at,
    })
}

fn seconds(at: &str) -> i64 {
    at.parse().map_or(0, |at: jiff::Timestamp| at.as_second())
}

/// Whether all is paused. A file of an earlier version does not say, and one that cannot be read is
/// found out by its jobs.
pub(super) fn is_closed(connection: &Connection) -> bool {
    let closed = connection.query_row("SELECT closed FROM queue", [], |row| row.get(0));
    closed.unwrap_or(false)
}

/// Reads all jobs as they stand, in their order. An error means that the file cannot be read on.
pub(super) fn all(connection: &Connection) -> rusqlite::Result<Replayed> {
    let mut found = Replayed {
        closed: is_closed(connection),
        ..Replayed::default()
    };
    // One view of both tables, whatever others write meanwhile.
    let view = connection.unchecked_transaction()?;
    let mut jobs = std::collections::BTreeMap::new();
    let mut statement = view.prepare("SELECT * FROM jobs ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match read_job(row) {
            Ok(Some(kept)) => {
                found.seen.job = found.seen.job.max(row.get("seq")?);
                jobs.insert(kept.job.id, (kept, 0_u64, false));
            }
            Ok(None) | Err(_) => found.broken += 1,
        }
    }
    let mut statement = view.prepare("SELECT * FROM events ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let Ok(happened) = read_happened(row) else {
            found.broken += 1;
            continue;
        };
        found.seen.event = found.seen.event.max(happened.seq);
        let Some((kept, last, holed)) = jobs.get_mut(&happened.job) else {
            continue;
        };
        *holed |= happened.n != *last + 1;
        *last = happened.n;
        kept.touched = seconds(&happened.at).max(kept.touched);
        if let Some(event) = happened.event {
            // What does not fit is passed over here as it was when it was written.
            let _ = kept.job.apply(event);
        } else {
            found.broken += 1;
            *holed = true;
        }
    }
    for (mut kept, _, holed) in jobs.into_values() {
        if holed {
            doubt(&mut kept.job);
        }
        found.jobs.push(kept);
    }
    found.jobs.sort_by_key(|kept| (kept.job.order, kept.job.id));
    Ok(found)
}

/// What was sent is not known any more; a download may simply begin again.
pub(super) fn doubt(job: &mut Job) {
    if job.direction == Direction::Up {
        // Refused only when the service listed it: then there is nothing to doubt.
        let _ = job.apply(JobEvent::InDoubt(hole()));
    }
}
