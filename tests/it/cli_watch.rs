//! A folder that is watched: what comes or changes goes up once each, whatever ends the program in
//! between.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::{judged, run};
use crate::support::hold::{LONG, PATIENCE};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

const PLACE: &str = "acme-loc:19914/27667834";

/// A folder with a locale in it.
fn folder(home: &Home) -> PathBuf {
    let dir = home.path().join("in");
    fs::create_dir_all(dir.join("de")).unwrap();
    dir
}

/// Watches it from now on.
fn watch(home: &Home, more: &[&str]) -> Program {
    let mut args = vec!["watch", "in", "--to", PLACE, "--settle", "100"];
    args.extend(["--pattern", "{locale}/{folder}/{name}"]);
    args.extend(more);
    let program = Program::start(home, &args, b"");
    assert!(until(PATIENCE, || program.said("watching")), "it watches");
    program
}

/// Ends it as Ctrl-C does.
fn stop(mut program: Program) -> crate::support::cli::Ran {
    program.signal(Signal::INT);
    program.end().exits(130)
}

#[track_caller]
fn comes(server: &Server, name: &str) {
    assert!(until(PATIENCE, || server.stored(name).len() == 1), "{name}");
}

/// Something else comes and goes up: whatever was seen before it was decided about.
fn another(server: &Server, dir: &Path, name: &str) {
    fs::write(dir.join("de").join(name), png(name)).unwrap();
    comes(server, name);
}

fn size_of(server: &Server, name: &str) -> u64 {
    let stored = server.stored(name);
    assert_eq!(stored.len(), 1, "{stored:#?}");
    stored[0]["size"].as_u64().unwrap()
}

#[test]
fn what_is_there_and_what_comes_goes_up_once_and_not_again_after_a_restart() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    fs::write(dir.join("de/first.png"), png("first")).unwrap();
    let program = watch(&home, &["--json"]);
    comes(&server, "first.png");
    // In a folder that is new as well, two levels down.
    fs::create_dir_all(dir.join("fr/a/b")).unwrap();
    fs::write(dir.join("fr/a/b/deep.png"), png("deep")).unwrap();
    comes(&server, "deep.png");
    fs::write(dir.join(".hidden.png"), png("hidden")).unwrap();
    std::os::unix::fs::symlink("first.png", dir.join("de/link.png")).unwrap();
    another(&server, &dir, "last.png");
    // By then the batch before it is over and told.
    another(&server, &dir, "after.png");
    let ran = stop(program);
    let lines = ran.json();
    for name in ["first.png", "deep.png", "last.png"] {
        let of = lines.iter().filter(|line| line["name"] == name);
        assert_eq!(of.count(), 1, "{name} in {lines:#?}");
    }
    let events = ran.stderr.lines().filter(|line| line.starts_with('{'));
    let events: Vec<Value> = events.map(|it| serde_json::from_str(it).unwrap()).collect();
    events.iter().for_each(judged);
    assert_eq!(events[0]["event"], "watching");
    assert!(server.stored("link.png").is_empty() && server.stored(".hidden.png").is_empty());

    // Deleted at the service: the file was sent as it is, and is not sent again.
    let first = format!("{PLACE}@de/first.png");
    run(&home, &["rm", "--yes", &first]).exits(0);
    let program = watch(&home, &[]);
    another(&server, &dir, "later.png");
    assert!(server.stored("first.png").is_empty());
    assert_eq!(server.stored("deep.png").len(), 1);
    // Changed, it is another state.
    fs::write(dir.join("de/first.png"), png("first, once more")).unwrap();
    comes(&server, "first.png");
    stop(program);
}

#[test]
fn what_is_usual_there_holds_for_what_comes_and_a_flag_wins() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    let settings = fs::read_to_string(home.config()).unwrap();
    let named = "name = \"acme-loc\"\n";
    assert!(settings.contains(named), "{settings}");
    let usual = "containers = [{ id = \"19914\", locale = \"fr\", folder = \"usual\", \
                 patterns = [\"{locale}/{name}\"] }]\n";
    home.write_config(&settings.replace(named, &format!("{named}{usual}")));
    let start = |more: &[&str]| {
        let args = ["watch", "in", "--to", PLACE, "--settle", "100"];
        let program = Program::start(&home, &[&args[..], more].concat(), b"");
        assert!(until(PATIENCE, || program.said("watching")), "it watches");
        program
    };
    let places = |names: &[&str]| {
        let listed = run(&home, &["ls", PLACE, "--json"]).exits(0).json();
        let place = |name: &&str| {
            let it = listed.iter().find(|it| it["name"] == *name).unwrap();
            format!(
                "{} {}",
                it["locale"].as_str().unwrap(),
                it["folder"].as_str().unwrap()
            )
        };
        names.iter().map(place).collect::<Vec<_>>()
    };
    let program = start(&[]);
    fs::write(dir.join("top.png"), png("top")).unwrap();
    fs::write(dir.join("de/below.png"), png("below")).unwrap();
    comes(&server, "top.png");
    comes(&server, "below.png");
    stop(program);
    assert_eq!(places(&["top.png", "below.png"]), ["fr usual", "de usual"]);
    let program = start(&["--locale", "en", "--folder", "flag"]);
    fs::write(dir.join("flagged.png"), png("flagged")).unwrap();
    comes(&server, "flagged.png");
    stop(program);
    assert_eq!(places(&["flagged.png"]), ["en flag"]);
}

