//! The words of all rows, folded and packed: what a filter passes over for every key.

use crate::domain::filter::{Facts, letters};

/// Rows of a chunk: a list that grows copies no more than one of them.
const ROWS: usize = 4096;

/// The words of the first so many rows of a list.
#[derive(Debug, Default)]
pub struct Words {
    chunks: Vec<Chunk>,
}

#[derive(Debug, Default)]
struct Chunk {
    /// All words, row after row.
    text: String,
    /// Where each row ends in it.
    ends: Vec<usize>,
    /// Which letters each row has.
    letters: Vec<u64>,
}

impl Words {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * ROWS;
        self.chunks.last().map_or(0, |last| full + last.ends.len())
    }

    /// The words of the next row.
    pub fn push(&mut self, facts: &Facts<'_>) {
        if self
            .chunks
            .last()
            .is_none_or(|last| last.ends.len() == ROWS)
        {
            if let Some(full) = self.chunks.last_mut() {
                full.text.shrink_to_fit();
            }
            self.chunks.push(Chunk {
                text: String::new(),
                ends: Vec::with_capacity(ROWS),
                letters: Vec::with_capacity(ROWS),
            });
        }
        let Some(chunk) = self.chunks.last_mut() else {
            return;
        };
        let from = chunk.text.len();
        facts.words_into(&mut chunk.text);
        let new = chunk.text.get(from..).unwrap_or_default();
        chunk.letters.push(letters(new));
        chunk.ends.push(chunk.text.len());
    }

    /// The words of a row, and their letters; nothing of one that it does not hold.
    pub fn get(&self, row: usize) -> (&str, u64) {
        let place = row % ROWS;
        let found = self.chunks.get(row / ROWS).and_then(|chunk| {
            let from = match place {
                0 => 0,
                place => *chunk.ends.get(place - 1)?,
            };
            let text = chunk.text.get(from..*chunk.ends.get(place)?)?;
            Some((text, *chunk.letters.get(place)?))
        });
        found.unwrap_or_default()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.chunks = Vec::new();
    }
}
