//! The pictures that the terminal holds: written behind a frame, taken away when they are not seen
//! any more, and on every way out.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::sync::Arc;

use ratatui::layout::Rect;

use crate::picture::{Form, kitty_delete};
use crate::ui::view_state::Placed;

/// What is to be seen, told by whoever draws and read by whoever writes.
#[derive(Debug, Clone, Default)]
pub struct Wanted(Rc<RefCell<Vec<Placed>>>);

impl Wanted {
    pub fn set(&self, placed: Vec<Placed>) {
        *self.0.borrow_mut() = placed;
    }
}

/// The pictures on the terminal.
#[derive(Debug, Default)]
pub struct Pictures {
    pub wanted: Wanted,
    shown: Vec<Placed>,
    /// Pictures that are not seen any more, but still in the terminal's memory.
    stale: String,
}

impl Pictures {
    /// What has to be written for the terminal to show what is wanted; nothing when it does.
    pub fn change(&mut self) -> String {
        let mut text = std::mem::take(&mut self.stale);
        let wanted = self.wanted.0.borrow();
        let keeps = |list: &[Placed], one: &Placed| {
            list.iter()
                .any(|it| it.area == one.area && Arc::ptr_eq(&it.drawn, &one.drawn))
        };
        for gone in self.shown.iter().filter(|one| !keeps(&wanted, one)) {
            text.push_str(&forget(gone));
        }
        for new in wanted.iter().filter(|one| !keeps(&self.shown, one)) {
            match &new.drawn.form {
                Form::Blocks(_) => {}
                Form::Kitty {
                    send, show, behind, ..
                } => {
                    if !behind {
                        erase(&mut text, new.area);
                    }
                    text.push_str(send);
                    if !behind {
                        go(&mut text, new.area);
                        text.push_str(show);
                    }
                }
                Form::Inline(picture) => {
                    erase(&mut text, new.area);
                    go(&mut text, new.area);
                    text.push_str(picture);
                }
            }
        }
        self.shown.clone_from(&wanted);
        if text.is_empty() {
            return text;
        }
        // Wherever the cursor stood and however text looked, it does again.
        format!("\x1b7\x1b[m{text}\x1b8")
    }

    /// Where pictures lie above the cells.
    pub fn areas(&self) -> impl Iterator<Item = Rect> {
        let above = |placed: &&Placed| !placed.drawn.form.is_text();
        self.shown.iter().filter(above).map(|placed| placed.area)
    }

    /// The screen was cleared: whatever is wanted has to be written again.
    pub fn forget(&mut self) {
        for gone in self.shown.drain(..) {
            self.stale.push_str(&forget(&gone));
        }
    }

    /// What takes all of them away.
    pub fn farewell(&self) -> String {
        let mut text = self.stale.clone();
        for gone in &self.shown {
            text.push_str(&forget(gone));
        }
        if self
            .shown
            .iter()
            .any(|it| matches!(it.drawn.form, Form::Inline(_)))
        {
            text.push_str("\x1b[2J");
        }
        text
    }
}

/// What the terminal is told of a picture that is not seen any more. Those without a number go when
/// their cells are written.
fn forget(gone: &Placed) -> String {
    match &gone.drawn.form {
        Form::Kitty { id, behind, .. } => kitty_delete(*id, *behind),
        Form::Blocks(_) | Form::Inline(_) => String::new(),
    }
}

fn go(text: &mut String, area: Rect) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\x1b[{};{}H", area.y + 1, area.x + 1);
}

/// What stood there before would show through.
fn erase(text: &mut String, area: Rect) {
    for row in area.rows() {
        go(text, row);
        let _ = write!(text, "\x1b[{}X", row.width);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Drawn;

    fn placed(x: u16, form: Form) -> Placed {
        Placed {
            area: Rect::new(x, 2, 4, 2),
            drawn: Arc::new(Drawn {
                original: (1, 1),
                cells: (4, 2),
                form,
            }),
        }
    }

    fn kitty(id: u32, behind: bool) -> Form {
        Form::Kitty {
            id,
            behind,
            send: format!("<send {id}>"),
            show: format!("<show {id}>"),
        }
    }

    #[test]
    fn a_picture_is_written_once_and_taken_away_once() {
        let mut pictures = Pictures::default();
        assert_eq!(pictures.change(), "");
        let one = placed(1, kitty(7, false));
        pictures.wanted.set(vec![one.clone()]);
        let text = pictures.change();
        assert!(text.starts_with("\x1b7") && text.ends_with("<send 7>\x1b[3;2H<show 7>\x1b8"));
        assert!(
            text.contains("\x1b[3;2H\x1b[4X\x1b[4;2H\x1b[4X"),
            "{text:?}"
        );
        assert_eq!(pictures.change(), "", "it is there");
        assert!(pictures.farewell().contains("a=d,d=I,i=7"));

        pictures.wanted.set(vec![placed(1, kitty(8, false))]);
        let text = pictures.change();
        assert!(
            text.contains("d=I,i=7") && text.contains("<show 8>"),
            "{text:?}"
        );
        pictures.wanted.set(Vec::new());
        assert!(pictures.change().contains("d=I,i=8"));
        assert_eq!(pictures.change(), "");
        assert_eq!(pictures.farewell(), "");
    }

    #[test]
    fn a_cleared_screen_gets_them_again() {
        let mut pictures = Pictures::default();
        pictures
            .wanted
            .set(vec![placed(1, Form::Inline("<sixel>".to_owned()))]);
        assert!(pictures.change().contains("<sixel>"));
        assert!(pictures.farewell().ends_with("\x1b[2J"));
        pictures.forget();
        assert!(pictures.change().contains("<sixel>"));
        pictures.wanted.set(vec![placed(1, kitty(9, true))]);
        let text = pictures.change();
        assert!(text.contains("<send 9>") && !text.contains("<show") && !text.contains('X'));
        pictures.forget();
        assert!(
            pictures
                .farewell()
                .contains("\x1bPtmux;\x1b\x1b_Gq=2,a=d,d=I,i=9")
        );
    }
}
