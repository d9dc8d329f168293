//! Transfers on the screen: what an earlier run left, what is in doubt, what waits, and many of them.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::services::{account, site};
use super::world::World;
use crate::api::{ApiError, ApiErrorKind, Receipt, Step};
use crate::app::effect::Effect;
use crate::app::modal::view::Block;
use crate::app::msg::Msg;
use crate::app::transfers::{Mark, marks};
use crate::transfer::Held;
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
fn what_an_earlier_run_left_begins_only_when_the_user_says_so() {
    let mut world = left_world();
    let sheet = world.sheet();
    assert!(sheet.contains("3 files of an earlier run"), "{sheet}");
    assert!(sheet.contains("1 in doubt"), "{sheet}");
    assert!(sheet.contains("2.png"), "{sheet}");
    world.keys("esc");
    assert_eq!(world.take(), [], "later means that nothing happens");
    assert_eq!(world.state.transfers.left_count(), 3, "the strip says so");
    world.keys("t O");
    assert_eq!(world.take(), [Effect::GoOnAll]);
    assert_eq!(world.state.transfers.left_count(), 0);
}

#[test]
fn enter_goes_on_look_opens_the_pane_and_drop_asks_first() {
    let mut world = left_world();
    world.keys("enter");
    assert_eq!(world.take(), [Effect::Resume]);
    assert!(world.state.modals.is_empty());

    let mut world = left_world();
    world.keys("l");
    assert!(world.sheet().contains("Transfers"), "{}", world.sheet());
    world.keys("space");
    assert_eq!(world.take(), [Effect::GoOnJob(JobId(1))]);

    let mut world = left_world();
    world.keys("d");
    assert!(
        world.sheet().contains("3 files will not"),
        "{}",
        world.sheet()
    );
    // One may be at the service already, and would be dropped unseen.
    assert!(
        world.sheet().contains("1 of them is in doubt"),
        "{}",
        world.sheet()
    );
    world.keys("enter");
    assert_eq!(world.take(), [], "Enter answers no");
    let mut world = left_world();
    world.keys("d");
    world.wait(1000);
    world.keys("y");
    let dropped: Vec<Effect> = [1, 2, 3].map(|id| Effect::CancelJob(JobId(id))).into();
    assert_eq!(world.take(), dropped);
}

#[test]
fn a_key_meant_for_something_else_does_not_answer_the_offer() {
    let mut world = World::new();
    world.send(queue(vec![job(1, JobState::Queued)], &[1], true));
    world.send(Msg::Input(crate::app::Input::Key(crate::app::Key::plain(
        crate::app::key::Code::Enter,
    ))));
    assert!(!world.log.contains(&Effect::Resume));
    assert_eq!(world.state.modals.len(), 1);
}

#[test]
fn nothing_is_offered_where_another_program_works() {
    let mut world = World::new();
    world.send(queue(vec![job(1, JobState::Queued)], &[1], false));
    assert!(world.state.modals.is_empty());
    world.keys("t");
    assert!(
        world.sheet().contains("Another assetdeck works"),
        "{}",
        world.sheet()
    );
    world.take();
    world.keys("K");
    assert_eq!(world.take(), [], "the order is the other's");
    world.wait(1500);
    assert!(world.log.contains(&Effect::RefreshQueue), "it is looked at");
    world.send(queue(Vec::new(), &[1], true));
    assert!(!world.sheet().contains("Another assetdeck works"));
}

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

#[test]
fn a_pause_of_all_that_an_earlier_run_left_is_shown() {
    let mut world = World::new();
    world.send(Msg::Queue {
        jobs: Vec::new(),
        left: Vec::new(),
        works: true,
        closed: true,
    });
    assert!(world.state.transfers.closed);
}

#[test]
fn the_pane_opens_at_what_is_not_finished_and_says_that_a_pause_is_on_its_way() {
    let mut world = World::new();
    let done = JobState::Done {
        asset: None,
        path: None,
    };
    world.send(told(job(1, done)));
    let mut sending = job(2, JobState::Running(Step::Send));
    sending.paused = true;
    world.send(told(sending));
    world.keys("t");
    assert_eq!(world.state.transfers.cursor_row(), 1);
    assert!(
        world.sheet().contains("pausing: sending"),
        "{}",
        world.sheet()
    );
    world.keys("k esc t");
    assert_eq!(world.state.transfers.cursor_row(), 0, "where it was left");
}
