//! Which rows are shown: found in steps, so that a key is never waited for, however long the list.

use super::stay::Stay;
use super::words::Words;
use super::{List, Row, Rows as _, Store as _, edition};
use crate::domain::filter::{Facts, Fit, Measure, Verdict};

/// What one step may cost, in the units below: a few milliseconds. Every list that fits into it is
/// done at once.
pub const STEP: usize = 1_000_000;
/// Costs of a row: looked at, its letters compared, its words as well where it has these letters, its words
/// folded, its fields asked; the last two beside what it costs to read it.
const LOOK: usize = 1;
const COMPARE: usize = 5;
const SEEK: usize = 15;
const FOLD: usize = 50;
const ASK: usize = 50;

/// How far the rows were looked at.
#[derive(Debug, Default)]
pub struct Scan {
    /// Rows that fitted before, which alone may fit what narrows it; they are looked at first. Those
    /// that fitted better apart from the others, each in order.
    again: [Again; 2],
    /// The same of all rows in their order.
    at: usize,
    /// So many of those shown hold every word as it stands; they come first.
    pub(super) whole: usize,
    not_asked: usize,
    /// Fits and has the cursor: it is shown behind the others until it has its turn.
    pinned: Option<usize>,
    pub(super) stay: Stay,
}

/// Rows that are looked at again.
#[derive(Debug, Default)]
struct Again {
    rows: Vec<usize>,
    /// So many of them were.
    at: usize,
}

impl Again {
    /// These first, then what was not looked at before.
    fn then(mut rows: Vec<usize>, before: &Self) -> Self {
        rows.extend_from_slice(before.rows.get(before.at..).unwrap_or_default());
        Self { rows, at: 0 }
    }

    fn next(&self) -> Option<usize> {
        self.rows.get(self.at).copied()
    }
}

impl Scan {
    /// Every one of so many rows was looked at.
    fn is_found(&self, rows: usize) -> bool {
        self.at == rows && self.next_again().is_none()
    }

    /// The next row that is looked at again, and among which. Where there are two kinds of them, rows
    /// stand in the order of their places.
    fn next_again(&self) -> Option<(usize, usize)> {
        let [better, others] = &self.again;
        match (better.next(), others.next()) {
            (Some(row), Some(other)) if other < row => Some((other, 1)),
            (Some(row), _) => Some((row, 0)),
            (None, other) => other.map(|row| (row, 1)),
        }
    }
}

impl<R: Row> List<R> {
    /// What it costs to make the words of a row.
    const FOLDED: usize = FOLD + R::Rows::READ;

    /// Not every row was looked at yet, or is where it belongs; [`Self::go_on`] does it.
    pub fn unfinished(&self) -> bool {
        let words = || self.keeps_words && self.words.len() < self.rows.len();
        !self.is_found() || !self.is_sorted() || words()
    }

    /// All rows that fit are shown.
    pub fn is_found(&self) -> bool {
        self.scan.is_found(self.rows.len())
    }

    /// So many rows are not shown because nobody asked for what the filter asks.
    pub const fn not_asked(&self) -> usize {
        self.scan.not_asked
    }

    /// Looks at all the rest.
    pub(crate) fn settle(&mut self) {
        while !self.is_found() || !self.is_sorted() {
            self.go_on();
        }
    }

    /// Begins to look, with the cursor on this row if it fits. `narrows`: only what was shown, and
    /// what was not looked at, can be among it.
    pub(super) fn begin(&mut self, keep: Option<usize>, narrows: bool) {
        self.anchor = None;
        self.edition = edition();
        let before = std::mem::take(&mut self.scan);
        let mut shown = std::mem::take(&mut self.shown);
        if narrows {
            if before.pinned.is_some() {
                shown.pop();
            }
            let loose = shown.split_off(before.whole.min(shown.len()));
            let [better, others] = &before.again;
            self.scan.again = [Again::then(shown, better), Again::then(loose, others)];
            self.scan.at = before.at;
        }
        let wanted = self.find_wanted(0);
        let keep = keep.filter(|row| self.filter.is_empty() || !self.rows.heading(*row));
        self.scan.stay = match wanted.or(keep) {
            Some(row) if let Verdict::Yes(fit) = self.judge(row) => {
                let wanted = wanted.is_some();
                if wanted {
                    self.want = None;
                }
                self.scan.pinned = Some(row);
                if fit == Fit::Whole || wanted || self.keeps_order() {
                    Stay::Row(row)
                } else {
                    Stay::Loose(row)
                }
            }
            // While filtering the first hit gets the cursor, not a heading above it.
            _ if !self.filter.is_empty() => Stay::First,
            _ => Stay::Place(self.cursor),
        };
        self.shown.extend(self.scan.pinned);
        self.go_on();
    }

