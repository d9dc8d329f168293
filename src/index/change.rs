//! What changes the index: each a transaction of its own.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::query::head;
use super::store::damaged;
use super::{Head, Owner, Part, Place};
use crate::domain::{AccountName, Asset, ContainerId, Digest, SegmentId, Stamp};

/// Lists that were not asked for in so many days are dropped.
const DAYS: i64 = 90;

fn owner_id(connection: &Connection, owner: &Owner) -> rusqlite::Result<i64> {
    let wanted = params![owner.account.as_str(), owner.service, owner.address];
    connection
        .prepare_cached(
            "INSERT OR IGNORE INTO owners (account, service, address) VALUES (?1, ?2, ?3)",
        )?
        .execute(wanted)?;
    connection
        .prepare_cached(
            "SELECT id FROM owners WHERE account = ?1 AND service = ?2 AND address = ?3",
        )?
        .query_row(wanted, |row| row.get(0))
}

pub(super) fn place_id(
    connection: &Connection,
    owner: &Owner,
    container: &ContainerId,
) -> rusqlite::Result<i64> {
    let wanted = params![owner_id(connection, owner)?, container.as_str()];
    connection
        .prepare_cached("INSERT OR IGNORE INTO places (owner, container) VALUES (?1, ?2)")?
        .execute(wanted)?;
    connection
        .prepare_cached("SELECT id FROM places WHERE owner = ?1 AND container = ?2")?
        .query_row(wanted, |row| row.get(0))
}

fn drop_list(connection: &Connection, list: i64) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM chunks WHERE list = ?1", [list])?;
    connection.execute("DELETE FROM lists WHERE id = ?1", [list])?;
    Ok(())
}

/// The list on its way that this is the next part of; `None` where what comes before is not all there: an
/// earlier part could not be written, or the file was made anew meanwhile. What is there of it is dropped.
fn goes_on(connection: &Connection, owner: i64, part: &Part) -> rusqlite::Result<Option<i64>> {
    let Some(list) = begun(connection, owner, part)? else {
        return Ok(None);
    };
    let chunks: i64 = connection
        .prepare_cached("SELECT count(*) FROM chunks WHERE list = ?1")?
        .query_row([list], |row| row.get(0))?;
    if chunks == part.first {
        return Ok(Some(list));
    }
    drop_list(connection, list)?;
    Ok(None)
}

/// A list that is on its way, by what stands for its kind until it is whole.
fn begun(connection: &Connection, owner: i64, part: &Part) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT id FROM lists WHERE owner = ?1 AND kind = ?2")?
        .query_row(params![owner, part.ticket], |row| row.get(0))
        .optional()
}

fn put_chunks(connection: &Connection, list: i64, part: &Part) -> rusqlite::Result<()> {
    let mut put =
        connection.prepare_cached("INSERT INTO chunks (list, no, rows) VALUES (?1, ?2, ?3)")?;
    for (no, rows) in (part.first..).zip(&part.chunks) {
        put.execute(params![list, no, rows])?;
    }
    Ok(())
}

/// One more part of a list that is on its way. Nobody sees it before it is whole.
pub(super) fn put_part(
    connection: &mut Connection,
    owner: &Owner,
    part: &Part,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let owner = owner_id(&change, owner)?;
    let list = if part.first > 0 {
        goes_on(&change, owner, part)?
    } else {
        // A process that was killed left it, and had the same number.
        if let Some(left) = begun(&change, owner, part)? {
            drop_list(&change, left)?;
        }
        change.execute(
            "INSERT INTO lists (owner, kind, container, at, count) VALUES (?1, ?2, '', ?3, 0)",
            params![owner, part.ticket, now.as_millisecond()],
        )?;
        Some(change.last_insert_rowid())
    };
    if let Some(list) = list {
        put_chunks(&change, list, part)?;
        if let Some((container, note)) = &part.note {
            let note = serde_json::to_string(note).map_err(|_| damaged())?;
            change
                .prepare_cached(
                    "UPDATE lists SET container = ?2, at = ?3, seal = ?4 WHERE id = ?1",
                )?
                .execute(params![list, container, now.as_millisecond(), note])?;
        }
    }
    change.commit()
}

