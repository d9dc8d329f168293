//! Saving everything below an address: the tree, its list, what is there already, and a kill.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::cli_browse::ref_of;
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::hold::{LONG, PATIENCE};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::{Server, sha256};
use crate::support::wait::until;

const LIST: &str = "assetdeck.json";

/// The document with written segments.
fn document(home: &Home) -> String {
    let documents = run(home, &["ls", "acme-loc:", "--json"]).exits(0);
    let first = documents.json().into_iter().find(|line| {
        let segments = line["segments"].as_u64();
        segments.is_some_and(|count| (1..1000).contains(&count))
    });
    first.expect("a document")["ref"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn get(home: &Home, place: &str, out: &Path, more: &[&str]) -> Ran {
    let mut args = vec!["get", place, "--out", out.to_str().unwrap(), "--yes"];
    args.extend(more);
    run(home, &args)
}

/// Every file below a folder by its path in it; no link is followed.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                waiting.push(entry.path());
            } else {
                let path = entry.path().strip_prefix(root).unwrap().to_owned();
                // While a program works here, a partial file may get its name just now.
                let bytes = kind
                    .is_file()
                    .then(|| fs::read(entry.path()).unwrap_or_default());
                found.insert(path, bytes.unwrap_or_default());
            }
        }
    }
    found
}

fn list(root: &Path) -> Vec<Value> {
    let text = fs::read(root.join(LIST)).unwrap();
    let list: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(list["assetdeck"], 1);
    list["files"].as_array().unwrap().clone()
}

#[test]
fn a_whole_document_keeps_segments_locales_and_folders() {
    let server = Server::start();
    let home = server.home();
    let place = document(&home);
    let out = home.path().join("tree");
    get(&home, &place, &out, &[]).exits(0);
    let mut files = tree(&out);
    files.remove(Path::new(LIST)).expect("the list");
    let list = list(&out);
    assert!(list.len() > 3 && list.len() == files.len(), "{files:?}");
    let state = server.state();
    let stored = state["wordbee"]["assets"].as_array().unwrap();
    for kept in &list {
        let (file, name) = (
            kept["file"].as_str().unwrap(),
            kept["name"].as_str().unwrap(),
        );
        let bytes = &files[Path::new(file)];
        let reference = kept["ref"].as_str().unwrap();
        let shown = run(&home, &["show", reference, "--json"]).exits(0).json();
        assert_eq!(shown[0]["name"], name);
        assert_eq!(shown[0]["size"], bytes.len());
        assert_eq!(shown[0]["locale"], kept["locale"]);
        assert_eq!(shown[0]["folder"], kept["folder"]);
        let digest = sha256(bytes);
        assert!(
            stored.iter().any(|asset| asset["sha256"] == digest),
            "{file}"
        );
        // Where nothing had to be changed, the path says it all.
        let segment = shown[0]["segment"].as_str().unwrap();
        let locale = kept["locale"].as_str().unwrap_or("no-locale");
        let folder = kept["folder"].as_str().unwrap();
        let plain = [segment, locale, folder, name].join("/").replace("//", "/");
        assert_eq!(file, plain);
    }

    // Again: nothing is fetched, and the list stays what it is.
    let before = tree(&out);
    let again = get(&home, &place, &out, &[]).exits(0);
    let same = again.stderr.matches("the same is there already").count();
    assert_eq!(same, files.len(), "{}", again.stderr);
    assert!(tree(&out) == before, "{:?}", tree(&out).keys());

    // One that differs is only replaced by a yes.
    let first = list[0]["file"].as_str().unwrap();
    fs::write(out.join(first), b"mine").unwrap();
    let ran = get(&home, &place, &out, &[]).exits(3);
    let name = Path::new(first).file_name().unwrap().to_str().unwrap();
    ran.complains(&[name, "nothing was replaced"]);
    get(&home, &place, &out, &["--on-clash", "skip"]).exits(0);
    assert_eq!(fs::read(out.join(first)).unwrap(), b"mine");
    get(&home, &place, &out, &["--on-clash", "keep"]).exits(0);
    assert_eq!(fs::read(out.join(first)).unwrap(), b"mine");
    assert_eq!(tree(&out).len(), before.len() + 1);
    let kept = self::list(&out);
    assert_eq!(kept.len(), list.len(), "one asset is one line: {kept:#?}");
    let beside = kept.iter().find(|it| it["ref"] == list[0]["ref"]).unwrap();
    let beside = beside["file"].as_str().unwrap();
    assert!(beside.contains('~'), "{beside}");
    assert_eq!(
        fs::read(out.join(beside)).unwrap(),
        before[Path::new(first)]
    );
    fs::write(out.join(beside), b"mine too").unwrap();
    get(&home, &place, &out, &["--on-clash", "replace"]).exits(0);
    assert_eq!(
        fs::read(out.join(beside)).unwrap(),
        before[Path::new(first)]
    );
    assert_eq!(fs::read(out.join(first)).unwrap(), b"mine");
}

