//! The thread that writes the index, behind what it is told.

use std::sync::mpsc::{Receiver, SyncSender};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

use super::file::Trouble;
use super::{Head, Owner, Part, Place, change, operations, pack, store};
use crate::api::Operation;
use crate::domain::{
    AccountName, Asset, ContainerId, Digest, Entry, Segment, SegmentId, SegmentTexts, TextReader,
};

/// One change.
pub(super) enum Request {
    /// Of a list that is on its way.
    Part(Owner, Part),
    /// Whoever has this ticket goes on with that list, behind so many chunks.
    Adopt {
        list: i64,
        ticket: i64,
        chunks: i64,
    },
    /// It is not on its way any more.
    Drop(Owner, Part),
    /// Its last part: from now on this is the list.
    List(Owner, Place, Head, Part),
    Texts(Owner, ContainerId, SegmentTexts),
    Renew(Owner, Place, Timestamp, Option<String>),
    Marks(
        Owner,
        ContainerId,
        Timestamp,
        Vec<(SegmentId, Option<Vec<u8>>)>,
    ),
    Unmark(Owner, ContainerId, SegmentId),
    /// What was read of an asset, then.
    Digest(Owner, Box<Asset>, Digest, Timestamp),
    /// What was read of one thing that uses assets, then.
    Used(Owner, String, Vec<u8>, Timestamp),
    /// All of them were.
    Scanned(Owner),
    /// A service does something by itself since then.
    Begun(Owner, Box<Operation>, Timestamp),
    /// Whether its state may be asked for, so often at the most; what to wait is told.
    Turn(
        Owner,
        Box<Operation>,
        Duration,
        SyncSender<Option<Duration>>,
    ),
    /// It was asked for then.
    Asked(Owner, Box<Operation>, Timestamp),
    /// There is nothing to ask for any more.
    Over(Owner, Box<Operation>),
    Forget(AccountName),
    /// All before it is written.
    Settle(SyncSender<()>),
}

/// Writes until nobody tells anything any more, or the file is damaged. A full disk or a busy file
/// costs what was to be kept, and nothing else; a full disk is told.
pub(super) fn run(mut connection: Connection, trouble: &Trouble, requests: &Receiver<Request>) {
    let mut swept = false;
    while let Ok(request) = requests.recv() {
        let written = write(&mut connection, request).and_then(|()| {
            // With the first change, not with the start.
            if std::mem::replace(&mut swept, true) {
                return Ok(());
            }
            change::drop_old(&mut connection, Timestamp::now())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the index cannot be written");
            if store::is_damage(&error) {
                trouble.damage();
                return;
            }
            trouble.unwritten(&error);
        }
    }
}

fn write(connection: &mut Connection, request: Request) -> rusqlite::Result<()> {
    match request {
        Request::Part(owner, part) => change::put_part(connection, &owner, &part, Timestamp::now()),
        Request::Adopt {
            list,
            ticket,
            chunks,
        } => change::adopt(connection, list, ticket, chunks),
        Request::Drop(owner, part) => change::drop_parts(connection, &owner, &part),
        Request::List(owner, place, head, last) => {
            change::put_list(connection, &owner, &place, &head, &last)
        }
        Request::Texts(owner, container, texts) => {
            let place = Place::Segments(container);
            let mut reader = texts.reader();
            change::rewrite(connection, &owner, &place, |rows| fill(rows, &mut reader))
        }
        Request::Renew(owner, place, at, seal) => {
            change::renew(connection, &owner, &place, at, seal.as_deref())
        }
        Request::Marks(owner, container, at, marks) => {
            change::put_marks(connection, &owner, &container, at, &marks)
        }
        Request::Unmark(owner, container, segment) => {
            change::drop_mark(connection, &owner, &container, &segment)
        }
        Request::Digest(owner, asset, digest, at) => {
            change::put_digest(connection, &owner, &asset, digest, at)
        }
        Request::Used(owner, id, used, at) => change::put_used(connection, &owner, &id, &used, at),
        Request::Scanned(owner) => change::drop_uses(connection, &owner),
        Request::Begun(owner, operation, at) => operations::put(connection, &owner, &operation, at),
        Request::Turn(owner, operation, every, told) => {
            let wait = operations::turn(connection, &owner, &operation, every, Timestamp::now);
            // Whoever waits has given up, or waits for an error too.
            let _ = told.send(wait.as_ref().ok().copied().flatten());
            wait.map(drop)
        }
        Request::Asked(owner, operation, at) => {
            operations::put_asked(connection, &owner, &operation, at)
        }
        Request::Over(owner, operation) => operations::drop_one(connection, &owner, &operation),
        Request::Forget(account) => change::drop_account(connection, &account),
        Request::Settle(done) => {
            let _ = done.send(());
            Ok(())
        }
    }
}

/// The same chunk with the keys and texts of its positions; `None` when it is damaged.
fn fill(rows: &[u8], texts: &mut TextReader<'_>) -> Option<Vec<u8>> {
    let mut entries: Vec<Entry<Segment>> = pack::open(rows)?;
    for entry in &mut entries {
        if let Entry::Read(segment) = entry
            && let Some(told) = texts.get(segment.position)
        {
            segment.tell(told);
        }
    }
    let mut packer = pack::Packer::default();
    for entry in &entries {
        packer.add(entry);
    }
    packer.end();
    packer.take().pop()
}
