//! Stopped, gone on with, and cut off by a mistake of its own: the terminal is whole each time.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::cli_upload::png;
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::{choose, go_to, open, send, started};
use crate::support::server::Server;
use crate::support::wait::until;

const SIZE: Size = (120, 34);
const ROUNDS: usize = 5;

#[track_caller]
fn gave_back(pty: &Pty) {
    let gone = until(PATIENCE, || {
        let cells = pty.cells();
        !cells.alternate_screen() && !cells.bracketed_paste() && !cells.hide_cursor()
    });
    assert!(gone, "the terminal is still taken:\n{}", pty.screen());
}

/// Where the frames stand; `None` while something of the screen is missing, or of others in it. What
/// else is on it may still come from the service.
fn frames(screen: &str) -> Option<Vec<char>> {
    let own = ["Shop", "not allowed", "Mobile app", "? help"];
    let foreign = ["shell>", "Stopped", "still-a", "somebody else"];
    let whole = own.iter().all(|text| screen.contains(text))
        && !foreign.iter().any(|text| screen.contains(text));
    let sides = |row: &str| [row.chars().next(), row.trim_end().chars().last()];
    let frame = |c: &char| "│╭╮╰╯".contains(*c);
    whole.then(|| {
        screen
            .lines()
            .flat_map(sides)
            .flatten()
            .filter(frame)
            .collect()
    })
}

#[track_caller]
fn all_there(pty: &Pty) -> Vec<char> {
    pty.wait_for("the whole screen", |screen| frames(screen).is_some());
    frames(&pty.screen()).unwrap()
}

/// A shell that asks for commands, with what keeps its home.
fn shell(server: &Server) -> (Home, Pty) {
    let mut home = server.home();
    let pty = shell_in(&mut home);
    (home, pty)
}

/// The same with a home that is there.
pub fn shell_in(home: &mut Home) -> Pty {
    home.set("PS1", "shell> ");
    let pty = Pty::spawn(home.env(), home.path(), "/bin/sh", &["-i"], SIZE);
    pty.wait_text("shell>");
    pty
}

/// The program under a shell, and its whole screen.
fn under_a_shell(pty: &mut Pty) -> Vec<char> {
    pty.send(&format!("{}\r", env!("CARGO_BIN_EXE_assetdeck")));
    all_there(pty)
}

/// Leaves the shell, with the terminal as it was.
pub fn leave_shell(mut pty: Pty) {
    pty.send("exit\r");
    pty.exit_code(PATIENCE);
    pty.assert_restored();
}

#[test]
fn it_is_stopped_and_goes_on_under_a_shell() {
    let server = Server::start();
    let (_home, mut pty) = shell(&server);
    let shell = pty.settings();
    let whole = under_a_shell(&mut pty);
    for _ in 0..ROUNDS {
        pty.send_keys("C-z");
        gave_back(&pty);
        pty.wait_text("Stopped");
        assert_eq!(pty.settings(), shell, "settings while it is stopped");
        pty.send("echo still-a-$((40 + 2))\r");
        pty.wait_text("still-a-42");
        pty.send("fg\r");
        pty.wait_for("the whole screen again", |screen| {
            frames(screen).as_ref() == Some(&whole)
        });
    }
    pty.send_keys("q");
    gave_back(&pty);
    leave_shell(pty);
}

#[test]
fn ended_by_the_shell_while_it_is_stopped_it_leaves() {
    let server = Server::start();
    let (_home, mut pty) = shell(&server);
    for (signal, status) in [("TERM", 143), ("HUP", 129)] {
        under_a_shell(&mut pty);
        pty.send_keys("C-z");
        gave_back(&pty);
        pty.wait_text("Stopped");
        // Some shells wake what they end; what became of it is said with one of the next commands.
        pty.send(&format!("clear; kill -{signal} %1; kill -CONT %1\r"));
        let ends = ["Done(", "Exit "].map(|word| format!("{word}{status}"));
        pty.press_until("Enter", "the end", |screen| {
            ends.iter().any(|end| screen.contains(end))
        });
    }
    leave_shell(pty);
}

