//! The first line: where we are, and which key is in use.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{Paint, wide};
use crate::api::ConnectError;
use crate::app::State;
use crate::app::browse::{Account, Link};
use crate::app::modal::view::{Tone, Words, toned};
use crate::domain::SafeText;

/// Draws the line: `Service · account · locale · container / segment` and where the key came from.
pub fn draw(buffer: &mut Buffer, area: Rect, state: &State, paint: &Paint<'_>) {
    let line = Rect {
        x: area.x + 1.min(area.width),
        width: area.width.saturating_sub(2),
        ..area
    };
    let account = state.browse.current_account();
    let place = place(state);
    let mut lead = Vec::new();
    if let Some(account) = account {
        lead.push(account.info.spec.label.to_owned());
        let name = SafeText::name(account.info.name.as_str());
        // It stays as long as the name does.
        lead.push(match account.info.guard.word() {
            "" => name.into_string(),
            word => format!("{name} ({word})"),
        });
    }
    if let Some(locale) = locale(state) {
        lead.push(locale);
    }
    let end = account.map(key).unwrap_or_default();
    let room = line.width;
    // What says least leaves first: the service, then where the key came from, then the account.
    let fits = |lead: &[String], end: &Words| {
        let gap = if end.is_empty() { 0 } else { 2 };
        wide(&words(lead, &place)) + wide(end) + gap <= room
    };
    let mut end = end;
    while !fits(&lead, &end) && (!lead.is_empty() || !end.is_empty()) {
        if !lead.is_empty() && (lead.len() > 2 || end.is_empty()) {
            lead.remove(0);
        } else {
            end.clear();
            if lead.len() <= 2 && !fits(&lead, &end) && !lead.is_empty() {
                lead.remove(0);
            }
        }
    }
    paint.both_ends(buffer, line, &words(&lead, &place), &end, Style::new());
}

fn locale(state: &State) -> Option<String> {
    let opened = state.browse.open()?;
    let locale = opened.assets.list.lens().locale.name()?;
    Some(SafeText::name(locale).into_string())
}

/// Container and segment.
fn place(state: &State) -> Vec<String> {
    let Some(opened) = state.browse.open() else {
        return Vec::new();
    };
    let mut place = vec![SafeText::name(&opened.info().name).into_string()];
    if let Some(segment) = opened.segment() {
        place.push(SafeText::prose(&segment.name()).into_string());
    }
    place
}

fn words(lead: &[String], place: &[String]) -> Words {
    let mut words: Words = Vec::new();
    for part in lead {
        if !words.is_empty() {
            words.push(toned(" · ", Tone::Dim));
        }
        words.push(toned(part.clone(), Tone::Plain));
    }
    for (at, part) in place.iter().enumerate() {
        if !words.is_empty() {
            words.push(toned(if at == 0 { " · " } else { " / " }, Tone::Dim));
        }
        words.push(toned(part.clone(), Tone::Strong));
    }
    if words.is_empty() {
        words.push(toned("assetdeck", Tone::Strong));
    }
    words
}

fn key(account: &Account) -> Words {
    match &account.link {
        Link::Connecting => vec![toned("looking for the key", Tone::Dim)],
        Link::Ready(report) => vec![toned(format!("key: {}", report.source), Tone::Dim)],
        Link::Failed(ConnectError::Sealed { .. }) => vec![toned("! locked", Tone::Warning)],
        Link::Failed(_) => vec![toned("! no key", Tone::Warning)],
    }
}
