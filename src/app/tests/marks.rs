//! Asset marks: asked for together, once, of what is in view.

use super::services::{error, segment};
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::Face;
use crate::app::browse::Mark;
use crate::app::effect::{Effect, Load};
use crate::app::msg::{Answer, Msg};
use crate::domain::{Entry, SegmentId};

#[test]
fn marks_of_the_segments_in_view_are_asked_together_after_a_rest() {
    let mut world = World::new();
    world.keys("G enter");
    let marks = |world: &World| {
        let loads = world.loads();
        let marks = loads.iter().filter_map(|load| match load {
            Load::Marks(_, segments) => Some(segments.len()),
            _ => None,
        });
        marks.collect::<Vec<_>>()
    };
    for effect in std::mem::take(&mut world.open) {
        world.answer(&effect);
    }
    assert_eq!(marks(&world), [0; 0]);
    world.wait(1000);
    // Those of the segment under the cursor are asked for by the third pane.
    assert_eq!(marks(&world), [2]);
    world.settle();
    let opened = world.state.browse.open().unwrap();
    let mark = |id: &str| opened.mark(&SegmentId::new(id).unwrap());
    assert_eq!(mark("s1"), Mark::Has(3));
    assert_eq!(mark("s2"), Mark::None);
    assert_eq!(mark("s9"), Mark::NotAsked);
    assert_eq!(marks(&world), [2], "each is asked once");
}

#[test]
fn a_segment_of_a_batch_on_its_way_is_not_asked_for_alone() {
    let mut world = World::new();
    world.keys("G enter");
    for effect in std::mem::take(&mut world.open) {
        world.answer(&effect);
    }
    world.wait(1000);
    let batch = world.open.iter().find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Marks(..),
            ..
        } => Some(*id),
        _ => None,
    });
    let batch = batch.expect("it is asked for");
    world.take();
    world.keys("j");
    world.wait(1000);
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.assets.remote.pending(), Some(batch));
    world.keys("j");
    world.wait(1000);
    assert!(world.loads().is_empty(), "{:?}", world.log);
    assert!(!world.log.contains(&Effect::Cancel(batch)));
    world.settle();
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.assets.face(), Face::Empty);
}

#[test]
fn a_filter_by_state_asks_for_few_segments_and_says_so_of_many() {
    for (many, asks) in [(100, true), (1_000, false)] {
        let mut world = World::at_doc();
        world.keys("2");
        let rows = (1..=many).map(|n| Entry::Read(segment(&format!("s{n}"), n)));
        let opened = world.state.browse.open_mut().unwrap();
        opened.known.retain(|id, _| id.as_str() == "s1");
        opened.segments.list.replace(rows.collect::<Vec<_>>());
        world.take();
        world.keys("f j enter");
        world.wait(1000);
        let marks = |it: &&Load| matches!(it, Load::Marks(..));
        assert_eq!(world.loads().iter().any(marks), asks, "{many}");
        let told = world.state.notices.all.back().map(|it| it.text.clone());
        let told = told.is_some_and(|it| it.starts_with("999 segments were not asked"));
        assert_eq!(told, !asks, "{many}");
    }
}

#[test]
fn a_mark_that_failed_is_shown_as_such() {
    let mut world = World::new();
    world.keys("G enter");
    for _ in 0..10 {
        for effect in std::mem::take(&mut world.open) {
            match &effect {
                Effect::Load {
                    id,
                    what: Load::Marks(..),
                    ..
                } => world.send(Msg::Loaded {
                    id: *id,
                    answer: Answer::Marks(Err(error(ApiErrorKind::Server))),
                }),
                other => world.answer(other),
            }
        }
        world.wait(500);
    }
    let opened = world.state.browse.open().unwrap();
    let second = SegmentId::new("s2").unwrap();
    assert!(matches!(opened.mark(&second), Mark::Failed(_)));
}
