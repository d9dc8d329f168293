//! Reading what assets hold: what was read before first, then the cost, then those that hold the same.

use std::sync::Arc;

use super::services::{error, site};
use super::world::{World, assets};
use crate::api::ApiErrorKind;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, InContents, Msg};
use crate::domain::{Asset, Digest, Digests, Stamp};

fn asked(world: &World) -> Option<(RequestId, Load)> {
    world.log.iter().rev().find_map(|effect| match effect {
        Effect::Load { id, what, .. } => Some((*id, what.clone())),
        _ => None,
    })
}

fn tell(world: &mut World, part: InContents) {
    let (id, _) = asked(world).unwrap();
    let answer = Answer::Contents(Ok(part));
    world.send(Msg::Loaded { id, answer });
}

/// Behind the yes, with what is then asked for.
fn reading() -> (World, Arc<Vec<Asset>>) {
    let mut world = World::at_site();
    world.keys("=");
    assert_eq!(asked(&world).unwrap().1, Load::Digests(site()));
    world.settle();
    let sheet = world.sheet();
    let cost = "Reading 2 files of a size that others have, 200 B, takes 2 calls.";
    assert!(sheet.contains(cost), "{sheet}");
    world.keys("y");
    let Load::Contents(scope, assets) = asked(&world).unwrap().1 else {
        panic!("{:?}", world.log);
    };
    assert_eq!(scope, site());
    world.open.clear();
    (world, assets)
}

#[test]
fn the_cost_is_asked_about_and_then_those_that_hold_the_same_are_shown() {
    let (mut world, assets) = reading();
    let names: Vec<&str> = assets.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["banner.png", "clip.mp4"]);
    tell(&mut world, InContents::Came(50));
    let sheet = world.sheet();
    assert!(sheet.contains("0 of 2 files read, 50 B"), "{sheet}");
    tell(&mut world, InContents::Read(Ok(Digest([1; 32]))));
    let sheet = world.sheet();
    assert!(sheet.contains("1 of 2 files read, 100 B"), "{sheet}");
    tell(&mut world, InContents::Read(Ok(Digest([1; 32]))));
    tell(&mut world, InContents::End);
    assert!(world.state.modal_views().is_empty());
    assert_eq!(world.state.current_filter(), "is:identical");
    assert_eq!(world.names(), ["banner.png", "clip.mp4"]);
    let details = format!("{:?}", world.state.details());
    assert!(details.contains("as clip.mp4"), "{details}");
    // Everything is known by now.
    world.take();
    world.keys("/ esc =");
    world.settle();
    assert!(world.state.modal_views().is_empty());
    assert_eq!(world.state.current_filter(), "is:identical");
    assert_eq!(
        world.loads(),
        [&Load::Digests(site())],
        "nothing is read twice"
    );
}

#[test]
fn what_was_read_before_costs_nothing() {
    let mut world = World::at_site();
    world.keys("=");
    let (id, _) = asked(&world).unwrap();
    let mut digests = Digests::default();
    for (entry, byte) in assets(&site()).entries.read().zip([1, 2]) {
        let stamp = Stamp::of(&entry).unwrap();
        digests.put(None, entry.key.clone(), stamp, Digest([byte; 32]));
    }
    let answer = Answer::Digests(digests);
    world.send(Msg::Loaded { id, answer });
    assert!(world.state.modal_views().is_empty());
    assert_eq!(world.names(), [""; 0]);
    world.keys("/");
    world.type_text("-");
    assert_eq!(world.state.current_filter(), "is:identical");
}

#[test]
fn one_that_cannot_be_read_is_named_and_is_neither_identical_nor_unique() {
    let (mut world, _) = reading();
    tell(&mut world, InContents::Read(Ok(Digest([1; 32]))));
    let lost = error(ApiErrorKind::NotFound);
    tell(&mut world, InContents::Read(Err(lost)));
    tell(&mut world, InContents::End);
    let sheet = world.sheet();
    assert!(sheet.contains("1 file could not be read"), "{sheet}");
    assert!(sheet.contains("clip.mp4"), "{sheet}");
    world.keys("enter");
    assert_eq!(world.names(), [""; 0]);
    world.keys("/ esc /");
    world.type_text("-is:identical");
    assert_eq!(world.names(), [""; 0]);
}

#[test]
fn leaving_stops_it_and_keeps_what_was_read_and_an_early_filter_says_what_to_press() {
    let (mut world, _) = reading();
    tell(&mut world, InContents::Read(Ok(Digest([1; 32]))));
    let (id, _) = asked(&world).unwrap();
    world.keys("esc");
    assert!(world.log.contains(&Effect::Cancel(id)), "{:?}", world.log);
    world.keys("/");
    world.type_text("is:identical");
    world.keys("enter");
    assert_eq!(
        world.said(),
        "The contents of 1 asset were not read yet; : identical does it"
    );
    world.keys("/ esc =");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("Reading 1 file of a size"), "{sheet}");
}
