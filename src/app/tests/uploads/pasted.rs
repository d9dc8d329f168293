//! Paths that were pasted or dropped: which are taken, and what is said of the others.

use super::sent;
use crate::app::effect::Effect;
use crate::app::tests::world::World;

#[test]
fn pasted_paths_join_the_pick_and_refused_ones_say_why() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    world.paste("'/x/one file.png'\n/x/bad.png file:///x/two.png");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("2 files chosen"), "{sheet}");
    assert!(sheet.contains("bad.png") && sheet.contains("it is empty"));
    world.keys("ctrl-s");
    world.settle();
    assert!(world.sheet().contains("See the plan of 2 files"));
}

#[test]
fn what_cannot_be_taken_of_a_drop_says_why_beside_what_is_taken() {
    let mut world = World::at_site();
    world.paste(
        "file://far/other.png /x/one.png https://me:pw@h/two.png?sig=canary file:///x.png%00",
    );
    world.settle();
    let sheet = world.sheet();
    for said in [
        "1 file chosen",
        "other.png",
        "it lies on another machine",
        "two.png",
        "it is an address, no file of this machine",
        "x.png%00",
        "no file can be called that",
    ] {
        assert!(sheet.contains(said), "{said}: {sheet}");
    }
    assert!(!sheet.contains("canary"), "{sheet}");
    // The next paste says its own.
    world.paste("https://h/three.png");
    let sheet = world.sheet();
    assert!(
        sheet.contains("three.png") && !sheet.contains("two.png"),
        "{sheet}"
    );
}

#[test]
fn the_cursor_goes_to_the_first_path_that_was_dropped() {
    let mut world = World::at_site();
    let beside = world.state.options.files_at.join("b.png");
    let away = std::path::Path::new("/far/away/b.png");
    for path in [beside.as_path(), away] {
        world.paste(&format!("/x/bad.png {}", path.display()));
        world.settle();
        assert_eq!(Some(world.state.options.files_at.as_path()), path.parent());
        let sheet = world.sheet();
        assert!(sheet.contains("1 file chosen") || path == away, "{sheet}");
        // It is the row under the cursor: Space takes the same one back.
        world.keys("space");
        let sheet = world.sheet();
        assert!(sheet.contains("nothing chosen"), "{sheet}");
    }
}

#[test]
fn what_was_refused_and_is_chosen_after_all_is_refused_no_more() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    let path = world.state.options.files_at.join("a.png");
    world.paste(&path.display().to_string());
    let asked = world.log.iter().find_map(|effect| match effect {
        Effect::Inspect { id, .. } => Some(*id),
        _ => None,
    });
    let id = asked.unwrap();
    let found = vec![(path, Err(String::from("it is empty")))];
    world.send(crate::app::Msg::Inspected { id, found });
    assert!(world.sheet().contains("it is empty"));
    world.keys("j space");
    let sheet = world.sheet();
    assert!(sheet.contains("1 file chosen"), "{sheet}");
    assert!(!sheet.contains("it is empty"), "{sheet}");
}

#[test]
fn a_pasted_folder_is_chosen_as_one_under_the_cursor_is() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    let folder = world.state.options.files_at.join("sub");
    world.paste(&format!("{}/ /x/bad.png", folder.display()));
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("1 folder chosen"), "{sheet}");
    assert!(sheet.contains("bad.png"), "{sheet}");
    // It is the row under the cursor: Space takes the same one back.
    world.keys("space");
    let sheet = world.sheet();
    assert!(sheet.contains("nothing chosen"), "{sheet}");
    world.keys("k space ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("See the plan of 3 files"), "{sheet}");
}

#[test]
fn paths_dropped_on_a_list_open_the_upload_with_them_picked() {
    let mut world = World::at_doc();
    world.paste("'/home/ana/a b.png' file:///home/ana/c.png\r");
    let asked = world.log.iter().find_map(|effect| match effect {
        Effect::Inspect { paths, .. } => Some(paths.clone()),
        _ => None,
    });
    let paths = ["/home/ana/a b.png", "/home/ana/c.png"].map(std::path::PathBuf::from);
    assert_eq!(asked.unwrap(), paths);
    assert_eq!(world.state.modals.len(), 1);
    assert!(sent(&world).is_empty());
}
