//! Signals at every network event of an upload: told to stop once and twice, hung up, stopped
//! across every expiry.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::batch::{Batch, Place, finish, queue, segment, website};
use crate::support::cli::{Ran, command};
use crate::support::contract::Scope;
use crate::support::hold::{self, Held, LONG, hold, hold_program};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;
use crate::support::wire::ask;

/// How soon a program is gone that is told so twice, or hung up.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Behind the service of the k-th request, where most is at stake.
fn behind(skip: u64) -> Value {
    json!({"fault": "stall", "ms": LONG, "skip": skip})
}

/// Holds an upload of two files at each request in turn, and lets something happen there.
fn at_each_request(
    to: fn(&Home) -> Place,
    mark: &str,
    mut happens: impl FnMut(&Server, &Home, &Batch, Program, &str),
) {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    let mut points = 0;
    for n in 0.. {
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("{mark} {n}"), 2);
        match hold(&server, &home, &behind(n), &batch.upload()) {
            Held::Whole(ran) => {
                ran.exits(0);
                break;
            }
            Held::Passed => {}
            Held::There(program) => {
                points += 1;
                happens(&server, &home, &batch, program, &format!("{mark} at {n}"));
                server.faults(json!([]));
            }
        }
    }
    assert!(points >= 9, "only {points} points");
}

/// What was not sent is in the queue, and the last line says so and how to go on.
#[track_caller]
fn what_is_left_is_kept(home: &Home, batch: &Batch, ran: &Ran, point: &str) {
    let left = queue(home);
    let open = left.iter().filter(|job| job["state"] != "done").count();
    match ran.code {
        Some(0) => assert_eq!(open, 0, "{point}: {ran:#?}\n{left:#?}"),
        Some(130) if open == 0 => {
            // Before anything was queued.
            assert!(
                ran.stderr.trim_end().ends_with(": stopped"),
                "{point}: {ran:#?}"
            );
        }
        Some(130) => {
            assert!(open <= batch.names.len(), "{point}: {left:#?}");
            let last = ran.stderr.lines().last().unwrap_or_default();
            let (said, how) = (
                format!("stopped: {open} file"),
                "`assetdeck transfers resume`",
            );
            assert!(
                last.contains(&said) && last.contains(how),
                "{point}: {ran:#?}\n{left:#?}"
            );
            let cancelled = left.iter().any(|job| job["state"] == "cancelled");
            assert!(!cancelled, "{point}: {left:#?}");
        }
        _ => panic!("{point}: {ran:#?}\n{left:#?}"),
    }
}

/// A file that was not sent is named with what became of it, or is still in the queue.
#[track_caller]
fn each_is_accounted_for(server: &Server, home: &Home, batch: &Batch, ran: &Ran, point: &str) {
    let left = queue(home);
    if ran.code == Some(0) {
        batch.all_stored_once(server, point);
    }
    for name in &batch.names {
        let stored = server.stored(name).len();
        assert!(stored <= 1, "{point}: {name} is doubled");
        let kept = left.iter().any(|job| job["name"] == *name);
        let told = ran.stderr.lines().any(|line| line.contains(name));
        // Stopped before anything was queued.
        let none = left.is_empty() && ran.stderr.contains("stopped");
        assert!(
            stored == 1 || kept || told || none,
            "{point}: nothing is said of {name}: {ran:#?}\n{left:#?}"
        );
    }
}

fn told_once(to: fn(&Home) -> Place, signal: Signal) {
    at_each_request(to, "once", |server, home, batch, mut program, point| {
        program.signal(signal);
        // The service goes on answering: what it has begun to record can be settled.
        server.faults(json!([]));
        let ran = program.end();
        what_is_left_is_kept(home, batch, &ran, point);
        each_is_accounted_for(server, home, batch, &ran, point);
        let promised = batch.promised(home, server);
        promised.keep(batch, home, server, point);
    });
}

