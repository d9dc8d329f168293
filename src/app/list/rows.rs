//! Where the rows of a list stand: one after the other, or packed.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt::Debug;
use std::ops::Deref;

use super::{Item, Row, RowId};
use crate::domain::filter::Facts;
use crate::domain::{Entry, Keepable, Shelf};

/// Things in their order.
pub trait Store: Default + Debug {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts more behind them.
    fn append(&mut self, more: Self);

    /// Takes the first of others in place of its own, as far as these are the same things told anew.
    fn take_front(&mut self, _: &Self) -> bool {
        false
    }
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

    fn take_front(&mut self, new: &Self) -> bool {
        Self::take_front(self, new)
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

    /// What a filter of kinds may ask of the row at a place; none where it has to be read for that.
    fn of_kind(&self, at: usize) -> Option<Facts<'_>>;

    /// Whether a heading stands at a place.
    fn heading(&self, at: usize) -> bool;

    /// Keeps those of these ids whose rows are there.
    fn keep_there(&self, ids: &mut HashSet<R::Id>);
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

    fn of_kind(&self, _: usize) -> Option<Facts<'_>> {
        None
    }

    fn heading(&self, at: usize) -> bool {
        self.as_slice().get(at).is_some_and(Row::heading)
    }

    fn keep_there(&self, ids: &mut HashSet<R::Id>) {
        let there: HashSet<R::Id> = self.iter().enumerate().map(|(at, it)| it.id(at)).collect();
        ids.retain(|id| there.contains(id));
    }
}

impl<T: Item> Rows<Entry<T>> for Shelf<T> {
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

    fn find(&self, id: &RowId<T::Id>, from: usize) -> Option<usize> {
        match id {
            RowId::Read(id) => Self::find(self, T::ident_of(id), from),
            RowId::Unreadable(at) => {
                let there = *at >= from && *at < self.len();
                (there && self.kind(*at).is_none()).then_some(*at)
            }
        }
    }

    fn passes(&self, at: usize, lens: &T::Lens) -> bool {
        T::passes(self, at, lens)
    }

    fn of_kind(&self, at: usize) -> Option<Facts<'_>> {
        T::of_kind(self.kind(at)?)
    }

    fn heading(&self, _: usize) -> bool {
        false
    }

    fn keep_there(&self, ids: &mut HashSet<RowId<T::Id>>) {
        let there = self.idents();
        ids.retain(|id| match id {
            RowId::Read(id) => there.holds(T::ident_of(id)),
            RowId::Unreadable(at) => *at < self.len() && self.kind(*at).is_none(),
        });
    }
}
