//! What the files were that assets were made of: remembered beyond the jobs that sent them, so that one
//! that was changed since is not taken for what is there, and one that was not is not sent again.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use super::{schema, wal};
use crate::domain::{AccountName, AssetKey, AssetScope, ContainerId, SegmentId};
use crate::transfer::known::{Known, Memory};

/// So many are remembered, the last ones.
const MOST: i64 = 100_000;

/// An upload that ended well.
#[derive(Debug, Clone)]
pub(in crate::transfer) struct Mark {
    pub account: AccountName,
    pub scope: AssetScope,
    pub key: AssetKey,
    pub known: Known,
}

pub(super) fn write(moment: &Transaction<'_>, mark: &Mark) -> rusqlite::Result<()> {
    let known = serde_json::to_string(&mark.known).unwrap_or_default();
    let segment = mark.scope.segment().map_or("", SegmentId::as_str);
    moment
        .prepare_cached(
            "INSERT OR REPLACE INTO sent (account, container, segment, asset, known) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            mark.account.as_str(),
            mark.scope.container().as_str(),
            segment,
            mark.key.as_str(),
            known
        ])?;
    let last = moment.last_insert_rowid();
    moment
        .prepare_cached("DELETE FROM sent WHERE seq <= ?1")?
        .execute([last - MOST])?;
    Ok(())
}

/// What is remembered of the assets of these containers, by the journal in this folder, which is only
/// read. Nothing where that cannot be: then times decide.
pub(in crate::transfer) fn read(
    folder: &Path,
    account: &AccountName,
    containers: &BTreeSet<ContainerId>,
) -> Memory {
    // Opening a journal whose write-ahead file is torn would throw away what stands in it.
    if !matches!(wal::fault(folder), Ok(None)) {
        return Memory::default();
    }
    let Ok(Some(connection)) = schema::join(folder) else {
        return Memory::default();
    };
    let mut memory = Memory::default();
    for container in containers {
        let learned = rows(&connection, account, container);
        memory.join(learned.unwrap_or_default());
    }
    memory
}

fn rows(
    connection: &Connection,
    account: &AccountName,
    container: &ContainerId,
) -> rusqlite::Result<Memory> {
    let mut memory = Memory::default();
    let mut statement = connection.prepare_cached(
        "SELECT segment, asset, known FROM sent WHERE account = ?1 AND container = ?2",
    )?;
    let mut rows = statement.query([account.as_str(), container.as_str()])?;
    while let Some(row) = rows.next()? {
        let (segment, key, known): (String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        let scope = match SegmentId::new(segment) {
            Some(segment) => AssetScope::Segment(container.clone(), segment),
            None => AssetScope::Container(container.clone()),
        };
        // One that cannot be read is not remembered.
        if let (Some(key), Ok(known)) = (AssetKey::new(key), serde_json::from_str(&known)) {
            memory.learn(scope, key, known);
        }
    }
    Ok(memory)
}
