//! Uploads that are killed at any moment: each file that was chosen is stored once.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::cli_browse::{hero_segment, ref_of};
use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::server::{Server, sha256};
use crate::support::wait::until;

const FILES: usize = 10;

fn start(home: &Home, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_assetdeck"))
        .args(args)
        .env_clear()
        .envs(home.env())
        .current_dir(home.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// Kills the child once so much time has gone; false when it had ended before.
fn kill_after(mut child: Child, after: Duration) -> bool {
    let begun = Instant::now();
    let mut ended = false;
    until(Duration::from_mins(1), || {
        ended = child.try_wait().expect("it can be asked").is_some();
        ended || begun.elapsed() >= after
    });
    let _ = child.kill();
    let _ = child.wait();
    !ended
}

fn queue(home: &Home) -> Ran {
    run(home, &["transfers", "list", "--json"]).exits(0)
}

/// Goes on until nothing is left; what is in doubt after a look is tried again, as a user would.
fn finish(home: &Home) {
    for round in 0..4 {
        let what = if round == 0 { "resume" } else { "retry" };
        run(home, &["transfers", what]);
        if queue(home).json().iter().all(|job| job["state"] == "done") {
            return;
        }
    }
    panic!("it does not end:\n{}", queue(home).stdout);
}

/// A sequence of numbers that is the same in every run.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

fn killed_at_random(rounds: usize, to: impl Fn(&Home) -> String, more: &[&str], seed: u64) {
    // A killed client leaves calls without an end: only requests are judged.
    let server =
        Server::with(|options| options.latency = Duration::from_millis(20)).judged(Scope::Requests);
    let home = server.home();
    let place = to(&home);
    let mut seeded = Seeded(seed);
    let (mut killed, mut left_over) = (0, 0);
    for round in 0..rounds {
        let names: Vec<String> = (0..FILES)
            .map(|n| format!("kill {round} {n}.png"))
            .collect();
        let bytes: Vec<Vec<u8>> = names.iter().map(|name| png(name)).collect();
        let paths: Vec<PathBuf> = names
            .iter()
            .zip(&bytes)
            .map(|(name, bytes)| home.file(name, bytes))
            .collect();
        let mut args = vec!["upload"];
        args.extend(paths.iter().map(|path| path.to_str().unwrap()));
        args.extend(["--to", &place]);
        args.extend(more);
        killed += usize::from(kill_after(
            start(&home, &args),
            Duration::from_millis(60 + seeded.below(900)),
        ));
        // Those that were queued: on disk, or told and stored.
        let queued: Vec<String> = queue(&home)
            .json()
            .iter()
            .map(|job| job["name"].as_str().unwrap().to_owned())
            .collect();
        let stored_before: Vec<usize> =
            names.iter().map(|name| server.stored(name).len()).collect();
        left_over += queued.len();
        finish(&home);
        for ((name, bytes), before) in names.iter().zip(&bytes).zip(stored_before) {
            let stored = server.stored(name);
            let wanted = usize::from(queued.contains(name)).max(before);
            assert_eq!(stored.len(), wanted, "round {round}: {name}: {stored:#?}");
            assert!(stored.len() <= 1, "doubled: {name}");
            assert!(
                stored.iter().all(|asset| asset["sha256"] == sha256(bytes)),
                "{name}"
            );
        }
        run(&home, &["transfers", "clear"]).exits(0);
        assert!(queue(&home).stdout.is_empty());
    }
    assert!(
        killed * 2 > rounds && left_over > 0,
        "too few were killed in the middle: {killed} of {rounds}, {left_over} left"
    );
}

#[test]
fn ten_kills_of_an_upload_to_a_segment_store_each_file_once() {
    killed_at_random(
        10,
        hero_segment,
        &["--locale", "de", "--folder", "public/killed"],
        7,
    );
}

#[test]
fn ten_kills_of_an_upload_to_a_website_store_each_file_once() {
    let shop = |home: &Home| ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    killed_at_random(10, shop, &["--alt", "killed"], 11);
}
