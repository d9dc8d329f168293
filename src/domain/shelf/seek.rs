//! Entries of a shelf by their ids: one, several, or one after the other.

use std::borrow::Cow;

use super::sketch::{Idents, Print, Sketch};
use super::{Entry, Keepable, Shelf};

impl<T: Keepable> Shelf<T> {
    /// Where the one with this id is, from a place on.
    pub fn find(&self, ident: &str, from: usize) -> Option<usize> {
        let print = Print::of(ident);
        let sketches = self.sketches.iter().enumerate().skip(from);
        let mut alike = sketches.filter(|(_, it)| it.print == print && it.is_read());
        alike.find(|(at, _)| self.is(*at, ident)).map(|(at, _)| at)
    }

    /// The one with this id.
    pub fn one(&self, ident: &str) -> Option<Cow<'_, T>> {
        self.find(ident, 0)
            .and_then(|at| self.get(at))
            .and_then(Entry::seen)
    }

    fn is(&self, at: usize, ident: &str) -> bool {
        let found = self.get(at);
        found.is_some_and(|entry| entry.read().is_some_and(|it| it.ident() == ident))
    }

    /// All ids.
    pub fn idents(&self) -> Idents {
        let read = self.sketches.iter().filter(|it| it.is_read());
        Idents::among(read.map(|it| it.print))
    }

    /// Whether the id of the entry at a place is among these; none for one that could not be read.
    pub fn is_among(&self, at: usize, idents: &Idents) -> Option<bool> {
        let sketch = self.sketches.get(at).filter(|it| it.is_read())?;
        Some(idents.has(sketch.print))
    }

    /// The places of those whose ids are among these.
    pub fn places<'a>(&'a self, idents: &'a Idents) -> impl Iterator<Item = usize> + 'a {
        let among = |it: &Sketch| it.is_read() && idents.has(it.print);
        let sketches = self.sketches.iter().enumerate();
        sketches.filter(move |(_, it)| among(it)).map(|(at, _)| at)
    }

    /// Whether both hold the same things in the same order, whatever these say of themselves.
    pub fn alike(&self, other: &Self) -> bool {
        let ours = self.sketches.iter().map(|it| it.print);
        ours.eq(other.sketches.iter().map(|it| it.print))
    }

    /// Whether those that could be read begin with these, in this order.
    pub fn begins_with<'a>(&self, mut idents: impl Iterator<Item = &'a str>) -> bool {
        let mut read = self.sketches.iter().filter(|it| it.is_read());
        idents.all(|ident| read.next().is_some_and(|it| it.print == Print::of(ident)))
    }

    /// Finds one after the other.
    pub const fn seeker(self) -> Seeker<T> {
        Seeker {
            shelf: self,
            next: 0,
            places: Vec::new(),
        }
    }
}

/// Finds entries of a shelf by their ids: the one behind the last at once, others by a table.
pub struct Seeker<T: Keepable> {
    shelf: Shelf<T>,
    /// Where the next one is most likely.
    next: usize,
    /// Where each stands; made when one is not where it was sought first.
    places: Vec<(Print, usize)>,
}

impl<T: Keepable> Seeker<T> {
    /// There is none to be found.
    pub fn is_empty(&self) -> bool {
        self.shelf.is_empty()
    }

    pub fn find(&mut self, ident: &str) -> Option<T> {
        let print = Print::of(ident);
        let next = self.shelf.sketches.get(self.next);
        let at = if next.is_some_and(|it| it.print == print) {
            self.next
        } else {
            self.place(print)?
        };
        self.next = at + 1;
        let found = self.shelf.get(at)?.into_owned().into_read();
        found.filter(|it| it.ident() == ident)
    }

    fn place(&mut self, print: Print) -> Option<usize> {
        if self.places.is_empty() {
            let read = self.shelf.sketches.iter().enumerate();
            let read = read.filter(|(_, it)| it.is_read());
            self.places = read.map(|(at, it)| (it.print, at)).collect();
            self.places.sort_unstable();
        }
        let at = self.places.partition_point(|(it, _)| *it < print);
        let (found, at) = self.places.get(at)?;
        (*found == print).then_some(*at)
    }
}
