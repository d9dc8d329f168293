//! The thread that owns the connection: takes what has come together, writes it at once, answers.

use std::collections::HashSet;
use std::sync::mpsc::{Receiver, SyncSender};
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::line::Line;
use super::replay::{self, Seen};
use super::{Begun, Change, JournalError, News, begun, gone, write};
use crate::domain::drill;
use crate::transfer::job::{Ask, JobId};

/// So many requests share one commit at the most.
const TOGETHER: usize = 1000;

/// What nobody waits for is written with what comes next, but no later than this: a sync of its own
/// would hold up the next one, which somebody may wait for.
const LINGER: Duration = Duration::from_millis(50);

type Told = Box<dyn FnOnce(Result<(), JournalError>) + Send>;

/// Who is to be told how a write went: that it was lost, when nothing else was said.
pub(in crate::transfer) struct Done(Option<Told>);

impl Done {
    pub fn new(told: impl FnOnce(Result<(), JournalError>) + Send + 'static) -> Self {
        Self(Some(Box::new(told)))
    }

    pub fn say(mut self, result: Result<(), JournalError>) {
        if let Some(told) = self.0.take() {
            told(result);
        }
    }
}

impl Drop for Done {
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            told(Err(gone()));
        }
    }
}

pub(super) enum Request {
    Write(Write),
    Reserve(u64, SyncSender<Result<u64, JournalError>>),
    News(Seen, SyncSender<Result<News, JournalError>>),
    Unbegun(Vec<JobId>, SyncSender<Result<HashSet<JobId>, JournalError>>),
    Notes(SyncSender<Begun>),
    Flush(SyncSender<()>),
}

pub(super) struct Write {
    pub changes: Vec<Change>,
    pub done: Done,
    /// Somebody waits until it is on disk.
    pub awaited: bool,
}

/// Ends when nobody can ask any more.
pub(super) fn run(mut line: Line, inbox: &Receiver<Request>) {
    while let Ok(first) = inbox.recv() {
        line.follow();
        let mut waiting = Vec::new();
        let latest = Instant::now() + LINGER;
        let mut hurry = false;
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Write(write) => {
                    hurry |= write.awaited;
                    waiting.push(write);
                }
                other => {
                    commit(&mut line, &mut waiting);
                    answer(&mut line, other);
                    hurry = true;
                }
            }
            next = if waiting.len() >= TOGETHER {
                None
            } else if hurry {
                inbox.try_recv().ok()
            } else {
                let left = latest.saturating_duration_since(Instant::now());
                inbox.recv_timeout(left).ok()
            };
        }
        commit(&mut line, &mut waiting);
    }
}

fn commit(line: &mut Line, waiting: &mut Vec<Write>) {
    if waiting.is_empty() {
        return;
    }
    drill::point("journal");
    let together = line
        .with(|connection| write::all(connection, waiting.iter().flat_map(|write| &write.changes)));
    let alone = together.is_err() && waiting.len() > 1;
    for Write { changes, done, .. } in waiting.drain(..) {
        // One that cannot be written must not take the others with it.
        let result = if alone {
            line.with(|connection| write::all(connection, &changes))
        } else {
            together.clone()
        };
        done.say(result);
    }
}

fn answer(line: &mut Line, request: Request) {
    // Who does not wait any more misses nothing.
    match request {
        Request::Write(Write { changes, done, .. }) => {
            done.say(line.with(|connection| write::all(connection, &changes)));
        }
        Request::Reserve(count, reply) => {
            drop(reply.send(line.with(|connection| reserve(connection, count))));
        }
        Request::News(since, reply) => {
            drop(reply.send(line.with(|connection| Ok(news(connection, since)?))));
        }
        Request::Unbegun(ids, reply) => {
            let folder = line.folder().to_owned();
            let found = line.with(|connection| Ok(begun::unbegun(&folder, connection, &ids)?));
            drop(reply.send(found));
        }
        Request::Notes(reply) => drop(reply.send(Begun::renew(line))),
        Request::Flush(reply) => drop(reply.send(())),
    }
}

fn reserve(connection: &mut Connection, count: u64) -> Result<u64, JournalError> {
    let moment = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let first: i64 = moment.query_row("SELECT next FROM counter", [], |row| row.get(0))?;
    moment.execute("UPDATE counter SET next = next + ?1", [count.cast_signed()])?;
    moment.commit()?;
    Ok(first.cast_unsigned())
}

fn news(connection: &Connection, since: Seen) -> rusqlite::Result<News> {
    let view = connection.unchecked_transaction()?;
    let mut news = News {
        seen: since,
        closed: replay::is_closed(&view),
        ..News::default()
    };
    let mut statement = view.prepare_cached("SELECT * FROM events WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = statement.query([since.event])?;
    while let Some(row) = rows.next()? {
        let happened = replay::read_happened(row)?;
        news.seen.event = happened.seq;
        if let Some(event) = happened.event {
            news.events.push((happened.job, event));
        }
    }
    // Not by their numbers: one may have been reserved earlier and used later.
    let mut statement = view.prepare_cached("SELECT * FROM jobs WHERE seq > ?1 ORDER BY seq")?;
    let mut rows = statement.query([since.job])?;
    while let Some(row) = rows.next()? {
        news.seen.job = row.get("seq")?;
        if let Some(kept) = replay::read_job(row)? {
            news.jobs.push(kept);
        }
    }
    let mut statement = view.prepare_cached("SELECT seq, job, what FROM asks ORDER BY seq")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (seq, job, what): (i64, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if let Some(ask) = Ask::ALL.into_iter().find(|ask| ask.word() == what) {
            news.asks.push((seq, JobId(job.cast_unsigned()), ask));
        }
    }
    Ok(news)
}
