//! How many calls each account made of late, in a file of its own: what was listed may be deleted at any
//! time, and a service goes on counting all the same.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};

use super::store::{self, CALLS, FileId, file_at};
use crate::api::AccountInfo;
use crate::domain::{AccountName, Held};

/// Calls of longer ago limit nobody any more. In milliseconds.
const OLD: i64 = 2 * 60 * 60 * 1000;
/// What is so much later than now is of a clock that was set back since. In milliseconds.
const LATER: i64 = 10 * 1000;

/// Moments, and how many calls were made then.
type Made = Vec<(Timestamp, u64)>;

/// Who makes calls. A service allows them to the account that it knows, under whatever names the settings have
/// it; where it has no name of its own for that, each name of the settings counts for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    service: &'static str,
    address: String,
    /// Whose allowance it is, as the service calls it.
    whose: String,
    /// As the settings call it.
    account: AccountName,
}

impl From<&AccountInfo> for Caller {
    fn from(info: &AccountInfo) -> Self {
        let whose = info.account_id.as_deref().unwrap_or(info.name.as_str());
        Self {
            service: info.spec.id,
            address: info.base_url.clone(),
            whose: whose.to_owned(),
            account: info.name.clone(),
        }
    }
}

/// The calls of all processes of this user; cheap to clone. Opened with its first use. All of it blocks for
/// the disk, shortly: a program that is killed cannot take back what was counted, a machine that loses its
/// power may.
#[derive(Debug, Clone)]
pub struct Calls(Arc<Kept>);

#[derive(Debug)]
struct Kept {
    /// The state folder; without one nobody else can tell.
    folder: Option<PathBuf>,
    open: Mutex<Option<Open>>,
    /// Why calls cannot be counted, once that was so.
    trouble: OnceLock<String>,
}

#[derive(Debug)]
struct Open {
    connection: Connection,
    file: Option<FileId>,
}

impl Calls {
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self(Arc::new(Kept {
            folder,
            open: Mutex::default(),
            trouble: OnceLock::new(),
        }))
    }

    /// So many calls more were made then that count against the caller's allowance; fewer than was said
    /// before, where it is below zero.
    pub fn spend(&self, caller: &Caller, at: Timestamp, made: i64) {
        self.with(|connection| spend(connection, caller, at, made));
    }

    /// Counts so many calls that are about to be made, unless those since that moment hold them back. Of
    /// several processes one looks and counts at a time. `None` where nobody can tell.
    pub fn claim(
        &self,
        caller: &Caller,
        since: Timestamp,
        (at, made): (Timestamp, i64),
        held: impl Fn(&[(Timestamp, u64)]) -> Option<Held>,
    ) -> Option<Result<(), Held>> {
        self.with(|connection| {
            let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            set_back(&change, caller)?;
            if let Some(held) = held(&spent(&change, caller, since)?) {
                return Ok(Err(held));
            }
            spend(&change, caller, at, made)?;
            change.commit().map(Ok)
        })
    }

    /// The calls after that moment, by anyone; oldest first. `None` where nobody can tell.
    pub fn spent(&self, caller: &Caller, since: Timestamp) -> Option<Made> {
        if self.is_absent() {
            return Some(Vec::new());
        }
        self.with(|connection| spent(connection, caller, since))
    }

    /// When the service was called last under this name, by anyone; `None` when that is not known.
    pub fn used(&self, caller: &Caller) -> Option<Timestamp> {
        if self.is_absent() {
            return None;
        }
        self.with(|connection| used(connection, caller)).flatten()
    }

    /// What is to be said where calls could not be counted, in one safe sentence.
    pub fn trouble(&self) -> Option<&str> {
        self.0.trouble.get().map(String::as_str)
    }

    /// Calls are not counted.
    fn uncounted(&self, why: &str) {
        tracing::warn!(why, "calls cannot be counted");
        let _ = self.0.trouble.set(format!(
            "calls cannot be counted for others that run here, so together they may make too many: {why}"
        ));
    }

    /// Nothing was counted yet: looking makes no file.
    fn is_absent(&self) -> bool {
        let folder = self.0.folder.as_deref();
        folder.is_some_and(|folder| file_at(&CALLS.path(folder)).is_none())
    }

    /// Works on the file that lies there now. One that turns out to be damaged is set aside, and the work
    /// is done once more with a new one.
    fn with<T>(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<T>) -> Option<T> {
        let folder = self.0.folder.as_deref()?;
        let path = CALLS.path(folder);
        let mut kept = self.0.open.lock().unwrap_or_else(PoisonError::into_inner);
        for _ in 0..2 {
            let now = file_at(&path);
            let same = kept.take().filter(|open| open.file == now);
            let open = match same.map_or_else(|| open(folder, &path), Ok) {
                Ok(open) => kept.insert(open),
                Err(error) => {
                    self.uncounted(&error.to_string());
                    return None;
                }
            };
            let error = match work(&mut open.connection) {
                Ok(done) => return Some(done),
                Err(error) => error,
            };
            if !store::is_damage(&error) {
                self.uncounted(&error.to_string());
                return None;
            }
            tracing::warn!(%error, "the file of the calls is damaged");
            store::damage(&path, open.file);
        }
        None
    }
}

