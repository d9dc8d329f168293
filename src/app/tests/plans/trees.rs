//! Trees and several segments in the plan sheet: where saved folders go back to, and what names their segment.

use super::*;

/// At what the tree becomes, chosen for where the user is.
fn with_tree(mut world: World) -> (World, tempfile::TempDir) {
    let scope = |segment: &str| {
        let id = doc().container().clone();
        AssetScope::Segment(id, SegmentId::new(segment).unwrap())
    };
    let found = [
        asset(&scope("s1"), "hero.png", Some("de")),
        asset(&scope("s1"), "logo.svg", None),
        asset(&scope("s2"), "new.png", Some("fr")),
    ];
    // The folder that the browser of this world lists first.
    let root = tempfile::tempdir().unwrap();
    saved_tree(&root.path().join("sub"), &account("loc"), &SEGMENTS, found);
    world.state.options.files_at = root.path().to_owned();
    world.keys("u");
    world.settle();
    world.keys("g g space ctrl-s");
    world.settle();
    (world, root)
}

#[test]
fn a_saved_tree_goes_back_to_its_segments_without_a_form() {
    let (mut world, _root) = with_tree({
        let mut world = World::new();
        world.keys("G");
        world
    });
    let sheet = world.sheet();
    assert!(sheet.contains("Plan for Mobile app"), "{sheet}");
    assert!(
        sheet.contains("3 files where assetdeck.json in it says"),
        "{sheet}"
    );
    assert!(
        sheet.contains("key-s1") && sheet.contains("key-s2"),
        "{sheet}"
    );
    // hero.png and logo.svg are there, of another size; new.png is not.
    assert!(
        sheet.contains("1 new") && sheet.contains("2 clash"),
        "{sheet}"
    );
    world.keys("V r ctrl-s");
    world.settle();
    assert!(world.sheet().contains("3 files will be sent"));
    world.keys("y");
    let sent = sent(&world);
    let place = |request: &&UploadRequest| {
        let locale = request.locale.as_ref().map(|it| it.as_str().to_owned());
        let segment = request.scope.segment().unwrap().as_str().to_owned();
        (segment, locale, request.name.as_str().to_owned())
    };
    let mut places: Vec<_> = sent.iter().map(place).collect();
    places.sort();
    let text = |it: &str| it.to_owned();
    assert_eq!(
        places,
        [
            (text("s1"), None, text("logo.svg")),
            (text("s1"), Some(text("de")), text("hero.png")),
            (text("s2"), Some(text("fr")), text("new.png")),
        ]
    );
}

#[test]
fn a_tree_of_an_account_goes_back_from_its_heading() {
    // The second account's heading is above its only document.
    let (mut world, _root) = with_tree({
        let mut world = World::new();
        world.keys("G k");
        world
    });
    let sheet = world.sheet();
    assert!(sheet.contains("Plan for loc"), "{sheet}");
    assert!(
        sheet.contains("1 new") && sheet.contains("2 clash"),
        "{sheet}"
    );
    // Its locales are asked for: what the document does not have is not sent.
    let asked = |load: &&&Load| matches!(load, Load::Container(_));
    assert_eq!(world.loads().iter().filter(asked).count(), 1);
    world.keys("G l l e");
    let sheet = world.sheet();
    assert!(sheet.contains("none") && sheet.contains("de"), "{sheet}");
    world.keys("esc V r ctrl-s");
    world.settle();
    assert!(
        world.sheet().contains("3 files will be sent"),
        "{}",
        world.sheet()
    );
    world.keys("y");
    assert_eq!(sent(&world).len(), 3);
}

