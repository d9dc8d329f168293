//! What the doctor says of each thing that can be wrong, on the real thing.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use serde_json::Value;

use crate::support::bus::{KeyringBus, SilentBus, installed, lock, skip};
use crate::support::cli::{command, run, run_with};
use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::server::Server;
use crate::support::tls::SelfSigned;
use crate::support::wait::until;

/// What the doctor found, and that it exits by it.
#[track_caller]
fn checks(home: &Home) -> Vec<Value> {
    let ran = run(home, &["doctor", "--json"]);
    let checks = ran.json();
    let broken = checks.iter().any(|check| check["state"] == "broken");
    ran.exits(i32::from(broken));
    checks
}

/// A home with those of the demo's accounts alone whose keys may do everything.
fn well(server: &Server) -> Home {
    let home = server.home();
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let mut parts = settings.split("[[accounts]]");
    let mut kept = parts.next().unwrap().to_owned();
    for part in parts.filter(|part| !part.contains("guest")) {
        kept = format!("{kept}[[accounts]]{part}");
    }
    home.write_config(&kept);
    home
}

/// Whether the tmux at this socket is still there.
fn runs(home: &Home, socket: &Path) -> bool {
    let mut tmux = command(home, "tmux");
    tmux.arg("-S").arg(socket).args(["has-session"]);
    tmux.output().expect("tmux runs").status.success()
}

/// The check of this name, of the first thing that has one or of this account.
#[track_caller]
fn find<'a>(checks: &'a [Value], of: &str, name: &str) -> &'a Value {
    let found = checks
        .iter()
        .find(|it| it["of"] == of && it["name"] == name);
    found.unwrap_or_else(|| panic!("no {of}: {name} in {checks:#?}"))
}

#[track_caller]
fn says(check: &Value, state: &str, found: &str, advice: &str) {
    let has = |member: &str, part: &str| check[member].as_str().unwrap().contains(part);
    assert!(
        check["state"] == state && has("found", found) && has("advice", advice),
        "{state}, {found}, {advice}: {check:#}"
    );
}

#[test]
fn where_all_is_well_nothing_is_broken() {
    let server = Server::start();
    let mut home = well(&server);
    let Some(_bus) = KeyringBus::start(&mut home) else {
        return;
    };
    home.set("TERM", "xterm-256color")
        .set("COLORTERM", "truecolor");
    let all = checks(&home);
    assert!(
        all.iter().all(|check| check["state"] != "broken"),
        "{all:#?}"
    );
    says(
        find(&all, "machine", "keyring"),
        "works",
        "keeps, gives and removes",
        "",
    );
    says(find(&all, "terminal", "colours"), "works", "any", "");
    says(
        find(&all, "account acme-loc", "sign-in"),
        "works",
        "accepts",
        "",
    );
    says(
        find(&all, "account acme-loc", "clock"),
        "works",
        "agrees",
        "",
    );
    says(
        find(&all, "machine", "state folder"),
        "works",
        "can be written",
        "",
    );
    // The first calls of this hour are the doctor's own.
    says(
        find(&all, "account acme-loc", "allowance"),
        "works",
        "calls an hour were made from here",
        "",
    );
    let made = find(&all, "account acme-loc", "allowance")["found"]
        .as_str()
        .unwrap();
    assert!(!made.starts_with("0 of "), "{made}");
    says(
        find(&all, "account acme-web", "allowance"),
        "works",
        "names none",
        "",
    );
    // Nothing of the test is left in the keyring, and no key is anywhere in the report.
    let report = run(&home, &["doctor", "--report"]).exits(0).stdout;
    assert!(report.starts_with("assetdeck "), "{report}");
    assert!(!report.contains(home.path().to_str().unwrap()), "{report}");
    let lines = run(&home, &["doctor"]).exits(0).stdout;
    assert!(
        lines.lines().all(|line| line.split('\t').count() == 5),
        "{lines}"
    );
    for (name, key) in server.demo().env() {
        assert!(
            !report.contains(&key) && !lines.contains(&key),
            "{name} in {report}{lines}"
        );
    }
}

#[test]
fn no_bus_and_a_silent_one_are_told_apart() {
    let mut home = Home::new();
    let missing = checks(&home);
    says(
        find(&missing, "machine", "keyring"),
        "limited",
        "no keyring service",
        "dbus-run-session",
    );
    let _bus = SilentBus::start(&mut home);
    let silent = checks(&home);
    says(
        find(&silent, "machine", "keyring"),
        "broken",
        "does not answer",
        "window",
    );
}

