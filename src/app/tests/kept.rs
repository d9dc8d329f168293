//! What was kept from before: shown at once, replaced under a cursor that stays, and left alone where
//! nothing newer comes.

use std::time::Duration;

use super::services::{account, container, doc, error, page, segment, site};
use super::world::{World, answer};
use crate::api::ApiErrorKind;
use crate::app::Face;
use crate::app::browse::{Mark, PlaceRow};
use crate::app::columns::{SEGMENT_COLUMNS, Value};
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::list::Sort;
use crate::app::msg::{Answer, Batch, Came, Msg};
use crate::domain::{AssetScope, Container, Entry, Keepable, Segment, SegmentId, Shelf};

const AGO: Duration = Duration::from_hours(2);

fn kept<T: Keepable>(batch: Batch<T>) -> Batch<T> {
    Batch {
        more: true,
        came: Came::Kept(AGO),
        ..batch
    }
}

fn recalled(names: &[&str]) -> Msg {
    let rows = names.iter().map(|name| container(name, name));
    Msg::Recalled {
        account: account("web"),
        batch: kept(page(rows.collect::<Vec<Container>>())),
    }
}

fn under_cursor(world: &World) -> String {
    match world.state.browse.places.current() {
        Some(PlaceRow::Container { entry, .. }) => entry.read().unwrap().name.clone(),
        other => format!("{other:?}"),
    }
}

/// The request for this, if it is awaited.
fn asked(world: &World, wanted: impl Fn(&Load) -> bool) -> RequestId {
    let found = world.open.iter().find_map(|effect| match effect {
        Effect::Load { id, what, .. } if wanted(what) => Some(*id),
        _ => None,
    });
    found.expect("it is asked for")
}

fn send(world: &mut World, id: RequestId, answer: Answer) {
    world.send(Msg::Loaded { id, answer });
}

#[test]
fn containers_are_there_before_the_key_is_and_the_cursor_stays() {
    let mut world = World::cold();
    world.send(recalled(&["w0", "w1"]));
    world.send(recalled(&["w2"]));
    world.keys("j j");
    assert_eq!(under_cursor(&world), "w1");
    let web = &world.state.browse.accounts[0];
    assert!(matches!(
        web.face(),
        Face::Rows {
            loading: false,
            at: Some(_),
            ..
        }
    ));
    // What the service lists takes their place; w0 is gone, and the cursor is still on w1.
    world.settle();
    assert_eq!(under_cursor(&world), "Shop");
    let web = &world.state.browse.accounts[0];
    assert_eq!(web.rows.len(), 2);
    // What comes too late changes nothing.
    world.send(recalled(&["w9"]));
    assert_eq!(world.state.browse.accounts[0].rows.len(), 2);
}

#[test]
fn kept_containers_that_come_after_the_key_still_come_first() {
    let mut world = World::cold();
    for effect in std::mem::take(&mut world.open) {
        if matches!(effect, Effect::Connect { .. }) {
            world.answer(&effect);
        }
    }
    asked(&world, |it| *it == Load::Containers);
    world.send(recalled(&["w0"]));
    world.send(recalled(&["w1"]));
    let web = &world.state.browse.accounts[0];
    assert_eq!(web.rows.len(), 2);
    assert!(matches!(
        web.face(),
        Face::Rows {
            loading: true,
            at: Some(_),
            ..
        }
    ));
    world.settle();
    let names =
        { world.state.browse.accounts[0].rows.iter() }.map(|row| row.read().unwrap().name.clone());
    assert_eq!(names.collect::<Vec<_>>(), ["Shop", "Blog"]);
}

#[test]
fn some_containers_come_before_all_and_in_place_of_none() {
    let early = |names: &[&str]| {
        let batch = Batch {
            more: true,
            came: Came::Early,
            ..page(names.iter().map(|it| container(it, it)))
        };
        Answer::Containers(Ok(batch))
    };
    for kept in [false, true] {
        let mut world = World::cold();
        if kept {
            world.send(recalled(&["w0", "w1"]));
        }
        for effect in std::mem::take(&mut world.open) {
            if matches!(effect, Effect::Connect { .. }) {
                world.answer(&effect);
            }
        }
        let id = asked(&world, |it| *it == Load::Containers);
        send(&mut world, id, early(&["w7"]));
        send(&mut world, id, early(&["w8"]));
        let web = &world.state.browse.accounts[0];
        let names = { web.rows.iter() }.map(|row| row.read().unwrap().name.clone());
        let names = names.collect::<Vec<_>>();
        if kept {
            assert_eq!(names, ["w0", "w1"]);
        } else {
            assert_eq!(names, ["w7"]);
        }
        assert!(matches!(web.face(), Face::Rows { loading: true, .. }));
        world.keys("ctrl-c");
        // Some of them do not stand for all.
        let web = &world.state.browse.accounts[0];
        assert_eq!(web.containers.value().is_some(), kept);
        world.wait(6_000);
        world.keys("g g R");
        world.settle();
        assert_eq!(world.state.browse.accounts[0].rows.len(), 2);
    }
}

