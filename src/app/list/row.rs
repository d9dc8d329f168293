//! What a list needs to know of its rows.

use std::fmt::Debug;
use std::hash::Hash;

use super::Rows;
use crate::domain::filter::Facts;
use crate::domain::{Entry, Keepable, Shelf};

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
    /// A heading: shown whatever the filter says, first of its group, and never marked.
    fn heading(&self) -> bool {
        false
    }
}

/// A thing that a service lists: its rows are packed when they are many.
pub trait Item: Keepable + 'static {
    type Id: Clone + Eq + Hash + Debug;
    type Lens: Default + Debug + Clone + PartialEq;

    fn id(&self) -> Self::Id;
    /// The id as it stands in a list.
    fn ident_of(id: &Self::Id) -> &str;
    fn facts<'a>(&'a self, lens: &'a Self::Lens) -> Facts<'a>;
    /// What things of a kind have in common, as far as that is all that a filter of kinds asks.
    fn of_kind(kind: &Self::Kind) -> Option<Facts<'_>> {
        let _ = kind;
        None
    }
    /// Whether the lens lets the one at a place through. An entry that could not be read is hidden by
    /// none: it may be anything.
    fn passes(rows: &Shelf<Self>, at: usize, lens: &Self::Lens) -> bool;
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
    type Rows = Shelf<T>;

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
}
