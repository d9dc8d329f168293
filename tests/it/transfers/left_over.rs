//! What `resume` and `retry` leave undone they name, and no script takes it for done.

use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::batch::{Batch, queue, segment, website};
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::strace::Fate::KeepsFailing;
use crate::support::strace::{Meddling, ready, run_meddled};
use crate::support::wait::until;

const DEADLINE: Duration = Duration::from_mins(1);

/// More lists than any of these tests asks for.
const HIDDEN: u64 = 10_000;

/// The answer to a create is lost, and its record is listed late.
fn lost_and_hidden() -> Value {
    json!([
        {"operation": "create", "fault": "lag", "lists": HIDDEN, "times": "always"},
        {"operation": "create", "fault": "drop", "way": "reset", "times": "always"}
    ])
}

fn states(home: &Home) -> Vec<String> {
    let queue = queue(home);
    let states = queue.iter().map(|job| job["state"].as_str().expect("text"));
    states.map(str::to_owned).collect()
}

#[test]
fn what_is_in_doubt_is_sent_again_by_its_number_only() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "doubted", 2);
    server.faults(lost_and_hidden());
    run(&home, &batch.upload()).exits(1);
    assert_eq!(states(&home), ["in doubt", "in doubt"]);
    for what in ["retry", "resume"] {
        let ran = run(&home, &["transfers", what]).exits(1);
        ran.complains(&["2 files are in doubt", "assetdeck transfers retry ID"]);
        assert_eq!(states(&home), ["in doubt", "in doubt"], "{what}");
        batch.all_stored_once(&server, what);
    }
    server.faults(json!([]));
    let id = queue(&home)[0]["id"].to_string();
    run(&home, &["transfers", "retry", &id]).exits(0);
    assert_eq!(states(&home), ["done", "in doubt"]);
    assert_eq!(server.stored(&batch.names[0]).len(), 2, "as was said");
    assert_eq!(server.stored(&batch.names[1]).len(), 1);
}

#[test]
fn retry_without_numbers_tries_what_failed_beside_one_in_doubt() {
    let server = Server::start();
    let home = server.home();
    let place = website(&home);
    let doubted = Batch::new(&home, &place, "doubted", 1);
    server.faults(lost_and_hidden());
    run(&home, &doubted.upload()).exits(1);
    let failed = Batch::new(&home, &place, "failed", 1);
    server.faults(json!([{"operation": "upload-url", "fault": "status", "status": 400}]));
    run(&home, &failed.upload()).exits(1);
    // What failed is not done, and going on does not try it.
    let ran = run(&home, &["transfers", "resume"]).exits(1);
    ran.complains(&["1 file is in doubt"]);
    ran.complains(&["1 file failed earlier", "assetdeck transfers retry"]);
    assert!(server.stored(&failed.names[0]).is_empty());
    let ran = run(&home, &["transfers", "retry"]).exits(3);
    ran.complains(&["1 file is in doubt"]);
    failed.all_stored_once(&server, "what failed");
    doubted.all_stored_once(&server, "what is in doubt");
}

/// A process that works on two files and stands still, and one that looks on.
fn followed(server: &Server, home: &Home, batch: &Batch) -> (Program, Program) {
    server.faults(json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let worker = Program::start(home, &batch.upload(), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    let follower = Program::start(home, &["transfers", "resume"], b"");
    // It has asked for them, and waits.
    assert!(until(DEADLINE, || follower.said("this one waits")));
    (worker, follower)
}

#[test]
fn resume_follows_another_process_to_the_end() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "followed", 2);
    let (worker, follower) = followed(&server, &home, &batch);
    // The second of them is refused: that is told by both.
    server.faults(json!([{"operation": "create", "fault": "status", "status": 422}]));
    let first = worker.end();
    let ran = follower.end();
    assert_eq!((first.code, ran.code), (Some(3), Some(3)), "{ran:?}");
    ran.complains(&["another assetdeck works", "2 files"]);
    assert_eq!(ran.stdout.lines().count(), 1, "{ran:?}");
    run(&home, &["transfers", "retry"]).exits(0);
    batch.all_stored_once(&server, "followed");
}

