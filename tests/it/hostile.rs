//! A world whose names and texts attack the terminal: nothing of them reaches a screen or a pipe raw.

use std::time::Duration;

use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::server::Server;

/// Characters that no output may hold; the line ends between lines are ours.
fn foreign(character: char) -> bool {
    let control = character.is_control() && character != '\n';
    let direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let hidden = matches!(
        character,
        '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{2028}' | '\u{2029}'
    );
    control || direction || hidden
}

#[track_caller]
fn clean(ran: &Ran) {
    for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        // Columns of a piped table are parted by tabs.
        let bad = text.chars().find(|c| foreign(*c) && *c != '\t');
        assert_eq!(bad, None, "{name} of {:?}: {text:?}", ran.args);
    }
}

fn hostile() -> Server {
    Server::with(|options| options.hostile = true)
}

/// Addresses of the planted places: a website, a document, and the segment with its assets.
fn places(home: &Home) -> Vec<String> {
    let mut found = Vec::new();
    for account in ["acme-web:", "acme-loc:"] {
        let containers = run(home, &["ls", account, "--json"]).exits(0);
        clean(&containers);
        let lines = containers.json();
        let planted = lines
            .iter()
            .filter(|line| line["raw"].to_string().contains("Evil"));
        found.extend(planted.filter_map(|line| Some(line["ref"].as_str()?.to_owned())));
    }
    assert_eq!(found.len(), 2, "{found:?}");
    let segments = run(home, &["ls", &found[1], "--json"]).exits(0);
    clean(&segments);
    let first = segments
        .json()
        .into_iter()
        .find(|line| line["kind"] == "segment");
    found.push(
        first.expect("a segment")["ref"]
            .as_str()
            .expect("a ref")
            .to_owned(),
    );
    found
}

#[test]
fn a_pipe_gets_one_clean_line_for_each_asset() {
    let server = hostile();
    let home = server.home();
    let mut assets = 0;
    for place in places(&home) {
        let json = run(&home, &["ls", &place, "--json"]).exits(0);
        clean(&json);
        let objects = json.json();
        let plain = run(&home, &["ls", &place]).exits(0);
        clean(&plain);
        assert_eq!(
            plain.stdout.lines().count(),
            objects.len(),
            "{place}\n{}",
            plain.stdout
        );
        for object in objects
            .iter()
            .filter(|object| object["kind"] == "asset")
            .take(12)
        {
            assets += 1;
            let reference = object["ref"].as_str().unwrap();
            let shown = run(&home, &["show", reference]).exits(0);
            clean(&shown);
            clean(&run(&home, &["show", reference, "--json"]).exits(0));
            clean(&run(&home, &["url", reference]));
        }
    }
    assert!(assets > 12, "only {assets} assets seen");
}

#[test]
fn unreadable_entries_leave_their_neighbours_alone() {
    let server = hostile();
    let home = server.home();
    // The broken entries of the websites' list name no website, and so stand under none.
    let mut listed = places(&home);
    listed.extend(["acme-web:-".to_owned(), "acme-loc:".to_owned()]);
    let counts: Vec<(String, usize, usize)> = listed
        .into_iter()
        .map(|place| {
            let lines = run(&home, &["ls", &place, "--json"]).exits(0).json();
            let bad = lines
                .iter()
                .filter(|line| line["kind"] == "unreadable")
                .count();
            (place, bad, lines.len() - bad)
        })
        .collect();
    // Six in the list of website assets (a seventh can be read in part), three segments, four assets
    // of one segment, four documents.
    let bad: usize = counts.iter().map(|(_, bad, _)| bad).sum();
    let good: usize = counts.iter().map(|(_, _, good)| good).sum();
    assert!(bad >= 17 && good > 30, "{counts:#?}");
}

#[test]
fn downloads_stay_in_their_folder() {
    let server = hostile();
    let home = server.home();
    let out = home.path().join("deep/er/out");
    std::fs::create_dir_all(&out).unwrap();
    let before = files(home.path(), &out);
    let mut saved = 0;
    for place in places(&home) {
        let listing = run(&home, &["ls", &place, "--json"]).exits(0).json();
        for object in listing.iter().filter(|o| o["kind"] == "asset").take(14) {
            let reference = object["ref"].as_str().unwrap();
            let ran = run(&home, &["get", reference, "--out", out.to_str().unwrap()]);
            assert!(matches!(ran.code, Some(0 | 1)), "{ran:?}");
            clean(&ran);
            saved += usize::from(ran.code == Some(0));
        }
    }
    assert!(saved > 10, "only {saved} saved");
    assert_eq!(
        files(home.path(), &out),
        before,
        "files outside the chosen folder"
    );
    for entry in std::fs::read_dir(&out).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(
            !name.chars().any(foreign) && !name.starts_with('.'),
            "{name:?}"
        );
    }
}

/// Files below a folder, without those of one branch and without our own log.
fn files(root: &std::path::Path, without: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let own = path.ends_with(".local") || path.ends_with(".cache");
        if path == without || own {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path, without));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_terminal_gets_only_our_own_sequences() {
    let server = hostile();
    let home = server.home();
    for place in places(&home) {
        let pty = Pty::start(&home, &["ls", &place], (120, 40));
        assert_eq!(
            pty.exit_code(Duration::from_secs(30)),
            0,
            "{}",
            pty.screen()
        );
        no_attack(&pty.output());
        // A plain listing needs no sequence at all.
        let text = String::from_utf8(pty.output()).expect("text");
        let bad = text.chars().find(|c| foreign(*c) && *c != '\r');
        assert_eq!(bad, None, "{place}: {text:?}");
    }
}

#[test]
fn the_screen_shows_marks_and_nothing_runs() {
    let server = hostile();
    let home = server.home();
    let mut pty = Pty::start(&home, &[], (140, 40));
    pty.wait_text("Shop");
    pty.wait_text("Evil");
    // Through every row of the first pane, and into what each of them holds.
    for _ in 0..12 {
        pty.send_keys("j");
    }
    pty.send_keys("G l l G i i");
    pty.wait_text("Evil");
    // A second interrupt always leaves, whatever lies on top.
    pty.send_keys("C-c C-c");
    pty.exit_code(Duration::from_secs(10));
    no_attack(&pty.output());
}

/// Holds that none of the planted sequences is in the bytes a terminal received.
#[track_caller]
fn no_attack(bytes: &[u8]) {
    let planted: [&[u8]; 6] = [
        b"\x1b]0;owned",
        b"\x1b]52;",
        b"\x1b[31mred",
        b"\x1b[5m",
        b"\x1b[7m\x1b[7m",
        "\u{9b}31m".as_bytes(),
    ];
    for attack in planted {
        let found = bytes.windows(attack.len()).any(|window| window == attack);
        assert!(
            !found,
            "{:?} reached the terminal",
            String::from_utf8_lossy(attack)
        );
    }
    let text = String::from_utf8_lossy(bytes);
    let bidi = text
        .chars()
        .find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{80}'..='\u{9f}'));
    assert_eq!(bidi, None, "a raw direction mark or C1 control");
}
