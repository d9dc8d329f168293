//! Where frames are written: each in one piece, marked as one, and nothing at all when nothing
//! changed.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use crossterm::{Command, queue};
use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::ink::Ink;
use super::pictures::Pictures;
use crate::ui::links::Links;

/// Beyond this no terminal is real; a size that is told wrongly must not cost memory.
const LARGEST: Size = Size {
    width: 1000,
    height: 400,
};
/// For terminals that do not know their size, such as serial lines.
const UNKNOWN: Size = Size {
    width: 80,
    height: 24,
};

/// Bytes of the frame that is being made.
#[derive(Clone, Default)]
struct Sheet(Rc<RefCell<Vec<u8>>>);

impl Write for Sheet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The backend that ratatui draws on.
pub struct Paper {
    sheet: Sheet,
    ansi: CrosstermBackend<Sheet>,
    /// The terminal itself, without the line buffer that `Stdout` has.
    out: File,
    ink: Ink,
    /// How long the terminal needed to take the last frame.
    took: Duration,
    /// What the terminal was last told of its cursor.
    shown: Option<bool>,
    at: Option<Position>,
    pub pictures: Pictures,
}

impl Paper {
    /// Draws on this file, which should be a terminal.
    pub fn new(out: File, links: Links) -> Self {
        let sheet = Sheet::default();
        Self {
            ansi: CrosstermBackend::new(sheet.clone()),
            sheet,
            out,
            ink: Ink::with(links),
            took: Duration::ZERO,
            shown: None,
            at: None,
            pictures: Pictures::default(),
        }
    }

    /// Sends a command beside the frames, such as a copy to the clipboard, at once.
    pub fn send(&mut self, command: impl Command) -> io::Result<()> {
        let mut bytes = Vec::new();
        queue!(bytes, command)?;
        self.out.write_all(&bytes)
    }

    /// Whatever the terminal was told may not hold any more.
    pub fn forget(&mut self) {
        self.ink.forget();
        self.shown = None;
        self.at = None;
        self.pictures.forget();
    }

    /// How long the terminal needed to take the last frame.
    pub const fn took(&self) -> Duration {
        self.took
    }

    /// A cell's width and height in pixels, where the system knows.
    pub fn cell(&self) -> Option<(u16, u16)> {
        let told = rustix::termios::tcgetwinsize(&self.out).ok()?;
        let across = told.ws_xpixel.checked_div(told.ws_col)?;
        let down = told.ws_ypixel.checked_div(told.ws_row)?;
        (across > 0 && down > 0).then_some((across, down))
    }
}

impl Backend for Paper {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut content = content.peekable();
        if content.peek().is_none() {
            return Ok(());
        }
        // A visible cursor would be seen racing over the screen where frames are not held back.
        self.hide_cursor()?;
        self.at = None;
        let size = self.size()?;
        self.ink
            .paint(&mut self.sheet.0.borrow_mut(), size, content);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if self.shown == Some(false) {
            return Ok(());
        }
        self.shown = Some(false);
        self.ansi.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.shown == Some(true) {
            return Ok(());
        }
        self.shown = Some(true);
        self.ansi.show_cursor()
    }

    /// From memory: asking the terminal would wait for an answer that may never come.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.at.unwrap_or_default())
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        let position = position.into();
        if self.at == Some(position) {
            return Ok(());
        }
        self.at = Some(position);
        self.ink.lost();
        self.ansi.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, kind: ClearType) -> io::Result<()> {
        let size = self.size()?;
        match kind {
            ClearType::All => self.ink.cleared(size),
            _ => self.ink.forget(),
        }
        self.ansi.clear_region(kind)
    }

    fn size(&self) -> io::Result<Size> {
        Ok(measure(&self.out))
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize {
            columns_rows: self.size()?,
            pixels: Size::default(),
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut frame = std::mem::take(&mut *self.sheet.0.borrow_mut());
        // Behind the cells, which would be written over them.
        frame.extend_from_slice(self.pictures.change().as_bytes());
        for area in self.pictures.areas() {
            self.ink.covered(area);
        }
        self.took = Duration::ZERO;
        if frame.is_empty() {
            return Ok(());
        }
        let mut bytes = Vec::with_capacity(frame.len() + 16);
        queue!(bytes, BeginSynchronizedUpdate)?;
        bytes.extend_from_slice(&frame);
        queue!(bytes, EndSynchronizedUpdate)?;
        let begun = Instant::now();
        self.out.write_all(&bytes)?;
        self.took = begun.elapsed();
        Ok(())
    }
}

/// The terminal's size. Not crossterm's way, which starts a program when the system does not know.
fn measure(out: &File) -> Size {
    let told = rustix::termios::tcgetwinsize(out)
        .map(|told| Size::new(told.ws_col, told.ws_row))
        .unwrap_or_default();
    sound(told)
}

fn sound(told: Size) -> Size {
    if told.width == 0 || told.height == 0 {
        return UNKNOWN;
    }
    Size {
        width: told.width.min(LARGEST.width),
        height: told.height.min(LARGEST.height),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::Terminal;
    use std::io::Read as _;
    use std::os::fd::OwnedFd;

    #[test]
    fn a_frame_is_one_update_and_no_change_is_no_byte() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let paper = Paper::new(File::from(OwnedFd::from(writer)), Links::default());
        let mut terminal = Terminal::new(paper).unwrap();
        for text in ["hello", "hello", "hallo", "hallo"] {
            terminal
                .draw(|frame| frame.render_widget(text, frame.area()))
                .unwrap();
        }
        drop(terminal);
        let mut written = String::new();
        reader.read_to_string(&mut written).unwrap();
        assert_eq!(written.matches("\x1b[?2026h").count(), 2, "{written:?}");
        assert_eq!(written.matches("\x1b[?2026l").count(), 2);
        assert!(written.starts_with("\x1b[?2026h") && written.ends_with("\x1b[?2026l"));
    }

    #[test]
    fn no_size_is_absurd() {
        assert_eq!(sound(Size::new(0, 0)), UNKNOWN);
        assert_eq!(sound(Size::new(65_535, 65_535)), LARGEST);
        assert_eq!(sound(Size::new(1, 1)), Size::new(1, 1));
    }
}
