//! The second pane: segments with their marks, or types with their counts.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::body::{Texts, waits};
use super::places::unreadable;
use super::{Frame, Ground};
use crate::api::Middle;
use crate::app::Face;
use crate::app::browse::{Mark, Opened, StateFilter, TypeRow};
use crate::app::modal::view::{Tone, Words, say, toned};
use crate::domain::{Entry, SafeText, Segment, TypeChoice};
use crate::ui::table::{Row, Seen, Table};
use crate::ui::text::count;

pub(super) fn frame(ground: &Ground<'_>) -> Frame {
    let Some(opened) = ground.state.browse.open() else {
        let account = ground.state.browse.current_account();
        let title = match account.map(|account| account.info.spec.middle) {
            Some(Middle::Segments) => "Segments",
            Some(Middle::Types) => "Types",
            None => "",
        };
        return Frame {
            title: title.to_owned(),
            ..Frame::default()
        };
    };
    match opened.spec.middle {
        Middle::Segments => {
            let mut frame = Frame {
                title: "Segments".to_owned(),
                ..Frame::default()
            };
            let list = &opened.segments.list;
            ground.counted(&mut frame, list, list.len(), list.shown().len());
            if let Some(state) = list.lens().state {
                let words = match state {
                    StateFilter::With => "● with assets ",
                    StateFilter::Without => "○ without ",
                    StateFilter::Failed => "! failed ",
                };
                frame.count.push(toned(words, Tone::Warning));
            }
            ground.freshness(&mut frame, &opened.segments.face());
            let all = opened.cut_off().flatten();
            if let Some(all) = all.and_then(|all| usize::try_from(all).ok()) {
                let text = format!("of {} listed ", count(all));
                frame.count.push(toned(text, Tone::Warning));
            }
            ground.cut_off(&mut frame, &opened.segments);
            if opened.texts.pending().is_some() {
                frame.corner = ground.spinner();
                frame.status = vec![match opened.texts.held() {
                    Some(held) => waits(held),
                    None => toned("texts follow", Tone::Dim),
                }];
            } else if opened.texts.error().is_some() && frame.status.is_empty() {
                frame.status = vec![toned("! no texts", Tone::Warning)];
            }
            frame
        }
        Middle::Types => {
            let mut frame = Frame {
                title: "Types".to_owned(),
                ..Frame::default()
            };
            let list = &opened.types;
            ground.counted(&mut frame, list, list.len(), list.shown().len());
            frame.count.retain(|piece| piece.tone != Tone::Dim);
            ground.freshness(&mut frame, &opened.assets.face());
            frame.status.clear();
            frame
        }
    }
}

pub(super) fn body(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    inner: Rect,
    seen: &mut Seen,
) -> Option<Rect> {
    let Some(opened) = ground.state.browse.open() else {
        let account = ground.state.browse.current_account();
        let not_asked = account.map_or_else(Vec::new, |account| {
            let one = account.info.spec.container.one;
            let text = format!("Choose a {one} at the left and press ");
            vec![say(text), toned("Enter", Tone::Strong)]
        });
        ground.face(
            buffer,
            inner,
            &Face::NotAsked,
            Texts {
                not_asked,
                empty: Vec::new(),
            },
        );
        return None;
    };
    match opened.spec.middle {
        Middle::Segments => segments(ground, buffer, inner, seen, opened),
        Middle::Types => types(ground, buffer, inner, seen, opened),
    }
}

fn segments(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    inner: Rect,
    seen: &mut Seen,
    opened: &Opened,
) -> Option<Rect> {
    let one = opened.spec.container.one;
    let texts = Texts {
        not_asked: vec![
            say("Segments were not asked for. "),
            toned("Enter", Tone::Strong),
        ],
        empty: vec![say(format!("This {one} has no segments."))],
    };
    if ground.face(buffer, inner, &opened.segments.face(), texts) {
        return None;
    }
    let list = &opened.segments.list;
    let table = Table::<Segment> {
        columns: &[],
        sorted: None,
        rows: list.edition(),
        len: list.shown().len(),
        cursor: Some(list.cursor()),
        focused: ground.focused,
    };
    let current = opened.scope.as_ref().and_then(|scope| scope.segment());
    Some(table.draw(buffer, inner, seen, &ground.paint, |place| {
        let (words, end) = match &*list.row(place)? {
            Entry::Unreadable(bad) => (unreadable(&bad.reason), Vec::new()),
            Entry::Read(segment) => (
                segment_words(segment, current == Some(&segment.id)),
                mark(ground, opened, segment),
            ),
        };
        Some(Row::Words {
            words,
            end,
            marked: list.is_marked(place),
        })
    }))
}

