//! Names in the place of ids, in every command that takes an address.

use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::server::Server;

const HERO: &str = "acme-loc:19914/27667833@de/public/images/hero.png";
const BY_NAME: &str = "acme-loc:Mobile app/hero-banner@de/public/images/hero.png";

/// What both print, but for what is said of the name.
#[track_caller]
fn same(home: &Home, by_id: &[&str], by_name: &[&str]) -> Ran {
    let wanted = run(home, by_id).exits(0);
    let got = run(home, by_name).exits(0);
    assert_eq!(got.stdout, wanted.stdout, "{by_name:?}");
    got
}

/// A home with two websites of one name, which the service does not know.
fn twice(server: &Server) -> Home {
    let home = server.home();
    let settings = std::fs::read_to_string(home.config()).expect("settings");
    let (at, _) = settings
        .match_indices("name = \"acme-web\"")
        .next()
        .expect("it");
    let (before, after) = settings.split_at(at);
    let id = |last| format!("00000000-0000-4000-8000-00000000000{last}");
    home.write_config(&format!(
        "{before}websites = [{{ id = \"{}\", name = \"Twin\" }}, {{ id = \"{}\", name = \"Twin\" }}]\n{after}",
        id(1),
        id(2)
    ));
    home
}

#[test]
fn a_name_will_do_where_an_id_does() {
    let server = Server::start();
    let home = server.home();
    // Nothing was listed yet: the service is asked. Then it is not: with its faults all is the same.
    let said = same(
        &home,
        &["ls", "acme-loc:19914"],
        &["ls", "acme-loc:Mobile app"],
    );
    said.complains(&["Mobile app", "acme-loc:19914"]);
    same(
        &home,
        &["ls", "acme-loc:19914"],
        &["ls", "acme-loc:mobile APP"],
    );
    same(
        &home,
        &["ls", "acme-loc:19914"],
        &["ls", "acme-loc:Mobile%20app"],
    );
    same(&home, &["show", HERO], &["show", BY_NAME]);
    same(&home, &["url", HERO], &["url", BY_NAME]);
    same(
        &home,
        &["coverage", "acme-loc:19914"],
        &["coverage", "acme-loc:Mobile app"],
    );
    let folder = "acme-loc:Marketing/2026/Spring campaign.json";
    same(&home, &["show", "acme-loc:20417"], &["show", folder]);

    let png = home.file("new.png", &crate::cli_upload::png("named"));
    let to = "acme-loc:Mobile app/hero-banner";
    run(&home, &["upload", png.to_str().expect("text"), "--to", to]).exits(0);
    let new = format!("{to}@/new.png");
    run(&home, &["mv", &new, to, "--folder", "a"]).exits(2);
    run(&home, &["mv", &new, to, "--folder", "a", "--yes"]).exits(0);
    let out = home.path().join("out");
    let moved = format!("{to}@/a/new.png");
    run(
        &home,
        &["get", &moved, "--out", out.to_str().expect("text")],
    )
    .exits(0);
    run(&home, &["rm", "--yes", &moved]).exits(0);
    assert!(server.stored("new.png").is_empty());
}

#[test]
fn what_was_listed_is_enough() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["ls", "acme-loc:"]).exits(0);
    run(&home, &["ls", "acme-loc:19914"]).exits(0);
    let asked = server.demo().exchanges().len();
    run(&home, &["url", BY_NAME]).exits(0);
    let paths: Vec<String> = { server.demo().exchanges().into_iter().skip(asked) }
        .map(|it| it.path)
        .collect();
    // Signing in, the assets of that segment, signing out.
    assert!(paths.len() <= 3, "{paths:?}");
}

#[test]
fn an_ambiguous_name_lists_what_it_may_be() {
    let server = Server::start();
    let home = twice(&server);
    let ran = run(&home, &["ls", "acme-web:Twin"]).exits(2);
    for last in 1..=2 {
        let address = format!("acme-web:00000000-0000-4000-8000-00000000000{last}");
        ran.complains(&[&address, "Twin"]);
    }
    ran.complains(&["names 2 places", "one of these addresses"]);
    assert!(ran.stdout.is_empty());
}

#[test]
fn an_unknown_name_says_which_one_is_near() {
    let server = Server::start();
    let home = server.home();
    let ran = |address: &str| run(&home, &["ls", address]).exits(2);
    ran("acme-web:Blg").complains(&["no website", "Did you mean Blog?"]);
    ran("acme-loc:Mobile app/hero-baner").complains(&["no segment", "hero-banner"]);
    ran("acme-loc:qqqqqq").complains(&["no document", "assetdeck ls acme-loc:"]);
    ran("acme-lco:Mobile app").complains(&["acme-lco", "Did you mean acme-loc?"]);
    ran("acme-loc:\u{1b}[2J").complains(&["no document"]);
}
