//! The index's file: its tables, how it is opened and read, and what becomes of a damaged one.

use std::fs::{self, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};

use super::pack;
use super::place::{CONTAINERS, SEGMENTS};
use super::{Head, Mark, Owner, Place};
use crate::domain::{ContainerId, Entry, Keepable, SegmentId};

/// Its name in the cache folder. Another shape of the tables gets another name: what is kept is not
/// worth moving, and an older release goes on with its own.
const NAME: &str = "index-1.db";
/// Says in the file's head whose it is.
const APPLICATION: u32 = 0x6164_6b69;

const TABLES: &str = "
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
    CREATE TABLE IF NOT EXISTS calls (
        owner INTEGER NOT NULL,
        at INTEGER NOT NULL,
        made INTEGER NOT NULL,
        PRIMARY KEY (owner, at)
    ) WITHOUT ROWID;
";

/// Why there is no index. One sentence.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error("{0}")]
    Folder(#[from] std::io::Error),
    #[error("{0}")]
    File(#[from] rusqlite::Error),
}

pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(NAME)
}

/// The file that may stand beside it, and itself.
pub(super) fn files(folder: &Path) -> [PathBuf; 2] {
    ["-journal", ""].map(|end| folder.join(format!("{NAME}{end}")))
}

/// Opens the file, making it where there is none. One that is not ours or not whole is set aside.
pub(super) fn open(folder: &Path) -> Result<(Connection, Option<String>), StoreError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = path(folder);
    let mut note = None;
    if !is_ours(&path)? {
        note = Some(told(&set_aside(&path)));
    }
    match prepare(&path) {
        Err(StoreError::File(error)) if is_damage(&error) => {
            note = Some(told(&set_aside(&path)));
            Ok((prepare(&path)?, note))
        }
        opened => Ok((opened?, note)),
    }
}

fn told(aside: &Path) -> String {
    let name = aside.file_name().unwrap_or_default().to_string_lossy();
    format!("the index of what was listed was damaged; it was set aside as {name} and is made anew")
}

fn prepare(path: &Path) -> Result<Connection, StoreError> {
    // Only its user may read it; never through a link.
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
        .mode(0o600)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    let empty = options.open(path)?.metadata()?.len() == 0;
    let connection = connect(path)?;
    if empty {
        connection.pragma_update(None, "application_id", APPLICATION)?;
    }
    connection.execute_batch(TABLES)?;
    Ok(connection)
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

/// There is no file yet, or its head says that it is ours.
pub(super) fn is_ours(path: &Path) -> std::io::Result<bool> {
    let mut head = Vec::new();
    match fs::File::open(path) {
        Ok(file) => file.take(100).read_to_end(&mut head)?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    // The application id stands at offset 68 of the SQLite file format.
    let id = head.get(68..72).and_then(|four| four.try_into().ok());
    let ours = id.map(u32::from_be_bytes) == Some(APPLICATION);
    Ok(head.is_empty() || ours && head.starts_with(b"SQLite format 3\0"))
}

/// Whether the error says that the file is broken, and not only busy or full.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    ) || matches!(error, rusqlite::Error::FromSqlConversionFailure(..))
}

/// Moves the file out of the way, in place of an earlier one: it can be made again.
pub(super) fn set_aside(path: &Path) -> PathBuf {
    let aside = path.with_extension("damaged.db");
    for end in ["-journal", ""] {
        let with = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        if let Err(error) = fs::rename(with(path), with(&aside))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a damaged index cannot be set aside");
        }
    }
    aside
}

/// A chunk that cannot be opened is damage like any other.
pub(super) fn damaged() -> rusqlite::Error {
    let why = std::io::Error::other("a part of a kept list cannot be read");
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Blob, Box::new(why))
}

fn moment(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The number and the head of a kept list.
pub(super) fn head(
    connection: &Connection,
    owner: &Owner,
    place: &Place,
) -> rusqlite::Result<Option<(i64, Head)>> {
    let (kind, container) = place.columns();
    let mut find = connection.prepare_cached(
        "SELECT lists.id, at, count, seal FROM lists JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND kind = ?4 AND container = ?5",
    )?;
    let wanted = params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        kind,
        container
    ];
    find.query_row(wanted, |row| {
        let head = Head {
            at: moment(row.get(1)?),
            count: row.get::<_, i64>(2)?.unsigned_abs(),
            seal: row.get(3)?,
        };
        Ok((row.get(0)?, head))
    })
    .optional()
}

pub(super) fn recall<T: Keepable>(
    connection: &Connection,
    owner: &Owner,
    place: &Place,
    tell: &mut dyn FnMut(&Head, Vec<Entry<T>>),
) -> rusqlite::Result<Option<Head>> {
    // Else a list that is written meanwhile would be half the old and half the new one.
    let reading = connection.unchecked_transaction()?;
    let Some((list, head)) = head(connection, owner, place)? else {
        return Ok(None);
    };
    let mut chunks =
        connection.prepare_cached("SELECT rows FROM chunks WHERE list = ?1 ORDER BY no")?;
    let mut rows = chunks.query([list])?;
    while let Some(row) = rows.next()? {
        let entries = pack::open(row.get_ref(0)?.as_blob()?).ok_or_else(damaged)?;
        tell(&head, entries);
    }
    drop(rows);
    drop(chunks);
    reading.finish()?;
    Ok(Some(head))
}

