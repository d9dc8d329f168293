//! A list with a cursor, a filter, a sort order and marks, all of which survive a reload.

mod keys;
mod marks;
mod order;
mod packed;
mod row;
mod rows;
mod scan;
mod stay;
mod words;

pub use row::{Item, Row, RowId};
pub use rows::{Rows, Store};

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;

use self::keys::Keys;
use self::order::Sorting;
use self::scan::Scan;
use self::words::Words;
use super::columns::Column;
use crate::domain::filter::{Filter, FilterError};

/// How a list is sorted; without one it keeps the service's order.
#[derive(Debug)]
pub struct Sort<T: 'static> {
    pub column: &'static Column<T>,
    pub descending: bool,
}

impl<T> Clone for Sort<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Sort<T> {}

/// A row of a list.
pub type RowRef<'a, R> = <<R as Row>::Rows as Rows<R>>::Ref<'a>;

/// Rows, which of them are shown and in what order, and where the user is among them.
#[derive(Debug)]
pub struct List<R: Row> {
    rows: R::Rows,
    /// What the filter looks in; none while it looks in none.
    words: Words,
    /// A filter is being typed: the words are made before they are asked for.
    keeps_words: bool,
    /// Indices into `rows`.
    shown: Vec<usize>,
    /// How far those were found.
    scan: Scan,
    /// What one step of that may cost.
    step: usize,
    /// The first so many rows as they are sorted; none while they are not.
    order: Vec<usize>,
    /// On the way into another order.
    sorting: Option<Sorting>,
    /// What the first so many rows are sorted by, as long as others may come among them.
    keys: Keys,
    /// No more rows come.
    complete: bool,
    /// Of what is shown.
    edition: u64,
    /// Index into `shown`.
    cursor: usize,
    /// Gets the cursor as soon as it is there, unless the user moves it before.
    want: Option<R::Id>,
    /// The user sent something that will be listed here, and has not moved the cursor since.
    expects: bool,
    marked: HashSet<R::Id>,
    /// Other end of a range that is being marked, index into `shown`.
    anchor: Option<usize>,
    filter: Filter,
    /// The filter as it was typed.
    typed: String,
    /// When it was set: what ages are counted to.
    time: Timestamp,
    sort: Option<Sort<R::Item>>,
    lens: R::Lens,
}

/// A number that no list had before.
fn edition() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

impl<R: Row> Default for List<R> {
    fn default() -> Self {
        Self {
            rows: R::Rows::default(),
            words: Words::default(),
            keeps_words: false,
            shown: Vec::new(),
            scan: Scan::default(),
            step: scan::STEP,
            order: Vec::new(),
            sorting: None,
            keys: Keys::default(),
            complete: false,
            edition: edition(),
            cursor: 0,
            want: None,
            expects: false,
            marked: HashSet::new(),
            anchor: None,
            filter: Filter::default(),
            typed: String::new(),
            time: Timestamp::UNIX_EPOCH,
            sort: None,
            lens: R::Lens::default(),
        }
    }
}

impl<R: Row> List<R> {
    /// How many rows there are, shown or not.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every row, in the service's order.
    pub const fn rows(&self) -> &R::Rows {
        &self.rows
    }

