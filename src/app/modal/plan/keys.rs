//! What the keys of the plan sheet do.

use std::time::Instant;

use super::cell::Cell;
use super::{PlanSheet, Stage};
use crate::api::{Field, Replace};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input, Key};
use crate::app::modal::Reply;
use crate::app::modal::confirm::GUARD;
use crate::app::modal::form::FormEvent;
use crate::app::modal::view::Tone;
use crate::transfer::plan::{Change, OnClash, Verdict};

impl PlanSheet {
    pub(super) fn table_input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if self.cursor.input(input, self.shown.len(), state.page()) {
            return Reply::stay();
        }
        match input {
            Input::Key(key) => self.table_key(*key, state, now),
            _ => Reply::stay(),
        }
    }

    fn table_key(&mut self, key: Key, state: &mut State, now: Instant) -> Reply {
        match key.code {
            Code::Char('s') if key.ctrl => return self.start(state, now),
            _ if key.ctrl || key.alt => {}
            Code::Esc | Code::Char('q') if !self.marked.is_empty() || self.anchor.is_some() => {
                self.marked.clear();
                self.anchor = None;
            }
            Code::Esc | Code::Char('q') if self.touched => self.stage = Stage::Leave,
            Code::Esc | Code::Char('q') => return Reply::close(),
            Code::Left | Code::Char('h') | Code::BackTab => {
                self.column = self.column.saturating_sub(1);
            }
            Code::Right | Code::Char('l') | Code::Tab => {
                self.column = (self.column + 1).min(self.cells.len().saturating_sub(1));
            }
            Code::Enter | Code::Char('e') => {
                if let Some(cell) = self.cells.get(self.column).copied() {
                    // Two files of one name at one place would be the first clash.
                    let rows = match cell {
                        Cell::Name => self.here().into_iter().collect(),
                        Cell::Segment | Cell::Field(_) => self.chosen(),
                    };
                    self.begin(cell, rows);
                }
            }
            Code::Char('L') => {
                let locale = Cell::Field(Field::Locale);
                if self.cells.contains(&locale) {
                    self.begin(locale, self.chosen());
                }
            }
            Code::Char('P') => {
                let rows = if self.marked.is_empty() {
                    (0..self.plan.rows().len()).collect()
                } else {
                    self.chosen()
                };
                self.stage = Stage::Edit(Self::edit_pattern(rows));
            }
            Code::Char('=') => self.copy_down(),
            Code::Char('x') => self.leave_out(),
            Code::Char('r') => self.decide(OnClash::Replace),
            Code::Char('b') if self.goal.spec.capabilities.replace == Replace::ByDelete => {
                self.decide(OnClash::Keep);
            }
            Code::Char('f') => {
                self.open_only = !self.open_only;
                self.show();
            }
            Code::Char(' ') => {
                if let Some(here) = self.here()
                    && !self.marked.remove(&here)
                {
                    self.marked.insert(here);
                }
                let last = self.shown.len().saturating_sub(1);
                self.cursor.at = (self.cursor.at + 1).min(last);
            }
            Code::Char('v') => self.range(),
            Code::Char('V') => {
                if self.shown.iter().all(|number| self.marked.contains(number)) {
                    self.marked.clear();
                } else {
                    self.marked.extend(self.shown.iter().copied());
                }
            }
            Code::Char('*') => {
                for number in &self.shown {
                    if !self.marked.remove(number) {
                        self.marked.insert(*number);
                    }
                }
            }
            _ => {}
        }
        Reply::stay()
    }

    fn begin(&mut self, cell: Cell, rows: Vec<usize>) {
        if let Some(editing) = self.edit(cell, rows) {
            self.stage = Stage::Edit(editing);
        }
    }

    fn range(&mut self) {
        let at = self.cursor.at;
        match self.anchor.take() {
            None => self.anchor = Some(at),
            Some(anchor) => {
                let range = anchor.min(at)..=anchor.max(at);
                let rows = range.filter_map(|place| self.shown.get(place));
                self.marked.extend(rows.copied());
            }
        }
    }

    /// The cell under the cursor into the marked rows, else into all rows below.
    fn copy_down(&mut self) {
        let (Some(here), Some(cell)) = (self.here(), self.cells.get(self.column).copied()) else {
            return;
        };
        let rows: Vec<usize> = if self.marked.is_empty() {
            self.shown
                .iter()
                .skip(self.cursor.at + 1)
                .copied()
                .collect()
        } else {
            self.chosen()
        };
        match cell {
            Cell::Name => return,
            Cell::Segment => {
                if let Some(row) = self.plan.rows().get(here) {
                    let change = Change::Scope(row.scope.clone());
                    self.plan.edit(rows, &change);
                }
            }
            Cell::Field(field) => self.plan.copy(here, field, rows),
        }
        self.touched = true;
    }

    /// Leaves the rows out; takes them in again when all of them are out.
    fn leave_out(&mut self) {
        let rows = self.chosen();
        let all = self.plan.rows();
        let out = rows.iter().filter_map(|number| all.get(*number));
        let left_out = !out.clone().all(|row| row.left_out);
        self.plan.edit(rows, &Change::LeftOut(left_out));
        self.touched = true;
    }

    /// Decides the clashes among the rows; the same key again takes it back.
    fn decide(&mut self, what: OnClash) {
        let all = self.plan.rows();
        let rows = self.chosen().into_iter().filter(|number| {
            all.get(*number).is_some_and(|row| {
                let taken = matches!(row.verdict(), Verdict::Clash(_) | Verdict::Same(_));
                taken || row.decision.is_some()
            })
        });
        let rows: Vec<usize> = rows.collect();
        let decided = |number: &usize| {
            let row = all.get(*number);
            row.is_some_and(|row| row.decision == Some(what))
        };
        let decision = (!rows.iter().all(decided)).then_some(what);
        if !rows.is_empty() {
            self.plan.edit(rows, &Change::Decision(decision));
            self.touched = true;
        }
    }

    /// The place is looked at once more: what was shown may be old by now.
    fn start(&mut self, state: &mut State, now: Instant) -> Reply {
        let early = now.saturating_duration_since(self.since) < GUARD;
        if early || self.looking.moves() {
            return Reply::stay();
        }
        self.before = self.plan.totals();
        let effects = self.look(state);
        if effects.is_empty() {
            let text = "No row can be sent; the last column says why";
            state.notices.say(Tone::Warning, text, now);
            return Reply::stay();
        }
        self.stage = Stage::Looking;
        Reply::stay().with(effects)
    }

    pub(super) fn edit_input(&mut self, input: &Input, state: &mut State) -> Vec<Effect> {
        let Stage::Edit(mut editing) = std::mem::replace(&mut self.stage, Stage::Table) else {
            return Vec::new();
        };
        let enter = matches!(input, Input::Key(key) if key.code == Code::Enter);
        let event = if enter {
            FormEvent::Submit
        } else {
            editing.form.input(input)
        };
        match event {
            FormEvent::Leave => return Vec::new(),
            FormEvent::Submit => match self.set(&editing, state) {
                Ok(()) => return self.look_further(state),
                Err(reason) => {
                    if let Some(field) = editing.form.fields.first_mut() {
                        field.error = Some(reason);
                    }
                }
            },
            FormEvent::Nothing | FormEvent::Changed(_) => {}
        }
        editing.form.focus = 0;
        self.stage = Stage::Edit(editing);
        Vec::new()
    }

    /// Escape stops looking, which may be waiting for long; nothing was sent.
    pub(super) fn looking_input(&mut self, input: &Input, state: &mut State) -> Reply {
        if let Input::Key(key) = input
            && key.code == Code::Esc
        {
            self.stage = Stage::Table;
            return Reply::stay().with(state.forget(self.looking.stop()));
        }
        Reply::stay()
    }

    pub(super) fn leave_input(&mut self, input: &Input) -> Reply {
        if let Input::Key(key) = input {
            if key.code == Code::Char('y') {
                return Reply::close();
            }
            self.stage = Stage::Table;
        }
        Reply::stay()
    }
}
