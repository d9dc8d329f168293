//! The plan sheet: several files as one table, mended row by row before anything is sent.

mod cell;
mod keys;
mod places;
mod segment;
mod view;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::time::Instant;

use self::cell::{Cell, Editing};
use self::places::{Looked, Looking};
use super::confirm::Answering;
use super::goal::Goal;
use super::rows::Cursor;
use super::view::Tone;
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::domain::{
    AccountName, Asset, AssetPath, AssetScope, ContainerId, Locale, SafeText, file_words,
};
use crate::transfer::Wishes;
use crate::transfer::plan::{
    Candidate, Change, Fill, Matched, OnClash, Plan, Row, Totals, Verdict, matched,
};
use crate::transfer::tree::Batch;

/// What the sheet is at.
#[derive(Debug)]
enum Stage {
    Table,
    /// A cell, or one field of several rows.
    Edit(Editing),
    /// The place is listed once more; then the files are sent, or the question is asked.
    Looking,
    /// Something is replaced or left behind: that is said first.
    Ask(Answering),
    Leave,
}

#[derive(Debug)]
pub struct PlanSheet {
    goal: Goal,
    plan: Plan,
    /// Which patterns fill the rows, batch by batch.
    fills: Vec<(Range<usize>, Fill)>,
    cells: Vec<Cell>,
    /// The rows that are shown.
    shown: Vec<usize>,
    /// Only rows that cannot be sent as they are.
    open_only: bool,
    cursor: Cursor,
    column: usize,
    marked: BTreeSet<usize>,
    anchor: Option<usize>,
    stage: Stage,
    looking: Looking,
    /// What the plan said when it was to be sent, and the places were looked at once more.
    before: Totals,
    /// What the segments of the rows are called.
    segments: HashMap<AssetScope, String>,
    /// What the list of each tree was good for.
    said: Vec<String>,
    /// The containers whose locales were told.
    located: BTreeSet<ContainerId>,
    /// The containers of which it was asked what is remembered.
    recalled: BTreeSet<ContainerId>,
    /// Something was typed or decided.
    touched: bool,
    /// Since when the table can be read as it is: a key that came sooner was meant for something
    /// else.
    since: Instant,
}

impl PlanSheet {
    /// Files that go to one place. `base` is what every file gets that its path does not give, and
    /// `usual` what it gets where `base` says nothing of it either.
    pub fn of_files(
        state: &mut State,
        goal: Goal,
        scope: AssetScope,
        files: Vec<Candidate>,
        base: Wishes,
        usual: Wishes,
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let batch = Batch {
            scope,
            files,
            fill: Fill::Standing(goal.usual(state).patterns.clone()),
        };
        Self::open(state, goal, vec![batch], (base, usual), now)
    }

    /// Files for gaps, each to the one that it fills.
    pub fn of_gaps(
        state: &mut State,
        goal: Goal,
        files: Vec<Candidate>,
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let whole = goal
            .to
            .clone()
            .or(goal.gaps.first().map(|it| it.scope.clone()));
        let opened = { whole.as_ref() }.and_then(|it| state.opened(&goal.account, it.container()));
        let locales = opened.and_then(|it| it.locales()).unwrap_or_default();
        let (batches, told) = match &whole {
            Some(whole) => matched(files, &goal.gaps, locales, whole),
            None => (Vec::new(), Matched::default()),
        };
        let (mut sheet, effects) = Self::open(state, goal, batches, Default::default(), now);
        let mut said = format!("{} of {} fit a gap", told.files, file_words(told.of));
        if told.open > 0 {
            said = format!("{said}; {} of the gaps stay open", told.open);
        }
        sheet.said = vec![said];
        (sheet, effects)
    }

