//! One page of a listing, read leniently: a bad entry is a row of its own, not the end of the page.

use super::{RawJson, Sent};

/// Where the next page starts. Only the adapter that made it interprets it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cursor(pub String);

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Which field was wrong, in words.
    pub reason: String,
    pub raw: RawJson,
}

/// One row of a listing.
#[derive(Debug, Clone, PartialEq)]
pub enum Entry<T> {
    Read(T),
    Unreadable(Unreadable),
}

impl<T> Entry<T> {
    /// The thing, when it could be read.
    pub fn read(&self) -> Option<&T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Unreadable(_) => None,
        }
    }

    /// The thing, when it could be read, by value.
    pub fn into_read(self) -> Option<T> {
        match self {
            Self::Read(value) => Some(value),
            Self::Unreadable(_) => None,
        }
    }
}

impl<T: Sent> Entry<T> {
    /// Keeps what was sent for these as small as it can be: they are rows of a long list.
    pub fn pack(entries: &mut [Self]) {
        RawJson::pack(entries.iter_mut().map(|entry| match entry {
            Self::Read(value) => value.raw_mut(),
            Self::Unreadable(bad) => &mut bad.raw,
        }));
    }
}

/// Gathers a long listing whose pages are many: what was sent for each entry is packed as they come,
/// so that it is never there in full.
#[derive(Debug)]
pub struct LongList<T> {
    entries: Vec<Entry<T>>,
    /// So many of them are packed.
    packed: usize,
}

impl<T> Default for LongList<T> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            packed: 0,
        }
    }
}

impl<T: Sent> LongList<T> {
    /// So many entries wait until they are packed together.
    const LOOSE: usize = 256;

    pub fn push(&mut self, entry: Entry<T>) {
        self.entries.push(entry);
        if self.entries.len() >= self.packed + Self::LOOSE {
            self.pack();
        }
    }

    fn pack(&mut self) {
        Entry::pack(self.entries.get_mut(self.packed..).unwrap_or_default());
        self.packed = self.entries.len();
    }

    pub fn entries(mut self) -> Vec<Entry<T>> {
        self.pack();
        self.entries
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    pub entries: Vec<Entry<T>>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
    /// How many there are in all, where the service says.
    pub total: Option<u64>,
}

impl<T> Page<T> {
    /// The only page of a short list.
    pub fn whole(entries: Vec<Entry<T>>) -> Self {
        Self {
            total: Some(entries.len() as u64),
            entries,
            next: None,
        }
    }
}
