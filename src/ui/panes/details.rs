//! The details pane: every field in plain language, aligned and wrapped; raw JSON one key further.
//! While another pane has the focus, the brief form of the same.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::picture::{self, Drawing};
use super::{Frame, Ground, brief};
use crate::app::browse::{Details, Fact};
use crate::app::columns::Value;
use crate::app::modal::view::{Tone, Words, linked, say, toned};
use crate::domain::SafeText;
use crate::ui::text::{when_in_full, width, words, wrap};

/// Widest column of labels; longer ones get a line of their own.
const WIDEST_LABEL: usize = 16;

pub(super) fn frame(ground: &Ground<'_>) -> Frame {
    let has_raw = || {
        ground
            .state
            .details()
            .is_some_and(|details| details.raw.is_some())
    };
    let title = if ground.state.browse.raw && has_raw() {
        "Raw JSON"
    } else {
        "Details"
    };
    Frame {
        title: title.to_owned(),
        ..Frame::default()
    }
}

/// Pictures at the top, words below them; beside a list the other way round.
pub(super) fn body(ground: &Ground<'_>, buffer: &mut Buffer, inner: Rect) -> Drawing {
    let Some(details) = ground.state.details() else {
        ground.lines(
            buffer,
            inner,
            &[vec![toned("· Nothing chosen.", Tone::Dim)]],
        );
        return Drawing::default();
    };
    let mut place = Rect {
        x: inner.x + 1,
        width: inner.width.saturating_sub(2),
        ..inner
    };
    let raw = ground.state.browse.raw && details.raw.is_some();
    if !raw && !ground.focused {
        return brief::body(ground, &details, buffer, place);
    }
    let drawing = if raw {
        Drawing::default()
    } else {
        let share = if ground.state.browse.zoom { 3 } else { 2 };
        picture::body(ground, buffer, place, place.height * share / 4)
    };
    place.y += drawing.rows;
    place.height -= drawing.rows;
    let room = usize::from(place.width);
    let lines = match &details.raw {
        Some(raw) if ground.state.browse.raw => SafeText::lines(&raw.pretty())
            .into_iter()
            .flat_map(|line| wrap(&[say(line.into_string())], room))
            .collect(),
        _ => plain(ground, &details, room),
    };
    let height = usize::from(place.height);
    let last = lines.len().saturating_sub(height);
    let top = ground.state.browse.details_top.min(last);
    for (line, y) in lines.iter().skip(top).zip(place.y..place.bottom()) {
        let row = Rect {
            y,
            height: 1,
            ..place
        };
        ground.paint.line(buffer, row, line, Style::new());
    }
    let dim = ground.paint.theme.style(crate::ui::theme::Role::Dim);
    if place.height > 0 {
        let edge = inner.right().saturating_sub(1);
        if top > 0 {
            buffer.set_stringn(edge, place.y, "↑", 1, dim);
        }
        if top < last {
            buffer.set_stringn(edge, inner.bottom() - 1, "↓", 1, dim);
        }
    }
    drawing
}

/// Columns of the labels.
pub(super) fn labels<'a>(facts: impl Iterator<Item = &'a Fact>) -> usize {
    facts
        .map(|fact| width(fact.label))
        .filter(|label| *label <= WIDEST_LABEL)
        .max()
        .unwrap_or(0)
}

/// A value in words, all of it.
pub(super) fn told(ground: &Ground<'_>, value: &Value) -> (String, Tone) {
    let clock = ground.paint.clock;
    match value {
        Value::Absent => (words(value, clock), Tone::Dim),
        Value::When(time) => (when_in_full(time, clock), Tone::Plain),
        Value::Text(text) => (SafeText::prose(text).into_string(), Tone::Plain),
        value => (words(value, clock), Tone::Plain),
    }
}

fn plain(ground: &Ground<'_>, details: &Details, room: usize) -> Vec<Words> {
    let name = SafeText::name(&details.title).into_string();
    let mut lines = wrap(&[toned(name, Tone::Strong)], room);
    lines.push(Vec::new());
    let labels = labels(details.facts.iter());
    // On a narrow pane values would become towers: labels then stand above them.
    let aligned = room >= labels + 12;
    for fact in &details.facts {
        let (text, tone) = told(ground, &fact.value);
        let value = match &fact.value {
            Value::Link(address) => [linked(address)],
            _ => [toned(text, tone)],
        };
        let label = fact.label;
        let stacked = wrap(&value, room.saturating_sub(2));
        let indent = labels + 2;
        let beside = (aligned && width(label) <= labels)
            .then(|| wrap(&value, room - indent))
            // A long value under its label is no longer than the tower beside it, and less cut up.
            .filter(|beside| beside.len() == 1 || beside.len() <= stacked.len());
        if let Some(beside) = beside {
            for (at, line) in beside.into_iter().enumerate() {
                let lead = if at == 0 { label } else { "" };
                let pad = indent - width(lead);
                let mut words = vec![toned(format!("{lead}{}", " ".repeat(pad)), Tone::Dim)];
                words.extend(line);
                lines.push(words);
            }
        } else {
            lines.push(vec![toned(label, Tone::Dim)]);
            for line in stacked {
                let mut words = vec![say("  ")];
                words.extend(line);
                lines.push(words);
            }
        }
    }
    lines
}
