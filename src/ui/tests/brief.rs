//! The details beside a list: every row of it has the same facts at the same lines.

use super::fixture::{asset, focus, website};
use super::shoot;
use crate::app::{Pane, State};
use crate::domain::{Asset, AssetScope, Entry};

const LABELS: [&str; 9] = [
    "Size",
    "Pixels",
    "Format",
    "Changed",
    "Asset type",
    "Image type",
    "Tags",
    "Alt text",
    "Description",
];

fn at(change: impl Fn(&mut Asset)) -> State {
    let mut state = website();
    focus(&mut state, Pane::Assets);
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Container(opened.id.clone());
    let mut entry = asset(&scope, "hero.png", None, Some(214_000));
    if let Entry::Read(asset) = &mut entry {
        change(asset);
    }
    opened.assets.list.replace(vec![entry]);
    state
}

/// Lines of the labels, and of the first thing that is not theirs.
fn lines(state: &State, size: (u16, u16)) -> Vec<Option<usize>> {
    let text = shoot(state, size.0, size.1).text();
    let line = |label: &&str| {
        let label = format!("│ {label}");
        text.lines().position(|line| line.contains(&label))
    };
    LABELS.iter().map(line).collect()
}

#[test]
fn whatever_an_asset_has_its_facts_keep_their_lines() {
    let long = "Words that go on for longer than any pane is wide, again and again. ".repeat(9);
    for size in [(160, 45), (140, 36), (100, 30)] {
        let usual = lines(&at(|_| {}), size);
        assert!(usual.iter().all(Option::is_some), "{size:?}: {usual:?}");
        let nothing = at(|asset| {
            asset.size = None;
            asset.dimensions = None;
            asset.content_type = None;
            asset.modified = None;
            asset.asset_type = None;
            asset.tags.clear();
            asset.alt_text = None;
        });
        assert_eq!(lines(&nothing, size), usual, "{size:?}: nothing known");
        let much = at(|asset| {
            asset.name = format!("{long}.png");
            asset.content_type = Some(long.clone());
            asset.modified = Some(long.clone());
            asset.asset_type = Some(long.clone());
            asset.image_type = Some(long.clone());
            asset.tags = vec![long.clone(); 3];
            asset.alt_text = Some(long.clone());
            asset.description = Some(long.clone());
        });
        assert_eq!(lines(&much, size), usual, "{size:?}: long texts");
    }
}

#[test]
fn addresses_are_read_where_all_is_told() {
    let mut state = at(|_| {});
    let beside = shoot(&state, 160, 45).text();
    focus(&mut state, Pane::Details);
    let all = shoot(&state, 160, 45).text();
    for address in ["│ Link", "│ Ref", "│ Uploaded by"] {
        assert!(!beside.contains(address), "{beside}");
        assert!(all.contains(address), "{all}");
    }
}
