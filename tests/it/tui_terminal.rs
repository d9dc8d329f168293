//! The terminal is given back on every way out, the program goes when its terminal goes, and at rest
//! it does nothing.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::server::Server;
use crate::support::strace;
use crate::support::usage::Usage;
use crate::support::wait::{never, until};

const SIZE: Size = (120, 34);
/// The promise: gone, or the terminal given back, within two seconds.
const PROMISE: Duration = Duration::from_secs(2);

fn started(home: &Home) -> Pty {
    let pty = Pty::start(home, &[], SIZE);
    pty.wait_text("Shop");
    pty
}

#[test]
fn quitting_gives_the_terminal_back() {
    let server = Server::start();
    let home = server.home();
    for keys in ["q", "C-c C-c"] {
        let mut pty = started(&home);
        assert!(pty.cells().alternate_screen() && pty.cells().bracketed_paste());
        pty.send_keys(keys);
        let code = pty.exit_code(PROMISE);
        assert!(matches!(code, 0 | 130), "{keys}: {code}");
        pty.assert_restored();
    }
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let server = Server::start();
    let home = server.home();
    for signal in [Signal::TERM, Signal::HUP, Signal::INT] {
        let pty = started(&home);
        pty.signal(signal);
        pty.exit_code(PROMISE);
        pty.assert_restored();
    }
}

#[test]
fn an_error_before_the_screen_leaves_the_terminal_alone() {
    let home = Home::new();
    home.write_config("[[accounts]]\nnme = \"web\"\n");
    let pty = Pty::start(&home, &[], SIZE);
    assert_eq!(pty.exit_code(Duration::from_secs(10)), 2);
    pty.wait_text("name");
    pty.assert_restored();
}

#[test]
fn the_program_goes_with_its_terminal() {
    let server = Server::start();
    let mut pty = started(&server.home());
    pty.hang_up();
    pty.exit_code(PROMISE);
}

#[test]
fn the_program_goes_with_its_terminal_even_when_hang_ups_are_ignored() {
    let server = Server::start();
    let home = server.home();
    let script = format!("trap '' HUP; exec '{}'", env!("CARGO_BIN_EXE_assetdeck"));
    let mut pty = Pty::spawn(home.env(), home.path(), "/bin/sh", &["-c", &script], SIZE);
    pty.wait_text("Shop");
    pty.hang_up();
    pty.exit_code(PROMISE);
}

#[test]
#[cfg(target_os = "linux")]
fn at_rest_it_writes_nothing_and_no_thread_wakes() {
    let server = Server::start();
    let pty = started(&server.home());
    let usage = || Usage::of(pty.pid()).expect("it runs");
    let calm = |window| {
        let (bytes, before) = (pty.written(), usage());
        never(window, || {
            pty.written() != bytes || usage().naps_since(&before) != 0
        })
    };
    // Quiet once everything that was loading has come in and every notice has run out.
    let quiet = until(Duration::from_mins(1), || calm(Duration::from_secs(2)));
    assert!(quiet, "never quiet; the screen:\n{}", pty.screen());
    let (bytes, before) = (pty.written(), usage());
    assert!(
        calm(Duration::from_secs(3)),
        "{} bytes written and {} naps at rest, which took {:?}",
        pty.written() - bytes,
        usage().naps_since(&before),
        usage().processor_since(&before)
    );
    assert!(usage().threads() <= 8, "{} threads", usage().threads());
}

#[test]
#[cfg(target_os = "linux")]
fn the_first_frame_does_not_wait_for_the_journal() {
    if !strace::ready() {
        return;
    }
    let server = Server::start();
    let home = server.home();
    let log = home.path().join("strace.log");
    let log = log.to_string_lossy();
    let meddled = ["-f", "-qq", "-o", &log, "--trace=flock"];
    // The lock of the journal is taken five seconds late.
    let late = ["-e", "inject=flock:delay_enter=5000000"];
    let program = [env!("CARGO_BIN_EXE_assetdeck")];
    let args = [&meddled[..], &late, &program].concat();
    let mut pty = Pty::spawn(home.env(), home.path(), "strace", &args, SIZE);
    pty.wait_text("acme-web");
    let calls = std::fs::read_to_string(&*log).expect("the log");
    assert!(!calls.contains("= 0"), "it is open already: {calls}");
    pty.wait_text("Shop");
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
}

#[test]
fn any_size_is_drawn_or_said_to_be_too_small() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    for size in [
        (200, 60),
        (100, 30),
        (80, 24),
        (60, 20),
        (40, 12),
        (20, 5),
        (1, 1),
        (120, 34),
    ] {
        pty.resize(size);
        if size.0 >= 40 && size.1 >= 12 {
            pty.wait_text("Shop");
        }
    }
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PROMISE), 0);
    pty.assert_restored();
}

#[test]
fn a_mouse_report_from_outside_the_screen_makes_nobody_deaf() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    for report in [
        "\x1b[<0;0;5M",
        "\x1b[<0;5;0M",
        "\x1b[<35;154;0m",
        "\x1b[<0;70000;1M",
    ] {
        pty.send(report);
    }
    pty.send_keys("?");
    pty.wait_text("What can I do here?");
    pty.send_keys("Esc");
    pty.wait_gone("What can I do here?");
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PROMISE), 0);
    pty.assert_restored();
}
