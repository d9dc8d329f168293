//! Several who send to one place: one of them has it, and the others are told.

use std::time::Duration;

use serde_json::json;

use crate::support::batch::{Batch, Place, segment, website};
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::{Server, sha256};
use crate::support::wait::until;

const DEADLINE: Duration = Duration::from_mins(1);
const NAME: &str = "one place.png";

/// One of both went, the other was refused, and the place holds what went.
#[track_caller]
fn one_of(server: &Server, sent: &[(&[u8], Ran); 2]) {
    let stored = server.stored(NAME);
    assert_eq!(stored.len(), 1, "{stored:#?}");
    let (went, refused): (Vec<_>, Vec<_>) = sent.iter().partition(|it| it.1.code == Some(0));
    assert_eq!((went.len(), refused.len()), (1, 1), "{sent:#?}");
    assert_eq!(stored[0]["sha256"], *sha256(went[0].0), "not what went");
    refused[0].1.complains(&[NAME]);
}

/// Two files of one name, from two folders of one home, the second while the first is on its way.
fn two_from_here(to: fn(&Home) -> Place, operation: &str) {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = to(&home);
    let files = [
        &b"\x89PNG\r\n\x1a\nfirst"[..],
        b"\x89PNG\r\n\x1a\nthe second",
    ];
    let upload = |folder: &str, bytes: &[u8]| {
        let path = home.file(&format!("{folder}/{NAME}"), bytes);
        let mut args = vec![
            "upload".to_owned(),
            "--to".to_owned(),
            place.reference.clone(),
        ];
        args.extend(place.flags.iter().map(|it| (*it).to_owned()));
        args.push(path.to_str().expect("text").to_owned());
        args
    };
    let first: Vec<String> = upload("a", files[0]);
    let first: Vec<&str> = first.iter().map(String::as_str).collect();
    let stands = json!({"operation": operation, "fault": "stall", "ms": LONG});
    let Held::There(program) = hold(&server, &home, &stands, &first) else {
        panic!("it was not held")
    };
    let second = upload("b", files[1]);
    let second: Vec<&str> = second.iter().map(String::as_str).collect();
    let second = run(&home, &second);
    server.faults(json!([]));
    one_of(&server, &[(files[0], program.end()), (files[1], second)]);
}

#[test]
fn two_files_for_one_place_of_a_segment_are_not_both_called_done() {
    two_from_here(segment, "media-upload");
}

#[test]
fn two_files_for_one_place_of_a_website_are_not_both_called_done() {
    two_from_here(website, "put");
}

/// From another machine, while the bytes are on their way: the service would let it be overwritten.
#[test]
fn what_somebody_else_put_there_meanwhile_is_not_overwritten() {
    let server = Server::start().judged(Scope::Requests);
    let (here, there) = (server.home(), server.home());
    let place = segment(&here);
    let files = [&b"\x89PNG\r\n\x1a\nhere"[..], b"\x89PNG\r\n\x1a\nand there"];
    let batch =
        |home: &Home, bytes: &[u8]| Batch::of(home, &place, [(bytes.to_vec(), NAME.to_owned())]);
    let (mine, theirs) = (batch(&here, files[0]), batch(&there, files[1]));
    // Longer than what was listed counts for.
    server.faults(json!({"operation": "media-upload", "fault": "delay", "ms": 3000}));
    let program = Program::start(&here, &mine.upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()), "it was not held");
    let theirs = run(&there, &theirs.upload());
    one_of(&server, &[(files[0], program.end()), (files[1], theirs)]);
}

/// A file in doubt is asked for once more, while another process works on the queue.
fn in_doubt_beside_a_worker(to: fn(&Home) -> Place, record: &str, bytes: &str) {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = to(&home);
    let batch = Batch::new(&home, &place, "in doubt", 1);
    let hidden = json!({"operation": record, "fault": "lag", "lists": 10_000});
    server.faults(json!([hidden, {"operation": record, "fault": "drop", "way": "reset"}]));
    run(&home, &batch.upload()).exits(1);
    let other = Batch::new(&home, &place, "other", 1);
    let stands = json!({"operation": bytes, "fault": "stall", "ms": LONG});
    let Held::There(worker) = hold(&server, &home, &stands, &other.upload()) else {
        panic!("it was not held")
    };
    let again = run(&home, &batch.upload()).exits(1);
    again.complains(&[&batch.names[0], "not known"]);
    batch.all_stored_once(&server, "asked for once more");
    server.faults(json!([]));
    worker.end().exits(0);
    batch.all_stored_once(&server, "the worker ended");
}

#[test]
fn a_created_file_in_doubt_is_not_sent_again_beside_a_worker() {
    in_doubt_beside_a_worker(website, "create", "put");
}

#[test]
fn an_attached_file_in_doubt_is_not_sent_again_beside_a_worker() {
    in_doubt_beside_a_worker(segment, "attach", "media-upload");
}
