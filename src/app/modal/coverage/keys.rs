//! What the keys of the coverage sheet do.

use std::time::Instant;

use super::{CoverageSheet, Filter};
use crate::app::State;
use crate::app::key::{Code, Input, Key};
use crate::app::modal::Reply;
use crate::app::modal::view::Tone;
use crate::domain::SegmentId;
use crate::domain::coverage::{State as Standing, Totals};

impl CoverageSheet {
    pub(super) fn on_input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if let Some(question) = &mut self.question {
            if let Some(yes) = question.input(input, now) {
                self.answered(yes);
            }
            return Reply::stay().with(self.go_on(state, now));
        }
        if self.cursor.input(input, self.shown.len(), state.page()) {
            return Reply::stay();
        }
        match input {
            Input::Key(key) => self.on_key(*key, state, now),
            _ => Reply::stay(),
        }
    }

    fn on_key(&mut self, key: Key, state: &mut State, now: Instant) -> Reply {
        let last = self.matrix.coverage.locales().len().saturating_sub(1);
        let again = key.code == Code::Char('r') && key.ctrl || key.code == Code::F(5);
        match key.code {
            _ if again => return self.ask_again(state, now),
            _ if key.ctrl || key.alt => {}
            Code::Esc | Code::Char('q') => return self.back(state),
            Code::Left | Code::Char('h') | Code::BackTab => {
                self.column = self.column.saturating_sub(1);
            }
            Code::Right | Code::Char('l') | Code::Tab => {
                self.column = (self.column + 1).min(last);
            }
            Code::Char('n') => self.next_gap(false),
            Code::Char('N') => self.next_gap(true),
            Code::Char('f') => self.next_filter(),
            Code::Char(' ') => {
                if let Some(spot) = self.spot()
                    && self.standing().is_some_and(Standing::is_gap)
                    && !self.marked.remove(&spot)
                {
                    self.marked.insert(spot);
                }
                let end = self.shown.len().saturating_sub(1);
                self.cursor.at = (self.cursor.at + 1).min(end);
            }
            Code::Char('V') => self.mark_column(),
            Code::Char('a') => {
                let unknown = self.matrix.not_asked();
                if unknown.is_empty() {
                    state
                        .notices
                        .say(Tone::Plain, "Every segment was asked", now);
                }
                self.want(unknown, now);
                return Reply::stay().with(self.go_on(state, now));
            }
            Code::Char('r') => {
                let here: Vec<SegmentId> = self.spot().map(|spot| spot.0).into_iter().collect();
                self.want(here, now);
                return Reply::stay().with(self.go_on(state, now));
            }
            Code::Char('R') => return self.ask_again(state, now),
            Code::Enter => return self.open_pair(state, now),
            Code::Char('u') => return self.fill(state, now),
            _ => {}
        }
        Reply::stay()
    }

    /// Leaves what is innermost: marks, the asking, then the sheet.
    fn back(&mut self, state: &mut State) -> Reply {
        if !self.marked.is_empty() {
            self.marked.clear();
        } else if self.asking.moves() {
            return Reply::stay().with(state.forget(self.asking.stop()));
        } else {
            return Reply::close();
        }
        Reply::stay()
    }

    /// Asks again for the segments of the rows that are shown; what is known stays until the answers
    /// come. A list that ended before its last page comes first.
    fn ask_again(&mut self, state: &mut State, now: Instant) -> Reply {
        let rest = self.list_rest(state, now);
        if !rest.is_empty() {
            return Reply::stay().with(rest);
        }
        let segments = self.matrix.coverage.segments();
        let mut shown: Vec<usize> = self.shown.iter().map(|row| row.0).collect();
        // The rows of one segment stand together.
        shown.dedup();
        let shown = shown.into_iter().filter_map(|at| segments.get(at));
        let shown: Vec<SegmentId> = shown.map(|(id, _)| id.clone()).collect();
        self.want(shown, now);
        Reply::stay().with(self.go_on(state, now))
    }

    /// The state of the cell under the cursor.
    pub(super) fn standing(&self) -> Option<Standing> {
        let row = *self.shown.get(self.cursor.at)?;
        Some(self.matrix.row(row)?.state(self.column))
    }

    /// The next cell with something to do, row by row; round the ends.
    fn next_gap(&mut self, back: bool) {
        let columns = self.matrix.coverage.locales().len();
        let all = self.shown.len() * columns;
        let here = self.cursor.at * columns + self.column;
        for by in 1..=all {
            let at = if back { here + all - by } else { here + by } % all;
            let (row, column) = (at / columns, at % columns);
            let found = self.shown.get(row).and_then(|row| self.matrix.row(*row));
            if found.is_some_and(|row| row.state(column).is_gap()) {
                (self.cursor.at, self.column) = (row, column);
                return;
            }
        }
    }

    /// Marks every gap of this locale that is shown, or none when all of them are.
    fn mark_column(&mut self) {
        let column = self.column;
        let gaps: Vec<_> = { self.shown.iter() }
            .filter(|row| {
                let row = self.matrix.row(**row);
                row.is_some_and(|row| row.state(column).is_gap())
            })
            .filter_map(|row| {
                let (segment, place) = self.matrix.spot(*row)?;
                Some((segment.clone(), place, column))
            })
            .collect();
        if gaps.iter().all(|spot| self.marked.contains(spot)) {
            for spot in &gaps {
                self.marked.remove(spot);
            }
        } else {
            self.marked.extend(gaps);
        }
    }

    /// Goes through what can be shown: gaps, each state that there is, everything.
    fn next_filter(&mut self) {
        let there = |state: &Standing| {
            let mut totals = self.matrix.coverage.by_locale().iter();
            totals.any(|totals: &Totals| totals.of(*state) > 0)
        };
        let states = Standing::ALL.into_iter();
        let states = states.filter(|it| !it.is(Standing::Present)).filter(there);
        let mut all = vec![Filter::Gaps];
        all.extend(states.map(Filter::Only));
        all.push(Filter::All);
        let same = |it: &Filter| match (it, self.filter) {
            (Filter::Only(one), Filter::Only(other)) => one.is(other),
            (one, other) => *one == other,
        };
        let at = all.iter().position(same).map_or(0, |at| at + 1);
        self.filter = all[at % all.len()];
        self.chosen = true;
        self.show();
    }
}
