//! What the meters tell of flows, stalls, new tries and runs of transfers.

use proptest::prelude::*;
use std::sync::Arc;

use super::*;
use crate::api::{ApiError, ApiErrorKind, Step};
use crate::domain::{AccountName, AssetScope, ContainerId};
use crate::transfer::job::{Direction, Trail};

fn job(id: u64, size: Option<u64>, state: JobState) -> Job {
    Job {
        id: JobId(id),
        account: AccountName::new("web").unwrap(),
        direction: Direction::Up,
        scope: AssetScope::Container(ContainerId::new("w1").unwrap()),
        name: format!("{id}.png").into(),
        place: Arc::default(),
        size,
        state,
        paused: false,
        order: 0,
        trail: Trail::default(),
        warnings: Vec::new(),
    }
}

fn sending() -> JobState {
    JobState::Running(Step::Send)
}

fn done() -> JobState {
    JobState::Done {
        asset: None,
        path: None,
    }
}

fn failed() -> JobState {
    JobState::Failed(ApiError::new("x", ApiErrorKind::Server, "no").into())
}

fn ms(count: u64) -> Duration {
    Duration::from_millis(count)
}

#[test]
fn the_rate_is_a_mean_over_the_window() {
    let start = Instant::now();
    let mut meter = Meter::default();
    for at in 0..=200 {
        // Ten seconds of 1,000 bytes a second, then ten of 5,000.
        let bytes = if at <= 100 {
            at * 100
        } else {
            10_000 + (at - 100) * 500
        };
        meter.put(bytes, start + ms(at * 100));
        let rate = meter.rate(start + ms(at * 100));
        match at {
            0..5 => assert_eq!(rate, None),
            5..=100 => assert!((950..=1050).contains(&rate.unwrap()), "{at} {rate:?}"),
            // After a window the old rate is forgotten.
            162.. => assert_eq!(rate, Some(5000), "{at}"),
            _ => assert!((1000..=5000).contains(&rate.unwrap()), "{at} {rate:?}"),
        }
    }
    assert!(meter.samples.len() < 40, "{}", meter.samples.len());
}

#[test]
fn what_stands_still_has_no_rate_and_begins_afresh() {
    let start = Instant::now();
    let mut meter = Meter::default();
    meter.put(0, start);
    meter.put(10_000, start + ms(1000));
    assert_eq!(meter.rate(start + ms(1000)), Some(10_000));
    // It sinks, then it is gone.
    assert_eq!(meter.rate(start + ms(4000)), Some(2500));
    assert_eq!(meter.rate(start + ms(7000)), None);
    // The hour that it stood still is no part of the rate.
    let on = start + Duration::from_hours(1);
    meter.put(20_000, on);
    meter.put(30_000, on + ms(1000));
    assert_eq!(meter.rate(on + ms(1000)), Some(10_000));
}

#[test]
fn a_new_try_begins_afresh() {
    let start = Instant::now();
    let mut meters = Meters::default();
    let size = Some(100_000);
    meters.put(&job(1, size, JobState::Queued), start);
    let running = job(1, size, sending());
    meters.put(&running, start);
    meters.bytes(JobId(1), 50_000, start + ms(1000));
    let gauge = meters.of(&running);
    assert_eq!((gauge.bytes, gauge.rate), (50_000, Some(50_000)));
    assert_eq!(gauge.left, Some(Duration::from_secs(1)));
    meters.bytes(JobId(1), 100, start + ms(1100));
    let gauge = meters.of(&running);
    assert_eq!((gauge.bytes, gauge.rate, gauge.left), (100, None, None));
    assert_eq!(meters.total().bytes, 100);
    // It waits for another try: what it had sent is gone.
    meters.put(&job(1, size, JobState::Queued), start + ms(1200));
    assert_eq!(meters.of(&running).bytes, 0);
    assert_eq!(meters.total().percent(), Some(0));
}

#[test]
fn what_is_sent_and_waits_for_its_answer_has_no_time_left() {
    let start = Instant::now();
    let mut meters = Meters::default();
    let running = job(1, Some(100_000), sending());
    meters.put(&running, start);
    meters.bytes(JobId(1), 50_000, start + ms(1000));
    assert!(meters.of(&running).left.is_some());
    // All of it is handed over, and the service stands still.
    meters.bytes(JobId(1), 100_000, start + ms(2000));
    assert_eq!(meters.of(&running).left, None);
    assert_eq!(meters.total().left, None);
}

#[test]
fn many_small_files_have_a_rate_together() {
    let start = Instant::now();
    let mut meters = Meters::default();
    for id in 0..1000 {
        meters.put(&job(id, Some(2000), JobState::Queued), start);
    }
    for id in 0..500 {
        let at = start + ms(id * 10);
        meters.put(&job(id, Some(2000), sending()), at);
        meters.put(&job(id, Some(2000), done()), at + ms(10));
    }
    let total = meters.total();
    assert_eq!((total.done, total.waiting, total.files), (500, 500, 1000));
    assert_eq!((total.bytes, total.of), (1_000_000, 2_000_000));
    assert_eq!(total.percent(), Some(50));
    let rate = total.rate.unwrap();
    assert!((195_000..=205_000).contains(&rate), "{rate}");
    assert_eq!(total.left.map(|left| left.as_secs()), Some(5));
}

