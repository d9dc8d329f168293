//! The third pane: assets as a table whose columns fit the service.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::Texts;
use super::places::unreadable;
use super::{Frame, Ground};
use crate::api::Middle;
use crate::app::Face;
use crate::app::columns::{Column, asset_column};
use crate::app::modal::view::{Tone, say, toned};
use crate::domain::{Asset, Entry, SafeText};
use crate::ui::table::{Row, Seen, Table};

pub(super) fn frame(ground: &Ground<'_>) -> Frame {
    let mut frame = Frame {
        title: "Assets".to_owned(),
        ..Frame::default()
    };
    if let Some(opened) = ground.state.browse.open() {
        let list = &opened.assets.list;
        ground.counted(&mut frame, list, list.len(), list.shown().len());
        if let Some(locale) = list.lens().locale.name() {
            let locale = SafeText::name(locale);
            frame.count.push(toned(format!("{locale} "), Tone::Warning));
        }
        if opened.scope.is_some() {
            ground.freshness(&mut frame, &opened.assets.face());
            ground.cut_off(&mut frame, &opened.assets);
        }
    }
    frame
}

pub(super) fn body(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    inner: Rect,
    seen: &mut Seen,
) -> Option<Rect> {
    let opened = ground.state.browse.open();
    let face = opened
        .filter(|opened| opened.scope.is_some())
        .map_or(Face::NotAsked, |opened| opened.assets.face());
    let not_asked = match opened.map(|opened| opened.spec.middle) {
        Some(Middle::Segments) => "Choose a segment to see its assets.",
        Some(Middle::Types) => "Assets were not asked for.",
        None => "Its assets will be listed here.",
    };
    let mut empty = vec![say("No assets here yet. ")];
    empty.extend(ground.next("upload", "upload the first"));
    let texts = Texts {
        not_asked: match opened {
            Some(_) => vec![say(not_asked), toned("  Enter", Tone::Strong)],
            None => vec![say(not_asked)],
        },
        empty,
    };
    if ground.face(buffer, inner, &face, texts) {
        return None;
    }
    let opened = opened?;
    let list = &opened.assets.list;
    let columns: Vec<&'static Column<Asset>> = opened
        .spec
        .asset_columns
        .iter()
        .map(|column| asset_column(*column))
        .collect();
    let table = Table {
        columns: &columns,
        sorted: list.sort().map(|sort| (sort.column.name, sort.descending)),
        rows: list.edition(),
        len: list.shown().len(),
        cursor: Some(list.cursor()),
        focused: ground.focused,
    };
    Some(table.draw(buffer, inner, seen, &ground.paint, |place| {
        let marked = list.is_marked(place);
        let row = list.row(place)?;
        if let Some(bad) = row.unreadable() {
            let words = unreadable(&bad.reason);
            let end = Vec::new();
            return Some(Row::Words { words, end, marked });
        }
        let item = Entry::seen(row)?;
        Some(Row::Item { item, marked })
    }))
}