#[test]
fn many_calls_are_only_made_when_the_user_knows() {
    let server = Server::with(|options| options.assets = Some(600));
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0).json();
    let many = websites.iter().find_map(|line| {
        let place = line["ref"].as_str()?;
        let assets = run(&home, &["ls", place]).stdout.lines().count();
        (assets >= 100).then(|| place.to_owned())
    });
    let out = home.path().join("all");
    let place = many.expect("a large website");
    let ran = run(&home, &["get", &place, "--out", out.to_str().unwrap()]).exits(2);
    assert!(
        ran.stderr.contains("calls") && ran.stderr.contains("--yes"),
        "{}",
        ran.stderr
    );
    assert!(!out.exists());
    let ran = run(&home, &["get", &place, &place]).exits(2);
    assert!(ran.stderr.contains("saved alone"), "{}", ran.stderr);
    run(&home, &["get", &place, "--on-clash", "ask"]).exits(2);
}

#[test]
fn hostile_names_stay_in_the_tree() {
    let server = Server::with(|options| options.hostile = true);
    let home = server.home();
    for (account, out) in [("acme-web:", "web"), ("acme-loc:", "loc")] {
        let lines = run(&home, &["ls", account, "--json"]).exits(0).json();
        let evil = lines
            .iter()
            .find(|line| line["raw"].to_string().contains("Evil"));
        let place = evil.expect("the planted place")["ref"]
            .as_str()
            .unwrap()
            .to_owned();
        let out = home.path().join("deep/er").join(out);
        let before = outside(home.path(), &out);
        // Entries that cannot be read are told; the others are saved.
        let ran = get(&home, &place, &out, &[]);
        assert!(matches!(ran.code, Some(0 | 3)), "{ran:?}");
        let files = tree(&out);
        assert_eq!(files.len(), list(&out).len() + 1, "{files:?}");
        assert!(files.len() > 10, "{files:?}");
        assert_eq!(outside(home.path(), &out), before);
        for path in files.keys() {
            let text = path.to_str().unwrap();
            assert!(!text.chars().any(char::is_control), "{text:?}");
            assert!(
                !text.split('/').any(|part| part.starts_with('.')),
                "{text:?}"
            );
        }
        // The list knows the exact names, and a second run finds each by it.
        let again = get(&home, &place, &out, &[]);
        assert_eq!(
            again.stderr.matches("the same is there").count(),
            files.len() - 1
        );
        assert!(tree(&out) == files, "{:?}", tree(&out).keys());
    }
}

/// Everything in the home but that folder and our own records.
fn outside(home: &Path, out: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = tree(home).into_keys().map(|path| home.join(path)).collect();
    let own = [home.join(".local"), home.join(".cache")];
    found.retain(|path| !path.starts_with(out) && !own.iter().any(|own| path.starts_with(own)));
    found
}

#[test]
fn a_killed_download_goes_on_and_leaves_no_half_file() {
    // A killed client leaves calls without an end: only requests are judged.
    let server =
        Server::with(|options| options.latency = Duration::from_millis(30)).judged(Scope::Requests);
    let home = server.home();
    let place = document(&home);
    let whole = home.path().join("whole");
    get(&home, &place, &whole, &[]).exits(0);
    let wanted = tree(&whole);
    let mut left = 0;
    for some in [0, 1, 3] {
        let out = home.path().join(format!("killed {some}"));
        // The third download stands still in the middle of its body.
        server.demo().faults(serde_json::json!([
            {"operation": "download", "fault": "stall", "at": "answer", "after": 1000, "skip": some, "times": "always"}
        ])).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_assetdeck"))
            .args(["get", &place, "--out", out.to_str().unwrap(), "--yes"])
            .env_clear()
            .envs(home.env())
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let parts = || {
            let files = if out.is_dir() {
                tree(&out)
            } else {
                BTreeMap::new()
            };
            // The list at the top is written before the first file.
            let part = |path: &&PathBuf| {
                path.components().count() > 1 && path.to_string_lossy().ends_with(".part")
            };
            let full = |path: &PathBuf| files[path].len() >= 1000;
            files.keys().filter(part).filter(|path| full(path)).count()
        };
        assert!(
            until(Duration::from_mins(1), || parts() > 0),
            "no partial file"
        );
        child.kill().unwrap();
        child.wait().unwrap();
        left += parts();
        server.demo().faults(serde_json::json!([])).unwrap();
        run(&home, &["transfers", "resume"]).exits(0);
        let ends: Vec<Value> = run(&home, &["transfers", "--json"]).exits(0).json();
        assert!(ends.iter().all(|job| job["state"] == "done"), "{ends:#?}");
        assert!(tree(&out) == wanted, "{:?}", tree(&out).keys());
        run(&home, &["transfers", "clear"]).exits(0);
    }
    assert!(left > 0, "none was killed in the middle of a file");
}