fn open(folder: &Path, path: &Path) -> Result<Open, store::StoreError> {
    let (connection, _) = CALLS.open(folder)?;
    // What is counted is of use for an hour: it outlives the program, and need not wait for the disk.
    connection.pragma_update(None, "synchronous", "OFF")?;
    Ok(Open {
        connection,
        file: file_at(path),
    })
}

/// Calls of a clock that was set back count as made now: nothing tells how old they are, and they must not
/// hold back the account until that time comes.
fn set_back(connection: &Connection, caller: &Caller) -> rusqlite::Result<()> {
    let now = Timestamp::now();
    let later = now.as_millisecond() + LATER;
    let wanted = params![caller.service, caller.address, caller.whose, later];
    let made: Option<i64> = connection
        .prepare_cached(
            "SELECT sum(made) FROM calls
             WHERE service = ?1 AND address = ?2 AND whose = ?3 AND at > ?4",
        )?
        .query_row(wanted, |row| row.get(0))?;
    let Some(made) = made else { return Ok(()) };
    connection.execute(
        "DELETE FROM calls WHERE service = ?1 AND address = ?2 AND whose = ?3 AND at > ?4",
        wanted,
    )?;
    spend(connection, caller, now, made)
}

/// The last ones of an account say when it was used.
fn spend(
    connection: &Connection,
    caller: &Caller,
    at: Timestamp,
    made: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM calls WHERE at < ?1 AND at < (
                 SELECT max(at) FROM calls AS others
                 WHERE (others.service, others.address, others.whose, others.account)
                     = (calls.service, calls.address, calls.whose, calls.account))",
        )?
        .execute([at.as_millisecond() - OLD])?;
    connection
        .prepare_cached(
            "INSERT INTO calls (service, address, whose, account, at, made)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO UPDATE SET made = made + excluded.made",
        )?
        .execute(params![
            caller.service,
            caller.address,
            caller.whose,
            caller.account.as_str(),
            at.as_millisecond(),
            made
        ])?;
    Ok(())
}

fn spent(connection: &Connection, caller: &Caller, since: Timestamp) -> rusqlite::Result<Made> {
    let mut find = connection.prepare_cached(
        "SELECT at, made FROM calls
         WHERE service = ?1 AND address = ?2 AND whose = ?3 AND at > ?4 ORDER BY at",
    )?;
    let wanted = params![
        caller.service,
        caller.address,
        caller.whose,
        since.as_millisecond()
    ];
    let read = |row: &rusqlite::Row<'_>| {
        Ok((
            store::moment(row.get(0)?),
            u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default(),
        ))
    };
    find.query_map(wanted, read)?.collect()
}

fn used(connection: &Connection, caller: &Caller) -> rusqlite::Result<Option<Timestamp>> {
    let mut find = connection.prepare_cached(
        "SELECT max(at) FROM calls
         WHERE service = ?1 AND address = ?2 AND whose = ?3 AND account = ?4",
    )?;
    let wanted = params![
        caller.service,
        caller.address,
        caller.whose,
        caller.account.as_str()
    ];
    let at: Option<i64> = find.query_row(wanted, |row| row.get(0))?;
    Ok(at.map(store::moment))
}