fn segment_words(segment: &Segment, current: bool) -> Words {
    let name = SafeText::prose(&segment.name()).into_string();
    let tone = if current { Tone::Strong } else { Tone::Plain };
    let mut words = vec![say(if current { "▸ " } else { "  " })];
    // The text says what the key means; without a key it is the name already.
    let text = segment.text.as_deref().map(SafeText::prose);
    let text = text.filter(|text| text.as_str() != name && !text.as_str().is_empty());
    words.push(toned(name, tone));
    if let Some(text) = text {
        words.push(toned(format!("  {text}"), Tone::Dim));
    }
    words
}

/// `●3` has assets, `○` has none, `·` not asked, `!` failed; `●3 !` had them before it failed.
fn mark(ground: &Ground<'_>, opened: &Opened, segment: &Segment) -> Words {
    let mut words = plain_mark(ground, opened, segment);
    if opened.not_refreshed(&segment.id) {
        words.push(toned(" !", Tone::Warning));
    }
    words
}

fn plain_mark(ground: &Ground<'_>, opened: &Opened, segment: &Segment) -> Words {
    match opened.mark(&segment.id) {
        Mark::Has(assets) => vec![toned(format!("●{}", count(assets)), Tone::Good)],
        Mark::None => vec![toned("○", Tone::Dim)],
        Mark::Failed(_) => vec![toned("!", Tone::Bad)],
        Mark::NotAsked => {
            let asked = opened.asking.values().any(|ids| ids.contains(&segment.id));
            let mark = if asked { ground.paint.spinner() } else { "·" };
            vec![toned(mark, Tone::Dim)]
        }
    }
}

fn types(
    ground: &Ground<'_>,
    buffer: &mut Buffer,
    inner: Rect,
    seen: &mut Seen,
    opened: &Opened,
) -> Option<Rect> {
    let list = &opened.types;
    let face = match opened.assets.face() {
        // The pane on the right says why there are none; types of nothing are nothing.
        Face::NoMatch => opened_rows(),
        face => face,
    };
    let texts = Texts {
        not_asked: vec![
            say("Assets were not asked for. "),
            toned("Enter", Tone::Strong),
        ],
        empty: vec![say("No assets, so no types.")],
    };
    if list.is_empty() && ground.face(buffer, inner, &face, texts) {
        return None;
    }
    let table = Table::<TypeRow> {
        columns: &[],
        sorted: None,
        rows: list.edition(),
        len: list.shown().len(),
        cursor: (!list.shown().is_empty()).then(|| list.cursor()),
        focused: ground.focused,
    };
    let chosen = &opened.assets.list.lens().kind;
    Some(table.draw(buffer, inner, seen, &ground.paint, |place| {
        let row = list.row(place)?;
        let current = row.choice == *chosen;
        let tone = if current { Tone::Strong } else { Tone::Plain };
        let lead = say(if current { "▸ " } else { "  " });
        let words = match &row.choice {
            TypeChoice::All => vec![lead, toned("All", tone)],
            TypeChoice::Asset(name) => {
                vec![lead, toned(SafeText::name(name).into_string(), tone)]
            }
            TypeChoice::Image(name) => vec![
                lead,
                toned("image · ", Tone::Dim),
                toned(SafeText::name(name).into_string(), tone),
            ],
        };
        Some(Row::Words {
            words,
            end: vec![toned(count(row.count), Tone::Dim)],
            marked: list.is_marked(place),
        })
    }))
}

const fn opened_rows() -> Face<'static> {
    Face::Rows {
        loading: false,
        held: None,
        error: None,
        at: None,
    }
}
