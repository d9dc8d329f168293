//! Pictures in a real terminal that answers, or does not, and what it is left with.

use std::time::Duration;

use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::{go_to, open, started, to_first_asset};
use crate::support::server::Server;
use crate::support::wait::{never, until};

const SIZE: Size = (140, 40);

fn count(pty: &Pty, text: &str) -> usize {
    let output = pty.output();
    output
        .windows(text.len())
        .filter(|part| *part == text.as_bytes())
        .count()
}

/// At the first asset of the shop.
fn at_assets(home: &Home, answers: impl FnOnce(&mut Pty)) -> Pty {
    let mut pty = Pty::start(home, &[], SIZE);
    answers(&mut pty);
    to_first_asset(&mut pty);
    pty
}

/// Answers as kitty does, in pieces.
fn kitty(pty: &mut Pty) {
    pty.wait_written("\x1b[>0q");
    for piece in [
        "\x1b]11;rgb:1e1e/1e",
        "1e/1e1e\x1b",
        "\\\x1bP>|kitty(0.3",
        "2.2)\x1b\\\x1b[6;",
        "20;10t\x1b[?62;c",
    ] {
        pty.send(piece);
    }
    pty.wait_written("\x1b_Gi=4207,");
    pty.send("\x1b_Gi=4207;OK\x1b\\\x1b[?62;c");
}

#[test]
fn kitty_shows_a_picture_and_forgets_it() {
    let server = Server::start();
    let home = server.home();
    let mut pty = at_assets(&home, kitty);
    pty.wait_written("\x1b_Gq=2,a=t,f=100,");
    pty.wait_written(",a=p,");
    // A modal above it hides it; behind the modal it comes back without being fetched again.
    pty.send_keys("p");
    pty.wait_written("a=d,d=I");
    pty.wait_text("Pictures are off");
    pty.send_keys("p");
    let again = until(PATIENCE, || count(&pty, ",a=p,") >= 2);
    assert!(again, "the screen:\n{}", pty.screen());
    let before = count(&pty, "a=d,d=I");
    pty.send_keys("Esc q");
    if !until(Duration::from_secs(2), || pty.output().ends_with(b"h")) {
        pty.send_keys("q");
    }
    pty.exit_code(PATIENCE);
    assert!(
        count(&pty, "a=d,d=I") > before,
        "the picture is left behind"
    );
    pty.assert_restored();
}

#[test]
fn two_pictures_stand_side_by_side() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    kitty(&mut pty);
    open(&mut pty, "Mobile app", "hero-banner");
    pty.wait_text("Segments 14");
    go_to(&mut pty, 2, "onboarding.welcome");
    pty.wait_row(&["welcome.png", "de"]);
    pty.send_keys("3 /");
    pty.send("welcome.png");
    pty.send_keys("Enter");
    go_to(&mut pty, 3, "welcome.png");
    // Down to the German one: all have the same name.
    let at = |screen: &str| {
        let mut rows = screen.lines().map(str::to_owned);
        rows.find(|row| row.contains("▌ welcome.png"))
            .unwrap_or_default()
    };
    while !at(&pty.screen()).contains(" de ") {
        let before = at(&pty.screen());
        pty.send_keys("j");
        pty.wait_for("the next row", |screen| at(screen) != before);
    }
    pty.wait_written(",a=p,");
    let before = count(&pty, ",a=p,");
    pty.send_keys("P");
    // Two more are placed: the same one smaller, and that of the source language.
    let both = until(PATIENCE, || count(&pty, ",a=p,") >= before + 2);
    assert!(both, "the screen:\n{}", pty.screen());
    pty.wait_row(&["de", "en"]);
}

#[test]
fn a_silent_terminal_gets_half_blocks_and_no_waiting() {
    let server = Server::start();
    let home = server.home();
    let mut pty = at_assets(&home, |_| {});
    pty.wait_text("▀");
    pty.send_keys("i");
    pty.wait_text("half blocks: this");
    pty.wait_text("told of no way");
    assert!(!pty.has_written("\x1b_G") && !pty.has_written("\x1bPq"));
}

#[test]
fn sixels_and_words() {
    let server = Server::start();
    let mut home = server.home();
    let pty = at_assets(&home, |pty| {
        pty.wait_written("\x1b[>0q");
        pty.send("\x1bP>|XTerm(379)\x1b\\\x1b[6;13;6t\x1b[?64;4c");
        pty.wait_written("\x1b[?1;1;0S");
        pty.send("\x1b[?1;0;16S\x1b[?64;4c");
    });
    pty.wait_written("\x1bP0;1;0q\"1;1;");
    drop(pty);
    home.set("NO_COLOR", "1");
    let pty = at_assets(&home, |_| {});
    pty.wait_text("No picture: NO_COLOR");
}

#[test]
fn answers_type_nothing() {
    let server = Server::start();
    let home = server.home();
    let mut pty = Pty::start(&home, &[], SIZE);
    pty.wait_text("Shop");
    kitty(&mut pty);
    // Late, twice, and from others: q would leave, ? would help.
    for answer in [
        "\x1bP>|q?q?\x1b\\",
        "\x1b]11;q?q?\x07",
        "\x1b_Gq?;q?\x1b\\",
        "\x1b[?q",
        "\x1b[?62;4c",
    ] {
        pty.send(answer);
    }
    let quiet = never(Duration::from_secs(1), || {
        pty.screen().contains("What can I do here?") || !pty.cells().alternate_screen()
    });
    assert!(quiet, "the screen:\n{}", pty.screen());
}
