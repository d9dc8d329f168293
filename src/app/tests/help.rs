//! What can be done here: in every sheet, and by a key that never takes a letter from a field.

use super::world::World;
use crate::app::effect::Effect;

const TITLE: &str = "What can I do here?";

/// Every sheet that keys open, by the place they are pressed at.
fn sheets() -> Vec<(World, &'static str)> {
    let mut sheets = Vec::new();
    let keys = [
        "u",
        "U",
        "s",
        "S",
        "o",
        "e",
        "d",
        ",",
        ":",
        "!",
        "t",
        "u j enter",
        "u v V ctrl-s",
    ];
    for keys in keys {
        let mut world = World::at_site();
        for key in keys.split(' ') {
            world.keys(key);
            world.settle();
        }
        sheets.push((world, keys));
    }
    for keys in ["s", "f"] {
        let mut world = World::at_doc();
        world.keys(keys);
        world.settle();
        sheets.push((world, keys));
    }
    sheets
}

#[test]
fn every_sheet_says_what_can_be_done_in_it_and_how_to_ask() {
    for (mut world, keys) in sheets() {
        let before = world.state.modals.len();
        assert!(before > 0, "{keys} opens nothing");
        let view = world.state.modal_views().pop().unwrap();
        let asks = if view.is_typing() { "F1" } else { "?" };
        let named = view
            .hints
            .iter()
            .any(|it| it.keys == asks && it.does == "help");
        assert!(named, "{keys}: {:?}", view.hints);
        world.keys(if view.is_typing() { "f1" } else { "?" });
        assert_eq!(world.state.modals.len(), before + 1, "{keys}");
        let help = world.sheet();
        assert!(help.contains(TITLE), "{keys}: {help}");
        world.keys("esc");
        assert_eq!(world.state.modals.len(), before, "{keys}");
        world.keys("f1");
        assert_eq!(world.state.modals.len(), before + 1, "{keys}");
        assert_eq!(world.destructive(), 0);
    }
}

#[test]
fn what_is_listed_is_done_in_the_sheet() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    world.keys("?");
    let row = |world: &World, what: &str| {
        let view = world.state.modal_views();
        let hints = &view[view.len() - 2].hints;
        let listed = hints.iter().filter(|it| it.does != "help");
        // Behind the row that leads back.
        1 + { listed }.position(|it| it.does == what).unwrap()
    };
    let at = row(&world, "choose all");
    world.keys(&"j ".repeat(at));
    world.keys("enter");
    assert!(
        world.sheet().contains("2 files chosen"),
        "{}",
        world.sheet()
    );
    // A chord too.
    world.keys("?");
    let at = row(&world, "type a path");
    world.keys(&"j ".repeat(at));
    world.keys("enter");
    assert!(world.state.modal_views().pop().unwrap().is_typing());
    // What has no key of its own is left to its own keys.
    world.keys("esc ?");
    let at = row(&world, "paths");
    world.keys(&"j ".repeat(at));
    world.keys("enter");
    assert!(world.sheet().contains(TITLE));
}

#[test]
fn a_question_mark_is_a_letter_in_a_field() {
    let mut world = World::at_site();
    world.keys("S");
    world.type_text("what?");
    assert!(world.sheet().contains("what?"), "{}", world.sheet());
    assert!(!world.sheet().contains(TITLE));
    // In the filter of a pane as well, where the same other key works.
    world.keys("esc esc y");
    let mut world = World::at_site();
    world.keys("/");
    world.type_text("a?");
    assert!(world.state.modals.is_empty());
    let hints = world.state.hints();
    assert!(hints.iter().any(|it| it.keys == "F1"), "{hints:?}");
    world.keys("f1");
    assert!(world.sheet().contains(TITLE));
}

#[test]
fn help_above_a_question_answers_nothing_by_itself() {
    let mut world = World::at_site();
    world.keys("d");
    world.settle();
    world.keys("? esc ? ? ? enter");
    assert_eq!(world.state.modals.len(), 1);
    assert!(!world.log.iter().any(Effect::is_destructive));
}
