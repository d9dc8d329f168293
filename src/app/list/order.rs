//! The order of a sorted list: all rows once, and new ones put in at their places.

use std::cmp::Ordering;

use super::{List, Row, Rows as _, Sort, Store as _};
use crate::app::columns::Value;

/// What a row is sorted by.
#[derive(Debug, PartialEq)]
enum Key {
    /// In lower case, then as it is.
    Text(String, String),
    Other(Value),
    Absent,
}

impl Key {
    fn of(value: Option<Value>) -> Self {
        match value {
            None | Some(Value::Absent) => Self::Absent,
            Some(Value::Text(text)) => Self::Text(text.to_lowercase(), text),
            Some(other) => Self::Other(other),
        }
    }

    /// What is absent comes last, whichever way the rest goes.
    fn compare(&self, other: &Self, descending: bool) -> Ordering {
        let order = match (self, other) {
            (Self::Absent, Self::Absent) => return Ordering::Equal,
            (Self::Absent, _) => return Ordering::Greater,
            (_, Self::Absent) => return Ordering::Less,
            (Self::Text(a, own), Self::Text(b, other)) => a.cmp(b).then_with(|| own.cmp(other)),
            (Self::Other(a), Self::Other(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::Text(..), Self::Other(_)) => Ordering::Less,
            (Self::Other(_), Self::Text(..)) => Ordering::Greater,
        };
        if descending { order.reverse() } else { order }
    }
}

/// A row in front of another: its group, headings first, its key.
type Place = (usize, bool, Key);

impl<R: Row> List<R> {
    fn place(&self, sort: Sort<R::Item>, at: usize) -> Place {
        let row = self.rows.get(at);
        let key = Key::of(
            row.as_ref()
                .and_then(|row| row.item().map(sort.column.value)),
        );
        row.map_or((0, true, Key::Absent), |row| {
            (row.group(), !row.heading(), key)
        })
    }

    /// These rows in the order of the sort; those that are equal stay as they were.
    fn sorted(&self, sort: Sort<R::Item>, rows: std::ops::Range<usize>) -> Vec<usize> {
        let mut places: Vec<(Place, usize)> = rows.map(|at| (self.place(sort, at), at)).collect();
        places.sort_by(|(a, _), (b, _)| compare(a, b, sort.descending));
        places.into_iter().map(|(_, at)| at).collect()
    }

    /// All rows in order, where there is one.
    pub(super) fn order_all(&mut self) {
        self.order = match self.sort {
            None => Vec::new(),
            Some(sort) => self.sorted(sort, 0..self.rows.len()),
        };
    }

    /// Rows from this one on are new: they get their places among the others. Returns them in order.
    pub(super) fn order_new(&mut self, from: usize) -> Vec<usize> {
        let Some(sort) = self.sort else {
            return (from..self.rows.len()).collect();
        };
        let new = self.sorted(sort, from..self.rows.len());
        let mut order = std::mem::take(&mut self.order);
        self.put_in(&mut order, &new);
        self.order = order;
        new
    }

    /// Puts new rows among those that are in order, each behind its equals. Both are in order.
    pub(super) fn put_in(&self, into: &mut Vec<usize>, new: &[usize]) {
        let Some(sort) = self.sort else {
            into.extend_from_slice(new);
            return;
        };
        let mut from = 0;
        let places = new.iter().map(|at| {
            let place = self.place(sort, *at);
            let rest = into.get(from..).unwrap_or_default();
            from += rest.partition_point(|old| {
                compare(&self.place(sort, *old), &place, sort.descending).is_le()
            });
            from
        });
        let places: Vec<usize> = places.collect();
        // From the end, so that each row moves once, and in place.
        let mut end = into.len();
        let mut to = end + new.len();
        into.resize(to, 0);
        for (place, row) in places.into_iter().zip(new).rev() {
            to -= end - place;
            into.copy_within(place..end, to);
            end = place;
            to -= 1;
            into[to] = *row;
        }
    }
}

fn compare(a: &Place, b: &Place, descending: bool) -> Ordering {
    (a.0, a.1)
        .cmp(&(b.0, b.1))
        .then_with(|| a.2.compare(&b.2, descending))
}
