//! Moving through the rows of a modal, with the keys of the panes.

use crate::app::key::{Code, Input, Key, MouseInput};

/// Where a key moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    By(isize),
    /// A place, or the last one.
    To(usize),
}

/// Moves by a key, if it is one that moves.
pub fn step_key(key: Key, page: usize, go: impl FnOnce(Step)) -> bool {
    let page = isize::try_from(page).unwrap_or(isize::MAX);
    let step = match (key.code, key.ctrl) {
        (Code::Down, _) | (Code::Char('j'), false) => Step::By(1),
        (Code::Up, _) | (Code::Char('k'), false) => Step::By(-1),
        (Code::Char('d'), true) => Step::By((page / 2).max(1)),
        (Code::Char('u'), true) => Step::By(-(page / 2).max(1)),
        (Code::PageDown, _) | (Code::Char('f'), true) => Step::By(page),
        (Code::PageUp, _) | (Code::Char('b'), true) => Step::By(-page),
        (Code::Home, _) => Step::To(0),
        (Code::End, _) | (Code::Char('G'), false) => Step::To(usize::MAX),
        _ => return false,
    };
    go(step);
    true
}

/// A cursor over rows that are not a [`List`](crate::app::list::List).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    pub at: usize,
}

impl Cursor {
    /// Moves by a key or the mouse; says whether it did.
    pub fn input(&mut self, input: &Input, rows: usize, page: usize) -> bool {
        let last = rows.saturating_sub(1);
        let mut go = |step| match step {
            Step::By(by) => self.at = self.at.saturating_add_signed(by).min(last),
            Step::To(place) => self.at = place.min(last),
        };
        match input {
            Input::Key(key) => step_key(*key, page, go),
            Input::Mouse(MouseInput::Wheel { down, .. }) => {
                go(Step::By(if *down { 3 } else { -3 }));
                true
            }
            Input::Mouse(MouseInput::Click { row: Some(row), .. }) => {
                go(Step::To(*row));
                true
            }
            _ => false,
        }
    }
}
