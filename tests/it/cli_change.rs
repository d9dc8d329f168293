//! Changing assets by command: their texts, their name and their place, and what is never lost on the way.

use serde_json::{Value, json};

use crate::cli_browse::ref_of;
use crate::support::cli::run;
use crate::support::home::Home;
use crate::support::server::Server;

const HERO: &str = "acme-loc:19914/27667833@de/public/images/hero.png";
const SHOP: &str = "acme-web:db9bd93b-d43c-478d-bd2f-11d6acad6448";

fn shown(home: &Home, reference: &str) -> Value {
    run(home, &["show", reference, "--json"])
        .exits(0)
        .json()
        .remove(0)
}

#[test]
fn texts_are_changed_and_what_is_not_named_stays() {
    let server = Server::start();
    let home = server.home();
    let listing = run(&home, &["ls", SHOP, "--json"]).exits(0);
    let reference = ref_of(&listing, "logo.png");
    let before = shown(&home, &reference);
    let ran = run(
        &home,
        &[
            "edit", &reference, "--alt", "Our logo", "--tag", "a", "--tag", "b", "--json",
        ],
    )
    .exits(0);
    let line = ran.json().remove(0);
    assert_eq!(line["alt_text"], "Our logo");
    let after = shown(&home, &reference);
    assert_eq!(after["alt_text"], "Our logo");
    assert_eq!(after["tags"], json!(["a", "b"]));
    assert_eq!(after["description"], before["description"]);
    run(&home, &["edit", &reference, "--alt", "", "--no-tags"]).exits(0);
    let emptied = shown(&home, &reference);
    assert!(
        emptied["alt_text"] == "" || emptied["alt_text"].is_null(),
        "{emptied}"
    );
    assert_eq!(emptied["tags"], json!([]));

    // What is there already is not sent again.
    let calls = |server: &Server| {
        let all = server.demo().exchanges();
        all.iter()
            .filter(|it| it.method == "PATCH" || it.method == "PUT")
            .count()
    };
    let sent = calls(&server);
    let same = run(&home, &["edit", &reference, "--no-tags"]).exits(0);
    assert!(same.stdout.contains("already"), "{}", same.stdout);
    assert_eq!(calls(&server), sent);
}

#[test]
fn what_cannot_be_changed_is_refused_before_a_call() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["edit", HERO, "--alt", "x"])
        .exits(2)
        .complains(&["--alt"]);
    run(&home, &["edit", HERO])
        .exits(2)
        .complains(&["nothing to change"]);
    let id = format!("{SHOP}@bec90e68-6337-4aa9-b2b0-20f1b71f09d0");
    let long = "x".repeat(5000);
    run(&home, &["edit", &id, "--alt", &long])
        .exits(2)
        .complains(&["--alt", "at most"]);
    assert_eq!(server.demo().exchanges().len(), 0);
}

#[test]
fn an_asset_gets_another_name_and_another_place() {
    let server = Server::start();
    let home = server.home();
    let digest = |name: &str| server.stored(name)[0]["sha256"].clone();
    let before = run(&home, &["url", HERO]).exits(0);
    assert!(!before.stdout.is_empty());
    let all = server.stored("hero.png");
    let german = all
        .iter()
        .find(|it| it["locale"] == "de")
        .expect("the German one");

    run(&home, &["mv", HERO, "--name", "banner.png"])
        .exits(2)
        .complains(&["--yes"]);
    let moved = run(
        &home,
        &["mv", HERO, "--name", "banner.png", "--yes", "--json"],
    )
    .exits(0);
    moved.complains(&["downloaded", "deleted"]);
    let line = moved.json().remove(0);
    assert_eq!(
        (&line["name"], &line["locale"], &line["folder"]),
        (&json!("banner.png"), &json!("de"), &json!("public/images"))
    );
    assert_eq!(digest("banner.png"), german["sha256"]);
    run(&home, &["show", HERO]).exits(1);
    assert_eq!(server.stored("hero.png").len(), all.len() - 1);

    // To another segment, and from a document to a website, which has no locales.
    let banner = line["ref"].as_str().expect("a ref");
    let moved = run(
        &home,
        &["mv", banner, "acme-loc:19914/27667834", "--yes", "--json"],
    )
    .exits(0);
    let there = moved.json().remove(0);
    assert_eq!(there["segment"], "27667834");
    let reference = there["ref"].as_str().expect("a ref");
    let moved = run(&home, &["mv", reference, SHOP, "--yes", "--json"]).exits(0);
    moved.complains(&["locale", "lost"]);
    let stored = server.stored("banner.png");
    assert_eq!((stored.len(), &stored[0]["sha256"]), (1, &german["sha256"]));
}

#[test]
fn nothing_is_deleted_unless_the_new_one_is_listed() {
    let server = Server::start();
    let home = server.home();
    let many = server.stored("hero.png").len();
    // The name is taken: even a file that is the same byte for byte is another asset.
    let french = "acme-loc:19914/27667833@fr/public/images/hero.png";
    run(&home, &["mv", HERO, "--locale", "fr", "--yes"])
        .exits(1)
        .complains(&["taken"]);
    run(&home, &["mv", HERO, "--name", "hero.png", "--yes"]).exits(2);
    server.faults(json!([{"operation": "attach", "fault": "status", "status": 400}]));
    let ran = run(&home, &["mv", HERO, "--name", "other.png", "--yes"]).exits(1);
    ran.complains(&["nothing was deleted"]);
    assert_eq!(server.stored("hero.png").len(), many);
    assert_eq!(server.stored("other.png").len(), 0);
    run(&home, &["show", french]).exits(0);

    // The delete is refused: both stand, and that is said.
    server.faults(json!([{"operation": "delete", "fault": "status", "status": 403}]));
    run(&home, &["mv", HERO, "--name", "other.png", "--yes"])
        .exits(3)
        .complains(&["both places"]);
    assert_eq!(server.stored("hero.png").len(), many);
    assert_eq!(server.stored("other.png").len(), 1);
}