    /// The shown rows in their order, as indices into [`Self::rows`].
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// The shown row at a place.
    pub fn row(&self, place: usize) -> Option<RowRef<'_, R>> {
        self.shown.get(place).and_then(|at| self.rows.get(*at))
    }

    /// Which rows are shown and in what order: as long as that stays, in whatever list, this number
    /// does.
    pub const fn edition(&self) -> u64 {
        self.edition
    }

    /// Place of the cursor among the shown rows.
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<RowRef<'_, R>> {
        self.row(self.cursor)
    }

    pub fn current_id(&self) -> Option<R::Id> {
        self.id_at(self.cursor)
    }

    fn id_at(&self, place: usize) -> Option<R::Id> {
        let at = *self.shown.get(place)?;
        self.rows.get(at).map(|row| row.id(at))
    }

    // --- rows

    /// New rows in place of the old; cursor and marks stay with their ids.
    pub fn replace(&mut self, rows: impl Into<R::Rows>) {
        let at = self.shown.get(self.cursor).copied();
        let id = self.current_id();
        self.words.clear();
        self.rows = rows.into();
        if !self.marked.is_empty() {
            self.rows.keep_there(&mut self.marked);
        }
        self.complete = false;
        self.sort_anew();
        // A short list is in order before it is shown.
        self.sort_rows(self.step);
        let is = |at: &usize| self.rows.get(*at).map(|row| row.id(*at)) == id;
        let keep = id.as_ref().and_then(|_| {
            // Mostly it stands where it stood.
            let same = at.filter(is);
            same.or_else(|| self.rows.find(id.as_ref()?, 0))
        });
        self.begin(keep, false);
    }

    /// The first of these rows, which come in place of all, are the same told anew: each stays where it
    /// is.
    pub fn take_front(&mut self, new: &R::Rows) {
        if self.rows.take_front(new) {
            self.words.forget_measures();
        }
    }

    /// More rows after those that are there.
    pub fn append(&mut self, rows: R::Rows) {
        let from = self.rows.len();
        self.rows.append(rows);
        self.complete = false;
        self.take_in(from);
    }

    /// The row under the cursor, as an index into the rows.
    fn current_row(&self) -> Option<usize> {
        self.shown.get(self.cursor).copied()
    }

    // --- order

    /// The filter as it was typed.
    pub fn filter(&self) -> &str {
        &self.typed
    }

    /// Shows the rows that fit what was typed, at this time. While it is wrong, nothing changes.
    pub fn set_filter(&mut self, text: &str, time: Timestamp) -> Result<(), FilterError> {
        if self.typed == text {
            return Ok(());
        }
        let filter = Filter::parse(text)?;
        text.clone_into(&mut self.typed);
        if self.filter == filter {
            return Ok(());
        }
        // Rows whose assets were not asked are counted anew, so all are looked at.
        let narrows = !self.filter.is_empty()
            && !filter.asks_assets()
            && !self.filter.asks_assets()
            && filter.narrows(&self.filter);
        (self.filter, self.time) = (filter, time);
        self.begin(self.current_row(), narrows);
        self.drop_words();
        Ok(())
    }

    /// A filter is about to be typed, or is no more: its words are made while nobody waits.
    pub fn keep_words(&mut self, keep: bool) {
        self.keeps_words = keep;
        self.drop_words();
    }

    fn drop_words(&mut self) {
        if !self.keeps_words && !self.filter.has_words() {
            self.words.clear();
        }
    }

    /// Shows every row.
    pub fn clear_filter(&mut self) {
        // No text is not wrong.
        let _ = self.set_filter("", self.time);
    }

    /// The filter asks for the assets of segments.
    pub fn asks_assets(&self) -> bool {
        self.filter.asks_assets()
    }

    pub const fn sort(&self) -> Option<Sort<R::Item>> {
        self.sort
    }

    /// Sorts the rows; a long list stays as it is until [`Self::go_on`] has sorted all of them.
    pub fn set_sort(&mut self, sort: Option<Sort<R::Item>>) {
        self.sort = sort;
        self.sort_anew();
        self.stay_here();
        if self.sort.is_some() {
            self.sort_on(self.step);
        } else {
            self.begin(self.current_row(), false);
        }
    }

    pub const fn lens(&self) -> &R::Lens {
        &self.lens
    }

    pub fn set_lens(&mut self, lens: R::Lens) {
        if self.lens != lens {
            self.lens = lens;
            self.begin(self.current_row(), false);
        }
    }

    // --- cursor

    /// Moves by so many rows, stopping at the ends.
    pub fn step(&mut self, by: isize) {
        self.moved();
        let last = self.shown.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.stay_here();
    }

    /// Puts the cursor on the shown row at this place, or the last one.
    pub fn go(&mut self, place: usize) {
        self.moved();
        self.cursor = place.min(self.shown.len().saturating_sub(1));
        self.stay_here();
    }

    /// Where the user went, the cursor stays: a row that comes later must not be under it when the
    /// next key says what to do with it.
    fn moved(&mut self) {
        self.want = None;
        self.expects = false;
    }

    /// The user sent what will be listed here: the first of it may get the cursor.
    pub const fn expect(&mut self) {
        self.expects = true;
    }

    /// Puts the cursor on what was sent, if it is still expected.
    pub fn want_expected(&mut self, id: R::Id) {
        if std::mem::take(&mut self.expects) {
            self.want(id);
        }
    }

    /// Puts the cursor on a row, as soon as it is there.
    pub fn want(&mut self, id: R::Id) {
        let found = (0..self.shown.len()).find(|place| self.id_at(*place).as_ref() == Some(&id));
        match found {
            Some(place) => {
                self.cursor = place;
                self.stay_here();
            }
            None => self.want = Some(id),
        }
    }

    /// What was wanted is not going to be there.
    pub fn want_no_more(&mut self) {
        self.want = None;
    }

    /// The next shown row that is a hit, going round; with a filter every shown row but headings is.
    pub fn next_hit(&mut self, back: bool) {
        self.moved();
        let count = self.shown.len();
        for by in 1..=count {
            let place = if back {
                (self.cursor + count - by) % count
            } else {
                (self.cursor + by) % count
            };
            if self.row(place).is_some_and(|row| !row.heading()) {
                self.cursor = place;
                self.stay_here();
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests;
