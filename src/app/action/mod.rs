//! The ACTIONS table: everything that can be done, with its name, help, keys and place.

mod contents;
mod copy;
mod coverage;
mod lists;
mod moves;
mod orphans;
mod pictures;
mod save;
mod things;
mod transfers;
mod windows;

pub use lists::MarkWith;
pub(crate) use things::asset as current_asset;
pub(crate) use things::assets as chosen_assets;

use std::time::Instant;

use super::State;
use super::browse::Pane;
use super::effect::Effect;

/// Where an action's keys work. An inner context comes before an outer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Everywhere on the panes.
    Everywhere,
    /// In the three list panes.
    Lists,
    Places,
    Middle,
    Assets,
    Details,
    /// In the transfers pane, which is a modal: nothing outside it hears its keys.
    Transfers,
}

/// One row of the table.
#[derive(Debug)]
pub struct Action {
    /// Stable, for settings and the palette: `upload`.
    pub name: &'static str,
    /// Two or three words for a hint: `upload`.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Default keys, as [`Chord`](super::key::Chord) reads them; the first is the one shown.
    pub keys: &'static [&'static str],
    pub context: Context,
    /// Whether it can run now; else why not, in one sentence.
    pub enabled: fn(&State) -> Result<(), &'static str>,
    pub run: fn(&mut State, Instant) -> Vec<Effect>,
}

/// Every action, in the order that help shows. A group's file holds its rows and their functions.
pub static ACTIONS: &[&[Action]] = &[
    things::ACTIONS,
    copy::ACTIONS,
    lists::ACTIONS,
    coverage::ACTIONS,
    contents::ACTIONS,
    orphans::ACTIONS,
    pictures::ACTIONS,
    windows::ACTIONS,
    transfers::ACTIONS,
    moves::ACTIONS,
];

/// Every row of the table.
pub fn all() -> impl Iterator<Item = &'static Action> {
    ACTIONS.iter().copied().flatten()
}

/// The row of a name.
pub fn find(name: &str) -> Option<&'static Action> {
    all().find(|action| action.name == name)
}

/// Nothing stands in its way.
#[expect(clippy::unnecessary_wraps, reason = "the shape of the table's column")]
fn always(_: &State) -> Result<(), &'static str> {
    Ok(())
}

/// Names of the actions that hints show for the focused pane, most useful first.
pub(super) fn hint_names(state: &State) -> &'static [&'static str] {
    match state.browse.focus {
        Pane::Places => &[
            "in", "sign-in", "filter", "refresh", "upload", "save", "coverage", "palette", "quit",
            "help",
        ],
        Pane::Middle => &[
            "in", "upload", "save", "out", "filter", "state", "coverage", "refresh", "palette",
            "help",
        ],
        Pane::Assets => &[
            "upload",
            "save",
            "open",
            "copy-link",
            "details",
            "edit",
            "delete",
            "mark",
            "filter",
            "sort",
            "palette",
            "help",
        ],
        Pane::Details => &[
            "raw",
            "out",
            "open",
            "copy-link",
            "save",
            "edit",
            "pictures",
            "zoom",
            "palette",
            "help",
        ],
    }
}
