//! Transfers on the screen: their order, their marks, many of them; and jobs for the tests beside.

mod doubt;
mod left;
mod sheet;
mod waits;

use std::sync::Arc;

use jiff::Timestamp;

use super::services::{account, site};
use super::world::World;
use crate::api::{ApiError, ApiErrorKind, Receipt, Step};
use crate::app::effect::Effect;
use crate::app::modal::view::Block;
use crate::app::msg::Msg;
use crate::app::transfers::{Mark, marks};
use crate::transfer::job::{Direction, Job, JobId, JobState, Look, Showed, Trail};

fn job(id: u64, state: JobState) -> Job {
    Job {
        id: JobId(id),
        account: account("web"),
        direction: Direction::Up,
        scope: site(),
        name: format!("{id}.png").into(),
        place: Arc::default(),
        order: id.cast_signed(),
        size: Some(10),
        state,
        paused: false,
        trail: Trail::default(),
        warnings: Vec::new(),
    }
}

fn told(job: Job) -> Msg {
    Msg::Job(Arc::new(job))
}

fn error(kind: ApiErrorKind) -> ApiError {
    ApiError::new("upload the file", kind, "no")
}

fn lost(id: u64) -> Job {
    let mut job = job(id, JobState::InDoubt(error(ApiErrorKind::Transport).into()));
    job.trail = Trail {
        unsettled: true,
        receipt: Some(Receipt {
            storage_key: "uploads/k1".to_owned(),
        }),
        risked: Some((Step::Record, Timestamp::UNIX_EPOCH)),
        look: Some(Box::new(Look {
            at: Timestamp::UNIX_EPOCH,
            showed: Showed::Absent { among: 123 },
        })),
        listed: false,
    };
    job
}

fn queue(jobs: Vec<Job>, left: &[u64], works: bool) -> Msg {
    Msg::Queue {
        jobs: jobs.into_iter().map(Arc::new).collect(),
        left: left.iter().map(|id| JobId(*id)).collect(),
        works,
        closed: false,
    }
}

fn left_world() -> World {
    let mut world = World::new();
    let jobs = vec![job(1, JobState::Queued), lost(2), job(3, JobState::Queued)];
    world.send(queue(jobs, &[1, 2, 3], true));
    world.wait(1000);
    world.take();
    world
}

#[test]
fn pause_order_and_all_of_them() {
    let mut world = World::new();
    for id in 1..=3 {
        world.send(told(job(id, JobState::Queued)));
    }
    world.keys("t j");
    world.take();
    world.keys("space P K J < >");
    assert_eq!(
        world.take(),
        [
            Effect::PauseJob(JobId(2)),
            Effect::PauseAll,
            Effect::SwapJobs(JobId(2), JobId(1)),
            Effect::SwapJobs(JobId(2), JobId(3)),
            Effect::ReorderJob {
                job: JobId(2),
                first: true
            },
            Effect::ReorderJob {
                job: JobId(2),
                first: false
            },
        ]
    );
    // The queue tells the new order: the cursor stays on its job.
    world.send(told(Job {
        order: 0,
        ..job(2, JobState::Queued)
    }));
    assert_eq!(world.state.transfers.cursor_row(), 0);
    world.keys("K");
    assert!(world.said().contains("it is the first"), "{}", world.said());
    world.send(told(Job {
        order: 0,
        paused: true,
        ..job(2, JobState::Queued)
    }));
    world.take();
    world.keys("space O");
    assert_eq!(world.take(), [Effect::GoOnJob(JobId(2)), Effect::GoOnAll]);
}

#[test]
fn every_action_says_why_it_cannot_run() {
    let mut world = World::new();
    world.keys("t");
    for key in ["space", "r", "R", "x", "X", "c", "O", "enter", "K", "<"] {
        world.state.notices = crate::app::notice::Notices::default();
        world.keys(key);
        assert!(!world.said().is_empty(), "{key}");
    }
    world.keys("?");
    let sheet = world.sheet();
    assert!(sheet.contains("there are no transfers"), "{sheet}");
    assert!(!sheet.contains("upload"), "only what can be done here");
}

#[test]
fn three_marks_follow_the_steps() {
    use Mark::{No, NotYet, Now, Unknown, Yes};
    let of = |state| marks(&job(1, state)).unwrap();
    let running = |step| of(JobState::Running(step));
    assert_eq!(of(JobState::Queued), [NotYet; 3]);
    assert_eq!(running(Step::Send), [Now, NotYet, NotYet]);
    assert_eq!(running(Step::Record), [Yes, Now, NotYet]);
    assert_eq!(running(Step::Attach), [Yes, Now, NotYet]);
    assert_eq!(running(Step::Confirm), [Yes, Yes, Now]);
    let unlisted = JobState::Unlisted {
        reason: String::new(),
    };
    assert_eq!(of(unlisted), [Yes, Yes, No]);
    assert_eq!(marks(&lost(1)).unwrap(), [Yes, Unknown, Unknown]);
    let down = Job {
        direction: Direction::Down,
        ..job(1, JobState::Queued)
    };
    assert_eq!(marks(&down), None);
}

#[test]
fn a_hundred_thousand_make_no_more_rows_than_the_screen_has() {
    let mut world = World::new();
    let jobs = (1..=100_000).map(|id| job(id, JobState::Queued)).collect();
    world.send(queue(jobs, &[], true));
    world.keys("t end");
    let views = world.state.modal_views();
    let rows = views[0].blocks.iter().find_map(|block| match block {
        Block::List { rows, cursor, .. } => Some((rows, *cursor)),
        _ => None,
    });
    let (rows, cursor) = rows.unwrap();
    assert_eq!((rows.len(), cursor), (100_000, 99_999));
    let made = rows.from(0).count();
    assert!(made <= 2 * world.state.page(), "{made}");
    assert_eq!(rows.from(0).last().unwrap().0, 99_999);
    assert_eq!(world.state.transfers.counts().queued, 100_000);
    world.send(told(job(100_000, JobState::Cancelled)));
    assert_eq!(world.state.transfers.counts().queued, 99_999);
}
