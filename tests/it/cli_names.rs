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

#[test]
fn a_name_of_an_asset_will_do_where_only_one_has_it() {
    let server = Server::start();
    let home = server.home();
    let hero = "acme-loc:19914/27667833";
    for name in [
        "de/public/images/hero.png",
        "DE/public/images/HERO.png",
        "hero@2x.png",
    ] {
        let by_name = format!("acme-loc:Mobile app/hero-banner@{name}");
        let shown = run(&home, &["show", &by_name, "--json"]).exits(0);
        let name = name.rsplit('/').next().expect("a name").to_lowercase();
        assert_eq!(shown.json()[0]["name"], name.as_str());
    }
    let several = run(&home, &["rm", "--yes", &format!("{hero}@hero.png")]).exits(2);
    several.complains(&["names", "assets there", HERO]);
    let below = run(&home, &["url", &format!("{hero}@public/images/hero.png")]).exits(2);
    below.complains(&[HERO]);
    run(&home, &["show", &format!("{hero}@nothing.png")]).exits(1);
    // Where ids are no names.
    same(
        &home,
        &["show", "acme-web:Shop@logo.png"],
        &["show", "acme-web:shop@LOGO.png"],
    );
    run(
        &home,
        &["edit", "acme-web:Shop@logo.png", "--alt", "By name"],
    )
    .exits(0);
    let shown = run(&home, &["show", "acme-web:Shop@logo.png", "--json"]).exits(0);
    assert_eq!(shown.json()[0]["alt_text"], "By name");
    run(&home, &["get", "acme-web:Shop@logo.png", "--out", "here"]).exits(0);
    assert!(home.path().join("here/logo.png").exists());
    run(&home, &["rm", "--yes", "acme-web:Shop@logo.png"]).exits(0);
    run(&home, &["show", "acme-web:Shop@logo.png"]).exits(1);
}

/// What a name meant when the place was listed last may be another thing by now.
#[test]
fn a_change_goes_by_the_names_of_now() {
    let server = Server::start();
    let home = server.home();
    for document in ["acme-loc:", "acme-loc:19914", "acme-loc:20417"] {
        run(&home, &["ls", document]).exits(0);
    }
    // As if the segments of one document had been the other's when they were listed.
    let index = home.path().join(".cache/assetdeck/index-1.db");
    let index = rusqlite::Connection::open(index).expect("the index");
    let turned = index.execute(
        "UPDATE lists SET container = CASE container WHEN '19914' THEN '20417' ELSE '19914' END, kind = -kind
         WHERE container IN ('19914', '20417')",
        [],
    );
    assert_eq!(turned, Ok(2));
    index
        .execute("UPDATE lists SET kind = -kind WHERE kind < 0", [])
        .expect("it");
    drop(index);
    home.file("x.png", &crate::cli_upload::png("x"));
    let old = "acme-loc:19914/headline";
    let told = run(&home, &["show", old]).exits(2);
    told.complains(&["is acme-loc:19914/30001000"]);
    for change in [
        &["upload", "x.png", "--to", old][..],
        &["rm", "--yes", &format!("{old}@x.png")],
        &["mv", "--yes", HERO, old],
        &["watch", ".", "--to", old],
        &["sync", ".", old],
    ] {
        run(&home, change)
            .exits(2)
            .complains(&["Mobile app", "has no segment", "headline"]);
    }
    run(
        &home,
        &["upload", "x.png", "--to", "acme-loc:19914/hero-banner"],
    )
    .exits(0);
    assert_eq!(server.stored("x.png")[0]["segmentId"], 27_667_833);
}
