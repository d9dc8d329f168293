//! A folder and a place made alike, in both directions: nothing twice, nothing lost, and what is
//! deleted only by word.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::server::Server;

pub const PLACE: &str = "acme-loc:19914/27667833";
pub const HERO: &str = "de/public/images/hero.png";

/// A folder that was made as the segment is.
pub fn synced(server: &Server) -> (Home, PathBuf) {
    let home = server.home();
    let dir = home.path().join("docs");
    sync(&home, &["--down"]).exits(0);
    assert!(dir.join(HERO).is_file());
    (home, dir)
}

pub fn sync(home: &Home, more: &[&str]) -> Ran {
    let mut args = vec!["sync", "docs", PLACE];
    args.extend(more);
    run(home, &args)
}

/// How many rows have which verdict.
pub fn verdicts(home: &Home, more: &[&str]) -> BTreeMap<String, usize> {
    let mut args = vec!["--dry-run", "--json"];
    args.extend(more);
    let ran = sync(home, &args);
    let mut counts = BTreeMap::new();
    for row in ran.json() {
        assert_eq!(row["kind"], "sync");
        let verdict = row["verdict"].as_str().unwrap().to_owned();
        *counts.entry(verdict).or_default() += 1;
    }
    counts
}

fn counted(counts: &[(&str, usize)]) -> BTreeMap<String, usize> {
    { counts.iter() }
        .map(|(word, count)| ((*word).to_owned(), *count))
        .collect()
}

/// Everything below the folder but the list, with its bytes.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut ahead = vec![dir.to_owned()];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                ahead.push(path);
            } else {
                let below = path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned();
                found.insert(below, fs::read(&path).unwrap());
            }
        }
    }
    found.remove("assetdeck.json");
    found
}

/// The refs of what is in the segment.
pub fn refs(home: &Home) -> Vec<String> {
    let listed = run(home, &["ls", PLACE, "--json"]).exits(0).json();
    let mut refs: Vec<String> = { listed.iter() }
        .map(|line| line["ref"].as_str().unwrap().to_owned())
        .collect();
    refs.sort();
    refs
}

/// Writes a file as if that had been an hour ago, which is later than anything that the demo holds.
pub fn edit(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
    let before = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(before).unwrap();
}

/// Somebody else puts other bytes into the place of the asset that the file came from.
pub fn change_at_the_service(home: &Home, mark: &str) -> Vec<u8> {
    let bytes = png(mark);
    let file = home.file("other/hero.png", &bytes);
    let file = file.to_str().unwrap();
    let place = ["--locale", "de", "--folder", "public/images"];
    let mut args = vec!["upload", file, "--to", PLACE, "--on-clash", "replace"];
    args.extend(place);
    run(home, &args).exits(0);
    bytes
}

#[test]
fn there_and_back_is_nothing_to_do_the_second_time() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let count = files(&dir).len();
    for direction in ["--down", "--up"] {
        assert_eq!(verdicts(&home, &[direction]), counted(&[("same", count)]));
        let ran = sync(&home, &[direction]).exits(0);
        assert_eq!(ran.stdout, "");
    }
    // One that was changed and one that is new go up without a question, and are known afterwards.
    edit(&dir.join(HERO), &png("edited"));
    edit(&dir.join("fr/public/new.png"), &png("new"));
    let wanted = counted(&[("same", count - 1), ("replace", 1), ("new", 1)]);
    assert_eq!(verdicts(&home, &[]), wanted);
    let sent = sync(&home, &["--json"]).exits(0).json();
    assert_eq!(sent.len(), 2, "{sent:#?}");
    let before = files(&dir);
    for direction in ["--up", "--down"] {
        assert_eq!(
            verdicts(&home, &[direction]),
            counted(&[("same", count + 1)])
        );
        sync(&home, &[direction]).exits(0);
    }
    assert_eq!(files(&dir), before);
    // Another folder that is made as the place is now holds the same.
    run(&home, &["sync", "second", PLACE, "--down"]).exits(0);
    assert_eq!(files(&home.path().join("second")), before);
}

