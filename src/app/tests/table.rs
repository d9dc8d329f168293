//! The ACTIONS table holds what is promised of it.

use std::collections::HashSet;

use super::world::World;
use crate::app::Pane;
use crate::app::action::{self, Context};
use crate::app::browse::Widths;
use crate::app::key::{Input, MouseInput, Target};
use crate::app::keymap::Keymap;
use crate::app::msg::Msg;
use crate::domain::{GivenKeys, KeyChoice};

#[test]
fn names_are_unique_and_every_row_has_help() {
    let mut names = HashSet::new();
    for action in action::all() {
        assert!(names.insert(action.name), "{} is there twice", action.name);
        assert!(action.help.ends_with('.'), "{}", action.name);
        assert!(!action.title.is_empty(), "{}", action.name);
    }
}

/// What the settings would say, a line for each pair from line 2 on.
fn choice(preset: Option<&str>, given: &[(&str, &[&str])]) -> KeyChoice {
    let given = given
        .iter()
        .zip(2..)
        .map(|((action, keys), line)| GivenKeys {
            action: (*action).to_owned(),
            line,
            keys: keys.iter().map(|key| ((*key).to_owned(), line)).collect(),
        });
    KeyChoice {
        preset: preset.map(|name| (name.to_owned(), 1)),
        given: given.collect(),
    }
}

#[test]
fn no_key_stands_twice_in_one_place_of_any_preset() {
    for preset in [None, Some("default"), Some("vim"), Some("arrows")] {
        let built = Keymap::chosen(&choice(preset, &[]));
        assert!(built.is_ok(), "{preset:?}: {:?}", built.err());
    }
}

#[test]
fn settings_give_several_keys_or_none_and_the_preset_the_rest() {
    let map = Keymap::chosen(&choice(
        Some("arrows"),
        &[("upload", &["f2", "ctrl-u"]), ("quit", &[])],
    ));
    let map = map.unwrap();
    let keys = |name: &str| map.keys(action::find(name).unwrap());
    assert_eq!(keys("upload"), ["F2", "C-u"]);
    assert!(keys("quit").is_empty());
    assert_eq!(keys("down"), ["\u{2193}"]);
    assert_eq!(keys("save"), ["s"]);
}

#[test]
fn sentences_name_the_keys_that_the_settings_gave() {
    let mut world = World::at_site();
    world.state.keymap = Keymap::chosen(&choice(
        None,
        &[
            ("upload", &["f2"]),
            ("save", &["f3"]),
            ("transfers", &["f9"]),
        ],
    ))
    .unwrap();
    world.keys("f9");
    let sheet = world.sheet();
    assert!(sheet.contains("F2 uploads, F3 saves."), "{sheet}");
    world.keys("esc f3 ctrl-s");
    let said = world.said();
    assert!(said.contains("; F9 shows them"), "{said}");
    // An action without a key leaves the sentence as it is.
    let none = Keymap::chosen(&choice(None, &[("transfers", &[])])).unwrap();
    assert_eq!(none.says("; ", "transfers", "shows them"), "");
}

#[test]
fn a_key_given_twice_for_one_action_is_given_once() {
    let keymap = Keymap::chosen(&choice(None, &[("down", &["j", "down", "j"])])).unwrap();
    let down = crate::app::action::find("down").unwrap();
    assert_eq!(keymap.keys(down), ["j", "↓"]);
}

#[test]
fn a_conflict_names_both_with_their_lines() {
    type Given<'a> = &'a [(&'a str, &'a [&'a str])];
    let cases: [(Given<'_>, usize, &[&str]); 7] = [
        (
            &[("upload", &["x"]), ("delete", &["x"])],
            3,
            &["`x`", "`upload` (line 2)", "`delete` (line 3)"],
        ),
        (
            &[("upload", &["s"])],
            2,
            &["`upload` (line 2)", "`save` (by default)"],
        ),
        // In a list both would be heard.
        (
            &[("filter", &["u"])],
            2,
            &["`filter` (line 2)", "`upload` (by default)"],
        ),
        (
            &[("upload", &["g"])],
            2,
            &["begins with `g` of `upload` (line 2)", "`top` (by default)"],
        ),
        (&[("uplaod", &["x"])], 2, &["did you mean `upload`?"]),
        (&[("upload", &["hyper-x"])], 2, &["`hyper-x` is no key"]),
        (&[("upload", &["ctrl-c"])], 2, &["always leaves"]),
    ];
    for (given, line, parts) in cases {
        let error = Keymap::chosen(&choice(None, given)).unwrap_err();
        assert_eq!(error.line, Some(line), "{error}");
        for part in parts {
            assert!(error.message.contains(part), "{part}: {error}");
        }
    }
    let error = Keymap::chosen(&choice(Some("vim"), &[("upload", &["d"])])).unwrap_err();
    let told = "`d d` of `delete` (by the preset \"vim\") begins with `d` of `upload` (line 2)";
    assert!(error.message.contains(told), "{error}");
    let error = Keymap::chosen(&choice(Some("vm"), &[])).unwrap_err();
    assert!(
        error.line == Some(1) && error.message.contains("\"vim\"?"),
        "{error}"
    );
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
    world.keys("2 u");
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
        world
            .log
            .iter()
            .any(|it| matches!(it, crate::app::Effect::Copy { what, text }
                if what == "Markdown" && text == "![before](https://cdn.example/banner.png)")),
        "{:?}",
        world.log
    );
}

#[test]
fn a_second_click_on_a_row_goes_in_and_a_late_one_does_not() {
    let click = Input::Mouse(MouseInput::Click {
        target: Target::Pane(Pane::Places),
        row: Some(1),
    });
    let mut world = World::new();
    world.send(Msg::Input(click.clone()));
    world.wait(2000);
    world.send(Msg::Input(click.clone()));
    assert_eq!(world.state.browse.focus, Pane::Places);
    world.wait(100);
    world.send(Msg::Input(click));
    assert_ne!(world.state.browse.focus, Pane::Places);
}

#[test]
fn the_mouse_goes_off_and_on_by_one_entry_of_the_palette() {
    let mut world = World::new();
    for on in [false, true] {
        world.keys("ctrl-p");
        world.type_text("mouse");
        world.keys("enter");
        assert_eq!(world.take(), [crate::app::Effect::Mouse(on)]);
    }
}

#[test]
fn a_drawn_divider_stays_until_it_is_clicked_twice() {
    let mut world = World::at_doc();
    let drag = |columns| {
        let mut widths = Widths::default();
        widths.set(Pane::Places, columns);
        Msg::Input(Input::Mouse(MouseInput::Drag(widths)))
    };
    let press = || {
        Msg::Input(Input::Mouse(MouseInput::Click {
            target: Target::Divider(Pane::Places),
            row: None,
        }))
    };
    world.send(press());
    world.send(drag(50));
    world.send(drag(44));
    assert_eq!(world.state.browse.widths.of(Pane::Places), Some(44));
    assert_eq!(world.state.browse.widths.of(Pane::Middle), None);
    // The press that began the drawing is not the first of two.
    world.send(press());
    assert_eq!(world.state.browse.widths.of(Pane::Places), Some(44));
    world.send(press());
    assert_eq!(world.state.browse.widths, Widths::default());
    // A sheet takes the whole screen.
    world.keys("?");
    world.send(drag(50));
    assert_eq!(world.state.browse.widths, Widths::default());
}
