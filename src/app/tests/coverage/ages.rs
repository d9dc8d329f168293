//! The coverage sheet over what was seen long ago, kept, or is still being listed.

use super::*;
use crate::app::tests::world;

#[test]
fn what_was_seen_long_ago_says_so_until_it_is_asked_again() {
    let mut world = at_coverage();
    world.wait(180_000);
    world.keys("j");
    let sheet = world.sheet();
    assert!(
        sheet.contains("3 min ago") && sheet.contains("R asks those shown again"),
        "{sheet}"
    );
    // Only what is shown: the one segment with a gap, then all of them.
    world.keys("f");
    world.take();
    world.keys("R");
    assert_eq!(calls(&world)[0].1, 1);
    world.settle();
    world.keys("f f");
    assert!(world.sheet().contains("3 min ago"), "{}", world.sheet());
    world.keys("f R");
    world.settle();
    world.keys("k");
    assert!(!world.sheet().contains(" ago"), "{}", world.sheet());
}

#[test]
fn what_was_kept_is_shown_with_its_age_and_costs_no_call() {
    let mut world = large(1_000);
    world.keys("c");
    let scope = |id: &SegmentId| AssetScope::Segment(doc().container().clone(), id.clone());
    let marks = (1..=900).map(|n| {
        let id = SegmentId::new(format!("s{n}")).unwrap();
        let rows = vec![Entry::Read(asset(&scope(&id), "a.png", Some("de")))];
        (id, Duration::from_mins(25), rows)
    });
    let marks = marks.collect();
    kept(&mut world, marks);
    // One call asks for the rest, which is too few to be asked about.
    assert_eq!(calls(&world).len(), 1);
    assert_eq!(calls(&world)[0].1, 100);
    let sheet = world.sheet();
    assert!(
        sheet.contains("900 missing") && sheet.contains("25 min ago"),
        "{sheet}"
    );
}

#[test]
fn a_document_that_is_still_listed_says_so_and_is_asked_once_it_is_whole() {
    let mut world = World::new();
    world.keys("G c");
    let load = |world: &World, wanted: fn(&Load) -> bool| {
        let mut loads = world.log.iter();
        loads.find_map(|effect| match effect {
            Effect::Load { id, what, .. } if wanted(what) => Some((*id, what.clone())),
            _ => None,
        })
    };
    let (id, what) = load(&world, |it| matches!(it, Load::Container(_))).unwrap();
    let container = world::answer(&account("loc"), &what);
    world.send(Msg::Loaded {
        id,
        answer: container,
    });
    assert!(
        world.sheet().contains("Listing the segments"),
        "{}",
        world.sheet()
    );
    let (id, _) = load(&world, |it| matches!(it, Load::Segments(..))).unwrap();
    let page = |from, to, more| {
        let rows = (from..=to).map(|n| Entry::Read(segment(&format!("s{n}"), n)));
        Answer::Segments(Ok(Batch {
            more,
            ..Batch::whole(rows.collect::<Vec<_>>())
        }))
    };
    for (from, to, more) in [(1, 300, true), (301, 600, true), (601, 900, false)] {
        let answer = page(from, to, more);
        world.send(Msg::Loaded { id, answer });
        let sheet = world.sheet();
        assert!(sheet.contains(&format!("{to} segments")), "{sheet}");
        assert_eq!(sheet.contains("so far, listing"), more, "{sheet}");
        let asked = load(&world, |it| matches!(it, Load::Kept(..))).is_some();
        assert_eq!(asked, !more);
    }
    kept(&mut world, Vec::new());
    assert!(
        world.sheet().contains("900 segments takes 6 calls"),
        "{}",
        world.sheet()
    );
}
