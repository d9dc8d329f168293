//! With --json every line on both streams is one of those that `assetdeck schema` tells of: what is
//! found, what is done, and what is said beside that, whether it goes well or not.

use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::{Ran, judged, run};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::pty::Pty;
use crate::support::server::Server;
use crate::support::wait::until;

const SEGMENT: &str = "acme-loc:19914/27667834";
const HERO: &str = "acme-loc:19914/27667833@de/public/images/hero.png";
const PHOTO: &str =
    "acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448@bec90e68-6337-4aa9-b2b0-20f1b71f09d0";

/// Each line of both streams, judged.
#[track_caller]
fn lines(ran: &Ran) -> Vec<Value> {
    let lines = ran.stdout.lines().chain(ran.stderr.lines());
    let parse = |line: &str| {
        let value: Value =
            serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line:?} of {ran:#?}"));
        judged(&value);
        value
    };
    lines.map(parse).collect()
}

/// Runs it with --json; what it printed on either stream.
#[track_caller]
fn told(home: &Home, args: &[&str], code: i32) -> Vec<Value> {
    let args = [args, &["--json"]].concat();
    lines(&run(home, &args).exits(code))
}

/// The last of them says why it failed, and with which code.
#[track_caller]
fn fails(home: &Home, args: &[&str], code: i32, part: &str) {
    let told = told(home, args, code);
    let last = told.last().expect("a line");
    assert_eq!(last["event"], "error", "{args:?}: {last}");
    assert_eq!(last["exit"], code, "{args:?}: {last}");
    let text = format!("{last}");
    assert!(text.contains(part), "{args:?}: {part} in {last}");
}

#[track_caller]
fn notes(told: &[Value], part: &str) {
    let said = |it: &Value| {
        it["event"] == "note" && it["message"].as_str().is_some_and(|it| it.contains(part))
    };
    assert!(told.iter().any(said), "{part} in {told:#?}");
}

#[test]
fn what_goes_well_is_told_in_objects() {
    let server = Server::start();
    let home = server.home();
    for name in ["in/de/one.png", "in/de/two.png", "in/.hidden.png"] {
        home.file(name, &png(name));
    }
    for args in [
        &["accounts"][..],
        &["ls"],
        &["ls", "acme-loc:"],
        &["ls", "acme-loc:19914", "--filter", "has:assets"],
        &["ls", "acme-loc:19914/27667833"],
        &["show", HERO],
        &["find", "hero"],
        &["coverage", "acme-loc:19914/27667833"],
        &["config", "show"],
        &["transfers"],
        &["transfers", "resume"],
        &["transfers", "clear"],
        &["get", HERO],
        &["edit", PHOTO, "--alt", "Us"],
        &["sync", "docs", SEGMENT, "--down"],
        &["sync", "docs", SEGMENT, "--dry-run"],
        &["sync", "docs", SEGMENT, "--delete", "--yes"],
    ] {
        told(&home, args, 0);
    }
    notes(
        &told(&home, &["ls", "acme-loc:Mobile app/hero-banner"], 0),
        "is acme-loc:",
    );
    let pattern = ["--pattern", "{locale}/{folder}/{name}"];
    let upload = [&["upload", "in", "--to", SEGMENT, "--yes"], &pattern[..]].concat();
    told(&home, &[&upload[..], &["--dry-run"]].concat(), 0);
    notes(&told(&home, &upload, 0), "hidden");
    // A second time they are there.
    notes(&told(&home, &upload, 0), "there already");
    let plan = [&upload[..], &["--save-plan", "a.plan"]].concat();
    notes(&told(&home, &plan, 0), "saved to");
    let moved = told(&home, &["mv", HERO, "--name", "banner.png", "--yes"], 0);
    assert!(moved.iter().any(|line| line["name"] == "banner.png"));
    let aloud = told(&home, &["-v", "ls", "acme-loc:"], 0);
    assert!(
        aloud.iter().any(|line| line["event"] == "log"),
        "{aloud:#?}"
    );
    let mut watching = Program::start(&home, &["watch", "in", "--to", SEGMENT, "--json"], b"");
    let watches = until(crate::support::hold::PATIENCE, || watching.said("watching"));
    assert!(watches);
    watching.signal(rustix::process::Signal::INT);
    lines(&watching.end().exits(130));
}