fn told_twice(to: fn(&Home) -> Place, signal: Signal) {
    at_each_request(to, "twice", |server, home, batch, mut program, point| {
        // Again and again: a second one that comes too soon melts into the first.
        let gone = until(AT_ONCE, || {
            program.signal(signal);
            program.has_ended()
        });
        assert!(gone, "{point}: it does not go");
        let ran = program.end();
        server.faults(json!([]));
        each_is_accounted_for(server, home, batch, &ran, point);
        let promised = batch.promised(home, server);
        promised.keep(batch, home, server, point);
    });
}

/// Who gives the same command once more instead of going on sends nothing twice.
#[test]
fn the_same_upload_again_goes_on_with_what_was_kept() {
    at_each_request(
        website,
        "again",
        |server, home, batch, mut program, point| {
            program.signal(Signal::TERM);
            server.faults(json!([]));
            let stopped = program.end();
            let again: Vec<&str> = [batch.upload(), vec!["--yes", "--on-clash", "skip"]].concat();
            let ran = crate::support::cli::run(home, &again);
            if ran.code != Some(0) {
                // What a look does not settle is asked for once, as after any lost answer.
                assert!(
                    ran.stderr.contains("is not known"),
                    "{point}: {stopped:#?}\n{ran:#?}"
                );
                finish(home, point);
            }
            batch.all_stored_once(server, point);
            let left = queue(home);
            assert!(
                left.iter().all(|job| job["state"] == "done"),
                "{point}: {left:#?}"
            );
        },
    );
}

/// Another process works on the queue: what the user stopped here does not go on over there.
#[test]
fn told_to_end_while_another_process_sends_keeps_the_queue() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let place = website(&home);
    let [first, second] = ["working", "waiting"].map(|mark| Batch::new(&home, &place, mark, 2));
    let stands = json!({"operation": "put", "fault": "stall", "ms": LONG, "times": "always"});
    let Held::There(worker) = hold(&server, &home, &stands, &first.upload()) else {
        panic!("it was not held")
    };
    let mut program = Program::start(&home, &second.upload(), b"");
    let both = || queue(&home).len() == 4;
    assert!(until(hold::PATIENCE, both), "{:#?}", queue(&home));
    program.signal(Signal::INT);
    let ran = program.end().exits(130);
    ran.complains(&["stopped: 2 files stay", "`assetdeck transfers resume`"]);
    server.faults(json!([]));
    worker.end().exits(0);
    first.all_stored_once(&server, "the worker");
    for name in &second.names {
        assert!(
            server.stored(name).is_empty(),
            "{name} was sent all the same"
        );
    }
    finish(&home, "the waiting one");
    second.all_stored_once(&server, "the waiting one");
}

#[test]
fn told_to_end_once_on_the_way_to_a_website() {
    told_once(website, Signal::TERM);
}

#[test]
fn interrupted_once_on_the_way_to_a_segment() {
    told_once(segment, Signal::INT);
}

#[test]
fn told_to_end_twice_on_the_way_to_a_segment() {
    told_twice(segment, Signal::TERM);
}

#[test]
fn interrupted_twice_on_the_way_to_a_website() {
    told_twice(website, Signal::INT);
}

#[test]
fn hung_up_on_the_way_to_a_website() {
    at_each_request(
        website,
        "hung up",
        |server, home, batch, mut program, point| {
            program.signal(Signal::HUP);
            program.end_within(AT_ONCE);
            server.faults(json!([]));
            let promised = batch.promised(home, server);
            promised.keep(batch, home, server, point);
        },
    );
}

#[test]
fn a_hang_up_that_is_ignored_changes_nothing() {
    let server = Server::start();
    let home = server.home();
    let batch = Batch::new(&home, &segment(&home), "nohup", 2);
    let script = format!(
        "trap '' HUP; exec '{}' \"$@\"",
        env!("CARGO_BIN_EXE_assetdeck")
    );
    let stands = json!({"operation": "attach", "fault": "stall", "ms": LONG});
    let held = hold_program(&server, &stands, || {
        let mut shell = command(&home, "/bin/sh");
        shell.args(["-c", &script, "sh"]).args(batch.upload());
        Program::start_command(shell, &["upload"], b"")
    });
    let Held::There(mut program) = held else {
        panic!("it was not held")
    };
    program.signal(Signal::HUP);
    server.faults(json!([]));
    program.end().exits(0);
    batch.all_stored_once(&server, "nohup");
}

