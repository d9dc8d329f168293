//! Progress of the commands: a block on a terminal that goes without a trace, JSON lines for
//! programs, and nothing but the results for a pipe.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::cli_browse::ref_of;
use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::server::Server;
use crate::support::wait::until;

fn shop(home: &Home) -> String {
    ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop")
}

/// Uploads to websites stand still behind so many bytes until the script is replaced.
fn hold(server: &Server) {
    let faults = json!([{
        "operation": "put", "fault": "stall", "at": "request", "after": 65_536, "ms": 600_000,
        "times": "always"
    }]);
    server.demo().faults(faults).expect("a script");
}

fn release(server: &Server) {
    server.demo().faults(json!([])).expect("a script");
}

/// A picture of a few hundred KiB.
fn large(home: &Home, name: &str) -> String {
    let mut bytes = png(name);
    bytes.resize(400_000, b'x');
    home.file(name, &bytes).to_str().unwrap().to_owned()
}

fn ends(pty: &Pty, code: u32) {
    assert_eq!(
        pty.exit_code(Duration::from_secs(30)),
        code,
        "{}",
        pty.screen()
    );
}

#[test]
fn a_terminal_sees_a_block_and_then_only_the_results() {
    let server = Server::start();
    let home = server.home();
    let shop = shop(&home);
    for size in [(100, 30), (20, 8)] as [Size; 2] {
        hold(&server);
        let names = [
            format!("one-{}.png", size.0),
            format!("二二-{}.png", size.0),
        ];
        let files: Vec<String> = names.iter().map(|name| large(&home, name)).collect();
        let pty = Pty::start(
            &home,
            &["upload", &files[0], &files[1], "--to", &shop, "--yes"],
            size,
        );
        pty.wait_for("both files and a total", |screen| {
            screen.contains("↑ one-") && screen.contains("↑ 二二-") && screen.contains("0 of 2")
        });
        let rows = pty.screen();
        assert!(rows.trim_end().lines().count() <= 3, "{rows}");
        release(&server);
        ends(&pty, 0);
        pty.wait_gone("↑");
        let left = pty.screen();
        assert!(!left.contains('↑') && !left.contains("of 2"), "{left}");
        // One result for each; nothing else is left.
        let written = String::from_utf8_lossy(&pty.output()).into_owned();
        assert_eq!(written.matches(": done,").count(), 2, "{written:?}");
        pty.assert_restored();
    }
}

#[test]
fn an_interrupt_leaves_a_clean_line() {
    let server = Server::start();
    let mut home = server.home();
    home.set("TERM_PROGRAM", "WezTerm");
    let shop = shop(&home);
    hold(&server);
    let file = large(&home, "stopped.png");
    let mut pty = Pty::start(&home, &["upload", &file, "--to", &shop], (80, 24));
    pty.wait_text("↑ stopped.png");
    let told = |what: &str| String::from_utf8_lossy(&pty.output()).contains(what);
    assert!(
        until(PATIENCE, || told("\x1b]9;4;1;")),
        "{:?}",
        pty.screen()
    );
    pty.send_keys("C-c");
    ends(&pty, 130);
    pty.wait_for(
        "what is left and how to go on, and nothing else",
        |screen| {
            let line = screen.replace('\n', "");
            line.starts_with("assetdeck: stopped: 1 file stays in the queue; ")
                && line.contains("`assetdeck transfers resume`")
                && line.trim_end().ends_with("drops what is left")
        },
    );
    let text = String::from_utf8_lossy(&pty.output()).into_owned();
    assert!(text.contains("\x1b]9;4;0;"), "{text:?}");
    assert!(text.contains("\x1b]2;\x1b\\\x1b[23;0t"), "{text:?}");
    // Stopped by another way it cleans up as well.
    let pty = Pty::start(&home, &["upload", &file, "--to", &shop], (80, 24));
    pty.wait_text("↑ stopped.png");
    pty.signal(Signal::TERM);
    ends(&pty, 130);
    pty.wait_gone("↑");
}

#[test]
fn a_plain_terminal_and_whoever_asks_for_none_get_none() {
    let server = Server::start();
    let mut home = server.home();
    let shop = shop(&home);
    let sequences = |home: &Home, name: &str, args: &[&str]| {
        let file = large(home, name);
        let mut all = vec!["upload", file.as_str(), "--to", shop.as_str()];
        all.extend(args);
        let pty = Pty::start(home, &all, (80, 24));
        ends(&pty, 0);
        let text = String::from_utf8_lossy(&pty.output()).into_owned();
        assert!(!text.contains(['\x1b', '\x07']), "{args:?}: {text:?}");
        text
    };
    assert!(sequences(&home, "one.png", &["--no-progress"]).contains("one.png: done"));
    assert_eq!(sequences(&home, "two.png", &["--quiet"]), "");
    home.set("TERM", "dumb");
    assert!(sequences(&home, "three.png", &[]).contains("three.png: done"));
}

#[test]
fn a_pipe_gets_one_line_for_each_file() {
    let server = Server::start();
    let home = server.home();
    let shop = shop(&home);
    let file = large(&home, "piped.png");
    let ran = run(&home, &["upload", &file, "--to", &shop]).exits(0);
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
    let file = large(&home, "quiet.png");
    let ran = run(&home, &["upload", &file, "--to", &shop, "--quiet"]).exits(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
}

#[test]
fn programs_get_results_on_one_stream_and_events_on_the_other() {
    let server = Server::start();
    let home = server.home();
    let shop = shop(&home);
    let name = "machine \u{1f4be}.png";
    let file = large(&home, name);
    // Long enough for a look at its bytes.
    let slow = json!([{
        "operation": "put", "fault": "stall", "at": "request", "after": 65_536, "ms": 2_500
    }]);
    server.demo().faults(slow).expect("a script");
    let ran = run(&home, &["upload", &file, "--to", &shop, "--json"]).exits(0);
    let results = ran.json();
    assert_eq!(results.len(), 1);
    assert!(results[0].get("event").is_none(), "{}", results[0]);
    let events: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .inspect(crate::support::cli::judged)
        .collect();
    let words: Vec<&str> = events
        .iter()
        .filter_map(|event| event["event"].as_str())
        .collect();
    let states: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| *word != "progress")
        .collect();
    assert_eq!(
        states,
        ["queued", "sending", "sent", "stored", "listed", "done"]
    );
    let progress = events.iter().find(|event| event["event"] == "progress");
    let progress = progress.unwrap_or_else(|| panic!("no bytes told: {}", ran.stderr));
    assert_eq!(progress["name"], name);
    assert_eq!(progress["size"], 400_000);
    assert!(
        progress["bytes"].as_u64().is_some_and(|bytes| bytes > 0),
        "{progress}"
    );
    assert!(
        progress.get("rate").is_some() && progress.get("left").is_some(),
        "{progress}"
    );
    let file = large(&home, "other.png");
    let quiet = run(
        &home,
        &["upload", &file, "--to", &shop, "--json", "--no-progress"],
    );
    assert_eq!((quiet.json().len(), quiet.stderr.as_str()), (1, ""));
}
