//! What may happen to a job, and that no cut of its history loses or doubles it.

use super::*;
use crate::domain::ContainerId;
use proptest::prelude::*;

pub fn job() -> Job {
    Job {
        id: JobId(1),
        account: AccountName::new("a").unwrap(),
        direction: Direction::Up,
        scope: AssetScope::Container(ContainerId::new("c").unwrap()),
        name: "hero.png".into(),
        place: Arc::default(),
        size: Some(3),
        state: JobState::Queued,
        paused: false,
        order: 0,
        trail: Trail::default(),
        warnings: Vec::new(),
    }
}

fn error() -> ApiError {
    ApiError::new("upload the file", ApiErrorKind::Server, "no")
}

/// Any event; several of them often enough for long histories.
pub fn events() -> impl Strategy<Value = Vec<JobEvent>> {
    let steps = prop::sample::select(vec![
        Step::AskLink,
        Step::Send,
        Step::Record,
        Step::Attach,
        Step::Texts,
        Step::Confirm,
        Step::Remove,
    ]);
    let event = prop_oneof![
        6 => (steps, any::<bool>()).prop_map(|(step, known)| JobEvent::Step {
            step,
            receipt: known.then(|| Receipt { storage_key: "k".to_owned() }),
            at: Timestamp::UNIX_EPOCH,
        }),
        1 => (1_u32..9).prop_map(|attempt| JobEvent::Wait {
            until: Timestamp::UNIX_EPOCH,
            attempt,
            error: error(),
        }),
        1 => Just(JobEvent::Done { asset: None, path: None }),
        1 => Just(JobEvent::Failed(error())),
        1 => Just(JobEvent::InDoubt(error())),
        1 => Just(JobEvent::Unlisted { reason: "short".to_owned() }),
        1 => Just(JobEvent::Cancelled),
        1 => Just(JobEvent::Paused),
        1 => Just(JobEvent::WentOn),
        1 => Just(JobEvent::Retried),
        2 => Just(JobEvent::Interrupted),
        1 => Just(JobEvent::Warned("w".to_owned())),
        1 => any::<u64>().prop_map(|among| JobEvent::Looked(Look {
            at: Timestamp::UNIX_EPOCH,
            showed: Showed::Absent { among },
        })),
        1 => Just(JobEvent::Looked(Look {
            at: Timestamp::UNIX_EPOCH,
            showed: Showed::Nothing("no".to_owned()),
        })),
    ];
    prop::collection::vec(event, 0..30)
}

/// A record may exist at the service after these events: one was asked for, and neither did the
/// service answer that it made none, nor was a new try begun after a look.
fn may_be_recorded(taken: &[JobEvent]) -> bool {
    let (mut may, mut listed) = (false, false);
    for event in taken {
        match event {
            JobEvent::Step {
                step: Step::AskLink | Step::Send,
                ..
            }
            | JobEvent::Done { .. } => (may, listed) = (false, false),
            // What was listed stays so.
            JobEvent::Failed(_) | JobEvent::Wait { .. } => may = listed,
            JobEvent::Step {
                step: Step::Remove, ..
            } => (may, listed) = (true, true),
            JobEvent::Step { .. } | JobEvent::InDoubt(_) | JobEvent::Unlisted { .. } => may = true,
            _ => {}
        }
    }
    may
}

proptest! {
    #[test]
    fn any_prefix_loses_and_doubles_nothing(events in events()) {
        let mut job = job();
        let mut taken = Vec::new();
        for event in events {
            let before = job.clone();
            if job.apply(event.clone()).is_ok() {
                taken.push(event);
            } else {
                prop_assert_eq!(&job, &before, "a refused event changes nothing");
            }
            // The process ends here, and another one begins.
            let mut left = job.clone();
            let _ = left.apply(JobEvent::Interrupted);
            let runs = matches!(left.state, JobState::Running(_));
            prop_assert!(!runs);
            if may_be_recorded(&taken) {
                prop_assert!(left.trail.unsettled, "{:?} would be sent without a look", taken);
            }
            let said_done = taken.iter().any(|it| matches!(it, JobEvent::Done { .. }));
            let is_done = matches!(left.state, JobState::Done { .. });
            prop_assert!(said_done || !is_done);
            let given_up = taken.iter().any(|it| matches!(it, JobEvent::Cancelled));
            prop_assert!(given_up || left.state != JobState::Cancelled);
        }
    }
}

fn step(step: Step) -> JobEvent {
    JobEvent::Step {
        step,
        receipt: None,
        at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn an_end_in_the_middle_is_in_doubt_only_where_a_record_may_exist() {
    for (at, doubt) in [
        (Step::AskLink, false),
        (Step::Send, false),
        (Step::Record, true),
        (Step::Attach, true),
        (Step::Texts, true),
        (Step::Confirm, true),
    ] {
        let mut job = job();
        job.apply(step(at)).unwrap();
        job.apply(JobEvent::Interrupted).unwrap();
        assert_eq!(matches!(job.state, JobState::InDoubt(_)), doubt, "{at:?}");
        assert_eq!(job.trail.unsettled, doubt);
    }
}

#[test]
fn what_is_over_stays_over_until_the_user_says_otherwise() {
    let mut job = job();
    job.apply(JobEvent::Failed(error())).unwrap();
    assert!(job.apply(step(Step::Send)).is_err());
    assert!(job.apply(JobEvent::Paused).is_err());
    job.apply(JobEvent::Retried).unwrap();
    job.apply(step(Step::Send)).unwrap();
    job.apply(JobEvent::Done {
        asset: None,
        path: None,
    })
    .unwrap();
    assert!(job.apply(JobEvent::Retried).is_err());
    assert!(job.apply(JobEvent::Cancelled).is_err());
}
