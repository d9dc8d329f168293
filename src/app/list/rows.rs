//! Where the rows of a list stand: one after the other, or packed.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Debug;
use std::ops::Deref;

use super::{Item, Row, RowId};
use crate::domain::{Entry, Keepable, Shelf};

/// Things in their order.
pub trait Store: Default + Debug {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts more behind them.
    fn append(&mut self, more: Self);
}

impl<T: Debug> Store for Vec<T> {
    fn len(&self) -> usize {
        self.as_slice().len()
    }

    fn append(&mut self, more: Self) {
        if self.as_slice().is_empty() {
            // A long list need not be there twice, not even for a moment.
            *self = more;
        } else {
            self.extend(more);
        }
    }
}

impl<T: Keepable> Store for Shelf<T> {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn append(&mut self, more: Self) {
        Self::append(self, more);
    }
}

/// Rows in their order.
pub trait Rows<R: Row>: Store {
    /// What it costs to read one, in the units of a list's steps: nothing where it only stands there.
    const READ: usize = 0;

    /// One of them, which may have been made for who looks at it.
    type Ref<'a>: Deref<Target = R> + Debug
    where
        Self: 'a;

    fn get(&self, at: usize) -> Option<Self::Ref<'_>>;

    /// The rows from this place on.
    fn iter_from(&self, at: usize) -> impl Iterator<Item = Self::Ref<'_>>;

    /// Where the row with this id is, from a place on.
    fn find(&self, id: &R::Id, from: usize) -> Option<usize>;

    /// Whether the lens lets the row at a place through.
    fn passes(&self, at: usize, lens: &R::Lens) -> bool;

    /// Whether a heading stands at a place.
    fn heading(&self, at: usize) -> bool;

    /// Takes over what a listing does not tell.
    fn inherit(&mut self, old: &Self);
}

impl<R: Row> Rows<R> for Vec<R> {
    type Ref<'a>
        = &'a R
    where
        Self: 'a;

    fn get(&self, at: usize) -> Option<&R> {
        self.as_slice().get(at)
    }

    fn iter_from(&self, at: usize) -> impl Iterator<Item = &R> {
        self.iter().skip(at)
    }

    fn find(&self, id: &R::Id, from: usize) -> Option<usize> {
        (from..self.len()).find(|at| self[*at].id(*at) == *id)
    }

    fn passes(&self, at: usize, lens: &R::Lens) -> bool {
        self[at].passes(lens)
    }

    fn heading(&self, at: usize) -> bool {
        self.as_slice().get(at).is_some_and(Row::heading)
    }

    fn inherit(&mut self, old: &Self) {
        if !R::INHERITS {
            return;
        }
        let ids = old.iter().enumerate().map(|(at, row)| (row.id(at), row));
        let old: HashMap<R::Id, &R> = ids.collect();
        for (at, row) in self.iter_mut().enumerate() {
            if let Some(old) = old.get(&row.id(at)) {
                row.inherit(old);
            }
        }
    }
}

/// A thing whose rows are packed when they are many.
pub trait Packed: Item + Keepable {
    /// Whether things of a kind are shown.
    fn kind_passes(kind: &Self::Kind, lens: &Self::Lens) -> bool;
    /// The id as it stands in a list.
    fn ident_of(id: &<Self as Item>::Id) -> &str;
}

impl<T: Packed> Rows<Entry<T>> for Shelf<T>
where
    Entry<T>: Row<Id = RowId<<T as Item>::Id>, Lens = T::Lens>,
{
    /// Most of a list that is long enough to matter is packed.
    const READ: usize = 500;

    type Ref<'a>
        = Cow<'a, Entry<T>>
    where
        Self: 'a;

    fn get(&self, at: usize) -> Option<Cow<'_, Entry<T>>> {
        Self::get(self, at)
    }

    fn iter_from(&self, at: usize) -> impl Iterator<Item = Cow<'_, Entry<T>>> {
        Self::iter_from(self, at)
    }

    fn find(&self, id: &RowId<<T as Item>::Id>, from: usize) -> Option<usize> {
        match id {
            RowId::Read(id) => Self::find(self, T::ident_of(id), from),
            RowId::Unreadable(at) => {
                let there = *at >= from && *at < self.len();
                (there && self.kind(*at).is_none()).then_some(*at)
            }
        }
    }

    /// An entry that could not be read is hidden by no lens: it may be anything.
    fn passes(&self, at: usize, lens: &T::Lens) -> bool {
        self.kind(at).is_none_or(|kind| T::kind_passes(kind, lens))
    }

    fn heading(&self, _: usize) -> bool {
        false
    }

    fn inherit(&mut self, _: &Self) {}
}
