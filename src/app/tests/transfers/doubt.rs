//! What is in doubt: told whole, and never sent without a yes.

use super::{error, job, lost, told};
use crate::api::{ApiErrorKind, Step};
use crate::app::effect::Effect;
use crate::app::tests::world::World;
use crate::transfer::job::{JobId, JobState};

#[test]
fn the_doubt_sheet_tells_all_and_sends_nothing_without_a_yes() {
    let mut world = World::new();
    world.send(told(job(1, JobState::Running(Step::Record))));
    world.send(told(lost(1)));
    let sheet = world.sheet();
    for part in [
        "uploads/k1",
        "1.png",
        "recording",
        "among the 123",
        "Look again",
    ] {
        assert!(sheet.contains(part), "{part}: {sheet}");
    }
    world.wait(1000);
    world.take();
    world.keys("l");
    assert_eq!(world.take(), [Effect::LookAgain(JobId(1))]);
    world.keys("s");
    assert!(
        world.sheet().contains("there will be two"),
        "{}",
        world.sheet()
    );
    world.keys("enter");
    assert_eq!(world.take(), []);
    world.keys("s");
    world.wait(1000);
    world.keys("y");
    assert_eq!(world.take(), [Effect::RetryJob(JobId(1))]);
    world.keys("d");
    world.wait(1000);
    world.keys("y");
    assert_eq!(world.take(), [Effect::CallDone(JobId(1))]);
    world.keys("x");
    assert_eq!(world.take(), [Effect::CancelJob(JobId(1))]);
    assert!(world.state.modals.is_empty());
}

#[test]
fn a_doubt_never_takes_keys_from_a_form() {
    let mut world = World::at_site();
    world.keys("t");
    world.send(told(lost(1)));
    assert_eq!(world.state.modals.len(), 1);
    world.keys("r");
    assert_eq!(world.state.modals.len(), 2, "r asks, and sends nothing");
    assert!(!world.log.contains(&Effect::RetryJob(JobId(1))));
}

#[test]
fn retry_all_leaves_what_is_in_doubt() {
    let mut world = World::new();
    world.send(told(job(
        1,
        JobState::Failed(error(ApiErrorKind::Server).into()),
    )));
    world.keys("t");
    world.send(told(lost(2)));
    world.take();
    world.keys("R");
    assert_eq!(world.take(), [Effect::RetryJob(JobId(1))]);
}

#[test]
fn what_is_just_being_recorded_says_why_it_is_not_cancelled() {
    for step in [Step::Record, Step::Attach] {
        let mut world = World::new();
        world.send(told(job(1, JobState::Running(step))));
        world.send(told(job(2, JobState::Queued)));
        world.keys("t");
        world.take();
        world.keys("x");
        assert_eq!(world.take(), []);
        assert!(
            world.said().contains("the service is just recording it"),
            "{}",
            world.said()
        );
        // All at once leaves it out, and says so.
        world.keys("X");
        let sheet = world.sheet();
        assert!(sheet.contains("just recording will be finished"), "{sheet}");
        world.wait(1000);
        world.keys("y");
        assert_eq!(world.take(), [Effect::CancelJob(JobId(2))]);
    }
    let mut world = World::new();
    world.send(told(job(1, JobState::Running(Step::Send))));
    world.keys("t");
    world.take();
    world.keys("x");
    assert_eq!(world.take(), [Effect::CancelJob(JobId(1))]);
}
