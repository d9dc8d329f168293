//! Keys where there is no keyring: in an encrypted file, in the kernel's store, for one session.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::bus::{KeyringBus, SilentBus, installed, skip};
use crate::support::cli::{Ran, command, run, run_command, run_with};
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::secrets::{disguises, holding};
use crate::support::server::Server;
use crate::support::strace;

const PHRASE: &str = "horse battery staple";
const LONG: Duration = Duration::from_secs(20);

/// A home without a keyring and without the key of acme-loc; and that key.
fn keyless(server: &Server) -> (Home, String) {
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    (home, key)
}

fn login(home: &Home, store: &str, key: &str) -> Ran {
    let args = ["login", "acme-loc", "--key-stdin", "--store", store];
    run_with(home, &args, format!("{key}\n").as_bytes())
}

/// What `accounts` says of acme-loc.
#[track_caller]
fn account(ran: &Ran) -> Value {
    let lines = ran.json().into_iter();
    let mut lines = lines.filter(|line| line["name"] == "acme-loc");
    lines.next().expect("acme-loc")
}

fn key_file(home: &Home) -> PathBuf {
    let folder = home.path().join(".local/state/assetdeck/keys");
    let mut files = std::fs::read_dir(folder).expect("a folder of keys");
    let file = files.next().expect("a file").expect("its entry").path();
    assert!(files.next().is_none(), "one file and nothing beside it");
    file
}

/// Nothing below the home shows one of these.
#[track_caller]
fn nowhere(home: &Home, secrets: &[&str]) {
    for disguise in secrets.iter().flat_map(|secret| disguises(secret)) {
        let found = holding(home.path(), &disguise);
        assert!(found.is_empty(), "{found:?}");
    }
}

#[test]
fn a_key_in_an_encrypted_file_wants_its_passphrase() {
    let server = Server::start();
    let (mut home, key) = keyless(&server);
    // Nobody to ask, and nothing that could be asked for: nothing is written.
    login(&home, "encrypted-file", &key)
        .exits(4)
        .complains(&["no passphrase", "ASSETDECK_PASSPHRASE"]);
    home.set("ASSETDECK_PASSPHRASE", "short");
    login(&home, "encrypted-file", &key)
        .exits(2)
        .complains(&["fewer than 8"]);
    run(&home, &["ls", "acme-loc:"]).exits(4);

    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    let said = login(&home, "encrypted-file", &key).exits(0);
    let file = key_file(&home);
    assert!(
        said.stdout.contains(file.to_str().expect("text")),
        "named on the spot: {said:?}"
    );
    let mode = std::fs::metadata(&file).expect("it").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    nowhere(&home, &[&key, PHRASE]);

    home.set("ASSETDECK_PASSPHRASE", "another passphrase");
    run(&home, &["ls", "acme-loc:"])
        .exits(4)
        .complains(&["the passphrase is another one", ".key"]);
    home.unset("ASSETDECK_PASSPHRASE");
    run(&home, &["ls", "acme-loc:"])
        .exits(4)
        .complains(&["wants its passphrase", "ASSETDECK_PASSPHRASE"]);
    let line = account(&run(&home, &["accounts", "--json"]).exits(0));
    assert_eq!(line["key_source"], "encrypted-file", "{line}");

    let whole = std::fs::read(&file).expect("its bytes");
    std::fs::write(&file, &whole[..whole.len() / 2]).expect("half of it");
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    run(&home, &["ls", "acme-loc:"]).exits(2).complains(&[
        "is damaged",
        ".key",
        "Put a copy of the file back",
    ]);
    std::fs::write(&file, &whole).expect("all of it");
    run(&home, &["ls", "acme-loc:"]).exits(0);

    // One that others may read is not used before that is mended.
    let set = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&file, mode).expect("its mode");
    };
    set(0o644);
    run(&home, &["ls", "acme-loc:"])
        .exits(2)
        .complains(&[".key", "mode is 644", "chmod 600"]);
    let doctor = run(&home, &["doctor", "--json"]).exits(1).json();
    let key = |it: &&serde_json::Value| it["of"] == "account acme-loc" && it["name"] == "key";
    let told = doctor.iter().find(key).expect("its line");
    assert!(
        told["advice"].as_str().expect("text").contains("chmod 600"),
        "{told}"
    );
    set(0o600);
    run(&home, &["ls", "acme-loc:"]).exits(0);

    run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(!file.exists());
    run(&home, &["ls", "acme-loc:"]).exits(4);
}

