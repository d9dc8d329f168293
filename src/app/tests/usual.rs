//! What the settings say of uploads: where the form begins, and what it leaves to the paths of files.

use super::services::{account, doc};
use super::uploads::sent;
use super::world::World;
use crate::transfer::plan::{Usual, Usuals};

/// What the settings say of the document of account `loc`.
fn usual(locale: &str, pattern: Option<&str>) -> Usuals {
    let mut usuals = Usuals::default();
    let patterns = pattern.iter().map(|it| it.parse().unwrap()).collect();
    let usual = Usual {
        locale: locale.to_owned(),
        folder: "public/usual".to_owned(),
        patterns,
        save_to: None,
    };
    usuals
        .containers
        .insert((account("loc"), doc().container().clone()), usual);
    usuals
}

/// At the form, with `a.png` chosen for the first segment.
fn at_form() -> World {
    let mut world = World::at_doc();
    world.state.options.usuals = usual("fr", None);
    world.keys("enter u");
    world.settle();
    world.keys("j enter");
    world.settle();
    world
}

#[test]
fn the_form_begins_with_what_is_usual_and_the_users_none_stays_none() {
    let mut world = at_form();
    let sheet = world.sheet();
    assert!(sheet.contains("fr as the settings say"), "{sheet}");
    world.keys("ctrl-s");
    let [request] = sent(&world)[..] else {
        panic!("one request")
    };
    assert_eq!(request.locale.as_ref().unwrap().as_str(), "fr");
    assert_eq!(request.folder.to_string(), "public/usual");

    let mut world = at_form();
    // The locale is a choice: its first value is none.
    world.keys("home");
    world.settle();
    world.keys("ctrl-s");
    let [request] = sent(&world)[..] else {
        panic!("one request: {}", world.sheet())
    };
    assert_eq!(request.locale, None);
}

#[test]
fn the_usual_locale_is_for_files_whose_paths_name_none() {
    let mut world = World::at_doc();
    world.state.options.usuals = usual("fr", Some("{locale}/{name}"));
    world.keys("enter u");
    world.settle();
    world.keys("g g space ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("with none it is fr"), "{sheet}");
    world.keys("ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("Plan for"), "{sheet}");
    assert!(sheet.contains("\"hero.png in de\", \"de\""), "{sheet}");
    assert!(sheet.contains("\"new.png in de/img\", \"fr\""), "{sheet}");
}
