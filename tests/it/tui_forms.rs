//! The screen in its forms: themes, a light terminal, no colours, ASCII, other keys, the mouse.

use std::time::Duration;

use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::server::Server;
use crate::support::wait::until;

const SIZE: Size = (120, 34);

fn started(home: &Home, args: &[&str]) -> Pty {
    let pty = Pty::start(home, args, SIZE);
    pty.wait_text("Shop");
    pty
}

/// Adds to the settings.
fn settings(home: &Home, more: &str) {
    let text = std::fs::read_to_string(home.config()).expect("settings");
    home.write_config(&format!("{text}\n{more}"));
}

/// The colours of text on the screen, as the terminal has them.
fn inks(pty: &Pty) -> Vec<vt100::Color> {
    let screen = pty.cells();
    let (rows, columns) = screen.size();
    let cells = (0..rows.get()).flat_map(|y| (0..columns.get()).map(move |x| (y, x)));
    let mut inks: Vec<vt100::Color> = Vec::new();
    for (y, x) in cells {
        // A blank has none that is seen: it is written with whatever pen is at hand.
        let written = { screen.cell(y, x) }.filter(|cell| !cell.contents().trim().is_empty());
        if let Some(ink) = written.map(vt100::Cell::fgcolor)
            && !inks.contains(&ink)
        {
            inks.push(ink);
        }
    }
    inks
}

#[track_caller]
fn wait_ink(pty: &Pty, number: u8) {
    let ink = vt100::Color::Idx(number);
    let seen = until(PATIENCE, || inks(pty).contains(&ink));
    assert!(seen, "no {ink:?} among {:?}", inks(pty));
}

#[test]
fn a_light_terminal_is_told_apart_by_its_answer() {
    let server = Server::start();
    let mut pty = started(&server.home(), &[]);
    wait_ink(&pty, 6);
    pty.send("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\");
    wait_ink(&pty, 4);
    assert!(!inks(&pty).contains(&vt100::Color::Idx(6)));
}

#[test]
fn no_color_takes_every_colour_out() {
    let server = Server::start();
    let mut home = server.home();
    settings(&home, "[theme]\nname = \"high-contrast\"\n");
    home.set("NO_COLOR", "1");
    let pty = started(&home, &[]);
    assert_eq!(inks(&pty), [vt100::Color::Default]);
}

#[test]
fn a_theme_file_is_used_and_a_bad_one_is_named_with_its_line() {
    let server = Server::start();
    let home = server.home();
    settings(&home, "[theme]\nname = \"dusk\"\n");
    let file = home.file(
        ".config/assetdeck/themes/dusk.toml",
        b"focus = \"213\"\nbar = \"213\"\n",
    );
    let pty = started(&home, &[]);
    wait_ink(&pty, 213);
    std::fs::write(&file, "\nfocus = \"blod 213\"\n").expect("the theme");
    let pty = Pty::start(&home, &[], SIZE);
    assert_eq!(pty.exit_code(Duration::from_secs(10)), 2);
    pty.wait_text("dusk.toml, line 2");
    pty.wait_text("did you mean `bold`?");
}

#[test]
fn ascii_alone_reaches_a_terminal_that_shows_nothing_else() {
    let server = Server::start();
    let mut home = server.home();
    home.file("caf\u{e9}.png", b"x");
    home.file("cafe\u{301}.png", b"x");
    let ascii = |mut pty: Pty| {
        pty.send_keys("/");
        pty.send("Shop");
        pty.send_keys("Enter Enter u");
        pty.wait_text("caf\\u{e9}.png");
        pty.wait_text("cafe\\u{301}.png");
        let foreign = pty.output().into_iter().find(|byte| !byte.is_ascii());
        assert_eq!(foreign, None, "{}", pty.screen());
    };
    ascii(started(&home, &["--ascii", "--slow"]));
    home.set("LANG", "C");
    ascii(started(&home, &[]));
}

#[test]
fn keys_are_the_user_s_and_a_key_twice_is_refused_with_both_lines() {
    let server = Server::start();
    let home = server.home();
    let before = std::fs::read_to_string(home.config()).expect("settings");
    settings(
        &home,
        "[keys]\npreset = \"arrows\"\ntransfers = [\"f2\", \"T\"]\n",
    );
    let mut pty = started(&home, &[]);
    pty.send_keys("T");
    pty.wait_text("Transfers");
    pty.send_keys("C-c C-c");
    pty.exit_code(Duration::from_secs(10));

    let line = before.lines().count() + 3;
    home.write_config(&before);
    settings(&home, "[keys]\nupload = \"x\"\ndelete = [\"x\"]\n");
    let pty = Pty::start(&home, &[], SIZE);
    assert_eq!(pty.exit_code(Duration::from_secs(10)), 2);
    let told = pty.screen().replace('\n', "");
    for part in [
        format!("`upload` (line {line})"),
        format!("`delete` (line {})", line + 1),
    ] {
        assert!(told.contains(&part), "{part}: {told}");
    }
}

#[test]
fn the_mouse_goes_in_by_a_double_click_and_is_left_to_the_terminal_by_a_command() {
    let server = Server::start();
    let mut pty = started(&server.home(), &[]);
    let row = |pty: &Pty| {
        let screen = pty.screen();
        screen
            .lines()
            .position(|line| line.contains("Shop"))
            .expect("a row")
            + 1
    };
    let click = format!("\x1b[<0;8;{}M", row(&pty));
    pty.send(&click);
    pty.send(&click);
    pty.wait_text("\u{25b8}Types");
    let reports = |pty: &Pty| pty.cells().mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    for on in [false, true] {
        pty.send_keys("C-p");
        pty.send("mouse");
        pty.send_keys("Enter");
        assert!(until(PATIENCE, || reports(&pty) == on), "{}", pty.screen());
    }
}

#[test]
fn the_mouse_is_left_to_the_terminal_from_the_start_where_the_settings_say_so() {
    let server = Server::start();
    let home = server.home();
    let settings = std::fs::read_to_string(home.config()).expect("settings");
    home.write_config(&format!("{settings}\n[terminal]\nmouse = false\n"));
    let mut pty = started(&home, &[]);
    let reports = |pty: &Pty| pty.cells().mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    assert!(!reports(&pty), "{}", pty.screen());
    pty.send_keys("C-p");
    pty.send("mouse");
    pty.send_keys("Enter");
    pty.wait_text("The mouse works here");
    assert!(until(PATIENCE, || reports(&pty)), "{}", pty.screen());
}