/// Going on with an earlier run, and told to stop: everything stays queued.
#[test]
fn told_to_end_while_going_on_keeps_the_queue() {
    let server = Server::start().judged(Scope::Requests);
    let place = website(&server.home());
    for n in 0.. {
        let home = server.home();
        let batch = Batch::new(&home, &place, &format!("going on {n}"), 2);
        let first =
            json!({"operation": "upload-url", "fault": "delay", "ms": LONG, "times": "always"});
        let Held::There(program) = hold(&server, &home, &first, &batch.upload()) else {
            panic!("it was not held")
        };
        program.kill();
        server.faults(json!([]));
        let mut program = match hold(&server, &home, &behind(n), &["transfers", "resume"]) {
            Held::There(program) => program,
            Held::Passed => continue,
            Held::Whole(ran) => {
                ran.exits(0);
                break;
            }
        };
        program.signal(if n % 2 == 0 {
            Signal::TERM
        } else {
            Signal::INT
        });
        server.faults(json!([]));
        let point = format!("going on, told at {n}");
        assert!(program.end().code.is_some(), "{point}");
        assert_eq!(queue(&home).len(), 2, "{point}");
        finish(&home, &point);
        batch.all_stored_once(&server, &point);
    }
}

fn is_stopped(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it is there");
    stat.rsplit(") ")
        .next()
        .is_some_and(|rest| rest.starts_with('T'))
}

/// Stopped at each request in turn; when it goes on, every token and link has ended meanwhile.
fn stopped_across_every_expiry(to: fn(&Home) -> Place) {
    at_each_request(to, "stopped", |server, home, batch, mut program, point| {
        program.signal(Signal::STOP);
        assert!(until(AT_ONCE, || is_stopped(program.pid())), "{point}");
        let expired = ask(
            server.demo().segmentflow_url(),
            "POST",
            "/__demo/expire?what=all",
            &[],
            b"",
        );
        assert_eq!(expired.status, 204);
        server.faults(json!([]));
        program.signal(Signal::CONT);
        let ran = program.end();
        assert_eq!(ran.code, Some(0), "{point}: {ran:#?}\n{:#?}", queue(home));
        batch.all_stored_once(server, point);
    });
}

#[test]
fn stopped_across_every_expiry_on_the_way_to_a_website() {
    stopped_across_every_expiry(website);
}

#[test]
fn stopped_across_every_expiry_on_the_way_to_a_segment() {
    stopped_across_every_expiry(segment);
}

/// Expired just before the k-th request, with no stop at all.
#[test]
fn everything_expires_before_each_request() {
    let server = Server::start().judged(Scope::Requests);
    let places = [website(&server.home()), segment(&server.home())];
    for (service, place) in places.iter().enumerate() {
        for n in 0.. {
            let home = server.home();
            let batch = Batch::new(&home, place, &format!("expired {service} {n}"), 2);
            server.faults(json!({"fault": "expire", "what": "all", "skip": n}));
            let point = format!("{}: expired before request {n}", place.reference);
            let ran = crate::support::cli::run(&home, &batch.upload());
            assert_eq!(ran.code, Some(0), "{point}: {ran:#?}");
            batch.all_stored_once(&server, &point);
            if server.state()["faults"]["script"][0]["fired"] == 0 {
                break;
            }
        }
    }
}

/// A link that has ended before it can be used is asked for anew, three times at the most.
#[test]
fn links_that_are_never_good_make_no_record() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "no link", 1);
    server
        .faults(json!({"operation": "put", "fault": "expire", "what": "links", "times": "always"}));
    let ran = crate::support::cli::run(&home, &batch.upload()).exits(1);
    ran.complains(&[&batch.names[0], "expired"]);
    assert!(server.stored(&batch.names[0]).is_empty());
    let asked = server.demo().exchanges();
    let links = asked.iter().filter(|it| it.path.ends_with("/upload-url"));
    assert_eq!(links.count(), 3);
    server.faults(json!([]));
    finish(&home, "links are good again");
    crate::support::cli::run(&home, &["transfers", "retry"]);
    batch.all_stored_once(&server, "links are good again");
}
