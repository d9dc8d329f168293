//! The box that finds anything: what it asks for, and where Enter goes.

use std::time::Duration;

use super::services::{account, asset, container, doc, page, segment, site};
use super::world::World;
use crate::app::Pane;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Batch, Came, Msg};
use crate::domain::{AssetScope, ContainerId, Entry, Hit, Hits, SegmentId, Thing};

fn hit(of: &str, thing: Thing) -> Hit {
    Hit {
        account: account(of),
        container: Some("Mobile app".to_owned()),
        thing,
        field: Some("name"),
        at: jiff::Timestamp::UNIX_EPOCH,
    }
}

/// The search that is under way: its number, and what for.
fn asked(world: &mut World) -> Option<(RequestId, String)> {
    world
        .take()
        .into_iter()
        .rev()
        .find_map(|effect| match effect {
            Effect::Find { id, filter, .. } => Some((id, filter.to_string())),
            _ => None,
        })
}

fn answer(world: &mut World, best: Vec<Hit>) {
    let (id, _) = asked(world).expect("something is looked for");
    let hits = Hits {
        all: best.len(),
        among: 9,
        best,
    };
    world.send(Msg::Found { id, hits: Ok(hits) });
}

#[test]
fn each_letter_looks_and_the_newest_answer_counts() {
    let mut world = World::new();
    world.keys("F");
    assert!(world.sheet().contains("Find anything"));
    assert!(asked(&mut world).is_none());
    world.type_text("h");
    let (first, text) = asked(&mut world).unwrap();
    assert_eq!(text, "h");
    world.type_text("e");
    let effects = world.take();
    assert!(effects.contains(&Effect::Cancel(first)), "{effects:?}");
    let hits = Hits {
        best: vec![hit("web", Thing::Container(container("w2", "Blog")))],
        all: 1,
        among: 9,
    };
    // The answer to the first comes too late.
    world.send(Msg::Found {
        id: first,
        hits: Ok(hits),
    });
    assert!(!world.sheet().contains("Blog"));
    // A wrong one says where, and looks for nothing.
    world.keys("ctrl-u");
    world.type_text("size:big");
    assert!(world.sheet().contains("not a size"), "{}", world.sheet());
    // What only a list can tell is said to be that, and not to be nowhere.
    for (text, why) in [
        ("is:duplicate", "cannot tell duplicates; is:duplicate"),
        ("missing:fr", "what segments have; missing:"),
    ] {
        world.keys("ctrl-u");
        world.take();
        world.type_text(text);
        let sheet = world.sheet();
        assert!(sheet.contains(why), "{sheet}");
        assert!(!sheet.contains("Nothing that was listed"), "{sheet}");
        assert_ne!(asked(&mut world).map(|it| it.1).as_deref(), Some(text));
    }
    world.keys("esc");
    assert!(world.log.contains(&Effect::EndFind));
    assert!(world.state.modals.is_empty());
}

#[test]
fn enter_goes_to_a_container() {
    let mut world = World::new();
    world.keys("F");
    world.type_text("blog");
    let thing = Thing::Container(container("w2", "Blog"));
    answer(&mut world, vec![hit("web", thing)]);
    world.keys("enter");
    world.settle();
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.id, ContainerId::new("w2").unwrap());
    assert!(world.state.modals.is_empty());
}

#[test]
fn enter_goes_to_an_asset_of_a_segment_that_is_not_listed_yet() {
    let mut world = World::new();
    world.keys("F");
    world.type_text("hero");
    let wanted = asset(&doc(), "hero.png", Some("fr"));
    let best = vec![hit("loc", Thing::Asset(Box::new(wanted.clone())))];
    answer(&mut world, best);
    world.keys("enter");
    world.settle();
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.scope.as_ref(), Some(&doc()));
    let under = opened.assets.list.current().and_then(Entry::seen).unwrap();
    assert_eq!(under.key, wanted.key);
    assert_eq!(world.state.browse.focus, Pane::Assets);
}

#[test]
fn enter_goes_to_a_segment_and_lifts_the_filter_that_hides_it() {
    let mut world = World::at_doc();
    world.keys("2 /");
    world.type_text("key-s1");
    world.keys("enter F");
    world.type_text("s3");
    let thing = Thing::Segment(doc().container().clone(), segment("s3", 3));
    answer(&mut world, vec![hit("loc", thing)]);
    world.keys("enter");
    world.settle();
    let opened = world.state.browse.open().unwrap();
    let scope = AssetScope::Segment(doc().container().clone(), SegmentId::new("s3").unwrap());
    assert_eq!(opened.scope, Some(scope));
    assert_eq!(opened.segments.list.shown().len(), 3);
    assert_eq!(world.state.browse.focus, Pane::Middle);
}

