//! Something of each row of a list, one behind the other in chunks: what a million rows are compared by.

/// Rows of a chunk: a list that grows copies no more than one of them.
const ROWS: usize = 4096;

/// In what the rows of a chunk stand.
pub trait Text: Default {
    type Row: ?Sized;

    fn length(&self) -> usize;
    fn shrink(&mut self);
    fn part(&self, from: usize, to: usize) -> Option<&Self::Row>;
}

impl Text for String {
    type Row = str;

    fn length(&self) -> usize {
        self.len()
    }

    fn shrink(&mut self) {
        self.shrink_to_fit();
    }

    fn part(&self, from: usize, to: usize) -> Option<&str> {
        self.get(from..to)
    }
}

impl Text for Vec<u8> {
    type Row = [u8];

    fn length(&self) -> usize {
        self.len()
    }

    fn shrink(&mut self) {
        self.shrink_to_fit();
    }

    fn part(&self, from: usize, to: usize) -> Option<&[u8]> {
        self.get(from..to)
    }
}

/// A text of each of the first so many rows, with a number beside it.
#[derive(Debug)]
pub struct Packed<T, N> {
    chunks: Vec<Chunk<T, N>>,
}

#[derive(Debug)]
struct Chunk<T, N> {
    text: T,
    /// Where each row ends in it.
    ends: Vec<usize>,
    numbers: Vec<N>,
}

impl<T, N> Default for Packed<T, N> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T: Text, N: Copy> Packed<T, N> {
    /// How many rows it holds.
    pub fn len(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1) * ROWS;
        self.chunks.last().map_or(0, |last| full + last.ends.len())
    }

    /// The next row: `add` puts its text behind that of the others and answers its number.
    pub fn push(&mut self, add: impl FnOnce(&mut T) -> N) {
        let last = self.chunks.last();
        if last.is_none_or(|last| last.ends.len() == ROWS) {
            if let Some(full) = self.chunks.last_mut() {
                full.text.shrink();
            }
            self.chunks.push(Chunk {
                text: T::default(),
                ends: Vec::with_capacity(ROWS),
                numbers: Vec::with_capacity(ROWS),
            });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.numbers.push(add(&mut chunk.text));
            chunk.ends.push(chunk.text.length());
        }
    }

    /// The number of a row, without its text.
    pub fn number(&self, row: usize) -> Option<N> {
        let chunk = self.chunks.get(row / ROWS)?;
        chunk.numbers.get(row % ROWS).copied()
    }

    /// The text of a row and its number; nothing of one that it does not hold.
    pub fn get(&self, row: usize) -> Option<(&T::Row, N)> {
        let place = row % ROWS;
        let chunk = self.chunks.get(row / ROWS)?;
        let from = match place {
            0 => 0,
            place => *chunk.ends.get(place - 1)?,
        };
        let text = chunk.text.part(from, *chunk.ends.get(place)?)?;
        Some((text, *chunk.numbers.get(place)?))
    }
}
