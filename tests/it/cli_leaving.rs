//! Commands that are stopped or ended by a signal: the terminal, and the folder, are as they were.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::cli_browse::ref_of;
use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::server::Server;
use crate::support::wait::until;
use crate::tui_leaving::{leave_shell, shell_in};

const LONG: Duration = Duration::from_secs(30);

/// Where the bar and the title of the window stand, by what was told last.
fn told(pty: &Pty) -> [bool; 2] {
    let text = String::from_utf8_lossy(&pty.output()).into_owned();
    let last = |begin: &str, end: &str| text.rfind(begin) > text.rfind(end);
    [
        last("\x1b]9;4;1;", "\x1b]9;4;0;"),
        last("\x1b[22;0t", "\x1b[23;0t"),
    ]
}

#[track_caller]
fn wait_told(pty: &Pty, wanted: bool) {
    let all = until(PATIENCE, || told(pty) == [wanted; 2]);
    assert!(all, "{:?}\n{}", told(pty), pty.screen());
}

/// An upload that stands still in the middle, as a line of a shell's.
fn standing(server: &Server, home: &Home, name: &str) -> [String; 4] {
    let faults = json!([{
        "operation": "put", "fault": "stall", "at": "request", "after": 65_536, "ms": 600_000,
        "times": "always"
    }]);
    server.demo().faults(faults).expect("a script");
    let shop = ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    let mut bytes = png(name);
    bytes.resize(400_000, b'x');
    let file = home.file(name, &bytes).to_str().unwrap().to_owned();
    ["upload".to_owned(), file, "--to".to_owned(), shop]
}

/// It runs, and has told the terminal of it.
fn telling(server: &Server, name: &str) -> Pty {
    let mut home = server.home();
    home.set("TERM_PROGRAM", "WezTerm");
    let args = standing(server, &home, name);
    let args = args.each_ref().map(String::as_str);
    let pty = Pty::start(&home, &args, (100, 24));
    pty.wait_text(&format!("↑ {name}"));
    wait_told(&pty, true);
    pty
}

#[test]
fn whatever_ends_a_command_takes_back_what_it_told() {
    let server = Server::start();
    for signal in [Signal::HUP, Signal::QUIT, Signal::ABORT, Signal::USR1] {
        let pty = telling(&server, "ended.png");
        pty.signal(signal);
        let status = 128 + signal.as_raw().cast_unsigned();
        assert_eq!(pty.exit_code(LONG), status, "{signal:?}");
        wait_told(&pty, false);
        pty.wait_gone("↑");
        pty.wait_text("stopped: 1 file stays in the queue");
        pty.assert_restored();
    }
}

#[test]
fn a_second_one_ends_it_at_once_and_takes_it_back_as_well() {
    let server = Server::start();
    let pty = telling(&server, "twice.png");
    // Again and again: a second one that comes too soon melts into the first.
    let gone = until(LONG, || {
        pty.signal(Signal::QUIT);
        told(&pty) == [false; 2]
    });
    assert!(gone, "{}", pty.screen());
    assert_eq!(pty.exit_code(LONG), 131);
    pty.wait_gone("↑");
}

#[test]
fn a_saved_file_that_is_cut_short_leaves_nothing_behind() {
    let server = Server::start();
    let home = server.home();
    let shop = ref_of(&run(&home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    let logo = ref_of(&run(&home, &["ls", &shop, "--json"]).exits(0), "logo.png");
    let faults = json!([{
        "operation": "download", "fault": "stall", "at": "answer", "after": 1000, "ms": 600_000,
        "times": "always"
    }]);
    server.demo().faults(faults).expect("a script");
    let parts = |home: &Home| {
        let names = std::fs::read_dir(home.path()).unwrap();
        let names = names.map(|it| it.unwrap().file_name());
        { names }
            .filter(|name| Path::new(name).extension().is_some_and(|it| it == "part"))
            .count()
    };
    for signal in [Signal::HUP, Signal::QUIT] {
        let pty = Pty::start(&home, &["get", &logo], (100, 24));
        assert!(until(LONG, || parts(&home) == 1), "{}", pty.screen());
        pty.signal(signal);
        let status = 128 + signal.as_raw().cast_unsigned();
        assert_eq!(pty.exit_code(LONG), status, "{signal:?}");
        assert_eq!(parts(&home), 0, "{signal:?}");
    }
}

#[test]
fn a_command_that_is_stopped_gives_the_terminal_back_and_draws_again() {
    let server = Server::start();
    let mut home = server.home();
    home.set("TERM_PROGRAM", "WezTerm");
    let args = standing(&server, &home, "rests.png");
    let mut pty = shell_in(&mut home);
    let settings = pty.settings();
    let program = env!("CARGO_BIN_EXE_assetdeck");
    pty.send(&format!("clear; {program} {}\r", args.join(" ")));
    for _ in 0..3 {
        pty.wait_text("↑ rests.png");
        wait_told(&pty, true);
        pty.send_keys("C-z");
        pty.wait_text("Stopped");
        wait_told(&pty, false);
        assert!(!pty.screen().contains('↑'), "{}", pty.screen());
        assert_eq!(pty.settings(), settings);
        pty.send("clear; fg\r");
    }
    pty.wait_text("↑ rests.png");
    server.demo().faults(json!([])).expect("a script");
    pty.wait_text("rests.png: done");
    pty.wait_gone("↑");
    wait_told(&pty, false);
    leave_shell(pty);
}

/// What was typed before it went on is read sooner than anything else happens.
#[test]
fn a_key_that_is_asked_for_again_after_a_stop_is_not_shown_either() {
    let server = Server::start();
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let mut pty = shell_in(&mut home);
    let program = env!("CARGO_BIN_EXE_assetdeck");
    pty.send(&format!("{program} login acme-loc --store session\r"));
    pty.wait_text("it is not shown");
    pty.send_keys("C-z");
    pty.wait_text("Stopped");
    // An arrow key is no part of a key.
    pty.send("fg\ra\x1b[D\r");
    pty.wait_text("control character");
    pty.send(&format!("{key}\r"));
    pty.wait_text("accepts the key");
    assert!(!pty.screen().contains(&key), "{}", pty.screen());
    leave_shell(pty);
}

#[test]
fn a_question_for_a_key_that_is_stopped_begins_anew() {
    let server = Server::start();
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let mut pty = shell_in(&mut home);
    let settings = pty.settings();
    pty.send(&format!(
        "{} login acme-loc --store session\r",
        env!("CARGO_BIN_EXE_assetdeck")
    ));
    pty.wait_text("it is not shown");
    pty.send("half-a-k");
    pty.send_keys("C-z");
    pty.wait_text("Stopped");
    assert_eq!(pty.settings(), settings, "settings while it is stopped");
    pty.send("clear; fg\r");
    // What was asked before is gone.
    pty.wait_gone("Stopped");
    pty.wait_text("it is not shown");
    // An arrow key is no part of a key.
    pty.send(&format!("{key}\x1b[D\r"));
    pty.wait_text("control character");
    pty.send(&format!("{key}\r"));
    pty.wait_text("accepts the key");
    let screen = pty.screen();
    assert!(
        !screen.contains(&key) && !screen.contains("half"),
        "{screen}"
    );
    leave_shell(pty);
}