    fn open(
        state: &mut State,
        goal: Goal,
        batches: Vec<Batch>,
        (base, usual): (Wishes, Wishes),
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let plan = Plan::new(goal.account.clone(), goal.spec, base, OnClash::Ask);
        let mut plan = plan.with_usual(usual);
        let mut fills = Vec::new();
        for Batch { scope, files, fill } in batches {
            let first = plan.rows().len();
            plan.add(files, &scope, &fill);
            fills.push((first..plan.rows().len(), fill));
        }
        let one = goal.one_place();
        let by_segment = plan.rows().iter().any(|row| Some(&row.scope) != one);
        let mut sheet = Self {
            cells: Cell::of(goal.spec, by_segment),
            shown: (0..plan.rows().len()).collect(),
            plan,
            goal,
            fills,
            open_only: false,
            cursor: Cursor::default(),
            column: 0,
            marked: BTreeSet::new(),
            anchor: None,
            stage: Stage::Table,
            looking: Looking::default(),
            before: Totals::default(),
            segments: HashMap::new(),
            said: Vec::new(),
            located: BTreeSet::new(),
            recalled: BTreeSet::new(),
            touched: false,
            since: now,
        };
        sheet.locate(state);
        sheet.name_segments(state);
        let effects = sheet.look(state);
        (sheet, effects)
    }

    /// The sheet for one file that takes the place of an asset.
    pub fn replace(
        state: &mut State,
        goal: Goal,
        file: Candidate,
        old: &Asset,
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let base = Wishes::of(old, goal.spec);
        let scope = old.scope.clone();
        let (mut sheet, effects) = {
            let none = Wishes::default();
            Self::of_files(state, goal, scope, vec![file], base, none, now)
        };
        sheet.plan.edit([0], &Change::Name(old.name.clone()));
        let decision = Change::Decision(Some(OnClash::Replace));
        sheet.plan.edit([0], &decision);
        sheet.plan.take_as_typed();
        // Its place is that of the old one, whatever a pattern would read out of its path.
        sheet.fills.clear();
        (sheet, effects)
    }

    /// The locales of the rows' containers that are open, as soon as they are known.
    fn locate(&mut self, state: &State) {
        for container in self.containers() {
            let opened = state.opened(&self.goal.account, &container);
            if let Some(locales) = opened.and_then(|opened| opened.locales()) {
                self.learn_locales(&container, locales.to_vec());
            }
        }
    }

    fn learn_locales(&mut self, container: &ContainerId, locales: Vec<Locale>) {
        if !self.located.insert(container.clone()) {
            return;
        }
        self.plan.set_locales(container, locales);
        if !self.touched {
            for (rows, fill) in &self.fills {
                self.plan.fill(rows.clone(), fill);
            }
        }
    }

    /// The containers that rows go to.
    fn containers(&self) -> BTreeSet<ContainerId> {
        let rows = self.plan.rows().iter();
        rows.map(|row| row.scope.container().clone()).collect()
    }

    /// The number of the row under the cursor.
    fn here(&self) -> Option<usize> {
        self.shown.get(self.cursor.at).copied()
    }

    fn row(&self) -> Option<&Row> {
        self.plan.rows().get(self.here()?)
    }

    /// The marked rows, else the one under the cursor.
    fn chosen(&self) -> Vec<usize> {
        if self.marked.is_empty() {
            self.here().into_iter().collect()
        } else {
            self.marked.iter().copied().collect()
        }
    }

    /// Shows all rows, or those that cannot be sent as they are.
    fn show(&mut self) {
        let here = self.here();
        let rows = self.plan.rows().iter().enumerate();
        self.shown = rows
            .filter(|(_, row)| !self.open_only || is_open(row))
            .map(|(number, _)| number)
            .collect();
        let at = here.and_then(|here| self.shown.iter().position(|number| *number == here));
        self.cursor.at = at.unwrap_or(0);
    }

