//! `find`: words in all that was listed before, without asking anybody.

use serde_json::json;

use crate::support::cli::run;
use crate::support::pty::PATIENCE;
use crate::support::screen::{open, started};
use crate::support::server::Server;

#[test]
fn what_was_listed_is_found_without_the_services() {
    let server = Server::start();
    let home = server.home();
    let nothing = run(&home, &["find", "hero"]).exits(0);
    assert!(nothing.stdout.is_empty(), "{}", nothing.stdout);
    run(&home, &["ls", "acme-loc:"]).exits(0);
    run(&home, &["ls", "acme-loc:19914"]).exits(0);
    run(&home, &["ls", "acme-loc:19914/27667833"]).exits(0);
    server.faults(json!([{"fault": "status", "status": 500, "times": "always"}]));
    let lines = run(&home, &["find", "mobile", "app", "--json"])
        .exits(0)
        .json();
    assert_eq!(lines[0]["what"], "container");
    assert_eq!(lines[0]["ref"], "acme-loc:19914");
    assert_eq!(lines[0]["matched"], "name");
    let lines = run(&home, &["find", "hero.png", "locale:de", "--json"])
        .exits(0)
        .json();
    assert_eq!(lines[0]["what"], "asset");
    assert_eq!(lines[0]["locale"], "de");
    assert_eq!(lines[0]["container"], "Mobile app");
    // The ref is one that other commands take.
    let reference = lines[0]["ref"].as_str().unwrap();
    assert!(
        reference.starts_with("acme-loc:19914/27667833@de"),
        "{reference}"
    );
    // Of an account that listed nothing there is nothing.
    let none = run(&home, &["find", "hero", "--account", "acme-web"]).exits(0);
    assert!(none.stdout.is_empty(), "{}", none.stdout);
}

#[test]
fn a_search_without_words_or_with_a_wrong_field_says_so() {
    let home = Server::start().home();
    run(&home, &["find", ""])
        .exits(2)
        .complains(&["what to look for"]);
    run(&home, &["find", "size:big"])
        .exits(2)
        .complains(&["columns 6 to 8", "is not a size"]);
    run(&home, &["find", "x", "--account", "nobody"]).exits(2);
}

#[test]
fn nothing_is_kept_where_the_settings_say_so() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["ls", "acme-loc:19914"]).exits(0);
    let index = home.path().join(".cache/assetdeck/index-1.db");
    assert!(index.exists());
    let settings = std::fs::read_to_string(home.config()).expect("the settings");
    home.write_config(&format!("{settings}\n[index]\nkeep = false\n"));
    run(&home, &["ls", "acme-loc:19914"]).exits(0);
    assert!(!index.exists());
    let none = run(&home, &["find", "order", "--json"]).exits(0);
    assert_eq!(none.stdout, "");
    // The screen lists all the same.
    let mut pty = started(&home);
    open(&mut pty, "Mobile app", "order.summary");
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    assert!(!index.exists());
}

#[test]
fn damage_inside_the_index_is_told_and_ends_with_the_next_list() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["ls", "acme-loc:19914"]).exits(0);
    run(&home, &["ls", "acme-loc:19914/27667833"]).exits(0);
    let file = home.path().join(".cache/assetdeck/index-1.db");
    let damage = || {
        let mut bytes = std::fs::read(&file).expect("the index");
        bytes[4_096..].fill(0xA5);
        std::fs::write(&file, bytes).expect("damage");
    };
    damage();
    let ran = run(&home, &["find", "hero.png"]).exits(1);
    ran.complains(&["was damaged", "set aside as index-1.damaged.db"]);
    assert!(!ran.stderr.contains("more fit"), "{ran:#?}");
    run(&home, &["ls", "acme-loc:19914/27667833"]).exits(0);
    let found = run(&home, &["find", "hero.png"]).exits(0);
    assert!(found.stdout.contains("hero.png"), "{found:#?}");
    assert!(!found.stderr.contains("damaged"), "{found:#?}");
    // The doctor says so, and leaves it alone.
    damage();
    let ran = run(&home, &["doctor"]);
    assert!(ran.stdout.contains("is damaged"), "{ran:#?}");
    run(&home, &["find", "hero.png"]).exits(1);
}

#[test]
fn what_cannot_be_told_without_asking_is_refused_with_the_reason() {
    let server = Server::start();
    let home = server.home();
    for (filter, why) in [
        ("is:duplicate", "cannot tell duplicates"),
        ("is:lookalike", "cannot tell lookalikes"),
        ("has:assets", "cannot tell what segments have"),
        ("missing:fr", "cannot tell what segments have"),
    ] {
        let ran = run(&home, &["find", filter]).exits(2);
        let word = filter.replace("fr", "\"fr\"");
        let instead = format!("assetdeck ls ADDRESS --filter {word}");
        ran.complains(&[why, &instead]);
    }
    let ran = run(&home, &["ls", "acme-loc:19914", "--filter", "type:image"]).exits(2);
    ran.complains(&["type: is of assets", "list of segments"]);
    for (address, filter, why) in [
        ("acme-web:", "is:orphan", "list of websites"),
        (
            "acme-loc:",
            "missing:fr",
            "is of segments, and this is a list of documents",
        ),
        ("acme-loc:19914/27667833", "has:fr", "list of assets"),
        ("acme-loc:19914", "missing:FRE", "has no locale “FRE”"),
    ] {
        let ran = run(&home, &["ls", address, "--filter", filter]).exits(2);
        ran.complains(&[why]);
    }
    let mut pty = started(&home);
    pty.send_keys("F");
    pty.send("is:duplicate");
    pty.wait_text("cannot tell duplicates");
    pty.send_keys("Esc");
    pty.wait_gone("Find anything");
    open(&mut pty, "Mobile app", "Segments");
    pty.send_keys("2 /");
    pty.send("locale:de\r");
    pty.wait_text("locale: is of assets");
}
