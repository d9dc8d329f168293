//! A kept list that is read some chunks at a time: in between the file is free for others, and of a long list
//! no more is held than whoever opens the chunks has use for.

use super::{Head, Index, Owner, Place, query};

/// So many bytes are read at once, or one chunk: some thousands of rows.
const AT_ONCE: usize = 256 * 1024;

/// How far a kept list is read.
pub struct Reading {
    index: Index,
    owner: Owner,
    place: Place,
    /// Its number in the file and what it was when its first chunks were read.
    list: Option<(i64, Head)>,
    next: i64,
}

impl Reading {
    pub(super) const fn new(index: Index, owner: Owner, place: Place) -> Self {
        Self {
            index,
            owner,
            place,
            list: None,
            next: 0,
        }
    }

    /// What is known of the list, once something of it was read.
    pub fn head(&self) -> Option<&Head> {
        self.list.as_ref().map(|(_, head)| head)
    }

    /// The next chunks as they are in the file, to be [opened](Index::open_chunk); none at its end. `None` where
    /// there is no list, or another one by now. Blocks shortly.
    pub fn chunks(&mut self) -> Option<Vec<Vec<u8>>> {
        let found = self.index.read(|connection| {
            query::chunks_from(connection, &self.owner, &self.place, self.next, AT_ONCE)
        });
        let found = found.flatten()?;
        let list = (found.list, found.head);
        // Half of one list and half of another are no list.
        if self.list.get_or_insert_with(|| list.clone()) != &list {
            return None;
        }
        self.next += i64::try_from(found.rows.len()).unwrap_or_default();
        Some(found.rows)
    }
}
