//! The coverage sheet: the segments of a document by its locales, what is missing, and the way to it.

mod asking;
mod gaps;
mod keys;
mod matrix;
mod told;
mod view;

use std::collections::BTreeSet;
use std::time::Instant;

use self::asking::Asking;
use self::matrix::Matrix;
use super::confirm::Answering;
use super::rows::Cursor;
use super::{Modal, Reply};
use crate::api::ProviderSpec;
use crate::app::State;
use crate::app::browse::Opened;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::domain::coverage::State as Standing;
use crate::domain::{AccountName, Allowance, ContainerId, SegmentId};

/// From so many rows on only those with gaps are shown at first.
const MANY: usize = 40;

/// Which rows are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Filter {
    All,
    /// Those with something to do.
    #[default]
    Gaps,
    Only(Standing),
}

/// One cell, by what stays the same when rows come and go: the segment, the place of its asset, and
/// the locale's number.
type Spot = (SegmentId, String, usize);

/// Where the user was in the coverage of a document, for the next time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    spot: Option<Spot>,
    filter: Filter,
    marked: BTreeSet<Spot>,
}

#[derive(Debug)]
pub struct CoverageSheet {
    account: AccountName,
    container: ContainerId,
    spec: &'static ProviderSpec,
    /// What its service allows the account.
    allowance: Option<Allowance>,
    /// What the document is called; foreign text.
    name: String,
    matrix: Matrix,
    /// The rows that are shown: the segment's number, and the row's within it.
    shown: Vec<(usize, usize)>,
    filter: Filter,
    /// The user chose it.
    chosen: bool,
    cursor: Cursor,
    /// The locale's number.
    column: usize,
    marked: BTreeSet<Spot>,
    asking: Asking,
    /// So many calls are to be made, which is asked first.
    question: Option<Answering>,
    /// Where the cursor goes as soon as it is there.
    want: Option<Spot>,
    /// When something was told last: ages are as of then.
    now: Instant,
}

impl CoverageSheet {
    /// The coverage of an open document; what is not known of it is asked, or its cost is said first.
    pub fn open(
        state: &mut State,
        opened: (AccountName, ContainerId),
        now: Instant,
    ) -> Option<(Self, Vec<Effect>)> {
        let (account, container) = opened;
        let (spec, name) = {
            let opened = state.opened(&account, &container)?;
            (opened.spec, opened.info().name.clone())
        };
        let allowance = state.browse.account(&account)?.info.allowance;
        let left = state
            .memory
            .coverage
            .get(&(account.clone(), container.clone()));
        let left = left.cloned();
        let mut sheet = Self {
            account,
            container,
            spec,
            allowance,
            name,
            matrix: Matrix::default(),
            shown: Vec::new(),
            filter: left
                .as_ref()
                .map_or_else(Filter::default, |left| left.filter),
            chosen: left.is_some(),
            cursor: Cursor::default(),
            column: 0,
            marked: left
                .as_ref()
                .map_or_else(BTreeSet::new, |left| left.marked.clone()),
            asking: Asking::default(),
            question: None,
            want: left.and_then(|left| left.spot),
            now,
        };
        if let Some((_, _, column)) = &sheet.want {
            sheet.column = *column;
        }
        // It is about all of them: where the list was stopped, it is gone on with.
        let mut effects = sheet.list_rest(state, now);
        effects.extend(sheet.follow(state, now));
        Some((sheet, effects))
    }