#[test]
fn resume_says_what_pause_the_process_it_follows_has_to_make() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "slowed", 2);
    server.faults(json!([
        {"operation": "upload-url", "fault": "throttle", "wait": 100, "times": "always"}
    ]));
    let worker = Program::start(&home, &batch.upload(), b"");
    let said = "held by acme-web, ";
    assert!(until(DEADLINE, || worker.said(said)));
    let follower = Program::start(&home, &["transfers", "resume"], b"");
    assert!(until(DEADLINE, || follower.said(said)));
    let program = Program::start(&home, &["transfers", "resume", "--json"], b"");
    assert!(until(DEADLINE, || program.said(r#""event":"held""#)));
    for ran in [worker.kill(), follower.kill(), program.kill()] {
        assert_eq!(ran.stdout, "");
        // Once, however many files wait.
        assert_eq!(ran.stderr.matches("held").count(), 1, "{ran:#?}");
        assert!(ran.stderr.contains("acme-web"), "{ran:#?}");
    }
}

#[test]
fn resume_takes_over_when_the_process_it_follows_dies() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "taken", 2);
    let (worker, follower) = followed(&server, &home, &batch);
    worker.kill();
    server.faults(json!([]));
    let ran = follower.end();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ran.stdout.lines().count(), 2, "{ran:?}");
    batch.all_stored_once(&server, "taken over");
    run(&home, &["transfers", "resume"]).exits(0);
}

/// The folder that a download was to go to is a link when it goes on: nothing is saved through it.
#[test]
fn a_folder_that_became_a_link_is_not_followed() {
    let server = Server::start();
    let (batch, refs) = stored(&server, "exchanged", 2);
    let home = server.home();
    server.faults(json!([
        {"operation": "download", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let first = Program::start(&home, &get(&refs), b"");
    assert!(until(DEADLINE, || queue(&home).len() == 2));
    assert!(until(DEADLINE, || server.holds_one()));
    first.kill();
    server.faults(json!([]));
    let (chosen, other) = (home.path().join("got"), home.path().join("other"));
    std::fs::rename(&chosen, home.path().join("was")).expect("it is there");
    std::fs::create_dir(&other).expect("a folder");
    std::os::unix::fs::symlink(&other, &chosen).expect("a link");
    let ran = run(&home, &["transfers", "resume"]).exits(1);
    ran.complains(&[&batch.names[0], "got is a link now", "nothing is saved"]);
    assert_eq!(std::fs::read_dir(&other).expect("the folder").count(), 0);
    // A link that is there when the folder is chosen is the user's own.
    run(&home, &["transfers", "cancel"]).exits(0);
    run(&home, &get(&refs)).exits(0);
    assert_eq!(std::fs::read_dir(&other).expect("the folder").count(), 2);
}

/// What was paused as a whole stays so over the end of the program.
#[test]
fn a_queue_that_is_closed_stays_closed_until_resume() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "closed", 2);
    let state = home.path().join(".local/state/assetdeck");
    {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let _inside = runtime.enter();
        let engine = assetdeck::transfer::Transfers::open(&state).expect("the queue");
        engine.close_all();
        engine.flush();
    }
    run(&home, &["transfers"])
        .exits(0)
        .complains(&["all transfers are paused"]);
    let ran = run(&home, &batch.upload()).exits(1);
    ran.complains(&["all transfers are paused", "resume"]);
    ran.complains(&["2 files wait in the queue"]);
    run(&home, &["transfers", "resume"]).exits(0);
    batch.all_stored_once(&server, "resumed");
    let more = Batch::new(&home, &website(&home), "open", 1);
    let ran = run(&home, &more.upload()).exits(0);
    assert_eq!(ran.stderr, "");
}

#[test]
fn resume_goes_on_with_what_a_full_disk_held_back() {
    if !ready() {
        return;
    }
    let server = Server::start();
    let (batch, refs) = stored(&server, "large", 6);
    let home = server.home();
    let here = home.path().canonicalize().expect("the home is there");
    let part = |name: &String| here.join(format!("got/.{name}.assetdeck-0.part"));
    let on: Vec<PathBuf> = batch.names.iter().map(part).collect();
    let full = Meddling {
        calls: "write,writev,pwrite64",
        on: &on,
        fate: KeepsFailing("ENOSPC"),
        nth: 1,
    };
    let (ran, _) = run_meddled(&home, &full, &get(&refs));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let named = ran.stderr.matches("could not save the file").count();
    assert_eq!(named, 1, "one cause, one message: {ran:#?}");
    let said = states(&home);
    assert!(said.iter().any(|it| it == "failed"), "{said:?}");
    run(&home, &["transfers", "resume"]).exits(0);
    assert!(
        states(&home).iter().all(|it| it == "done"),
        "{:#?}",
        queue(&home)
    );
}

#[test]
fn resume_looks_for_what_was_not_listed() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "late", 1);
    server.faults(json!([
        {"operation": "create", "fault": "lag", "lists": HIDDEN, "times": "always"}
    ]));
    run(&home, &batch.upload()).exits(1);
    assert_eq!(states(&home), ["unlisted"]);
    let ran = run(&home, &["transfers", "resume"]).exits(1);
    ran.complains(&[&batch.names[0], "not confirmed"]);
    ran.complains(&["1 file is in doubt"]);
    batch.all_stored_once(&server, "resumed");
}

