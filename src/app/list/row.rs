//! What a list needs to know of its rows.

use std::fmt::Debug;
use std::hash::Hash;

use super::Rows;
use crate::domain::Entry;
use crate::domain::filter::Facts;

/// Anything that may stand in a list.
pub trait Row: Debug + Sized {
    type Id: Clone + Eq + Hash + Debug;
    /// What columns read.
    type Item: Debug + 'static;
    /// Which rows a list shows beside its filter.
    type Lens: Default + Debug + Clone + PartialEq;
    /// How a list holds them.
    type Rows: Rows<Self>;

    /// `at` is the place among all rows; only rows without an id of their own use it.
    fn id(&self, at: usize) -> Self::Id;
    /// `None` for an unreadable entry or a heading.
    fn item(&self) -> Option<&Self::Item>;
    /// What a filter may ask of it; `lens` may know more than the row.
    fn facts<'a>(&'a self, lens: &'a Self::Lens) -> Facts<'a>;
    fn passes(&self, lens: &Self::Lens) -> bool {
        let _ = lens;
        true
    }
    /// Rows are sorted inside their group only.
    fn group(&self) -> usize {
        0
    }
    /// Whether a new row of the same id takes something over from the old one.
    const INHERITS: bool = false;
    /// Takes over what a listing does not tell.
    fn inherit(&mut self, old: &Self) {
        let _ = old;
    }
    /// A heading: shown whatever the filter says, first of its group, and never marked.
    fn heading(&self) -> bool {
        false
    }
}

/// A thing that a service lists.
pub trait Item: Debug + Sized + 'static {
    type Id: Clone + Eq + Hash + Debug;
    type Lens: Default + Debug + Clone + PartialEq;
    /// As [`Row::Rows`].
    type Rows: Rows<Entry<Self>>;

    fn id(&self) -> Self::Id;
    fn facts<'a>(&'a self, lens: &'a Self::Lens) -> Facts<'a>;
    fn passes(&self, lens: &Self::Lens) -> bool {
        let _ = lens;
        true
    }
    /// As [`Row::INHERITS`].
    const INHERITS: bool = false;
    /// As [`Row::inherit`].
    fn inherit(&mut self, old: &Self) {
        let _ = old;
    }
}

/// The id of a row: the thing's own, or the place of an unreadable entry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum RowId<I> {
    Read(I),
    Unreadable(usize),
}

impl<T: Item> Row for Entry<T> {
    type Id = RowId<T::Id>;
    type Item = T;
    type Lens = T::Lens;
    type Rows = T::Rows;

    fn id(&self, at: usize) -> Self::Id {
        self.read()
            .map_or(RowId::Unreadable(at), |item| RowId::Read(item.id()))
    }

    fn item(&self) -> Option<&T> {
        self.read()
    }

    fn facts<'a>(&'a self, lens: &'a T::Lens) -> Facts<'a> {
        Facts::of_entry(self, |item| item.facts(lens))
    }

    const INHERITS: bool = T::INHERITS;

    fn inherit(&mut self, old: &Self) {
        if let (Self::Read(new), Some(old)) = (self, old.read()) {
            new.inherit(old);
        }
    }

    /// An entry that could not be read is hidden by no lens: it may be anything.
    fn passes(&self, lens: &T::Lens) -> bool {
        self.read().is_none_or(|item| item.passes(lens))
    }
}
