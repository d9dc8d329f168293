//! Settings by command, and keys from a command of the user's own.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::support::cli::run;
use crate::support::home::Home;
#[cfg(target_os = "linux")]
use crate::support::program::Program;
use crate::support::pty::Pty;
use crate::support::server::Server;
#[cfg(target_os = "linux")]
use crate::support::wait::until;

const LONG: Duration = Duration::from_secs(20);

/// A home in which acme-loc's key comes from this script; the key itself is given to it by a file.
fn home_with_command(server: &Server, script: &str) -> (Home, String) {
    let mut home = server.home();
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.unset("ASSETDECK_KEY_ACME_LOC");
    home.file("key", key.as_bytes());
    let pass = home.file("bin/pass", format!("#!/bin/sh\n{script}\n").as_bytes());
    std::fs::set_permissions(&pass, std::fs::Permissions::from_mode(0o755)).unwrap();
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let line = format!(
        "credential_command = \"{} show 'acme loc'\"",
        pass.display()
    );
    let named = "name = \"acme-loc\"\n";
    assert!(settings.contains(named), "{settings}");
    home.write_config(&settings.replace(named, &format!("{named}{line}\n")));
    (home, key)
}

#[test]
fn a_command_gives_the_key_and_its_output_is_told_nowhere() {
    let server = Server::start();
    let (mut home, key) = home_with_command(
        &server,
        "[ \"$1 $2 $#\" = 'show acme loc 2' ] || exit 9\nenv > \"$(dirname \"$0\")/seen\"\ncat \"$(dirname \"$0\")/../key\"; echo; echo canary-of-pass >&2",
    );
    run(&home, &["ls", "acme-loc:"]).exits(0);
    let seen = std::fs::read_to_string(home.path().join("bin/seen")).unwrap();
    assert!(
        !seen.contains("ASSETDECK_"),
        "no key of another account: {seen}"
    );
    let accounts = run(&home, &["accounts", "--json"]).exits(0);
    let line = accounts
        .json()
        .into_iter()
        .find(|it| it["name"] == "acme-loc")
        .unwrap();
    assert_eq!(line["key_source"], "command", "{line}");
    assert_eq!(line["state"][0], "ready", "{line}");
    assert!(!accounts.stdout.contains(&key) && !accounts.stderr.contains("canary"));
    // The environment comes first.
    home.set("ASSETDECK_KEY_ACME_LOC", "wrong");
    run(&home, &["ls", "acme-loc:"]).exits(4);
}

/// Ours, and nobody waits for it to be told of its end: a zombie is as good as gone.
#[cfg(target_os = "linux")]
fn runs(pid: &str) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| stat.contains("(sleep)") && !stat.contains("(sleep) Z"))
}

#[cfg(target_os = "linux")]
#[test]
fn whatever_a_late_command_began_ends_with_it() {
    let server = Server::start();
    for interrupted in [true, false] {
        let (home, _) = home_with_command(
            &server,
            "cd \"$(dirname \"$0\")\"; sleep 120 & a=$!\n(sleep 120 & echo $a $! >part; mv part pids; wait)",
        );
        let mut program = Program::start(&home, &["ls", "acme-loc:"], b"");
        let file = home.path().join("bin/pids");
        assert!(until(LONG, || file.exists()), "the command is started");
        let pids = std::fs::read_to_string(&file).unwrap();
        let pids: Vec<&str> = pids.split_whitespace().collect();
        assert!(pids.iter().all(|pid| runs(pid)), "{pids:?}");
        if interrupted {
            program.signal(rustix::process::Signal::INT);
            program.end().exits(130);
        } else {
            program
                .end()
                .exits(2)
                .complains(&["no key within 10 seconds"]);
        }
        let gone = until(LONG, || !pids.iter().any(|pid| runs(pid)));
        assert!(gone, "interrupted: {interrupted}, {pids:?}");
    }
}