#[test]
fn without_a_keyring_a_terminal_is_asked_where_the_key_shall_be() {
    let server = Server::start();
    let (home, key) = keyless(&server);
    let mut pty = Pty::start(&home, &["login", "acme-loc"], (160, 30));
    pty.wait_text("it is not shown");
    pty.send(&format!("{key}\r"));
    pty.wait_text("no keyring service");
    pty.wait_text("encrypted with a passphrase, ");
    let places = if cfg!(target_os = "linux") {
        "1 to 3"
    } else {
        "1 to 2"
    };
    pty.wait_text(places);
    pty.send("7\r");
    pty.wait_text("none of these numbers");
    pty.send(if cfg!(target_os = "linux") {
        "2\r"
    } else {
        "1\r"
    });
    pty.wait_text("A passphrase for the file");
    pty.send("short\r");
    pty.wait_for("the question again", |screen| {
        screen.contains("fewer than 8") && screen.matches("A passphrase").count() == 2
    });
    pty.send(&format!("{PHRASE}\r"));
    pty.wait_text("The same passphrase again");
    pty.send(&format!("{PHRASE}\r"));
    pty.wait_text("It is saved in the encrypted file");
    assert_eq!(pty.exit_code(LONG), 0);
    assert!(!pty.has_written(PHRASE) && !pty.has_written(&key));
    nowhere(&home, &[&key, PHRASE]);

    // Who mistypes it is asked again; a later command remembers where the key is.
    let mut pty = Pty::start(&home, &["ls", "acme-loc:"], (160, 30));
    pty.wait_text("wants its passphrase");
    pty.send("mistyped it\r");
    pty.wait_text("another one");
    pty.send(&format!("{PHRASE}\r"));
    pty.wait_text("acme-loc:19914");
    assert_eq!(pty.exit_code(LONG), 0);
}

#[test]
fn the_screen_asks_for_the_passphrase() {
    let server = Server::start();
    let (mut home, key) = keyless(&server);
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    login(&home, "encrypted-file", &key).exits(0);
    home.unset("ASSETDECK_PASSPHRASE");
    let settings = std::fs::read_to_string(home.config()).expect("settings");
    let mut parts = settings.split("[[accounts]]");
    let head = parts.next().expect("a head").to_owned();
    let own = parts
        .find(|part| part.contains("\"acme-loc\""))
        .expect("it");
    home.write_config(&format!("{head}[[accounts]]{own}"));
    let mut pty = Pty::start(&home, &[], (120, 30));
    pty.wait_text("locked · Enter: open");
    pty.send("\r");
    pty.wait_text("another key");
    pty.send("\t");
    pty.send(PHRASE);
    pty.wait_text("••••");
    pty.send("\x13");
    pty.wait_text("Mobile app");
    assert!(!pty.has_written(PHRASE));
    pty.send("q");
    assert_eq!(pty.exit_code(LONG), 0);
}

#[test]
fn a_key_for_one_session_is_saved_nowhere() {
    let server = Server::start();
    let (home, key) = keyless(&server);
    let said = login(&home, "session", &key).exits(0);
    assert!(said.stdout.contains("saved nowhere"), "{said:?}");
    run(&home, &["ls", "acme-loc:"]).exits(4);
    nowhere(&home, &[&key]);
    login(&home, "plain-text", &key).exits(2);
    // What cannot be saved where it was said is not saved elsewhere.
    login(&home, "keyring", &key)
        .exits(1)
        .complains(&["no keyring service", "encrypted-file"]);
    nowhere(&home, &[&key]);
}

/// Runs `assetdeck` in a login of its own, as each terminal over SSH has one.
#[track_caller]
fn in_session(home: &Home, args: &[&str], input: &str) -> Ran {
    let mut keyctl = command(home, "keyctl");
    keyctl
        .args(["session", "-", env!("CARGO_BIN_EXE_assetdeck")])
        .args(args);
    run_command(keyctl, args, input.as_bytes())
}

#[test]
fn the_kernel_keeps_a_key_from_one_login_to_the_next() {
    if !cfg!(target_os = "linux") || !installed("keyctl") {
        skip("keyctl (keyutils) not installed");
        return;
    }
    let server = Server::start();
    let (home, key) = keyless(&server);
    let args = [
        "login",
        "acme-loc",
        "--key-stdin",
        "--store",
        "until-reboot",
    ];
    let said = in_session(&home, &args, &key).exits(0);
    assert!(said.stdout.contains("until reboot"), "{said:?}");
    in_session(&home, &["ls", "acme-loc:"], "").exits(0);
    let line = account(&in_session(&home, &["accounts", "--json"], "").exits(0));
    assert_eq!(line["key_source"], "until-reboot", "{line}");
    nowhere(&home, &[&key]);
    in_session(&home, &["logout", "acme-loc"], "").exits(0);
    in_session(&home, &["ls", "acme-loc:"], "").exits(4);
}

