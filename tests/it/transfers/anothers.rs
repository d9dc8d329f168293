//! While the answer to attach is lost, somebody else puts a file of the same name and size there: it is
//! not taken for the one that was sent.

use std::fs;

use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::server::{Server, sha256};

const PLACE: &str = "acme-loc:19914/27667833";

fn job(home: &Home) -> Value {
    run(home, &["transfers", "list", "--json"]).json()[0].clone()
}

/// Kills an upload within attach, and lets a colleague upload `theirs` there.
fn met(server: &Server, mine: &[u8], theirs: &[u8]) -> Home {
    let home = server.home();
    let file = home.file("spring.png", mine);
    let upload = ["upload", file.to_str().unwrap(), "--to", PLACE];
    let stands = json!({"operation": "attach", "fault": "delay", "ms": LONG});
    let Held::There(program) = hold(server, &home, &stands, &upload) else {
        panic!("it was not held");
    };
    program.kill();
    server.faults(json!([]));
    let colleague = server.home();
    let file = colleague.file("spring.png", theirs);
    let upload = ["upload", file.to_str().unwrap(), "--to", PLACE];
    run(&colleague, &upload).exits(0);
    home
}

fn stored(server: &Server) -> Vec<String> {
    let all = server.stored("spring.png");
    let digest = |it: &Value| it["sha256"].as_str().unwrap().to_owned();
    all.iter().map(digest).collect()
}

#[test]
fn a_foreign_file_of_its_name_and_size_is_not_taken_for_the_one_that_was_sent() {
    let server = Server::start();
    let home = met(&server, &png("mine.."), &png("theirs"));
    let ran = run(&home, &["transfers", "resume"]).exits(1);
    ran.complains(&["spring.png", "another file of its name and size"]);
    assert_eq!(job(&home)["state"], "in doubt");
    // Who wants it sent all the same is told that the place is taken.
    let id = job(&home)["id"].to_string();
    let ran = run(&home, &["transfers", "retry", &id]).exits(1);
    ran.complains(&["spring.png", "nothing was sent"]);
    assert_eq!(stored(&server), [sha256(&png("theirs"))]);
}

#[test]
fn a_foreign_file_that_holds_the_same_will_do() {
    let server = Server::start();
    let home = met(&server, &png("the same"), &png("the same"));
    run(&home, &["transfers", "resume"]).exits(0);
    assert_eq!(stored(&server), [sha256(&png("the same"))]);
}

/// Its contents cannot be compared any more: only the service's date tells.
#[test]
fn a_file_that_was_changed_since_is_known_by_the_time_of_its_call() {
    let server = Server::start();
    let home = server.home();
    let file = home.file("spring.png", &png("mine"));
    let upload = ["upload", file.to_str().unwrap(), "--to", PLACE];
    let stands = json!({"operation": "attach", "fault": "stall", "ms": LONG});
    let Held::There(program) = hold(&server, &home, &stands, &upload) else {
        panic!("it was not held");
    };
    program.kill();
    server.faults(json!([]));
    fs::write(&file, png("edited")).unwrap();
    run(&home, &["transfers", "resume"]).exits(0);
    assert_eq!(stored(&server), [sha256(&png("mine"))]);
}
