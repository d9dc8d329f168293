//! The plan sheet: several files as one table, mended row by row before anything is sent.

mod cell;
mod keys;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use self::cell::{Cell, Editing};
use super::confirm::Answering;
use super::rows::Cursor;
use super::upload::Goal;
use super::view::Tone;
use super::{Modal, Outcome, Reply};
use crate::api::Field;
use crate::app::State;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::key::Input;
use crate::app::msg::{Answer, Msg};
use crate::domain::{Asset, AssetPath, Entry, SafeText, file_words};
use crate::transfer::Wishes;
use crate::transfer::plan::{Candidate, Change, Fill, OnClash, Plan, Row, Verdict};

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
    /// Which patterns fill the rows.
    fill: Fill,
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
    listing: Option<RequestId>,
    listed: Vec<Arc<Asset>>,
    /// The locales were told.
    located: bool,
    /// Something was typed or decided.
    touched: bool,
    /// Since when the table can be read as it is: a key that came sooner was meant for something
    /// else.
    since: Instant,
}

impl PlanSheet {
    /// `base` is what every file gets that its path does not give.
    pub fn open(
        state: &mut State,
        goal: Goal,
        files: Vec<Candidate>,
        base: Wishes,
        now: Instant,
    ) -> (Self, Vec<Effect>) {
        let fill = Fill::Standing(state.options.patterns.clone());
        let mut plan = Plan::new(goal.account.clone(), goal.spec, base, OnClash::Ask);
        plan.add(files, &goal.scope, &fill);
        let mut sheet = Self {
            cells: Cell::of(goal.spec),
            shown: (0..plan.rows().len()).collect(),
            plan,
            goal,
            fill,
            open_only: false,
            cursor: Cursor::default(),
            column: 0,
            marked: BTreeSet::new(),
            anchor: None,
            stage: Stage::Table,
            listing: None,
            listed: Vec::new(),
            located: false,
            touched: false,
            since: now,
        };
        sheet.locate(state);
        let effects = sheet.list(state);
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
        let wish = |field, text: Option<String>| {
            let known = goal.spec.upload_field(field);
            known.and(text).unwrap_or_default()
        };
        let locale = old.locale.as_ref().map(|it| it.as_str().to_owned());
        let base = Wishes {
            locale: wish(Field::Locale, locale),
            folder: wish(Field::Folder, Some(old.folder.to_string())),
            asset_type: wish(Field::AssetType, old.asset_type.clone()),
            image_type: wish(Field::ImageType, old.image_type.clone()),
            alt_text: wish(Field::AltText, old.alt_text.clone()),
            description: wish(Field::Description, old.description.clone()),
            tags: match goal.spec.upload_field(Field::Tags) {
                Some(_) => old.tags.clone(),
                None => Vec::new(),
            },
        };
        let (mut sheet, effects) = Self::open(state, goal, vec![file], base, now);
        sheet.plan.edit([0], &Change::Name(old.name.clone()));
        let decision = Change::Decision(Some(OnClash::Replace));
        sheet.plan.edit([0], &decision);
        // Its place is that of the old one, whatever a pattern would read out of its path.
        sheet.touched = true;
        (sheet, effects)
    }

    /// The container's locales, as soon as they are known.
    fn locate(&mut self, state: &State) {
        if self.located {
            return;
        }
        let opened = state.opened(&self.goal.account, &self.goal.container);
        let Some(locales) = opened.and_then(|opened| opened.locales()) else {
            return;
        };
        self.located = true;
        self.plan
            .set_locales(&self.goal.container, locales.to_vec());
        if !self.touched {
            let all = 0..self.plan.rows().len();
            self.plan.fill(all, &self.fill);
        }
    }

    /// Asks what is at the place now.
    fn list(&mut self, state: &mut State) -> Vec<Effect> {
        let mut effects: Vec<Effect> = state.forget(self.listing.take()).into_iter().collect();
        let id = state.request_for_modal();
        self.listing = Some(id);
        self.listed.clear();
        effects.push(Effect::Load {
            id,
            account: self.goal.account.clone(),
            what: Load::Assets(self.goal.scope.clone()),
        });
        effects
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

    /// The answer to the listing: judged anew, and sent if that was waited for.
    fn arrived(&mut self, result: Result<(), String>, state: &mut State, now: Instant) -> Reply {
        let before = self.plan.totals();
        let failed = result.is_err();
        match result {
            Ok(()) => {
                let assets = std::mem::take(&mut self.listed);
                self.plan.set_listing(&self.goal.scope, assets);
            }
            Err(reason) => self.plan.set_unlistable(&self.goal.scope, reason),
        }
        if !matches!(self.stage, Stage::Looking) {
            self.since = now;
            return Reply::stay();
        }
        self.stage = Stage::Table;
        let totals = self.plan.totals();
        if failed || totals != before {
            let text = "What is there has changed; look at the table again";
            state.notices.say(Tone::Warning, text, now);
            return Reply::stay();
        }
        if totals.sent() == 0 {
            let text = "No row can be sent; the last column says why";
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
            "Sending {} to {}; t shows them",
            file_words(requests.len()),
            SafeText::prose(&self.goal.place)
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
        if let Some(folder) = row.and_then(|row| AssetPath::parse(&row.wishes.folder).ok()) {
            let place = (self.goal.account.clone(), self.goal.container.clone());
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
                self.edit_input(input);
                Reply::stay()
            }
            Stage::Looking => self.looking_input(input),
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
        let Msg::Loaded { id, answer } = msg else {
            return Reply::stay();
        };
        if self.listing != Some(*id) {
            return Reply::stay();
        }
        let result = match answer {
            Answer::Assets(Ok(page)) => {
                let read = page.entries.iter().filter_map(Entry::read);
                self.listed.extend(read.cloned().map(Arc::new));
                if page.more {
                    return Reply::stay();
                }
                Ok(())
            }
            Answer::Assets(Err(error)) => Err(error.to_string()),
            _ => return Reply::stay(),
        };
        self.listing = None;
        self.arrived(result, state, now)
    }

    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        state.forget(self.listing.take()).into_iter().collect()
    }

    fn moves(&self) -> bool {
        self.listing.is_some()
    }

    fn view(&self, _: &State) -> super::view::ModalView {
        self.draw()
    }
}
