//! Whole places are listed in the background, and nothing is written before what will happen was said.

use std::path::Path;
use std::sync::Arc;

use super::services::{account, error};
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::Answer;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Found, InTree, Msg};
use crate::domain::{SegmentId, TypeChoice};
use crate::transfer::tree::Source;

/// The listing that was asked for last.
fn asked(world: &mut World) -> (RequestId, Source, Vec<TypeChoice>, usize) {
    let found = world.take().into_iter().rev().find_map(|it| match it {
        Effect::Load {
            id,
            what:
                Load::Tree {
                    source,
                    types,
                    calls,
                },
            ..
        } => Some((id, source, types, calls)),
        _ => None,
    });
    found.expect("a listing")
}

fn tell(world: &mut World, id: RequestId, so_far: InTree) {
    world.send(Msg::Loaded {
        id,
        answer: Answer::Tree(Ok(so_far)),
    });
}

/// Paths of the files that are queued, and whether each replaces another.
fn saved(world: &mut World) -> Vec<(String, bool)> {
    let effects = world.take();
    let mut trees = effects.into_iter().filter_map(|effect| match effect {
        Effect::SaveTree { tree, .. } => Some(*tree),
        _ => None,
    });
    let Some(tree) = trees.next() else {
        return Vec::new();
    };
    let requests = tree.requests().unwrap().into_iter();
    let mut saved: Vec<_> = requests
        .map(|it| (it.at.to_string(), it.replaces.is_some()))
        .collect();
    saved.sort();
    saved
}

fn pairs(wanted: &[(&str, bool)]) -> Vec<(String, bool)> {
    let wanted = wanted.iter();
    wanted.map(|(path, it)| ((*path).to_owned(), *it)).collect()
}

/// At the question about the first segment, into this folder.
fn at_question(folder: &Path) -> World {
    let mut world = World::at_doc();
    world.state.options.save_to = folder.to_owned();
    world.keys("s");
    world.settle();
    world.keys("ctrl-s");
    world.settle();
    world
}

#[test]
fn each_place_is_saved_from_where_its_row_stands() {
    let below = |source: &Source, wanted: &str| match source {
        Source::Below(address) => assert_eq!(address.to_string(), wanted),
        other => panic!("{other:?}"),
    };
    // The first segment of the document.
    let mut world = World::at_doc();
    world.keys("s");
    let (_, source, types, _) = asked(&mut world);
    below(&source, "loc:d1/s1");
    assert!(types.is_empty());
    // Two that are marked.
    world.keys("esc space space s");
    let (_, source, ..) = asked(&mut world);
    let Source::Segments(container, segments) = source else {
        panic!("{source:?}");
    };
    let segments: Vec<_> = segments.iter().map(SegmentId::as_str).collect();
    assert_eq!((container.as_str(), segments), ("d1", vec!["s1", "s2"]));
    assert!(world.sheet().contains("2 segments of"), "{}", world.sheet());
    // The document.
    world.keys("esc 1 s");
    let (_, source, ..) = asked(&mut world);
    below(&source, "loc:d1");
    // Both websites, then one of another account with them.
    world.keys("esc g g j space space s");
    let (_, source, ..) = asked(&mut world);
    assert!(matches!(source, Source::Containers(it) if it.len() == 2));
    world.keys("esc G space s");
    assert!(
        world.said().contains("several accounts"),
        "{}",
        world.said()
    );
    assert!(world.state.modals.is_empty());
    // An account's heading, and a type of a website.
    world.keys("esc g g s");
    let (_, source, ..) = asked(&mut world);
    below(&source, "web:");
    let mut world = World::at_site();
    world.keys("2 j s");
    let (_, source, types, _) = asked(&mut world);
    below(&source, "web:w1");
    assert_eq!(types, [TypeChoice::Asset("image".to_owned())]);
    world.settle();
    assert!(world.sheet().contains("1 file"), "{}", world.sheet());
}

#[test]
fn nothing_is_written_before_a_yes_to_what_was_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut world = at_question(dir.path());
    let sheet = world.sheet();
    assert!(sheet.contains("Listed: 3 files, 300 B, 2 calls"), "{sheet}");
    assert!(
        sheet.contains("Saves 3 files, 300 B, with 3 calls"),
        "{sheet}"
    );
    assert_eq!(world.state.options.save_to, dir.path());
    assert_eq!(saved(&mut world), pairs(&[]));
    // Back to the folder, and on again.
    world.keys("esc");
    assert!(world.sheet().contains("See what would be saved"));
    world.keys("ctrl-s");
    world.settle();
    world.keys("y");
    let wanted = [
        ("de/hero.png", false),
        ("fr/hero.png", false),
        ("no locale/logo.svg", false),
    ];
    let saved = saved(&mut world);
    assert_eq!(saved.len(), wanted.len(), "{saved:?}");
    assert_eq!(saved[..2], pairs(&wanted[..2]));
    assert!(world.state.modals.is_empty());
    assert!(world.said().contains("Saving 3 files"), "{}", world.said());
    assert_eq!(world.destructive(), 0);
}

