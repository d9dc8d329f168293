//! One drawn screen: its text, its looks, and whether nothing in it could drive a terminal.

use std::fmt::Write as _;

use ratatui::Terminal;
use ratatui::backend::{Backend as _, TestBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use super::fixture::{now, view};
use crate::app::State;
use crate::domain::Looks;
use crate::domain::direction::END;
use crate::domain::text::is_unseen;
use crate::ui::theme::Theme;
use crate::ui::{ViewState, draw, text};

/// One drawn screen.
pub struct Shot {
    pub buffer: Buffer,
    pub cursor: Option<Position>,
}

pub fn shoot_with(state: &State, view: &mut ViewState, width: u16, height: u16) -> Shot {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut cursor = None;
    terminal
        .draw(|frame| {
            draw(frame, state, view, now());
            // Before the backend drops what lies under wide glyphs.
            assert_sound(frame.buffer_mut());
        })
        .unwrap();
    if terminal.backend().cursor_visible() {
        cursor = Some(terminal.backend_mut().get_cursor_position().unwrap());
    }
    let buffer = terminal.backend().buffer().clone();
    Shot { buffer, cursor }
}

pub fn shoot(state: &State, width: u16, height: u16) -> Shot {
    shoot_with(
        state,
        &mut view(Theme::new(&Looks::terminal(), true, false)),
        width,
        height,
    )
}

/// Nothing that could drive a terminal, and no cell that grows without bounds.
fn assert_sound(buffer: &Buffer) {
    for cell in &buffer.content {
        let symbol = cell.symbol();
        assert!(symbol.len() <= 64, "{symbol:?} is too much for one cell");
        assert!(
            !symbol
                .chars()
                .any(|c| is_unseen(c) && !['\u{200d}', '\u{fe0f}', END].contains(&c)),
            "{symbol:?} cannot be seen"
        );
    }
    for row in buffer.content.chunks(usize::from(buffer.area.width).max(1)) {
        for pair in row.windows(2) {
            assert!(
                text::width(pair[0].symbol()) < 2 || pair[1].symbol() == " ",
                "{:?} hides {:?}",
                pair[0].symbol(),
                pair[1].symbol()
            );
        }
    }
}

impl Shot {
    pub fn text(&self) -> String {
        self.lines().join("\n")
    }

    pub fn lines(&self) -> Vec<String> {
        (self.buffer.area.top()..self.buffer.area.bottom())
            .map(|y| {
                let mut line = String::new();
                let mut x = 0;
                while x < self.buffer.area.width {
                    let symbol = self.buffer[(x, y)].symbol();
                    // It is no part of what is read.
                    line.extend(symbol.chars().filter(|c| *c != END));
                    x += u16::try_from(text::width(symbol).max(1)).unwrap();
                }
                line.trim_end().to_owned()
            })
            .collect()
    }

    /// One letter a cell: how it looks, where it does not look plain.
    pub fn styles(&self) -> String {
        let rows = (0..self.buffer.area.height).map(|y| self.looks_of(y));
        rows.collect::<Vec<_>>().join("\n")
    }

    /// The same in few bytes: runs of a letter by their length (`R12` is twelve reversed cells), and no
    /// row that looks like the one above it.
    pub fn runs(&self) -> String {
        let mut out = String::new();
        let mut before = String::new();
        for y in 0..self.buffer.area.height {
            let looks = self.looks_of(y);
            if looks != before {
                let _ = writeln!(out, "{y:>2} {}", runs(&looks));
            }
            before = looks;
        }
        out
    }

    fn looks_of(&self, y: u16) -> String {
        let letters = (0..self.buffer.area.width).map(|x| {
            let cell = &self.buffer[(x, y)];
            match (cell.fg, cell.modifier) {
                (_, it) if it.contains(Modifier::REVERSED) => 'R',
                (Color::Cyan, _) => 'C',
                (Color::Green, _) => 'G',
                (Color::Yellow, _) => 'Y',
                (Color::Red, _) => 'E',
                (Color::Magenta, _) => 'M',
                (_, it) if it.contains(Modifier::UNDERLINED) => 'U',
                (_, it) if it.contains(Modifier::BOLD) => 'B',
                (_, it) if it.contains(Modifier::DIM) => 'd',
                _ if cell.symbol() == " " => ' ',
                _ => '.',
            }
        });
        letters.collect::<String>().trim_end().to_owned()
    }
}

fn runs(looks: &str) -> String {
    let mut out = String::new();
    for run in looks.as_bytes().chunk_by(|a, b| a == b) {
        let letter = match run[0] {
            b' ' => '_',
            letter => char::from(letter),
        };
        let _ = write!(out, "{letter}{}", run.len());
    }
    out
}
