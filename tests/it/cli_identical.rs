//! `is:identical`: the assets that hold the same, after what is to be read was said; each is read once.

use std::collections::BTreeSet;

use serde_json::json;

use crate::cli_browse::ref_of;
use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::server::{Server, sha256};

const SEGMENT: &str = "acme-loc:19914/27667837";

/// A home, a website and a segment; each has one file twice under two names, and one of its size.
pub fn twice() -> (Server, Home, String) {
    let server = Server::with(|options| options.assets = Some(24)).judged(Scope::Requests);
    let home = server.home();
    let shop = ref_of(&run(&home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    for (name, mark) in [
        ("zz-one.png", "a"),
        ("zz-two.png", "a"),
        ("zz-odd.png", "b"),
    ] {
        let file = home.file(name, &png(mark));
        for place in [shop.as_str(), SEGMENT] {
            run(&home, &["upload", file.to_str().unwrap(), "--to", place]).exits(0);
        }
    }
    (server, home, shop)
}

fn identical(home: &Home, place: &str, filter: &str) -> Ran {
    run(home, &["ls", place, "--filter", filter, "--json"])
}

fn names(ran: &Ran) -> BTreeSet<String> {
    let lines = ran.json();
    let names = lines.iter().map(|it| it["name"].as_str().expect("a name"));
    names.map(str::to_owned).collect()
}

/// How many files were asked for.
fn downloads(server: &Server) -> usize {
    let exchanges = server.demo().exchanges().into_iter();
    let gets = exchanges.filter(|it| it.method == "GET");
    gets.filter(|it| it.origin == "storage" || it.query.contains("filename="))
        .count()
}

#[test]
fn what_holds_the_same_is_found_under_any_name_and_read_once() {
    let (server, home, shop) = twice();
    for place in [shop.as_str(), SEGMENT] {
        let before = downloads(&server);
        let ran = identical(&home, place, "is:identical").exits(0);
        ran.complains(&["files of a size that others have", "calls"]);
        assert_eq!(
            names(&ran),
            ["zz-one.png", "zz-two.png"].map(str::to_owned).into(),
            "{place}"
        );
        let read = downloads(&server);
        assert!(read >= before + 3, "{before} {read}");
        for line in ran.json() {
            assert_eq!(line["sha256"], sha256(&png("a")).as_str());
        }
        // The rest is there without another call, and what another has not is told as well.
        let others = identical(&home, place, "-is:identical").exits(0);
        assert!(names(&others).contains("zz-odd.png"), "{place}");
        assert!(!names(&others).contains("zz-one.png"), "{place}");
        assert_eq!(downloads(&server), read);
        assert!(!others.stderr.contains("Reading"), "{}", others.stderr);
    }
    // What was replaced is asked anew, and nothing else.
    let read = downloads(&server);
    let file = home.file("zz-two.png", &png("c"));
    // Within one second it would be taken for what was sent.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    let changed = std::fs::File::options().append(true).open(&file).unwrap();
    changed.set_modified(later).unwrap();
    let upload = ["upload", file.to_str().unwrap(), "--to", SEGMENT];
    run(&home, &[&upload[..], &["--on-clash", "replace"]].concat()).exits(0);
    let ran = identical(&home, SEGMENT, "is:identical").exits(0);
    ran.complains(&["Reading 1 file of a size"]);
    assert_eq!(names(&ran), BTreeSet::new());
    assert_eq!(downloads(&server), read + 1);
}

#[test]
fn one_that_cannot_be_read_is_named_and_the_others_are_read() {
    let (server, home, _) = twice();
    // Once as it was listed, and once as it is listed now.
    server.faults(json!([
        {"operation": "download", "service": "wordbee", "fault": "status", "status": 404, "times": 2},
    ]));
    let before = downloads(&server);
    let ran = identical(&home, SEGMENT, "is:identical").exits(3);
    ran.complains(&["was not read"]);
    let read = downloads(&server) - before;
    assert!(read >= 2, "{read}");
    // The next time only that one is asked for; what passes is waited out.
    server.faults(json!([
        {"operation": "download", "service": "wordbee", "fault": "throttle", "wait": 1},
    ]));
    let ran = identical(&home, SEGMENT, "is:identical").exits(0);
    ran.complains(&["Reading 1 file of a size"]);
    ran.complains(&["as the service asks"]);
    assert_eq!(
        names(&ran),
        ["zz-one.png", "zz-two.png"].map(str::to_owned).into()
    );
}

#[test]
fn an_answer_that_breaks_off_is_never_taken_for_the_file() {
    let (server, home, _) = twice();
    server.faults(json!([
        {"operation": "download", "service": "wordbee", "fault": "cut", "after": 100},
        {"operation": "download", "service": "wordbee", "fault": "cut", "after": 100, "by": "close"},
    ]));
    let ran = identical(&home, SEGMENT, "is:identical").exits(0);
    ran.complains(&["waiting for", "try 2 of 6"]);
    ran.complains(&["waiting for", "try 3 of 6"]);
    assert_eq!(
        names(&ran),
        ["zz-one.png", "zz-two.png"].map(str::to_owned).into()
    );
}

#[test]
fn find_says_where_it_is_told() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["find", "is:identical"])
        .exits(2)
        .complains(&["cannot tell what files hold", "--filter is:identical"]);
}