#[test]
fn what_fails_is_told_in_objects() {
    let server = Server::start();
    let mut home = server.home();
    home.file("x.png", &png("x"));
    fails(&home, &["ls", "nobody:"], 2, "nobody");
    fails(&home, &["ls", "acme-loc:Mobile ape"], 2, "Mobile app");
    fails(
        &home,
        &["ls", "acme-loc:", "--filter", "size:>lots"],
        2,
        "size",
    );
    fails(
        &home,
        &["show", "acme-loc:19914/27667833@de/none.png"],
        1,
        "none.png",
    );
    fails(&home, &["show", "x"], 2, "x");
    fails(&home, &["coverage", "acme-web:"], 2, "no coverage");
    fails(&home, &["transfers", "retry", "12"], 2, "12");
    fails(
        &home,
        &["config", "show", "--config", "none.toml"],
        2,
        "none.toml",
    );
    fails(
        &home,
        &["upload", "none.png", "--to", SEGMENT],
        1,
        "none.png",
    );
    fails(&home, &["get", HERO, "--out", "x.png"], 2, "x.png");
    fails(&home, &["edit", HERO, "--alt", "x"], 2, "alt");
    fails(&home, &["mv", HERO, "--name", "y.png"], 2, "yes");
    fails(&home, &["sync", "none", SEGMENT], 2, "none");
    fails(&home, &["watch", "none", "--to", SEGMENT], 2, "none");
    fails(
        &home,
        &["mv", HERO, "--name", "y.png", "--read-only"],
        4,
        "read-only",
    );
    told(&home, &["doctor"], 1);
    // What clap refuses.
    fails(&home, &["ls", "--nonsense"], 2, "--nonsense");
    fails(&home, &["lss"], 2, "lss");
    fails(&home, &["upload", "x.png"], 2, "--to");
    fails(&home, &["ls", "a", "b"], 2, "b");
    // What is not known of a flag is not taken for it.
    let plain = run(&home, &["find", "--", "--json"]).exits(0);
    assert!(!plain.stderr.contains('{'), "{plain:?}");

    let taken = ["upload", "x.png", "--to", SEGMENT, "--locale", "de"];
    told(&home, &taken, 0);
    home.file("x.png", &png("x, another one"));
    fails(&home, &taken, 1, "there already");
    server.faults(json!([{"service": "wordbee", "fault": "throttle", "times": 1, "wait": 1}]));
    told(&home, &[&taken[..], &["--on-clash", "replace"]].concat(), 0);
    server.faults(
        json!([{"operation": "list", "fault": "status", "status": 400, "times": "always"}]),
    );
    told(&home, &["ls", "acme-loc:19914/27667833"], 1);
    told(&home, &["get", "acme-loc:19914/27667833"], 1);
    server.faults(json!([]));
    home.unset("ASSETDECK_KEY_ACME_LOC");
    fails(&home, &["ls", "acme-loc:"], 4, "acme-loc");
    home.write_config("[[accounts]]\nname = 1\n");
    fails(&home, &["ls"], 2, "config.toml");
}

#[test]
fn what_is_deleted_and_where_things_are_is_told_in_objects() {
    let server = Server::start();
    let home = server.home();
    let [link] = &told(&home, &["url", HERO], 0)[..] else {
        panic!("one object")
    };
    assert_eq!(
        (&link["kind"], &link["ref"]),
        (&json!("link"), &json!(HERO))
    );
    assert_eq!(link["name"], "hero.png");
    let plain = run(&home, &["url", HERO]).exits(0).stdout;
    assert_eq!(link["url"], plain.trim_end());
    assert!(link.get("opened").is_none(), "{link}");
    let opened = run(&home, &["open", HERO, "--json"]).exits(0);
    lines(&opened);
    let opened = &opened.json()[0];
    assert_eq!(
        (&opened["opened"], &opened["url"]),
        (&json!(false), &link["url"])
    );

    let gone = "acme-loc:19914/27667833@de/none.png";
    let removed = run(&home, &["rm", HERO, gone, "--yes", "--json"]).exits(3);
    lines(&removed);
    let objects = removed.json();
    assert_eq!(objects.len(), 2, "{objects:#?}");
    assert_eq!(objects[0]["kind"], "deletion");
    assert_eq!(
        (&objects[0]["ref"], &objects[0]["state"]),
        (&json!(HERO), &json!("deleted"))
    );
    assert_eq!(objects[0]["name"], "hero.png");
    assert_eq!(objects[0]["reason"], Value::Null);
    assert_eq!(
        (&objects[1]["ref"], &objects[1]["state"]),
        (&json!(gone), &json!("failed"))
    );
    let reason = objects[1]["reason"].as_str().expect("a reason");
    assert!(reason.contains("none.png"), "{reason}");
    fails(&home, &["rm", PHOTO], 2, "--yes");
    fails(&home, &["url", gone], 1, "none.png");
    fails(&home, &["open", gone], 1, "none.png");
}

#[test]
fn settings_are_judged_in_objects() {
    let server = Server::start();
    let home = server.home();
    let file = home.config().to_string_lossy().into_owned();
    let place = told(&home, &["config", "path"], 0);
    assert_eq!(
        place,
        [json!({"kind": "settings-file", "file": file, "found": true})]
    );
    let checked = told(&home, &["config", "check"], 0);
    assert_eq!(
        (&checked[0]["file"], &checked[0]["faults"]),
        (&json!(file), &json!([]))
    );
    let good = std::fs::read_to_string(home.config()).expect("settings");
    assert_eq!(checked[0]["accounts"], good.matches("[[accounts]]").count());

    for (more, word) in [
        ("\n[terminal]\nnotifi = \"bell\"\n", "`notify`"),
        ("\n[keys]\nopne = \"x\"\n", "opne"),
    ] {
        let wrong = format!("{good}{more}");
        home.write_config(&wrong);
        let ran = run(&home, &["config", "check", "--json"]).exits(2);
        lines(&ran);
        let [check] = &ran.json()[..] else {
            panic!("one object: {ran:?}")
        };
        assert_eq!(check["kind"], "settings-check");
        assert_eq!(check["accounts"], Value::Null);
        let fault = &check["faults"][0];
        assert_eq!(
            (&fault["file"], &fault["line"]),
            (&json!(file), &json!(wrong.lines().count()))
        );
        let message = fault["message"].as_str().expect("a message");
        assert!(message.contains(word), "{message}");
    }
    home.write_config("");
    std::fs::remove_file(home.config()).expect("removed");
    let none = told(&home, &["config", "path"], 0);
    assert_eq!(none[0]["found"], false);
}

/// Also where somebody could answer.
#[test]
fn a_question_is_an_object_too() {
    let server = Server::start();
    let home = server.home();
    let mut pty = Pty::start(&home, &["mv", HERO, "--name", "y.png", "--json"], (200, 30));
    pty.wait_text(r#""event":"question""#);
    pty.send("n\r");
    assert_eq!(pty.exit_code(crate::support::pty::PATIENCE), 1);
    for line in pty.screen().lines().filter(|line| *line != "n") {
        judged(&serde_json::from_str(line).unwrap_or_else(|e| panic!("{e} in {line}")));
    }
}
