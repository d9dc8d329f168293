//! Windows of every size, storms of new sizes, and none at all.

use std::time::Duration;

use unicode_width::UnicodeWidthStr as _;

use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::started;
use crate::support::server::Server;
use crate::support::wait::never;

const SIZE: Size = (120, 34);

/// Every row between the first and the last lines is framed at both ends.
fn framed(screen: &str, (columns, rows): Size) -> bool {
    let lines: Vec<&str> = screen.lines().collect();
    let inner = lines.get(2..usize::from(rows) - 2);
    inner.is_some_and(|inner| {
        inner.iter().all(|line| {
            line.width() == usize::from(columns)
                && line.starts_with('│')
                && line.ends_with(['│', '↑', '↓'])
        })
    })
}

#[test]
fn a_storm_of_new_sizes_ends_in_a_whole_screen() {
    let server = Server::start();
    let home = server.home();
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("Shop");
    for round in 0..10_u16 {
        for step in 0..100_u16 {
            let at = step * 7 + round;
            pty.resize((at % 260, at % 77));
        }
        pty.resize(SIZE);
        pty.wait_for("a whole screen", |screen| {
            screen.contains("Shop") && framed(screen, SIZE)
        });
    }
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    pty.assert_restored();
}

#[test]
fn below_the_least_size_a_line_says_so_and_no_key_is_obeyed() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    for size in [(39, 12), (40, 11), (20, 5)] {
        pty.resize(size);
        pty.wait_text("Too small");
        let asked = server.demo().exchanges().len();
        pty.send_keys("R q");
        pty.paste("q\n");
        let quiet = never(Duration::from_millis(500), || {
            !pty.screen().contains("Too small") || server.demo().exchanges().len() != asked
        });
        assert!(quiet, "{size:?}; the screen:\n{}", pty.screen());
        pty.resize(SIZE);
        pty.wait_for("a whole screen", |screen| framed(screen, SIZE));
    }
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    pty.assert_restored();
}

#[test]
fn a_window_without_size_is_drawn_all_the_same_and_a_huge_one_has_four_panes() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    pty.resize((0, 0));
    let huge = (400, 100);
    pty.resize(huge);
    pty.wait_for("four panes", |screen| {
        let top = screen.lines().nth(1).unwrap_or_default();
        top.matches('╭').count() == 4 && framed(screen, huge)
    });
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    pty.assert_restored();
}
