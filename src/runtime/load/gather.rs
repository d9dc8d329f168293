//! Rows of small pages, told together: each telling costs the screen a frame, and long lists are packed beside
//! it.

use std::time::{Duration, Instant};

use crate::domain::{Keepable, Shelf};

/// So many are enough to be told.
const ENOUGH: usize = 1024;
/// What came is told after so long, however little.
pub(super) const LATE: Duration = Duration::from_millis(250);

/// What came of a list and was not told yet.
pub(super) struct Gathered<T: Keepable> {
    rows: Shelf<T>,
    /// When some were told last; `None` before the first.
    told: Option<Instant>,
}

impl<T: Keepable> Default for Gathered<T> {
    fn default() -> Self {
        Self {
            rows: Shelf::default(),
            told: None,
        }
    }
}

impl<T: Keepable> Gathered<T> {
    /// These came.
    pub fn add(&mut self, rows: Shelf<T>) {
        self.rows.append(rows);
    }

    /// What is to be told now, if anything: the first rows at once.
    pub fn due(&mut self) -> Option<Shelf<T>> {
        let due = match self.told {
            None => !self.rows.is_empty(),
            // Also that nothing came: who waits is told that an answer did.
            Some(told) => self.rows.len() >= ENOUGH || told.elapsed() >= LATE,
        };
        if !due {
            return None;
        }
        let groups = self.rows.take_groups();
        if groups.is_empty() {
            return Some(self.rest());
        }
        self.told = Some(Instant::now());
        Some(groups)
    }

    /// Something came that was not told.
    pub fn any(&self) -> bool {
        !self.rows.is_empty()
    }

    /// All that was not told.
    pub fn rest(&mut self) -> Shelf<T> {
        self.told = Some(Instant::now());
        std::mem::take(&mut self.rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, Entry};

    fn rows(from: usize, many: usize) -> Shelf<Asset> {
        let scope = AssetScope::Container(ContainerId::new("site").unwrap());
        { from..from + many }
            .map(|at| {
                let name = at.to_string();
                let key = AssetKey::from_parts([name.as_str()]).unwrap();
                Entry::Read(Asset::bare(scope.clone(), key, name))
            })
            .collect()
    }

    #[test]
    fn the_first_rows_are_told_at_once_and_others_once_they_are_many() {
        let mut gathered = Gathered::default();
        assert!(gathered.due().is_none());
        gathered.add(rows(0, 0));
        assert!(gathered.due().is_none(), "of this page none is wanted");
        gathered.add(rows(0, 100));
        assert_eq!(gathered.due().unwrap().len(), 96);
        for page in 1..10 {
            gathered.add(rows(page * 100, 100));
            assert!(gathered.due().is_none(), "{page}");
        }
        gathered.add(rows(1000, 150));
        assert_eq!(gathered.due().unwrap().len(), 1024);
        assert_eq!(gathered.rest().len(), 1150 - 96 - 1024);
        assert!(gathered.rest().is_empty());
    }

    #[test]
    fn few_rows_are_told_late_and_not_never() {
        let mut gathered = Gathered::default();
        gathered.add(rows(0, 5));
        assert_eq!(gathered.due().unwrap().len(), 5);
        gathered.add(rows(5, 5));
        gathered.told = Instant::now().checked_sub(LATE);
        assert_eq!(gathered.due().unwrap().len(), 5);
    }
}