#[test]
fn enter_goes_to_an_asset_of_a_website_from_elsewhere() {
    let mut world = World::at_doc();
    world.keys("F");
    world.type_text("clip");
    let wanted = asset(&site(), "clip.mp4", None);
    answer(&mut world, vec![hit("web", Thing::Asset(Box::new(wanted)))]);
    world.keys("enter");
    world.settle();
    assert_eq!(world.current().as_deref(), Some("clip.mp4"));
}

/// Goes to what the index found, whether it is still there or not.
fn go_to(world: &mut World, of: &str, thing: Thing) {
    world.keys("F");
    world.type_text("x");
    answer(world, vec![hit(of, thing)]);
    world.keys("enter");
}

/// Nothing that can be deleted is under the keys, and what is gone was named.
fn says_gone(world: &World, what: &str) {
    let said = world.said();
    assert!(
        said.contains(what) && said.contains("not listed any more"),
        "{said}"
    );
    let focus = world.state.browse.focus;
    assert!(
        matches!(focus, Pane::Places | Pane::Middle),
        "{focus:?}: {said}"
    );
}

#[test]
fn an_asset_that_is_gone_is_said_to_be_and_no_other_stands_for_it() {
    let mut world = World::new();
    let gone = asset(&site(), "gone.png", None);
    go_to(&mut world, "web", Thing::Asset(Box::new(gone.clone())));
    world.settle();
    says_gone(&world, "gone.png");
    // The list is there by now: it is asked again before anything is said.
    world.keys("3 j");
    world.take();
    go_to(&mut world, "web", Thing::Asset(Box::new(gone)));
    assert!(
        world.loads().contains(&&Load::Assets(site(), None)),
        "{:?}",
        world.log
    );
    world.settle();
    says_gone(&world, "gone.png");
    let mut world = World::new();
    let gone = asset(&doc(), "gone.png", Some("fr"));
    go_to(&mut world, "loc", Thing::Asset(Box::new(gone)));
    world.settle();
    says_gone(&world, "gone.png");
}

#[test]
fn what_was_kept_and_is_gone_when_the_service_answers_is_said_to_be() {
    let mut world = World::new();
    let gone = asset(&site(), "gone.png", None);
    go_to(&mut world, "web", Thing::Asset(Box::new(gone.clone())));
    let id = world.pending_assets();
    let batch = |came, names: &[&str]| {
        let rows = names.iter().map(|name| asset(&site(), name, None));
        Answer::Assets(Ok(Batch {
            more: came != Came::Fresh,
            came,
            ..page(rows.collect::<Vec<_>>())
        }))
    };
    let kept = Came::Kept(Duration::from_hours(2));
    let answer = batch(kept, &["a.png", "gone.png", "z.png"]);
    world.send(Msg::Loaded { id, answer });
    assert_eq!(world.current().as_deref(), Some("gone.png"));
    let answer = batch(Came::Fresh, &["a.png", "z.png"]);
    world.send(Msg::Loaded { id, answer });
    says_gone(&world, "gone.png");
}

#[test]
fn who_went_elsewhere_meanwhile_is_told_nothing() {
    let mut world = World::new();
    let gone = asset(&site(), "gone.png", None);
    go_to(&mut world, "web", Thing::Asset(Box::new(gone)));
    world.keys("1");
    world.settle();
    assert!(!world.said().contains("not listed"), "{}", world.said());
}

#[test]
fn a_segment_that_is_gone_is_said_to_be() {
    let mut world = World::new();
    let thing = Thing::Segment(doc().container().clone(), segment("s9", 9));
    go_to(&mut world, "loc", thing);
    world.settle();
    says_gone(&world, "key-s9");
    // An asset goes with its segment.
    let scope = AssetScope::Segment(doc().container().clone(), SegmentId::new("s9").unwrap());
    let gone = asset(&scope, "hero.png", Some("fr"));
    go_to(&mut world, "loc", Thing::Asset(Box::new(gone)));
    world.settle();
    says_gone(&world, "hero.png");
    assert!(world.said().contains("its segment"), "{}", world.said());
}

#[test]
fn a_document_that_is_gone_is_said_to_be() {
    let mut world = World::new();
    go_to(
        &mut world,
        "loc",
        Thing::Container(container("d9", "Old app")),
    );
    world.settle();
    says_gone(&world, "Old app");
}