#[test]
fn what_is_there_is_kept_until_the_user_says_replace() {
    let taken = || {
        let dir = tempfile::tempdir().unwrap();
        for locale in ["de", "fr"] {
            std::fs::create_dir(dir.path().join(locale)).unwrap();
            std::fs::write(dir.path().join(locale).join("hero.png"), b"mine").unwrap();
        }
        dir
    };
    let dir = taken();
    let logo = |saved: Vec<(String, bool)>| -> Vec<(String, bool)> {
        { saved.into_iter() }
            .filter(|(path, _)| !path.ends_with("logo.svg"))
            .collect()
    };
    let mut world = at_question(dir.path());
    let sheet = world.sheet();
    assert!(
        sheet.contains("de/hero.png") && sheet.contains("fr/hero.png"),
        "{sheet}"
    );
    assert!(sheet.contains("2 kept, 0 replaced"), "{sheet}");
    world.keys("y");
    assert_eq!(logo(saved(&mut world)), []);

    let dir = taken();
    let mut world = at_question(dir.path());
    world.keys("r");
    let sheet = world.sheet();
    assert!(sheet.contains("1 kept, 1 replaced"), "{sheet}");
    assert!(sheet.contains("Saves 2 files"), "{sheet}");
    world.keys("j b y");
    let wanted = pairs(&[("de/hero.png", true), ("fr/hero~2.png", false)]);
    assert_eq!(logo(saved(&mut world)), wanted);

    let dir = taken();
    let mut world = at_question(dir.path());
    world.keys("R j x y");
    assert_eq!(logo(saved(&mut world)), pairs(&[("de/hero.png", true)]));

    // A yes that comes with the question was meant for something else.
    let mut world = at_question(dir.path());
    world.keys("esc ctrl-s");
    let look = world.open.pop().unwrap();
    world.answer(&look);
    world.type_text("y");
    assert_eq!(saved(&mut world), []);
}

#[test]
fn the_listing_counts_and_leaving_stops_it() {
    let mut world = World::at_doc();
    world.keys("s");
    let (id, ..) = asked(&mut world);
    assert!(world.state.moving());
    let found = Found {
        files: 1200,
        bytes: 5_000_000,
        calls: 7,
    };
    tell(&mut world, id, InTree::Found(found));
    let sheet = world.sheet();
    assert!(
        sheet.contains("1200 files") && sheet.contains("7 calls"),
        "{sheet}"
    );
    world.keys("esc");
    assert_eq!(world.take(), [Effect::Cancel(id)]);
    assert!(world.state.modals.is_empty());
    // What comes late is nobody's.
    tell(&mut world, id, InTree::Found(found));
    assert!(world.state.modals.is_empty() && world.take().is_empty());
}

#[test]
fn a_folder_chosen_early_is_looked_at_when_the_list_is_complete() {
    let mut world = World::at_doc();
    world.keys("S ctrl-u");
    world.type_text("~/out");
    let (id, ..) = asked(&mut world);
    world.keys("ctrl-s");
    assert!(world.take().is_empty());
    tell(&mut world, id, InTree::Found(Found::default()));
    tell(&mut world, id, InTree::All(Arc::default()));
    assert!(world.take().is_empty(), "nothing is in it");
    assert!(
        world.sheet().contains("There is nothing to save"),
        "{}",
        world.sheet()
    );
    world.keys("esc s");
    world.keys("ctrl-s");
    world.settle();
    let looks = world.take().into_iter().filter_map(|effect| match effect {
        Effect::LayOut { folder, .. } => Some(folder),
        _ => None,
    });
    assert_eq!(looks.collect::<Vec<_>>(), [Path::new("/home/me/out")]);
}

#[test]
fn many_calls_are_made_after_a_yes_only_and_a_failure_can_be_tried_again() {
    let mut world = World::at_doc();
    world.keys("1 s ctrl-s");
    let (id, _, _, calls) = asked(&mut world);
    assert_eq!(calls, 100);
    tell(&mut world, id, InTree::Costs(300));
    let sheet = world.sheet();
    assert!(sheet.contains("300 calls"), "{sheet}");
    assert!(
        world.take().is_empty(),
        "the folder was no yes to the calls"
    );
    world.keys("ctrl-s");
    let (id, _, _, calls) = asked(&mut world);
    assert_eq!(calls, usize::MAX);
    world.send(Msg::Loaded {
        id,
        answer: Answer::Tree(Err(error(ApiErrorKind::Transport))),
    });
    let sheet = world.sheet();
    assert!(sheet.contains("could not be listed"), "{sheet}");
    world.keys("ctrl-s");
    let (_, source, _, calls) = asked(&mut world);
    assert!(matches!(source, Source::Below(_)));
    assert_eq!(calls, usize::MAX, "the calls were agreed to");
}

#[test]
fn a_folder_that_cannot_be_used_says_why_in_its_field() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("assetdeck.json"), b"not a list").unwrap();
    let mut world = at_question(dir.path());
    assert!(
        world.sheet().contains("assetdeck.json"),
        "{}",
        world.sheet()
    );
    assert!(!world.sheet().contains("Saves "), "{}", world.sheet());
    world.keys("ctrl-u ctrl-s");
    assert!(world.sheet().contains("type a folder"), "{}", world.sheet());
    assert_eq!(saved(&mut world), []);
}

#[test]
fn a_place_with_a_folder_of_its_own_is_saved_there() {
    use crate::transfer::plan::{Usual, Usuals};
    let mut world = World::at_doc();
    let mut usuals = Usuals::default();
    let usual = Usual {
        save_to: Some("/usual".into()),
        ..Usual::default()
    };
    usuals.accounts.insert(account("loc"), usual);
    world.state.options.usuals = usuals;
    let before = world.state.options.save_to.clone();
    world.keys("s");
    world.settle();
    assert!(world.sheet().contains("/usual"), "{}", world.sheet());
    // Another one that is typed is the last one of this place, and of no other.
    world.type_text("/else");
    world.keys("ctrl-s");
    world.settle();
    assert!(world.sheet().contains("/else"), "{}", world.sheet());
    assert_eq!(world.state.options.save_to, before);
    world.keys("esc esc");
    world.keys("s");
    assert!(world.sheet().contains("/else"), "{}", world.sheet());
    let mut world = World::at_site();
    world.keys("1 s");
    assert!(!world.sheet().contains("/usual"), "{}", world.sheet());
}
