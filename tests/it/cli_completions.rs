//! What shells offer: accounts, places and locales as they were listed, in real shells.

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

#[test]
fn bash_completes_behind_a_colon() {
    let home = listed();
    let complete = |line: &str| {
        let word = line.rsplit([' ', ':']).next().expect("a word");
        let script = format!(
            "source <(assetdeck completions bash); COMP_LINE='{line}' COMP_POINT=${{#COMP_LINE}}; \
             COMP_WORDS=(assetdeck ls ''); COMP_CWORD=2; COMP_POINT=${{#COMP_LINE}}; \
             _assetdeck_known assetdeck '{word}' ls; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let mut bash = command(&home, "bash");
        bash.args(["-c", &script]);
        let ran = run_command(bash, &[line], b"");
        ran.stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(complete("assetdeck ls acme-l"), ["acme-loc:"]);
    assert_eq!(complete("assetdeck ls acme-loc:Mo"), ["Mobile%20app"]);
    assert_eq!(
        complete("assetdeck ls acme-loc:Mobile%20app/hero"),
        ["Mobile%20app/hero-banner"]
    );
    // What we do not know is filled in from the words of the program.
    assert!(complete("assetdeck ls --js").contains(&"--json".to_owned()));
}

#[test]
fn fish_completes_and_says_what_it_is() {
    if !installed("fish") {
        return skip("fish is not installed");
    }
    let home = listed();
    let mut fish = command(&home, "fish");
    fish.args(["--no-config", "-c"]);
    fish.arg("assetdeck completions fish | source; complete -C 'assetdeck ls acme-loc:M'");
    let ran = run_command(fish, &["complete"], b"");
    assert_eq!(ran.stdout.trim(), "acme-loc:Mobile%20app\tMobile app");
}

#[test]
fn zsh_completes_behind_a_colon() {
    if !installed("zsh") {
        return skip("zsh is not installed");
    }
    let home = listed();
    // A shell in a terminal of its own, and someone who presses Tab.
    let script = "zmodload zsh/zpty; zpty z zsh -f -i; \
        zpty -w z 'autoload -U compinit; compinit -u -D; source <(assetdeck completions zsh); PS1=ready'; \
        zpty -r z out '*ready*ready*'; \
        zpty -w -n z $'assetdeck show acme-loc:Mob\\t'; zpty -r z out '*Mobile%20app*'; print -r -- \"${(V)out}\"";
    let mut zsh = command(&home, "zsh");
    zsh.args(["-f", "-c", script]);
    let ran = run_command(zsh, &["complete"], b"");
    assert!(ran.stdout.contains("acme-loc:Mobile%20app"), "{ran:?}");
}