/// Whoever has this ticket goes on with a list that is on its way, behind so many chunks. Where it is not there
/// any more, or another goes on with it, the parts to come find nothing and are left out.
pub(super) fn adopt(
    connection: &mut Connection,
    list: i64,
    ticket: i64,
    chunks: i64,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let adopted = change.execute(
        "UPDATE lists SET kind = ?2 WHERE id = ?1 AND kind < 0",
        [list, ticket],
    )?;
    if adopted > 0 {
        change.execute(
            "DELETE FROM chunks WHERE list = ?1 AND no >= ?2",
            [list, chunks],
        )?;
    }
    change.commit()
}

/// The list will never be whole.
pub(super) fn drop_parts(
    connection: &mut Connection,
    owner: &Owner,
    part: &Part,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let owner = owner_id(&change, owner)?;
    if let Some(list) = begun(&change, owner, part)? {
        drop_list(&change, list)?;
    }
    change.commit()
}

/// Puts a list in place of the one before, with its last part; one that is not whole in the place of none.
pub(super) fn put_list(
    connection: &mut Connection,
    owner: &Owner,
    place: &Place,
    kept: &Head,
    end: &Part,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let before = head(&change, owner, place)?;
    let owner = owner_id(&change, owner)?;
    let mut list = None;
    if end.first > 0 {
        list = goes_on(&change, owner, end)?;
        if list.is_none() {
            return change.commit();
        }
    }
    if let Some((before, _)) = before {
        drop_list(&change, before)?;
    }
    let (kind, container) = place.columns();
    change
        .prepare_cached(
            "INSERT OR REPLACE INTO lists (id, owner, kind, container, at, count, seal)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            list,
            owner,
            kind,
            container,
            kept.at.as_millisecond(),
            kept.count.cast_signed(),
            kept.seal
        ])?;
    let list = list.unwrap_or_else(|| change.last_insert_rowid());
    put_chunks(&change, list, end)?;
    // What others left of it on its way.
    let left = "(SELECT id FROM lists WHERE owner = ?1 AND kind < 0 AND container = ?2)";
    if !container.is_empty() {
        for statement in [
            format!("DELETE FROM chunks WHERE list IN {left}"),
            format!("DELETE FROM lists WHERE id IN {left}"),
        ] {
            change.execute(&statement, params![owner, container])?;
        }
    }
    change.commit()
}

/// Changes each chunk of a list in place.
pub(super) fn rewrite(
    connection: &mut Connection,
    owner: &Owner,
    place: &Place,
    mut change_rows: impl FnMut(&[u8]) -> Option<Vec<u8>>,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let Some((list, _)) = head(&change, owner, place)? else {
        return Ok(());
    };
    let mut get = change.prepare_cached("SELECT rows FROM chunks WHERE list = ?1 AND no = ?2")?;
    let mut put =
        change.prepare_cached("UPDATE chunks SET rows = ?3 WHERE list = ?1 AND no = ?2")?;
    for no in 0_i64.. {
        let read = |row: &rusqlite::Row<'_>| Ok(change_rows(row.get_ref(0)?.as_blob()?));
        let Some(rows) = get.query_row(params![list, no], read).optional()? else {
            break;
        };
        put.execute(params![list, no, rows.ok_or_else(damaged)?])?;
    }
    drop((get, put));
    change.commit()
}

/// The list holds as of now.
pub(super) fn renew(
    connection: &Connection,
    owner: &Owner,
    place: &Place,
    at: Timestamp,
    seal: Option<&str>,
) -> rusqlite::Result<()> {
    if let Some((list, _)) = head(connection, owner, place)? {
        connection.execute(
            "UPDATE lists SET at = ?2, seal = ?3 WHERE id = ?1",
            params![list, at.as_millisecond(), seal],
        )?;
    }
    Ok(())
}

pub(super) fn put_marks(
    connection: &mut Connection,
    owner: &Owner,
    container: &ContainerId,
    at: Timestamp,
    marks: &[(SegmentId, Option<Vec<u8>>)],
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let place = place_id(&change, owner, container)?;
    let mut put = change.prepare_cached("INSERT OR REPLACE INTO marks VALUES (?1, ?2, ?3, ?4)")?;
    for (segment, assets) in marks {
        put.execute(params![
            place,
            segment.as_str(),
            at.as_millisecond(),
            assets
        ])?;
    }
    drop(put);
    change.commit()
}