/// At the document, its segments not answered yet.
fn opening() -> (World, RequestId) {
    let mut world = World::new();
    world.keys("G enter");
    let id = asked(&world, |it| matches!(it, Load::Segments(_, None, None, _)));
    let recall = { world.log.iter() }.any(|it| {
        matches!(
            it,
            Effect::Load {
                what: Load::Segments(..),
                recall: true,
                ..
            }
        )
    });
    assert!(recall, "{:?}", world.log);
    (world, id)
}

fn rows(of: &[u64]) -> Batch<Segment> {
    page(of.iter().map(|n| segment(&format!("s{n}"), *n)))
}

/// The same with another text at this position.
fn with_text(rows: &Shelf<Segment>, position: u64, text: &str) -> Shelf<Segment> {
    let mut rows: Vec<Entry<Segment>> = rows.clone().into();
    for entry in &mut rows {
        if let Entry::Read(segment) = entry
            && segment.position == position
        {
            segment.text = Some(text.to_owned());
        }
    }
    rows.into()
}

fn segments(world: &World) -> Vec<Option<String>> {
    let rows = world.state.browse.open().unwrap().segments.list.rows();
    { rows.iter() }
        .map(|row| row.read().unwrap().text.clone())
        .collect()
}

#[test]
fn kept_segments_hold_when_nothing_changed() {
    let (mut world, id) = opening();
    let mut batch = kept(rows(&[1, 2]));
    batch.seal = Some("monday".to_owned());
    send(&mut world, id, Answer::Segments(Ok(batch.clone())));
    batch.entries = rows(&[3]).entries;
    send(&mut world, id, Answer::Segments(Ok(batch)));
    let opened = world.state.browse.open().unwrap();
    match opened.segments.face() {
        Face::Rows { loading, at, .. } => {
            assert!(loading);
            assert_eq!(world.now.duration_since(at.unwrap()), AGO);
        }
        other => panic!("{other:?}"),
    }
    let told = with_text(&rows(&[1, 2, 3]).entries, 2, "new");
    send(&mut world, id, Answer::ChangedTexts(told));
    let unchanged = Batch {
        came: Came::Unchanged,
        seal: Some("tuesday".to_owned()),
        ..Batch::whole(Vec::new())
    };
    world.take();
    send(&mut world, id, Answer::Segments(Ok(unchanged)));
    assert_eq!(segments(&world), [None, Some("new".to_owned()), None]);
    let opened = world.state.browse.open().unwrap();
    let fetched = opened.segments.remote.value().unwrap();
    assert_eq!(fetched.seal.as_deref(), Some("tuesday"));
    assert_eq!(fetched.at, world.now);
    // A refresh says under what it holds them, and which.
    let shown = opened.segments.list.rows().clone();
    let wanted = |it: &Load| match it {
        Load::Segments(id, seal, None, rows) => {
            id == doc().container() && seal.as_deref() == Some("tuesday") && *rows == shown
        }
        _ => false,
    };
    world.keys("2 R");
    asked(&world, wanted);
    // Twice in a row it is not enough that nothing changed.
    world.take();
    world.keys("R");
    asked(&world, |it| matches!(it, Load::Segments(_, None, None, _)));
    world.wait(6_000);
    world.take();
    world.keys("R");
    asked(&world, wanted);
}

#[test]
fn texts_of_other_segments_than_are_shown_are_asked_for_again() {
    let (mut world, id) = opening();
    let listed = rows(&[1, 2]).entries;
    let untold = listed.read().map(|segment| {
        let mut segment = segment.into_owned();
        segment.key = None;
        Entry::Read(segment)
    });
    let listed: Shelf<Segment> = untold.collect();
    let batch = Batch::whole(listed.clone());
    send(&mut world, id, Answer::Segments(Ok(batch)));
    let texts = |it: &Load| matches!(it, Load::SegmentTexts(_, rows) if *rows == listed);
    let id = asked(&world, texts);
    world.open.clear();
    let others = with_text(&rows(&[1, 3]).entries, 3, "another");
    send(&mut world, id, Answer::SegmentTexts(Ok(others)));
    assert_eq!(segments(&world), [None, None]);
    let id = asked(&world, texts);
    let told = with_text(&listed, 2, "told");
    send(&mut world, id, Answer::SegmentTexts(Ok(told)));
    assert_eq!(segments(&world), [None, Some("told".to_owned())]);
    let opened = world.state.browse.open().unwrap();
    assert!(opened.texts.value().is_some());
}

