//! The messages of this session, newest first.

use std::time::Instant;

use super::confirm::hint;
use super::error::ErrorSheet;
use super::rows::Cursor;
use super::view::{Block, ModalView, Room, RowView, Tone};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::key::{Code, Input};
use crate::app::notice::Message;

#[derive(Debug)]
pub struct Messages {
    /// As they were when the list was opened, so that nothing moves under the cursor.
    all: Vec<Message>,
    cursor: Cursor,
}

impl Messages {
    pub fn new(state: &State) -> Self {
        Self {
            all: state.notices.all.iter().rev().cloned().collect(),
            cursor: Cursor::default(),
        }
    }
}

impl Modal for Messages {
    fn input(&mut self, input: &Input, state: &mut State, _: Instant) -> Reply {
        if self.cursor.input(input, self.all.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Esc | Code::Char('q' | 'h' | '!') | Code::Left | Code::Backspace => {
                Reply::close()
            }
            Code::Enter | Code::Right | Code::Char('l') => match self.all.get(self.cursor.at) {
                None => Reply::stay(),
                Some(message) => {
                    let sheet = match &message.error {
                        Some(error) => ErrorSheet::new(error),
                        None => ErrorSheet::words("Message".to_owned(), message.text.clone()),
                    };
                    Reply::of(Outcome::Open(Box::new(sheet)))
                }
            },
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let rows = self
            .all
            .iter()
            .map(|message| RowView {
                left: format!("{} {}", sign(message.tone), message.text),
                tone: message.tone,
                ..RowView::default()
            })
            .collect();
        ModalView {
            title: "Messages of this session".to_owned(),
            room: Room::Full,
            danger: false,
            blocks: vec![Block::List {
                rows,
                cursor: self.cursor.at,
                focused: true,
                empty: "Nothing was said yet.".to_owned(),
            }],
            hints: vec![hint("Enter", "all of it"), hint("Esc", "leave")],
        }
    }
}

/// What a message is, without colour.
const fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✓",
        Tone::Warning => "!",
        Tone::Bad => "✗",
        _ => "·",
    }
}
