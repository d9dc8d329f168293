//! `is:orphan`: the assets of a website that no template uses, after a scan that says what it costs.

use std::collections::BTreeSet;

use serde_json::json;

use crate::cli_browse::ref_of;
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::server::Server;

/// The demo's written assets only.
fn world() -> (Server, Home, String) {
    let server = Server::with(|options| options.assets = Some(24));
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    (server, home, shop)
}

fn names(ran: &Ran) -> BTreeSet<String> {
    let lines = ran.json();
    let names = lines.iter().map(|it| it["name"].as_str().expect("a name"));
    names.map(str::to_owned).collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(str::to_owned).into()
}

#[test]
fn what_no_template_uses_is_found_and_the_cost_is_said_first() {
    let (server, home, shop) = world();
    let filtered = |filter: &str| run(&home, &["ls", &shop, "--filter", filter, "--json"]);
    let ran = filtered("is:orphan").exits(0);
    let orphans = [
        "hero@2x.png",
        "icon-cart.png",
        "prices-2026.csv",
        "preisliste-2026.xls",
    ];
    assert_eq!(names(&ran), set(orphans));
    ran.complains(&["Scanning 6 templates for the assets that they use takes 6 calls"]);
    let used = [
        "hero-frühling.jpg",
        "hero.png",
        // Used by a template that is put away, too.
        "logo.png",
        "chili-sauce.jpg",
        "kräutersalz.jpg",
        "spring-brochure.pdf",
    ];
    assert_eq!(names(&filtered("-is:orphan").exits(0)), set(used));
    let ran = filtered("is:orphan type:csv").exits(0);
    assert_eq!(names(&ran), set(["prices-2026.csv"]));
    // Without that word nothing is scanned.
    let scans = |server: &Server| {
        let exchanges = server.demo().exchanges().into_iter();
        exchanges
            .filter(|it| it.path.contains("/templates/"))
            .count()
    };
    let before = scans(&server);
    assert_eq!(before, 18);
    filtered("type:csv").exits(0);
    assert_eq!(scans(&server), before);
}

#[test]
fn a_template_that_cannot_be_read_may_use_everything() {
    let (server, home, shop) = world();
    let server = server.judged(Scope::Requests);
    server.faults(json!([
        {"operation": "template", "fault": "status", "status": 403, "skip": 3},
    ]));
    let ran = run(&home, &["ls", &shop, "--filter", "is:orphan", "--json"]);
    assert_ne!(ran.code, Some(0));
    assert_eq!(ran.stdout, "");
    ran.complains(&["none was called an orphan"]);
}

#[test]
fn a_scan_that_broke_off_goes_on_after_a_restart_and_one_that_ended_begins_anew() {
    let (server, home, shop) = world();
    let server = server.judged(Scope::Requests);
    server.faults(json!([
        {"operation": "template", "fault": "status", "status": 403, "skip": 3},
    ]));
    let ls = ["ls", &shop, "--filter", "is:orphan", "--json"];
    assert_ne!(run(&home, &ls).code, Some(0));
    let scans = || {
        let exchanges = server.demo().exchanges().into_iter();
        exchanges
            .filter(|it| it.path.contains("/templates/"))
            .count()
    };
    assert_eq!(scans(), 3);
    let ran = run(&home, &ls).exits(0);
    ran.complains(&["3 of 6 templates were read by a scan of the last hour"]);
    ran.complains(&["Scanning 3 templates", "takes 3 calls"]);
    assert_eq!(scans(), 3 + 3);
    assert_eq!(names(&ran).len(), 4, "{:?}", names(&ran));
    // Somebody may have used an asset since.
    let again = run(&home, &ls).exits(0);
    again.complains(&["Scanning 6 templates", "takes 6 calls"]);
    assert_eq!(scans(), 3 + 3 + 6);
    assert_eq!(names(&again), names(&ran));
}

#[test]
fn where_nothing_tells_what_is_used_that_is_said() {
    let server = Server::start();
    let home = server.home();
    let ls = ["ls", "acme-loc:19914/27667833", "--filter", "is:orphan"];
    run(&home, &ls)
        .exits(2)
        .complains(&["does not tell where assets are used"]);
    run(&home, &["find", "is:orphan"])
        .exits(2)
        .complains(&["find asks no service"]);
}
