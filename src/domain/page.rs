//! One page of a listing, read leniently: a bad entry is a row of its own, not the end of the page.

use std::borrow::Cow;

use super::{Keepable, RawJson, Sent, Shelf};

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

    /// Why not, when it could not.
    pub fn unreadable(&self) -> Option<&Unreadable> {
        match self {
            Self::Read(_) => None,
            Self::Unreadable(bad) => Some(bad),
        }
    }

    /// The same of an entry that may be borrowed.
    pub fn seen(entry: Cow<'_, Self>) -> Option<Cow<'_, T>>
    where
        T: Clone,
    {
        match entry {
            Cow::Borrowed(entry) => entry.read().map(Cow::Borrowed),
            Cow::Owned(entry) => entry.into_read().map(Cow::Owned),
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

/// One page.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T: Keepable> {
    pub entries: Shelf<T>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
    /// How many there are in all, where the service says.
    pub total: Option<u64>,
}

impl<T: Keepable> Page<T> {
    /// The only page of a list.
    pub fn whole(entries: impl Into<Shelf<T>>) -> Self {
        let entries = entries.into();
        Self {
            total: Some(entries.len() as u64),
            entries,
            next: None,
        }
    }
}