/// Files at the service, and how to ask for them.
fn stored(server: &Server, mark: &str, count: usize) -> (Batch, Vec<String>) {
    let home = server.home();
    let batch = Batch::new(&home, &segment(&home), mark, count);
    let lines = run(&home, &[&batch.upload()[..], &["--json"]].concat())
        .exits(0)
        .json();
    let refs = lines.iter().map(|it| it["ref"].as_str().expect("a ref"));
    (batch, refs.map(str::to_owned).collect())
}

#[test]
fn only_what_a_command_does_not_go_on_with_is_told_as_left() {
    let server = Server::start();
    let home = server.home();
    let place = website(&home);
    let [first, second] =
        [("first", 2), ("second", 1)].map(|(mark, count)| Batch::new(&home, &place, mark, count));
    server.faults(json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let both = [&first.upload()[..], &second.upload()[5..]].concat();
    let mut program = Program::start(&home, &both, b"");
    assert!(until(DEADLINE, || queue(&home).len() == 3));
    program.signal(Signal::INT);
    program.end().exits(130);
    server.faults(json!([]));
    let ran = run(&home, &second.upload()).exits(0);
    ran.complains(&[
        "2 files of an earlier run are not finished",
        "transfers resume",
    ]);
    let ran = run(&home, &first.upload()).exits(0);
    assert_eq!(ran.stderr, "");
    first.all_stored_once(&server, "once more");
}

fn get(refs: &[String]) -> Vec<&str> {
    let refs = refs.iter().map(String::as_str);
    ["get", "--out", "got"].into_iter().chain(refs).collect()
}

#[test]
fn the_same_get_goes_on_with_what_a_killed_one_left() {
    let server = Server::start();
    let (batch, refs) = stored(&server, "wanted", 5);
    let home = server.home();
    server.faults(json!([
        {"operation": "download", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let first = Program::start(&home, &get(&refs), b"");
    assert!(until(DEADLINE, || server.holds_one()));
    assert!(until(DEADLINE, || queue(&home).len() == 5));
    first.kill();
    server.faults(json!([]));
    // Nobody works on them, so none is running.
    assert_eq!(states(&home), ["queued"; 5]);
    run(&home, &get(&refs)).exits(0);
    assert_eq!(queue(&home), Vec::<Value>::new(), "nothing is left of it");
    for name in &batch.names {
        let got = std::fs::read(home.path().join("got").join(name)).expect("it is saved");
        assert!(got == crate::cli_upload::png(name), "{name}");
    }
}

#[test]
fn a_journal_on_a_full_disk_has_one_message() {
    if !ready() {
        return;
    }
    let server = Server::start();
    let mut alike = 0;
    for nth in 1..=8 {
        let home = server.home();
        run(&home, &["transfers", "clear"]).exits(0);
        let batch = Batch::new(&home, &website(&home), &format!("no room {nth}"), 8);
        let here = home.path().canonicalize().expect("the home is there");
        let state = here.join(".local/state/assetdeck");
        let on = ["transfers.db", "transfers.db-wal", "transfers.db-journal"];
        let full = Meddling {
            calls: "pwrite64",
            on: &on.map(|name| state.join(name)),
            fate: KeepsFailing("ENOSPC"),
            nth,
        };
        let (ran, came) = run_meddled(&home, &full, &batch.upload());
        if !came {
            break;
        }
        for said in ["nothing is begun", "not written down"] {
            assert!(ran.stderr.matches(said).count() <= 1, "{nth}: {ran:#?}");
        }
        alike += usize::from(ran.stderr.contains("more failed by the same"));
    }
    assert!(alike > 0, "the disk was never full for several");
}

#[test]
fn why_a_folder_is_not_replaced_is_said() {
    let server = Server::start();
    let (batch, refs) = stored(&server, "barred", 1);
    let home = server.home();
    let there = home.path().join("got").join(&batch.names[0]);
    std::fs::create_dir_all(&there).expect("a folder");
    let ran = run(
        &home,
        &[&get(&refs)[..], &["--on-clash", "replace"]].concat(),
    )
    .exits(1);
    ran.complains(&[
        &batch.names[0],
        "is a link or a folder",
        "nothing was replaced",
    ]);
    assert!(there.is_dir());
}
