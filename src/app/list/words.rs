//! The words of all rows, folded and packed, and their measures: what a filter passes over for every key.

use super::packed::Packed;
use crate::domain::filter::{Facts, Measure, letters};

/// The words of the first so many rows of a list, each with its letters and its measure.
#[derive(Debug, Default)]
pub struct Words {
    packed: Packed<String, (u64, Measure)>,
    /// Some rows were told anew since: their words are taken for the same until all are, their measures are
    /// not.
    stale: bool,
}

impl Words {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.packed.len()
    }

    /// The words of the next row.
    pub fn push(&mut self, facts: &Facts<'_>) {
        self.packed.push(|text| {
            let from = text.len();
            facts.words_into(text);
            let letters = letters(text.get(from..).unwrap_or_default());
            (letters, Measure::from(facts))
        });
    }

    /// The words of a row, and their letters; nothing of one that it does not hold.
    pub fn get(&self, row: usize) -> (&str, u64) {
        let found = self.packed.get(row);
        found
            .map(|(text, (letters, _))| (text, letters))
            .unwrap_or_default()
    }

    /// The letters of a row's words; none of one that it does not hold.
    pub fn letters(&self, row: usize) -> u64 {
        self.packed.number(row).map_or(0, |(letters, _)| letters)
    }

    /// The measure of a row, where it holds it.
    pub fn measure(&self, row: usize) -> Option<Measure> {
        if self.stale {
            return None;
        }
        self.packed.number(row).map(|(_, measure)| measure)
    }

    /// From now on it tells of none, until all are forgotten.
    pub const fn forget_measures(&mut self) {
        self.stale = true;
    }

    /// Whether it tells measures.
    pub const fn measures(&self) -> bool {
        !self.stale
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
