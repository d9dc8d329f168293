//! A tree that was saved goes back to where it came from, or to another place, by its list.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::cli_browse::hero_segment;
use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::server::Server;

const LIST: &str = "assetdeck.json";

fn save(home: &Home, place: &str, out: &Path) {
    run(
        home,
        &["get", place, "--out", out.to_str().unwrap(), "--yes"],
    )
    .exits(0);
}

fn upload(home: &Home, out: &Path, to: &str, more: &[&str]) -> Ran {
    let mut args = vec!["upload", out.to_str().unwrap(), "--to", to];
    args.extend(more);
    run(home, &args)
}

/// Name, locale, folder and bytes of everything in a segment.
fn content(server: &Server, home: &Home, place: &str) -> BTreeSet<[String; 4]> {
    let segment = place.rsplit('/').next().unwrap();
    let listed = run(home, &["ls", place, "--json"]).exits(0).json();
    let state = server.state();
    let stored = state["wordbee"]["assets"].as_array().unwrap();
    let found = listed.iter().map(|line| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let key = text(&line["key"]);
        let bytes = stored.iter().find(|it| text(&it["id"]) == key);
        let bytes = bytes.unwrap_or_else(|| panic!("{key} of {segment} in {stored:#?}"));
        [
            &line["name"],
            &line["locale"],
            &line["folder"],
            &bytes["sha256"],
        ]
        .map(text)
    });
    found.collect()
}

/// A segment without assets beside this one.
fn empty_beside(home: &Home, segment: &str) -> String {
    let (document, _) = segment.rsplit_once('/').unwrap();
    let segments = run(home, &["ls", document, "--json"]).exits(0).json();
    let mut places = segments.iter().filter_map(|line| line["ref"].as_str());
    let empty = places.find(|place| run(home, &["ls", place]).stdout.is_empty());
    empty.expect("an empty segment").to_owned()
}

fn verdicts(ran: &Ran) -> BTreeSet<String> {
    let rows = ran.json();
    let words = rows.iter().map(|row| row["verdict"].as_str().unwrap());
    words.map(str::to_owned).collect()
}

#[test]
fn a_saved_segment_goes_whole_into_an_empty_one() {
    let server = Server::start();
    let home = server.home();
    let from = hero_segment(&home);
    let to = empty_beside(&home, &from);
    let out = home.path().join("hero");
    save(&home, &from, &out);
    let wanted = content(&server, &home, &from);
    assert!(wanted.len() > 2, "{wanted:?}");

    // Where it came from there is nothing to do.
    let dry = upload(&home, &out, &from, &["--dry-run", "--json"]).exits(0);
    assert_eq!(dry.json().len(), wanted.len(), "{}", dry.stdout);
    assert_eq!(verdicts(&dry), BTreeSet::from(["same".to_owned()]));

    let sent = upload(&home, &out, &to, &["--yes"]).exits(0);
    assert_eq!(sent.stderr.matches(LIST).count(), 1, "{}", sent.stderr);
    assert_eq!(content(&server, &home, &to), wanted);
    let dry = upload(&home, &out, &to, &["--dry-run", "--json"]).exits(0);
    assert_eq!(verdicts(&dry), BTreeSet::from(["same".to_owned()]));

    // One that was changed since is the only one that is not the same.
    let list: Value = serde_json::from_slice(&fs::read(out.join(LIST)).unwrap()).unwrap();
    let first = list["files"][0]["file"].as_str().unwrap();
    fs::write(out.join(first), png("changed")).unwrap();
    let dry = upload(
        &home,
        &out,
        &from,
        &["--dry-run", "--json", "--on-clash", "replace"],
    );
    let rows = dry.exits(0).json();
    let sent: Vec<&Value> = { rows.iter() }
        .filter(|row| row["verdict"] == "replace")
        .collect();
    assert_eq!(sent.len(), 1, "{rows:#?}");
    assert_eq!(sent[0]["name"], list["files"][0]["name"]);
}