#[test]
fn a_folder_without_a_list_gets_one_and_needs_none_to_begin() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    fs::remove_file(dir.join("assetdeck.json")).unwrap();
    fs::write(dir.join("de/mine.png"), png("mine")).unwrap();
    let count = files(&dir).len();
    sync(&home, &[]).exits(0);
    for direction in ["--up", "--down"] {
        assert_eq!(verdicts(&home, &[direction]), counted(&[("same", count)]));
    }
    // A path that says no locale is no path of such a tree.
    fs::write(dir.join("flat.png"), png("flat")).unwrap();
    fs::remove_file(dir.join("assetdeck.json")).unwrap();
    sync(&home, &[])
        .exits(3)
        .complains(&["flat.png", "{locale}"]);
}

#[test]
fn what_only_the_service_changed_comes_down_and_is_never_overwritten_on_the_way_up() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let mine = fs::read(dir.join(HERO)).unwrap();
    let theirs = change_at_the_service(&home, "theirs");
    let up = sync(&home, &[]).exits(3);
    up.complains(&["hero.png", "is there already"]);
    up.complains(&["1 file differs", "--on-clash replace", "--down"]);
    sync(&home, &["--down"]).exits(0);
    assert_eq!(fs::read(dir.join(HERO)).unwrap(), theirs);
    assert_ne!(mine, theirs);

    // Changed on both sides: neither way without a word.
    let mine = png("mine, longer than theirs");
    fs::write(dir.join(HERO), &mine).unwrap();
    let theirs = change_at_the_service(&home, "theirs again");
    for direction in ["--up", "--down"] {
        let found = verdicts(&home, &[direction]);
        assert_eq!(found["problem"], 1, "{found:?}");
        sync(&home, &[direction]).exits(3);
    }
    assert_eq!(fs::read(dir.join(HERO)).unwrap(), mine);
    sync(&home, &["--on-clash", "skip"]).exits(0);
    sync(&home, &["--down", "--on-clash", "skip"]).exits(0);
    assert_eq!(fs::read(dir.join(HERO)).unwrap(), mine);
    sync(&home, &["--down", "--on-clash", "replace"]).exits(0);
    assert_eq!(fs::read(dir.join(HERO)).unwrap(), theirs);
    // Then both are known to be the same again.
    fs::write(dir.join(HERO), &mine).unwrap();
    assert_eq!(verdicts(&home, &[])["replace"], 1);
}

#[test]
fn a_download_that_failed_is_made_by_the_next_run() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let theirs = change_at_the_service(&home, "theirs");
    server.faults(json!([
        {"operation": "download", "fault": "status", "status": 404, "times": "always"}
    ]));
    sync(&home, &["--down"]).exits(3);
    assert_ne!(fs::read(dir.join(HERO)).unwrap(), theirs);
    server.faults(json!([]));
    run(&home, &["transfers", "cancel"]).exits(0);
    assert_eq!(verdicts(&home, &["--down"])["replace"], 1);
    sync(&home, &["--down"]).exits(0);
    assert_eq!(fs::read(dir.join(HERO)).unwrap(), theirs);
}

