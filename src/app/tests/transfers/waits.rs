//! What waits: for its time, for its account, for the user.

use std::time::Duration;

use jiff::SignedDuration;

use super::{error, job, queue, told};
use crate::api::ApiErrorKind;
use crate::app::effect::Effect;
use crate::app::msg::Msg;
use crate::app::tests::services::account;
use crate::app::tests::world::World;
use crate::transfer::Held;
use crate::transfer::job::JobState;

#[test]
fn a_wait_counts_down_only_while_it_is_seen_and_a_pause_holds_the_account() {
    let mut world = World::new();
    world.settle();
    let asked = Some(Duration::from_secs(42));
    let then = world.state.time + SignedDuration::from_secs(42);
    world.send(told(job(
        1,
        JobState::Waiting {
            until: then,
            attempt: 2,
            error: error(ApiErrorKind::RateLimited { after: asked }).into(),
        },
    )));
    world.send(told(job(2, JobState::Queued)));
    world.send(Msg::Held(vec![Held {
        account: account("web"),
        until: then,
        why: error(ApiErrorKind::RateLimited { after: asked }),
    }]));
    let soon = world.now + Duration::from_secs(5);
    assert!(
        world.state.deadline().is_none_or(|at| at > soon),
        "nothing is seen of it: {:?}",
        world.state.deadline()
    );
    assert_eq!(
        world.state.transfers.strip(world.state.time).held,
        Some(account("web"))
    );
    world.keys("t");
    let held = "held by web, 42 s to go (the service asked for 42 s: too many calls)";
    assert_eq!(world.sheet().matches(held).count(), 2, "{}", world.sheet());
    assert!(world.state.deadline().unwrap() <= world.now + Duration::from_secs(1));
    world.state.time += SignedDuration::from_millis(1500);
    world.send(Msg::Tick);
    assert!(world.sheet().contains("41 s to go"), "{}", world.sheet());
    world.state.time = then;
    world.send(Msg::Tick);
    assert!(!world.sheet().contains("to go"), "{}", world.sheet());
    assert_eq!(world.state.transfers.strip(world.state.time).held, None);
}

#[test]
fn a_worker_that_is_stopped_is_told_until_it_goes_on() {
    let mut world = World::new();
    world.settle();
    world.send(queue(vec![job(1, JobState::Queued)], &[], false));
    world.keys("t");
    assert!(
        world.sheet().contains("is handed to it"),
        "{}",
        world.sheet()
    );
    world.send(Msg::WorkerStopped(Some(77)));
    assert!(world.sheet().contains("kill -CONT 77"), "{}", world.sheet());
    world.send(Msg::WorkerStopped(None));
    assert!(
        world.sheet().contains("is handed to it"),
        "{}",
        world.sheet()
    );
}

#[test]
fn a_pause_is_what_the_queue_says_and_not_what_one_job_waits_for() {
    let held = |world: &World| world.state.transfers.strip(world.state.time).held;
    for works in [true, false] {
        let mut world = World::new();
        world.send(queue(Vec::new(), &[], works));
        let limited = error(ApiErrorKind::RateLimited { after: None });
        let until = world.state.time + SignedDuration::from_secs(42);
        world.send(told(job(
            1,
            JobState::Waiting {
                until,
                attempt: 2,
                error: limited.clone().into(),
            },
        )));
        assert_eq!(held(&world), None);
        world.send(Msg::Held(vec![Held {
            account: account("web"),
            until,
            why: limited,
        }]));
        assert_eq!(held(&world), Some(account("web")));
        world.send(Msg::Held(Vec::new()));
        assert_eq!(held(&world), None);
    }
}

#[test]
fn pausing_all_holds_what_is_added_until_all_go_on() {
    let mut world = World::new();
    world.keys("t P");
    assert_eq!(
        world.take(),
        [Effect::PauseAll],
        "nothing need be under way"
    );
    assert!(
        world.sheet().contains("new ones will be"),
        "{}",
        world.sheet()
    );
    world.keys("P");
    assert!(world.said().contains("all is paused"), "{}", world.said());
    world.keys("O");
    assert_eq!(world.take(), [Effect::GoOnAll]);
    assert!(!world.sheet().contains("new ones will be"));
    world.keys("O");
    assert!(
        world.said().contains("nothing is paused"),
        "{}",
        world.said()
    );
}
