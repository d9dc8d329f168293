//! The words of all rows, folded and packed: what a filter passes over for every key.

use super::packed::Packed;
use crate::domain::filter::{Facts, letters};

/// The words of the first so many rows of a list, each with its letters.
#[derive(Debug, Default)]
pub struct Words(Packed<String, u64>);

impl Words {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The words of the next row.
    pub fn push(&mut self, facts: &Facts<'_>) {
        self.0.push(|text| {
            let from = text.len();
            facts.words_into(text);
            letters(text.get(from..).unwrap_or_default())
        });
    }

    /// The words of a row, and their letters; nothing of one that it does not hold.
    pub fn get(&self, row: usize) -> (&str, u64) {
        self.0.get(row).unwrap_or_default()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0 = Packed::default();
    }
}
