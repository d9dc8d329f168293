//! The order of a sorted list: found in steps, so that a key is never waited for, and new rows put in at
//! their places.

use std::cmp::Ordering;

use super::keys::Keys;
use super::{List, Row, Rows as _, Store as _};

/// So many rows are sorted at once.
const RUN: usize = 512;
/// No more than so many new rows are put in at their places one by one.
const FEW: usize = 1024;
/// Costs of a row, in the units of a step: its key made and sorted in its run, beside what it costs to
/// read it; merged with others.
const KEY: usize = 50;
const MERGE: usize = 25;

/// Rows on their way into an order.
#[derive(Debug, Default)]
pub struct Sorting {
    /// So many rows are in one of the runs.
    taken: usize,
    /// Runs of rows, each in order; those of the earlier runs stand before those of the later ones.
    runs: Vec<Vec<usize>>,
    /// The last two of them, on their way into one.
    merge: Option<Merge>,
}

#[derive(Debug)]
struct Merge {
    left: std::iter::Peekable<std::vec::IntoIter<usize>>,
    right: std::iter::Peekable<std::vec::IntoIter<usize>>,
    out: Vec<usize>,
}

impl Sorting {
    /// Takes the last two runs for one; the others only where the rest waits for it.
    fn begin_merge(&mut self, all: bool) -> bool {
        let balanced = match self.runs.as_slice() {
            [.., left, right] => all || left.len() <= 2 * right.len(),
            _ => false,
        };
        if balanced && let (Some(right), Some(left)) = (self.runs.pop(), self.runs.pop()) {
            self.merge = Some(Merge {
                out: Vec::with_capacity(left.len() + right.len()),
                left: left.into_iter().peekable(),
                right: right.into_iter().peekable(),
            });
        }
        balanced
    }
}

impl Merge {
    /// Puts so many more in order, by which of two comes first; says whether these were all.
    fn go_on(&mut self, most: usize, compare: impl Fn(usize, usize) -> Ordering) -> bool {
        for _ in 0..most {
            let next = match (self.left.peek(), self.right.peek()) {
                // Of equal ones the first stays the first.
                (Some(left), Some(right)) if compare(*left, *right).is_le() => self.left.next(),
                (_, Some(_)) => self.right.next(),
                (Some(_), None) => self.left.next(),
                (None, None) => return true,
            };
            self.out.extend(next);
        }
        self.left.len() + self.right.len() == 0
    }
}

impl<R: Row> List<R> {
    /// What it costs to make the key of a row.
    const KEYED: usize = KEY + R::Rows::READ;

    fn compare(&self, a: usize, b: usize) -> Ordering {
        let descending = self.sort.is_some_and(|sort| sort.descending);
        self.keys.compare(a, b, descending)
    }

    /// Begins to sort all rows. Until they are, they are shown in the order that they have.
    pub(super) fn sort_anew(&mut self) {
        self.keys = Keys::default();
        self.sorting = self.sort.map(|_| Sorting::default());
        if self.sort.is_none() {
            self.order = Vec::new();
        }
        let rows = self.rows.len();
        self.order.retain(|at| *at < rows);
    }

    /// All rows are shown as they are to be sorted.
    pub(super) const fn is_sorted(&self) -> bool {
        self.sorting.is_none()
    }

    /// Goes on sorting; returns what is left of the step. Once it is done, the rows are shown so, with
    /// the cursor on its row, unless that is only the first hit.
    pub(super) fn sort_on(&mut self, left: usize) -> usize {
        if self.sorting.is_none() {
            return left;
        }
        let left = self.sort_rows(left);
        if self.sorting.is_none() {
            self.end_range();
            let keep = self.current_row().filter(|_| self.stays_on_row());
            self.begin(keep, false);
        }
        left
    }

    /// The same without showing it; returns what is left of the step.
    pub(super) fn sort_rows(&mut self, mut left: usize) -> usize {
        let Some(mut sorting) = self.sorting.take() else {
            return left;
        };
        loop {
            if let Some(merge) = &mut sorting.merge {
                let most = left / MERGE;
                if most == 0 {
                    break;
                }
                let before = merge.out.len();
                let done = merge.go_on(most, |a, b| self.compare(a, b));
                left -= (merge.out.len() - before) * MERGE;
                if done && let Some(merge) = sorting.merge.take() {
                    sorting.runs.push(merge.out);
                }
                continue;
            }
            let all = sorting.taken == self.rows.len();
            if sorting.begin_merge(all) {
                continue;
            }
            if all {
                self.order = sorting.runs.pop().unwrap_or_default();
                self.let_keys_go();
                return left;
            }
            let want = RUN.min(self.rows.len() - sorting.taken);
            let lacks = sorting.taken + want - self.keys.len().min(sorting.taken + want);
            let most = lacks.min(left / Self::KEYED);
            self.make_keys(most);
            left -= most * Self::KEYED;
            if most < lacks {
                break;
            }
            let rows = sorting.taken..sorting.taken + want;
            sorting.runs.push(self.in_order(rows));
            sorting.taken += want;
        }
        self.sorting = Some(sorting);
        left
    }

    /// Makes the keys of so many more rows.
    fn make_keys(&mut self, most: usize) {
        let Some(sort) = self.sort else { return };
        for row in self.rows.iter_from(self.keys.len()).take(most) {
            let value = row.item().map(sort.column.value);
            self.keys.push(row.group(), row.heading(), value.as_ref());
        }
    }

    /// These rows in their order; those that are equal stay as they were.
    fn in_order(&self, rows: std::ops::Range<usize>) -> Vec<usize> {
        let mut rows: Vec<usize> = rows.collect();
        rows.sort_by(|a, b| self.compare(*a, *b));
        rows
    }

    /// Rows from this one on are new: where they are few and the others are in order, they get their
    /// places among them. Returns them in order; none where all have to be sorted.
    pub(super) fn order_new(&mut self, from: usize) -> Option<Vec<usize>> {
        self.sort?;
        let new = self.rows.len() - from;
        if self.sorting.is_some() {
            return None;
        }
        if self.keys.len() != from {
            self.sort_anew();
            return None;
        }
        if new > FEW {
            self.sorting = Some(Sorting {
                taken: from,
                runs: vec![self.order.clone()],
                merge: None,
            });
            return None;
        }
        self.make_keys(new);
        let new = self.in_order(from..self.rows.len());
        let mut order = std::mem::take(&mut self.order);
        self.put_in(&mut order, &new);
        self.order = order;
        Some(new)
    }

    /// No more rows come: the keys that new ones would be held against are not needed.
    pub fn complete(&mut self) {
        self.complete = true;
        self.let_keys_go();
    }

    fn let_keys_go(&mut self) {
        if self.complete && self.sorting.is_none() {
            self.keys = Keys::default();
        }
    }

    /// Puts new rows among those that are in order, each behind its equals. Both are in order.
    pub(super) fn put_in(&self, into: &mut Vec<usize>, new: &[usize]) {
        let mut from = 0;
        let places = new.iter().map(|at| {
            let rest = into.get(from..).unwrap_or_default();
            from += rest.partition_point(|old| self.compare(*old, *at).is_le());
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
