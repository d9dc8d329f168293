//! The plan sheet: a batch as a table, and what is said before anything is replaced or left behind.

mod trees;

use super::disk::saved_tree;
use super::services::{SEGMENTS, account, asset, doc, segment};
use super::world::World;
use crate::api::UploadRequest;
use crate::app::effect::{Effect, Load};
use crate::app::msg::{Batch, Msg};
use crate::app::{Answer, Input, Key};
use crate::domain::{AssetScope, Entry, SegmentId};

fn sent(world: &World) -> Vec<&UploadRequest> {
    let uploads = world.log.iter().filter_map(|effect| match effect {
        Effect::Upload { requests, .. } => Some(requests),
        _ => None,
    });
    uploads.flatten().collect()
}

/// At the plan of everything in the folder `sub`, for the first segment.
fn at_plan() -> World {
    let mut world = World::at_doc();
    world.state.options.usuals.everywhere.patterns =
        vec!["{locale}/{folder}/{name}".parse().unwrap()];
    world.keys("enter u");
    world.settle();
    world.keys("g g space ctrl-s");
    world.settle();
    assert!(
        world.sheet().contains("See the plan of 3 files"),
        "{}",
        world.sheet()
    );
    world.keys("ctrl-s");
    world.settle();
    assert!(world.sheet().contains("Plan for"), "{}", world.sheet());
    world
}

#[test]
fn a_folder_becomes_a_table_filled_from_its_paths() {
    let world = at_plan();
    let sheet = world.sheet();
    // hero.png is listed for de already, with another size; bad.png is empty.
    assert!(
        sheet.contains("1 new") && sheet.contains("1 clash"),
        "{sheet}"
    );
    assert!(
        sheet.contains("1 problem") && sheet.contains("it is empty"),
        "{sheet}"
    );
    assert!(sent(&world).is_empty());
}

#[test]
fn rows_that_are_all_left_out_are_not_said_to_be_sendable() {
    let mut world = at_plan();
    world.keys("V x f");
    let sheet = world.sheet();
    assert!(sheet.contains("every row is left out; f shows"), "{sheet}");
    world.keys("f ctrl-s");
    world.settle();
    assert!(
        world.said().starts_with("Nothing to send: "),
        "{}",
        world.said()
    );
}

#[test]
fn what_cannot_be_sent_is_told_before_the_rest_goes() {
    let mut world = at_plan();
    world.keys("ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("1 file will be sent"), "{sheet}");
    assert!(sheet.contains("2 rows cannot be sent"), "{sheet}");
    assert!(sent(&world).is_empty());
    world.keys("y");
    let requests = sent(&world);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].name.as_str(), "new.png");
    assert_eq!(requests[0].locale.as_ref().unwrap().as_str(), "de");
    assert_eq!(requests[0].folder.to_string(), "img");
    assert!(world.state.modals.is_empty());
    assert!(
        world.said().contains("2 files not sent"),
        "{}",
        world.said()
    );
}

#[test]
fn replacing_is_decided_by_row_and_said_before_it_happens() {
    let mut world = at_plan();
    world.keys("r");
    assert!(world.sheet().contains("Replaces "), "{}", world.sheet());
    world.keys("j j x ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(
        sheet.contains("! replaces ") && sheet.contains("hero.png"),
        "{sheet}"
    );
    assert!(
        sheet.contains("the service replaces the old one"),
        "{sheet}"
    );
    world.keys("esc");
    assert!(sent(&world).is_empty());
    world.keys("ctrl-s");
    world.settle();
    world.keys("y");
    let requests = sent(&world);
    let old = |request: &UploadRequest| request.replaces.is_some();
    assert_eq!(requests.iter().filter(|it| old(it)).count(), 1);
    assert_eq!(requests.len(), 2);
}

#[test]
fn marked_rows_get_a_locale_together_and_cells_are_copied_down() {
    let mut world = at_plan();
    // Both sound rows go to fr, where hero.png is there as well, but not in a folder.
    world.keys("space space L f enter esc home l l e");
    let sheet = world.sheet();
    assert!(sheet.contains("set it in"), "{sheet}");
    world.type_text("web");
    world.keys("enter =");
    let sheet = world.sheet();
    assert!(sheet.contains("2 new"), "{sheet}");
    world.keys("G x ctrl-s");
    world.settle();
    let requests = sent(&world);
    assert_eq!(requests.len(), 2, "{}", world.sheet());
    for request in requests {
        assert_eq!(request.locale.as_ref().unwrap().as_str(), "fr");
        assert_eq!(request.folder.to_string(), "web");
    }
}

#[test]
fn a_place_that_changed_since_is_shown_again_instead_of_sent() {
    let mut world = at_plan();
    world.keys("ctrl-s");
    let asked = world.open.iter().rev().find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Assets(..),
            ..
        } => Some(*id),
        _ => None,
    });
    world.open.clear();
    let answer = Answer::Assets(Ok(Batch::whole(Vec::new())));
    world.send(Msg::Loaded {
        id: asked.unwrap(),
        answer,
    });
    assert!(world.said().contains("has changed"), "{}", world.said());
    assert!(sent(&world).is_empty());
    assert!(world.sheet().contains("2 new"), "{}", world.sheet());
}

#[test]
fn a_plan_that_just_opened_does_not_start() {
    let mut world = at_plan();
    world.keys("esc ctrl-s");
    for effect in std::mem::take(&mut world.open) {
        world.answer(&effect);
    }
    assert!(world.sheet().contains("Plan for"));
    world.take();
    world.send(Msg::Input(Input::Key(Key::ctrl('s'))));
    assert!(world.take().is_empty(), "nobody has read it yet");
    world.keys("ctrl-s");
    assert!(!world.take().is_empty());
}

#[test]
fn leaving_asks_only_if_something_was_changed() {
    let mut world = at_plan();
    let depth = world.state.modals.len();
    world.keys("x esc");
    assert!(world.sheet().contains("lose what you changed"));
    world.keys("j esc y");
    assert_eq!(world.state.modals.len(), depth - 1);
    assert!(sent(&world).is_empty());
}

#[test]
fn one_asset_is_replaced_under_its_own_name_and_place() {
    let mut world = World::at_doc();
    world.keys("enter U");
    world.settle();
    assert!(
        world.sheet().contains("Replace hero.png"),
        "{}",
        world.sheet()
    );
    world.keys("j enter");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("1 replace"), "{sheet}");
    // The table has the name that it gets; which file it is stands below.
    assert!(
        sheet.contains(" with the file ") && sheet.contains("a.png"),
        "{sheet}"
    );
    // Nothing was typed yet, so nothing is lost.
    world.keys("esc");
    let sheet = world.sheet();
    assert!(sheet.contains("Replace hero.png"), "{sheet}");
    world.keys("enter");
    world.settle();
    world.keys("ctrl-s");
    world.settle();
    assert!(sent(&world).is_empty(), "it is said first");
    world.keys("y");
    let requests = sent(&world);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].name.as_str(), "hero.png");
    assert_eq!(requests[0].locale.as_ref().unwrap().as_str(), "de");
    assert!(requests[0].replaces.is_some());
}
