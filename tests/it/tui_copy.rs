//! Copies and links on their way out of a real terminal: plain, through tmux and screen, by the
//! desktop's program, and the launcher.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::cli_upload::jpeg;
use crate::support::bus::{installed, skip};
use crate::support::cli::{command, run, run_command};
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty, Size};
use crate::support::screen::{
    choose, describe, go_to, on, open, save, send, started, to_first_asset, wait_sent,
};
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
fn a_launcher_gets_no_terminal() {
    let server = Server::start();
    let mut home = server.home();
    home.set("DISPLAY", ":77");
    let reached = home.path().join("reached");
    let script = format!(
        "if (exec 3<>/dev/tty) 2>/dev/null; then echo yes; else echo no; fi > '{}'; exit 3",
        reached.display()
    );
    for name in ["xdg-open", "gio", "gnome-open", "kde-open", "wslview"] {
        program(&mut home, name, &script);
    }
    let mut pty = at_asset(Pty::start(&home, &[], SIZE));
    pty.send_keys("o");
    pty.wait_text("Link");
    pty.send_keys("o");
    pty.wait_text("status 3");
    assert_eq!(fs::read_to_string(&reached).expect("it ran"), "no\n");
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

/// What was copied last, once it is another than before.
#[track_caller]
fn command_copied(pty: &mut Pty, begins: &str) -> String {
    let last = |pty: &Pty| {
        let text = text(pty);
        let (_, after) = text.rsplit_once("\x1b]52;c;")?;
        let bytes = STANDARD.decode(after.split('\x07').next()?).ok()?;
        String::from_utf8(bytes).ok()
    };
    // By its name: a key that was pressed too often may have begun a chord.
    pty.send_keys(":");
    pty.wait_text("Commands");
    pty.send("copy command");
    pty.wait_text("y c");
    pty.send_keys("Enter");
    let copied = || last(pty).is_some_and(|it| it.starts_with(begins));
    assert!(
        until(PATIENCE, copied),
        "{begins}: {:?} on\n{}",
        last(pty),
        pty.screen()
    );
    last(pty).expect("it is there")
}

#[track_caller]
fn pasted(home: &Home, line: &str) {
    let mut shell = command(home, "bash");
    shell.args(["-c", line]);
    run_command(shell, &[line], b"").exits(0);
}

#[test]
fn what_was_just_done_is_copied_as_a_command_that_does_it_again() {
    let server = Server::start();
    let mut home = server.home();
    home.file("it's a team.jpg", &jpeg("once more"));
    let bin = home.path().join("bin");
    fs::create_dir(&bin).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_assetdeck"), bin.join("assetdeck")).expect("it");
    let path = format!("{}:/usr/bin:/bin", bin.display());
    home.set("PATH", &path);
    let shop = |name: &str| {
        let stored = server.stored(name);
        stored
            .into_iter()
            .find(|it| it["website"]["name"] == "Shop")
    };
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");

    choose(&mut pty, "it's a team.jpg");
    pty.wait_text("Alt text");
    pty.send_keys("Tab Tab");
    pty.wait_for("the alt text field", |screen| on(screen, "Alt text"));
    pty.send("-The team's \"yard\" for $1");
    pty.wait_text("for $1");
    send(&mut pty);
    wait_sent(&pty, "it's a team.jpg");
    let upload = command_copied(&mut pty, "assetdeck upload ");
    let reference = |name: &str| {
        let id = shop(name).expect("it")["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        let ls = run(&home, &["ls", "acme-web:Shop", "--json"])
            .exits(0)
            .json();
        let row = ls
            .iter()
            .find(|row| row["id"] == id.as_str())
            .expect("listed");
        row["ref"].as_str().expect("a ref").to_owned()
    };
    go_to(&mut pty, 3, "logo.png");
    describe(&mut pty, "Our mark");
    assert!(until(PATIENCE, || shop("logo.png")
        .is_some_and(|it| it["altText"] == "Our mark")));
    let edit = command_copied(&mut pty, "assetdeck edit ");
    run(&home, &["edit", &reference("logo.png"), "--alt", "Another"]).exits(0);
    pasted(&home, &edit);
    assert_eq!(shop("logo.png").expect("it")["altText"], "Our mark");

    save(&mut pty, home.path(), "logo.png");
    let get = command_copied(&mut pty, "assetdeck get ");
    fs::remove_file(home.path().join("logo.png")).expect("it was saved");
    pasted(&home, &get);
    assert!(home.path().join("logo.png").exists());

    pty.send_keys("d");
    pty.wait_text("[ Keep ]");
    pty.press_until("y", "the sheet to close", |screen| {
        !screen.contains("[ Keep ]")
    });
    assert!(until(PATIENCE, || shop("logo.png").is_none()));
    let listed = until(PATIENCE, || !pty.screen().contains("logo.png  "));
    assert!(listed, "{}", pty.screen());
    let rm = command_copied(&mut pty, "assetdeck rm ");
    // It asks before it deletes; what is gone is told.
    assert!(!rm.contains("--yes"), "{rm}");
    let mut shell = command(&home, "bash");
    shell.args(["-c", &format!("{rm} --yes")]);
    run_command(shell, &[&rm], b"")
        .exits(1)
        .complains(&["lists no asset"]);
    // Elsewhere it is the thing under the cursor again.
    pty.send_keys("j");
    command_copied(&mut pty, "assetdeck show ");
    pty.send_keys("C-c C-c");
    pty.exit_code(Duration::from_secs(10));
    // Gone again, so that it has something to do; nobody sends a name twice that is just on its way.
    run(&home, &["rm", "--yes", &reference("it's a team.jpg")]).exits(0);
    pasted(&home, &upload);
    let again = shop("it's a team.jpg").expect("it is there again");
    assert_eq!(again["altText"], "-The team's \"yard\" for $1");
}
