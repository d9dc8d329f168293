//! The journal's file: its tables, its version, and how safely it is written where it lies.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::{JournalError, lock};

/// The journal's name in the state folder.
pub(super) const NAME: &str = "transfers.db";

/// So long a connection waits for what others hold.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Says in the file's head whose it is.
const APPLICATION: u32 = 0x6164_6b31;

/// What each version added; the first makes the file. Only ever appended to.
pub(super) const MIGRATIONS: &[&str] = &[
    "
    CREATE TABLE counter (next INTEGER NOT NULL);
    INSERT INTO counter VALUES (1);
    CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id INTEGER NOT NULL UNIQUE,
        place INTEGER NOT NULL,
        added TEXT NOT NULL,
        account TEXT NOT NULL,
        work TEXT NOT NULL,
        sum INTEGER NOT NULL
    );
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        job INTEGER NOT NULL,
        n INTEGER NOT NULL,
        at TEXT NOT NULL,
        event TEXT NOT NULL,
        sum INTEGER NOT NULL,
        UNIQUE (job, n)
    );
    CREATE TABLE asks (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        job INTEGER NOT NULL,
        what TEXT NOT NULL
    );
",
    "-- Uploads may replace an asset, and have a step that deletes it: an older release would take
     -- the row of that step for damage.",
    "
    -- A step that was written down may never have been begun; the same holds of its row.
    -- What is asked of the whole queue.
    CREATE TABLE queue (closed INTEGER NOT NULL);
    INSERT INTO queue VALUES (0);
",
    "-- What is begun is noted beside this file: an older release would not note it, and what it had
     -- begun would be taken for what it had not.",
    "
    -- What the files were that assets were made of, beyond the jobs that sent them.
    CREATE TABLE sent (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        account TEXT NOT NULL,
        container TEXT NOT NULL,
        segment TEXT NOT NULL,
        asset TEXT NOT NULL,
        known TEXT NOT NULL,
        UNIQUE (account, container, segment, asset)
    );
",
];

/// What the first bytes of the file tell, before `SQLite` may touch it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// There is none, or it has no byte.
    Empty,
    /// Ours, of this version.
    Version(u32),
    /// No file of ours.
    Foreign,
}

/// Reads the head without opening the file as a database, so that a newer one stays untouched.
pub(super) fn head(path: &Path) -> Result<Head, JournalError> {
    let mut bytes = Vec::new();
    match File::open(path) {
        Ok(file) => file
            .take(100)
            .read_to_end(&mut bytes)
            .map_err(|error| JournalError::io("the journal", &error))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Head::Empty),
        Err(error) => return Err(JournalError::io("the journal", &error)),
    };
    if bytes.is_empty() {
        return Ok(Head::Empty);
    }
    // Offsets of the SQLite file format: user version at 60, application id at 68.
    let number = |at: usize| {
        let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
        four.map(u32::from_be_bytes)
    };
    let ours = bytes.starts_with(b"SQLite format 3\0") && number(68) == Some(APPLICATION);
    Ok(match number(60) {
        // Both are written at once: a version of 0 was never any of ours.
        Some(version) if ours && version > 0 => Head::Version(version),
        _ => Head::Foreign,
    })
}

/// Opens the file, making or moving it forward where it is not of the newest version. Only who
/// holds the lock may call it. Tells where the copy of an older one was put.
pub(super) fn open(
    folder: &Path,
    migrations: &[&str],
) -> Result<(Connection, Option<String>), JournalError> {
    let path = folder.join(NAME);
    let newest = u32::try_from(migrations.len()).unwrap_or(u32::MAX);
    match head(&path)? {
        Head::Version(version) if version > newest => return Err(JournalError::Newer(version)),
        Head::Version(_) | Head::Empty => {}
        Head::Foreign => return Err(JournalError::Damaged("it is no journal of ours".to_owned())),
    }
    lock::private(folder, NAME).map_err(|error| JournalError::io("the journal", &error))?;
    let mut note = None;
    let mut connection = connect(&path)?;
    let version = version(&connection)?;
    if version > 0 && version < newest {
        let copy = format!("transfers.v{version}.db");
        let target = folder.join(&copy);
        // Through SQLite, so that what stands beside the file is in the copy too.
        if !target.exists() {
            connection.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
        }
        note = Some(copy);
    }
    if version < newest {
        // Durable as a whole before the head says so; not in write-ahead mode, which would leave
        // the head behind.
        connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
        let moved = connection.transaction()?;
        for step in &migrations[version as usize..] {
            moved.execute_batch(step)?;
        }
        moved.pragma_update(None, "application_id", APPLICATION)?;
        moved.pragma_update(None, "user_version", newest)?;
        moved.commit()?;
    }
    tune(&connection, folder)?;
    Ok((connection, note))
}

