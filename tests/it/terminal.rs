//! The tools judge terminals; here they are judged themselves, on programs every machine has.

use std::time::Duration;

use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::svg;

fn shell(script: &str) -> Pty {
    let home = Home::new();
    Pty::spawn(home.env(), home.path(), "/bin/sh", &["-c", script], (60, 8))
}

#[test]
fn a_restored_terminal_passes() {
    let mut pty =
        shell("printf '\\033[?1049h\\033[?2004hready'; read x; printf '\\033[?2004l\\033[?1049l'");
    pty.wait_text("ready");
    pty.send_keys("Enter");
    assert_eq!(pty.exit_code(Duration::from_secs(5)), 0);
    pty.assert_restored();
}

#[test]
#[should_panic(expected = "terminal settings before and after")]
fn a_raw_terminal_is_found() {
    let pty = shell("stty raw -echo; printf done");
    assert_eq!(pty.exit_code(Duration::from_secs(5)), 0);
    pty.assert_restored();
}

#[test]
#[should_panic(expected = "mode 1049")]
fn a_left_alternate_screen_is_found() {
    let pty = shell("printf '\\033[?1049hdone'");
    assert_eq!(pty.exit_code(Duration::from_secs(5)), 0);
    pty.assert_restored();
}

#[test]
fn keys_and_pastes_arrive_as_typed() {
    let mut pty = shell("stty -echo; printf ready; cat -v");
    pty.wait_text("ready");
    pty.send_keys("a S-Tab Enter");
    pty.paste("two words");
    pty.send_keys("Enter");
    pty.wait_text("a^[[Z");
    pty.wait_text("^[[200~two words^[[201~");
}

#[test]
fn the_picture_keeps_colours_frames_and_wide_characters() {
    let pty = shell("printf '\\033[1;31m<r&d>\\033[0m ┌─ 日本 \\033[48;5;238mgrey\\033[0m'");
    assert_eq!(pty.exit_code(Duration::from_secs(5)), 0);
    pty.wait_text("grey");
    let picture = svg::render(&pty.cells(), "a <title>");
    assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
    assert!(picture.contains("<title>a &lt;title&gt;</title>"));
    assert!(
        picture.contains("font-weight=\"bold\">&lt;r&amp;d&gt;</text>"),
        "{picture}"
    );
    assert!(picture.contains("textLength=\"16.8\"") && picture.contains(">日</text>"));
    assert!(picture.contains("fill=\"#444444\""));
    assert_eq!(picture.matches("<path ").count(), 2);
}
