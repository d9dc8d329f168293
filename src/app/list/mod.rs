//! A list with a cursor, a filter, a sort order and marks, all of which survive a reload.

mod marks;
mod row;

pub use row::{Item, Row, RowId};

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use super::columns::{Column, Value};
use crate::domain::filter::{Filter, FilterError, Fit, Verdict, letters};

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

/// Rows, which of them are shown and in what order, and where the user is among them.
#[derive(Debug)]
pub struct List<R: Row> {
    rows: Vec<R>,
    /// The words of each row that the filter looks in; none while it looks in none.
    folded: Vec<Box<str>>,
    /// Indices into `rows`.
    shown: Vec<usize>,
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
    /// Rows that may fit: nobody asked for what the filter asks.
    not_asked: usize,
    sort: Option<Sort<R::Item>>,
    lens: R::Lens,
}

impl<R: Row> Default for List<R> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            folded: Vec::new(),
            shown: Vec::new(),
            cursor: 0,
            want: None,
            expects: false,
            marked: HashSet::new(),
            anchor: None,
            filter: Filter::default(),
            typed: String::new(),
            time: Timestamp::UNIX_EPOCH,
            not_asked: 0,
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
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// The shown rows in their order, as indices into [`Self::rows`].
    pub fn shown(&self) -> &[usize] {
        &self.shown
    }

    /// The shown row at a place.
    pub fn row(&self, place: usize) -> Option<&R> {
        self.shown.get(place).and_then(|at| self.rows.get(*at))
    }

    /// Place of the cursor among the shown rows.
    pub const fn cursor(&self) -> usize {
        self.cursor
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&R> {
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
    pub fn replace(&mut self, rows: Vec<R>) {
        let id = self.current_id();
        self.folded.clear();
        let old = std::mem::replace(&mut self.rows, rows);
        if R::INHERITS {
            let ids = old.iter().enumerate().map(|(at, row)| (row.id(at), row));
            let old: HashMap<R::Id, &R> = ids.collect();
            for at in 0..self.rows.len() {
                if let Some(old) = old.get(&self.rows[at].id(at)) {
                    self.rows[at].inherit(old);
                }
            }
        }
        drop(old);
        let there: HashSet<R::Id> = (0..self.rows.len())
            .map(|at| self.rows[at].id(at))
            .collect();
        self.marked.retain(|id| there.contains(id));
        self.rebuild(id.as_ref());
    }

    /// More rows after those that are there.
    pub fn append(&mut self, rows: Vec<R>) {
        let id = self.current_id();
        if self.rows.is_empty() {
            // A long list need not be there twice, not even for a moment.
            self.rows = rows;
        } else {
            self.rows.extend(rows);
        }
        self.rebuild(id.as_ref());
    }

    /// Changes one row in place.
    pub fn update(&mut self, id: &R::Id, change: impl FnOnce(&mut R)) {
        let found = (0..self.rows.len()).find(|at| self.rows[*at].id(*at) == *id);
        if let Some(at) = found {
            let keep = self.current_id();
            change(&mut self.rows[at]);
            if let Some(folded) = self.folded.get_mut(at) {
                *folded = fold(&self.rows[at], &self.lens);
            }
            self.rebuild(keep.as_ref());
        }
    }

    /// Changes every row in place.
    pub fn update_all(&mut self, mut change: impl FnMut(&mut R)) {
        let keep = self.current_id();
        for row in &mut self.rows {
            change(row);
        }
        self.folded.clear();
        self.rebuild(keep.as_ref());
    }

    // --- order

    /// The filter as it was typed.
    pub fn filter(&self) -> &str {
        &self.typed
    }

    /// Shows the rows that fit what was typed, at this time. While it is wrong, nothing changes.
    pub fn set_filter(&mut self, text: &str, time: Timestamp) -> Result<(), FilterError> {
        if self.typed != text {
            let filter = Filter::parse(text)?;
            let id = self.current_id();
            text.clone_into(&mut self.typed);
            (self.filter, self.time) = (filter, time);
            self.rebuild(id.as_ref());
        }
        Ok(())
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

    /// So many rows are not shown because nobody asked for what the filter asks.
    pub const fn not_asked(&self) -> usize {
        self.not_asked
    }

    pub const fn sort(&self) -> Option<Sort<R::Item>> {
        self.sort
    }

    pub fn set_sort(&mut self, sort: Option<Sort<R::Item>>) {
        let id = self.current_id();
        self.sort = sort;
        self.rebuild(id.as_ref());
    }

    pub const fn lens(&self) -> &R::Lens {
        &self.lens
    }

    pub fn set_lens(&mut self, lens: R::Lens) {
        if self.lens != lens {
            let id = self.current_id();
            self.lens = lens;
            self.rebuild(id.as_ref());
        }
    }

    fn rebuild(&mut self, keep: Option<&R::Id>) {
        self.anchor = None;
        if self.filter.has_words() {
            let new = self.rows.iter().skip(self.folded.len());
            self.folded.extend(new.map(|row| fold(row, &self.lens)));
        } else {
            self.folded = Vec::new();
        }
        let (mut shown, mut loose) = (Vec::new(), Vec::new());
        self.not_asked = 0;
        for at in 0..self.rows.len() {
            match self.judge(at) {
                Verdict::Yes(Fit::Whole) => shown.push(at),
                // Where the rows have an order of their own, that one holds.
                Verdict::Yes(Fit::Loose) if self.keeps_order() => shown.push(at),
                Verdict::Yes(Fit::Loose) => loose.push(at),
                Verdict::NotAsked => self.not_asked += 1,
                Verdict::No => {}
            }
        }
        shown.extend(loose);
        if let Some(sort) = self.sort {
            let keys: Vec<Option<Value>> = self
                .rows
                .iter()
                .map(|row| row.item().map(sort.column.value))
                .collect();
            shown.sort_by(|a, b| {
                let place = |at: usize| (self.rows[at].group(), !self.rows[at].heading());
                place(*a)
                    .cmp(&place(*b))
                    .then_with(|| compare(keys[*a].as_ref(), keys[*b].as_ref(), sort.descending))
            });
        }
        self.shown = shown;
        let wanted = self.want.take();
        let place = |id: &R::Id| {
            (0..self.shown.len()).find(|place| self.id_at(*place).as_ref() == Some(id))
        };
        if let Some(found) = wanted.as_ref().and_then(place) {
            self.cursor = found;
            return;
        }
        // Waits for a later page or reload.
        let found = keep.and_then(place);
        self.want = wanted;
        self.cursor = match found {
            Some(found) => found,
            // While filtering the first hit gets the cursor, not a heading above it.
            None if !self.filter.is_empty() => self.first_hit(),
            None => self.cursor.min(self.shown.len().saturating_sub(1)),
        };
    }

    fn judge(&self, at: usize) -> Verdict {
        let row = &self.rows[at];
        if row.heading() {
            return Verdict::Yes(Fit::Whole);
        }
        if !row.passes(&self.lens) {
            return Verdict::No;
        }
        let words = self.folded.get(at).map_or("", |words| words);
        let Some(fit) = self.filter.fits_words(words, letters(words)) else {
            return Verdict::No;
        };
        if !self.filter.has_fields() {
            return Verdict::Yes(fit);
        }
        self.filter
            .fits_fields(&row.facts(&self.lens), self.time)
            .and(fit)
    }

    /// Rows that fit better do not come first: the list is sorted, or its rows stand in groups.
    fn keeps_order(&self) -> bool {
        self.sort.is_some() || self.rows.first().is_some_and(Row::heading)
    }

    fn first_hit(&self) -> usize {
        self.shown
            .iter()
            .position(|at| !self.rows[*at].heading())
            .unwrap_or(0)
    }

    // --- cursor

    /// Moves by so many rows, stopping at the ends.
    pub fn step(&mut self, by: isize) {
        self.moved();
        let last = self.shown.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// Puts the cursor on the shown row at this place, or the last one.
    pub fn go(&mut self, place: usize) {
        self.moved();
        self.cursor = place.min(self.shown.len().saturating_sub(1));
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
            Some(place) => self.cursor = place,
            None => self.want = Some(id),
        }
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
                return;
            }
        }
    }
}

fn fold<R: Row>(row: &R, lens: &R::Lens) -> Box<str> {
    let mut words = String::new();
    row.facts(lens).words_into(&mut words);
    words.into()
}

/// What is absent comes last, whichever way the rest goes.
fn compare(a: Option<&Value>, b: Option<&Value>, descending: bool) -> Ordering {
    let absent = |value: Option<&Value>| matches!(value, None | Some(Value::Absent));
    match (absent(a), absent(b)) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let order = match (a, b) {
        (Some(Value::Text(a)), Some(Value::Text(b))) => a
            .to_lowercase()
            .cmp(&b.to_lowercase())
            .then_with(|| a.cmp(b)),
        (a, b) => a.partial_cmp(&b).unwrap_or(Ordering::Equal),
    };
    if descending { order.reverse() } else { order }
}