#[test]
fn a_locked_keyring_is_told_from_a_missing_one() {
    let server = Server::start();
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let Some(_bus) = KeyringBus::start(&mut home) else {
        return;
    };
    let login = ["login", "acme-loc", "--key-stdin"];
    run_with(&home, &login, key.as_bytes()).exits(0);
    lock(&home);
    let all = checks(&home);
    says(
        find(&all, "machine", "keyring"),
        "limited",
        "locked",
        "--unlock",
    );
    says(
        find(&all, "account acme-loc", "key"),
        "broken",
        "locked",
        "Unlock it",
    );
    let advice = find(&all, "account acme-loc", "key")["advice"]
        .as_str()
        .unwrap();
    assert!(!advice.contains("login"), "the key is there: {advice}");
    let listed = run(&home, &["ls", "acme-loc:"]).exits(4);
    listed.complains(&["the keyring is locked", "Unlock it"]);
    assert!(
        !listed.stderr.contains("assetdeck login"),
        "{}",
        listed.stderr
    );
    // It cannot be saved there now, and is saved nowhere else unasked.
    run_with(&home, &login, key.as_bytes())
        .exits(1)
        .complains(&["locked", "until-reboot"]);
}

#[test]
fn a_refused_key_a_missing_one_and_a_missing_right_are_told_apart() {
    let server = Server::start();
    let mut home = server.home();
    home.set("ASSETDECK_KEY_ACME_WEB", "sk_live_canary")
        .unset("ASSETDECK_KEY_GUEST_WEB");
    let all = checks(&home);
    says(
        find(&all, "account acme-web", "sign-in"),
        "broken",
        "",
        "login acme-web",
    );
    assert!(!format!("{all:?}").contains("canary"), "{all:#?}");
    says(find(&all, "account acme-loc", "sign-in"), "works", "", "");

    home.unset("ASSETDECK_KEY_ACME_WEB");
    let all = checks(&home);
    says(
        find(&all, "account acme-web", "key"),
        "broken",
        "is not set",
        "login acme-web",
    );

    // The key of the demo's guest may do nothing at all there.
    let all = checks(&server.home());
    says(
        find(&all, "account guest-web", "sign-in"),
        "broken",
        "assets:read",
        "lacks assets:read",
    );
}

/// A service that says this to every request.
fn service(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut some = [0; 4096];
            let _ = stream.read(&mut some);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    address
}

fn home_at(address: &str) -> Home {
    let mut home = Home::new();
    settings_at(&mut home, address);
    home
}

fn settings_at(home: &mut Home, address: &str) {
    home.write_config(&format!(
        "[[accounts]]\nname = \"web\"\nprovider = \"segmentflow\"\nbase_url = \"{address}\"\n"
    ));
    home.set("ASSETDECK_KEY_WEB", "sk_live_canary");
}

#[test]
fn a_wrong_clock_is_seen_by_the_services_date() {
    let answer = "HTTP/1.1 401 Unauthorized\r\nDate: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let home = home_at(&service(answer.to_owned()));
    let all = checks(&home);
    says(
        find(&all, "account web", "clock"),
        "broken",
        "ahead of",
        "timedatectl",
    );
    says(
        find(&all, "account web", "sign-in"),
        "broken",
        "",
        "login web",
    );
}

#[test]
fn no_route_no_name_and_a_bad_certificate_are_told_apart() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        listener.local_addr().expect("its address")
    };
    let all = checks(&home_at(&format!("http://{gone}")));
    says(
        find(&all, "account web", "route"),
        "broken",
        "no connection",
        "firewall",
    );
    assert!(all.iter().all(|it| it["name"] != "sign-in"), "{all:#?}");

    let all = checks(&home_at("https://nowhere.invalid"));
    says(
        find(&all, "account web", "name"),
        "broken",
        "not found",
        "base_url",
    );

    // It speaks no TLS at all: that is a route, not a certificate.
    let plain = service("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".to_owned());
    let all = checks(&home_at(&plain.replace("http://", "https://")));
    says(find(&all, "account web", "route"), "broken", "", "");
}

#[test]
fn a_certificate_is_judged_by_who_signed_it_and_for_whom() {
    let mut home = Home::new();
    let Some(own) = SelfSigned::start(&home, "IP:127.0.0.1") else {
        return;
    };
    settings_at(&mut home, &own.url());
    let all = checks(&home);
    says(
        find(&all, "account web", "certificate"),
        "broken",
        "certificate",
        "update-ca-certificates",
    );
    assert!(all.iter().all(|it| it["name"] != "sign-in"), "{all:#?}");
    // The same with a company's own root among those of the system.
    home.set("SSL_CERT_FILE", &own.certificate());
    says(
        find(&checks(&home), "account web", "route"),
        "works",
        "answers",
        "",
    );
    let other = SelfSigned::start(&home, "DNS:other.example").expect("openssl");
    home.set("SSL_CERT_FILE", &other.certificate());
    settings_at(&mut home, &other.url());
    says(
        find(&checks(&home), "account web", "certificate"),
        "broken",
        "name",
        "strange network",
    );
}