/// Opens the file beside the worker: nothing is made or moved.
pub(super) fn join(folder: &Path) -> Result<Option<Connection>, JournalError> {
    let path = folder.join(NAME);
    let newest = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    match head(&path)? {
        Head::Version(version) if version > newest => Err(JournalError::Newer(version)),
        Head::Version(version) if version == newest => {
            let connection = connect(&path)?;
            if self::version(&connection)? != newest {
                return Ok(None);
            }
            tune(&connection, folder)?;
            Ok(Some(connection))
        }
        Head::Version(_) | Head::Empty => Ok(None),
        Head::Foreign => Err(JournalError::Damaged("it is no journal of ours".to_owned())),
    }
}

pub(super) fn connect(path: &Path) -> Result<Connection, JournalError> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Where the system offers a stronger sync (macOS), it is the one that is meant.
    connection.pragma_update(None, "fullfsync", true)?;
    // A damaged file must not call functions of ours or overwrite its own schema.
    connection.pragma_update(None, "trusted_schema", false)?;
    // Else each new value of a statement that is kept makes it be planned anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

/// The version that holds. Not always the one in the head: a process that was killed while it made
/// the file leaves a head whose tables `SQLite` takes back with the first look.
fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Write-ahead mode where shared memory works, which is not so on network file systems.
fn tune(connection: &Connection, folder: &Path) -> Result<(), JournalError> {
    let wanted = if shares_memory(folder) {
        "WAL"
    } else {
        "TRUNCATE"
    };
    // Several who start at once where there is no file change the mode together. `SQLite` has no
    // patience there: it reads first, and who reads is refused the change at once.
    let begun = Instant::now();
    let change = format!("PRAGMA journal_mode = {wanted}");
    let mode: String = loop {
        let mode = connection.query_row(&change, [], |row| row.get(0));
        match mode.map_err(JournalError::from) {
            Err(JournalError::Locked(_)) if begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(10));
            }
            answer => break answer?,
        }
    };
    if mode.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(JournalError::Unusable(format!(
        "it cannot be written in {wanted} mode here"
    )))
}

/// Whether the folder lies on a file system of this machine. Unknown systems count as not.
#[cfg(target_os = "linux")]
#[allow(
    clippy::cast_sign_loss,
    clippy::unnecessary_cast,
    reason = "only its bits count"
)]
#[allow(
    clippy::cast_possible_truncation,
    reason = "cut to the bits that are there everywhere"
)]
fn shares_memory(folder: &Path) -> bool {
    /// NFS, SMB (three kinds), FUSE, 9p, AFS, Ceph, Lustre, Coda, NCP.
    const NETWORK: [u32; 11] = [
        0x6969,
        0x517b,
        0xff53_4d42,
        0xfe53_4d42,
        0x6573_5546,
        0x0102_1997,
        0x5346_414f,
        0x00c3_6400,
        0x0bd0_0bd0,
        0x7375_7245,
        0x564c,
    ];
    // The kind is a 32-bit number that some systems keep in a wider or signed field.
    rustix::fs::statfs(folder)
        .is_ok_and(|it| !NETWORK.contains(&((it.f_type as u64 & 0xffff_ffff) as u32)))
}

#[cfg(not(target_os = "linux"))]
fn shares_memory(_folder: &Path) -> bool {
    false
}
