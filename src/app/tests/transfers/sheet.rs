//! The sheet of transfers: what its keys do, and what foreign text becomes there.

use super::*;
use crate::app::Pane;

#[test]
fn transfers_are_retried_cancelled_and_cleared() {
    let mut world = World::at_site();
    world.send(told(job(
        1,
        JobState::Failed(error(ApiErrorKind::Server).into()),
    )));
    world.send(told(job(2, JobState::Queued)));
    world.send(told(job(3, JobState::Cancelled)));
    let strip = world.state.transfers.strip(world.state.time);
    let counts = strip.counts;
    assert_eq!((strip.total(), counts.failed, counts.queued), (2, 1, 1));
    world.settle();
    world.take();
    world.keys("t r j x");
    assert_eq!(
        world.take(),
        [Effect::RetryJob(JobId(1)), Effect::CancelJob(JobId(2))]
    );
    world.keys("c");
    assert_eq!(world.take(), [Effect::ClearJobs(vec![JobId(3)])]);
    world.keys("X y");
    assert_eq!(world.take(), [Effect::CancelJob(JobId(2))]);
    world.keys("home enter");
    assert!(world.sheet().contains("What went wrong"));
}

#[test]
fn foreign_text_reaches_a_sheet_with_marks_only() {
    let mut world = World::at_site();
    world.send(told(Job {
        name: "a\x1b]52;c;evil\x07\u{202e}.png".into(),
        ..job(1, JobState::Failed(error(ApiErrorKind::Server).into()))
    }));
    world.keys("t");
    assert!(world.sheet().contains("⟨1B⟩") && !world.sheet().contains("\\u{1b}"));
    assert!(!world.said().contains('\x1b'));
    assert_eq!(world.state.browse.focus, Pane::Assets);
}
