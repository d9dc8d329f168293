//! Of which segments something else is known than before: who shows all of them need not look at each.

use std::collections::VecDeque;

use crate::domain::{Idents, SegmentId};

/// So many of the last ones are told; who lacks more looks at all.
const MOST: usize = 1024;

#[derive(Debug, Default)]
pub struct Learned {
    /// How many there were ever.
    count: u64,
    /// The last of them.
    last: VecDeque<SegmentId>,
}

impl Learned {
    /// This one.
    pub(super) fn of(&mut self, segment: SegmentId) {
        if self.last.len() == MOST {
            self.last.pop_front();
        }
        self.last.push_back(segment);
        self.count += 1;
    }

    /// Maybe each.
    pub(super) fn of_all(&mut self) {
        self.last.clear();
        self.count += 1;
    }

    /// What to hold later ones against.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Those since then; none where it may be any.
    pub fn since(&self, count: u64) -> Option<Idents> {
        let many = self.count.checked_sub(count)?;
        let many = usize::try_from(many).ok()?;
        let last = self.last.iter().rev().take(many);
        (many <= self.last.len()).then(|| last.map(SegmentId::as_str).collect())
    }
}
