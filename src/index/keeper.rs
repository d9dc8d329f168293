//! A list on its way into the index: written part by part while it is read.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::pack::Packer;
use super::thread::Request;
use super::{Head, Index, Owner, Place};
use crate::domain::{Cursor, Entry, Keepable};

/// So many chunks are a part: a list of a million rows must not be there once more until it is whole.
const CHUNKS: usize = 8;

/// After so many chunks, or so long, it is written down how far a list came: those who list it again go on from
/// there.
const NOTED: usize = 4;
const LONG: Duration = Duration::from_secs(1);

/// How far a list came that is on its way.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Note {
    /// Of which kind it is.
    pub kind: u8,
    pub seal: String,
    /// Where the next page begins.
    pub next: String,
    /// How many rows there are in all, as the service says.
    pub total: Option<u64>,
    pub rows: u64,
    pub chunks: i64,
}

/// A list that was not read to its end, by whoever it was.
pub struct Draft<T: Keepable> {
    /// For the rest of it.
    pub keeper: Keeper<T>,
    /// Where the rest begins.
    pub next: Cursor,
    /// How many rows the service said that there are in all.
    pub total: Option<u64>,
}

/// Some chunks of a list that is on its way.
#[derive(Debug)]
pub(super) struct Part {
    /// Stands for the list until it is whole: below zero, and no other's that is on its way.
    pub ticket: i64,
    /// The number of the first chunk.
    pub first: i64,
    pub chunks: Vec<Vec<u8>>,
    /// The container, and how far its list came with these.
    pub note: Option<(String, Note)>,
}

/// A list that is being read, entry by entry. One that is dropped before its end is not kept, but for what
/// [goes on](Self::so_far) later.
pub struct Keeper<T: Keepable> {
    index: Index,
    owner: Owner,
    /// None once it is kept.
    place: Option<Place>,
    seal: Option<String>,
    packer: Packer<T>,
    ticket: i64,
    /// So many chunks were told.
    told: i64,
    /// It was written down how far it came.
    noted: bool,
    /// When that was, or when it began.
    latest: Instant,
    /// Where its next page begins, and how many rows it has in all, as far as is told.
    next: Option<(Cursor, Option<u64>)>,
}

impl<T: Keepable> Keeper<T> {
    pub(super) fn new(index: Index, owner: Owner, place: Place, seal: Option<String>) -> Self {
        static LAST: AtomicI64 = AtomicI64::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed) & 0xFFFF_FFFF;
        Self {
            index,
            owner,
            place: Some(place),
            seal,
            packer: Packer::default(),
            ticket: -1 - (i64::from(std::process::id()) << 31 | number),
            told: 0,
            noted: false,
            latest: Instant::now(),
            next: None,
        }
    }

    /// Goes on with what was written down of one before.
    pub(super) fn behind(mut self, list: i64, note: Note) -> Draft<T> {
        let Note {
            chunks,
            rows,
            next,
            total,
            ..
        } = note;
        self.told = chunks;
        self.noted = true;
        self.packer = Packer::behind(rows);
        let ticket = self.ticket;
        self.index.send(Request::Adopt {
            list,
            ticket,
            chunks,
        });
        Draft {
            keeper: self,
            next: Cursor(next),
            total,
        }
    }

    /// One more entry.
    pub fn entry(&mut self, entry: &Entry<T>) {
        // It stands in the middle of a page.
        self.next = None;
        if self.index.keeps() {
            self.packer.add(entry);
            if self.packer.chunks() == CHUNKS {
                let part = self.part();
                self.index.send(Request::Part(self.owner.clone(), part));
            }
        }
    }

    /// The chunks that are full.
    fn part(&mut self) -> Part {
        let chunks = self.packer.take();
        let first = self.told;
        self.told += i64::try_from(chunks.len()).unwrap_or_default();
        Part {
            ticket: self.ticket,
            first,
            chunks,
            note: None,
        }
    }

    /// All rows before this page were told. Now and then, and when no more comes, it is written down how far
    /// that is: the list [goes on](Index::go_on) from there, as long as its seal holds.
    pub fn so_far(&mut self, next: &Cursor, total: Option<u64>) {
        self.next = Some((next.clone(), total));
        if self.packer.chunks() >= NOTED || self.latest.elapsed() >= LONG {
            self.note();
        }
    }

    fn note(&mut self) {
        let (Some(place), Some(seal)) = (&self.place, &self.seal) else {
            return;
        };
        let Some((next, total)) = self.next.take().filter(|_| self.index.keeps()) else {
            return;
        };
        let ((kind, container), seal) = (place.columns(), seal.clone());
        let container = container.to_owned();
        let rows = self.packer.end();
        let mut part = self.part();
        let note = Note {
            kind,
            seal,
            next: next.0,
            total,
            rows,
            chunks: self.told,
        };
        part.note = Some((container, note));
        self.noted = true;
        self.latest = Instant::now();
        self.index.send(Request::Part(self.owner.clone(), part));
    }

    /// That was the last one: from now on this is the list.
    pub fn end(mut self) {
        let Some(place) = self.place.take() else {
            return;
        };
        let count = self.packer.end();
        let head = Head {
            at: Timestamp::now(),
            count,
            seal: self.seal.take(),
        };
        let last = self.part();
        self.index
            .send(Request::List(self.owner.clone(), place, head, last));
    }
}

impl<T: Keepable> Drop for Keeper<T> {
    fn drop(&mut self) {
        self.note();
        if self.place.is_some() && self.told > 0 && !self.noted {
            let part = self.part();
            self.index.send(Request::Drop(self.owner.clone(), part));
        }
    }
}
