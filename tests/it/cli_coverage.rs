//! `coverage`: agrees with what the demo holds behind the client's back, also after changes from
//! outside; goes past what cannot be asked; its forms and exit codes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::server::Server;

pub const LOCALES: [&str; 6] = ["en", "de", "fr", "ja", "ar", "pt-BR"];

/// The large document of the demo.
const LARGE: &str = "acme-loc:20533";

/// Segment, folder and name, and a state for each locale.
pub type Row = (String, String, String, Vec<String>);

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The name without the locale and the format in it, as the demo names things.
fn stem(asset: &Value) -> String {
    let name = text(&asset["fileName"]);
    let (stem, _) = name.rsplit_once('.').expect("an ending");
    let locale = format!(".{}", text(&asset["locale"]));
    stem.strip_suffix(locale.as_str())
        .unwrap_or(stem)
        .to_owned()
}

/// What the coverage has to be, from the state of the demo alone.
pub fn expected(server: &Server, document: &str, locales: &[&str]) -> BTreeSet<Row> {
    let state = server.state();
    let assets = state["wordbee"]["assets"].as_array().expect("a list");
    assert_eq!(state["wordbee"]["assetsNotListed"], 0);
    let mut groups: BTreeMap<(String, String, String), Vec<&Value>> = BTreeMap::new();
    for asset in assets.iter().filter(|it| it["documentId"] == document) {
        let folder = text(&asset["relativePath"]).replace('\\', "/");
        let segment = asset["segmentId"].to_string();
        groups
            .entry((segment, folder, stem(asset)))
            .or_default()
            .push(asset);
    }
    let mut rows = BTreeSet::new();
    for ((segment, folder, _), members) in groups {
        let of = |locale: &str| {
            members
                .iter()
                .find(|it| text(&it["locale"]) == locale)
                .copied()
        };
        let source = of(locales[0]).or_else(|| of(""));
        let Some(source) = source else {
            // Nothing holds those together but a whole name.
            for name in members
                .iter()
                .map(|it| text(&it["fileName"]))
                .collect::<BTreeSet<_>>()
            {
                let has =
                    |locale: &&str| of(locale).is_some_and(|it| text(&it["fileName"]) == name);
                let word = |locale| if has(&locale) { "present" } else { "no-source" };
                let states = { locales.iter() }
                    .map(|locale| word(locale).to_owned())
                    .collect();
                rows.insert((segment.clone(), folder.clone(), name, states));
            }
            continue;
        };
        let states = locales.iter().map(|locale| {
            let own = of(locale).or((*locale == locales[0]).then_some(source));
            let Some(own) = own else {
                return "missing".to_owned();
            };
            if text(&own["modifiedDate"]) < text(&source["modifiedDate"]) {
                "older".to_owned()
            } else if own["contentType"] != source["contentType"] {
                "differs".to_owned()
            } else {
                "present".to_owned()
            }
        });
        rows.insert((segment, folder, text(&source["fileName"]), states.collect()));
    }
    rows
}

/// What the command says.
pub fn told(ran: &Ran, locales: &[&str]) -> BTreeSet<Row> {
    let lines = ran.json();
    let rows = lines.iter().filter(|line| line["kind"] == "coverage");
    rows.map(|line| {
        let cells = line["cells"].as_array().expect("cells");
        let named: Vec<String> = cells.iter().map(|it| text(&it["locale"])).collect();
        assert_eq!(named, locales);
        (
            text(&line["id"]),
            text(&line["folder"]),
            text(&line["asset"]),
            cells.iter().map(|it| text(&it["state"])).collect(),
        )
    })
    .collect()
}

/// The large document with 5,000 segments and pictures in six locales.
fn localised() -> Server {
    Server::with(|options| {
        options.localised = true;
        options.assets = Some(1_900);
    })
}

#[track_caller]
fn agrees(server: &Server, home: &Home, document: &str, locales: &[&str]) -> BTreeSet<Row> {
    let address = format!("acme-loc:{document}");
    let ran = run(home, &["coverage", &address, "--json"]).exits(0);
    let told = told(&ran, locales);
    let expected = expected(server, document, locales);
    let differ: Vec<&Row> = told.symmetric_difference(&expected).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    told
}

