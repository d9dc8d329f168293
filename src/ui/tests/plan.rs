//! The plan sheet: a batch with a row of every kind.

use insta::assert_snapshot;

use super::fixture::{asset, busy, now, segment_id};
use super::shoot;
use crate::api::FileStamp;
use crate::app::effect::Effect;
use crate::app::modal::Modal;
use crate::app::modal::goal::Goal;
use crate::app::modal::plan::PlanSheet;
use crate::app::msg::{Answer, Batch, Msg};
use crate::app::tests::disk::{gather, saved_tree};
use crate::app::{Input, Key, State};
use crate::domain::{AssetScope, Entry, FileName};
use crate::transfer::plan::Candidate;
use crate::transfer::{LocalFile, Wishes};

fn candidate(path: &str, size: u64) -> Candidate {
    let relative: Vec<String> = path.split('/').map(str::to_owned).collect();
    let name = relative.last().unwrap();
    Candidate {
        path: path.into(),
        file: match size {
            0 => Err("it is empty (0 bytes)".to_owned()),
            size => Ok(LocalFile {
                path: path.into(),
                name: FileName::parse(name).unwrap(),
                stamp: FileStamp {
                    size,
                    modified: None,
                    identity: None,
                },
                content_type: "image/png".into(),
            }),
        },
        relative,
    }
}

/// The sheet after these keys.
pub fn planned(keys: &str) -> State {
    let mut state = busy();
    state.options.usuals.everywhere.patterns = vec!["{locale}/{folder}/{name}".parse().unwrap()];
    let opened = state.browse.open().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let goal = Goal {
        account: opened.account.clone(),
        spec: opened.spec,
        to: Some(scope.clone()),
        place: "Mobile app / hero-banner".to_owned(),
        gaps: Vec::new(),
    };
    let files = vec![
        candidate("de/public/images/hero.png", 1000),
        candidate("de/public/images/new.png", 214_000),
        candidate("fr/public/images/hero.png", 209_000),
        candidate("de-AT/winter.png", 10),
        candidate("ja/ヒーロー.png", 10),
        candidate("he/לוגו ראשי.png", 10),
        candidate("fr/broken.png", 0),
    ];
    let wishes = Wishes::default();
    let (mut sheet, effects) = PlanSheet::of_files(
        &mut state,
        goal,
        scope.clone(),
        files,
        wishes,
        Wishes::default(),
        now(),
    );
    let Some(Effect::Load { id, .. }) = effects.last() else {
        panic!("{effects:?}");
    };
    let entries = vec![
        asset(&scope, "hero.png", Some("de"), Some(214_000)),
        asset(&scope, "hero.png", Some("fr"), Some(209_000)),
    ];
    let batch = Batch::whole(entries);
    let msg = Msg::Loaded {
        id: *id,
        answer: Answer::Assets(Ok(batch)),
    };
    sheet.message(&msg, &mut state, now());
    for key in keys.chars() {
        sheet.input(&Input::Key(Key::char(key)), &mut state, now());
    }
    state.modals.push(Box::new(sheet));
    state
}

/// A tree of three segments, back for its document.
fn tree(keys: &str) -> State {
    let mut state = busy();
    let opened = state.browse.open().unwrap();
    let id = opened.id.clone();
    let goal = Goal {
        account: opened.account.clone(),
        spec: opened.spec,
        to: Some(AssetScope::Container(id.clone())),
        place: "Mobile app".to_owned(),
        gaps: Vec::new(),
    };
    let scope = |at| AssetScope::Segment(id.clone(), segment_id(at));
    let kept = |at, name, locale, size| {
        let entry = asset(&scope(at), name, locale, Some(size));
        entry.into_read().unwrap()
    };
    let found = [
        kept(1, "hero.png", Some("de"), 18),
        kept(1, "hero.png", Some("fr"), 18),
        kept(2, "a basket with a rather long name.png", Some("de"), 9),
        kept(3, "ヒーロー.png", None, 18),
    ];
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("mobile-app");
    saved_tree(&folder, &goal.account, goal.spec, found.clone());
    let chosen = vec![gather(&folder)];
    let (mut sheet, effects) = PlanSheet::of_trees(&mut state, goal, chosen, now()).unwrap();
    let Some(Effect::Load { id, .. }) = effects.last() else {
        panic!("{effects:?}");
    };
    let there = found.into_iter().take(3).map(Entry::Read).collect();
    let msg = Msg::Loaded {
        id: *id,
        answer: Answer::Marks(Ok(there)),
    };
    sheet.message(&msg, &mut state, now());
    for key in keys.chars() {
        sheet.input(&Input::Key(Key::char(key)), &mut state, now());
    }
    state.modals.push(Box::new(sheet));
    state
}

#[test]
fn files_for_several_segments_have_a_column_for_them() {
    let mut state = tree("");
    for (columns, rows) in [(140, 40), (80, 24), (40, 12)] {
        state.size = (columns, rows);
        let shot = shoot(&state, columns, rows);
        assert_snapshot!(format!("plan_tree_{columns}x{rows}"), shot.text());
    }
    let state = tree("le");
    assert_snapshot!("plan_segment_edit", shoot(&state, 80, 24).text());
}

#[test]
fn a_cell_is_edited_below_the_table() {
    let state = planned("jll e");
    assert_snapshot!("plan_edit", shoot(&state, 100, 30).text());
}
