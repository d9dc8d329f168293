//! The details beside the list that they follow: what is read of every row, each at its own line.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::Ground;
use super::details::{labels, told};
use super::picture::{self, Drawing};
use crate::app::browse::{Brief, Details, Fact};
use crate::app::columns::Value;
use crate::app::modal::view::{Piece, Tone, Words, say, toned};
use crate::domain::SafeText;
use crate::ui::text::{cut, cut_name, width, words, wrap};

/// Fewer columns beside the labels hold no value; it stands below its label then.
const LEAST: usize = 8;

/// Words at the top, pictures below them: whatever they are, no word moves.
pub(super) fn body(
    ground: &Ground<'_>,
    details: &Details,
    buffer: &mut Buffer,
    place: Rect,
) -> Drawing {
    let lines = lines(ground, details, usize::from(place.width));
    let all = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let pictured = ground.state.pictures.on && !ground.state.pictures().is_empty();
    // A picture gets half of the room, and what the words leave of theirs.
    let most = if pictured {
        place.height.div_ceil(2)
    } else {
        place.height
    };
    let used = all.min(most);
    for (line, y) in lines.iter().zip(place.y..place.y + used) {
        let row = Rect {
            y,
            height: 1,
            ..place
        };
        ground.paint.line(buffer, row, line, Style::new());
    }
    let below = Rect {
        y: place.y + used + 1,
        height: place.height.saturating_sub(used + 1),
        ..place
    };
    picture::body(ground, buffer, below, below.height)
}

fn lines(ground: &Ground<'_>, details: &Details, room: usize) -> Vec<Words> {
    let name = SafeText::name(&details.title).into_string();
    let mut lines = vec![vec![toned(cut_name(&name, room), Tone::Strong)], Vec::new()];
    let facts = details.facts.iter().filter(|fact| fact.brief != Brief::No);
    let labels = labels(facts.clone());
    for fact in facts {
        lines.extend(one(ground, fact, labels, room));
    }
    lines
}

/// The lines of a fact: as many for every row of a list.
fn one(ground: &Ground<'_>, fact: &Fact, labels: usize, room: usize) -> Vec<Words> {
    let (text, tone) = match &fact.value {
        Value::When(_) => (words(&fact.value, ground.paint.clock), Tone::Plain),
        value => told(ground, value),
    };
    let beside = room.saturating_sub(labels + 2);
    let lead = |text: &str| {
        let pad = (labels + 2).saturating_sub(width(text));
        toned(format!("{text}{}", " ".repeat(pad)), Tone::Dim)
    };
    let under = |piece: Piece| vec![say("  "), piece];
    let mut lines = if beside >= LEAST {
        vec![vec![lead(fact.label), toned(cut(&text, beside), tone)]]
    } else {
        let text = cut(&text, room.saturating_sub(2));
        vec![vec![lead(fact.label)], under(toned(text, tone))]
    };
    let Brief::Lines(most) = fact.brief else {
        return lines;
    };
    if width(&text) > beside {
        let mut wrapped = wrap(&[toned(text, tone)], room.saturating_sub(2));
        if wrapped.len() >= most {
            wrapped.truncate(most - 1);
            if let Some(piece) = wrapped.last_mut().and_then(|line| line.last_mut()) {
                piece.text = cut(&format!("{}…", piece.text), room.saturating_sub(2));
            }
        }
        lines = vec![vec![toned(fact.label, Tone::Dim)]];
        for line in wrapped {
            let mut words = vec![say("  ")];
            words.extend(line);
            lines.push(words);
        }
    }
    lines.resize(most.max(lines.len()), Vec::new());
    lines
}
