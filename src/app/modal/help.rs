//! What can be done in the sheet below: its keys, each done by choosing it.

use std::time::Instant;

use super::confirm::{GUARD, hint};
use super::rows::Cursor;
use super::view::{Block, Hint, ModalView, Room, RowView, Tone, toned};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::key::{Chord, Code, Input};

#[derive(Debug)]
pub struct SheetHelp {
    /// The title of the sheet; safe.
    of: String,
    /// The first leads back and does nothing: an Enter too many sends or deletes nothing.
    hints: Vec<Hint>,
    cursor: Cursor,
    shown: Instant,
}

impl SheetHelp {
    pub fn new(sheet: &ModalView, now: Instant) -> Self {
        let back = hint("", "back to the sheet");
        Self {
            of: sheet.title.clone(),
            hints: std::iter::once(back).chain(sheet.hints.clone()).collect(),
            cursor: Cursor::default(),
            shown: now,
        }
    }

    /// What a row presses: nothing where its words are not one chord, such as those that move.
    fn chord(&self, row: usize) -> Option<Chord> {
        Chord::shown(&self.hints.get(row)?.keys)
    }

    fn choose(&self, now: Instant) -> Reply {
        if now.saturating_duration_since(self.shown) < GUARD {
            return Reply::stay();
        }
        match self.chord(self.cursor.at) {
            _ if self.cursor.at == 0 => Reply::close(),
            Some(chord) => Reply::of(Outcome::Press(chord)),
            None => Reply::stay(),
        }
    }
}

impl Modal for SheetHelp {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if self.cursor.input(input, self.hints.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Enter => self.choose(now),
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            _ if state.asks_help(*key, false) => Reply::close(),
            _ => Reply::stay(),
        }
    }

    fn has_help(&self) -> bool {
        false
    }

    fn view(&self, _: &State) -> ModalView {
        let row = |(at, hint): (usize, &Hint)| RowView {
            left: hint.does.clone(),
            right: hint.keys.clone(),
            tone: match self.chord(at) {
                None if at > 0 => Tone::Dim,
                _ => Tone::Plain,
            },
            ..RowView::default()
        };
        let mut blocks = vec![
            Block::Line(vec![toned(self.of.clone(), Tone::Dim)]),
            Block::Blank,
            Block::List {
                rows: self.hints.iter().enumerate().map(row).collect(),
                cursor: self.cursor.at,
                focused: true,
                empty: String::new(),
            },
        ];
        if self.cursor.at > 0 && self.chord(self.cursor.at).is_none() {
            blocks.push(Block::Line(vec![toned(
                "Done by its own keys, in the sheet itself.",
                Tone::Dim,
            )]));
        }
        ModalView {
            title: "What can I do here?".to_owned(),
            room: Room::Small,
            danger: false,
            blocks,
            hints: vec![hint("Enter", "do it"), hint("Esc", "back")],
        }
    }
}