    /// Rows from this one on are new, behind or among the others.
    pub(super) fn take_in(&mut self, from: usize) {
        let was_found = self.scan.is_found(from);
        let sorted = self.order_new(from);
        if let Some(row) = self.find_wanted(from)
            && matches!(self.judge(row), Verdict::Yes(_))
        {
            self.want = None;
            let keep = Some(row);
            self.begin(keep, false);
        } else if sorted.is_some() && !was_found {
            self.begin(self.current_row(), false);
        } else if let Some(new) = sorted {
            self.anchor = None;
            self.stay_here();
            let fits = |at: &usize| matches!(self.judge(*at), Verdict::Yes(_));
            let fits: Vec<usize> = new.iter().copied().filter(fits).collect();
            let asks = |at: &&usize| self.judge(**at) == Verdict::NotAsked;
            self.scan.not_asked += new.iter().filter(asks).count();
            self.scan.at = self.rows.len();
            let mut shown = std::mem::take(&mut self.shown);
            self.put_in(&mut shown, &fits);
            self.edition = edition();
            self.shown = shown;
            self.scan.whole = self.shown.len();
            self.place_cursor();
        } else {
            if was_found {
                self.stay_here();
            }
            self.go_on();
        }
    }

    /// The row that is wanted, among those from this one on.
    fn find_wanted(&self, from: usize) -> Option<usize> {
        let id = self.want.as_ref()?;
        self.rows.find(id, from)
    }

    /// Looks at as many rows as one step may.
    pub fn go_on(&mut self) {
        let mut left = self.step;
        if !self.is_found() {
            left = self.look(left);
        }
        left = self.sort_on(left);
        if self.keeps_words {
            self.fold(left / Self::FOLDED);
        }
    }

    /// Folds the words of so many more rows.
    fn fold(&mut self, most: usize) {
        if !(self.keeps_words || self.filter.has_words()) {
            return;
        }
        let from = self.words.len();
        for row in self.rows.iter_from(from).take(most) {
            self.words.push(&row.facts(&self.lens));
        }
    }