#[test]
fn assets_are_deleted_by_word_only_after_all_else_and_never_for_an_empty_folder() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let before = refs(&home);
    let gone = format!("{PLACE}@{HERO}");
    fs::remove_file(dir.join(HERO)).unwrap();
    sync(&home, &[]).exits(0);
    assert_eq!(refs(&home), before, "nobody said so");
    sync(&home, &["--delete"]).exits(2).complains(&["--yes"]);
    assert_eq!(verdicts(&home, &["--delete"])["delete"], 1);
    assert_eq!(refs(&home), before, "it was only asked");

    // Something that cannot be sent, a link, a listing that fails: nothing is deleted.
    let all_but = |obstacle: &str, code: i32, said: &[&str]| {
        let ran = sync(&home, &["--delete", "--yes"]).exits(code);
        assert_eq!(refs(&home), before, "{obstacle}");
        ran.complains(said);
    };
    let bad = dir.join("de/bad.png");
    fs::write(&bad, b"").unwrap();
    all_but("an empty file", 3, &["1 was not deleted"]);
    fs::remove_file(&bad).unwrap();
    std::os::unix::fs::symlink("x", &bad).unwrap();
    all_but("a link", 3, &["nothing is deleted", "links"]);
    fs::remove_file(&bad).unwrap();
    fs::write(dir.join("de/new.png"), png("new")).unwrap();
    server.faults(json!([
        {"operation": "media-upload", "fault": "status", "status": 400, "times": "always"}
    ]));
    all_but("an upload that fails", 3, &["1 was not deleted"]);
    server.faults(json!([]));
    fs::remove_file(dir.join("de/new.png")).unwrap();
    run(&home, &["transfers", "cancel"]).exits(0);

    // All went well: it is named, and it alone goes.
    let ran = sync(&home, &["--delete", "--yes", "--json"]).exits(0);
    ran.complains(&["to be deleted", &gone]);
    let told = ran.json();
    assert_eq!((told.len(), told[0]["ref"].as_str()), (1, Some(&*gone)));
    let after = refs(&home);
    assert_eq!(after.len(), before.len() - 1);
    assert!(!after.contains(&gone));

    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap();
        }
    }
    sync(&home, &["--delete", "--yes"])
        .exits(1)
        .complains(&["nothing is deleted", "everything"]);
    fs::remove_dir_all(&dir).unwrap();
    sync(&home, &["--delete", "--yes"]).exits(2);
    assert_eq!(refs(&home), after);
}

#[test]
fn an_asset_that_was_changed_meanwhile_is_not_deleted() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    fs::remove_file(dir.join(HERO)).unwrap();
    // The plan lists the place, and so does the search for what is too much; then it is looked at once
    // more, and that look is held back.
    let script = json!([{"operation": "list", "fault": "delay", "skip": 2, "ms": LONG}]);
    let args = ["sync", "docs", PLACE, "--delete", "--yes"];
    let Held::There(running) = hold(&server, &home, &script, &args) else {
        panic!("it is not looked at once more");
    };
    let before = refs(&home);
    change_at_the_service(&home, "theirs");
    server.faults(json!([]));
    let ran = running.end().exits(3);
    ran.complains(&["hero.png", "changed meanwhile"]);
    assert_eq!(refs(&home), before);
}

#[test]
fn whoever_says_stop_while_the_last_file_goes_up_has_nothing_deleted() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    fs::remove_file(dir.join(HERO)).unwrap();
    fs::write(dir.join("de/new.png"), png("new")).unwrap();
    let before = refs(&home);
    // It is recorded, and looked for after two looks of the plan: nothing is left over by the stop.
    let script = json!([{"operation": "list", "fault": "delay", "skip": 2, "ms": 1_000}]);
    let args = ["sync", "docs", PLACE, "--delete", "--yes"];
    let Held::There(mut running) = hold(&server, &home, &script, &args) else {
        panic!("nothing is sent");
    };
    running.signal(Signal::INT);
    let ran = running.end().exits(130);
    ran.complains(&["1 was not deleted"]);
    assert_eq!(server.stored("new.png").len(), 1);
    let after = refs(&home);
    assert!(before.iter().all(|it| after.contains(it)), "{after:#?}");
}

#[test]
fn files_are_deleted_by_word_and_never_for_an_empty_place() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let count = files(&dir).len();
    for extra in [
        "stray.png",
        "old/deep/er/x.png",
        "de/public/y.txt",
        ".hidden",
    ] {
        let path = dir.join(extra);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"mine").unwrap();
    }
    std::os::unix::fs::symlink("assetdeck.json", dir.join("link.png")).unwrap();
    let before = files(&dir);
    sync(&home, &["--down"]).exits(0);
    sync(&home, &["--down", "--delete"]).exits(2);
    assert_eq!(
        verdicts(&home, &["--down", "--delete"]),
        counted(&[("same", count), ("delete", 3)])
    );
    server.faults(json!([
        {"operation": "list", "fault": "status", "status": 403, "times": "always"}
    ]));
    sync(&home, &["--down", "--delete", "--yes"]).exits(4);
    server.faults(json!([]));
    assert_eq!(files(&dir), before);
    let ran = sync(&home, &["--down", "--delete", "--yes"]).exits(0);
    assert_eq!(ran.stdout.lines().count(), 3, "{}", ran.stdout);
    let left = files(&dir);
    assert_eq!(
        left.len(),
        count + 2,
        "hidden ones and links stay: {left:?}"
    );
    assert!(!dir.join("old").exists() && dir.join("assetdeck.json").is_file());

    for reference in refs(&home) {
        run(&home, &["rm", "--yes", &reference]).exits(0);
    }
    sync(&home, &["--down", "--delete", "--yes"])
        .exits(1)
        .complains(&["nothing is deleted", "lists nothing"]);
    assert_eq!(files(&dir), left);
}

