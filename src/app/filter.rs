//! The filter line of a pane: what is typed is applied at once.

use std::time::Instant;

use super::State;
use super::browse::Pane;
use super::edit;
use super::effect::Effect;
use super::key::{Code, Key};

impl State {
    pub(super) fn edit_filter(&mut self, key: Key, now: Instant) -> Vec<Effect> {
        match key.code {
            Code::Esc => {
                self.end_filter(true, now);
                return Vec::new();
            }
            Code::Enter => {
                self.end_filter(false, now);
                return Vec::new();
            }
            Code::Down => return self.scroll(self.browse.focus, 1, now),
            Code::Up => return self.scroll(self.browse.focus, -1, now),
            Code::Tab | Code::BackTab => {
                self.end_filter(false, now);
                return self.on_pane_key(key, now);
            }
            _ => {}
        }
        let Some(mut line) = self.filtering.take() else {
            return Vec::new();
        };
        if edit::key(&mut line, key) {
            self.apply_filter(line.value(), now);
        }
        self.filtering = Some(line);
        Vec::new()
    }

    pub(super) fn apply_filter(&mut self, text: &str, now: Instant) {
        match self.browse.focus {
            Pane::Places => self.browse.places.set_filter(text),
            Pane::Middle => {
                if let Some(opened) = self.browse.open_mut() {
                    opened.segments.list.set_filter(text);
                    opened.types.set_filter(text);
                }
                self.cursor_moved(Pane::Middle, now);
            }
            Pane::Assets | Pane::Details => {
                if let Some(opened) = self.browse.open_mut() {
                    opened.assets.list.set_filter(text);
                }
            }
        }
    }

    pub(crate) fn end_filter(&mut self, clear: bool, now: Instant) {
        self.filtering = None;
        if clear {
            self.apply_filter("", now);
        }
    }
}