    /// Looks at rows while the step lasts; returns what is left of it.
    fn look(&mut self, mut left: usize) -> usize {
        self.edition = edition();
        if self.scan.pinned.is_some() {
            self.shown.pop();
        }
        let (words, fields) = (self.filter.has_words(), self.filter.has_fields());
        // Measures stand beside words, where there are any.
        let kept = self.words.measures() && (words || self.keeps_words);
        let measures = self.filter.asks_measures() && kept;
        let light = self.filter.is_light() && (measures || !self.filter.asks_measures());
        let kinds = light && self.filter.asks_kinds();
        let compare = if words { COMPARE } else { 0 };
        let ask = match fields {
            false => 0,
            // Of most of them their kind says it all.
            true if kinds => ASK,
            true if light => COMPARE,
            true => ASK + R::Rows::READ,
        };
        let cost = LOOK + compare + ask;
        let (keeps_order, headings) = (self.keeps_order(), self.has_headings());
        let (mut whole, mut loose) = (Vec::new(), Vec::new());
        while left >= cost {
            let again = self.scan.next_again();
            let row = match again {
                Some((row, _)) => row,
                None if self.scan.at == self.rows.len() => break,
                None => self
                    .order
                    .get(self.scan.at)
                    .copied()
                    .unwrap_or(self.scan.at),
            };
            if (words || measures) && row >= self.words.len() {
                // The step may end with these; the row has its turn in the next one.
                let lacks = row + 1 - self.words.len();
                let most = lacks.max(ROWS_AT_ONCE).min(left / Self::FOLDED).max(1);
                let before = self.words.len();
                self.fold(most);
                left = left.saturating_sub((self.words.len() - before) * Self::FOLDED);
                continue;
            }
            left -= cost;
            let may_fit = !words || self.filter.may_fit(self.words.letters(row));
            if words && may_fit {
                left = left.saturating_sub(SEEK);
            }
            if kinds && self.rows.of_kind(row).is_none() {
                left = left.saturating_sub(R::Rows::READ);
            }
            match again {
                Some((_, which)) => self.scan.again[which].at += 1,
                None => self.scan.at += 1,
            }
            if self.scan.pinned == Some(row) {
                self.scan.pinned = None;
            }
            let verdict = if may_fit || headings {
                self.judge(row)
            } else {
                Verdict::No
            };
            match verdict {
                Verdict::Yes(Fit::Loose) if !keeps_order => loose.push(row),
                Verdict::Yes(_) => whole.push(row),
                Verdict::NotAsked => self.scan.not_asked += 1,
                Verdict::No => {}
            }
        }
        let behind = self.scan.whole.min(self.shown.len());
        if !whole.is_empty() && behind < self.shown.len() {
            // The places behind them are others now.
            self.anchor = None;
        }
        self.scan.whole += whole.len();
        self.shown.splice(behind..behind, whole);
        self.shown.append(&mut loose);
        self.shown.extend(self.scan.pinned);
        if self.is_found() {
            self.scan.again = Default::default();
        }
        self.place_cursor();
        left
    }

    fn judge(&self, at: usize) -> Verdict {
        if self.has_headings() && self.rows.heading(at) {
            return Verdict::Yes(Fit::Whole);
        }
        let mut fit = Fit::Whole;
        // The words first: they are packed, the rows are all over the memory.
        if self.filter.has_words() {
            match self.words_fit(at) {
                Some(found) => fit = found,
                None => return Verdict::No,
            }
        }
        if !self.rows.passes(at, &self.lens) {
            return Verdict::No;
        }
        if !self.filter.has_fields() {
            return Verdict::Yes(fit);
        }
        if let Some(verdict) = self.judge_light(at) {
            verdict.and(fit)
        } else if let Some(row) = self.rows.get(at) {
            let facts = row.facts(&self.lens);
            self.filter.fits_fields(&facts, self.time).and(fit)
        } else {
            Verdict::Yes(fit)
        }
    }

    /// Whether its fields fit, where the row need not be read for that.
    fn judge_light(&self, at: usize) -> Option<Verdict> {
        if !self.filter.is_light() {
            return None;
        }
        let of_kind = if self.filter.asks_kinds() {
            self.rows.of_kind(at)?
        } else {
            Facts::default()
        };
        let measure = if self.filter.asks_measures() {
            self.words.measure(at)?
        } else {
            Measure::default()
        };
        Some(self.filter.fits_light(&of_kind, measure, self.time))
    }

    /// How the words of a row fit, which may not be folded yet.
    fn words_fit(&self, at: usize) -> Option<Fit> {
        if at < self.words.len() {
            let (words, letters) = self.words.get(at);
            return self.filter.fits_words(words, letters);
        }
        let mut own = Words::default();
        own.push(&self.rows.get(at)?.facts(&self.lens));
        let (words, letters) = own.get(0);
        self.filter.fits_words(words, letters)
    }

    /// Rows that fit better do not come first: the list is sorted, or its rows stand in groups.
    fn keeps_order(&self) -> bool {
        !self.order.is_empty() || self.has_headings()
    }

    /// A list that has headings begins with one.
    fn has_headings(&self) -> bool {
        self.rows.heading(0)
    }
}

/// Rows that are folded together at the least.
const ROWS_AT_ONCE: usize = 256;