pub(super) fn marks(
    connection: &Connection,
    owner: &Owner,
    container: &ContainerId,
    of: &[SegmentId],
) -> rusqlite::Result<Vec<Mark>> {
    let mut find = connection.prepare_cached(
        "SELECT at, assets FROM marks JOIN places ON place = places.id JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND container = ?4 AND segment = ?5",
    )?;
    let mut marks = Vec::new();
    for segment in of {
        let wanted = params![
            owner.account.as_str(),
            owner.service,
            owner.address,
            container.as_str(),
            segment.as_str()
        ];
        let found = find
            .query_row(wanted, |row| {
                let assets = row.get_ref(1)?.as_blob_or_null()?;
                let assets = assets.map_or_else(|| Some(Vec::new()), pack::open);
                Ok((moment(row.get(0)?), assets.ok_or_else(damaged)?))
            })
            .optional()?;
        marks.extend(found.map(|(at, assets)| Mark {
            segment: segment.clone(),
            at,
            assets,
        }));
    }
    Ok(marks)
}

/// The calls that were made of late, oldest first.
pub(super) fn spent(
    connection: &Connection,
    owner: &Owner,
    since: Timestamp,
) -> rusqlite::Result<Vec<(Timestamp, u64)>> {
    let mut find = connection.prepare_cached(
        "SELECT at, made FROM calls JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND at > ?4 ORDER BY at",
    )?;
    let wanted = params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        since.as_millisecond()
    ];
    let read =
        |row: &rusqlite::Row<'_>| Ok((moment(row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs()));
    find.query_map(wanted, read)?.collect()
}

/// When the last call was made.
pub(super) fn used(connection: &Connection, owner: &Owner) -> rusqlite::Result<Option<Timestamp>> {
    let mut find = connection.prepare_cached(
        "SELECT max(at) FROM calls JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3",
    )?;
    let wanted = params![owner.account.as_str(), owner.service, owner.address];
    let at: Option<i64> = find.query_row(wanted, |row| row.get(0))?;
    Ok(at.map(moment))
}

/// Some rows that stand together in the file, and where.
#[derive(Debug, Clone)]
pub(super) enum Piece {
    Containers {
        list: i64,
        no: i64,
    },
    Segments {
        list: i64,
        no: i64,
        container: ContainerId,
    },
    Assets {
        list: i64,
        no: i64,
    },
    /// The assets of one segment.
    Mark {
        place: i64,
        segment: String,
    },
}

/// Tells all that is kept of an account, until `tell` says that it is enough.
pub(super) fn pieces(
    connection: &Connection,
    owner: &Owner,
    tell: &mut dyn FnMut(Piece, Timestamp, &[u8]) -> bool,
) -> rusqlite::Result<()> {
    let wanted = params![owner.account.as_str(), owner.service, owner.address];
    let mut chunks = connection.prepare_cached(
        "SELECT lists.id, kind, container, at, no, rows FROM lists JOIN owners ON owner = owners.id
         JOIN chunks ON list = lists.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND kind > 0
         ORDER BY kind, lists.id, no",
    )?;
    let mut rows = chunks.query(wanted)?;
    while let Some(row) = rows.next()? {
        let (list, kind, no): (i64, u8, i64) = (row.get(0)?, row.get(1)?, row.get(4)?);
        let container = || ContainerId::new(row.get_ref(2).ok()?.as_str().ok()?);
        let piece = match kind {
            CONTAINERS => Piece::Containers { list, no },
            SEGMENTS => Piece::Segments {
                list,
                no,
                container: container().ok_or_else(damaged)?,
            },
            _ => Piece::Assets { list, no },
        };
        if !tell(piece, moment(row.get(3)?), row.get_ref(5)?.as_blob()?) {
            return Ok(());
        }
    }
    drop(rows);
    let mut marks = connection.prepare_cached(
        "SELECT place, segment, at, assets FROM marks JOIN places ON place = places.id
         JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND assets IS NOT NULL",
    )?;
    let mut rows = marks.query(wanted)?;
    while let Some(row) = rows.next()? {
        let (place, segment) = (row.get(0)?, row.get(1)?);
        let piece = Piece::Mark { place, segment };
        if !tell(piece, moment(row.get(2)?), row.get_ref(3)?.as_blob()?) {
            break;
        }
    }
    Ok(())
}

/// The rows of a piece; `None` when they are not there any more.
pub(super) fn piece(connection: &Connection, piece: &Piece) -> rusqlite::Result<Option<Vec<u8>>> {
    let blob = |row: &rusqlite::Row<'_>| row.get(0);
    match piece {
        Piece::Containers { list, no }
        | Piece::Segments { list, no, .. }
        | Piece::Assets { list, no } => connection
            .prepare_cached("SELECT rows FROM chunks WHERE list = ?1 AND no = ?2")?
            .query_row(params![list, no], blob)
            .optional(),
        Piece::Mark { place, segment } => connection
            .prepare_cached(
                "SELECT assets FROM marks WHERE place = ?1 AND segment = ?2 AND assets IS NOT NULL",
            )?
            .query_row(params![place, segment], blob)
            .optional(),
    }
}
