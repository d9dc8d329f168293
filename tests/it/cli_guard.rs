//! No accidents: protected and read-only accounts, and keys that stay with the address they were given for.

use serde_json::json;

use crate::support::bus::KeyringBus;
use crate::support::cli::{run, run_with};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::pty::Pty;
use crate::support::screen;
use crate::support::server::Server;
use crate::support::wait::until;

/// How long a command may take to end.
const LONG: std::time::Duration = std::time::Duration::from_secs(20);

const HERO: &str = "acme-loc:19914/27667833@de/public/images/hero.png";
const SEGMENT: &str = "acme-loc:19914/27667833";
const LOGO: &str =
    "acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448@bec90e68-6337-4aa9-b2b0-20f1b71f09d0";

/// A home whose accounts all have this line in their settings.
fn home_with(server: &Server, line: &str) -> Home {
    let home = server.home();
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let settings = settings.replace("[[accounts]]\n", &format!("[[accounts]]\n{line}\n"));
    assert!(settings.contains(line), "{settings}");
    home.write_config(&settings);
    home
}

/// Requests that would change something, whatever became of them. Services are asked by POST, too.
fn changes(server: &Server) -> usize {
    let all = server.demo().exchanges();
    let asks = ["/auth", "/list", "/status", "/locales", "/search"];
    let changes = all
        .iter()
        .filter(|it| it.method != "GET" && !asks.iter().any(|part| it.path.contains(part)));
    let paths: Vec<String> = changes
        .map(|it| format!("{} {}", it.method, it.path))
        .collect();
    assert!(paths.len() < 50, "{paths:?}");
    paths.len()
}

/// Every command that changes something.
fn changing<'a>(file: &'a str, plan: &'a str) -> Vec<Vec<&'a str>> {
    vec![
        vec!["upload", file, "--to", SEGMENT, "--locale", "de", "--yes"],
        vec![
            "upload",
            file,
            "--to",
            SEGMENT,
            "--locale",
            "de",
            "--folder",
            "public/images",
            "--on-clash",
            "replace",
        ],
        vec!["upload", "--plan", plan],
        vec!["rm", "--yes", HERO],
        vec!["edit", LOGO, "--alt", "x"],
        vec!["mv", HERO, "--name", "b.png", "--yes"],
    ]
}

#[test]
fn a_read_only_account_is_never_changed() {
    let server = Server::start();
    let free = server.home();
    let png = crate::cli_upload::png("guarded");
    for home in [home_with(&server, "read_only = true"), server.home()] {
        let by_flag = !std::fs::read_to_string(home.config())
            .unwrap()
            .contains("read_only");
        let file = home.file("hero.png", &png);
        let file = file.to_str().unwrap();
        let plan = home.path().join("a.plan");
        let plan = plan.to_str().unwrap();
        run(
            &free,
            &[
                "upload",
                file,
                "--to",
                SEGMENT,
                "--locale",
                "fr",
                "--folder",
                "new",
                "--save-plan",
                plan,
            ],
        )
        .exits(0);
        let before = (server.holdings(), changes(&server));
        for mut args in changing(file, plan) {
            if by_flag {
                args.insert(0, "--read-only");
            }
            let ran = run(&home, &args).exits(4);
            let word = if by_flag { "--read-only" } else { "read_only" };
            ran.complains(&[word]);
        }
        assert!(server.holdings() == before.0, "something was changed");
        assert_eq!(changes(&server), before.1);
        let look = if by_flag {
            vec!["--read-only", "ls", SEGMENT]
        } else {
            vec!["ls", SEGMENT]
        };
        run(&home, &look).exits(0);
    }
}

