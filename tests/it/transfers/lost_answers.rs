//! The answer to the call that makes a record is lost, in seven ways: never two records.

use serde_json::{Value, json};

use crate::support::batch::{Batch, Place, finish, queue, segment, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::server::Server;

const WAYS: [&str; 7] = ["reset", "close", "502", "504", "half", "stall", "empty"];

/// More lists than any of these tests asks for.
const HIDDEN: u64 = 10_000;

fn lost(operation: &str, way: &str) -> Value {
    // A stall that ends soon: how long a client waits is its own matter.
    json!({"operation": operation, "fault": "drop", "way": way, "ms": 200, "times": "always"})
}

fn hidden(operation: &str) -> Value {
    json!({"operation": operation, "fault": "lag", "lists": HIDDEN, "times": "always"})
}

fn state(home: &Home) -> Value {
    queue(home)[0]["state"].clone()
}

/// The record is listed: looking settles it, with a restart between or without.
fn answers_are_lost(to: fn(&Home) -> Place, operation: &str) {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    for way in WAYS {
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("lost by {way}"), 2);
        server.faults(lost(operation, way));
        run(&home, &batch.upload()).exits(0);
        batch.all_stored_once(&server, way);
        // The process ends before it could look, and again before it could look.
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("cut by {way}"), 2);
        let stands = json!({"operation": operation, "fault": "drop", "way": "stall", "ms": LONG, "times": "always"});
        let Held::There(program) = hold(&server, &home, &stands, &batch.upload()) else {
            panic!("{way}: it was not held")
        };
        program.kill();
        let look = json!({"operation": "list", "fault": "stall", "ms": LONG});
        if let Held::There(program) = hold(&server, &home, &look, &["transfers", "resume"]) {
            program.kill();
        }
        server.faults(lost(operation, way));
        finish(&home, way);
        batch.all_stored_once(&server, way);
    }
}

/// The record is not listed for long: looking settles nothing, and nothing is sent again without
/// the user's word, however often the program is started.
fn answers_and_records_are_hidden(to: fn(&Home) -> Place, operation: &str) {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    for way in WAYS {
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("hidden by {way}"), 1);
        server.faults(json!([hidden(operation), lost(operation, way)]));
        let ran = run(&home, &batch.upload()).exits(1);
        ran.complains(&[&batch.names[0], "whether the service has it is not known"]);
        for attempt in 1..=3 {
            assert_eq!(state(&home), "in doubt", "{way}, attempt {attempt}");
            let ran = run(&home, &["transfers", "resume"]).exits(1);
            ran.complains(&[&batch.names[0], "not known"]);
            batch.all_stored_once(&server, way);
        }
    }
}

#[test]
fn seven_ways_of_losing_the_answer_of_create_make_one_record() {
    answers_are_lost(website, "create");
}

#[test]
fn seven_ways_of_losing_the_answer_of_attach_make_one_record() {
    answers_are_lost(segment, "attach");
}

#[test]
fn a_created_record_that_is_not_listed_stays_in_doubt() {
    answers_and_records_are_hidden(website, "create");
}

#[test]
fn an_attached_record_that_is_not_listed_stays_in_doubt() {
    answers_and_records_are_hidden(segment, "attach");
}
