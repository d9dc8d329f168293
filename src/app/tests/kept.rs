//! What was kept from before: shown at once, replaced under a cursor that stays, and left alone where
//! nothing newer comes.

use std::time::Duration;

use super::services::{account, container, doc, error, page, segment, site};
use super::world::{World, answer};
use crate::api::ApiErrorKind;
use crate::app::browse::{Mark, PlaceRow};
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Batch, Came, Msg};
use crate::app::{Face, Pane};
use crate::domain::{Container, Entry, Keepable, Segment, SegmentId, Shelf};

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
    let id = asked(&world, |it| *it == Load::Assets(site()));
    let Answer::Assets(Ok(batch)) = answer(&account("web"), &Load::Assets(site())) else {
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
fn kept_marks_show_until_the_service_answers() {
    let mut world = World::at_doc();
    let second = SegmentId::new("s2").unwrap();
    world.state.browse.open_mut().unwrap().known.clear();
    world.state.browse.focus = Pane::Middle;
    world.keys("j");
    world.wait(1000);
    let id = asked(&world, |it| matches!(it, Load::Marks(..)));
    let kept = vec![(second.clone(), AGO, Vec::new())];
    send(&mut world, id, Answer::KeptMarks(kept));
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.mark(&second), Mark::None);
    assert_eq!(world.now.duration_since(opened.known[&second].at), AGO);
    // A failure leaves them as they are, and does not ask for them again and again.
    send(
        &mut world,
        id,
        Answer::Marks(Err(error(ApiErrorKind::Server))),
    );
    world.take();
    world.wait(5000);
    assert!(!world.loads().iter().any(|it| matches!(it, Load::Marks(..))));
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.mark(&second), Mark::None);
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
    let scope = crate::domain::AssetScope::Segment(doc().container().clone(), second);
    assert!(
        world.loads().contains(&&Load::Assets(scope)),
        "{:?}",
        world.log
    );
}