#[test]
fn five_thousand_segments_agree_with_what_the_demo_holds_also_after_changes_from_outside() {
    let server = localised();
    let home = server.home();
    let before = agrees(&server, &home, "20533", &LOCALES);
    for state in ["present", "missing", "older", "differs"] {
        let any = before.iter().any(|row| row.3.iter().any(|it| it == state));
        assert!(any, "the demo has nothing that is {state}");
    }

    // Somebody else fills a gap, replaces what is old, takes a version and a source away.
    let other = server.home();
    let find = |state: &str, skip: usize| {
        // Of a version, not of the source.
        let place = |row: &&Row| row.3.iter().skip(1).position(|it| it == state);
        let rows = before.iter().filter(|row| place(row).is_some());
        let row = rows.into_iter().nth(skip).expect("such a row");
        let at = place(&row).expect("a cell") + 1;
        (row.clone(), LOCALES[at])
    };
    let send = |row: &Row, locale: &str, name: &str| {
        let file = other.file(name, &png(&format!("{locale} {name}")));
        let to = format!("{LARGE}/{}", row.0);
        let file = file.to_str().expect("text");
        let args = [
            "upload", file, "--to", &to, "--locale", locale, "--folder", &row.1,
        ];
        run(&other, &[&args[..], &["--on-clash", "replace"]].concat()).exits(0);
    };
    let (gap, locale) = find("missing", 3);
    send(&gap, locale, &gap.2);
    let (old, locale) = find("older", 1);
    let ran = run(
        &home,
        &["coverage", &format!("{LARGE}/{}", old.0), "--json"],
    )
    .exits(0);
    let cell = |row: &Row, locale: &str, ran: &Ran| {
        let lines = ran.json();
        let line = lines
            .iter()
            .find(|it| it["asset"] == row.2.as_str() && it["folder"] == row.1.as_str());
        let cells = line.expect("the row")["cells"]
            .as_array()
            .expect("cells")
            .clone();
        cells
            .into_iter()
            .find(|it| it["locale"] == locale)
            .expect("the cell")
    };
    let reference = text(&cell(&old, locale, &ran)["ref"]);
    let shown = run(&home, &["show", &reference, "--json"]).exits(0).json();
    send(&old, locale, &text(&shown[0]["name"]));
    let (fresh, locale) = find("present", 5);
    let ran = run(
        &home,
        &["coverage", &format!("{LARGE}/{}", fresh.0), "--json"],
    )
    .exits(0);
    let reference = text(&cell(&fresh, locale, &ran)["ref"]);
    run(&other, &["rm", "--yes", &reference]).exits(0);
    let (orphan, _) = find("missing", 9);
    let ran = run(
        &home,
        &["coverage", &format!("{LARGE}/{}", orphan.0), "--json"],
    )
    .exits(0);
    let source = ran
        .json()
        .iter()
        .find(|it| it["asset"] == orphan.2.as_str() && it["folder"] == orphan.1.as_str())
        .map(|it| text(&it["source"]))
        .expect("its source");
    run(&other, &["rm", "--yes", &source]).exits(0);

    let after = agrees(&server, &home, "20533", &LOCALES);
    assert!(
        after.difference(&before).count() >= 4,
        "nothing has changed"
    );
}

/// Answers are kept for who says how old they may be, but not of what was changed from here.
#[test]
fn what_a_command_changes_is_asked_anew() {
    const SEGMENT: &str = "acme-loc:19914/27667833";
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let kept = [
        "coverage",
        SEGMENT,
        "--locales",
        "de",
        "--max-age",
        "60",
        "--json",
    ];
    let told = |ran: &Ran| ran.stdout.clone();
    let before = told(&run(&home, &["coverage", SEGMENT, "--locales", "de", "--json"]).exits(0));
    let again = run(&home, &kept).exits(0);
    assert_eq!(told(&again), before);
    assert!(
        again.stderr.contains("1 segment was asked before"),
        "{again:#?}"
    );
    let file = home.file("neu.png", &png("neu"));
    let file = file.to_str().unwrap();
    let asset = format!("{SEGMENT}@de/neu.png");
    for (args, is_there) in [
        (
            vec!["upload", file, "--to", SEGMENT, "--locale", "de"],
            true,
        ),
        (vec!["rm", &asset, "--yes"], false),
    ] {
        run(&home, &args).exits(0);
        let ran = run(&home, &kept).exits(0);
        assert_eq!(told(&ran).contains("neu"), is_there, "{args:?}: {ran:#?}");
        assert!(!ran.stderr.contains("asked before"), "{args:?}: {ran:#?}");
    }
    assert_eq!(told(&run(&home, &kept).exits(0)), before);
}

