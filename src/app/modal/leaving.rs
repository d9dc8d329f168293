//! The question before a form is left whose input would be lost.

use super::Reply;
use super::confirm::hint;
use super::view::{Block, Hint, Tone, toned};
use crate::app::key::{Code, Input};

/// Asks once for y; any other key stays.
#[derive(Debug, Default)]
pub struct Leaving {
    asked: bool,
}

impl Leaving {
    pub const fn asked(&self) -> bool {
        self.asked
    }

    pub const fn ask(&mut self) -> Reply {
        self.asked = true;
        Reply::stay()
    }

    /// What an input does while it is asked; `None` while it is not.
    pub fn input(&mut self, input: &Input) -> Option<Reply> {
        if !self.asked {
            return None;
        }
        if let Input::Key(key) = input {
            if key.code == Code::Char('y') {
                return Some(Reply::close());
            }
            self.asked = false;
        }
        Some(Reply::stay())
    }

    /// While it is asked: the question below the form, and its keys instead of the form's.
    pub fn show(&self, question: &str, blocks: &mut Vec<Block>, hints: &mut Vec<Hint>) {
        if self.asked {
            let text = format!("{question} y leaves, any other key stays.");
            blocks.push(Block::Line(vec![toned(text, Tone::Warning)]));
            *hints = vec![hint("y", "leave"), hint("other", "stay")];
        }
    }
}
