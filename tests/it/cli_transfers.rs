//! `transfers pause`: one, or all that is not over; going on with them is one word.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::batch::{Batch, queue, website};
use crate::support::cli::run;
use crate::support::hold::PATIENCE;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

/// Files at whose links the service stands still.
fn held(server: &Server, home: &Home, count: usize) -> (Batch, Program) {
    let batch = Batch::new(home, &website(home), "waits", count);
    server.faults(json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let program = Program::start(home, &batch.upload(), b"");
    assert!(until(PATIENCE, || server.holds_one()));
    (batch, program)
}

fn paused(home: &Home) -> Vec<String> {
    let paused = queue(home).into_iter().filter(|job| job["paused"] == true);
    paused.map(|job| text(&job["name"])).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

#[test]
fn one_is_paused_or_all_and_resume_goes_on() {
    let server = Server::start();
    let home = server.home();
    let (batch, mut program) = held(&server, &home, 3);
    program.signal(Signal::INT);
    program.end().exits(130);
    server.faults(json!([]));

    let ran = run(&home, &["transfers", "pause", "4711"]).exits(2);
    ran.complains(&["there is no transfer 4711"]);
    assert_eq!(paused(&home), [""; 0]);

    let second = queue(&home)[1].clone();
    let ran = run(&home, &["transfers", "pause", &second["id"].to_string()]).exits(0);
    assert_eq!(ran.stdout.trim(), "1 paused");
    assert_eq!(paused(&home), [text(&second["name"])]);
    let listed = run(&home, &["transfers"]).exits(0);
    assert_eq!(
        listed.stdout.matches("paused").count(),
        1,
        "{}",
        listed.stdout
    );

    run(&home, &["transfers", "pause"]).exits(0);
    assert_eq!(paused(&home).len(), 3);
    for name in &batch.names {
        assert!(server.stored(name).is_empty(), "{name}");
    }

    run(&home, &["transfers", "resume"]).exits(0);
    assert_eq!(paused(&home), [""; 0]);
    batch.all_stored_once(&server, "resumed");
}

#[test]
fn a_pause_reaches_the_program_that_works() {
    let server = Server::start();
    let home = server.home();
    let (batch, mut program) = held(&server, &home, 5);
    let ran = run(&home, &["transfers", "pause"]).exits(0);
    assert!(
        ran.stdout.contains("another assetdeck works"),
        "{}",
        ran.stdout
    );
    assert!(
        until(PATIENCE, || paused(&home).len() == 5),
        "{:#?}",
        queue(&home)
    );
    program.signal(Signal::INT);
    program.end();
    server.faults(json!([]));
    for name in &batch.names {
        assert!(server.stored(name).is_empty(), "{name}");
    }
    run(&home, &["transfers", "resume"]).exits(0);
    batch.all_stored_once(&server, "resumed");
}

#[test]
fn programs_are_told_in_json_what_was_done() {
    let server = Server::start();
    let home = server.home();
    let told = |args: &[&str]| {
        let args: Vec<&str> = ["transfers"].iter().chain(args).copied().collect();
        run(&home, &args).exits(0).json()
    };
    let none = json!({"paused": 0, "elsewhere": false});
    assert_eq!(told(&["pause", "--json"]), [none]);
    let (_, mut program) = held(&server, &home, 3);
    // Where there is nothing to do, nothing is printed but what is for people.
    let ran = run(&home, &["transfers", "retry", "--json"]).exits(0);
    assert_eq!(ran.stdout, "");
    ran.complains(&["another assetdeck works", "nothing is left"]);
    let asked = json!({"paused": 3, "elsewhere": true});
    assert_eq!(told(&["--json", "pause"]), [asked]);
    assert!(until(PATIENCE, || paused(&home).len() == 3));
    program.signal(Signal::INT);
    program.end();
    let ended = json!({"cancelled": 3, "elsewhere": false});
    assert_eq!(told(&["cancel", "--json"]), [ended]);
    let gone = json!({"cleared": 3, "elsewhere": false});
    assert_eq!(told(&["clear", "--json"]), [gone]);
}

#[test]
fn what_is_over_is_not_paused() {
    let server = Server::start();
    let home = server.home();
    let (_, mut program) = held(&server, &home, 3);
    program.signal(Signal::INT);
    program.end();
    run(&home, &["transfers", "pause"]).exits(0);
    let first = queue(&home)[0]["id"].to_string();
    run(&home, &["transfers", "cancel", &first]).exits(0);
    assert_eq!(paused(&home).len(), 2);
    let listed = run(&home, &["transfers"]).exits(0).stdout;
    assert_eq!(listed.matches("paused").count(), 2, "{listed}");
    assert_eq!(listed.matches("cancelled").count(), 1, "{listed}");
}
