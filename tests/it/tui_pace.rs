//! How much the screen asks of a line: how often it is drawn while something moves, twice a second at
//! the most where the line is slow, whether the user says so or the terminal shows it by taking long;
//! and the bytes of a key.

use std::time::Duration;

use serde_json::json;

use crate::support::hold::LONG;
use crate::support::least;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::screen::{on, open};
use crate::support::server::Server;
use crate::support::wait::{never, until};

/// Frames are counted for so long.
const WINDOW: Duration = Duration::from_secs(3);
/// So many they may be then, the first of them at once.
const MOST: usize = 7;

/// A server that never answers with its documents, so that their spinner turns.
fn stalled() -> Server {
    let server = Server::start();
    server.faults(json!([
        {"operation": "documents", "fault": "stall", "ms": LONG, "times": "always"}
    ]));
    server
}

fn frames(pty: &Pty) -> usize {
    let output = pty.output();
    let marks = output.windows(8).filter(|part| *part == b"\x1b[?2026h");
    marks.count()
}

/// Waits until only the spinner moves.
#[track_caller]
fn settled(server: &Server, pty: &Pty) {
    pty.wait_text("Shop");
    assert!(
        until(PATIENCE, || server.holds_one()),
        "nothing stands still"
    );
    pty.wait_for("no notice", |screen| !screen.contains("slow"));
}

#[track_caller]
fn draws_twice_a_second(pty: &Pty) {
    let before = frames(pty);
    assert!(
        never(WINDOW, || frames(pty) > before + MOST),
        "{} frames; the screen:\n{}",
        frames(pty) - before,
        pty.screen()
    );
    assert!(until(PATIENCE, || frames(pty) > before), "nothing moves");
}

#[test]
fn what_moves_is_drawn_twice_a_second_when_the_user_says_that_the_line_is_slow() {
    let server = stalled();
    let home = server.home();
    let pty = Pty::start(&home, &["--slow"], (120, 40));
    settled(&server, &pty);
    draws_twice_a_second(&pty);
    server.faults(json!([]));
}

#[test]
fn a_terminal_that_takes_long_is_drawn_on_twice_a_second_by_itself() {
    let server = stalled();
    let home = server.home();
    let mut pty = Pty::start(&home, &[], (120, 40));
    settled(&server, &pty);
    let before = frames(&pty);
    let often = until(PATIENCE, || frames(&pty) > before + MOST);
    assert!(often, "nothing moves");
    pty.stop_reading();
    // Frame upon frame, more than a terminal that is not read has room for; and then it takes long.
    let mut pressed = 0;
    until(PATIENCE, || {
        pty.send_keys("C-l");
        pressed += 1;
        pressed > 120
    });
    pty.read_on();
    pty.wait_text("This line is slow");
    pty.wait_gone("This line is slow");
    draws_twice_a_second(&pty);
    server.faults(json!([]));
}

/// Bytes do not depend on the machine: a row further is two rows that change, and little more is
/// written than their cells need.
#[test]
fn a_row_further_costs_little_more_than_the_least_there_can_be() {
    let server = Server::start();
    let home = server.home();
    // Too narrow for the details, which would follow a while later.
    let mut pty = Pty::start(&home, &[], (60, 20));
    pty.wait_text("Shop");
    open(&mut pty, "Shop", "Types");
    pty.send_keys("3 g g");
    let rows = [
        "spring-brochure",
        "preisliste",
        "prices",
        "kräutersalz",
        "chili-sauce",
        "icon-cart",
        "logo",
    ];
    pty.wait_for("the first asset", |screen| on(screen, rows[0]));
    for row in &rows[1..] {
        let (before, written) = (pty.cells(), pty.written());
        pty.send_keys("j");
        pty.wait_for(row, |screen| on(screen, row));
        let (needed, written) = (
            least::change(&before, &pty.cells()),
            pty.written() - written,
        );
        assert!(
            needed > 0 && written * 10 <= needed * 14,
            "{row}: {written} bytes where {needed} do"
        );
    }
}
