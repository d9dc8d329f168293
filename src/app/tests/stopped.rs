//! A listing of segments that is stopped: the rows stay, and it goes on behind them.

use super::services::{asset, error, page, segment, site};
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::browse::Known;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Batch, Came, Msg};
use crate::domain::{Cursor, Segment, SegmentId};

/// The last listing of segments that was asked for, and where it begins.
fn asked(world: &World) -> Option<(RequestId, Option<Cursor>)> {
    world.log.iter().rev().find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Segments(_, _, from, _),
            ..
        } => Some((*id, from.clone())),
        _ => None,
    })
}

fn came(world: &mut World, segments: &[u64], next: Option<&str>) {
    let rows = segments.iter().map(|n| segment(&format!("s{n}"), *n));
    let batch = Batch {
        more: next.is_some(),
        next: next.map(|it| Cursor(it.to_owned())),
        ..page(rows)
    };
    send(world, batch);
}

fn send(world: &mut World, batch: Batch<Segment>) {
    let (id, _) = asked(world).unwrap();
    let answer = Answer::Segments(Ok(batch));
    world.send(Msg::Loaded { id, answer });
}

fn positions(world: &World) -> Vec<u64> {
    let opened = world.state.browse.open().unwrap();
    let rows = opened.segments.list.rows().iter();
    rows.filter_map(|entry| entry.read().map(|it| it.position))
        .collect()
}

/// Two pages came before it was stopped; the cursor is on the third row.
fn stopped() -> World {
    let mut world = World::new();
    world.keys("G enter");
    assert_eq!(asked(&world).unwrap().1, None);
    came(&mut world, &[1, 2], Some("2"));
    world.keys("2 j");
    came(&mut world, &[3, 4], Some("4"));
    world.keys("j ctrl-c");
    assert!(
        world.said().contains("4 segments are there; R goes on"),
        "{}",
        world.said()
    );
    world.take();
    world.wait(6_000);
    world
}

fn here(world: &World) -> u64 {
    let opened = world.state.browse.open().unwrap();
    let current = opened.segments.list.current().unwrap();
    current.read().unwrap().position
}

#[test]
fn it_goes_on_behind_the_pages_that_came_and_the_cursor_stays() {
    let mut world = stopped();
    assert_eq!((positions(&world), here(&world)), (vec![1, 2, 3, 4], 3));
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, Some(Cursor("4".to_owned())));
    came(&mut world, &[5], None);
    assert_eq!(positions(&world), [1, 2, 3, 4, 5]);
    assert_eq!(here(&world), 3);
    // Whole, it begins with the first page again.
    world.wait(6_000);
    world.take();
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, None);
}

#[test]
fn a_refresh_that_was_stopped_goes_on_as_well_and_shows_nothing_before_it_is_whole() {
    let mut world = stopped();
    world.keys("R");
    came(&mut world, &[5], None);
    world.wait(6_000);
    world.keys("R");
    came(&mut world, &[1, 2, 6], Some("6"));
    assert_eq!(positions(&world), [1, 2, 3, 4, 5]);
    world.keys("ctrl-c");
    world.wait(6_000);
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, Some(Cursor("6".to_owned())));
    came(&mut world, &[3], None);
    assert_eq!(positions(&world), [1, 2, 6, 3]);
    assert_eq!(here(&world), 3);
}

#[test]
fn what_changed_meanwhile_comes_whole_and_nothing_jumps() {
    let mut world = stopped();
    world.keys("R");
    let anew = Batch {
        more: true,
        came: Came::Anew,
        ..Batch::whole(Vec::new())
    };
    send(&mut world, anew);
    assert!(world.said().contains("listed anew"), "{}", world.said());
    came(&mut world, &[7, 1], Some("7"));
    assert_eq!((positions(&world), here(&world)), (vec![1, 2, 3, 4], 3));
    came(&mut world, &[3], None);
    assert_eq!((positions(&world), here(&world)), (vec![7, 1, 3], 3));
}

#[test]
fn a_page_that_fails_is_gone_on_with_and_twice_in_a_row_all_comes_anew() {
    let mut world = stopped();
    world.keys("R");
    let (id, _) = asked(&world).unwrap();
    let answer = Answer::Segments(Err(error(ApiErrorKind::Transport)));
    world.send(Msg::Loaded { id, answer });
    world.wait(6_000);
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, Some(Cursor("4".to_owned())));
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, None);
}

/// The last listing of assets that was asked for, and where it begins.
fn asked_assets(world: &World) -> (RequestId, Option<Cursor>) {
    let asked = world.log.iter().rev().find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Assets(_, from),
            ..
        } => Some((*id, from.clone())),
        _ => None,
    });
    asked.unwrap()
}

fn assets_came(world: &mut World, names: &[&str], next: Option<&str>) {
    let rows = names.iter().map(|name| asset(&site(), name, None));
    let batch = Batch {
        more: next.is_some(),
        next: next.map(|it| Cursor(it.to_owned())),
        ..page(rows)
    };
    let answer = Answer::Assets(Ok(batch));
    let (id, _) = asked_assets(world);
    world.send(Msg::Loaded { id, answer });
}

