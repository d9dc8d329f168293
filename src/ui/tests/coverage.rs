//! The coverage sheet: a matrix with every state, and the question before many calls.

use std::time::Duration;

use super::fixture::{asset, error, loaded, now, segment, segment_id, worldly};
use crate::api::ApiErrorKind;
use crate::app::browse::Known;
use crate::app::key::{Chord, Input};
use crate::app::modal::coverage::CoverageSheet;
use crate::app::remote::Remote;
use crate::app::{Answer, Effect, Msg, State};
use crate::domain::{Asset, AssetPath, AssetScope, Entry, Locale, SegmentId};

/// The document with its locales.
fn located() -> State {
    let mut state = worldly();
    let opened = state.browse.open_mut().unwrap();
    let mut container = opened.listed.clone();
    let locales = ["en", "de", "fr", "ja", "he", "pt-BR"];
    container.locales = Some(locales.iter().filter_map(Locale::new).collect());
    opened.container = Remote::Loaded(Box::new(container));
    opened.texts = loaded(30);
    state
}

fn open(state: &mut State) {
    let opened = state.browse.open().unwrap();
    let place = (opened.account.clone(), opened.id.clone());
    let (sheet, effects) = CoverageSheet::open(state, place, now()).unwrap();
    state.modals.push(Box::new(sheet));
    // Nothing was kept of what is not known.
    if let Some(Effect::Load { id, .. }) = effects.first() {
        let answer = Answer::KeptMarks(Vec::new());
        state.update(Msg::Loaded { id: *id, answer }, now());
    }
}

fn press(state: &mut State, keys: &str) {
    for key in keys.parse::<Chord>().unwrap().0 {
        state.update(Msg::Input(Input::Key(key)), now());
    }
}

/// Every state, with a mark and rows that were seen a while ago.
pub fn matrix() -> State {
    let mut state = located();
    let opened = state.browse.open_mut().unwrap();
    let container = opened.id.clone();
    let made = |n, name: &str, locale: &str, folder: &str, day: u8| {
        let scope = AssetScope::Segment(container.clone(), segment_id(n));
        let locale = (!locale.is_empty()).then_some(locale);
        let Entry::Read(asset) = asset(&scope, name, locale, Some(214_000)) else {
            unreachable!()
        };
        let key = crate::domain::AssetKey::from_parts([locale.unwrap_or(""), folder, name]);
        let kind = if name.ends_with("jpg") { "jpeg" } else { "png" };
        Entry::Read(Asset {
            key: key.unwrap(),
            folder: AssetPath::from_service(folder),
            modified: Some(format!("2026-05-{day:02}T10:00:00Z")),
            content_type: Some(format!("image/{kind}")),
            dimensions: Some(if kind == "jpeg" {
                (800, 450)
            } else {
                (1600, 900)
            }),
            ..asset
        })
    };
    let long = "ヒーロー画像のとても長い名前のファイル.png";
    let first = vec![
        made(1, long, "", "public/images", 9),
        made(1, long, "de", "public/images", 2),
        made(1, long, "ja", "public/images", 10),
        made(1, "hero.png", "en", "", 9),
        made(1, "hero.de.png", "de", "", 10),
        made(1, "hero.jpg", "fr", "", 10),
        made(1, "לוגו.svg", "he", "", 10),
    ];
    let known = |result, ago| {
        let at = now().checked_sub(Duration::from_mins(ago));
        Known::of(result, at.unwrap())
    };
    let cart = vec![made(2, "cart.png", "en", "", 1)];
    let busy = Err(error(ApiErrorKind::Server));
    opened.known.clear();
    opened
        .known
        .insert(segment_id(1), known(Ok(first.into()), 0));
    opened
        .known
        .insert(segment_id(2), known(Ok(cart.into()), 12));
    opened.known.insert(segment_id(3), known(busy, 0));
    opened
        .known
        .insert(segment_id(4), known(Ok(Vec::new().into()), 0));
    open(&mut state);
    press(&mut state, "n space k l l");
    state
}

/// Thousands of segments are not asked yet.
pub fn question() -> State {
    let mut state = located();
    let opened = state.browse.open_mut().unwrap();
    let rows = (1..=5_000).map(|n| segment(n, &format!("key.{n:04}"), "text"));
    opened.segments.list.replace(rows.collect::<Vec<_>>());
    opened
        .known
        .retain(|id: &SegmentId, _| *id == segment_id(1));
    open(&mut state);
    state
}