#[test]
fn a_protected_account_wants_its_name() {
    let server = Server::start();
    let home = home_with(&server, "protected = true");
    let file = home.file("hero.png", &crate::cli_upload::png("guarded"));
    let file = file.to_str().unwrap();
    let plan = home.path().join("a.plan");
    let plan = plan.to_str().unwrap();
    run(
        &home,
        &[
            "upload",
            file,
            "--to",
            SEGMENT,
            "--locale",
            "fr",
            "--folder",
            "new",
            "--save-plan",
            plan,
        ],
    )
    .exits(0);
    let before = (server.holdings(), changes(&server));
    for args in changing(file, plan) {
        run(&home, &args)
            .exits(4)
            .complains(&["protected", "--confirm"]);
        // The name of another account opens that one.
        let other = if args.contains(&LOGO) {
            "acme-loc"
        } else {
            "acme-web"
        };
        run(&home, &[&["--confirm", other], &args[..]].concat()).exits(4);
    }
    assert!(server.holdings() == before.0, "something was changed");
    assert_eq!(changes(&server), before.1);
    for args in changing(file, plan) {
        let name = if args.contains(&LOGO) {
            "acme-web"
        } else {
            "acme-loc"
        };
        // The second upload replaces what the first commands left alone.
        if args[0] == "mv" || args[0] == "rm" {
            continue;
        }
        run(&home, &[&args[..], &["--confirm", name]].concat()).exits(0);
    }
    run(&home, &["rm", "--yes", HERO, "--confirm", "acme-loc"]).exits(0);
    run(&home, &["ls", "--confirm", "nobody"])
        .exits(2)
        .complains(&["nobody"]);
}

#[test]
fn on_a_terminal_the_name_is_asked_for() {
    let server = Server::start();
    let home = home_with(&server, "protected = true");
    let before = server.holdings();
    let mut pty = Pty::start(&home, &["rm", "--yes", HERO], (24, 100));
    pty.wait_text("Type its name");
    pty.send("acme-web\r");
    assert_eq!(pty.exit_code(LONG), 4);
    assert!(server.holdings() == before, "something was changed");
    let mut pty = Pty::start(&home, &["rm", "--yes", HERO], (24, 100));
    pty.wait_text("Type its name");
    pty.send("acme-loc\r");
    assert_eq!(pty.exit_code(LONG), 0);
    assert!(server.holdings() != before, "it is deleted");
}

#[test]
fn what_an_earlier_run_left_wants_the_name_again() {
    let server = Server::start();
    let home = home_with(&server, "protected = true");
    let file = home.file("left.png", &crate::cli_upload::png("left"));
    let args = [
        "upload",
        file.to_str().unwrap(),
        "--to",
        SEGMENT,
        "--confirm",
        "acme-loc",
    ];
    server.faults(json!([{"operation": "media-upload", "fault": "status", "status": 400}]));
    run(&home, &args).exits(1);
    run(&home, &["transfers", "retry"])
        .exits(4)
        .complains(&["protected"]);
    assert_eq!(server.stored("left.png").len(), 0);
    run(&home, &["transfers", "retry", "--confirm", "acme-loc"]).exits(0);
    assert_eq!(server.stored("left.png").len(), 1);
}

#[test]
fn an_account_that_may_not_be_changed_holds_up_no_other() {
    let server = Server::start();
    let home = server.home();
    let website = LOGO.split('@').next().unwrap();
    server.faults(
        json!([{"operation": "media-upload", "fault": "status", "status": 400},
                         {"operation": "upload-url", "fault": "status", "status": 400}]),
    );
    for (name, place) in [("held.png", website), ("free.png", SEGMENT)] {
        let file = home.file(name, &crate::cli_upload::png(name));
        run(&home, &["upload", file.to_str().unwrap(), "--to", place]).exits(1);
    }
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let (name, line) = ("name = \"acme-web\"\n", "protected = true\n");
    assert!(settings.contains(name), "{settings}");
    home.write_config(&settings.replace(name, &[name, line].concat()));
    run(&home, &["transfers", "retry"])
        .exits(3)
        .complains(&["acme-web", "protected"]);
    let stored = |name| server.stored(name).len();
    assert_eq!((stored("held.png"), stored("free.png")), (0, 1));
    // With nothing else to do that is how it ends.
    run(&home, &["transfers", "retry"])
        .exits(4)
        .complains(&["protected"]);
    run(&home, &["transfers", "retry", "--confirm", "acme-web"]).exits(0);
    assert_eq!((stored("held.png"), stored("free.png")), (1, 1));
}