#[test]
fn a_whole_document_goes_back_by_segment_and_takes_new_files_along() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let (document, key) = segment.rsplit_once('/').unwrap();
    let out = home.path().join("document");
    save(&home, document, &out);
    let dry = upload(&home, &out, document, &["--dry-run", "--json"]).exits(0);
    assert_eq!(verdicts(&dry), BTreeSet::from(["same".to_owned()]));

    // Into one segment it does not fit.
    upload(&home, &out, &segment, &["--dry-run"])
        .exits(2)
        .complains(&["places", "document alone"]);

    // New ones beside, in a folder below, and in a locale that had no folder; one is astray.
    let own = out.join(key);
    let hero = "de/public/images/hero.png";
    assert!(own.join(hero).is_file());
    fs::remove_file(own.join(hero)).unwrap();
    let locales: BTreeSet<String> = { fs::read_dir(&own).unwrap() }
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    let shown = run(&home, &["show", document, "--json"]).exits(0).json();
    let listed = &shown[0];
    let new = { listed["locales"].as_array().unwrap().iter() }
        .filter_map(Value::as_str)
        .find(|it| !locales.contains(*it))
        .expect("a locale without a folder")
        .to_owned();
    for file in [
        format!("{key}/de/public/images/new.png"),
        format!("{key}/de/public/images/deep/er/new.png"),
        format!("{key}/{new}/public/new.png"),
        "elsewhere/new.png".to_owned(),
    ] {
        let path = out.join(&file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, png(&file)).unwrap();
    }
    let dry = upload(&home, &out, document, &["--dry-run", "--json"]).exits(3);
    assert!(
        dry.stderr.contains("1 of its files not there"),
        "{}",
        dry.stderr
    );
    let rows = dry.json();
    let at = |word: &str| -> BTreeSet<[String; 3]> {
        let rows = rows.iter().filter(|row| row["verdict"] == word);
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        rows.map(|row| [&row["to"], &row["locale"], &row["folder"]].map(text))
            .collect()
    };
    let place =
        |locale: &str, folder: &str| [segment.clone(), locale.to_owned(), folder.to_owned()];
    let wanted = BTreeSet::from([
        place("de", "public/images"),
        place("de", "public/images/deep/er"),
        place(&new, "public"),
    ]);
    assert_eq!(at("new"), wanted, "{rows:#?}");
    assert_eq!(at("problem").len(), 1, "{rows:#?}");
}

/// Everything that a service holds: where each asset is, its name, and its bytes. Its key is the
/// service's own and changes.
fn holdings(server: &Server, service: &str) -> Vec<String> {
    let state = server.state();
    let assets = state[service]["assets"].as_array().unwrap().clone();
    let place = [
        "websiteId",
        "documentId",
        "segmentId",
        "locale",
        "relativePath",
        "folder",
        "filename",
        "fileName",
        "sha256",
    ];
    let mut all: Vec<String> = { assets.iter() }
        .map(|asset| place.map(|member| asset[member].to_string()).join(" "))
        .collect();
    all.sort();
    all
}

#[test]
fn a_whole_account_goes_back_to_where_it_came_from() {
    for (account, service) in [("acme-loc:", "wordbee"), ("acme-web:", "segmentflow")] {
        let server = Server::start();
        let home = server.home();
        let out = home.path().join("all");
        save(&home, account, &out);
        let before = holdings(&server, service);
        assert!(before.len() > 20, "{}", before.len());

        let dry = upload(&home, &out, account, &["--dry-run", "--json"]).exits(0);
        assert_eq!(
            verdicts(&dry),
            BTreeSet::from(["same".to_owned()]),
            "{account}"
        );
        assert_eq!(dry.json().len(), before.len(), "{account}");

        let list: Value = serde_json::from_slice(&fs::read(out.join(LIST)).unwrap()).unwrap();
        let refs: Vec<&str> = { list["files"].as_array().unwrap().iter() }
            .map(|file| file["ref"].as_str().unwrap())
            .collect();
        run(&home, &[&["rm", "--yes"][..], &refs].concat()).exits(0);
        assert_eq!(holdings(&server, service), [""; 0], "{account}");
        upload(&home, &out, account, &["--yes"]).exits(0);
        assert_eq!(holdings(&server, service), before, "{account}");
        let dry = upload(&home, &out, account, &["--dry-run", "--json"]).exits(0);
        assert_eq!(
            verdicts(&dry),
            BTreeSet::from(["same".to_owned()]),
            "{account}"
        );
    }
}

#[test]
fn a_list_that_is_none_is_not_believed() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let out = home.path().join("hero");
    save(&home, &segment, &out);
    let list = fs::read_to_string(out.join(LIST)).unwrap();
    let climbing = list.replacen("\"file\": \"", "\"file\": \"../", 1);
    let newer = list.replacen("\"assetdeck\": 1", "\"assetdeck\": 99", 1);
    let cut = &list[..list.len() / 2];
    for (bad, why) in [
        ("{\"theme\": \"dark\"}", "not the list"),
        (cut, "not the list"),
        (climbing.as_str(), "not the list"),
        (newer.as_str(), "newer"),
    ] {
        fs::write(out.join(LIST), bad).unwrap();
        upload(&home, &out, &segment, &["--yes"])
            .exits(2)
            .complains(&[LIST, why, "--pattern"]);
    }
    // By a pattern it is a file like others; one that is ours is left out.
    let rows = |text: &str| {
        fs::write(out.join(LIST), text).unwrap();
        let more = [
            "--dry-run",
            "--json",
            "--pattern",
            "{locale}/{folder}/{name}",
        ];
        let ran = upload(&home, &out, &segment, &more);
        ran.json().iter().filter(|row| row["name"] == LIST).count()
    };
    assert_eq!((rows("{}"), rows(&list)), (1, 0));
    upload(&home, &out, &segment, &["--locale", "de", "--dry-run"])
        .exits(2)
        .complains(&["--locale", LIST]);
}
