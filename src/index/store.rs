//! The files of this layer: their tables, how they are opened, and what becomes of a damaged one.

use std::fs::{self, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

/// One kind of file. Another shape of its tables gets another name: what is kept is not worth moving, and
/// an older release goes on with its own.
#[derive(Debug)]
pub(super) struct Kind {
    name: &'static str,
    /// Says in the file's head what it is.
    application: u32,
    tables: &'static str,
}

/// What was listed, in the cache folder.
pub(super) const LISTS: Kind = Kind {
    name: "index-1.db",
    application: 0x6164_6b69,
    tables: LISTED,
};

/// The calls that were made, in the state folder.
pub(super) const CALLS: Kind = Kind {
    name: "calls-2.db",
    application: 0x6164_6b63,
    tables: CALLED,
};

const LISTED: &str = "
    CREATE TABLE IF NOT EXISTS owners (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        service TEXT NOT NULL,
        address TEXT NOT NULL,
        UNIQUE (account, service, address)
    );
    CREATE TABLE IF NOT EXISTS lists (
        id INTEGER PRIMARY KEY,
        owner INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        container TEXT NOT NULL,
        at INTEGER NOT NULL,
        count INTEGER NOT NULL,
        seal TEXT,
        UNIQUE (owner, kind, container)
    );
    CREATE TABLE IF NOT EXISTS chunks (
        list INTEGER NOT NULL,
        no INTEGER NOT NULL,
        rows BLOB NOT NULL,
        UNIQUE (list, no)
    );
    CREATE TABLE IF NOT EXISTS places (
        id INTEGER PRIMARY KEY,
        owner INTEGER NOT NULL,
        container TEXT NOT NULL,
        UNIQUE (owner, container)
    );
    CREATE TABLE IF NOT EXISTS marks (
        place INTEGER NOT NULL,
        segment TEXT NOT NULL,
        at INTEGER NOT NULL,
        assets BLOB,
        PRIMARY KEY (place, segment)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS digests (
        place INTEGER NOT NULL,
        segment TEXT NOT NULL,
        asset TEXT NOT NULL,
        size INTEGER NOT NULL,
        changed TEXT NOT NULL,
        at INTEGER NOT NULL,
        digest BLOB NOT NULL,
        PRIMARY KEY (place, segment, asset)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS uses (
        owner INTEGER NOT NULL,
        id TEXT NOT NULL,
        at INTEGER NOT NULL,
        used BLOB NOT NULL,
        PRIMARY KEY (owner, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS operations (
        place INTEGER NOT NULL,
        since TEXT NOT NULL,
        seal TEXT NOT NULL,
        number INTEGER NOT NULL,
        begun INTEGER NOT NULL,
        asked INTEGER NOT NULL,
        PRIMARY KEY (place, since)
    ) WITHOUT ROWID;
";

const CALLED: &str = "
    CREATE TABLE IF NOT EXISTS calls (
        service TEXT NOT NULL,
        address TEXT NOT NULL,
        whose TEXT NOT NULL,
        account TEXT NOT NULL,
        at INTEGER NOT NULL,
        made INTEGER NOT NULL,
        PRIMARY KEY (service, address, whose, account, at)
    ) WITHOUT ROWID;
";

/// A device and a number on it: another file at the same path has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FileId(u64, u64);

/// Why there is no file. One sentence.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("{0}")]
    Folder(#[from] std::io::Error),
    #[error("{0}")]
    File(#[from] rusqlite::Error),
}

impl Kind {
    pub fn path(&self, folder: &Path) -> PathBuf {
        folder.join(self.name)
    }

    /// The file that may stand beside it, and itself.
    pub fn files(&self, folder: &Path) -> [PathBuf; 2] {
        ["-journal", ""].map(|end| folder.join(format!("{}{end}", self.name)))
    }

    /// Opens the file, making it where there is none. One that is not ours or not whole is set aside,
    /// and where to is said.
    pub fn open(&self, folder: &Path) -> Result<(Connection, Option<PathBuf>), StoreError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let path = self.path(folder);
        let mut aside = None;
        if !self.is_ours(&path)? {
            aside = Some(set_aside(&path));
        }
        match self.prepare(&path) {
            Err(StoreError::File(error)) if is_damage(&error) => {
                aside = Some(set_aside(&path));
                Ok((self.prepare(&path)?, aside))
            }
            opened => Ok((opened?, aside)),
        }
    }

    fn prepare(&self, path: &Path) -> Result<Connection, StoreError> {
        // Only its user may read it; never through a link.
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        options
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
        let empty = options.open(path)?.metadata()?.len() == 0;
        let connection = connect(path)?;
        if empty {
            connection.pragma_update(None, "application_id", self.application)?;
        }
        connection.execute_batch(self.tables)?;
        Ok(connection)
    }

    /// There is no file yet, or its head says that it is ours.
    pub fn is_ours(&self, path: &Path) -> std::io::Result<bool> {
        let mut head = Vec::new();
        // A pipe in its place would be waited for without an end.
        let mut options = OpenOptions::new();
        options.read(true);
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
        match options.open(path) {
            Ok(file) if !file.metadata()?.is_file() => return Ok(false),
            Ok(file) => file.take(100).read_to_end(&mut head)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(error),
        };
        // The application id stands at offset 68 of the SQLite file format.
        let id = head.get(68..72).and_then(|four| four.try_into().ok());
        let ours = id.map(u32::from_be_bytes) == Some(self.application);
        Ok(head.is_empty() || ours && head.starts_with(b"SQLite format 3\0"))
    }
}

/// A connection. Without write-ahead mode: that needs memory shared between processes, which network
/// homes do not have, and what is written here is written behind anyway.
pub(super) fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // In KiB. A list is read or written once, and its pages are not needed again.
    connection.pragma_update(None, "cache_size", -128)?;
    Ok(connection)
}

/// Whether the error says that the file is broken, and not only busy or full.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    ) || matches!(error, rusqlite::Error::FromSqlConversionFailure(..))
}

/// Whether the file is not whole. It is left as it is.
pub(super) fn is_broken(path: &Path) -> bool {
    let check = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.pragma_query_value(None, "quick_check", |row| row.get::<_, String>(0))
    };
    match check() {
        Ok(said) => said != "ok",
        Err(error) => is_damage(&error),
    }
}

/// A moment as a file has it: milliseconds.
pub(super) fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Which file stands there.
pub(super) fn file_at(path: &Path) -> Option<FileId> {
    let file = fs::metadata(path).ok()?;
    Some(FileId(file.dev(), file.ino()))
}

/// Where a damaged one goes.
fn aside(path: &Path) -> PathBuf {
    path.with_extension("damaged.db")
}

/// Sets the file aside that was open and is damaged, and says where it is. Where another process was first,
/// its own stands there by now, which is left.
pub(super) fn damage(path: &Path, open: Option<FileId>) -> PathBuf {
    if file_at(path) == open {
        set_aside(path)
    } else {
        aside(path)
    }
}

/// Moves the file out of the way, in place of an earlier one: it can be made again.
fn set_aside(path: &Path) -> PathBuf {
    let aside = aside(path);
    for end in ["-journal", ""] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        if let Err(error) = fs::rename(with(path), with(&aside))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a damaged file cannot be set aside");
        }
    }
    aside
}

/// A chunk that cannot be opened is damage like any other.
pub(super) fn damaged() -> rusqlite::Error {
    let why = std::io::Error::other("a part of a kept list cannot be read");
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(why))
}
