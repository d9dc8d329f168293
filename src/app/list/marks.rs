//! Marks of a list: one by one, in ranges, all shown, inverted.

use std::ops::Range;

use super::{List, Row, RowRef, Rows as _};

impl<R: Row> List<R> {
    /// The user marked it, or it lies in the range being marked.
    pub fn is_marked(&self, place: usize) -> bool {
        self.in_range(place)
            || !self.marked.is_empty()
                && self
                    .id_at(place)
                    .is_some_and(|id| self.marked.contains(&id))
    }

    fn in_range(&self, place: usize) -> bool {
        self.ranged().contains(&place) && self.row(place).is_some_and(|row| !row.heading())
    }

    /// The places of the range being marked; none without one. Asked for each frame, so that no
    /// other row is looked at.
    fn ranged(&self) -> Range<usize> {
        let at = self.cursor;
        let range = self.anchor.map(|other| at.min(other)..at.max(other) + 1);
        range.unwrap_or_default()
    }

    /// The rows of the range being marked.
    fn range_ids(&self) -> impl Iterator<Item = R::Id> {
        let places = self.ranged().filter(|place| self.in_range(*place));
        places.filter_map(|place| self.id_at(place))
    }

    /// A range is being marked.
    pub const fn ranging(&self) -> bool {
        self.anchor.is_some()
    }

    pub fn marks(&self) -> usize {
        let range = self.range_ids().filter(|id| !self.marked.contains(id));
        self.marked.len() + range.count()
    }

    /// The marked rows in the service's order, hidden ones too; without marks the one under the
    /// cursor.
    pub fn chosen(&self) -> Vec<RowRef<'_, R>> {
        let mut ids = self.marked.clone();
        ids.extend(self.range_ids());
        if ids.is_empty() {
            return self.current().into_iter().collect();
        }
        let rows = self.rows.iter_from(0).enumerate();
        rows.filter(|(at, row)| ids.contains(&row.id(*at)))
            .map(|(_, row)| row)
            .collect()
    }

    /// Marks or unmarks the row under the cursor and moves down.
    pub fn toggle_mark(&mut self) {
        self.end_range();
        if self.current().is_some_and(|row| !row.heading())
            && let Some(id) = self.current_id()
            && !self.marked.remove(&id)
        {
            self.marked.insert(id);
        }
        self.step(1);
    }

    /// Begins a range at the cursor, or ends the one that is open.
    pub fn range(&mut self) {
        if self.anchor.is_some() {
            self.end_range();
        } else if !self.shown.is_empty() {
            self.anchor = Some(self.cursor);
        }
    }

    pub(super) fn end_range(&mut self) {
        let ids: Vec<R::Id> = self.range_ids().collect();
        self.marked.extend(ids);
        self.anchor = None;
    }

    /// Marks every shown row, or none when all of them are.
    pub fn mark_shown(&mut self) {
        self.settle();
        self.anchor = None;
        let ids = self.markable();
        if ids.iter().all(|id| self.marked.contains(id)) {
            self.marked.clear();
        } else {
            self.marked.extend(ids);
        }
    }

    /// Marks the shown rows that are not marked, and unmarks those that are.
    pub fn invert_marks(&mut self) {
        self.settle();
        self.end_range();
        for id in self.markable() {
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
        }
    }

    /// Drops range and marks; says whether there were any.
    pub fn clear_marks(&mut self) -> bool {
        let had = self.anchor.take().is_some() || !self.marked.is_empty();
        self.marked.clear();
        had
    }

    fn markable(&self) -> Vec<R::Id> {
        (0..self.shown.len())
            .filter(|place| self.row(*place).is_some_and(|row| !row.heading()))
            .filter_map(|place| self.id_at(place))
            .collect()
    }
}
