//! A list on its way into the index: written part by part while it is read.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

use super::pack::Packer;
use super::thread::Request;
use super::{Head, Index, Owner, Place};
use crate::domain::{Entry, Keepable};

/// So many chunks are a part: a list of a million rows must not be there once more until it is whole.
const CHUNKS: usize = 16;

/// Some chunks of a list that is on its way.
#[derive(Debug)]
pub(super) struct Part {
    /// Stands for the list until it is whole: below zero, and no other's that is on its way.
    pub ticket: i64,
    /// The number of the first chunk.
    pub first: i64,
    pub chunks: Vec<Vec<u8>>,
}

/// A list that is being read, entry by entry. One that is dropped before its end is not kept.
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
        }
    }

    /// One more entry.
    pub fn entry(&mut self, entry: &Entry<T>) {
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
        }
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
        if self.place.is_some() && self.told > 0 {
            let part = self.part();
            self.index.send(Request::Drop(self.owner.clone(), part));
        }
    }
}
