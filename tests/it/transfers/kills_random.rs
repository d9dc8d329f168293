//! kill -9 at random moments of an upload: each file that was queued is stored once.

use std::time::{Duration, Instant};

use crate::support::batch::{Batch, Place, queue, segment, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::dice::Dice;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

const FILES: usize = 6;

/// Kills by this test in one run for each service; more when asked for.
const ROUNDS: u64 = 100;

/// So many are killed side by side: most of their time they wait for the service.
const SIDE_BY_SIDE: u64 = 4;

fn rounds() -> u64 {
    let asked = std::env::var("ASSETDECK_TEST_KILLS").ok();
    asked.map_or(ROUNDS, |text| text.parse().expect("a number of kills"))
}

/// Kills the program once so much time has gone; false when it had ended before.
fn kill_after(mut program: Program, after: Duration) -> bool {
    let begun = Instant::now();
    let mut ended = false;
    until(Duration::from_mins(1), || {
        ended = program.has_ended();
        ended || begun.elapsed() >= after
    });
    let _ = program.kill();
    !ended
}

/// Kills so often; how many were killed before their end, and how many files were left to do.
fn killed(rounds: u64, to: fn(&Home) -> Place, seed: u64) -> (u64, usize) {
    // A killed client leaves calls without an end: only requests are judged.
    let server =
        Server::with(|options| options.latency = Duration::from_millis(10)).judged(Scope::Requests);
    let home = server.home();
    let place = to(&home);
    let mut dice = Dice::new(seed);
    // How long an upload takes here and now.
    let begun = Instant::now();
    let whole = Batch::new(&home, &place, "whole", FILES);
    run(&home, &whole.upload()).exits(0);
    let mut longest = begun.elapsed();
    let (mut killed, mut left_over) = (0, 0);
    for round in 0..rounds {
        let batch = Batch::new(&home, &place, &format!("kill {seed} {round}"), FILES);
        let after = u64::try_from(longest.as_micros()).expect("a short time");
        let after = Duration::from_micros(dice.below(after));
        if kill_after(Program::start(&home, &batch.upload(), b""), after) {
            killed += 1;
        } else {
            longest = longest.min(after);
        }
        let promised = batch.promised(&home, &server);
        left_over += promised.queued.len();
        promised.keep(
            &batch,
            &home,
            &server,
            &format!("round {round} after {after:?}"),
        );
        run(&home, &["transfers", "clear"]).exits(0);
        assert!(queue(&home).is_empty());
    }
    (killed, left_over)
}

fn killed_at_random(to: fn(&Home) -> Place, seed: u64) {
    let rounds = rounds();
    let (killed, left_over) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..SIDE_BY_SIDE)
            .map(|n| {
                let share = rounds / SIDE_BY_SIDE + u64::from(n < rounds % SIDE_BY_SIDE);
                scope.spawn(move || killed(share, to, seed + n))
            })
            .collect();
        let all = workers.into_iter().map(|it| it.join().expect("all held"));
        all.fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
    });
    assert!(
        killed * 2 > rounds && left_over > 0,
        "too few were killed in the middle: {killed} of {rounds}, {left_over} left"
    );
}

#[test]
fn random_kills_on_the_way_to_a_website_store_each_file_once() {
    killed_at_random(website, 1100);
}

#[test]
fn random_kills_on_the_way_to_a_segment_store_each_file_once() {
    killed_at_random(segment, 700);
}