#[test]
fn behind_a_shell_it_is_stopped_until_the_terminal_is_its_own() {
    let server = Server::start();
    let (_home, mut pty) = shell(&server);
    let settings = pty.settings();
    let whole = under_a_shell(&mut pty);
    pty.send_keys("C-z");
    gave_back(&pty);
    pty.wait_text("Stopped");
    pty.send("clear; bg\r");
    pty.press_until("Enter", "it to be stopped", |screen| {
        screen.contains("Stopped (tty output)")
    });
    assert_eq!(pty.settings(), settings, "nothing was taken");
    gave_back(&pty);
    pty.send("fg\r");
    pty.wait_for("the whole screen again", |screen| {
        frames(screen).as_ref() == Some(&whole)
    });
    pty.send_keys("q");
    gave_back(&pty);
    leave_shell(pty);
}

/// As signal(7) has them: those of the processor, and of a pipe without a reader, are left out.
#[test]
fn every_signal_that_ends_a_process_gives_the_terminal_back() {
    let server = Server::start();
    let home = server.home();
    let named = [1, 2, 3, 5, 6, 10, 12, 14, 15, 16, 24, 26, 27, 29, 30, 31];
    let numbers: Vec<u32> = named.into_iter().chain(34..=64).collect();
    for numbers in numbers.chunks(6) {
        let started: Vec<Pty> = numbers
            .iter()
            .map(|_| Pty::start(&home, &[], SIZE))
            .collect();
        for (number, pty) in numbers.iter().zip(started) {
            pty.wait_text("Shop");
            // The signals without a name have none here either.
            let kill = format!("kill -{number} {}", pty.pid());
            let killed = std::process::Command::new("sh")
                .args(["-c", &kill])
                .status();
            assert!(killed.unwrap().success(), "{kill}");
            assert_eq!(pty.exit_code(PATIENCE), 128 + number, "signal {number}");
            pty.assert_restored();
        }
    }
    // The largest file: the write that meets it says so.
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("Shop");
    pty.signal(Signal::XFSZ);
    pty.send_keys("?");
    pty.wait_text("What can I do here?");
}

#[test]
fn what_is_typed_while_it_signs_out_reaches_the_shell() {
    let server = Server::start();
    let (_home, mut pty) = shell(&server);
    under_a_shell(&mut pty);
    let stands = json!([{"service": "wordbee", "fault": "delay", "ms": 400, "times": "always"}]);
    server.faults(stands);
    pty.send_keys("q");
    gave_back(&pty);
    pty.send("echo typed-ahead-$((40 + 2))\r");
    pty.wait_text("typed-ahead-42");
    leave_shell(pty);
}

#[test]
fn stopped_from_outside_it_draws_anew_what_others_wrote_meanwhile() {
    let server = Server::start();
    let home = server.home();
    let mut pty = Pty::start(&home, &[], SIZE);
    let whole = all_there(&pty);
    for _ in 0..ROUNDS {
        pty.signal(Signal::STOP);
        pty.scribble("\x1b[3;1Hwritten by somebody else\r\n");
        pty.wait_text("somebody else");
        pty.signal(Signal::CONT);
        pty.wait_for("the whole screen again", |screen| {
            frames(screen).as_ref() == Some(&whole)
        });
        assert!(pty.cells().alternate_screen() && pty.cells().bracketed_paste());
    }
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    pty.assert_restored();
}

