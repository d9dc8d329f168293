//! What shells offer: accounts, places and locales as they were listed, in real shells.

use std::fmt::Write as _;

use crate::support::bus::{SilentBus, installed, skip};
use crate::support::cli::{command, run, run_command};
use crate::support::home::Home;
use crate::support::server::Server;

/// A segment that has assets in several locales.
const HERO: &str = "acme-loc:19914/27667833";

/// A home in which everything was listed once, and no service any more. `assetdeck` is on its path.
fn listed() -> Home {
    let server = Server::start();
    let mut home = server.home();
    for address in ["acme-loc:", "acme-loc:19914", HERO, "acme-web:"] {
        run(&home, &["ls", address]).exits(0);
    }
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("a folder");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_assetdeck"), bin.join("assetdeck")).expect("it");
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", bin.display());
    home.set("PATH", &path);
    home
}

/// The words that are offered for the last of these.
#[track_caller]
fn offered(home: &Home, words: &[&str]) -> Vec<String> {
    let args = [&["complete-words", "--"], words].concat();
    let ran = run(home, &args).exits(0);
    assert_eq!(ran.stderr, "");
    let lines = ran.stdout.lines();
    let words = lines.map(|line| line.split('\t').next().expect("a word").to_owned());
    words.collect()
}

#[test]
fn accounts_places_and_locales_are_known_without_any_service() {
    let mut home = listed();
    // Nobody who could be asked is asked: the keyring neither.
    let _bus = SilentBus::start(&mut home);
    home.unset("ASSETDECK_KEY_ACME_LOC");
    assert_eq!(offered(&home, &["ls", "acme-w"]), ["acme-web:"]);
    assert_eq!(
        offered(&home, &["login", "acme-"]),
        ["acme-web", "acme-loc"]
    );
    assert_eq!(
        offered(&home, &["ls", "acme-loc:M"]),
        ["acme-loc:Mobile%20app"]
    );
    assert_eq!(offered(&home, &["ls", "acme-loc:1991"]), ["acme-loc:19914"]);
    let segments = offered(&home, &["ls", "acme-loc:Mobile%20app/checkout."]);
    assert_eq!(
        segments,
        [
            "acme-loc:Mobile%20app/checkout.title",
            "acme-loc:Mobile%20app/checkout.pay"
        ]
    );
    let by_id = offered(&home, &["upload", "x", "--to", "acme-loc:19914/hero"]);
    assert_eq!(by_id, ["acme-loc:19914/hero-banner"]);
    let locales = offered(&home, &["coverage", "acme-loc:19914", "--locales", "de,f"]);
    assert_eq!(locales, ["de,fr"]);
    for nothing in [
        &["ls", "--js"][..],
        &["upload", "./"],
        &["ls", "nobody:x"],
        &[""],
        &[],
    ] {
        assert!(offered(&home, nothing).is_empty(), "{nothing:?}");
    }
    home.write_config("[[accounts]]\nname = 1\n");
    run(&home, &["complete-words", "--", "ls", ""]).exits(2);
}

/// What is offered is an address as it stands.
#[test]
fn what_is_offered_can_be_used() {
    let server = Server::start();
    let home = server.home();
    for address in ["acme-loc:", "acme-web:"] {
        run(&home, &["ls", address]).exits(0);
        let places = offered(&home, &["ls", address]);
        assert!(places.len() > 2, "{places:?}");
        for place in places {
            run(&home, &["show", &place]).exits(0);
        }
    }
}

/// Lines, and what the last word of each becomes, in every shell.
const LINES: &[(&str, &str)] = &[
    ("ls acme-l", "acme-loc:"),
    ("ls acme-loc:Mo", "acme-loc:Mobile%20app"),
    (
        "show acme-loc:Mobile%20app/hero",
        "acme-loc:Mobile%20app/hero-banner",
    ),
    ("upload x --to acme-loc:Mo", "acme-loc:Mobile%20app"),
    ("upload x --to acme-loc:19914/27667833 --locale d", "de"),
    ("upload x --on-clash re", "replace"),
    ("watch in --to acme-loc:Mo", "acme-loc:Mobile%20app"),
    ("watch in --to acme-loc:19914/27667833 --locale d", "de"),
    ("watch in --on-clash sk", "skip"),
    ("sync in acme-loc:Mo", "acme-loc:Mobile%20app"),
    ("sync in --on-clash re", "replace"),
    ("get x --on-clash re", "replace"),
    ("mv acme-loc:19914/27667833@x --locale f", "fr"),
    ("mv acme-loc:19914/27667833@x --locale=f", "--locale=fr"),
    ("coverage acme-loc:19914 --locales f", "fr"),
    ("coverage acme-loc:19914 --locales de,f", "de,fr"),
    ("coverage acme-loc:19914 --state mis", "missing"),
    (
        "coverage acme-loc:19914 --fail-on missing,ol",
        "missing,older",
    ),
    ("find x --account acme-l", "acme-loc"),
    ("login acme-l", "acme-loc"),
    ("login acme-loc --store enc", "encrypted-file"),
    ("logout acme-l", "acme-loc"),
    ("--confirm acme-l", "acme-loc"),
    ("rm x --confirm acme-l", "acme-loc"),
    ("rm x --confirm=acme-l", "--confirm=acme-loc"),
    ("completions fi", "fish"),
    ("upload x --on-cl", "--on-clash"),
    ("get x y --no-p", "--no-progress"),
    ("transfers retry 1 --no-p", "--no-progress"),
    ("transfers resu", "resume"),
    ("config pa", "path"),
];

