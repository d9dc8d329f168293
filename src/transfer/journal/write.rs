//! Changes onto disk: all of one moment in one synced commit, or none.

use rusqlite::{Connection, Transaction, params};

use super::{Change, JournalError, event, row, sent};

/// Writes all changes durably, or leaves the journal as it was.
pub(super) fn all<'a>(
    connection: &mut Connection,
    changes: impl IntoIterator<Item = &'a Change>,
) -> Result<(), JournalError> {
    let moment = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let now = jiff::Timestamp::now().to_string();
    for change in changes {
        one(&moment, change, &now)?;
    }
    moment.commit()?;
    Ok(())
}

fn one(moment: &Transaction<'_>, change: &Change, now: &str) -> rusqlite::Result<()> {
    match change {
        Change::Add {
            id,
            account,
            work,
            place,
        } => {
            let (account, work) = (account.as_str(), row::write_work(work));
            let sum = row::sum(id.0, 0, &[now, account, &work]);
            moment
                .prepare_cached(
                    "INSERT INTO jobs (id, place, added, account, work, sum) \
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![id.0.cast_signed(), place, now, account, work, sum])?;
        }
        Change::Event(id, event) => {
            let job = id.0.cast_signed();
            let last: i64 = moment
                .prepare_cached("SELECT coalesce(max(n), 0) FROM events WHERE job = ?1")?
                .query_row([job], |row| row.get(0))?;
            let (n, event) = (last + 1, event::write_event(event));
            let sum = row::sum(id.0, n.cast_unsigned(), &[now, &event]);
            moment
                .prepare_cached(
                    "INSERT INTO events (job, n, at, event, sum) VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![job, n, now, event, sum])?;
        }
        Change::Place(id, place) => {
            moment
                .prepare_cached("UPDATE jobs SET place = ?2 WHERE id = ?1")?
                .execute(params![id.0.cast_signed(), place])?;
        }
        Change::Forget(id) => {
            for sql in [
                "DELETE FROM events WHERE job = ?1",
                "DELETE FROM asks WHERE job = ?1",
                "DELETE FROM jobs WHERE id = ?1",
            ] {
                moment.prepare_cached(sql)?.execute([id.0.cast_signed()])?;
            }
        }
        Change::Sent(mark) => sent::write(moment, mark)?,
        Change::Ask(id, ask) => {
            moment
                .prepare_cached("INSERT INTO asks (job, what) VALUES (?1, ?2)")?
                .execute(params![id.0.cast_signed(), ask.word()])?;
        }
        Change::Answered(seq) => {
            moment
                .prepare_cached("DELETE FROM asks WHERE seq <= ?1")?
                .execute([seq])?;
        }
        Change::Closed(closed) => {
            moment
                .prepare_cached("UPDATE queue SET closed = ?1")?
                .execute([closed])?;
        }
    }
    Ok(())
}
