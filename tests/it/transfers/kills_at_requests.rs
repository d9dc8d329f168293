//! kill -9 at every network event of an upload, one after the other: before the request is served,
//! after it is served and before its answer, and in the middle of its body.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::batch::{Batch, Place, segment, website};
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, PATIENCE, hold};
use crate::support::home::Home;
use crate::support::server::Server;
use crate::support::wait::until;

/// Runs a command until the service stands still where the script says, and kills it there.
#[track_caller]
fn killed_where(server: &Server, home: &Home, script: &Value, args: &[&str]) -> Held {
    let mut held = hold(server, home, script, args);
    if let Held::There(program) = &mut held {
        program.signal(Signal::KILL);
        assert!(until(PATIENCE, || program.has_ended()), "it does not die");
    }
    // What was not served when its sender died is not served later. A file that nobody reads yet
    // hides from the service that its sender is gone; it makes no record.
    until(Duration::from_secs(3), || !server.holds_one());
    server.faults(json!([]));
    held
}

/// Kills an upload of two files at each point in turn, and one in four recoveries at some of its
/// own points. At least so many points must have been there.
fn killed_at_each(to: fn(&Home) -> Place, at_least: u64, fault: fn(u64) -> Value) {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    let mut points = 0;
    for n in 0.. {
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("held {n}"), 2);
        let script = fault(n);
        match killed_where(&server, &home, &script, &batch.upload()) {
            Held::Whole(ran) => {
                ran.exits(0);
                batch.all_stored_once(&server, "whole");
                break;
            }
            Held::Passed => continue,
            Held::There(_) => points += 1,
        }
        let promised = batch.promised(&home, &server);
        if n % 4 == 0 {
            for again in 0..=n % 7 {
                // Some recoveries have less to do, and end before.
                killed_where(&server, &home, &fault(again), &["transfers", "resume"]);
            }
        }
        promised.keep(&batch, &home, &server, &script.to_string());
    }
    assert!(points >= at_least, "only {points} points");
}

fn before(skip: u64) -> Value {
    json!({"fault": "delay", "ms": LONG, "skip": skip})
}

fn after(skip: u64) -> Value {
    json!({"fault": "stall", "ms": LONG, "skip": skip})
}

fn within_put(skip: u64) -> Value {
    json!({"operation": "put", "fault": "stall", "at": "request", "after": 1000, "ms": LONG, "skip": skip})
}

fn within_upload(skip: u64) -> Value {
    json!({"operation": "media-upload", "fault": "stall", "at": "request", "after": 1000, "ms": LONG, "skip": skip})
}

fn within_answer(skip: u64) -> Value {
    json!({"fault": "stall", "at": "answer", "after": 5, "ms": LONG, "skip": skip})
}

#[test]
fn killed_before_each_request_to_a_website_is_served() {
    killed_at_each(website, 9, before);
}

#[test]
fn killed_after_each_request_to_a_website_is_served() {
    killed_at_each(website, 9, after);
}

#[test]
fn killed_within_each_file_to_a_website() {
    killed_at_each(website, 2, within_put);
}

#[test]
fn killed_within_each_answer_of_a_website() {
    killed_at_each(website, 7, within_answer);
}

#[test]
fn killed_before_each_request_to_a_segment_is_served() {
    killed_at_each(segment, 9, before);
}

#[test]
fn killed_after_each_request_to_a_segment_is_served() {
    killed_at_each(segment, 9, after);
}

#[test]
fn killed_within_each_file_to_a_segment() {
    killed_at_each(segment, 2, within_upload);
}

#[test]
fn killed_within_each_answer_of_a_segment() {
    killed_at_each(segment, 9, within_answer);
}