/// The program with a mistake in this place.
fn mistaken(server: &Server, place: &str) -> Home {
    let mut home = server.home();
    home.set("ASSETDECK_PANIC", place);
    home
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_screen_gives_the_terminal_back_and_says_so() {
    let server = Server::start();
    for place in ["draw", "input"] {
        let home = mistaken(&server, place);
        let mut pty = Pty::start(&home, &[], SIZE);
        if place == "input" {
            pty.wait_text("Shop");
            pty.send_keys("j");
        }
        assert_eq!(pty.exit_code(Duration::from_secs(10)), 101, "{place}");
        pty.assert_restored();
        pty.wait_text("mistake of its own");
        pty.wait_text(&format!("on purpose, in {place}"));
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_reader_leaves_with_a_sentence() {
    let server = Server::start();
    let home = mistaken(&server, "keys");
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("Shop");
    pty.send_keys("j");
    assert_eq!(pty.exit_code(Duration::from_secs(10)), 1);
    pty.assert_restored();
    pty.wait_text("keys are not read any more");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_a_signal_is_heeded_leaves_as_the_signal_asked() {
    let server = Server::start();
    let home = mistaken(&server, "signal");
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        let pty = Pty::start(&home, &[], SIZE);
        pty.wait_text("Shop");
        pty.signal(signal);
        assert_eq!(pty.exit_code(PATIENCE), status, "{signal:?}");
        pty.assert_restored();
    }
}

/// SIGHUP may go to others only; without the watcher the reader of keys sees the terminal's end.
#[test]
#[cfg(debug_assertions)]
fn a_closed_terminal_ends_it_whatever_became_of_its_watchers() {
    let server = Server::start();
    for place in ["", "hangup", "signal"] {
        let home = mistaken(&server, place);
        let mut pty = Pty::start(&home, &[], SIZE);
        pty.wait_text("Shop");
        pty.hang_up();
        pty.exit_code(Duration::from_secs(2));
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_a_request_is_a_failure_in_its_pane() {
    let server = Server::start();
    let home = mistaken(&server, "load");
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("the program made a mis");
    assert!(!pty.screen().contains("on purpose"), "{}", pty.screen());
    pty.send_keys("?");
    tells_of_its_mistake(pty, "What can I do here?");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_of_a_transfer_fails_that_file() {
    let server = Server::start();
    let home = mistaken(&server, "transfer");
    home.file("zz-broken.png", &png("a mistake"));
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    send_in_vain(&mut pty, "zz-broken.png", "1 failed");
    pty.send_keys("t");
    pty.wait_row(&["zz-broken.png", "the program made a mistake"]);
    assert!(server.stored("zz-broken.png").is_empty());
    tells_of_its_mistake(pty, "the program made a mistake");
}

/// Sends a file from the open list of assets, until so many have failed.
#[cfg(debug_assertions)]
#[track_caller]
fn send_in_vain(pty: &mut Pty, name: &str, failed: &str) {
    go_to(pty, 3, "logo.png");
    choose(pty, name);
    send(pty);
    pty.wait_text(failed);
}

/// The screen with a mistake in this place, once it says so, whole and heeding keys.
#[cfg(debug_assertions)]
#[track_caller]
fn tells_of_its_mistake(mut pty: Pty, told: &str) {
    pty.wait_text(told);
    assert!(pty.cells().alternate_screen());
    assert!(!pty.screen().contains("on purpose"), "{}", pty.screen());
    pty.send_keys("C-c C-c");
    pty.exit_code(PATIENCE);
    pty.assert_restored();
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_an_account_is_made_ready_is_its_failure() {
    let server = Server::start();
    let home = mistaken(&server, "connect");
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("could not finish this");
    pty.send_keys("?");
    tells_of_its_mistake(pty, "What can I do here?");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_a_folder_is_read_is_told_in_its_place() {
    let server = Server::start();
    let home = mistaken(&server, "folder");
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    pty.send_keys("3 u");
    tells_of_its_mistake(pty, "the program made a mistake");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_something_is_looked_for_is_told_in_its_place() {
    let server = Server::start();
    let home = mistaken(&server, "search");
    let mut pty = started(&home);
    pty.send_keys("F");
    pty.wait_text("Find anything");
    pty.send("logo");
    tells_of_its_mistake(pty, "Looking failed: the program made a mistake");
}

/// What is not on disk is not called queued, whoever is at fault.
#[test]
#[cfg(debug_assertions)]
fn a_panic_of_the_journal_fails_what_it_should_have_kept() {
    let server = Server::start();
    let home = mistaken(&server, "journal");
    home.file("zz-unkept.png", &png("not kept"));
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    send_in_vain(&mut pty, "zz-unkept.png", "1 failed");
    pty.send_keys("t");
    pty.wait_row(&["zz-unkept.png", "the journal of transfers cannot be used"]);
    // A second one finds nobody who writes.
    pty.send_keys("q");
    send_in_vain(&mut pty, "zz-unkept.png", "2 failed");
    assert!(server.stored("zz-unkept.png").is_empty());
    tells_of_its_mistake(pty, "2 failed");
}
