//! Commands that plan or sign in at a service that is busy or breaks off: they wait, say for how long
//! and why, and go on; what does not pass ends them at once.

use serde_json::{Value, json};

use crate::support::batch::{Batch, segment, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::hold::PATIENCE;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

fn fired(server: &Server) -> Value {
    server.state()["faults"]["script"][0]["fired"].clone()
}

#[test]
fn a_failure_that_passes_does_not_end_what_plans() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let places = [("web", website(&home)), ("flex", segment(&home))];
    for (word, place) in &places {
        for (n, fault) in [
            json!({"operation": "list", "fault": "status", "status": 503}),
            json!({"operation": "list", "fault": "cut", "after": 10}),
            json!({"operation": "list", "fault": "throttle", "wait": 1}),
        ]
        .into_iter()
        .enumerate()
        {
            let batch = Batch::new(&home, place, &format!("{word} {n}"), 2);
            server.faults(json!([fault]));
            let ran = run(&home, &batch.upload()).exits(0);
            ran.complains(&["waiting for", "then try 2 of 6"]);
            batch.all_stored_once(&server, word);
        }
    }
    // Signing in is a part of the first call.
    for fault in [
        json!({"operation": "token", "fault": "status", "status": 503}),
        json!({"operation": "token", "fault": "throttle", "wait": 1}),
        json!({"operation": "token", "fault": "cut", "after": 10}),
    ] {
        server.faults(json!([fault]));
        let ran = run(&home, &["ls", &places[1].1.reference, "--json"]).exits(0);
        ran.complains(&["sign in", "waiting for"]);
    }
}

#[test]
fn too_many_calls_are_told_with_the_wait_that_the_service_names() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = website(&home);
    server.faults(json!([{"operation": "list", "fault": "throttle", "wait": 1}]));
    let ran = run(&home, &["ls", &place.reference]).exits(0);
    ran.complains(&["waiting for", "as the service asks"]);
    // Beyond reason it is left to the user.
    server.faults(
        json!([{"operation": "list", "fault": "throttle", "wait": 3600, "times": "always"}]),
    );
    run(&home, &["ls", "acme-web:"]).exits(1);
    assert_eq!(fired(&server), 1);
}

#[test]
fn a_refusal_ends_the_command_at_once() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    for status in [401, 403, 404] {
        server.faults(
            json!([{"operation": "list", "fault": "status", "status": status, "times": "always"}]),
        );
        let ran = run(&home, &["ls", "acme-web:"]);
        assert_ne!(ran.code, Some(0), "{status}");
        assert!(!ran.stderr.contains("waiting"), "{ran:?}");
    }
}

/// The pause belongs to the account, not to the process that was told of it.
#[test]
fn a_pause_outlives_the_process_that_was_asked_for_it() {
    let server = Server::start().judged(Scope::Requests);
    for (account, operation) in [("acme-web:", "list"), ("acme-loc:", "token")] {
        let home = server.home();
        let asks = json!([{"operation": operation, "fault": "throttle", "wait": 3}]);
        server.faults(asks);
        let program = Program::start(&home, &["ls", account], b"");
        assert!(until(PATIENCE, || program.said("waiting for")));
        // It cannot say so any more.
        program.kill();
        let ran = run(&home, &["ls", account]).exits(0);
        ran.complains(&["asked for a pause until", "as the service asks"]);
        // When it is over, nobody speaks of it any more.
        let ran = run(&home, &["ls", account]).exits(0);
        assert!(!ran.stderr.contains("pause"), "{ran:?}");
    }
}

/// Whoever tries it all the same may; a date that is far away is no missing wait.
#[test]
fn a_wait_beyond_reason_is_told_as_it_is_and_keeps_nobody_from_trying_again() {
    let server = Server::start().judged(Scope::Requests);
    for wait in ["3600", "172800", "Wed, 21 Oct 2099 07:28:00 GMT"] {
        let home = server.home();
        server.faults(json!([{"operation": "list", "fault": "throttle", "wait": wait}]));
        let ran = run(&home, &["ls", "acme-web:"]).exits(1);
        assert!(!ran.stderr.contains("waiting for"), "{ran:?}");
        assert_eq!(fired(&server), 1);
        run(&home, &["ls", "acme-web:"]).exits(0);
    }
}
