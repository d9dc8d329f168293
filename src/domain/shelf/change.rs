//! A shelf made of another: some of its entries changed, the packs of all others as they are.

use std::sync::Arc;

use super::{Lines, Shelf};
use crate::domain::{Entry, Keepable};

/// So many packs are gone through in one step.
const STEP: usize = 16;

/// What becomes of a shelf, in steps: reading all of a long one takes longer than anyone may wait.
pub struct Changing<T: Keepable> {
    old: Shelf<T>,
    /// So many of its packs are done.
    done: usize,
    new: Shelf<T>,
}

impl<T: Keepable> Changing<T> {
    pub fn new(old: Shelf<T>) -> Self {
        let mut new = Shelf::default();
        // Numbers of kinds stay what they are.
        new.kinds.clone_from(&old.kinds);
        Arc::make_mut(&mut new.sketches).reserve(old.len());
        Self { old, done: 0, new }
    }

    /// Goes on for a millisecond or a few. `change` says whether it changed a thing. The new shelf once
    /// all is done.
    pub fn step(&mut self, mut change: impl FnMut(&mut T) -> bool) -> Option<Shelf<T>> {
        for _ in 0..STEP {
            let Some((first, pack)) = self.old.packs.get(self.done) else {
                for mut entry in std::mem::take(&mut self.old.loose) {
                    if let Entry::Read(it) = &mut entry {
                        change(it);
                    }
                    self.new.push(entry);
                }
                self.new.close();
                return Some(std::mem::take(&mut self.new));
            };
            self.done += 1;
            let mut entries: Vec<Entry<T>> = Lines::of(pack, pack.head()).all().collect();
            let mut changed = false;
            for entry in &mut entries {
                if let Entry::Read(it) = entry {
                    changed |= change(it);
                }
            }
            if !changed && self.new.close_all() {
                let (from, at) = (*first as usize, self.new.len());
                let sketches = self.old.sketches.get(from..from + entries.len());
                Arc::make_mut(&mut self.new.sketches)
                    .extend_from_slice(sketches.unwrap_or_default());
                let at = u32::try_from(at).unwrap_or(u32::MAX);
                self.new.packs.push((at, Arc::clone(pack)));
            } else {
                for entry in entries {
                    self.new.push(entry);
                }
            }
        }
        None
    }
}

impl<T: Keepable> Shelf<T> {
    /// Takes the first entries of another in place of its own, as far as these are the same things
    /// told anew: what comes in place of a long list need not be there beside all of it. Says whether it took
    /// any.
    pub fn take_front(&mut self, new: &Self) -> bool {
        // What was taken before.
        let packs = self.packs.iter().zip(&new.packs);
        let same = packs.take_while(|(own, new)| own.0 == new.0 && Arc::ptr_eq(&own.1, &new.1));
        let taken = same.count();
        let begins = |shelf: &Self, which: usize| {
            let pack = shelf.packs.get(which);
            pack.map_or(shelf.packed(), |(first, _)| *first as usize)
        };
        let from = begins(self, taken);
        let theirs = new.sketches.iter().skip(from);
        let alike = self.sketches.iter().skip(from).zip(theirs);
        let alike = alike.take_while(|(own, new)| own.print == new.print);
        let end = from + alike.count();
        // As far as packs of both end at the same place.
        let (mut own, mut other, mut to) = (taken, taken, None);
        loop {
            let (here, there) = (begins(self, own), begins(new, other));
            if here.max(there) > end {
                break;
            }
            if here == there {
                to = Some((own, other, here));
            }
            match (
                here <= there,
                own < self.packs.len(),
                other < new.packs.len(),
            ) {
                (true, true, _) => own += 1,
                (false, _, true) => other += 1,
                _ => break,
            }
        }
        let Some((own, other, upto)) = to.filter(|(_, _, upto)| *upto > from) else {
            return false;
        };
        let packs = new.packs.get(taken..other).unwrap_or_default();
        self.packs.splice(taken..own, packs.iter().cloned());
        let numbers = self.renumber(new);
        let sketches = Arc::make_mut(&mut self.sketches).iter_mut();
        let news = new.sketches.iter();
        for (own, new) in sketches.zip(news).take(upto).skip(from) {
            own.kind = numbers.of(new.kind);
        }
        true
    }
}