#[test]
fn output_that_is_no_key_is_refused_before_any_call() {
    let server = Server::start();
    for (script, word) in [
        ("printf ' canary '", "space"),
        ("printf 'canary\\nsecond\\n'", "control character"),
        ("echo canary; exit 3", "status 3"),
        ("printf ''", "empty"),
    ] {
        let (home, _) = home_with_command(&server, script);
        let ran = run(&home, &["ls", "acme-loc:"]).exits(2);
        ran.complains(&["credential_command", word]);
        assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
    }
    assert_eq!(server.demo().exchanges().len(), 0);
}

#[test]
fn settings_are_found_listed_and_checked() {
    let server = Server::start();
    let home = server.home();
    let path = run(&home, &["config", "path"]).exits(0);
    assert_eq!(path.stdout.trim(), home.config().to_str().unwrap());
    let checked = run(&home, &["config", "check"]).exits(0);
    assert!(checked.stdout.contains("is fine"), "{}", checked.stdout);
    let listed = run(&home, &["config", "show", "--json"]).exits(0).json();
    let find = |key: &str| {
        listed
            .iter()
            .find(|it| it["key"] == key)
            .unwrap_or_else(|| panic!("{key} in {listed:#?}"))
    };
    assert_eq!(find("transfers.listed_within")["value"], "0");
    assert_eq!(find("transfers.listed_within")["from"], "file");
    assert_eq!(find("terminal.notify")["from"], "default");
    assert_eq!(find("accounts.acme-loc.provider")["from"], "file");

    let wrong =
        std::fs::read_to_string(home.config()).unwrap() + "\n[terminal]\nnotifi = \"bell\"\n";
    let line = wrong.lines().count().to_string();
    home.write_config(&wrong);
    for args in [["config", "check"], ["config", "show"]] {
        run(&home, &args).exits(2).complains(&[
            "config.toml",
            &format!("line {line}"),
            "`notifi`",
            "`notify`",
        ]);
    }
    // A key that would stand twice is found as well, which only the screen looks at.
    home.write_config(
        "[[accounts]]\nname = \"a\"\nprovider = \"segmentflow\"\n[keys]\nupload = \"s\"\n",
    );
    run(&home, &["config", "check"])
        .exits(2)
        .complains(&["line 5"]);
    run(&home, &["config", "path"]).exits(0);
}

#[test]
fn the_first_settings_are_written_by_questions_and_never_over_others() {
    let server = Server::start();
    let mut home = Home::new();
    for (name, value) in server.demo().env() {
        home.set(&name, &value);
    }
    let ran = run(&home, &["config", "path"]).exits(0);
    ran.complains(&["config init"]);
    run(&home, &["config", "init"]).exits(2);
    let mut pty = Pty::start(&home, &["config", "init"], (100, 30));
    pty.wait_text("Which service");
    pty.send("nonsense\r");
    pty.wait_text("none of them");
    pty.send("wordbee\r");
    pty.wait_text("How do you call it");
    pty.send("acme-loc\r");
    pty.wait_text("Address");
    pty.send(&format!("{}\r", server.demo().wordbee_url()));
    pty.wait_text("Platform code");
    pty.send("acme\r");
    assert_eq!(pty.exit_code(LONG), 0);
    let mode = std::fs::metadata(home.config())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    run(&home, &["config", "check"]).exits(0);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    let written = std::fs::read_to_string(home.config()).unwrap();
    run(&home, &["config", "init"])
        .exits(2)
        .complains(&["there already"]);
    assert_eq!(std::fs::read_to_string(home.config()).unwrap(), written);
}

/// The home with these lines in the account of this name.
fn with_lines(home: &Home, account: &str, lines: &str) {
    let settings = std::fs::read_to_string(home.config()).unwrap();
    let named = format!("name = \"{account}\"\n");
    assert!(settings.contains(&named), "{settings}");
    home.write_config(&settings.replace(&named, &format!("{named}{lines}\n")));
}

