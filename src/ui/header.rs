//! The first line: where we are, and which key is in use.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::paint::{Paint, wide};
use crate::api::ConnectError;
use crate::app::State;
use crate::app::browse::{Account, Link};
use crate::app::modal::view::{Tone, Words, say, toned};
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
    let mut lead: Vec<Words> = Vec::new();
    if let Some(account) = account {
        lead.push(vec![say(account.info.spec.label)]);
        let mut name = vec![state.account_name(&account.info.name)];
        // It stays as long as the name does.
        match account.info.guard.word() {
            "" => {}
            word => name.push(say(format!(" ({word})"))),
        }
        lead.push(name);
    }
    if let Some(locale) = locale(state) {
        lead.push(vec![say(locale)]);
    }
    let mut end = account.map(key).unwrap_or_default();
    let room = line.width;
    let fits = |lead: &[Words], end: &Words| {
        let gap = if end.is_empty() { 0 } else { 2 };
        wide(&words(lead, &place)) + wide(end) + gap <= room
    };
    // What says least leaves first: the service, where the key came from, the locale. Whose it is
    // stays, and of the place as much as there is room for.
    if account.is_some() && !fits(&lead, &end) {
        lead.remove(0);
        if !fits(&lead, &end) {
            end.clear();
        }
        if !fits(&lead, &end) {
            lead.truncate(1);
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

fn words(lead: &[Words], place: &[String]) -> Words {
    let mut words: Words = Vec::new();
    for part in lead {
        if !words.is_empty() {
            words.push(toned(" · ", Tone::Dim));
        }
        words.extend(part.iter().cloned());
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
        Link::Failed(ConnectError::Moved { .. }) => {
            vec![toned("! address changed", Tone::Warning)]
        }
        Link::Failed(_) => vec![toned("! no key", Tone::Warning)],
    }
}
