//! What a filter can ask for: each with an example, which Enter puts into the filter line.

use std::time::Instant;

use tui_input::Input as Line;

use super::confirm::hint;
use super::rows::Cursor;
use super::view::{Block, ModalView, Room, RowView, Tone, say, toned};
use super::{Modal, Reply};
use crate::app::State;
use crate::app::key::{Code, Input};
use crate::domain::filter::{GRAMMAR, GRAMMAR_NOTE};

#[derive(Debug, Default)]
pub struct Grammar {
    cursor: Cursor,
}

impl Grammar {
    /// Begins to type the example under the cursor, behind what is filtered already.
    fn take(&self, state: &mut State, now: Instant) {
        let Some((examples, _)) = GRAMMAR.get(self.cursor.at) else {
            return;
        };
        let example = examples.split("  ").next().unwrap_or_default();
        let text = match state.current_filter() {
            "" => example.to_owned(),
            filter => format!("{filter} {example}"),
        };
        state.apply_filter(&text, now);
        state.filtering = Some(Line::new(text));
        state.keep_words(true);
    }
}

impl Modal for Grammar {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        if self.cursor.input(input, GRAMMAR.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        match key.code {
            Code::Enter => {
                self.take(state, now);
                Reply::close()
            }
            Code::Esc | Code::Char('q' | 'h') | Code::Left | Code::Backspace => Reply::close(),
            _ => Reply::stay(),
        }
    }

    fn view(&self, _: &State) -> ModalView {
        let row = |(examples, _): &(&str, &str)| RowView {
            left: (*examples).to_owned(),
            ..RowView::default()
        };
        let means = GRAMMAR.get(self.cursor.at).map_or("", |(_, means)| *means);
        ModalView {
            title: "What can a filter ask for?".to_owned(),
            room: Room::Wide,
            danger: false,
            blocks: vec![
                Block::List {
                    rows: GRAMMAR.iter().map(row).collect(),
                    cursor: self.cursor.at,
                    focused: true,
                    empty: String::new(),
                },
                Block::Line(vec![say(means)]),
                Block::Line(vec![toned(GRAMMAR_NOTE, Tone::Dim)]),
            ],
            hints: vec![hint("Enter", "type this one"), hint("Esc", "leave")],
        }
    }
}
