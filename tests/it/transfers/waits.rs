//! What the service asks to wait for, and storms: honoured up to a cap, never without an end, and the
//! queue is kept.

use std::fs;

use serde_json::{Value, json};

use crate::support::batch::{Batch, finish, queue, segment, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::server::Server;

/// Waits that nobody can mean are not waited for: the file fails with a reason and stays.
#[test]
fn a_wait_beyond_reason_is_left_to_the_user() {
    let server = Server::start().judged(Scope::Requests);
    for (place, operation) in [
        (website(&server.home()), "upload-url"),
        (segment(&server.home()), "media-upload"),
    ] {
        for wait in ["301", "3600", "86400"] {
            let home = server.home();
            let batch = Batch::new(&home, &place, &format!("{operation} {wait}"), 1);
            server.faults(json!({"operation": operation, "fault": "throttle", "wait": wait, "times": "always"}));
            let ran = run(&home, &batch.upload()).exits(1);
            ran.complains(&[&batch.names[0]]);
            assert_eq!(queue(&home)[0]["state"], "failed", "{wait}");
            assert_eq!(server.state()["faults"]["script"][0]["fired"], 1, "{wait}");
            server.faults(json!([]));
            run(&home, &["transfers", "retry"]).exits(0);
            batch.all_stored_once(&server, wait);
        }
    }
}

/// A wait of one second is honoured and said while it lasts; nothing is doubled by it.
#[test]
fn a_short_wait_is_waited_for() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    for place in [website(&home), segment(&home)] {
        let operations = if place.reference.starts_with("acme-web") {
            ["upload-url", "create"]
        } else {
            ["media-upload", "attach"]
        };
        let batch = Batch::new(&home, &place, &format!("short {}", operations[0]), 4);
        server.faults(json!([
            {"operation": operations[0], "fault": "throttle", "wait": 1, "times": 2},
            {"operation": operations[1], "fault": "throttle", "wait": 1, "times": 1},
            {"operation": operations[0], "fault": "status", "status": 503, "times": 1},
        ]));
        run(&home, &batch.upload()).exits(0);
        batch.all_stored_once(&server, "short waits");
        finish(&home, "short waits");
    }
}

/// That an account has to pause is said once, in a sentence or as an event, or not at all.
#[test]
fn a_pause_is_said_once() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = website(&home);
    let said = |mark: &str, flags: &[&str]| {
        let batch = Batch::new(&home, &place, mark, 1);
        server.faults(json!([
            {"operation": "upload-url", "fault": "throttle", "wait": 1, "times": 1},
        ]));
        let upload = batch.upload();
        let ran = run(&home, &[&upload, flags].concat()).exits(0);
        batch.all_stored_once(&server, mark);
        ran.stderr
    };
    // The pause is as long as was asked for, or a little longer.
    let sentence = said("words", &[]);
    let held = |left| {
        format!(
            "assetdeck: held by acme-web, {left} s to go (the service asked for 1 s: too many calls)\n"
        )
    };
    assert!([held(1), held(2)].contains(&sentence), "{sentence}");
    assert_eq!(said("quiet", &["--quiet"]), "");
    let events = said("events", &["--json"]);
    let events = events
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    let events: Vec<Value> = events.filter(|it: &Value| it["event"] == "held").collect();
    assert_eq!(events.len(), 1, "{events:#?}");
    assert_eq!(events[0]["account"], "acme-web");
    assert!((1..=2).contains(&events[0]["seconds"].as_u64().expect("a number")));
    let reason = events[0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("429"), "{reason}");
}

/// A service that lists late what it took: the file is looked for again until it is listed, be its
/// answer there or lost.
#[test]
fn a_file_that_is_listed_late_is_looked_for_again() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let settings = fs::read_to_string(home.config()).expect("the settings");
    home.write_config(&settings.replace("listed_within = 0", "listed_within = 4"));
    for (place, operation) in [(website(&home), "create"), (segment(&home), "attach")] {
        let lag = json!({"operation": operation, "fault": "lag", "lists": 2, "times": "always"});
        let lost = json!({"operation": operation, "fault": "drop", "way": "reset"});
        let batch = Batch::new(&home, &place, &format!("late {operation}"), 4);
        server.faults(json!([lag, lost]));
        let ran = run(&home, &batch.upload()).exits(0);
        assert_eq!(ran.stderr, "", "{operation}");
        batch.all_stored_once(&server, operation);
        finish(&home, operation);
    }
}