#[test]
fn account_and_container_say_where_things_go_and_flags_win() {
    let server = Server::start();
    let home = server.home();
    with_lines(
        &home,
        "acme-loc",
        "locale = \"de\"\nfolder = \"by/account\"\nsave_to = \"~/saved/account\"\n\
         containers = [{ id = \"19914\", folder = \"by/document\", save_to = \"~/saved/document\", \
         patterns = [\"{locale}/{folder}/{name}\"] }]",
    );
    run(&home, &["config", "check"]).exits(0);
    let shown = run(&home, &["config", "show"]).exits(0).stdout;
    let row = |key: &str| shown.lines().find(|line| line.starts_with(key)).unwrap();
    assert!(row("accounts.acme-loc.locale\t").ends_with("\"de\"\tfile"));
    let folder = "accounts.acme-loc.containers.19914.folder\t";
    assert!(row(folder).ends_with("\"by/document\"\tfile"));

    home.file("in/plain.png", &crate::cli_upload::png("plain"));
    home.file("in/fr/named.png", &crate::cli_upload::png("named"));
    let segment = "acme-loc:19914/27667834";
    let upload = |more: &[&str]| {
        let args = [&["upload", "in", "--to", segment, "--yes", "--json"], more].concat();
        let mut placed: Vec<_> = run(&home, &args)
            .exits(0)
            .json()
            .into_iter()
            .map(|it| {
                (
                    it["name"].as_str().unwrap().to_owned(),
                    it["locale"].as_str().unwrap_or("-").to_owned(),
                    it["folder"].as_str().unwrap_or("-").to_owned(),
                )
            })
            .collect();
        placed.sort();
        placed
    };
    let places = |rows: [[&str; 3]; 2]| {
        rows.map(|[name, locale, folder]| (name.into(), locale.into(), folder.into()))
    };
    assert_eq!(
        upload(&[]),
        places([
            ["named.png", "fr", "by/document"],
            ["plain.png", "de", "by/document"],
        ])
    );
    assert_eq!(
        upload(&["--locale", "en", "--folder", "flag"]),
        places([["named.png", "en", "flag/fr"], ["plain.png", "en", "flag"],])
    );
    let none = &[
        "--locale",
        "none",
        "--folder",
        "",
        "--pattern",
        "{folder}/{name}",
    ];
    let dry: Vec<_> = run(
        &home,
        &[
            &["upload", "in", "--to", segment, "--dry-run", "--json"],
            &none[..],
        ]
        .concat(),
    )
    .exits(3)
    .json();
    // A folder by the name of a locale is refused by its own sentence; the other one goes to the top.
    let plain = dry.iter().find(|it| it["name"] == "plain.png").unwrap();
    assert!(
        plain["locale"].is_null() && plain["folder"] == "",
        "{plain}"
    );

    // Saved where the document says; another account is saved where one stands.
    let refs = run(&home, &["ls", segment, "--json"]).exits(0).json();
    let reference = refs.iter().find(|it| it["name"] == "plain.png").unwrap();
    run(&home, &["get", reference["ref"].as_str().unwrap()]).exits(0);
    assert!(home.path().join("saved/document/plain.png").is_file());
    run(
        &home,
        &[
            "get",
            reference["ref"].as_str().unwrap(),
            "--out",
            "flagged",
        ],
    )
    .exits(0);
    assert!(home.path().join("flagged/plain.png").is_file());
}

#[test]
fn a_place_setting_that_cannot_be_names_its_line() {
    let server = Server::start();
    let refused = |account: &str, lines: &str, words: &[&str]| {
        let home = server.home();
        with_lines(&home, account, lines);
        let ran = run(&home, &["config", "check"]).exits(2);
        ran.complains(words);
    };
    refused(
        "acme-web",
        "locale = \"de\"",
        &["config.toml, line ", "`locale`", "leave it out"],
    );
    refused("acme-loc", "folder = \"a/../b\"", &["line ", "`folder`"]);
    refused(
        "acme-loc",
        "patterns = [\"{locale}\"]",
        &["line ", "{name}"],
    );
    refused(
        "acme-loc",
        "fodler = \"a\"",
        &["line ", "did you mean `folder`?"],
    );
    refused(
        "acme-loc",
        "containers = [{ id = \"1\", loacle = \"de\" }]",
        &["line ", "did you mean `locale`?"],
    );
}
