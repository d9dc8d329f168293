//! What stands in a pane without rows: not asked, loading, empty, failed and forbidden look
//! different, and each names the next useful key.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Ground;
use crate::api::ApiError;
use crate::app::Face;
use crate::app::modal::view::{Piece, Tone, Words, say, toned};
use crate::domain::{Held, SafeText};
use crate::ui::paint::wide;
use crate::ui::text::wrap;

/// What an empty pane says of itself.
pub(super) struct Texts {
    /// What could be asked: `Choose a document to see its segments.`
    pub not_asked: Words,
    /// `No segments here.`
    pub empty: Words,
}

/// A key that is no action's.
pub(super) fn key(keys: &str, does: &str) -> Words {
    if keys.is_empty() {
        return vec![toned(does, Tone::Dim)];
    }
    vec![
        toned(keys, Tone::Strong),
        toned(format!("  {does}"), Tone::Dim),
    ]
}

/// Until when a listing waits for what its service allows.
pub(super) fn waits(held: &Held) -> Piece {
    toned(waits_words(held), Tone::Warning)
}

/// The same in words.
pub(super) fn waits_words(held: &Held) -> String {
    format!("waits until {}", held.clock())
}

impl Ground<'_> {
    /// Draws a face that has no rows; `false` when it has some.
    pub(super) fn face(
        &self,
        buffer: &mut Buffer,
        inner: Rect,
        face: &Face<'_>,
        texts: Texts,
    ) -> bool {
        let lines = match face {
            Face::Rows { .. } => return false,
            Face::NotAsked if texts.not_asked.is_empty() => Vec::new(),
            Face::NotAsked => with_mark("·", Tone::Dim, texts.not_asked),
            Face::Loading {
                held: Some(held), ..
            } => {
                let mut lines = with_mark(self.paint.spinner(), Tone::Strong, vec![waits(held)]);
                lines.push(vec![toned(held.to_string(), Tone::Dim)]);
                lines
            }
            Face::Loading { since, held: None } => {
                let seconds = self.now.saturating_duration_since(*since).as_secs();
                let mut words = vec![say("Loading…")];
                if seconds >= 3 {
                    words.push(toned(format!("  {seconds} s"), Tone::Dim));
                }
                with_mark(self.paint.spinner(), Tone::Strong, words)
            }
            Face::Empty => with_mark("○", Tone::Dim, texts.empty),
            Face::NoMatch => {
                let mut lines = with_mark("○", Tone::Dim, vec![say("Nothing matches.")]);
                lines.push(Vec::new());
                lines.push(key("Esc", "clear the filter"));
                lines
            }
            Face::Failed(error) => {
                let mut lines = failure("✗", Tone::Bad, "Could not load this.", error);
                lines.push(self.next("refresh", "try again"));
                lines
            }
            Face::SignIn(error) => {
                let mut lines = failure("!", Tone::Warning, "Not signed in.", error);
                lines.push(self.next("account", "type another key"));
                lines
            }
            Face::Forbidden(error) => {
                let mut lines = failure("✗", Tone::Warning, "Not allowed.", error);
                lines.push(self.next("refresh", "ask again"));
                lines
            }
        };
        self.lines(buffer, inner, &lines);
        true
    }

    /// An action's key and what it does: `R  try again`.
    pub(super) fn next(&self, action: &str, does: &str) -> Words {
        key(&self.key_of(action), does)
    }

    /// Wrapped lines, a little away from the border; without the blank ones where they do not fit,
    /// since the last line is the one that helps on.
    pub(super) fn lines(&self, buffer: &mut Buffer, inner: Rect, lines: &[Words]) {
        let columns = usize::from(inner.width.saturating_sub(4));
        let mut wrapped: Vec<Words> = lines.iter().flat_map(|line| wrap(line, columns)).collect();
        let room = usize::from(inner.height);
        if wrapped.len() > room {
            wrapped.retain(|line| wide(line) > 0);
        }
        let airy = inner.height > 6 && wrapped.len() < room;
        let place = Rect {
            x: inner.x + 2,
            y: inner.y + u16::from(airy),
            width: inner.width.saturating_sub(4),
            height: inner.height.saturating_sub(u16::from(airy)),
        };
        for (line, y) in wrapped.iter().zip(place.y..place.bottom()) {
            let row = Rect {
                y,
                height: 1,
                ..place
            };
            self.paint.line(buffer, row, line, Style::new());
        }
    }
}

fn with_mark(mark: &str, tone: Tone, mut words: Vec<Piece>) -> Vec<Words> {
    words.insert(0, toned(format!("{mark} "), tone));
    vec![words]
}

fn failure(mark: &str, tone: Tone, headline: &str, error: &ApiError) -> Vec<Words> {
    let mut lines = vec![
        vec![toned(format!("{mark} {headline}"), tone)],
        Vec::new(),
        // Its Display makes the service's text safe; its own words need no more.
        vec![say(SafeText::prose(&error.to_string()).into_string())],
    ];
    if !error.hint().is_empty() {
        lines.push(vec![toned(error.hint(), Tone::Dim)]);
    }
    lines.push(Vec::new());
    lines
}
