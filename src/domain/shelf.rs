//! The entries of a list, which may be a million: those of a long one are packed, and read one by one.

mod change;
mod lines;
mod seek;
mod sketch;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use self::change::Changing;
use self::lines::{Lines, pack};
pub use self::seek::Seeker;
pub use self::sketch::Idents;
use self::sketch::{Kinds, Numbers, Print, Sketch};
use super::pack::Pack;
use super::{Entry, Keepable};

/// A list with no more than so many is not worth packing.
const LOOSE: usize = 256;
/// So many are packed together: the more, the smaller; the fewer, the sooner one of them is read.
const TOGETHER: usize = 32;

/// Entries in their order. Those of a long list are packed, so that one takes about a tenth of what it
/// takes alone, and are made anew for who reads them; what tells them apart is known without.
#[derive(Clone)]
pub struct Shelf<T: Keepable> {
    /// Each with the place of its first entry.
    packs: Vec<(u32, Arc<Pack>)>,
    /// Behind the packed ones.
    loose: Vec<Entry<T>>,
    /// Of every entry, packed or not. Shared: a list that is given to who goes through it beside the
    /// screen is as long there.
    sketches: Arc<Vec<Sketch>>,
    /// Boxed: most lists are short and few, but some are many.
    kinds: Option<Box<Kinds<T::Kind>>>,
}

impl<T: Keepable> Default for Shelf<T> {
    fn default() -> Self {
        Self {
            packs: Vec::new(),
            loose: Vec::new(),
            sketches: Arc::default(),
            kinds: None,
        }
    }
}

impl<T: Keepable> fmt::Debug for Shelf<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T: Keepable + PartialEq> PartialEq for Shelf<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl<T: Keepable> From<Vec<Entry<T>>> for Shelf<T> {
    fn from(entries: Vec<Entry<T>>) -> Self {
        let mut shelf = Self::default();
        Arc::make_mut(&mut shelf.sketches).reserve(entries.len());
        for entry in &entries {
            shelf.sketch(entry);
        }
        shelf.loose = entries;
        if shelf.len() >= LOOSE {
            shelf.pack();
        }
        shelf
    }
}

impl<T: Keepable> From<Shelf<T>> for Vec<Entry<T>> {
    fn from(shelf: Shelf<T>) -> Self {
        if shelf.packs.is_empty() {
            shelf.loose
        } else {
            shelf.into_iter().collect()
        }
    }
}

impl<T: Keepable> FromIterator<Entry<T>> for Shelf<T> {
    fn from_iter<I: IntoIterator<Item = Entry<T>>>(entries: I) -> Self {
        let mut shelf = Self::default();
        entries.into_iter().for_each(|entry| shelf.push(entry));
        shelf
    }
}

impl<T: Keepable> Shelf<T> {
    pub fn len(&self) -> usize {
        self.sketches.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sketches.is_empty()
    }

    /// Puts one behind the others.
    pub fn push(&mut self, entry: Entry<T>) {
        self.sketch(&entry);
        self.loose.push(entry);
        let enough = if self.packs.is_empty() {
            LOOSE
        } else {
            TOGETHER
        };
        if self.loose.len() >= enough {
            self.pack();
        }
    }

    /// Puts all of another behind these.
    pub fn append(&mut self, other: Self) {
        if self.is_empty() && self.kinds.is_none() {
            *self = other;
            return;
        }
        if !self.is_empty() && (other.packs.is_empty() || !self.close_all()) {
            other.into_iter().for_each(|entry| self.push(entry));
            return;
        }
        let numbers = self.renumber(&other);
        let first = self.len();
        let count = |at: u32| u32::try_from(first).map_or(u32::MAX, |first| first + at);
        let packs = other.packs.into_iter();
        self.packs.extend(packs.map(|(at, pack)| (count(at), pack)));
        let sketches = other.sketches.iter().map(|it| Sketch {
            kind: numbers.of(it.kind),
            ..*it
        });
        Arc::make_mut(&mut self.sketches).extend(sketches);
        self.loose = other.loose;
    }

    /// Takes the first of them, in full groups as they are packed, and leaves the few behind: of a list that
    /// comes in such parts, packs begin where they do in any other.
    #[must_use]
    pub fn take_groups(&mut self) -> Self {
        let mut taken = std::mem::take(self);
        let left = (taken.len() % TOGETHER).min(taken.loose.len());
        let rest = taken.loose.split_off(taken.loose.len() - left);
        let many = taken.len() - left;
        Arc::make_mut(&mut taken.sketches).truncate(many);
        for entry in rest {
            self.push(entry);
        }
        taken
    }

    /// What is to be known of an entry that comes next.
    fn sketch(&mut self, entry: &Entry<T>) {
        let sketch = match entry {
            Entry::Read(it) => Sketch {
                print: Print::of(it.ident()),
                kind: self.number(it.kind()),
            },
            Entry::Unreadable(_) => Sketch::none(),
        };
        Arc::make_mut(&mut self.sketches).push(sketch);
    }

    fn number(&mut self, kind: T::Kind) -> u32 {
        self.kinds.get_or_insert_default().number(kind)
    }

