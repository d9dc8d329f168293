//! Esc, q, Ctrl-C, pastes: what leaves, and what never does.

use std::sync::Arc;

use super::world::World;
use crate::app::effect::Effect;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::app::{Key, Pane};
use crate::transfer::job::{Direction, Job, JobId, JobState};

fn quits(world: &World) -> bool {
    world.log.contains(&Effect::Quit)
}

fn running(world: &mut World) {
    world.send(Msg::Job(Arc::new(Job {
        id: JobId(9),
        account: super::services::account("web"),
        direction: Direction::Up,
        scope: super::services::site(),
        name: "x".into(),
        place: Arc::default(),
        size: None,
        state: JobState::Queued,
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    })));
}

#[test]
fn escape_only_goes_back_and_never_quits() {
    let mut world = World::at_site();
    world.keys("/ b enter space z");
    for _ in 0..20 {
        world.keys("esc");
    }
    assert!(!quits(&world));
    assert_eq!(world.state.browse.focus, Pane::Places);
    assert!(!world.state.browse.zoom);
    assert_eq!(world.names().len(), 3);
}

#[test]
fn escape_leaves_one_thing_at_a_time() {
    let mut world = World::at_site();
    world.keys("/ b enter space z");
    world.keys("esc");
    assert_eq!(world.state.browse.open().unwrap().assets.list.marks(), 0);
    assert_eq!(world.state.current_filter(), "b");
    world.keys("esc");
    assert_eq!(world.state.current_filter(), "");
    assert!(world.state.browse.zoom);
    world.keys("esc");
    assert!(!world.state.browse.zoom);
    assert_eq!(world.state.browse.focus, Pane::Assets);
    world.keys("esc");
    assert_eq!(world.state.browse.focus, Pane::Middle);
}

#[test]
fn q_quits_at_the_root_and_closes_what_is_above() {
    let mut world = World::new();
    world.keys("t q");
    assert!(!quits(&world));
    world.keys("q");
    assert!(quits(&world));
}

#[test]
fn q_asks_while_transfers_run_and_only_then() {
    let mut world = World::new();
    running(&mut world);
    world.keys("q");
    assert!(!quits(&world));
    assert!(
        world.sheet().contains("1 file is still"),
        "{}",
        world.sheet()
    );
    world.keys("enter");
    assert!(
        !quits(&world),
        "Enter answers the focused button, which is no"
    );
    world.keys("q y");
    assert!(quits(&world));
}

#[test]
fn a_yes_that_comes_at_once_was_meant_for_something_else() {
    let mut world = World::new();
    running(&mut world);
    world.wait(1000);
    world.send(Msg::Input(Input::Key(Key::char('q'))));
    world.send(Msg::Input(Input::Key(Key::char('y'))));
    assert!(!quits(&world));
    assert_eq!(world.state.modals.len(), 1);
}

#[test]
fn ctrl_c_leaves_the_top_thing_then_quits_within_two_seconds() {
    let mut world = World::at_site();
    world.keys("/ x");
    world.keys("ctrl-c");
    assert_eq!(world.state.current_filter(), "");
    assert!(!quits(&world));
    world.wait(2500);
    world.keys("ctrl-c");
    assert!(!quits(&world), "the first press was too long ago");
    world.keys("ctrl-c");
    assert!(quits(&world));
}

#[test]
fn ctrl_c_works_in_a_field_and_above_a_question() {
    let mut world = World::new();
    running(&mut world);
    world.keys("q");
    world.keys("ctrl-c");
    assert!(world.state.modals.is_empty());
    world.keys("ctrl-c");
    assert!(quits(&world));
}

#[test]
fn a_paste_never_runs_a_key() {
    let mut world = World::at_site();
    world.paste("dyq\n\x1b:quit\n");
    assert!(world.log.is_empty());
    assert!(world.state.modals.is_empty());
    world.keys("/");
    world.paste("q\nq\x1b");
    assert_eq!(world.state.current_filter(), "q q");
    assert!(!quits(&world));
}

#[test]
fn what_cannot_be_seen_is_not_obeyed() {
    let mut world = World::at_site();
    world.send(Msg::Input(Input::Resize(39, 12)));
    world.keys("d q ctrl-l");
    assert!(world.state.modals.is_empty() && !quits(&world));
    assert!(world.log.is_empty());
    world.keys("ctrl-c ctrl-c");
    assert!(quits(&world));
}

#[test]
fn what_cannot_be_seen_is_not_closed_either() {
    let mut world = World::at_site();
    world.keys("?");
    world.send(Msg::Input(Input::Resize(39, 12)));
    world.keys("ctrl-c");
    assert!(world.state.is_leaving(world.now) && world.state.modals.len() == 1);
    world.wait(3_000);
    world.send(Msg::Input(Input::Resize(120, 34)));
    assert!(!world.state.is_leaving(world.now) && !quits(&world));
    assert_eq!(world.state.modals.len(), 1);
}

#[test]
fn at_rest_nothing_is_due() {
    for mut world in [World::new(), World::at_site(), World::at_doc()] {
        world.keys("j k");
        world.settle();
        world.wait(20_000);
        assert_eq!(world.state.deadline(), None);
    }
}