#[test]
fn an_unknown_size_leaves_the_share_and_the_end_open() {
    let start = Instant::now();
    let mut meters = Meters::default();
    meters.put(&job(1, Some(1000), sending()), start);
    let open = job(2, None, sending());
    meters.put(&open, start);
    meters.bytes(JobId(2), 4000, start + ms(1000));
    let total = meters.total();
    assert_eq!((total.percent(), total.left), (None, None));
    assert_eq!(total.rate, Some(4000));
    assert_eq!(meters.of(&open).left, None);
    // Over, its bytes are its size.
    meters.put(&job(2, None, done()), start + ms(1100));
    let total = meters.total();
    assert_eq!((total.bytes, total.of), (4000, 5000));
    assert_eq!(total.percent(), Some(80));
}

#[test]
fn what_failed_is_no_part_of_the_bytes_and_all_is_over_at_a_hundred() {
    let start = Instant::now();
    let mut meters = Meters::default();
    meters.put(&job(1, Some(1000), sending()), start);
    meters.put(&job(2, Some(3000), sending()), start);
    meters.bytes(JobId(1), 1000, start + ms(10));
    meters.bytes(JobId(2), 3000, start + ms(10));
    // All bytes are sent, but nothing is confirmed.
    assert_eq!(meters.total().percent(), Some(99));
    meters.put(&job(2, Some(3000), failed()), start + ms(20));
    assert_eq!((meters.total().bytes, meters.total().of), (1000, 1000));
    meters.put(&job(1, Some(1000), done()), start + ms(30));
    let total = meters.total();
    assert_eq!((total.percent(), total.is_over()), (Some(100), true));
    // Another one begins another run; what is over and new is no part of one.
    meters.put(&job(9, Some(7), done()), start + ms(40));
    assert_eq!(meters.total(), total);
    meters.put(&job(3, Some(10), JobState::Queued), start + ms(50));
    let total = meters.total();
    assert_eq!((total.files, total.of, total.failed), (1, 10, 0));
    // So does trying again what failed.
    meters.put(&job(3, Some(10), done()), start + ms(60));
    meters.put(&job(2, Some(3000), JobState::Queued), start + ms(70));
    assert_eq!((meters.total().files, meters.total().of), (1, 3000));
}

#[derive(Debug, Clone)]
enum Event {
    State(u64, Option<u64>, u8),
    Bytes(u64, u64),
}

fn event() -> impl Strategy<Value = (Event, u64)> {
    let size = prop_oneof![
        Just(None),
        any::<u64>().prop_map(Some),
        (0..5000_u64).prop_map(Some)
    ];
    let state =
        (0..4_u64, size, 0..5_u8).prop_map(|(id, size, state)| Event::State(id, size, state));
    let count = prop_oneof![any::<u64>(), 0..5000_u64];
    let bytes = (0..4_u64, count).prop_map(|(id, count)| Event::Bytes(id, count));
    (prop_oneof![state, bytes], 0..20_000_u64)
}

proptest! {
    /// Whatever comes in whatever order, with a clock that also stands and jumps back: nothing
    /// panics, shares stay shares, and the total is what its parts add up to.
    #[test]
    fn nothing_is_ever_out_of_bounds(events in prop::collection::vec(event(), 0..60)) {
        let start = Instant::now();
        let mut meters = Meters::default();
        let mut clock = 0;
        for (event, after) in events {
            clock += after;
            // Every so often a moment before the last one.
            let back = if after % 7 == 0 { 50_000 } else { 0 };
            let now = start + ms(clock.saturating_sub(back));
            match event {
                Event::State(id, size, state) => {
                    let state = match state {
                        0 => JobState::Queued,
                        1 => sending(),
                        2 => done(),
                        3 => failed(),
                        _ => JobState::Cancelled,
                    };
                    let job = job(id, size, state);
                    meters.put(&job, now);
                    let gauge = meters.of(&job);
                    prop_assert!(gauge.left.is_none_or(|left| left <= LONGEST));
                    prop_assert!(gauge.rate != Some(0));
                }
                Event::Bytes(id, count) => meters.bytes(JobId(id), count, now),
            }
            let total = meters.total();
            prop_assert!(total.percent().is_none_or(|percent| percent <= 100));
            prop_assert!(total.rate != Some(0));
            prop_assert!(total.left.is_none_or(|left| left <= LONGEST));
            let parts = total.running + total.waiting + total.done + total.failed + total.cancelled;
            prop_assert_eq!(total.files, parts);
            let going = total.going_up + total.going_down;
            prop_assert_eq!(going, total.running + total.waiting);
            prop_assert_eq!(total.files, meters.shares.len());
            prop_assert_eq!(meters.each.len(), total.running);
            if total.is_over() {
                prop_assert_eq!((total.rate, total.left), (None, None));
            }
        }
    }

    /// A steady flow is told as what it is, and never more than was sent.
    #[test]
    fn a_steady_flow_has_its_rate(
        rate in 1_000..1_000_000_000_u64,
        every in 20..1_000_u64,
        count in 60..200_u64,
    ) {
        let start = Instant::now();
        let mut meter = Meter::default();
        for at in 0..count {
            let now = start + ms(at * every);
            meter.put(rate * at * every / 1000, now);
            if let Some(told) = meter.rate(now) {
                prop_assert!(told <= rate + rate / 100, "{told} of {rate}");
                prop_assert!(told >= rate - rate / 10, "{told} of {rate}");
            }
        }
        prop_assert!(meter.rate(start + ms(count * every) + WINDOW + WINDOW).is_none());
    }
}