#[test]
fn kept_rows_stay_where_the_service_cannot_be_asked() {
    let mut world = World::new();
    world.keys("j enter");
    let id = asked(&world, |it| *it == Load::Assets(site(), None));
    let Answer::Assets(Ok(batch)) = answer(&account("web"), &Load::Assets(site(), None)) else {
        panic!("the world has assets");
    };
    let many = batch.entries.len();
    send(&mut world, id, Answer::Assets(Ok(kept(batch))));
    let failure = Err(error(ApiErrorKind::Transport));
    send(&mut world, id, Answer::Assets(failure));
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.assets.list.len(), many);
    match opened.assets.face() {
        Face::Rows { error, at, .. } => assert!(error.is_some() && at.is_some()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn kept_marks_show_until_the_service_answers_and_are_no_newer_where_it_fails() {
    let mut world = World::at_doc();
    let third = SegmentId::new("s3").unwrap();
    world.state.browse.open_mut().unwrap().known.clear();
    world.keys("2 j");
    world.wait(1000);
    let id = asked(
        &world,
        |it| matches!(it, Load::Marks(_, ids) if ids.contains(&third)),
    );
    let kept = vec![(third.clone(), AGO, Vec::new())];
    send(&mut world, id, Answer::KeptMarks(kept));
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.mark(&third), Mark::None);
    assert_eq!(world.now.duration_since(opened.known[&third].at), AGO);
    // A failure leaves them as they are, and does not ask for them again and again.
    send(
        &mut world,
        id,
        Answer::Marks(Err(error(ApiErrorKind::Server))),
    );
    world.take();
    world.wait(5000);
    let marks = |it: &&Load| matches!(it, Load::Marks(_, ids) if ids.contains(&third));
    assert!(!world.loads().iter().any(marks));
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.mark(&third), Mark::None);
    // Who goes there asks for them, and sees that they are old.
    world.take();
    world.keys("j");
    world.wait(1000);
    let scope = AssetScope::Segment(doc().container().clone(), third.clone());
    let id = asked(&world, |it| *it == Load::Assets(scope.clone(), None));
    let told = world.state.details().unwrap();
    let assets = told.facts.iter().find(|it| it.label == "Assets").unwrap();
    assert_eq!(assets.value, Value::Text("none, not refreshed".to_owned()));
    let failure = Err(error(ApiErrorKind::Server));
    send(&mut world, id, Answer::Assets(failure));
    // Whoever comes by after a while asks again.
    world.keys("k");
    world.settle();
    world.wait(120_000);
    world.take();
    world.keys("k");
    world.wait(1000);
    assert!(world.loads().iter().any(marks), "{:?}", world.log);
}

#[test]
fn marks_are_asked_for_what_comes_into_view_when_texts_change_the_order() {
    let (mut world, id) = opening();
    world.keys("2");
    let many = 400;
    let listed = (1..=many).map(|n| {
        let mut segment = segment(&format!("s{n}"), n);
        segment.key = None;
        Entry::Read(segment)
    });
    let listed: Shelf<Segment> = listed.collect();
    let opened = world.state.browse.open_mut().unwrap();
    opened.segments.list.set_sort(Some(Sort {
        column: SEGMENT_COLUMNS[0],
        descending: false,
    }));
    let batch = Batch::whole(listed.clone());
    send(&mut world, id, Answer::Segments(Ok(batch)));
    let marks = |world: &World| {
        let loads = world.open.iter().rev();
        let found = loads.filter_map(|effect| match effect {
            Effect::Load {
                id,
                what: Load::Marks(_, segments),
                ..
            } => Some((*id, segments.clone())),
            _ => None,
        });
        found.collect::<Vec<_>>()
    };
    world.wait(1000);
    let (asked_id, _) = marks(&world)[0].clone();
    send(&mut world, asked_id, Answer::Marks(Ok(Vec::new())));
    world.open.clear();
    // The last come first, and the cursor, which the third pane follows, stays on its row.
    let told = listed.read().map(|segment| {
        let mut segment = segment.into_owned();
        segment.key = Some(format!("k{:04}", many - segment.position));
        Entry::Read(segment)
    });
    let told: Shelf<Segment> = told.collect();
    let texts = world.state.browse.open().unwrap().texts.pending().unwrap();
    send(&mut world, texts, Answer::SegmentTexts(Ok(told)));
    while world.state.unfinished() {
        world.send(Msg::GoOn);
    }
    world.wait(1000);
    let opened = world.state.browse.open().unwrap();
    let list = &opened.segments.list;
    let near = list.cursor().saturating_sub(5)..(list.cursor() + 5).min(list.shown().len());
    let asked: Vec<SegmentId> = marks(&world).into_iter().flat_map(|it| it.1).collect();
    for place in near {
        let id = list.row(place).unwrap().read().unwrap().id.clone();
        let here = opened.scope.as_ref().and_then(AssetScope::segment) == Some(&id);
        let known = here || opened.known.contains_key(&id) || asked.contains(&id);
        assert!(known, "{id:?} of {asked:?}");
    }
}

#[test]
fn assets_of_a_segment_that_were_kept_are_shown_and_asked_anew() {
    let mut world = World::at_doc();
    let opened = world.state.browse.open_mut().unwrap();
    let second = SegmentId::new("s2").unwrap();
    opened.known.get_mut(&second).unwrap().kept = true;
    world.keys("2 j");
    world.take();
    world.wait(1000);
    let scope = AssetScope::Segment(doc().container().clone(), second);
    assert!(
        world.loads().contains(&&Load::Assets(scope, None)),
        "{:?}",
        world.log
    );
}
