//! The ACTIONS table: everything that can be done, with its name, help, keys and place.

use std::time::Instant;

use super::State;
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