    /// The numbers here of the kinds of another.
    fn renumber(&mut self, other: &Self) -> Numbers {
        let kinds = other.kinds.iter().flat_map(|kinds| kinds.all.iter());
        Numbers(kinds.map(|kind| self.number(kind.clone())).collect())
    }

    // --- reading

    /// The entry at a place.
    pub fn get(&self, at: usize) -> Option<Cow<'_, Entry<T>>> {
        let packed = self.packed();
        if at >= packed {
            return self.loose.get(at - packed).map(Cow::Borrowed);
        }
        let which = self.pack_of(at).checked_sub(1)?;
        let (first, pack) = self.packs.get(which)?;
        let mut lines = Lines::of(pack, Pack::kept_head(pack));
        lines.read(at - *first as usize).map(Cow::Owned)
    }

    /// All entries, in order.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, Entry<T>>> {
        self.iter_from(0)
    }

    /// The entries from this place on.
    pub fn iter_from(&self, at: usize) -> impl Iterator<Item = Cow<'_, Entry<T>>> {
        let packed = self.packed();
        let which = self.pack_of(at.min(packed)).saturating_sub(1);
        let packs = self.packs.get(which..).unwrap_or_default();
        let first = packs.first().map_or(0, |(first, _)| *first as usize);
        let read = packs
            .iter()
            .flat_map(|(_, pack)| Lines::of(pack, pack.head()).all::<T>());
        let skipped = at.min(packed).saturating_sub(first);
        let loose = self.loose.get(at.saturating_sub(packed)..);
        read.map(Cow::Owned)
            .skip(skipped)
            .chain(loose.unwrap_or_default().iter().map(Cow::Borrowed))
    }

    /// All that could be read, in order.
    pub fn read(&self) -> impl Iterator<Item = Cow<'_, T>> {
        self.iter().filter_map(Entry::seen)
    }

    /// Of what kind the entry at a place is; none for one that could not be read.
    pub fn kind(&self, at: usize) -> Option<&T::Kind> {
        let number = self.sketches.get(at)?.kind;
        self.kinds.as_ref()?.all.get(number as usize)
    }

    /// Each kind that there is, and how many are of it.
    pub fn kinds(&self) -> impl Iterator<Item = (&T::Kind, usize)> {
        let all: &[T::Kind] = self.kinds.as_ref().map_or(&[], |kinds| &kinds.all);
        let mut counts = vec![0; all.len()];
        for sketch in self.sketches.iter() {
            if let Some(count) = counts.get_mut(sketch.kind as usize) {
                *count += 1;
            }
        }
        all.iter().zip(counts)
    }

    fn packed(&self) -> usize {
        self.len() - self.loose.len()
    }

    /// How many packs begin at this place or before.
    fn pack_of(&self, at: usize) -> usize {
        self.packs
            .partition_point(|(first, _)| *first as usize <= at)
    }

    // --- packing

    /// Packs what is loose as well: no more comes.
    pub fn close(&mut self) {
        if self.len() >= LOOSE {
            self.close_all();
            self.loose.shrink_to_fit();
            Arc::make_mut(&mut self.sketches).shrink_to_fit();
        }
    }

    /// Says whether nothing is loose any more.
    fn close_all(&mut self) -> bool {
        self.pack();
        self.loose.is_empty() || self.close_one(self.loose.len())
    }

    /// Packs what is loose, in full packs.
    fn pack(&mut self) {
        let before = self.packs.len();
        while self.loose.len() >= TOGETHER && self.close_one(TOGETHER) {}
        if before == 0 && !self.packs.is_empty() {
            // Never again will as many be loose.
            self.loose.shrink_to(TOGETHER);
        }
    }

    /// Packs the first so many of the loose ones. Says whether it could.
    fn close_one(&mut self, count: usize) -> bool {
        if !T::PACKS || count == 0 {
            return false;
        }
        let Ok(first) = u32::try_from(self.packed()) else {
            return false;
        };
        let Some(pack) = self.loose.get(..count).and_then(pack) else {
            return false;
        };
        self.packs.push((first, pack));
        self.loose.drain(..count);
        true
    }
}

impl<T: Keepable> IntoIterator for Shelf<T> {
    type Item = Entry<T>;
    type IntoIter = IntoEntries<T>;

    fn into_iter(self) -> IntoEntries<T> {
        IntoEntries {
            packs: self.packs.into_iter(),
            open: Vec::new().into_iter(),
            loose: self.loose.into_iter(),
        }
    }
}

/// Gives the entries of a shelf, opening one pack after the other.
pub struct IntoEntries<T> {
    packs: std::vec::IntoIter<(u32, Arc<Pack>)>,
    open: std::vec::IntoIter<Entry<T>>,
    loose: std::vec::IntoIter<Entry<T>>,
}

impl<T: Keepable> Iterator for IntoEntries<T> {
    type Item = Entry<T>;

    fn next(&mut self) -> Option<Entry<T>> {
        loop {
            if let Some(entry) = self.open.next() {
                return Some(entry);
            }
            match self.packs.next() {
                Some((_, pack)) => self.open = Lines::of(&pack, pack.head()).all(),
                None => return self.loose.next(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
