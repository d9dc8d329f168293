//! The ACTIONS table holds what is promised of it.

use std::collections::HashSet;

use super::world::World;
use crate::app::action::{self, Context};
use crate::app::keymap::{Keymap, KeymapError};

#[test]
fn names_are_unique_and_every_row_has_help() {
    let mut names = HashSet::new();
    for action in action::all() {
        assert!(names.insert(action.name), "{} is there twice", action.name);
        assert!(action.help.ends_with('.'), "{}", action.name);
        assert!(!action.title.is_empty(), "{}", action.name);
    }
}

#[test]
fn no_key_stands_twice_in_one_place() {
    let built = Keymap::build(|action| action.keys.iter().map(|&key| key.to_owned()).collect());
    assert!(built.is_ok(), "{:?}", built.err());
}

#[test]
fn a_conflict_names_both() {
    let built = Keymap::build(|action| match action.name {
        "up" | "down" => vec!["j".to_owned()],
        _ => Vec::new(),
    });
    let twice = KeymapError::Twice {
        chord: "j".to_owned(),
        first: "down",
        second: "up",
    };
    assert_eq!(built.err(), Some(twice));
}

#[test]
fn every_row_is_in_the_palette_and_every_key_is_found() {
    let mut world = World::new();
    world.keys(":");
    let palette = world.sheet();
    for action in action::all() {
        assert!(palette.contains(action.title), "{}", action.name);
        for key in world.state.keymap.keys(action) {
            assert!(palette.contains(&key), "{key} of {}", action.name);
        }
    }
}

/// Rows that answer to the same key in an inner place hide the outer one: that is only meant for
/// keys of the details pane. The transfers pane is a modal, and looks nowhere else.
#[test]
fn no_inner_place_hides_an_outer_key_by_accident() {
    for action in action::all().filter(|it| it.context == Context::Everywhere) {
        for other in action::all()
            .filter(|it| !matches!(it.context, Context::Everywhere | Context::Transfers))
        {
            for key in action.keys {
                assert!(
                    !other.keys.contains(key),
                    "{key} of {} is hidden by {}",
                    action.name,
                    other.name
                );
            }
        }
    }
}

#[test]
fn every_hint_names_a_row_and_help_is_the_last_of_them() {
    let mut world = World::at_site();
    for pane in ["1", "2", "3", "4"] {
        world.keys(pane);
        for name in action::hint_names(&world.state) {
            assert!(action::find(name).is_some(), "{name}");
        }
        let hints = world.state.hints();
        assert_eq!(hints.last().unwrap().does, "help");
    }
}

#[test]
fn what_cannot_run_says_why() {
    let mut world = World::new();
    world.keys("d");
    assert!(world.said().contains("third pane"), "{}", world.said());
    world.keys("u");
    assert!(world.said().contains("first pane"), "{}", world.said());
    world.keys(": d e l e t e enter");
    assert!(world.sheet().contains("third pane"));
    assert_eq!(world.state.modals.len(), 1);
}

#[test]
fn a_begun_chord_shows_how_it_goes_on_and_ends_by_itself() {
    let mut world = World::at_site();
    world.keys("y");
    let ways: Vec<String> = world.state.hints().into_iter().map(|it| it.keys).collect();
    assert_eq!(ways, ["y", "p", "n", "i", "m", "c"]);
    world.wait(5000);
    assert!(world.state.pending.is_empty());
}

#[test]
fn palette_finds_by_letters_in_order_and_runs() {
    let mut world = World::at_site();
    world.keys("ctrl-p");
    world.type_text("cpmd");
    world.keys("enter");
    assert!(world.state.modals.is_empty());
    assert!(
        world.log.iter().any(
            |it| matches!(it, crate::app::Effect::Copy { what: "Markdown", text }
                if text == "![before](https://cdn.example/banner.png)")
        ),
        "{:?}",
        world.log
    );
}
