//! What services do by themselves, as far as it was begun here: its numbers outlive the program.

use std::sync::mpsc::sync_channel;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::change::place_id;
use super::store::moment;
use super::thread::Request;
use super::{Index, Owner};
use crate::api::Operation;
use crate::domain::ContainerId;

/// How long the file may take until it is known whose turn it is: as long as it may be busy.
const PATIENCE: Duration = Duration::from_secs(5);

impl Index {
    /// The operation on a container that was begun last, of what changed since then or of all. One that cannot
    /// be read is none.
    pub fn operation(
        &self,
        owner: &Owner,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Option<Operation> {
        self.read(|connection| find(connection, owner, container, since))
            .flatten()
    }

    /// It has begun just now. On disk when this returns, unless that takes too long.
    pub fn keep_operation(&self, owner: &Owner, operation: &Operation) {
        let (owner, operation) = (owner.clone(), Box::new(operation.clone()));
        self.send(Request::Begun(owner, operation, Timestamp::now()));
        self.settle(PATIENCE);
    }

    /// How long to wait before its state is asked for, so often at the most; who has not to wait has the turn,
    /// which is on disk. `None` where it is not kept. Blocks until that is known.
    pub fn turn(&self, owner: &Owner, operation: &Operation, every: Duration) -> Option<Duration> {
        let (told, wait) = sync_channel(1);
        let (owner, operation) = (owner.clone(), Box::new(operation.clone()));
        self.send(Request::Turn(owner, operation, every, told));
        wait.recv_timeout(PATIENCE).ok()?
    }

    /// Its state was asked for just now.
    pub fn asked(&self, owner: &Owner, operation: &Operation) {
        let (owner, operation) = (owner.clone(), Box::new(operation.clone()));
        self.send(Request::Asked(owner, operation, Timestamp::now()));
    }

    /// There is nothing to ask for any more. One that others have begun in its place stays.
    pub fn forget_operation(&self, owner: &Owner, operation: &Operation) {
        let (owner, operation) = (owner.clone(), Box::new(operation.clone()));
        self.send(Request::Over(owner, operation));
    }
}

fn find(
    connection: &Connection,
    owner: &Owner,
    container: &ContainerId,
    since: Option<&str>,
) -> rusqlite::Result<Option<Operation>> {
    let mut find = connection.prepare_cached(
        "SELECT seal, number, begun FROM operations JOIN places ON place = places.id
         JOIN owners ON owner = owners.id
         WHERE account = ?1 AND service = ?2 AND address = ?3 AND container = ?4 AND since = ?5",
    )?;
    let wanted = params![
        owner.account.as_str(),
        owner.service,
        owner.address,
        container.as_str(),
        since.unwrap_or_default()
    ];
    find.query_row(wanted, |row| {
        Ok(Operation {
            container: container.clone(),
            since: since.map(str::to_owned),
            seal: row.get(0)?,
            number: row.get::<_, i64>(1)?.cast_unsigned(),
            begun: moment(row.get(2)?),
        })
    })
    .optional()
}

/// Takes the place of whatever was begun there before.
pub(super) fn put(
    connection: &mut Connection,
    owner: &Owner,
    operation: &Operation,
    now: Timestamp,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let place = place_id(&change, owner, &operation.container)?;
    change
        .prepare_cached("INSERT OR REPLACE INTO operations VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?
        .execute(params![
            place,
            operation.since.as_deref().unwrap_or_default(),
            operation.seal,
            operation.number.cast_signed(),
            operation.begun.as_millisecond(),
            now.as_millisecond()
        ])?;
    change.commit()
}

/// Of several processes one looks and takes the turn at a time; what time it is, too.
pub(super) fn turn(
    connection: &mut Connection,
    owner: &Owner,
    operation: &Operation,
    every: Duration,
    now: impl Fn() -> Timestamp,
) -> rusqlite::Result<Option<Duration>> {
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let now = now();
    let place = place_id(&change, owner, &operation.container)?;
    let asked: Option<i64> = change
        .prepare_cached(
            "SELECT asked FROM operations WHERE place = ?1 AND since = ?2 AND number = ?3",
        )?
        .query_row(
            params![
                place,
                operation.since.as_deref().unwrap_or_default(),
                operation.number.cast_signed()
            ],
            |row| row.get(0),
        )
        .optional()?;
    let Some(asked) = asked else {
        return Ok(None);
    };
    // After a clock that was set back nobody waits until it has caught up.
    let ago = Duration::try_from(now.duration_since(moment(asked))).ok();
    let wait = ago.map_or(Duration::ZERO, |ago| every.saturating_sub(ago));
    if wait.is_zero() {
        set_asked(&change, place, operation, now)?;
    }
    change.commit().map(|()| Some(wait))
}

/// Where it is still the one.
pub(super) fn put_asked(
    connection: &mut Connection,
    owner: &Owner,
    operation: &Operation,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let place = place_id(&change, owner, &operation.container)?;
    set_asked(&change, place, operation, at)?;
    change.commit()
}

fn set_asked(
    connection: &Connection,
    place: i64,
    operation: &Operation,
    at: Timestamp,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE operations SET asked = ?4 WHERE place = ?1 AND since = ?2 AND number = ?3",
        )?
        .execute(params![
            place,
            operation.since.as_deref().unwrap_or_default(),
            operation.number.cast_signed(),
            at.as_millisecond()
        ])?;
    Ok(())
}

pub(super) fn drop_one(
    connection: &mut Connection,
    owner: &Owner,
    operation: &Operation,
) -> rusqlite::Result<()> {
    let change = connection.transaction()?;
    let place = place_id(&change, owner, &operation.container)?;
    change.execute(
        "DELETE FROM operations WHERE place = ?1 AND since = ?2 AND number = ?3",
        params![
            place,
            operation.since.as_deref().unwrap_or_default(),
            operation.number.cast_signed()
        ],
    )?;
    change.commit()
}
