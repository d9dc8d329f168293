//! A line that is typed above the rows it leaves. Letters are letters there: only keys that type
//! nothing move.

use tui_input::Input as Line;

use super::rows::Cursor;
use super::view::{Block, FieldView};
use crate::app::edit;
use crate::app::key::{Code, Input, Key};
use crate::domain::SafeText;

#[derive(Debug, Default)]
pub struct Search {
    line: Line,
    pub cursor: Cursor,
}

impl Search {
    /// What is typed.
    pub fn text(&self) -> &str {
        self.line.value()
    }

    /// Types or moves; says whether another text stands there.
    pub fn input(&mut self, input: &Input, rows: usize, page: usize) -> bool {
        match input {
            Input::Paste(text) => {
                edit::paste(&mut self.line, text);
                true
            }
            Input::Key(key) => {
                let may_move = key.typed().is_none()
                    && !matches!(key.code, Code::Home | Code::End)
                    && *key != Key::ctrl('u');
                let moved = may_move && self.cursor.input(input, rows, page);
                !moved && edit::key(&mut self.line, *key)
            }
            Input::Mouse(_) => {
                self.cursor.input(input, rows, page);
                false
            }
            Input::Resize(..) => false,
        }
    }

    /// The line as it is drawn.
    pub fn field(&self, label: &'static str, placeholder: &str, error: Option<String>) -> Block {
        let before: String = self.text().chars().take(self.line.cursor()).collect();
        Block::Field(FieldView {
            label,
            value: SafeText::prose(self.text()).into_string(),
            cursor: Some(SafeText::prose(&before).as_str().chars().count()),
            placeholder: placeholder.to_owned(),
            error,
            hint: None,
        })
    }
}
