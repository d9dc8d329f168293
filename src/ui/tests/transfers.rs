//! The transfers pane and its sheets as a user sees them.

use std::sync::Arc;
use std::time::Duration;

use insta::assert_snapshot;
use jiff::SignedDuration;

use super::fixture::{error, name, now, view, worldly};
use super::{shoot, shoot_with};
use crate::api::{ApiErrorKind, Receipt, Step};
use crate::app::State;
use crate::app::modal::doubt::DoubtSheet;
use crate::app::modal::left::LeftSheet;
use crate::app::modal::transfers::TransfersPane;
use crate::app::msg::Msg;
use crate::domain::Looks;
use crate::domain::text::spell_in_ascii;
use crate::transfer::Held;
use crate::transfer::job::{Direction, Job, JobId, JobState, Look, Showed, Trail};
use crate::ui::theme::Theme;

fn job(id: u64, name_of: &str, state: JobState) -> Job {
    let container = crate::domain::ContainerId::new("1").unwrap();
    Job {
        id: JobId(id),
        account: name("acme-loc"),
        direction: Direction::Up,
        scope: crate::domain::AssetScope::Container(container),
        name: name_of.into(),
        place: "de images".into(),
        order: id.cast_signed(),
        size: Some(3_000_000),
        state,
        paused: false,
        trail: Trail::default(),
        warnings: Vec::new(),
    }
}

fn doubted(state: &State) -> Job {
    let ago = |seconds| state.time - SignedDuration::from_secs(seconds);
    Job {
        trail: Trail {
            unsettled: true,
            receipt: Some(Receipt {
                storage_key: "uploads/7f/hero.png".to_owned(),
            }),
            risked: Some((Step::Record, ago(95))),
            look: Some(Box::new(Look {
                at: ago(30),
                showed: Showed::Absent { among: 123 },
            })),
            listed: false,
        },
        ..job(
            4,
            "hero.png",
            JobState::InDoubt(error(ApiErrorKind::Transport).into()),
        )
    }
}

/// A job in each state.
fn many() -> State {
    let mut state = worldly();
    let soon = state.time + SignedDuration::from_secs(42);
    let done = JobState::Done {
        asset: None,
        path: None,
    };
    let limited = error(ApiErrorKind::RateLimited {
        after: Some(Duration::from_secs(42)),
    });
    let held = Held {
        account: name("acme-web"),
        until: soon,
        why: limited.clone(),
    };
    let elsewhere = Job {
        account: name("acme-web"),
        ..job(
            7,
            "banner.jpg",
            JobState::Waiting {
                until: soon,
                attempt: 2,
                error: limited.into(),
            },
        )
    };
    let waiting = JobState::Waiting {
        until: state.time + SignedDuration::from_secs(9),
        attempt: 3,
        error: error(ApiErrorKind::Server).into(),
    };
    let jobs = [
        job(1, "running.mp4", JobState::Running(Step::Send)),
        job(2, "attached.png", JobState::Running(Step::Attach)),
        job(3, "done.png", done),
        doubted(&state),
        job(
            5,
            "failed.png",
            JobState::Failed(error(ApiErrorKind::Invalid).into()),
        ),
        job(6, "waiting.png", waiting),
        elsewhere,
        Job {
            paused: true,
            ..job(8, "paused.png", JobState::Queued)
        },
        Job {
            direction: Direction::Down,
            place: "/home/ana/Downloads".into(),
            ..job(9, "ヒーロー画像.png", JobState::Queued)
        },
        job(
            10,
            "شعار الشركة.png",
            JobState::Unlisted {
                reason: "it is listed with another size".to_owned(),
            },
        ),
        job(11, "cafe\u{301}.png", JobState::Cancelled),
    ];
    for job in jobs {
        state.transfers.put(Arc::new(job), now());
    }
    state.update(Msg::Held(vec![held]), now());
    state.transfers.meters.bytes(JobId(1), 1_200_000, now());
    state
}

/// The pane over [`many`].
pub fn pane() -> State {
    let mut state = many();
    let pane = TransfersPane::new(&mut state);
    state.modals.push(Box::new(pane));
    state
}

/// The sheet of a file in doubt.
pub fn in_doubt() -> State {
    let mut state = many();
    let sheet = DoubtSheet::new(JobId(4), now());
    state.modals.push(Box::new(sheet));
    state
}

/// The offer at the start.
pub fn left_over() -> State {
    let mut state = worldly();
    let doubted = doubted(&state);
    let jobs = vec![
        Arc::new(job(1, "ポスター.png", JobState::Queued)),
        Arc::new(doubted),
        Arc::new(Job {
            paused: true,
            ..job(8, "שלט.png", JobState::Queued)
        }),
    ];
    let left = jobs.iter().map(|job| job.id).collect();
    let (works, closed) = (true, false);
    let queue = Msg::Queue {
        jobs,
        left,
        works,
        closed,
    };
    state.update(queue, now());
    state
}

#[test]
fn the_pane_in_ascii() {
    let shot = std::thread::spawn(|| {
        spell_in_ascii();
        let theme = Theme::new(&Looks::terminal(), true, true);
        shoot_with(&pane(), &mut view(theme), 100, 30).text()
    });
    let text = shot.join().unwrap();
    assert!(text.is_ascii());
    assert_snapshot!("transfers_ascii", text);
}

#[test]
fn what_was_left_over_is_offered_again() {
    let mut state = left_over();
    state.modals.clear();
    let text = shoot(&state, 100, 30).text();
    assert!(text.ends_with("3 left over  ? 1 in doubt"), "{text}");
    let sheet = LeftSheet::new(&state, now());
    state.modals.push(Box::new(sheet));
    assert!(shoot(&state, 80, 24).text().contains("שלט.png"));
}
