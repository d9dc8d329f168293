//! What the terminal is told beside the screen: title, its own progress bar and the bell, of fixed
//! words only, and taken back on every way out.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use crate::cli_upload::png;
use crate::support::hold::LONG;
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::screen::{choose, go_to, open, send, started};
use crate::support::server::Server;
use crate::support::wait::until;

/// Every operating system command in what a terminal received, without its ends; not the question
/// for the background colour, which tells it nothing.
fn commands(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let parts = text.split("\x1b]").skip(1);
    parts
        .map(|part| {
            let end = part.find(['\x07', '\x1b']).unwrap_or(part.len());
            part[..end].to_owned()
        })
        .filter(|command| command != "11;?")
        .collect()
}

fn bells(pty: &Pty) -> usize {
    String::from_utf8_lossy(&pty.output())
        .matches('\x07')
        .count()
}

/// A screen with one upload that stands still, until the script is replaced.
fn held(server: &Server, home: &Home) -> Pty {
    server.faults(
        json!([{"operation": "media-upload", "fault": "stall", "ms": LONG, "times": "always"}]),
    );
    home.file("zz-keys.png", &png("by keys"));
    let mut pty = started(home);
    open(&mut pty, "Mobile app", "hero-banner");
    pty.wait_text("Segments 14");
    go_to(&mut pty, 2, "hero-banner");
    pty.wait_row(&["hero.png", "de"]);
    choose(&mut pty, "zz-keys.png");
    send(&mut pty);
    assert!(
        until(PATIENCE, || server.holds_one()),
        "nothing is sent; the screen:\n{}",
        pty.screen()
    );
    pty
}

/// The same, where the terminal is told of it.
fn sending(server: &Server, home: &Home) -> Pty {
    let pty = held(server, home);
    pty.wait_written("\x1b]9;4;1;");
    pty.wait_written("\x1b]2;assetdeck ↑ ");
    pty
}

#[test]
fn a_run_is_told_and_its_end_rings() {
    let server = Server::start();
    let mut home = server.home();
    home.set("TERM_PROGRAM", "WezTerm");
    let mut pty = sending(&server, &home);
    assert_eq!(bells(&pty), 0);
    server.faults(json!([]));
    pty.wait_text("is listed in");
    pty.wait_written("\x1b]9;4;0;");
    assert!(until(PATIENCE, || bells(&pty) == 1), "{}", bells(&pty));
    pty.send_keys("q");
    pty.exit_code(Duration::from_secs(10));
    pty.wait_written("\x1b]2;\x1b\\\x1b[23;0t");
    let titles = commands(&pty.output());
    assert_eq!(titles.last().map(String::as_str), Some("2;"), "{titles:?}");
}

/// Who looks at the screen sees the end; who does not is told by one bell, or one notification.
#[test]
fn only_who_looks_away_is_told_of_the_end() {
    const AWAY: &str = "\x1b[O";
    const HERE: &str = "\x1b[I";
    for (notify, looked, wanted) in [
        ("bell", &[AWAY][..], (1, 0)),
        ("osc9", &[AWAY], (0, 1)),
        ("bell", &[AWAY, HERE], (0, 0)),
        ("osc9", &[HERE], (0, 0)),
        ("off", &[AWAY], (0, 0)),
    ] {
        let server = Server::start();
        let home = server.home();
        let settings = format!("\n[terminal]\nnotify = \"{notify}\"\n");
        home.write_config(&format!("{}{settings}", server.demo().config_toml()));
        let mut pty = held(&server, &home);
        pty.wait_written("\x1b[?1004h");
        for change in looked {
            pty.send(change);
        }
        // Heard before the end comes: what is sent behind it is done.
        pty.press_until("?", "the help", |screen| screen.contains("F1 help"));
        server.faults(json!([]));
        pty.wait_text("is listed in");
        pty.wait_written("\x1b]2;assetdeck\x1b\\");
        pty.press_until("Esc", "the help to close", |screen| {
            !screen.contains("F1 help")
        });
        pty.send_keys("q");
        pty.exit_code(Duration::from_secs(10));
        pty.wait_written("\x1b[?1004l");
        let told = commands(&pty.output());
        let notes = told.iter().filter(|it| it.starts_with("9;assetdeck"));
        let point = format!("{notify} {looked:?}: {told:?}");
        assert_eq!((bells(&pty), notes.count()), wanted, "{point}");
    }
}

#[test]
fn every_way_out_takes_it_back() {
    let server = Server::start();
    let mut home = server.home();
    home.set("TERM_PROGRAM", "ghostty");
    let pty = sending(&server, &home);
    pty.signal(Signal::TERM);
    left_clean(&pty);
    for signal in [Some(Signal::HUP), Some(Signal::INT), None] {
        let mut pty = started(&home);
        pty.wait_text("Unfinished transfers");
        // Nothing of it runs before the user says so.
        let told = commands(&pty.output());
        assert!(told.iter().all(|it| it == "2;assetdeck"), "{told:?}");
        pty.press_until("Enter", "the sheet to close", |screen| {
            !screen.contains("Unfinished transfers")
        });
        pty.wait_written("\x1b]9;4;1;");
        match signal {
            Some(signal) => pty.signal(signal),
            None => pty.send_keys("C-c C-c"),
        }
        left_clean(&pty);
    }
}

#[track_caller]
fn left_clean(pty: &Pty) {
    pty.wait_written("\x1b]9;4;0;\x1b\\\x1b]2;\x1b\\\x1b[23;0t");
    pty.assert_restored();
}

#[test]
fn nothing_is_told_where_it_is_turned_off_or_not_known() {
    let server = Server::start();
    let mut home = server.home();
    // No bar of its own is known of this one.
    let bytes = {
        let mut pty = started(&home);
        pty.send_keys("q");
        pty.exit_code(Duration::from_secs(10));
        pty.output()
    };
    assert!(commands(&bytes).iter().all(|it| it.starts_with("2;")));
    home.set("TERM_PROGRAM", "WezTerm");
    let off = "\n[terminal]\ntitle = false\nprogress = false\nnotify = \"off\"\n";
    home.write_config(&format!("{}{off}", server.demo().config_toml()));
    let mut pty = held(&server, &home);
    server.faults(json!([]));
    pty.wait_text("is listed in");
    pty.send_keys("q");
    pty.exit_code(Duration::from_secs(10));
    assert_eq!(commands(&pty.output()), [""; 0]);
    assert_eq!(bells(&pty), 0);
}
