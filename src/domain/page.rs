//! One page of a listing, read leniently: a bad entry is a row of its own, not the end of the page.

use super::RawJson;

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