#[test]
fn a_key_that_moves_leaves_no_copy() {
    let server = Server::start();
    let (mut home, key) = keyless(&server);
    let Some(_bus) = KeyringBus::start(&mut home) else {
        return;
    };
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    login(&home, "encrypted-file", &key).exits(0);
    let file = key_file(&home);
    login(&home, "keyring", &key).exits(0);
    assert!(
        !file.exists(),
        "the file is gone once the keyring has the key"
    );
    run(&home, &["ls", "acme-loc:"]).exits(0);
    // And where the account's key was last, the next login puts it again.
    login(&home, "encrypted-file", &key).exits(0);
    let login = ["login", "acme-loc", "--key-stdin"];
    let said = run_with(&home, &login, key.as_bytes()).exits(0);
    assert!(said.stdout.contains(".key"), "{said:?}");
}

#[test]
fn whoever_is_signed_out_is_told_of_a_key_that_may_be_left_and_of_no_other() {
    let server = Server::start();
    let (mut home, key) = keyless(&server);
    // There was none, and there is nothing that could keep one.
    let none = run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(none.stdout.contains("No key of acme-loc"), "{none:?}");
    assert!(none.stdout.contains("no keyring service"), "{none:?}");
    home.set("ASSETDECK_PASSPHRASE", PHRASE);
    login(&home, "encrypted-file", &key).exits(0);
    let file = key_file(&home);
    let gone = run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(gone.stdout.contains("encrypted file"), "{gone:?}");
    assert!(!file.exists());
    // What does not answer may well have one.
    let silent = SilentBus::start(&mut home);
    run(&home, &["logout", "acme-loc"])
        .exits(1)
        .complains(&["may still be in", "does not answer"]);
    drop(silent);

    let Some(bus) = KeyringBus::start(&mut home) else {
        return;
    };
    login(&home, "keyring", &key).exits(0);
    drop(bus);
    run(&home, &["logout", "acme-loc"])
        .exits(1)
        .complains(&["may still be in", "no keyring service"]);
    // Also when the key went to another place meanwhile.
    login(&home, "encrypted-file", &key).exits(0);
    let ran = run(&home, &["logout", "acme-loc"]).exits(1);
    assert!(ran.stdout.contains("encrypted file"), "{ran:?}");
    ran.complains(&["may still be in", "no keyring service"]);
    run(&home, &["ls", "acme-loc:"]).exits(4);
}

#[test]
fn what_cannot_keep_a_key_is_offered_no_more() {
    if !cfg!(target_os = "linux") || !strace::ready() {
        return;
    }
    let server = Server::start();
    let (home, key) = keyless(&server);
    let program = env!("CARGO_BIN_EXE_assetdeck");
    let refused = "inject=add_key,keyctl:error=EACCES";
    let args = ["-f", "-qq", "-o", "/dev/null", "--trace=add_key,keyctl"];
    let args = [&args[..], &["-e", refused, program, "login", "acme-loc"]].concat();
    let mut pty = Pty::spawn(home.env(), home.path(), "strace", &args, (160, 40));
    pty.wait_text("it is not shown");
    pty.send(&format!("{key}\r"));
    pty.wait_text("1 to 3");
    assert!(pty.screen().contains("1  until reboot"));
    pty.send("1\r");
    pty.wait_text("1 to 2");
    let screen = pty.screen();
    let (_, offered) = screen.rsplit_once("where shall it be kept").expect("it");
    assert!(!offered.contains("keyring"), "{offered}");
    assert!(!offered.contains("until reboot"), "{offered}");
    pty.send("2\r");
    pty.wait_text("saved nowhere");
    assert_eq!(pty.exit_code(LONG), 0);
}

#[test]
fn whatever_ends_the_question_for_a_key_the_terminal_echoes_again() {
    let server = Server::start();
    let (home, _) = keyless(&server);
    for signal in [
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::TERM,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
    ] {
        let pty = Pty::start(&home, &["login", "acme-loc"], (160, 30));
        pty.wait_text("it is not shown");
        pty.signal(signal);
        let code = pty.exit_code(LONG);
        let stops = [Signal::INT, Signal::TERM].contains(&signal);
        let status = if stops {
            130
        } else {
            128 + signal.as_raw().cast_unsigned()
        };
        assert_eq!(code, status, "{signal:?}");
        pty.assert_restored();
    }
}
