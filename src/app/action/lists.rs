//! Lists: filter, sort, lens, marks, refresh.

use std::time::Instant;

use tui_input::Input;

use super::{Action, Context, always};
use crate::app::State;
use crate::app::browse::Pane;
use crate::app::effect::Effect;
use crate::app::modal::grammar::Grammar;
use crate::app::modal::pick::Pick;

pub static ACTIONS: &[Action] = &[
    Action {
        name: "filter",
        title: "filter",
        help: "Show only rows that fit what you type, such as hero -draft; Esc clears it.",
        keys: &["/"],
        context: Context::Lists,
        enabled: always,
        run: |s, _| {
            s.filtering = Some(Input::new(s.current_filter().to_owned()));
            s.keep_words(true);
            Vec::new()
        },
    },
    Action {
        name: "filter-words",
        title: "filter words",
        help: "Show what a filter can ask for: locale:de, size:>1mb, -word and others.",
        keys: &[],
        context: Context::Lists,
        enabled: always,
        run: |s, _| {
            s.open_modal(Grammar::default());
            Vec::new()
        },
    },
    Action {
        name: "next-hit",
        title: "next hit",
        help: "Go to the next row that the filter shows.",
        keys: &["n"],
        context: Context::Lists,
        enabled: filtered,
        run: |s, now| s.next_hit(false, now),
    },
    Action {
        name: "previous-hit",
        title: "previous hit",
        help: "Go to the previous row that the filter shows.",
        keys: &["N"],
        context: Context::Lists,
        enabled: filtered,
        run: |s, now| s.next_hit(true, now),
    },
    Action {
        name: "state",
        title: "by state",
        help: "Show only segments with assets, without, or whose assets could not be asked.",
        keys: &["f"],
        context: Context::Lists,
        enabled: segments,
        run: |s, _| {
            let pick = Pick::state(s);
            s.open_modal(pick);
            Vec::new()
        },
    },
    Action {
        name: "sort",
        title: "sort",
        help: "Sort this list by one of its columns.",
        keys: &[","],
        context: Context::Lists,
        enabled: sortable,
        run: |s, _| {
            let pick = Pick::sort(s);
            s.open_modal(pick);
            Vec::new()
        },
    },
    Action {
        name: "mark",
        title: "mark",
        help: "Mark this row and move down.",
        keys: &["space"],
        context: Context::Lists,
        enabled: markable,
        run: |s, now| {
            s.with_marks(MarkWith::Toggle);
            moved(s, now)
        },
    },
    Action {
        name: "mark-range",
        title: "mark a range",
        help: "Begin a range of marks here; the same key ends it.",
        keys: &["v"],
        context: Context::Lists,
        enabled: markable,
        run: |s, _| s.with_marks(MarkWith::Range),
    },
    Action {
        name: "mark-all",
        title: "mark all shown",
        help: "Mark every row shown, or none when all of them are.",
        keys: &["V"],
        context: Context::Lists,
        enabled: markable,
        run: |s, _| s.with_marks(MarkWith::All),
    },
    Action {
        name: "mark-invert",
        title: "invert marks",
        help: "Mark the rows shown that are not marked, and unmark the others.",
        keys: &["*"],
        context: Context::Lists,
        enabled: markable,
        run: |s, _| s.with_marks(MarkWith::Invert),
    },
    Action {
        name: "refresh",
        title: "refresh",
        help: "Ask the service again for what this pane shows, or go on with segments whose loading was stopped; twice in a \
               row all of them are listed anew.",
        keys: &["R", "f5", "ctrl-r"],
        context: Context::Everywhere,
        enabled: always,
        run: State::refresh,
    },
    Action {
        name: "locale",
        title: "locale",
        help: "Show only assets of one locale.",
        keys: &["L"],
        context: Context::Everywhere,
        enabled: |s| match s.browse.open() {
            None => Err("open something in the first pane first"),
            Some(opened) if !opened.spec.capabilities.locales => {
                Err("assets of this service have no locales")
            }
            Some(_) => Ok(()),
        },
        run: |s, _| {
            let pick = Pick::locale(s);
            s.open_modal(pick);
            Vec::new()
        },
    },
    Action {
        name: "account",
        title: "account",
        help: "Jump to another account.",
        keys: &["a"],
        context: Context::Everywhere,
        enabled: |s| {
            if s.browse.accounts.is_empty() {
                Err("the settings name no account")
            } else {
                Ok(())
            }
        },
        run: |s, _| {
            let pick = Pick::account(s);
            s.open_modal(pick);
            Vec::new()
        },
    },
];

/// What to do with marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkWith {
    Toggle,
    Range,
    All,
    Invert,
}

fn filtered(state: &State) -> Result<(), &'static str> {
    if state.current_filter().is_empty() {
        Err("nothing is filtered; press / first")
    } else {
        Ok(())
    }
}

fn markable(state: &State) -> Result<(), &'static str> {
    match (state.browse.focus, state.browse.open()) {
        (Pane::Places, _) => Ok(()),
        (_, None) => Err("open something in the first pane first"),
        _ => Ok(()),
    }
}

fn sortable(state: &State) -> Result<(), &'static str> {
    match (state.browse.focus, state.browse.open()) {
        (Pane::Places, _) => Ok(()),
        (_, None) => Err("there is nothing to sort yet"),
        (Pane::Middle, Some(opened)) if opened.spec.middle == crate::api::Middle::Types => {
            Err("types stay in their order")
        }
        _ => Ok(()),
    }
}

fn segments(state: &State) -> Result<(), &'static str> {
    match state.browse.open() {
        Some(opened)
            if opened.spec.middle == crate::api::Middle::Segments
                && state.browse.focus == Pane::Middle =>
        {
            Ok(())
        }
        _ => Err("only segments have such states; go to the segments pane"),
    }
}

fn moved(state: &mut State, now: Instant) -> Vec<Effect> {
    let focus = state.browse.focus;
    state.cursor_moved(focus, now);
    Vec::new()
}