#[test]
fn a_changed_file_takes_the_place_of_what_was_sent_of_it_and_of_nothing_else() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    let file = dir.join("de/x.png");
    let mut program = watch(&home, &[]);
    let becomes = |text: &str| {
        fs::write(&file, png(text)).unwrap();
        let wanted = fs::metadata(&file).unwrap().len();
        let there = || {
            server
                .stored("x.png")
                .first()
                .map(|it| it["size"] == wanted)
        };
        assert!(until(PATIENCE, || there() == Some(true)), "{text}");
        assert_eq!(server.stored("x.png").len(), 1);
    };
    becomes("x");
    becomes("x, changed");
    becomes("x, changed twice");
    // Also what was changed while nobody watched.
    stop(program);
    fs::write(&file, png("x, changed at night")).unwrap();
    let wanted = fs::metadata(&file).unwrap().len();
    program = watch(&home, &[]);
    assert!(until(PATIENCE, || size_of(&server, "x.png") == wanted));
    becomes("x, changed once more");
    stop(program);

    // What others put there is theirs: in the place of ours, and where there was none.
    let other = home.path().join("other");
    fs::create_dir(&other).unwrap();
    for name in ["x.png", "y.png"] {
        let theirs = other.join(name);
        fs::write(&theirs, png("a colleague's own picture")).unwrap();
        let path = theirs.to_str().unwrap();
        let upload = ["upload", path, "--to", PLACE, "--locale", "de"];
        let upload = [&upload[..], &["--on-clash", "replace"]].concat();
        run(&home, &upload).exits(0);
    }
    let theirs = fs::metadata(other.join("x.png")).unwrap().len();
    let program = watch(&home, &[]);
    fs::write(&file, png("x, changed after that")).unwrap();
    fs::write(dir.join("de/y.png"), png("y")).unwrap();
    assert!(until(PATIENCE, || program.said("x.png” (")
        && program.said("y.png” (")));
    assert!(program.said("--on-clash replace"));
    assert_eq!(size_of(&server, "x.png"), theirs);
    assert_eq!(size_of(&server, "y.png"), theirs);
    stop(program);
    let program = watch(&home, &["--on-clash", "replace"]);
    for (name, file) in [("x.png", &file), ("y.png", &dir.join("de/y.png"))] {
        let wanted = fs::metadata(file).unwrap().len();
        assert!(until(PATIENCE, || size_of(&server, name) == wanted));
    }
    stop(program);
}

#[test]
fn a_file_that_was_on_its_way_when_it_was_killed_or_stopped_is_there_once() {
    for kill in [true, false] {
        let server = Server::start();
        let home = server.home();
        let dir = folder(&home);
        let program = watch(&home, &[]);
        server.faults(json!([
            {"operation": "media-upload", "fault": "delay", "ms": LONG}
        ]));
        fs::write(dir.join("de/x.png"), png("x")).unwrap();
        assert!(until(PATIENCE, || server.holds_one()));
        if kill {
            program.kill();
        } else {
            stop(program).complains(&["1 file stays in the queue"]);
        }
        server.faults(json!([]));
        let program = watch(&home, &[]);
        comes(&server, "x.png");
        another(&server, &dir, "y.png");
        stop(program);
        assert_eq!(server.stored("x.png").len(), 1);
    }
}

#[test]
fn a_folder_that_goes_is_watched_again_when_it_is_back() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    let program = watch(&home, &[]);
    another(&server, &dir, "before.png");
    fs::remove_dir_all(&dir).unwrap();
    assert!(until(PATIENCE, || program.said("is gone")));
    folder(&home);
    another(&server, &dir, "after.png");
    another(&server, &dir, "later.png");
    // Exchanged in one moment, it is another one all the same.
    let other = home.path().join("other");
    fs::create_dir_all(other.join("de")).unwrap();
    fs::rename(&dir, home.path().join("gone")).unwrap();
    fs::rename(&other, &dir).unwrap();
    another(&server, &dir, "last.png");
    stop(program);
}

#[test]
fn a_service_that_fails_for_a_while_gets_the_file_afterwards() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    let program = watch(&home, &["--poll", "1"]);
    server.faults(json!([
        {"operation": "list", "fault": "status", "status": 400, "times": "always"}
    ]));
    fs::write(dir.join("de/x.png"), png("x")).unwrap();
    assert!(until(PATIENCE, || program.said("tried again")));
    assert!(server.stored("x.png").is_empty());
    server.faults(json!([]));
    comes(&server, "x.png");
    stop(program);
}

#[test]
fn a_stop_while_a_file_ends_well_is_a_stop() {
    let server = Server::start();
    let home = server.home();
    let dir = folder(&home);
    let mut program = watch(&home, &[]);
    server.faults(json!([
        {"operation": "list", "fault": "delay", "skip": 1, "ms": 1_000}
    ]));
    fs::write(dir.join("de/x.png"), png("x")).unwrap();
    assert!(until(PATIENCE, || server.holds_one()));
    program.signal(Signal::INT);
    assert!(until(PATIENCE, || program.has_ended()), "it watches on");
    program.end().exits(130);
    assert_eq!(server.stored("x.png").len(), 1);
}

#[test]
fn a_place_that_cannot_be_watched_for_is_told_at_once() {
    let server = Server::start();
    let home = server.home();
    folder(&home);
    let said = |args: &[&str], code: i32, said: &str| {
        let mut all = vec!["watch"];
        all.extend(args);
        let ran = run(&home, &all).exits(code);
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
    };
    said(&["none", "--to", PLACE], 2, "not a folder");
    said(&["in", "--to", "acme-loc:19914"], 2, "segments");
    said(&["in", "--to", "acme-loc:19914/1"], 2, "no segment");
    said(&["in", "--to", PLACE, "--locale", "xx"], 2, "xx");
    said(&["in", "--to", PLACE, "--on-clash", "ask"], 2, "replace");
    said(&["in", "--to", PLACE, "--read-only"], 4, "read-only");
}
