//! The last line: what can be pressed, or what just happened; and the transfers' strip.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{Paint, wide};
use super::text::wrap;
use crate::app::State;
use crate::app::modal::view::{Hint, Tone, Words, toned};
use crate::app::transfers::Strip;
use crate::domain::{SafeText, size_words, time_words};

/// Most lines of a notice; all of it is among the messages.
const NOTICE_LINES: usize = 3;

/// What the lines at the bottom will say.
pub struct Footer {
    lines: Vec<Words>,
    strip: Words,
    help: Words,
}

impl Footer {
    /// Composes it for this width.
    pub fn compose(state: &State, width: u16, paint: &Paint<'_>) -> Self {
        let room = width.saturating_sub(2);
        let strip = strip(&state.transfers.strip(state.time), room, paint);
        let left = room.saturating_sub(wide(&strip) + if strip.is_empty() { 0 } else { 2 });
        let hints = if state.modals.is_empty() {
            state.hints()
        } else {
            // A modal says its own in its frame.
            Vec::new()
        };
        if let Some(error) = state.filter_error() {
            // One line: the rows above stay where they are.
            let help = hints.last().map(one).unwrap_or_default();
            let words = vec![toned("✗ ", Tone::Bad), toned(error.message, Tone::Plain)];
            return Self {
                lines: vec![words],
                strip,
                help,
            };
        }
        if let Some(notice) = state.notices.standing() {
            let help = hints.last().map(one).unwrap_or_default();
            let left = left.saturating_sub(wide(&help) + 2);
            let mark = match notice.tone {
                Tone::Bad => "✗ ",
                Tone::Warning => "! ",
                Tone::Good => "✓ ",
                _ => "",
            };
            let words = [
                toned(mark, notice.tone),
                toned(notice.text.clone(), Tone::Plain),
            ];
            let mut lines = wrap(&words, usize::from(left));
            if lines.len() > NOTICE_LINES {
                lines.truncate(NOTICE_LINES);
                if let Some(last) = lines.last_mut() {
                    last.push(toned(" …", Tone::Dim));
                }
            }
            return Self { lines, strip, help };
        }
        Self {
            lines: vec![paint.hints(&hints, 1, left)],
            strip,
            help: Vec::new(),
        }
    }

    pub fn height(&self) -> u16 {
        u16::try_from(self.lines.len().max(1)).unwrap_or(1)
    }

    pub fn draw(&self, buffer: &mut Buffer, area: Rect, paint: &Paint<'_>) {
        let line = Rect {
            x: area.x + 1.min(area.width),
            width: area.width.saturating_sub(2),
            ..area
        };
        let last = self.lines.len().saturating_sub(1);
        for ((at, words), y) in self.lines.iter().enumerate().zip(line.y..line.bottom()) {
            let row = Rect {
                y,
                height: 1,
                ..line
            };
            let mut end = Words::new();
            if at == last {
                end.extend(self.help.iter().cloned());
                if !end.is_empty() && !self.strip.is_empty() {
                    end.push(toned("  ", Tone::Plain));
                }
                end.extend(self.strip.iter().cloned());
            }
            paint.both_ends(buffer, row, words, &end, Style::new());
        }
    }
}

fn one(hint: &Hint) -> Words {
    vec![
        toned(hint.keys.clone(), Tone::Strong),
        toned(format!(" {}", hint.does), Tone::Dim),
    ]
}

/// `↑ 3/12 41 % 1.2 MB/s 40 s left  2 paused  ✗ 1 failed`, and less where there is less room.
fn strip(strip: &Strip, room: u16, paint: &Paint<'_>) -> Words {
    let counts = &strip.counts;
    let mut words = Words::new();
    if strip.total() == 0 {
        if strip.closed {
            words.push(toned("all paused", Tone::Warning));
        }
        return words;
    }
    let begins = counts.running + counts.queued + counts.waiting;
    if begins > strip.left {
        let way = strip.run.arrows();
        let lead = if counts.running > 0 {
            format!("{} {way}", paint.spinner())
        } else {
            way.to_owned()
        };
        words.push(toned(lead, Tone::Strong));
        words.push(toned(
            format!(" {}/{}", counts.done, strip.total()),
            Tone::Plain,
        ));
        if let Some(percent) = strip.run.percent().filter(|_| room >= 50) {
            words.push(toned(format!(" {percent} %"), Tone::Plain));
        }
        if let Some(rate) = strip.run.rate.filter(|_| room >= 70) {
            words.push(toned(format!(" {}/s", size_words(rate)), Tone::Dim));
        }
        if let Some(left) = strip.run.left.filter(|_| room >= 90) {
            words.push(toned(format!(" {} left", time_words(left)), Tone::Dim));
        }
    } else if counts.done > 0 {
        words.push(toned(format!("✓ {} done", counts.done), Tone::Good));
    }
    let mut add = |text: String, tone| {
        let gap = if words.is_empty() { "" } else { "  " };
        words.push(toned(format!("{gap}{text}"), tone));
    };
    if let Some(account) = strip.held.as_ref().filter(|_| room >= 70) {
        let account = SafeText::name(account.as_str());
        add(format!("{account} held"), Tone::Warning);
    }
    if strip.closed {
        add("all paused".to_owned(), Tone::Warning);
    } else if counts.paused > 0 && room >= 50 {
        add(format!("{} paused", counts.paused), Tone::Dim);
    }
    if strip.left > 0 {
        add(format!("{} left over", strip.left), Tone::Warning);
    }
    if counts.doubted > 0 {
        add(format!("? {} in doubt", counts.doubted), Tone::Warning);
    }
    if counts.failed > 0 {
        add(format!("✗ {} failed", counts.failed), Tone::Bad);
    }
    words
}
