//! What every drawer here needs: the theme, the clock, the beat of the spinner, and how a line of
//! pieces gets into cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::links::Links;
use super::text::{CUT, Clock, head, width};
use super::theme::{Role, Theme};
use crate::app::modal::view::{Hint, Piece, Tone, toned};

/// Frames of the spinner.
const SPINNER: [&str; 10] = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];

/// One frame's means.
#[derive(Clone, Copy)]
pub struct Paint<'a> {
    pub theme: Theme,
    pub clock: &'a Clock,
    pub links: &'a Links,
    /// Counts up while something moves; what turns takes its frame from this.
    pub beat: usize,
}

impl Paint<'_> {
    /// How a piece looks. Where it leads, if anywhere, is kept for whoever writes the cells.
    pub fn style(&self, piece: &Piece) -> Style {
        let style = self.theme.tone(piece.tone);
        match piece.link.as_ref().and_then(|link| self.links.mark(link)) {
            Some(mark) => style.underline_color(mark),
            None => style,
        }
    }

    /// The spinner's frame of this moment.
    pub fn spinner(&self) -> &'static str {
        SPINNER.get(self.beat % SPINNER.len()).unwrap_or(&"·")
    }

    /// Bar and mark in front of a row: the cursor and the marks never rest on colour alone.
    pub fn gutter(&self, buffer: &mut Buffer, place: Rect, under_cursor: bool, marked: bool) {
        let mut put = |at: u16, symbol: &str, role: Role| {
            if at < place.width && place.height > 0 {
                let style = self.theme.style(role);
                buffer.set_stringn(place.x + at, place.y, symbol, 1, style);
            }
        };
        if under_cursor {
            put(0, "▌", Role::Bar);
        }
        if marked {
            put(1, "✓", Role::Mark);
        }
    }

    /// Writes pieces into one line, cut with `…` at its end. Returns the columns used. Over a
    /// `base` with attributes (the cursor's row) the tones keep only what the base leaves alone.
    pub fn line(&self, buffer: &mut Buffer, place: Rect, words: &[Piece], base: Style) -> u16 {
        if place.is_empty() {
            return 0;
        }
        let room = usize::from(place.width);
        let total: usize = words.iter().map(|piece| width(&piece.text)).sum();
        let cut_off = total > room;
        let budget = if cut_off { room - 1 } else { room };
        let mut used = 0;
        for piece in words {
            let text = head(&piece.text, budget - used);
            let style = if base == Style::new() {
                self.style(piece)
            } else {
                base
            };
            let x = place.x + u16::try_from(used).unwrap_or(u16::MAX);
            buffer.set_stringn(x, place.y, text, budget - used, style);
            used += width(text);
            if text.len() < piece.text.len() {
                break;
            }
        }
        if cut_off {
            let x = place.x + u16::try_from(used).unwrap_or(u16::MAX);
            buffer.set_stringn(x, place.y, CUT, 1, base);
            used += 1;
        }
        u16::try_from(used).unwrap_or(place.width)
    }

    /// Writes words at the left and others at the right of one line; those at the left are cut.
    pub fn both_ends(
        &self,
        buffer: &mut Buffer,
        place: Rect,
        left: &[Piece],
        right: &[Piece],
        base: Style,
    ) {
        let wide = wide(right).min(place.width);
        let gap = u16::from(wide > 0);
        let room = Rect {
            width: place.width.saturating_sub(wide + gap),
            ..place
        };
        self.line(buffer, room, left, base);
        let end = Rect {
            x: place.right() - wide,
            width: wide,
            ..place
        };
        self.line(buffer, end, right, base);
    }

    /// As many whole hints as fit; a hint is never cut. Those with `keep` come last and stay.
    /// Those that no key stands for are left to the palette.
    pub fn hints(&self, hints: &[Hint], keep: usize, room: u16) -> Vec<Piece> {
        let hints: Vec<&Hint> = hints.iter().filter(|hint| !hint.keys.is_empty()).collect();
        let wide = |hint: &Hint| width(&hint.keys) + 1 + width(&hint.does);
        let (rest, kept) = hints.split_at(hints.len().saturating_sub(keep));
        let mut left = usize::from(room);
        for hint in kept {
            left = left.saturating_sub(wide(hint) + 2);
        }
        let mut pieces = Vec::new();
        let mut add = |hint: &Hint| {
            if !pieces.is_empty() {
                pieces.push(toned("  ", Tone::Plain));
            }
            pieces.push(toned(hint.keys.clone(), Tone::Strong));
            pieces.push(toned(format!(" {}", hint.does), Tone::Dim));
        };
        for hint in rest.iter().copied() {
            let Some(after) = left.checked_sub(wide(hint) + 2) else {
                break;
            };
            left = after;
            add(hint);
        }
        kept.iter().copied().for_each(add);
        pieces
    }
}

/// Columns that pieces take.
pub fn wide(words: &[Piece]) -> u16 {
    let sum: usize = words.iter().map(|piece| width(&piece.text)).sum();
    u16::try_from(sum).unwrap_or(u16::MAX)
}
