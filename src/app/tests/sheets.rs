//! Sheets: delete, edit, save. Nothing is sent or deleted on one key.

use std::path::PathBuf;

use super::services::{asset, error, site};
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::Key;
use crate::app::effect::{Effect, Load};
use crate::app::key::Input;
use crate::app::msg::{Answer, Batch, Msg};
use crate::domain::Entry;

/// Answers the pending look with these assets.
fn relisted(world: &mut World, assets: &[crate::domain::Asset]) {
    let looks: Vec<Effect> = std::mem::take(&mut world.open);
    for effect in looks {
        if let Effect::Load {
            id,
            what: Load::Assets(..),
            ..
        } = effect
        {
            world.send(Msg::Loaded {
                id,
                answer: Answer::Assets(Ok(Batch::whole(
                    assets.iter().cloned().map(Entry::Read).collect::<Vec<_>>(),
                ))),
            });
        }
    }
}

#[test]
fn no_single_key_sends_or_deletes() {
    for key in crate::app::action::all().flat_map(|action| action.keys) {
        let mut world = World::at_site();
        world.keys(key);
        world.settle();
        assert_eq!(world.destructive(), 0, "{key}");
    }
}

#[test]
fn delete_names_the_asset_as_it_is_listed_now() {
    let mut world = World::at_site();
    world.keys("d");
    assert_eq!(world.loads(), [&Load::Assets(site(), None)]);
    let mut fresh = asset(&site(), "banner.png", None);
    fresh.size = Some(7000);
    relisted(&mut world, std::slice::from_ref(&fresh));
    let sheet = world.sheet();
    assert!(
        sheet.contains("banner.png") && sheet.contains("7 kB"),
        "{sheet}"
    );
    assert!(sheet.contains("changed since you saw it") && sheet.contains("Shop"));
    world.keys("y");
    let sent: Vec<&Effect> = world.log.iter().filter(|it| it.is_destructive()).collect();
    match sent.as_slice() {
        [Effect::Delete { asset, .. }] => assert_eq!(**asset, fresh),
        other => panic!("{other:?}"),
    }
    world.settle();
    assert!(world.said().contains("was deleted"));
}

#[test]
fn delete_tells_a_name_that_mixes_alphabets_from_the_one_it_looks_like() {
    let sheet = |name: &str| {
        let mut world = World::at_site();
        world.keys("d");
        let mut fresh = asset(&site(), "banner.png", None);
        fresh.name = name.to_owned();
        relisted(&mut world, &[fresh]);
        world.sheet()
    };
    let twin = sheet("p\u{430}ypal.png");
    let told = "mixes Latin and Cyrillic letters: \u{430} (U+0430)";
    assert!(twin.contains(told), "{twin}");
    assert!(!sheet("paypal.png").contains("mixes"));
}

#[test]
fn delete_waits_for_the_look_and_for_a_yes_that_was_read() {
    let mut world = World::at_site();
    world.keys("d y y y");
    assert_eq!(world.destructive(), 0, "the look has no answer yet");
    world.settle();
    assert_eq!(world.state.modals.len(), 1);
    world.keys("enter");
    assert_eq!(world.destructive(), 0, "the focus is on keep");
    world.keys("d");
    world.settle();
    world.keys("tab enter");
    assert_eq!(world.destructive(), 1);
}

#[test]
fn a_yes_typed_before_the_question_stood_is_not_taken() {
    let mut world = World::at_site();
    world.keys("d");
    relisted(&mut world, &[asset(&site(), "banner.png", None)]);
    world.send(Msg::Input(Input::Key(Key::char('y'))));
    assert_eq!(world.destructive(), 0);
}

#[test]
fn what_is_gone_is_not_deleted() {
    let mut world = World::at_site();
    world.keys("d");
    relisted(&mut world, &[]);
    assert!(
        world.sheet().contains("nothing to delete"),
        "{}",
        world.sheet()
    );
    world.keys("y tab enter");
    assert_eq!(world.destructive(), 0);
}

#[test]
fn a_look_that_failed_deletes_nothing() {
    let mut world = World::at_site();
    world.keys("d");
    for effect in std::mem::take(&mut world.open) {
        if let Effect::Load { id, .. } = effect {
            world.send(Msg::Loaded {
                id,
                answer: Answer::Assets(Err(error(ApiErrorKind::Transport))),
            });
        }
    }
    world.keys("y");
    assert!(world.sheet().contains("Nothing was deleted"));
    assert_eq!(world.destructive(), 0);
}

#[test]
fn marked_assets_are_all_named() {
    let mut world = World::at_site();
    world.keys("V d");
    world.settle();
    assert!(
        world.sheet().contains("These 2 are deleted"),
        "{}",
        world.sheet()
    );
    world.keys("y");
    assert_eq!(world.destructive(), 2);
}

#[test]
fn leaving_the_delete_sheet_cancels_its_look() {
    let mut world = World::at_site();
    world.keys("d esc");
    assert!(world.state.modals.is_empty());
    assert!(world.log.iter().any(|it| matches!(it, Effect::Cancel(_))));
}

#[test]
fn edit_sends_only_what_was_changed() {
    let mut world = World::at_site();
    world.keys("e");
    world.settle();
    world.keys("ctrl-s");
    assert_eq!(world.destructive(), 0);
    assert!(world.sheet().contains("Nothing was changed"));
    world.keys("ctrl-u");
    world.type_text("after");
    world.keys("ctrl-s");
    let sent: Vec<&Effect> = world.log.iter().filter(|it| it.is_destructive()).collect();
    match sent.as_slice() {
        [Effect::Update { change, .. }] => {
            assert_eq!(change.alt_text.as_deref(), Some("after"));
            assert_eq!(change.description, None);
        }
        other => panic!("{other:?}"),
    }
    world.settle();
    assert!(world.said().contains("banner.png was changed"));
}

#[test]
fn a_changed_form_asks_before_it_is_left() {
    let mut world = World::at_site();
    world.keys("e");
    world.settle();
    world.type_text("x");
    world.keys("esc");
    assert!(world.sheet().contains("Leave without changing"));
    world.keys("n");
    assert_eq!(world.state.modals.len(), 1);
    world.keys("esc y");
    assert!(world.state.modals.is_empty());
    assert_eq!(world.destructive(), 0);
}

#[test]
fn save_goes_where_the_sheet_says() {
    let mut world = World::at_site();
    world.keys("S ctrl-u");
    world.type_text("~/out");
    world.keys("ctrl-s");
    match world.take().as_slice() {
        [Effect::Save { asset, folder, .. }] => {
            assert_eq!(asset.name, "banner.png");
            assert_eq!(*folder, PathBuf::from("/home/me/out"));
        }
        other => panic!("{other:?}"),
    }
}