#[test]
fn the_demos_other_documents_agree_too() {
    let server = Server::start();
    let home = server.home();
    for document in ["19914", "20417", "20533"] {
        agrees(&server, &home, document, &LOCALES);
    }
    agrees(&server, &home, "20611", &["ja", "en", "de"]);
}

#[test]
fn the_totals_are_those_of_the_rows() {
    let server = localised();
    let home = server.home();
    let ran = run(&home, &["coverage", LARGE, "--json", "--all"]).exits(0);
    // 5,000 segments are 34 calls of 150, and that was said before.
    ran.complains(&["5000 segments", "34 calls", "1000 calls an hour"]);
    let lines = ran.json();
    let rows: Vec<&Value> = lines.iter().filter(|it| it["kind"] == "coverage").collect();
    let segments: BTreeSet<String> = rows.iter().map(|it| text(&it["id"])).collect();
    assert_eq!(segments.len(), 5_000);
    for (at, locale) in LOCALES.iter().enumerate() {
        let of_locale = |it: &&Value| it["kind"] == "coverage-total" && it["locale"] == *locale;
        let totals = lines.iter().find(of_locale).expect("its totals");
        for state in [
            "present",
            "missing",
            "older",
            "differs",
            "no-assets",
            "not-asked",
        ] {
            let many = rows
                .iter()
                .filter(|it| it["cells"][at]["state"] == state)
                .count();
            assert_eq!(totals[state.replace('-', "_")], many, "{locale} {state}");
        }
    }
    let folders: BTreeSet<String> = { lines.iter() }
        .filter(|it| it["folder"].is_string() && it["kind"] == "coverage-total")
        .map(|it| text(&it["folder"]))
        .collect();
    assert_eq!(
        folders,
        ["", "screens", "screens/small"].map(str::to_owned).into()
    );
}

#[test]
fn a_batch_that_fails_is_named_and_the_others_go_on() {
    let server = localised().judged(Scope::Requests);
    let home = server.home();
    server.faults(json!([
        {"operation": "list-many", "fault": "status", "status": 200, "shape": "garbage", "skip": 1},
    ]));
    let ran = run(&home, &["coverage", LARGE, "--json", "--all"]).exits(3);
    ran.complains(&["segments 151 to 300 could not be asked"]);
    let lines = ran.json();
    let failed = lines
        .iter()
        .filter(|it| it["kind"] == "coverage" && it["cells"][0]["state"] == "failed");
    assert_eq!(failed.count(), 150);

    // Where nothing works, not everything is tried.
    server.faults(json!([
        {"operation": "list-many", "fault": "status", "status": 200, "shape": "garbage", "times": "always"},
    ]));
    let ran = run(
        &home,
        &["coverage", LARGE, "--state", "not-asked", "--json"],
    )
    .exits(1);
    ran.complains(&["3 calls in a row failed", "4550 more segments"]);
    let rows = ran
        .json()
        .iter()
        .filter(|it| it["kind"] == "coverage")
        .count();
    assert_eq!(rows, 4_550);
    // A failure is what may be looked for, too.
    run(&home, &["coverage", LARGE, "--fail-on", "failed"]).exits(5);
}

