//! Where the cursor stays while rows come and go around it.

use super::{List, Row, Rows as _};

/// What it stays on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Stay {
    /// On the first hit.
    #[default]
    First,
    /// On this row.
    Row(usize),
    /// On this row, which fits loosely, unless others fit as they stand.
    Loose(usize),
    /// At this place, since its row is gone.
    Place(usize),
}

impl<R: Row> List<R> {
    /// The cursor stays on its row, whatever comes.
    pub(super) fn stay_here(&mut self) {
        self.scan.stay = match self.shown.get(self.cursor) {
            Some(row) => Stay::Row(*row),
            None if !self.filter.is_empty() => Stay::First,
            None => Stay::Place(self.cursor),
        };
    }

    /// The cursor belongs to the row that is seen under it, and not to the first hit.
    pub(super) const fn stays_on_row(&self) -> bool {
        !matches!(self.scan.stay, Stay::First)
    }

    pub(super) fn place_cursor(&mut self) {
        let last = self.shown.len().saturating_sub(1);
        self.cursor = match self.scan.stay {
            Stay::First => self.first_hit(),
            Stay::Loose(_) if self.scan.whole > 0 => self.first_hit(),
            Stay::Place(place) => place.min(last),
            Stay::Row(row) | Stay::Loose(row) => {
                let found = self.shown.iter().position(|at| *at == row);
                found.unwrap_or_else(|| self.cursor.min(last))
            }
        };
    }

    fn first_hit(&self) -> usize {
        let hit = |at: &usize| !self.rows.heading(*at);
        self.shown.iter().position(hit).unwrap_or(0)
    }
}