    fn opened<'a>(&self, state: &'a State) -> Option<&'a Opened> {
        state.opened(&self.account, &self.container)
    }

    /// Goes on with a list that ended before its last page.
    fn list_rest(&self, state: &mut State, now: Instant) -> Vec<Effect> {
        let here =
            |opened: &Opened| (&opened.account, &opened.id) == (&self.account, &self.container);
        let opened = state.browse.open().filter(|opened| here(opened));
        let ended = opened.is_some_and(|opened| {
            opened.segments.remote.pending().is_none() && !opened.segments.is_whole()
        });
        if ended {
            state.load_segments(false, now)
        } else {
            Vec::new()
        }
    }

    /// Takes in what is known by now, and goes on asking.
    fn follow(&mut self, state: &mut State, now: Instant) -> Vec<Effect> {
        self.now = now;
        if let Some(opened) = self.opened(state) {
            let changed = self.matrix.sync(opened);
            if changed {
                self.show();
            }
        }
        self.go_on(state, now)
    }

    /// Shows the rows that the filter lets through; the cursor stays with its cell.
    fn show(&mut self) {
        let here = self.want.clone().or_else(|| self.spot());
        if !self.chosen {
            let many = self.matrix.coverage.rows().count() > MANY;
            self.filter = if many { Filter::Gaps } else { Filter::All };
        }
        let locales: Vec<usize> = (0..self.matrix.coverage.locales().len()).collect();
        self.shown.clear();
        for (at, (_, rows)) in self.matrix.coverage.segments().iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                let passes = match self.filter {
                    Filter::All => true,
                    Filter::Gaps => locales.iter().any(|it| row.state(*it).is_gap()),
                    Filter::Only(state) => row.is_any(&locales, &[state]),
                };
                if passes {
                    self.shown.push((at, number));
                }
            }
        }
        self.unmark();
        let found = here.as_ref().and_then(|spot| {
            let same = |it: &(usize, usize)| {
                // Most are of another segment, whose places need not be made.
                let segment = self.matrix.coverage.segments().get(it.0);
                segment.is_some_and(|(id, _)| *id == spot.0)
                    && self
                        .matrix
                        .spot(*it)
                        .is_some_and(|(_, place)| place == spot.1)
            };
            self.shown.iter().position(same)
        });
        match found {
            Some(at) => {
                self.cursor.at = at;
                self.want = None;
            }
            None => self.cursor.at = self.cursor.at.min(self.shown.len().saturating_sub(1)),
        }
        let last = locales.len().saturating_sub(1);
        self.column = self.column.min(last);
    }

    /// Takes the marks away of what is no gap any more.
    fn unmark(&mut self) {
        if self.marked.is_empty() {
            return;
        }
        let mut left = BTreeSet::new();
        for (at, (segment, rows)) in self.matrix.coverage.segments().iter().enumerate() {
            for (number, row) in rows.iter().enumerate() {
                let Some((_, place)) = self.matrix.spot((at, number)) else {
                    continue;
                };
                let columns = 0..self.matrix.coverage.locales().len();
                let gaps = columns.filter(|column| row.state(*column).is_gap());
                let spots = gaps.map(|column| (segment.clone(), place.clone(), column));
                left.extend(spots.filter(|spot| self.marked.contains(spot)));
            }
        }
        self.marked = left;
    }

    /// The cell under the cursor.
    fn spot(&self) -> Option<Spot> {
        let row = *self.shown.get(self.cursor.at)?;
        let (segment, place) = self.matrix.spot(row)?;
        Some((segment.clone(), place, self.column))
    }
}

impl Modal for CoverageSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        self.now = now;
        self.on_input(input, state, now)
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        match msg {
            Msg::Loaded { id, answer } => self.take(*id, answer, state, now),
            Msg::Job(job) => self.sent(job),
            _ => {}
        }
        let effects = self.follow(state, now);
        Reply::stay().with(effects)
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        let left = Left {
            spot: self.spot(),
            filter: self.filter,
            marked: std::mem::take(&mut self.marked),
        };
        let place = (self.account.clone(), self.container.clone());
        state.memory.coverage.insert(place, left);
        state.forget(self.asking.stop()).into_iter().collect()
    }

    fn stays(&self) -> bool {
        true
    }

    fn moves(&self) -> bool {
        self.asking.moves()
    }

    fn view(&self, state: &State) -> super::view::ModalView {
        self.draw(state)
    }
}
