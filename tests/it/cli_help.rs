//! Every command's help: an example of each that works as it stands, in a shell, on the demo; the same
//! words as manual pages and completions.

use std::collections::VecDeque;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::support::bus::KeyringBus;
use crate::support::cli::{Ran, command, run, run_command};
use crate::support::hold::PATIENCE;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

/// Examples that end otherwise than well where nobody types and nothing was done before, and how.
const OTHERWISE: &[(&str, i32)] = &[
    ("assetdeck login acme-loc", 4),
    ("assetdeck login acme-loc --store encrypted-file", 4),
    // There are no such transfers.
    ("assetdeck transfers retry 12", 2),
    ("assetdeck transfers pause 12 13", 2),
    ("assetdeck transfers cancel 12 13", 2),
    ("assetdeck transfers clear 12 13", 2),
    // One of the demo's accounts lacks a right on purpose.
    ("assetdeck doctor", 1),
    ("assetdeck doctor --json", 1),
    ("assetdeck doctor --report > report.txt", 1),
    // It asks, and replaces no file that is there.
    ("assetdeck config init", 2),
    ("assetdeck config init --config ./config.toml", 2),
    // It is there to find something.
    (
        "assetdeck coverage acme-loc:19914 --locales de,fr --fail-on missing,older",
        5,
    ),
    // It asks before it deletes.
    (
        "assetdeck rm acme-loc:19914/27667833@de/public/images/hero.png",
        2,
    ),
];

/// Examples that run until somebody leaves: other tests open the screen.
const OPEN_ENDED: &[&str] = &["assetdeck", "assetdeck --plain", "assetdeck demo"];

/// The commands, as the help lists them.
fn commands(home: &Home) -> Vec<String> {
    let help = run(home, &["--help"]).exits(0).stdout;
    let listed = listed(&help);
    assert!(!listed.is_empty(), "{help}");
    listed
}

/// The commands that a help lists; none where it lists none.
fn listed(help: &str) -> Vec<String> {
    let Some((_, listed)) = help.split_once("Commands:\n") else {
        return Vec::new();
    };
    let (listed, _) = listed.split_once("\n\n").expect("its end");
    let lines = listed.lines().filter_map(|line| line.strip_prefix("  "));
    let names = lines.filter(|line| !line.starts_with(' '));
    names
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The lines below "Examples:".
fn examples(help: &str) -> Vec<String> {
    let Some((_, after)) = help.split_once("Examples:\n") else {
        return Vec::new();
    };
    let whole = after.replace("\\\n      ", "");
    let lines = whole.lines().take_while(|line| line.starts_with("  "));
    // What stands far to the right says what it does.
    lines
        .filter_map(|line| line.trim().split("   ").next())
        .map(|line| line.trim().to_owned())
        .collect()
}

/// A home with the files that the examples name, and the program on the path.
fn home_for_examples(server: &Server) -> Home {
    let mut home = server.home();
    let sample = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("assets/demo")
            .join(name);
        std::fs::read(path).expect("a sample")
    };
    for (name, from) in [
        ("spring-banner.png", "hero.png"),
        ("hero.png", "hero.png"),
        ("team.jpg", "team.jpg"),
        ("pictures/de/public/one.png", "hero.png"),
        ("by-name/two.fr.png", "hero.png"),
    ] {
        home.file(name, &sample(from));
    }
    for folder in [
        "bin",
        ".local/share/bash-completion/completions",
        ".config/fish/completions",
        ".zfunc",
        ".local/share/man/man1",
    ] {
        std::fs::create_dir_all(home.path().join(folder)).expect("a folder");
    }
    let bin = home.path().join("bin");
    symlink(env!("CARGO_BIN_EXE_assetdeck"), bin.join("assetdeck")).expect("the program");
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    let pass = home.file("bin/pass", format!("#!/bin/sh\necho {key}\n").as_bytes());
    std::fs::set_permissions(pass, std::fs::Permissions::from_mode(0o755)).expect("0755");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    home.set("PATH", &path);
    home
}

fn in_shell(home: &Home, line: &str) -> Ran {
    let mut shell = command(home, "bash");
    shell.args(["-c", line]);
    run_command(shell, &[line], b"")
}

/// One that runs until it is told to stop.
fn watched(home: &Home, line: &str) {
    let mut shell = command(home, "bash");
    shell.args(["-c", &format!("exec {line}")]);
    let mut program = Program::start_command(shell, &[line], b"");
    assert!(until(PATIENCE, || program.said("watching")), "{line}");
    program.signal(rustix::process::Signal::INT);
    program.end().exits(130);
}

#[test]
fn every_commands_help_has_an_example_and_each_works_as_it_stands() {
    let plain = Home::new();
    let mut seen = 0;
    // The program's own help first; behind each command those below it.
    let mut ahead = VecDeque::from([Vec::new()]);
    while let Some(names) = ahead.pop_front() {
        let words = names.iter().map(String::as_str).chain(["--help"]);
        let help = run(&plain, &words.collect::<Vec<_>>()).exits(0).stdout;
        for below in listed(&help) {
            ahead.push_back([names.as_slice(), &[below]].concat());
        }
        let name = names.join(" ");
        let examples = examples(&help);
        assert!(!examples.is_empty(), "{name} has no example:\n{help}");
        let server = Server::start();
        let mut home = home_for_examples(&server);
        let bus = (name == "login" || name == "logout").then(|| KeyringBus::start(&mut home));
        if matches!(bus, Some(None)) {
            continue;
        }
        if name == "upload" {
            // What the examples upload.
            in_shell(&home, "assetdeck get acme-loc:19914 --out docs --yes").exits(0);
        }
        for example in examples {
            if OPEN_ENDED.contains(&example.as_str()) || example.contains("--serve") {
                continue;
            }
            seen += 1;
            if name == "watch" {
                watched(&home, &example);
                continue;
            }
            let known = OTHERWISE.iter().find(|(known, _)| *known == example);
            let code = known.map_or(0, |(_, code)| *code);
            in_shell(&home, &example).exits(code);
        }
    }
    assert!(seen > 65, "only {seen} examples were found");
}

