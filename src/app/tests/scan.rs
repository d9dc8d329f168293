//! Scanning for what nothing uses: the cost first, then the assets.

use super::services::error;
use super::world::World;
use crate::api::ApiErrorKind;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, InScan, Msg};

fn asked(world: &World) -> Option<(RequestId, Load)> {
    world.log.iter().rev().find_map(|effect| match effect {
        Effect::Load { id, what, .. } => Some((*id, what.clone())),
        _ => None,
    })
}

fn at_scan() -> World {
    let mut world = World::at_site();
    world.keys(":");
    world.type_text("orphans");
    world.keys("enter");
    world
}

#[test]
fn the_cost_is_asked_about_and_then_the_orphans_are_shown() {
    let mut world = at_scan();
    assert!(
        world.sheet().contains("Counting templates"),
        "{}",
        world.sheet()
    );
    world.settle();
    assert!(
        world
            .sheet()
            .contains("Scanning 2 templates for the assets they use takes 2 calls"),
        "{}",
        world.sheet()
    );
    world.take();
    world.keys("y");
    let (id, scan) = asked(&world).unwrap();
    assert_eq!(scan, Load::Scan(vec!["t1".to_owned(), "t2".to_owned()]));
    world.send(Msg::Loaded {
        id,
        answer: Answer::Scanned(Ok(InScan::Read(1))),
    });
    assert!(
        world.sheet().contains("1 of 2 templates scanned"),
        "{}",
        world.sheet()
    );
    world.settle();
    assert!(world.state.modal_views().is_empty());
    assert_eq!(world.names(), ["clip.mp4"]);
    assert_eq!(world.state.current_filter(), "is:orphan");
    // The other way round, from what is known.
    world.keys("/ esc /");
    world.type_text("-is:orphan");
    assert_eq!(world.names(), ["banner.png"]);
}

#[test]
fn nothing_is_called_an_orphan_before_a_scan_or_after_one_that_failed() {
    let mut world = World::at_site();
    world.keys("/");
    world.type_text("is:orphan");
    assert_eq!(world.names(), [""; 0]);
    world.keys("enter");
    let said = format!("{:?}", world.state.notices);
    assert!(
        said.contains("The templates were not scanned yet"),
        "{said}"
    );

    let mut world = at_scan();
    world.settle();
    world.keys("y");
    let (id, _) = asked(&world).unwrap();
    world.send(Msg::Loaded {
        id,
        answer: Answer::Scanned(Err(error(ApiErrorKind::Transport))),
    });
    assert!(
        world.sheet().contains("may use any asset"),
        "{}",
        world.sheet()
    );
    world.keys("esc");
    assert_eq!(world.names().len(), 3);
}

#[test]
fn leaving_stops_it_and_a_service_that_does_not_tell_is_not_asked() {
    let mut world = at_scan();
    world.settle();
    world.keys("y");
    let (id, _) = asked(&world).unwrap();
    world.take();
    world.keys("esc");
    assert!(world.log.contains(&Effect::Cancel(id)), "{:?}", world.log);

    let mut world = World::at_doc();
    world.keys(":");
    world.type_text("orphans");
    world.take();
    world.keys("enter");
    assert_eq!(asked(&world), None);
}