#[test]
fn bash_completes_every_value() {
    let home = listed();
    let complete = |line: &str| {
        let cut = |word: &str| {
            word.rsplit([' ', ':', '='])
                .next()
                .expect("a word")
                .to_owned()
        };
        let (before, word) = line.rsplit_once([' ', ':', '=']).expect("some words");
        let script = format!(
            "source <(assetdeck completions bash); COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; \
             COMP_WORDS=({before} '{word}'); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _assetdeck_known assetdeck '{word}' '{}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            cut(before)
        );
        let mut bash = command(&home, "bash");
        bash.args(["-c", &script]);
        let ran = run_command(bash, &[line], b"");
        ran.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    for (line, wanted) in LINES {
        // It replaces only what stands behind a colon or an equals sign.
        let (_, wanted) = wanted
            .rsplit_once([':', '='])
            .filter(|(_, end)| !end.is_empty())
            .unwrap_or(("", wanted));
        let offered = complete(&format!("assetdeck {line}"));
        assert_eq!(offered, [wanted], "{line}");
    }
    // What we do not know is filled in from the words of the program.
    assert!(complete("assetdeck ls --js").contains(&"--json".to_owned()));
}

#[test]
fn fish_completes_every_value_and_says_what_it_is() {
    if !installed("fish") {
        return skip("fish is not installed");
    }
    let home = listed();
    let mut lines = "assetdeck completions fish | source\n".to_owned();
    for (line, _) in LINES {
        writeln!(
            lines,
            "complete -C 'assetdeck {line}' | string join '|'; echo"
        )
        .unwrap();
    }
    let mut fish = command(&home, "fish");
    fish.args(["--no-config", "-c", &lines]);
    let ran = run_command(fish, &["complete"], b"");
    let offered = ran.stdout.lines().filter(|line| !line.is_empty());
    let offered: Vec<&str> = offered.collect();
    assert_eq!(offered.len(), LINES.len(), "{ran:?}");
    for ((line, wanted), offered) in LINES.iter().zip(offered) {
        let mut words = offered.split('|').filter_map(|it| it.split('\t').next());
        assert_eq!(
            (words.next(), words.next()),
            (Some(*wanted), None),
            "{line}: {offered}"
        );
    }
    assert!(
        ran.stdout.contains("acme-loc:Mobile%20app\tMobile app"),
        "{ran:?}"
    );
}

#[test]
fn zsh_completes_every_value() {
    if !installed("zsh") {
        return skip("zsh is not installed");
    }
    let home = listed();
    // A shell in a terminal of its own, and someone who presses Tab and clears the line.
    let mut script = "zmodload zsh/zpty; zpty z zsh -f -i; \
        zpty -w z 'autoload -U compinit; compinit -u -D; source <(assetdeck completions zsh); PS1=ready'; \
        zpty -r z out '*ready*ready*';"
        .to_owned();
    for (line, wanted) in LINES {
        let word = line.rsplit(' ').next().expect("a word");
        let rest = wanted.strip_prefix(word).expect("it begins so");
        let pattern = rest.replace("%20", "?20");
        writeln!(
            script,
            "zpty -w -n z $'assetdeck {line}\\t'; zpty -r z out '*{line}*{pattern}*'; \
             print -r -- {line} is offered; zpty -w -n z $'\\x15\\x0b';"
        )
        .unwrap();
    }
    let mut zsh = command(&home, "zsh");
    zsh.args(["-f", "-c", &script]);
    let ran = run_command(zsh, &["complete"], b"");
    for (line, _) in LINES {
        assert!(
            ran.stdout.contains(&format!("{line} is offered")),
            "{ran:?}"
        );
    }
}