/// An open screen works on the queue, also for what a command in another shell has added to it.
#[test]
fn a_screen_carries_what_was_confirmed_elsewhere() {
    let server = Server::start();
    for (flag, line) in [(None, "protected = true"), (Some("--read-only"), "")] {
        let home = home_with(&server, line);
        let name = format!("elsewhere{}.png", line.len());
        let file = home.file(&name, &crate::cli_upload::png(&name));
        let args: Vec<&str> = flag.into_iter().collect();
        let pty = Pty::start(&home, &args, (110, 30));
        screen::wait_listed(&pty);
        let to = ["upload", file.to_str().unwrap(), "--to", SEGMENT];
        let confirmed = [&to[..], &["--confirm", "acme-loc"]].concat();
        run(&home, &confirmed).exits(0);
        assert_eq!(server.stored(&name).len(), 1, "{line:?}");
        // The sheet of what the screen itself would send stays shut, or asks.
        if flag.is_some() {
            run(&home, &[&["--read-only"], &to[..]].concat()).exits(4);
        }
    }
}

/// What failed there is sent again from here only with the name, and from a screen that only looks
/// not at all.
#[test]
fn a_screen_sends_nothing_again_that_was_confirmed_elsewhere() {
    let server = Server::start();
    for (flag, line) in [(None, "protected = true"), (Some("--read-only"), "")] {
        let home = home_with(&server, line);
        let name = format!("again{}.png", line.len());
        let file = home.file(&name, &crate::cli_upload::png(&name));
        let args: Vec<&str> = flag.into_iter().collect();
        let mut pty = Pty::start(&home, &args, (110, 30));
        screen::wait_listed(&pty);
        server.faults(json!([{"operation": "media-upload", "fault": "status", "status": 400}]));
        let to = ["upload", file.to_str().unwrap(), "--to", SEGMENT];
        let confirmed = [&to[..], &["--confirm", "acme-loc"]].concat();
        run(&home, &confirmed).exits(1);
        pty.send_keys("t");
        pty.wait_row(&[&name, "HTTP 400"]);
        pty.send_keys("r");
        pty.wait_text(if flag.is_some() {
            "--read-only was given"
        } else {
            "type it to go on"
        });
        assert_eq!(server.stored(&name).len(), 0, "{line:?}");
    }
}

/// A screen that has no key for the account cannot begin; whoever waits for it learns why, and goes on
/// when it is gone.
#[test]
fn who_waits_for_a_screen_without_the_key_is_told() {
    let server = Server::start();
    let home = server.home();
    let mut keyless = server.home();
    for (name, value) in home.env() {
        keyless.set(&name, &value);
    }
    keyless.unset("ASSETDECK_KEY_ACME_LOC");
    let mut pty = Pty::start(&keyless, &[], (110, 30));
    pty.wait_text("no key");
    let file = home.file("keyless.png", &crate::cli_upload::png("keyless"));
    let args = ["upload", file.to_str().unwrap(), "--to", SEGMENT];
    let waiting = Program::start(&home, &args, b"");
    assert!(until(LONG, || waiting.said("may want the key of acme-loc")));
    pty.hang_up();
    pty.exit_code(LONG);
    waiting.end().exits(0);
    assert_eq!(server.stored("keyless.png").len(), 1);
}

#[test]
fn a_key_is_not_sent_to_a_changed_address_until_that_is_confirmed() {
    let (first, second) = (Server::start(), Server::start());
    let home = first.home();
    run(&home, &["ls", "acme-web:"]).exits(0);
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let (one, two) = (first.origin(), second.origin());
    home.write_config(&settings.replace(&one, &two));
    run(&home, &["ls", "acme-web:"])
        .exits(4)
        .complains(&["acme-web", &one, &two, "--confirm"]);
    // The other account was never used: any address is its first.
    assert_eq!(second.demo().exchanges().len(), 0);
    // Both worlds have the same keys.
    run(&home, &["ls", "acme-web:", "--confirm", "acme-web"]).exits(0);
    run(&home, &["ls", "acme-web:"]).exits(0);
    // And back, which was confirmed by being first.
    home.write_config(&settings);
    run(&home, &["ls", "acme-web:"]).exits(0);
}