#[test]
fn a_wait_for_the_service_is_told_and_can_be_left() {
    let mut world = at_plan();
    world.keys("ctrl-s");
    let load = world.open.iter().find_map(|effect| match effect {
        Effect::Load {
            id, patient: true, ..
        } => Some(*id),
        _ => None,
    });
    let id = load.expect("a patient look at what is there");
    let why = "list assets: busy; waiting for 2 s, then try 2 of 6";
    world.send(Msg::Loaded {
        id,
        answer: Answer::Waits(why.to_owned()),
    });
    assert!(world.sheet().contains(why), "{}", world.sheet());
    world.take();
    world.keys("esc");
    assert!(world.log.contains(&Effect::Cancel(id)), "{:?}", world.log);
    assert!(!world.sheet().contains(why), "{}", world.sheet());
    // What is there is known from before: the table is as it was.
    assert!(world.sheet().contains("1 new"), "{}", world.sheet());
    world.open.clear();
    world.keys("ctrl-s");
    world.settle();
    assert!(
        world.sheet().contains("1 file will be sent"),
        "{}",
        world.sheet()
    );
}

#[test]
fn what_no_list_knows_cannot_go_to_an_account() {
    let mut world = World::new();
    world.keys("G k u");
    world.settle();
    world.keys("j enter");
    world.settle();
    let sheet = world.sheet();
    assert!(
        sheet.contains("to which document its files belong"),
        "{sheet}"
    );
}

#[test]
fn a_tree_of_several_segments_says_where_to_take_it() {
    let (world, _root) = with_tree(World::at_doc());
    let sheet = world.sheet();
    assert!(sheet.contains("its files are of 2 segments"), "{sheet}");
    assert!(!sheet.contains("Plan for"), "{sheet}");
}

#[test]
fn files_for_a_whole_document_get_their_segment_in_the_table() {
    let mut world = World::new();
    world.keys("G u");
    world.settle();
    world.keys("j enter");
    world.settle();
    assert!(
        world.sheet().contains("See the plan of 1 file"),
        "{}",
        world.sheet()
    );
    world.keys("ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("it goes to no segment yet"), "{sheet}");
    world.keys("ctrl-s");
    world.settle();
    assert!(sent(&world).is_empty());
    world.keys("l e");
    world.type_text("key");
    world.keys("enter");
    let sheet = world.sheet();
    assert!(
        sheet.contains("3 segments fit: key-s1 (#1), key-s2 (#2)"),
        "{sheet}"
    );
    world.type_text("-s3");
    world.keys("enter");
    assert!(world.sheet().contains("1 looking"), "{}", world.sheet());
    world.settle();
    assert!(world.sheet().contains("1 new"), "{}", world.sheet());
    world.keys("ctrl-s");
    world.settle();
    let sent = sent(&world);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].scope.segment().unwrap().as_str(), "s3");
}

#[test]
fn a_folder_is_named_by_paths_and_by_the_key_that_reads_them() {
    let mut world = World::at_doc();
    world.keys("enter u");
    world.settle();
    world.keys("g g space ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("de/hero.png"), "{sheet}");
    assert!(sheet.contains("in front of the folders"), "{sheet}");
    world.keys("ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(
        sheet.contains("named like the locale") && sheet.contains("P reads locale and folder"),
        "{sheet}"
    );
}

#[test]
fn one_segment_needs_no_column_for_it() {
    assert!(!at_plan().sheet().contains("Segment"));
}

#[test]
fn a_segment_that_went_is_a_problem_of_its_rows() {
    let mut world = World::new();
    world.keys("G");
    world.keys("enter");
    let segments = world.open.iter().find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Segments(..),
            ..
        } => Some(*id),
        _ => None,
    });
    let batch = Batch::whole(vec![Entry::Read(segment("s1", 1))]);
    world.send(Msg::Loaded {
        id: segments.unwrap(),
        answer: Answer::Segments(Ok(batch)),
    });
    world.keys("1");
    let (world, _root) = with_tree(world);
    let sheet = world.sheet();
    assert!(
        sheet.contains("has no segment s2 any more") && sheet.contains("1 problem"),
        "{sheet}"
    );
}
