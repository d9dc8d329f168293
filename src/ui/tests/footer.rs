//! The lowest line: hints, notices, and how transfers are.

use insta::assert_snapshot;

use super::fixture::{before, busy, error, name, now};
use super::shoot;
use crate::api::ApiErrorKind;
use crate::domain::AssetScope;
use crate::transfer::job::{Direction, Job, JobId, JobState};

fn job(id: u64, state: JobState, size: u64) -> Job {
    Job {
        id: JobId(id),
        account: name("acme-loc"),
        direction: Direction::Up,
        scope: AssetScope::Container(crate::domain::ContainerId::new("1").unwrap()),
        name: "hero.png".into(),
        place: "de".into(),
        size: Some(size),
        state,
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    }
}

#[test]
fn the_strip_tells_of_transfers() {
    let done = || JobState::Done {
        asset: None,
        path: None,
    };
    let running = || JobState::Running(crate::api::Step::Send);
    let mut state = busy();
    let begun = before(1);
    for (id, state_now, size, at) in [
        (1, running(), 1_000_000, begun),
        (2, running(), 2_000_000, begun),
        (3, running(), 1_000_000, begun),
        (
            3,
            JobState::Failed(error(ApiErrorKind::Server).into()),
            1_000_000,
            begun,
        ),
        (1, done(), 1_000_000, now()),
    ] {
        state
            .transfers
            .put(std::sync::Arc::new(job(id, state_now, size)), at);
    }
    state.transfers.meters.bytes(JobId(2), 1_200_000, now());
    for (width, name) in [
        (120, "strip_wide"),
        (60, "strip_narrow"),
        (40, "strip_least"),
    ] {
        let text = shoot(&state, width, 12).text();
        let last = text.lines().last().unwrap().to_owned();
        assert_snapshot!(name, last);
    }
    let last = job(2, done(), 2_000_000);
    state.transfers.put(std::sync::Arc::new(last), now());
    let text = shoot(&state, 80, 12).text();
    assert!(text.ends_with("✓ 2 done  ✗ 1 failed"), "{text}");
}

#[test]
fn a_notice_takes_the_hints_place_but_help_stays() {
    let mut state = busy();
    state.notices.fail(&error(ApiErrorKind::Server), now());
    let text = shoot(&state, 80, 14).text();
    let last = text.lines().last().unwrap();
    assert!(last.contains("the service is being repaired"), "{last}");
    assert!(last.ends_with("? help"), "{last}");
}