#[test]
fn a_saved_key_stays_with_its_address_and_a_new_login_moves_it() {
    let (first, second) = (Server::start(), Server::start());
    let mut home = first.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    let Some(_bus) = KeyringBus::start(&mut home) else {
        return;
    };
    let login = ["login", "acme-loc", "--key-stdin"];
    run_with(&home, &login, key.as_bytes()).exits(0);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    let settings = std::fs::read_to_string(home.config()).unwrap();
    home.write_config(&settings.replace(&first.origin(), &second.origin()));
    run(&home, &["ls", "acme-loc:"]).exits(4);
    run(&home, &["ls", "acme-loc:", "--confirm", "acme-loc"]).exits(4);
    assert_eq!(second.demo().exchanges().len(), 0);
    run_with(&home, &login, key.as_bytes()).exits(0);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    // Signed out, no address has a key any more.
    let out = run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(out.stdout.contains(&first.origin()), "{out:?}");
    home.write_config(&settings);
    run(&home, &["ls", "acme-loc:"]).exits(4);
}

#[test]
fn a_key_kept_for_the_address_before_is_told_of_and_removed_with_the_others() {
    let (first, second) = (Server::start(), Server::start());
    let mut home = first.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    home.set("ASSETDECK_PASSPHRASE", "horse battery staple");
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let (one, two) = (first.origin(), second.origin());
    let moved = settings.replace(&one, &two);
    let folder = home.path().join(".local/state/assetdeck/keys");
    let files = || std::fs::read_dir(&folder).map_or(0, Iterator::count);
    let store = ["--store", "encrypted-file"];
    let login = [&["login", "acme-loc", "--key-stdin"][..], &store].concat();
    run_with(&home, &login, key.as_bytes()).exits(0);
    home.write_config(&moved);

    let told = [
        "its address changed",
        &one,
        &two,
        "assetdeck login acme-loc",
    ];
    run(&home, &["ls", "acme-loc:"]).exits(4).complains(&told);
    let lines = run(&home, &["accounts", "--json"]).exits(0).json();
    let line = lines.iter().find(|line| line["name"] == "acme-loc");
    let line = line.expect("its line");
    let words = line["key"].as_str().expect("words");
    assert!(words.contains("its address changed"), "{line}");
    assert!(words.contains(&one), "{line}");
    assert_eq!(line["state"][0], "address changed", "{line}");
    assert_eq!(second.demo().exchanges().len(), 0);

    assert_eq!(files(), 1);
    let out = run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(out.stdout.contains(&format!("for {one}")), "{out:?}");
    assert_eq!(files(), 0);
    // Also where only the files tell for which addresses there are keys.
    run_with(&home, &login, key.as_bytes()).exits(0);
    home.write_config(&settings);
    run_with(&home, &login, key.as_bytes()).exits(0);
    assert_eq!(files(), 2);
    std::fs::remove_file(home.path().join(".local/state/assetdeck/addresses.json")).unwrap();
    run(&home, &["logout", "acme-loc"]).exits(0);
    assert_eq!(files(), 0);
    let out = run(&home, &["logout", "acme-loc"]).exits(0);
    assert!(out.stdout.contains("No key of acme-loc"), "{out:?}");
}

#[test]
fn a_screen_asks_whether_a_kept_key_may_go_to_another_address() {
    let (first, second) = (Server::start(), Server::start());
    let home = first.home();
    run(&home, &["ls", "acme-web:"]).exits(0);
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let (one, two) = (first.origin(), second.origin());
    // Only that account moves.
    let (head, rest) = settings.split_once(&one).unwrap();
    home.write_config(&format!("{head}{two}{rest}"));
    let mut pty = Pty::start(&home, &[], (140, 40));
    pty.wait_text("address changed");
    pty.send_keys("g g Enter");
    pty.wait_text("Another address");
    pty.wait_text(&one);
    pty.wait_text(&two);
    assert_eq!(second.demo().exchanges().len(), 0);
    // A yes that comes at once was meant for something else.
    pty.press_until("y", "the question is answered", |screen| {
        !screen.contains("Another address")
    });
    assert!(
        until(LONG, || !second.demo().exchanges().is_empty()),
        "the key goes there"
    );
    pty.wait_text("Shop");
    pty.send_keys("q");
    pty.exit_code(LONG);
    run(&home, &["ls", "acme-web:"]).exits(0);
}