#[test]
fn a_website_is_one_folder() {
    let server = Server::start();
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    let out = home.path().join("shop");
    get(&home, &shop, &out, &[]).exits(0);
    let assets = run(&home, &["ls", &shop]).exits(0).stdout.lines().count();
    let files = tree(&out);
    assert_eq!(files.len(), assets + 1);
    assert!(files.keys().all(|path| path.components().count() == 1));
}

/// What lies in a folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// What it is called while it is not complete.
const PART: &str = ".logo.png.assetdeck-0.part";

/// A download that stands still in the middle: the program, and the folder it saves to.
fn half_saved(server: &Server, home: &Home) -> (Program, PathBuf) {
    let place = ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    let listed = run(home, &["ls", &place, "--json"]).exits(0);
    let reference = ref_of(&listed, "logo.png");
    server.faults(json!({
        "operation": "download", "fault": "stall", "at": "answer", "after": 100, "ms": LONG,
        "times": "always",
    }));
    let out = home.path().join("got");
    let args = ["get", &reference, "--out", out.to_str().unwrap()];
    let program = Program::start(home, &args, b"");
    let begun = || server.holds_one() && names(&out) == [PART];
    assert!(until(PATIENCE, begun), "{:?}", names(&out));
    (program, out)
}

#[test]
fn a_download_that_is_given_up_leaves_no_part_behind() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    // Told to stop it takes its part along, and a later start makes a new one.
    let (mut program, out) = half_saved(&server, &home);
    program.signal(Signal::INT);
    program.end().exits(130);
    assert_eq!(names(&out), [""; 0]);
    run(&home, &["transfers", "cancel"]).exits(0);
    run(&home, &["transfers", "clear"]).exits(0);

    // Killed it cannot; who gives its transfer up does it, and touches nothing else.
    for way in [&["cancel"][..], &["cancel", "clear"]] {
        let (program, out) = half_saved(&server, &home);
        program.kill();
        assert_eq!(names(&out), [PART]);
        let others = [
            ".hero.png.assetdeck-0.part",
            ".logo.png.assetdeck-1.part",
            "notes.txt",
        ];
        fs::write(out.join(others[0]), "of another file").unwrap();
        std::os::unix::fs::symlink("notes.txt", out.join(others[1])).unwrap();
        fs::write(out.join(others[2]), "mine").unwrap();
        for what in way {
            run(&home, &["transfers", what]).exits(0);
        }
        assert_eq!(names(&out), others);
        fs::remove_dir_all(&out).unwrap();
    }
}

#[test]
fn programs_get_one_object_for_each_file() {
    let server = Server::start();
    let home = server.home();
    let place = document(&home);
    let out = home.path().join("tree");
    let ran = get(&home, &place, &out, &["--json"]).exits(0);
    let lines = ran.json();
    assert_eq!(lines.len(), list(&out).len());
    for line in &lines {
        let path = Path::new(line["path"].as_str().unwrap());
        assert!(path.is_absolute() && path.starts_with(&out), "{line}");
        assert_eq!(line["bytes"], fs::metadata(path).unwrap().len(), "{line}");
        assert_eq!(
            (&line["kind"], &line["state"]),
            (&"file".into(), &"done".into())
        );
        let shown = run(&home, &["show", line["ref"].as_str().unwrap(), "--json"]).exits(0);
        let asset = &shown.json()[0];
        assert_eq!((&asset["name"], &asset["id"]), (&line["name"], &line["id"]));
    }
    let events: Vec<Value> = ran
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert!(events.iter().any(|event| event["event"] == "done"));

    // What is there already, what clashes and what the service refuses are told the same way.
    let states = |ran: &Ran| {
        let mut states: Vec<String> = ran
            .json()
            .iter()
            .map(|line| line["state"].as_str().unwrap().to_owned())
            .collect();
        states.sort();
        states.dedup();
        states
    };
    let again = get(&home, &place, &out, &["--json"]).exits(0);
    assert_eq!(states(&again), ["same"]);
    assert_eq!(again.json().len(), lines.len());
    let first = lines[0]["path"].as_str().unwrap();
    fs::write(first, "mine").unwrap();
    let clash = get(&home, &place, &out, &["--json"]).exits(3);
    assert_eq!(states(&clash), ["failed", "same"]);
    let failed = clash
        .json()
        .into_iter()
        .find(|line| line["state"] == "failed")
        .unwrap();
    assert_eq!(
        (&failed["path"], &failed["bytes"]),
        (&first.into(), &Value::Null)
    );
    assert!(
        failed["reason"]
            .as_str()
            .unwrap()
            .contains("nothing was replaced")
    );
    let skipped = get(&home, &place, &out, &["--json", "--on-clash", "skip"]).exits(0);
    assert_eq!(states(&skipped), ["same", "skipped"]);
}
