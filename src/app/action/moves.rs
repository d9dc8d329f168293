//! Moving: the cursor, in and out, between panes.

use std::time::Instant;

use super::{Action, Context, always};
use crate::app::State;
use crate::app::browse::Pane;
use crate::app::effect::Effect;

macro_rules! moving {
    ($name:literal, $title:literal, $help:literal, $keys:expr, $run:expr) => {
        Action {
            name: $name,
            title: $title,
            help: $help,
            keys: $keys,
            context: Context::Everywhere,
            enabled: always,
            run: $run,
        }
    };
}

pub static ACTIONS: &[Action] = &[
    moving!(
        "down",
        "down",
        "Move down one row.",
        &["j", "down"],
        |s, now| s.step(1, now)
    ),
    moving!("up", "up", "Move up one row.", &["k", "up"], |s, now| s
        .step(-1, now)),
    moving!(
        "in",
        "go in",
        "Open what is under the cursor: a container, a segment, the details of an asset.",
        &["enter", "l", "right"],
        State::go_in
    ),
    moving!(
        "out",
        "go out",
        "Go back to the pane on the left.",
        &["h", "left", "backspace"],
        State::go_out
    ),
    moving!(
        "top",
        "top",
        "Go to the first row.",
        &["g g", "home"],
        |s, now| s.go_to(0, now)
    ),
    moving!(
        "bottom",
        "bottom",
        "Go to the last row.",
        &["G", "end"],
        |s, now| s.go_to(usize::MAX, now)
    ),
    moving!(
        "half-page-down",
        "half page down",
        "Move down half a page.",
        &["ctrl-d"],
        |s, now| s.step(half(s), now)
    ),
    moving!(
        "half-page-up",
        "half page up",
        "Move up half a page.",
        &["ctrl-u"],
        |s, now| s.step(-half(s), now)
    ),
    moving!(
        "page-down",
        "page down",
        "Move down a page.",
        &["pagedown", "ctrl-f"],
        |s, now| s.step(whole(s), now)
    ),
    moving!(
        "page-up",
        "page up",
        "Move up a page.",
        &["pageup", "ctrl-b"],
        |s, now| s.step(-whole(s), now)
    ),
    moving!(
        "next-pane",
        "next pane",
        "Go to the next pane.",
        &["tab"],
        |s, now| to(s, s.browse.focus.next(), now)
    ),
    moving!(
        "previous-pane",
        "previous pane",
        "Go to the previous pane.",
        &["shift-tab"],
        |s, now| to(s, s.browse.focus.previous(), now)
    ),
    moving!(
        "pane-1",
        "first pane",
        "Go to the accounts and what they hold.",
        &["1"],
        |s, now| to(s, Pane::Places, now)
    ),
    moving!(
        "pane-2",
        "second pane",
        "Go to the segments or types.",
        &["2"],
        |s, now| to(s, Pane::Middle, now)
    ),
    moving!(
        "pane-3",
        "third pane",
        "Go to the assets.",
        &["3"],
        |s, now| to(s, Pane::Assets, now)
    ),
    moving!(
        "pane-4",
        "fourth pane",
        "Go to the details.",
        &["4"],
        |s, now| to(s, Pane::Details, now)
    ),
    moving!(
        "zoom",
        "zoom",
        "Show only this pane, and back.",
        &["z"],
        |s, _| {
            s.browse.zoom = !s.browse.zoom;
            Vec::new()
        }
    ),
    moving!(
        "back",
        "back",
        "Leave the topmost thing: filter, marks, zoom, pane. Never quits.",
        &["esc"],
        State::back
    ),
];

fn whole(state: &State) -> isize {
    isize::try_from(state.page()).unwrap_or(isize::MAX)
}

fn half(state: &State) -> isize {
    (whole(state) / 2).max(1)
}

fn to(state: &mut State, pane: Pane, now: Instant) -> Vec<Effect> {
    state.focus(pane, now);
    Vec::new()
}