#[test]
fn the_manual_says_what_the_help_says() {
    let home = Home::new();
    let page = run(&home, &["man"]).exits(0).stdout;
    for part in [
        ".TH assetdeck 1",
        "EXIT CODES",
        "not signed in",
        "\\-\\-quiet",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    for name in commands(&home) {
        let page = run(&home, &["man", &name]).exits(0).stdout;
        assert!(page.contains(".SH EXAMPLES"), "{name}: {page}");
    }
    run(&home, &["man", "uplaod"])
        .exits(2)
        .complains(&["uplaod", "upload?"]);
}

#[test]
fn a_shell_completes_commands_and_flags() {
    let home = Home::new();
    let script = run(&home, &["completions", "bash"]).exits(0).stdout;
    let file = home.file("completions.bash", script.as_bytes());
    let completed = |words: &str, at: usize, cur: &str, prev: &str| {
        let mut shell = Command::new("bash");
        shell.env_clear().envs(home.env()).arg("-c").arg(format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={at}; _assetdeck assetdeck '{cur}' '{prev}'; \
             echo \"${{COMPREPLY[@]}}\"",
            file.display()
        ));
        run_command(shell, &[words], b"").exits(0).stdout
    };
    assert_eq!(
        completed("assetdeck tran", 1, "tran", "assetdeck").trim(),
        "transfers"
    );
    assert_eq!(
        completed("assetdeck get --on-clash re", 3, "re", "--on-clash").trim(),
        "replace"
    );
    run(&home, &["completions", "tcsh"]).exits(2);
}

#[test]
fn a_link_is_shown_where_there_is_no_desktop_and_handed_over_where_there_is_one() {
    let server = Server::start();
    let mut home = server.home();
    let reference = "acme-loc:19914/27667833@de/public/images/hero.png";
    let url = run(&home, &["url", reference]).exits(0).stdout;
    let shown = run(&home, &["open", reference]).exits(0);
    assert_eq!(shown.stdout, url);
    shown.complains(&["no desktop"]);
    assert_eq!(run(&home, &["-q", "open", reference]).exits(0).stderr, "");

    // A desktop of our own: its launcher writes down what it is given.
    let told = home.path().join("opened");
    for name in ["xdg-open", "open"] {
        let text = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", told.display());
        let launcher = home.file(&format!("bin/{name}"), text.as_bytes());
        std::fs::set_permissions(launcher, std::fs::Permissions::from_mode(0o755)).expect("0755");
    }
    let path = format!("{}/bin:/usr/bin:/bin", home.path().display());
    home.set("PATH", &path).set("DISPLAY", ":77");
    let opened = run(&home, &["open", reference]).exits(0);
    assert!(opened.stdout.starts_with(url.trim()), "{}", opened.stdout);
    assert_eq!(std::fs::read_to_string(&told).expect("it was started"), url);
    // Over SSH nothing is started.
    std::fs::remove_file(&told).expect("removed");
    home.set("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22");
    run(&home, &["open", reference]).exits(0);
    assert!(!told.exists());
}

#[test]
fn verbose_tells_the_calls_and_no_key_and_quiet_tells_nothing() {
    let server = Server::start();
    let home = server.home();
    let ran = run(&home, &["-v", "ls", "acme-web:"]).exits(0);
    assert!(
        ran.stderr.contains("/api/v2/") || ran.stderr.contains("path="),
        "{}",
        ran.stderr
    );
    for (name, key) in server.demo().env() {
        assert!(!ran.stderr.contains(&key), "{name} in {}", ran.stderr);
    }
    let again = run(&home, &["ls", "acme-web:"]).exits(0);
    assert_eq!((again.stdout, again.stderr), (ran.stdout, String::new()));
    run(&home, &["-v", "-q", "ls"]).exits(2);
    let reference = "acme-loc:19914/27667833@de/public/images/hero.png";
    let named = run(&home, &["ls", "acme-web:Shop", "--quiet"]).exits(0);
    assert_eq!(named.stderr, "");
    let shown = run(&home, &["config", "show", "--quiet"]).exits(0);
    assert_eq!(shown.stderr, "");
    let wrong = run(&home, &["ls", "acme-web:Shopp", "--quiet"]).exits(2);
    wrong.complains(&["Shopp"]);
    let removed = run(&home, &["rm", "--yes", "-q", reference]).exits(0);
    assert_eq!(
        (removed.stdout, removed.stderr),
        (String::new(), String::new())
    );
}

#[test]
fn the_schema_is_the_one_that_judges_and_has_a_version() {
    let home = Home::new();
    let printed = run(&home, &["schema"]).exits(0).stdout;
    let schema: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let held: serde_json::Value =
        serde_json::from_str(include_str!("../../assets/schema.json")).expect("JSON");
    assert_eq!(schema, held);
    assert_eq!(schema["$id"], "urn:assetdeck:json-lines:1");
    // It tells shapes apart: a member too many or too few is seen.
    let check = serde_json::json!({
        "kind": "check", "of": "a", "name": "b", "state": "works", "found": "c", "advice": "",
    });
    crate::support::cli::judged(&check);
    for spoil in ["state", "extra"] {
        let mut spoilt = check.clone();
        spoilt[spoil] = serde_json::json!("fine");
        assert!(std::panic::catch_unwind(|| crate::support::cli::judged(&spoilt)).is_err());
    }
}