    /// Every place was listed: sent, if that was waited for.
    fn looked(&mut self, state: &mut State, now: Instant) -> Reply {
        if !matches!(self.stage, Stage::Looking) {
            self.since = now;
            return Reply::stay();
        }
        self.stage = Stage::Table;
        let totals = self.plan.totals();
        if self.looking.failed || totals != self.before {
            let text = "What is there has changed; look at the table again";
            state.notices.say(Tone::Warning, text, now);
            return Reply::stay();
        }
        if totals.sent() == 0 {
            let why = view::nothing_to_send(totals);
            let text = why.unwrap_or("No row can be sent; the last column says why");
            state.notices.say(Tone::Warning, text, now);
            return Reply::stay();
        }
        if totals.replace + totals.clash + totals.problem > 0 {
            self.stage = Stage::Ask(Answering::new(now));
            return Reply::stay();
        }
        self.send(state, now)
    }

    fn send(&mut self, state: &mut State, now: Instant) -> Reply {
        let requests: Vec<_> = self.plan.requests().into_iter().map(|it| it.1).collect();
        let mut text = format!(
            "Sending {} to {}{}",
            file_words(requests.len()),
            SafeText::prose(&self.goal.place),
            state.keymap.says("; ", "transfers", "shows them")
        );
        let totals = self.plan.totals();
        let behind = totals.clash + totals.problem;
        if behind > 0 {
            text = format!("{text}. {} not sent", file_words(behind));
        }
        state.notices.say(Tone::Plain, text, now);
        self.remember(state);
        Reply::of(Outcome::CloseAll).with([Effect::Upload {
            account: self.goal.account.clone(),
            requests,
        }])
    }

    /// The next upload into this container suggests the folder of the first row.
    fn remember(&self, state: &mut State) {
        let row = self.plan.rows().iter().find(|row| row.verdict().is_sent());
        if let Some(row) = row
            && let Ok(folder) = AssetPath::parse(&row.wishes.folder)
        {
            let place = (self.goal.account.clone(), row.scope.container().clone());
            state.memory.folders.insert(place, folder);
        }
    }
}

/// It cannot be sent as it is.
const fn is_open(row: &Row) -> bool {
    matches!(
        row.verdict(),
        Verdict::Clash(_) | Verdict::Problem(_) | Verdict::Looking
    )
}

impl Modal for PlanSheet {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        match &mut self.stage {
            Stage::Table => self.table_input(input, state, now),
            Stage::Edit(_) => {
                let effects = self.edit_input(input, state);
                Reply::stay().with(effects)
            }
            Stage::Looking => self.looking_input(input, state),
            Stage::Ask(answering) => match answering.input(input, now) {
                Some(true) => self.send(state, now),
                Some(false) => {
                    self.stage = Stage::Table;
                    Reply::stay()
                }
                None => Reply::stay(),
            },
            Stage::Leave => self.leave_input(input),
        }
    }

    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        self.locate(state);
        if let Msg::Memory { account, memory } = msg {
            if *account == self.goal.account {
                self.plan.recall(memory.clone());
            }
            return Reply::stay();
        }
        let Msg::Loaded { id, answer } = msg else {
            // What the open container holds is known better.
            if matches!(msg, Msg::Tick) {
                self.name_segments(state);
                self.refuse_lost(state);
            }
            return Reply::stay();
        };
        match self.looking.take(*id, answer) {
            Looked::Nothing | Looked::More => return Reply::stay(),
            Looked::Container(container, result) => self.set_container(&container, result),
            Looked::Places(places, result) => self.set_listings(&places, result),
        }
        self.refuse_lost(state);
        match self.ask_next(state) {
            Some(next) => Reply::stay().with([next]),
            None => self.looked(state, now),
        }
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        state.forget(self.looking.stop()).into_iter().collect()
    }

    fn moves(&self) -> bool {
        self.looking.moves()
    }

    fn account(&self, _: &State) -> Option<AccountName> {
        Some(self.goal.account.clone())
    }

    fn view(&self, state: &State) -> super::view::ModalView {
        self.draw(state)
    }
}