pub(super) fn drop_mark(
    connection: &Connection,
    owner: &Owner,
    container: &ContainerId,
    segment: &SegmentId,
) -> rusqlite::Result<()> {
    // Each file of thousands comes by here, most often where nothing is kept: no place is made for it.
    connection
        .prepare_cached(
            "DELETE FROM marks WHERE segment = ?5 AND place IN
             (SELECT places.id FROM places JOIN owners ON owner = owners.id
              WHERE account = ?1 AND service = ?2 AND address = ?3 AND container = ?4)",
        )?
        .execute(params![
            owner.account.as_str(),
            owner.service,
            owner.address,
            container.as_str(),
            segment.as_str()
        ])?;
    Ok(())
}

/// Keeps what was read of an asset in this state.
pub(super) fn put_digest(
    connection: &mut Connection,
    owner: &Owner,
    asset: &Asset,
    digest: Digest,
    at: Timestamp,
) -> rusqlite::Result<()> {
    // Where no list tells a change, what was read once proves nothing later.
    let Some(Stamp {
        size,
        changed: Some(changed),
    }) = Stamp::of(asset)
    else {
        return Ok(());
    };
    let change = connection.transaction()?;
    let place = place_id(&change, owner, asset.scope.container())?;
    change
        .prepare_cached("INSERT OR REPLACE INTO digests VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            place,
            asset.scope.segment().map_or("", SegmentId::as_str),
            asset.key.as_str(),
            size.cast_signed(),
            changed,
            at.as_millisecond(),
            digest.0
        ])?;
    change.commit()
}

/// Keeps what was read of one thing that uses assets.
pub(super) fn put_used(
    connection: &mut Connection,
    owner: &Owner,
    id: &str,
    used: &[u8],
    at: Timestamp,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let owner = owner_id(&change, owner)?;
    change
        .prepare_cached("INSERT OR REPLACE INTO uses VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![owner, id, at.as_millisecond(), used])?;
    change.commit()
}

/// The scan has ended: the next one begins anew.
pub(super) fn drop_uses(connection: &Connection, owner: &Owner) -> rusqlite::Result<()> {
    let owner = owner_id(connection, owner)?;
    connection.execute("DELETE FROM uses WHERE owner = ?1", [owner])?;
    Ok(())
}

/// Drops what nobody looked at for a long time.
pub(super) fn drop_old(connection: &mut Connection, now: Timestamp) -> rusqlite::Result<()> {
    let before = now.as_millisecond() - DAYS * 24 * 60 * 60 * 1000;
    // What was on its way when a process was killed; nothing is on its way for as long.
    let given_up = now.as_millisecond() - 24 * 60 * 60 * 1000;
    let change = connection.transaction()?;
    let old = "at < ?1 OR (kind < 0 AND at < ?2)";
    for statement in [
        format!("DELETE FROM chunks WHERE list IN (SELECT id FROM lists WHERE {old})"),
        format!("DELETE FROM lists WHERE {old}"),
    ] {
        change.execute(&statement, [before, given_up])?;
    }
    change.execute("DELETE FROM marks WHERE at < ?1", [before])?;
    change.execute("DELETE FROM digests WHERE at < ?1", [before])?;
    change.execute("DELETE FROM uses WHERE at < ?1", [given_up])?;
    change.execute("DELETE FROM operations WHERE begun < ?1", [given_up])?;
    change.commit()
}

/// Drops everything of an account. What was there is overwritten, not only left out.
pub(super) fn drop_account(
    connection: &mut Connection,
    account: &AccountName,
) -> rusqlite::Result<()> {
    connection.pragma_update(None, "secure_delete", true)?;
    let change = connection.transaction()?;
    let of = "(SELECT id FROM owners WHERE account = ?1)";
    for statement in [
        format!("DELETE FROM chunks WHERE list IN (SELECT id FROM lists WHERE owner IN {of})"),
        format!("DELETE FROM lists WHERE owner IN {of}"),
        format!("DELETE FROM marks WHERE place IN (SELECT id FROM places WHERE owner IN {of})"),
        format!("DELETE FROM digests WHERE place IN (SELECT id FROM places WHERE owner IN {of})"),
        format!(
            "DELETE FROM operations WHERE place IN (SELECT id FROM places WHERE owner IN {of})"
        ),
        format!("DELETE FROM places WHERE owner IN {of}"),
        format!("DELETE FROM uses WHERE owner IN {of}"),
        "DELETE FROM owners WHERE account = ?1".to_owned(),
    ] {
        change.execute(&statement, [account.as_str()])?;
    }
    change.commit()?;
    connection.pragma_update(None, "secure_delete", false)
}
