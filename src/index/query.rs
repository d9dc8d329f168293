//! What is read from the index's file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::keeper::Note;
use super::pack;
use super::place::{CONTAINERS, SEGMENTS};
use super::store::{damaged, moment};
use super::{Head, Mark, Owner, Place};
use crate::domain::filter::Used;
use crate::domain::{
    AssetKey, AssetScope, ContainerId, Digest, Digests, Keepable, SegmentId, Shelf, Stamp,
};

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
    tell: &mut dyn FnMut(&Head, Shelf<T>),
) -> rusqlite::Result<Option<Head>> {
    // Else a list that is written meanwhile would be half the old and half the new one.
    let reading = connection.unchecked_transaction()?;
    let Some((list, head)) = head(connection, owner, place)? else {
        return Ok(None);
    };
    let mut count = 0;
    each_chunk(connection, list, 0, &mut |rows| {
        let part = pack::shelf(rows).ok_or_else(damaged)?;
        count += part.len() as u64;
        tell(&head, part);
        Ok(true)
    })?;
    reading.finish()?;
    // A part of it that is not there is damage like any other.
    if head.count != count {
        return Err(damaged());
    }
    Ok(Some(head))
}

/// Some chunks of a list as they are in the file.
pub(super) struct Chunks {
    /// Its number there.
    pub list: i64,
    pub head: Head,
    pub rows: Vec<Vec<u8>>,
}

/// The chunks of a list from this number on, as many as make so many bytes.
pub(super) fn chunks_from(
    connection: &Connection,
    owner: &Owner,
    place: &Place,
    first: i64,
    bytes: usize,
) -> rusqlite::Result<Option<Chunks>> {
    let reading = connection.unchecked_transaction()?;
    let Some((list, head)) = head(connection, owner, place)? else {
        return Ok(None);
    };
    let (mut rows, mut read) = (Vec::new(), 0);
    each_chunk(connection, list, first, &mut |chunk| {
        rows.push(chunk.to_vec());
        read += chunk.len();
        Ok(read < bytes)
    })?;
    reading.finish()?;
    Ok(Some(Chunks { list, head, rows }))
}

/// Tells the chunks of a list in their order from this number on, until no more are wanted.
fn each_chunk(
    connection: &Connection,
    list: i64,
    first: i64,
    tell: &mut dyn FnMut(&[u8]) -> rusqlite::Result<bool>,
) -> rusqlite::Result<()> {
    let mut chunks = connection
        .prepare_cached("SELECT rows FROM chunks WHERE list = ?1 AND no >= ?2 ORDER BY no")?;
    let mut rows = chunks.query(params![list, first])?;
    while let Some(row) = rows.next()? {
        if !tell(row.get_ref(0)?.as_blob()?)? {
            break;
        }
    }
    Ok(())
}

/// Tells the rows of a list that was not read to its end, under this seal: the one that was written last.
/// Its number, and how far it came.
pub(super) fn draft<T: Keepable>(
    connection: &Connection,
    owner: &Owner,
    place: &Place,
    seal: &str,
    tell: &mut dyn FnMut(Shelf<T>),
) -> rusqlite::Result<Option<(i64, Note)>> {
    let reading = connection.unchecked_transaction()?;
    let (kind, container) = place.columns();
    let mut find = connection.prepare_cached(
        "SELECT lists.id, seal FROM lists JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND kind < 0 AND container = ?4
         AND seal IS NOT NULL ORDER BY at DESC",
    )?;
    let wanted = params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        container
    ];
    let mut left = find.query(wanted)?;
    let (list, note) = loop {
        let Some(row) = left.next()? else {
            return Ok(None);
        };
        let note: Option<Note> = serde_json::from_slice(row.get_ref(1)?.as_bytes()?).ok();
        let same = note.filter(|note| note.kind == kind && note.seal == seal);
        if let Some(note) = same {
            break (row.get(0)?, note);
        }
    };
    let mut chunks = connection
        .prepare_cached("SELECT rows FROM chunks WHERE list = ?1 AND no < ?2 ORDER BY no")?;
    let mut rows = chunks.query(params![list, note.chunks])?;
    let (mut parts, mut count) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let part = pack::shelf(row.get_ref(0)?.as_blob()?).ok_or_else(damaged)?;
        count += part.len() as u64;
        parts.push(part);
    }
    if count != note.rows {
        return Ok(None);
    }
    parts.into_iter().for_each(tell);
    drop((rows, left));
    drop((chunks, find));
    reading.finish()?;
    Ok(Some((list, note)))
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

/// What was read of the assets of a scope, each of the state that it was in.
pub(super) fn digests(
    connection: &Connection,
    owner: &Owner,
    scope: &AssetScope,
) -> rusqlite::Result<Digests> {
    let segment = scope.segment();
    let mut find = connection.prepare_cached(
        "SELECT asset, size, changed, digest FROM digests JOIN places ON place = places.id
         JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND container = ?4 AND segment = ?5",
    )?;
    let mut rows = find.query(params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        scope.container().as_str(),
        segment.map_or("", SegmentId::as_str)
    ])?;
    let mut digests = Digests::default();
    while let Some(row) = rows.next()? {
        let asset = AssetKey::new(row.get_ref(0)?.as_str()?).ok_or_else(damaged)?;
        let stamp = Stamp {
            size: row.get::<_, i64>(1)?.unsigned_abs(),
            changed: Some(row.get(2)?),
        };
        digests.put(segment.cloned(), asset, stamp, Digest(row.get(3)?));
    }
    Ok(digests)
}

/// What a scan that did not end has read after that moment.
pub(super) fn uses(
    connection: &Connection,
    owner: &Owner,
    since: Timestamp,
) -> rusqlite::Result<BTreeMap<String, Used>> {
    let mut find = connection.prepare_cached(
        "SELECT uses.id, used FROM uses JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND at > ?4",
    )?;
    let mut rows = find.query(params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        since.as_millisecond()
    ])?;
    let mut kept = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let it = Used::open(row.get_ref(1)?.as_blob()?).ok_or_else(damaged)?;
        kept.insert(row.get(0)?, it);
    }
    Ok(kept)
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
