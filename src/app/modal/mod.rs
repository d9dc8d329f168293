//! Modals: sheets and forms on a stack above the panes.

pub mod browser;
pub mod confirm;
pub mod contents;
pub mod coverage;
pub mod delete;
pub mod doubt;
pub mod edit;
pub mod error;
mod fields;
pub mod find;
mod form;
pub mod goal;
pub mod grammar;
pub mod help;
mod leaving;
pub mod left;
pub mod link;
pub mod messages;
pub mod moved;
pub mod named;
pub mod palette;
pub mod pick;
pub mod plan;
mod relist;
mod rows;
pub mod save;
pub mod scan;
mod search;
pub mod sign_in;
pub mod transfers;
pub mod tree;
pub mod upload;
pub mod view;

use std::fmt::Debug;
use std::time::Instant;

use self::help::SheetHelp;
use self::view::ModalView;
use super::State;
use super::action::Action;
use super::effect::Effect;
use super::key::{Chord, Input};
use super::msg::Msg;
use crate::domain::AccountName;

/// What becomes of a modal after it was told something.
#[derive(Debug)]
pub enum Outcome {
    Stay,
    Close,
    /// This one and those below it, but for what stays.
    CloseAll,
    /// Another one above it.
    Open(Box<dyn Modal>),
    /// Another one instead of it.
    Replace(Box<dyn Modal>),
    /// Closes, and does this.
    Run(&'static Action),
    /// Closes, and presses these keys in the one below.
    Press(Chord),
}

/// What a modal answers: what becomes of it, and what is to be done.
#[derive(Debug)]
pub struct Reply {
    pub outcome: Outcome,
    pub effects: Vec<Effect>,
}

impl Reply {
    pub const fn stay() -> Self {
        Self {
            outcome: Outcome::Stay,
            effects: Vec::new(),
        }
    }

    pub const fn close() -> Self {
        Self {
            outcome: Outcome::Close,
            effects: Vec::new(),
        }
    }

    pub const fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            effects: Vec::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, effects: impl IntoIterator<Item = Effect>) -> Self {
        self.effects.extend(effects);
        self
    }
}

/// A sheet or form. While it is told something it is not on the stack, so it may change the state.
pub trait Modal: Debug {
    /// A key, a paste or a mouse target. Escape and Ctrl-C come here too.
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply;

    /// Any other message; those it does not await it leaves alone.
    fn message(&mut self, msg: &Msg, state: &mut State, now: Instant) -> Reply {
        let _ = (msg, state, now);
        Reply::stay()
    }

    /// It goes: what it still waits for is dropped.
    fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        let _ = state;
        Vec::new()
    }

    fn view(&self, state: &State) -> ModalView;

    /// Whose assets it sends, changes, deletes or saves.
    fn account(&self, state: &State) -> Option<AccountName> {
        let _ = state;
        None
    }

    /// What can be done here, as a sheet of its own.
    fn help(&self, state: &State, now: Instant) -> Box<dyn Modal> {
        Box::new(SheetHelp::new(&self.view(state), now))
    }

    /// It is no such sheet itself.
    fn has_help(&self) -> bool {
        true
    }

    /// It is a place to come back to: it stays when what was opened above it is done.
    fn stays(&self) -> bool {
        false
    }

    /// Something in it moves: a spinner has to turn.
    fn moves(&self) -> bool {
        false
    }
}