#[test]
fn a_real_tmux_is_asked_what_it_lets_through() {
    if !installed("tmux") {
        return skip("tmux is not installed");
    }
    let home = Home::new();
    let inside = |passthrough: &str| {
        let settings = home.file(
            "tmux.conf",
            format!("set -g allow-passthrough {passthrough}\n").as_bytes(),
        );
        let (out, socket) = (home.path().join("out"), home.path().join("tmux.socket"));
        let doctor = format!(
            "{} doctor --json > {} 2>&1",
            env!("CARGO_BIN_EXE_assetdeck"),
            out.display()
        );
        let mut tmux = command(&home, "tmux");
        tmux.arg("-S").arg(&socket).arg("-f").arg(&settings);
        tmux.args(["new-session", "-d", &doctor]);
        assert!(tmux.status().expect("tmux runs").success());
        // The server goes with its last session.
        assert!(until(PATIENCE, || !runs(&home, &socket)), "it ends");
        let text = std::fs::read_to_string(&out).expect("what it found");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect::<Vec<Value>>()
    };
    says(
        find(&inside("off"), "terminal", "tmux"),
        "limited",
        "allow-passthrough is off",
        "set -g allow-passthrough on",
    );
    says(
        find(&inside("on"), "terminal", "tmux"),
        "works",
        "hands on",
        "",
    );
}

#[test]
fn settings_that_cannot_be_used_do_not_stop_the_rest() {
    let home = Home::new();
    let all = checks(&home);
    says(
        find(&all, "machine", "settings"),
        "limited",
        "no",
        "config init",
    );
    home.write_config("[[accounts]]\nname = \"a\"\nprovidor = \"x\"\n");
    let all = checks(&home);
    says(
        find(&all, "machine", "settings"),
        "broken",
        "line 3",
        "config check",
    );
    find(&all, "machine", "state folder");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let mut home = Home::new();
    // Also where the user may write everywhere: no folder can be made inside a file.
    let file = home.file("full", b"");
    home.set("XDG_STATE_HOME", file.join("state").to_str().unwrap());
    let all = checks(&home);
    says(
        find(&all, "machine", "state folder"),
        "broken",
        "full",
        "XDG_STATE_HOME",
    );
}

#[test]
fn an_index_that_is_not_ours_is_told_and_left_alone() {
    let server = Server::start();
    let home = well(&server);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    says(
        find(&checks(&home), "machine", "index"),
        "works",
        "deleted at any time",
        "",
    );
    let file = home.path().join(".cache/assetdeck/index-1.db");
    std::fs::write(&file, b"something else").unwrap();
    let found = checks(&home);
    says(
        find(&found, "machine", "index"),
        "limited",
        "no index of ours",
        "sets it aside",
    );
    assert_eq!(std::fs::read(&file).unwrap(), b"something else");
}

#[test]
fn the_terminal_is_judged_by_what_is_around_it() {
    let mut home = Home::new();
    home.set("TERM", "xterm-256color").set("LANG", "C");
    let all = checks(&home);
    says(
        find(&all, "terminal", "colours"),
        "limited",
        "256",
        "COLORTERM=truecolor",
    );
    says(
        find(&all, "terminal", "locale"),
        "limited",
        "not UTF-8",
        "UTF-8",
    );
    home.set("TMUX", "/nonexistent/tmux,1,0");
    let all = checks(&home);
    says(
        find(&all, "terminal", "tmux"),
        "limited",
        "does not answer",
        "inside the tmux",
    );
}

#[test]
fn a_terminal_is_asked_how_wide_it_draws() {
    let mut home = Home::new();
    home.set("COLUMNS", "100");
    let widths = |answers: &[usize]| {
        let mut pty = Pty::start(&home, &["doctor"], (100, 60));
        pty.wait_written("\x1b[6n\r\x1b[K");
        let answers = answers
            .iter()
            .map(|column| format!("\x1b[1;{}R", column + 1));
        pty.send(&answers.collect::<String>());
        pty.wait_text("machine: transfers");
        pty.exit_code(PATIENCE);
        pty.assert_restored();
        let screen = pty
            .screen()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        assert!(!screen.contains("[1;"), "no answer is shown: {screen}");
        screen
    };
    let fine = widths(&[3, 4, 1, 2, 2, 2, 2]);
    assert!(fine.contains("works terminal: widths"), "{fine}");
    let other = widths(&[3, 4, 1, 2, 1, 4, 2]);
    assert!(other.contains("limited terminal: widths"), "{other}");
    assert!(
        other.contains("joined emoji (4 columns for 2)") && other.contains("--ascii"),
        "{other}"
    );
    // One that never answers holds nothing up for long.
    let silent = widths(&[]);
    assert!(
        silent.contains("does not say where its cursor is"),
        "{silent}"
    );
}
