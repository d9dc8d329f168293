//! Copies and links on their way out of a real terminal: plain, through tmux and screen, by the
//! desktop's program, and the launcher.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::bus::{installed, skip};
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::to_first_asset;
use crate::support::server::Server;
use crate::support::wait::until;

const SIZE: Size = (140, 40);
/// The name as a terminal gets it for its clipboard.
fn copied() -> String {
    STANDARD.encode("hero.png")
}

/// Goes to the first asset of the shop.
fn at_asset(mut pty: Pty) -> Pty {
    to_first_asset(&mut pty);
    pty.wait_text("1 of");
    pty
}

fn text(pty: &Pty) -> String {
    String::from_utf8_lossy(&pty.output()).into_owned()
}

/// A program that does what the script says; its folder goes in front of the path.
fn program(home: &mut Home, name: &str, script: &str) {
    let file = home.file(
        &format!("bin/{name}"),
        format!("#!/bin/sh\n{script}\n").as_bytes(),
    );
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("0755");
    let path = format!("{}/bin:/usr/bin:/bin", home.path().display());
    home.set("PATH", &path);
}

#[test]
fn a_plain_terminal_gets_the_copy_and_the_message_shows_it() {
    let server = Server::start();
    let home = server.home();
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("y n");
    pty.wait_text("terminal's clipboard, if it allows that: hero.png");
    pty.wait_written(&format!("\x1b]52;c;{}\x07", copied()));
    // Without a desktop the link is copied, clickable, and becomes a code.
    pty.send_keys("o");
    pty.wait_text("There is no desktop here");
    pty.wait_written("\x1b]8;id=");
    assert_eq!(text(&pty).matches("\x1b]52;").count(), 2);
    pty.send_keys("o");
    pty.wait_text("Link as a QR code");
    pty.send_keys("C-c C-c");
    pty.exit_code(Duration::from_secs(10));
    pty.assert_restored();
}

#[test]
fn a_tmux_with_its_usual_settings_hands_the_copy_on() {
    if !installed("tmux") {
        return skip("tmux is not installed");
    }
    let server = Server::start();
    let home = server.home();
    for set in ["", "set -g allow-passthrough on", "set -s set-clipboard on"] {
        let settings = home.file("tmux.conf", set.as_bytes());
        let socket = home.path().join("tmux.socket");
        let (socket, settings) = (
            socket.to_str().expect("text").to_owned(),
            settings.to_str().expect("text").to_owned(),
        );
        let program = env!("CARGO_BIN_EXE_assetdeck");
        let args = ["-S", &socket, "-f", &settings, "new-session", program];
        let mut pty = at_asset(Pty::spawn(home.env(), home.path(), "tmux", &args, SIZE));
        pty.send_keys("y n");
        pty.wait_text("through tmux");
        pty.wait_text(": hero.png");
        let seen = until(PATIENCE, || {
            let text = text(&pty);
            text.contains("\x1b]52;") && text.contains(&copied())
        });
        assert!(seen, "{set:?} kept it; the screen:\n{}", pty.screen());
        pty.send_keys("C-c C-c");
        pty.exit_code(Duration::from_secs(10));
    }
}

#[test]
fn screen_hands_the_copy_on() {
    if !installed("screen") {
        return skip("screen is not installed");
    }
    let server = Server::start();
    let mut home = server.home();
    let sockets = home.path().join("screens");
    fs::create_dir(&sockets).expect("a folder");
    fs::set_permissions(&sockets, fs::Permissions::from_mode(0o700)).expect("0700");
    home.set("SCREENDIR", sockets.to_str().expect("text"));
    let program = env!("CARGO_BIN_EXE_assetdeck");
    let args = ["-c", "/dev/null", "-U", program];
    let mut pty = at_asset(Pty::spawn(home.env(), home.path(), "screen", &args, SIZE));
    pty.send_keys("y n");
    pty.wait_text("through screen");
    pty.wait_written(&format!("\x1b]52;c;{}\x07", copied()));
    pty.send_keys("C-c C-c");
    pty.exit_code(Duration::from_secs(10));
}

#[test]
fn a_desktop_s_program_takes_the_copy_and_when_it_fails_the_terminal_does() {
    let server = Server::start();
    let mut home = server.home();
    home.set("DISPLAY", ":77");
    let taken = home.path().join("taken");
    let script = format!("cat > '{}'; echo \"$*\" > '{0}.arguments'", taken.display());
    program(&mut home, "xclip", &script);
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("y n");
    pty.wait_text("by xclip: hero.png");
    assert_eq!(fs::read_to_string(&taken).expect("taken"), "hero.png");
    let arguments = fs::read_to_string(taken.with_extension("arguments")).expect("arguments");
    assert!(!arguments.contains("hero"), "{arguments}");
    assert!(!text(&pty).contains("\x1b]52;"));

    program(&mut home, "xclip", "exit 1");
    program(&mut home, "xsel", "exit 1");
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("y n");
    pty.wait_text("terminal's clipboard");
    pty.wait_written(&format!("\x1b]52;c;{}\x07", copied()));
}

#[test]
fn a_desktop_opens_the_link_and_says_when_it_cannot() {
    let server = Server::start();
    let mut home = server.home();
    home.set("DISPLAY", ":77");
    let opened = home.path().join("opened");
    let names = [
        "xdg-open",
        "gio",
        "gnome-open",
        "kde-open",
        "wslview",
        "xclip",
        "xsel",
    ];
    for name in names {
        program(&mut home, name, "exit 3");
    }
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("o");
    pty.wait_text("Link");
    pty.send_keys("o");
    pty.wait_text("Could not open");
    pty.wait_text("status 3");

    let script = format!("echo \"$#|$1\" > '{}'", opened.display());
    for name in names {
        program(&mut home, name, &script);
    }
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("o");
    pty.wait_text("Link");
    pty.send_keys("o");
    pty.wait_text("handed to the desktop");
    let words = fs::read_to_string(&opened).expect("it was started");
    assert!(words.starts_with("1|http"), "{words}");
}

#[test]
#[cfg(debug_assertions)]
fn a_panic_while_a_link_is_handed_over_is_told() {
    let server = Server::start();
    let mut home = server.home();
    home.set("DISPLAY", ":77").set("ASSETDECK_PANIC", "open");
    program(&mut home, "xdg-open", "exit 0");
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("o");
    pty.wait_text("Link");
    pty.send_keys("o");
    pty.wait_text("Could not open");
    pty.wait_text("made a mistake");
}