#[test]
fn a_tree_of_another_address_is_refused() {
    let server = Server::start();
    let (home, _) = synced(&server);
    for address in ["acme-loc:", "acme-loc:19914"] {
        for direction in ["--up", "--down"] {
            run(
                &home,
                &["sync", "docs", address, direction, "--delete", "--yes"],
            )
            .exits(2)
            .complains(&[PLACE, "assetdeck.json"]);
        }
    }
    let args = ["sync", "docs", "acme-loc:19914/27667834", "--down"];
    run(&home, &args).exits(2).complains(&[PLACE]);
    // Up to another segment it may go, but deletes nothing there.
    let other = ["sync", "docs", "acme-loc:19914/27667834"];
    run(&home, &[&other[..], &["--delete", "--yes"]].concat())
        .exits(2)
        .complains(&[PLACE, "assetdeck.json"]);
    run(&home, &other).exits(0);

    run(&home, &["sync", "all", "acme-loc:19914", "--down", "--yes"]).exits(0);
    run(
        &home,
        &["sync", "all", PLACE, "--down", "--delete", "--yes"],
    )
    .exits(2)
    .complains(&["acme-loc:19914,", "assetdeck.json"]);
    let again = run(
        &home,
        &["sync", "all", "acme-loc:19914", "--dry-run", "--json"],
    )
    .exits(0);
    assert!(again.json().iter().all(|row| row["verdict"] == "same"));
}

#[test]
fn a_website_goes_there_and_back() {
    let server = Server::start();
    let home = server.home();
    let shop = crate::cli_browse::ref_of(&run(&home, &["ls", "acme-web:", "--json"]), "Shop");
    let sync = |more: &[&str]| {
        let mut args = vec!["sync", "shop", &shop, "--yes", "-q"];
        args.extend(more);
        run(&home, &args)
    };
    sync(&["--down"]).exits(0);
    let dir = home.path().join("shop");
    let first = files(&dir)
        .keys()
        .find(|it| it.contains(".png"))
        .unwrap()
        .clone();
    fs::write(dir.join(&first), png("edited")).unwrap();
    sync(&[]).exits(0);
    let same = |more: &[&str]| {
        let mut args = vec!["sync", "shop", &shop, "--dry-run", "--json"];
        args.extend(more);
        let rows = run(&home, &args).exits(0).json();
        rows.iter().all(|row: &Value| row["verdict"] == "same")
    };
    assert!(same(&[]) && same(&["--down"]));
    fs::remove_file(dir.join(&first)).unwrap();
    let before = server.stored(&first).len();
    sync(&["--delete"]).exits(0);
    assert_eq!(server.stored(&first).len(), before - 1);
}

#[test]
fn guarded_accounts_are_only_read() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let settings = fs::read_to_string(home.config()).unwrap();
    let guarded = |guard: &str| {
        let account = "name = \"acme-loc\"\n";
        assert!(settings.contains(account), "{settings}");
        home.write_config(&settings.replace(account, &format!("{account}{guard} = true\n")));
    };
    fs::write(dir.join("de/new.png"), png("new")).unwrap();
    let before = refs(&home);
    guarded("read_only");
    sync(&home, &[]).exits(4);
    sync(&home, &["--delete", "--yes"]).exits(4);
    sync(&home, &["--dry-run"]).exits(0);
    sync(&home, &["--down"]).exits(0);
    guarded("protected");
    sync(&home, &["--yes"]).exits(4);
    assert_eq!(refs(&home), before);
    sync(&home, &["--yes", "--confirm", "acme-loc"]).exits(0);
    assert_eq!(refs(&home).len(), before.len() + 1);
}
