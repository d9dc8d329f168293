//! Another process goes on when the one that works ends, and whoever waits sees its files to their
//! end.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::support::batch::{Batch, finish, queue, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

const DEADLINE: Duration = Duration::from_mins(1);

#[test]
fn who_waits_goes_on_when_the_worker_is_killed() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = website(&home);
    let batches: Vec<Batch> = ["first", "second", "third"]
        .iter()
        .map(|mark| Batch::new(&home, &place, mark, 4))
        .collect();
    // The one that works stands still while the service records its files.
    server.faults(json!([{"operation": "create", "fault": "stall", "times": "always"}]));
    let worker = Program::start(&home, &batches[0].upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    let waiting: Vec<Program> = batches[1..]
        .iter()
        .map(|batch| Program::start(&home, &batch.upload(), b""))
        .collect();
    let all: usize = batches.iter().map(|batch| batch.names.len()).sum();
    assert!(
        until(DEADLINE, || queue(&home).len() == all),
        "{:#?}",
        queue(&home)
    );
    worker.kill();
    server.faults(json!([]));
    for (program, batch) in waiting.into_iter().zip(&batches[1..]) {
        let ran = program.end().exits(0);
        for name in &batch.names {
            assert!(ran.stdout.contains(name), "{name} is not told: {ran:?}");
        }
        batch.all_stored_once(&server, "after the worker was killed");
    }
    finish(&home, "what the killed one left");
    batches[0].all_stored_once(&server, "what the killed one left");
}

#[test]
fn who_waits_for_one_that_is_stopped_says_so_and_goes_on_with_it() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = website(&home);
    let (one, other) = (
        Batch::new(&home, &place, "held", 2),
        Batch::new(&home, &place, "handed", 2),
    );
    server.faults(json!([{"operation": "create", "fault": "stall", "times": "always"}]));
    let mut worker = Program::start(&home, &one.upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    worker.signal(Signal::STOP);
    let waits = Program::start(&home, &other.upload(), b"");
    let told = format!("kill -CONT {}", worker.pid());
    assert!(until(DEADLINE, || waits.said(&told)));
    server.faults(json!([]));
    worker.signal(Signal::CONT);
    for (program, batch) in [(worker, &one), (waits, &other)] {
        let ran = program.end().exits(0);
        assert!(!ran.stderr.contains("want the key"), "{ran:?}");
        batch.all_stored_once(&server, "after it was let go on");
    }
}

#[test]
fn an_upload_follows_its_files_while_another_process_sends_them() {
    let server = Server::start();
    let home = server.home();
    let place = website(&home);
    let (one, other) = (
        Batch::new(&home, &place, "one", 6),
        Batch::new(&home, &place, "other", 3),
    );
    server.faults(json!([{"operation": "put", "fault": "stall", "at": "request", "after": 1}]));
    let worker = Program::start(&home, &one.upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    let mut follower = Program::start(&home, &other.upload(), b"");
    let is_done = |name: &String| {
        queue(&home)
            .iter()
            .any(|job| job["name"] == **name && job["state"] == "done")
    };
    // The one with the standing file sends the others' meanwhile.
    assert!(until(DEADLINE, || follower.has_ended()
        || other.names.iter().all(is_done)));
    let ran = follower.end().exits(0);
    for name in &other.names {
        assert!(ran.stdout.contains(name), "{name} is not told: {ran:?}");
    }
    server.faults(json!([]));
    worker.end().exits(0);
    one.all_stored_once(&server, "the worker's own");
    other.all_stored_once(&server, "those of the one that followed");
}

#[test]
fn what_is_cancelled_is_not_sent_and_what_is_stopped_stays() {
    let server = Server::start();
    let home = server.home();
    let place = website(&home);
    let batch = Batch::new(&home, &place, "left", 3);
    let stall = json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]);
    server.faults(stall.clone());
    let first = Program::start(&home, &batch.upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    first.kill();
    server.faults(json!([]));
    assert!(until(DEADLINE, || !server.holds_one()));
    server.faults(stall);
    // Ctrl-C while it goes on: nothing is given up.
    let mut resumed = Program::start(&home, &["transfers", "resume"], b"");
    assert!(until(DEADLINE, || server.holds_one()));
    resumed.signal(Signal::INT);
    resumed.end().exits(130);
    let states = |wanted: &str| queue(&home).iter().all(|job| job["state"] == *wanted);
    assert!(states("queued"), "{:#?}", queue(&home));
    let id = queue(&home)[0]["id"].to_string();
    run(&home, &["transfers", "cancel", &id]).exits(0);
    assert_eq!(queue(&home)[0]["state"], "cancelled");
    assert_eq!(queue(&home)[1]["state"], "queued");
    run(&home, &["transfers", "cancel"]).exits(0);
    assert!(states("cancelled"), "{:#?}", queue(&home));
    server.faults(json!([]));
    run(&home, &["transfers", "resume"]).exits(0);
    for name in &batch.names {
        assert!(server.stored(name).is_empty(), "{name}");
    }
}