#[test]
fn lines_words_and_exit_codes_are_those_of_the_help() {
    let server = Server::start();
    let home = server.home();
    let segment = "acme-loc:19914/27667837";
    let piped = run(&home, &["coverage", segment]).exits(0);
    let line = "acme-loc:19914/27667837\tonboarding.welcome\tscreens/onboarding/welcome.png\t\
                present\tpresent\tmissing\tmissing\tpresent\tmissing";
    // When the demo's pictures were stored depends on its seed.
    let plain = piped.stdout.replace("older", "present");
    assert!(plain.lines().any(|it| it == line), "{}", piped.stdout);
    assert_eq!(piped.stderr, "");

    let csv = run(&home, &["coverage", segment, "--csv", "--locales", "fr,DE"])
        .exits(0)
        .stdout;
    assert!(csv.starts_with("ref,segment,folder,name,fr,de\n"), "{csv}");
    let row = format!("{segment},onboarding.welcome,screens/onboarding,welcome.png,missing,");
    assert!(csv.lines().any(|it| it.starts_with(&row)), "{csv}");

    let fails = |args: &[&str]| run(&home, &[&["coverage", segment], args].concat());
    fails(&["--fail-on", "missing"])
        .exits(5)
        .complains(&["coverage:", "missing"]);
    fails(&["--fail-on", "missing", "--locales", "en"]).exits(0);
    fails(&["--fail-on", "failed,not-asked"]).exits(0);
    fails(&["--state", "gone"]).exits(2);
    fails(&["--locales", "pt"]).exits(2).complains(&["pt-BR?"]);
    let none = fails(&["--state", "failed"]).exits(0);
    assert_eq!(none.stdout, "");

    // Without languages there is nothing to compare, and without a place nothing to look at.
    run(&home, &["coverage", "acme-web:1"])
        .exits(2)
        .complains(&["no locales"]);
    run(&home, &["coverage", "acme-loc:"])
        .exits(2)
        .complains(&["one document"]);
    run(&home, &["coverage", "acme-loc:1"])
        .exits(2)
        .complains(&["no document 1"]);
    run(&home, &["coverage", "acme-loc:19914/1"])
        .exits(2)
        .complains(&["no segment 1"]);
}

#[test]
fn segments_are_listed_once_as_long_as_the_service_says_that_nothing_changed() {
    let server = localised();
    let home = server.home();
    let coverage = ["coverage", LARGE, "--max-age", "60", "--yes", "--json"];
    let calls = || {
        let exchanges = server.demo().exchanges().into_iter();
        let calls = exchanges.filter(|it| it.origin == "wordbee");
        let paths: Vec<String> = calls.map(|it| it.path).collect();
        // Signing in and out counts against nothing.
        let of = |end: &str| paths.iter().filter(|it| it.ends_with(end)).count();
        let own = paths.iter().filter(|it| !it.contains("/auth/")).count();
        (own, of("/segments/search"), of("/contents/pull"))
    };
    let first = run(&home, &coverage).exits(0);
    let listed = calls();
    assert!(listed.1 >= 10, "{listed:?}");
    let again = run(&home, &coverage).exits(0);
    let refreshed = calls();
    assert!(refreshed.0 - listed.0 <= 5, "{listed:?} {refreshed:?}");
    assert_eq!((refreshed.1, refreshed.2), (listed.1, listed.2));
    assert_eq!(told(&first, &LOCALES), told(&again, &LOCALES));
    assert_eq!(first.stdout, again.stdout, "names come from the index, too");
    // One segment of it is found there as well.
    let row = first.json().into_iter().find(|it| it["kind"] == "coverage");
    let id = text(&row.expect("a row")["id"]);
    run(&home, &["coverage", &format!("{LARGE}/{id}"), "--json"]).exits(0);
    assert_eq!(calls().1, refreshed.1);
    // Texts changed, as far as the service says: a pull and a page, not the list.
    let index = home.path().join(".cache/assetdeck/index-1.db");
    let index = rusqlite::Connection::open(index).expect("the index");
    let sealed =
        "UPDATE lists SET seal = '2020-01-01T00:00:00Z' WHERE seal IS NOT NULL AND kind = 2";
    assert_eq!(index.execute(sealed, []).expect("its lists"), 1);
    drop(index);
    let before = calls();
    let third = run(&home, &coverage).exits(0);
    let after = calls();
    assert_eq!(
        after.1,
        before.1 + 1,
        "the first page tells how many there are"
    );
    assert_eq!(third.stdout, first.stdout);
}
