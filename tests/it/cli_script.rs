//! A day of work as a script under `set -e`: into a pipe and on a terminal, and every line of JSON, on
//! either stream, is one that `assetdeck schema` knows.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::cli_upload::{jpeg, png};
use crate::support::bus::KeyringBus;
use crate::support::cli::{command, judged};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::pty::Pty;
use crate::support::server::Server;

/// How long all of it may take on a busy machine.
const LONG: Duration = Duration::from_mins(4);

/// The least of steps that make a day.
const STEPS: usize = 30;

/// A home with the files of the script, the program on its path and a keyring, where there is one.
fn prepared(server: &Server) -> (Home, Option<KeyringBus>, PathBuf) {
    let mut home = server.home();
    home.file("hero.png", &png("of the script"));
    home.file("team.jpg", &jpeg("of the script"));
    let program = home.file("bin/.keep", b"").with_file_name("assetdeck");
    symlink(env!("CARGO_BIN_EXE_assetdeck"), &program).expect("the program");
    let path = format!(
        "{}:/usr/local/bin:/usr/bin:/bin",
        program.parent().expect("bin").display()
    );
    home.set("PATH", &path);
    let bus = KeyringBus::start(&mut home);
    if bus.is_some() {
        let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
        home.unset("ASSETDECK_KEY_ACME_LOC").set("KEY", &key);
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cli_script/steps.sh");
    (home, bus, script)
}

/// What each step wrote: its command, and the lines below it.
fn steps(text: &str) -> Vec<(&str, Vec<&str>)> {
    let mut steps: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        match (line.strip_prefix("# "), steps.last_mut()) {
            (Some(command), _) => steps.push((command, Vec::new())),
            (None, Some((_, lines))) => lines.push(line),
            (None, None) => {}
        }
    }
    let (end, _) = steps.pop().expect("the script begins");
    let count = steps.len();
    assert_eq!(end, format!("end of {count} steps"), "it came to its end");
    assert!(count >= STEPS, "{count}");
    steps
}

/// Judges all lines of JSON among these; how many there were.
fn judge<'a>(lines: impl IntoIterator<Item = &'a str>) -> usize {
    let objects = lines.into_iter().filter(|line| line.starts_with("{\""));
    let judge = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
        judged(&value);
    };
    objects.map(judge).count()
}

/// Whether a step is one that prints nothing but JSON.
fn is_json(command: &str) -> bool {
    command.contains("--json") || command.contains(": same ")
}

#[test]
fn a_day_of_work_goes_well_in_a_pipe() {
    let server = Server::start();
    let (home, _bus, script) = prepared(&server);
    let mut bash = command(&home, "bash");
    bash.arg(&script);
    let ran = Program::start_command(bash, &["the script"], b"").end_within(LONG);
    let ran = ran.exits(0);
    for (command, lines) in steps(&ran.stdout) {
        if is_json(command) {
            assert!(!lines.is_empty(), "{command} says nothing");
            assert_eq!(
                judge(lines.iter().copied()),
                lines.len(),
                "{command}: {lines:#?}"
            );
        }
    }
    let events = judge(ran.stderr.lines());
    assert!(events > 20, "{events} events in {}", ran.stderr);
}

#[test]
fn a_day_of_work_goes_well_on_a_terminal() {
    let server = Server::start();
    let (home, _bus, script) = prepared(&server);
    let script = script.to_str().expect("text");
    let pty = Pty::spawn(home.env(), home.path(), "/bin/bash", &[script], (120, 40));
    let code = pty.exit_code(LONG);
    let text = String::from_utf8_lossy(&pty.output()).into_owned();
    assert_eq!(code, 0, "{text}");
    for (command, lines) in steps(&text) {
        let found = judge(lines.iter().copied());
        assert!(found > 0 || !is_json(command), "{command}: {lines:#?}");
    }
}