/// Two pages of assets came before it was stopped.
fn stopped_assets() -> World {
    let mut world = World::new();
    world.keys("j enter");
    assets_came(&mut world, &["a", "b"], Some("2"));
    world.keys("3 j");
    assets_came(&mut world, &["c"], Some("3"));
    world.keys("ctrl-c");
    let said = world.said();
    assert!(said.contains("3 assets are there; R goes on"), "{said}");
    let opened = world.state.browse.open().unwrap();
    assert!(opened.assets.is_cut_off());
    world.take();
    world.wait(6_000);
    world
}

#[test]
fn assets_go_on_behind_the_pages_that_came_and_twice_in_a_row_come_anew() {
    let mut world = stopped_assets();
    world.keys("R");
    assert_eq!(asked_assets(&world).1, Some(Cursor("3".to_owned())));
    assets_came(&mut world, &["d"], Some("4"));
    assert_eq!(world.names(), ["a", "b", "c", "d"]);
    assert_eq!(world.current().unwrap(), "b");
    world.keys("R");
    assert_eq!(asked_assets(&world).1, None);
    assets_came(&mut world, &["x", "b"], None);
    assert_eq!(world.names(), ["x", "b"]);
    assert_eq!(world.current().unwrap(), "b");
    let opened = world.state.browse.open().unwrap();
    assert!(!opened.assets.is_cut_off());
}

#[test]
fn assets_that_do_not_hold_any_more_come_whole_and_what_was_sent_is_looked_for_from_the_first_page()
{
    let mut world = stopped_assets();
    world.keys("R");
    let (id, _) = asked_assets(&world);
    let anew = Batch {
        more: true,
        came: Came::Anew,
        ..Batch::whole(Vec::new())
    };
    let answer = Answer::Assets(Ok(anew));
    world.send(Msg::Loaded { id, answer });
    assets_came(&mut world, &["b"], Some("1"));
    assert_eq!(world.names(), ["a", "b", "c"]);
    assets_came(&mut world, &["z"], None);
    assert_eq!(world.names(), ["b", "z"]);
    let mut world = stopped_assets();
    let account = world.state.browse.open().unwrap().account.clone();
    let now = world.now;
    world.state.touch(&account, &site(), now);
    world.wait(5_000);
    assert_eq!(asked_assets(&world).1, None);
}

/// The answer that tells the document's locales.
fn locate(world: &mut World) {
    let located = world.open.iter().find_map(|effect| match effect {
        Effect::Load {
            id,
            account,
            what: what @ Load::Container(_),
            ..
        } => Some((*id, super::world::answer(account, what))),
        _ => None,
    });
    let (id, answer) = located.expect("they are asked for");
    world.send(Msg::Loaded { id, answer });
}

#[test]
fn the_coverage_of_a_list_that_was_stopped_goes_on_with_it_and_never_takes_it_for_whole() {
    let mut world = stopped();
    let now = world.now;
    let opened = world.state.browse.open_mut().unwrap();
    opened.listed.segments = Some(20);
    for n in 1..=4 {
        let known = Known::of(Ok(Vec::new().into()), now);
        let id = SegmentId::new(format!("s{n}")).unwrap();
        opened.known.insert(id, known);
    }
    world.open.clear();
    world.keys("c");
    let from = asked(&world).map(|it| it.1);
    assert_eq!(from, Some(Some(Cursor("4".to_owned()))));
    locate(&mut world);
    let opened = world.state.browse.open_mut().unwrap();
    if let Some(container) = opened.container.value() {
        let mut container = container.clone();
        container.segments = Some(20);
        opened.container = crate::app::remote::Remote::Loaded(container);
    }
    let (id, _) = asked(&world).unwrap();
    let answer = Answer::Segments(Err(error(ApiErrorKind::Transport)));
    world.send(Msg::Loaded { id, answer });
    let sheet = world.sheet();
    assert!(sheet.contains("4 segments"), "{sheet}");
    assert!(
        sheet.contains(" of 20") && sheet.contains("R goes on"),
        "{sheet}"
    );
    assert!(!sheet.contains("no gaps"), "{sheet}");
    assert!(sheet.contains("could not be listed"), "{sheet}");
    world.take();
    world.keys("R");
    assert_eq!(asked(&world).unwrap().1, Some(Cursor("4".to_owned())));
    came(&mut world, &[5], None);
    let sheet = world.sheet();
    assert!(
        sheet.contains("5 segments") && !sheet.contains("R goes on"),
        "{sheet}"
    );
}

#[test]
fn a_refresh_that_is_stopped_says_what_is_shown_meanwhile() {
    let mut world = stopped();
    world.keys("R");
    came(&mut world, &[5], None);
    world.wait(6_000);
    world.keys("R");
    came(&mut world, &[1, 2], Some("2"));
    world.keys("ctrl-c");
    assert!(
        world
            .said()
            .contains("2 segments came anew; the 5 from before are shown until R has gone on"),
        "{}",
        world.said()
    );
}
