//! What "it is there already" is said of: never of a file that was changed since it was sent or saved.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::json;

use crate::cli_browse::{hero_segment, ref_of};
use crate::cli_sync::{HERO, files, sync, synced, verdicts};
use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::hold::{Held, hold};
use crate::support::home::Home;
use crate::support::server::{Server, sha256};

/// A file that was sent to each service, and where to.
struct Sent {
    server: Server,
    home: Home,
    file: PathBuf,
    to: String,
}

impl Sent {
    fn each() -> [Self; 2] {
        ["segment", "website"].map(|which| {
            let server = Server::start();
            let home = server.home();
            let to = match which {
                "segment" => hero_segment(&home),
                _ => ref_of(&run(&home, &["ls", "acme-web:", "--json"]).exits(0), "Shop"),
            };
            let file = home.file("prices.png", &png("1.00"));
            let sent = Self {
                server,
                home,
                file,
                to,
            };
            sent.upload(&[]).exits(0);
            sent
        })
    }

    fn upload(&self, more: &[&str]) -> Ran {
        let file = self.file.to_str().unwrap();
        let args = ["upload", file, "--to", &self.to];
        run(&self.home, &[&args[..], more].concat())
    }

    fn edit(&self, mark: &str, at: SystemTime) {
        let bytes = png(mark);
        let before = fs::metadata(&self.file).unwrap().len();
        assert_eq!(bytes.len() as u64, before);
        write_at(&self.file, &bytes, at);
    }

    fn holds(&self, mark: &str) {
        let stored = self.server.stored("prices.png");
        let digests = stored.iter().map(|it| it["sha256"].as_str().unwrap());
        assert_eq!(digests.collect::<Vec<_>>(), [sha256(&png(mark))]);
    }
}

fn write_at(path: &Path, bytes: &[u8], at: SystemTime) {
    fs::write(path, bytes).unwrap();
    let file = fs::File::options().append(true).open(path).unwrap();
    file.set_modified(at).unwrap();
}

fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[test]
fn an_edit_right_after_the_upload_is_seen() {
    for sent in Sent::each() {
        sent.upload(&[])
            .exits(0)
            .complains(&["prices.png", "there already", "same size"]);
        let at = modified(&sent.file) + Duration::from_micros(1);
        sent.edit("2.00", at);
        sent.upload(&[])
            .exits(1)
            .complains(&["prices.png", "may have been changed since"]);
        sent.holds("1.00");
        sent.upload(&["--on-clash", "replace"]).exits(0);
        sent.holds("2.00");
        sent.upload(&["--on-clash", "replace"])
            .exits(0)
            .complains(&["there already"]);
    }
}

#[test]
fn an_edit_under_a_clock_that_was_set_back_is_seen() {
    for sent in Sent::each() {
        sent.edit("2.00", modified(&sent.file) - Duration::from_hours(1));
        sent.upload(&[]).exits(1);
        sent.upload(&["--on-clash", "replace"]).exits(0);
        sent.holds("2.00");
    }
}

/// On another machine, or after the journal was lost, only times can tell.
#[test]
fn without_a_memory_only_a_time_that_tells_makes_it_the_same() {
    for sent in Sent::each() {
        let state = sent.home.path().join(".local/state/assetdeck/transfers.db");
        fs::remove_file(state).unwrap();
        sent.upload(&[]).exits(1);
        sent.edit("1.00", modified(&sent.file) - Duration::from_hours(1));
        sent.upload(&["--on-clash", "replace"])
            .exits(0)
            .complains(&["there already"]);
    }
}

#[test]
fn sync_sees_an_edit_in_the_second_of_the_asset_both_ways() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    let file = dir.join(HERO);
    let count = files(&dir).len();
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    write_at(&file, &bytes, modified(&file) + Duration::from_micros(1));
    let found = verdicts(&home, &["--down"]);
    assert_eq!((found["same"], found["problem"]), (count - 1, 1));
    assert_eq!(verdicts(&home, &["--up"])["replace"], 1);
    sync(&home, &[]).exits(0);
    assert_eq!(verdicts(&home, &["--up"])["same"], count);
    assert_eq!(verdicts(&home, &["--down"])["same"], count);
    // By a clock that was set back.
    *bytes.last_mut().unwrap() ^= 3;
    write_at(&file, &bytes, modified(&file) - Duration::from_hours(24));
    assert_eq!(verdicts(&home, &["--up"])["replace"], 1);
    assert_eq!(verdicts(&home, &["--down"])["problem"], 1);
    sync(&home, &["--down", "--on-clash", "replace"]).exits(0);
    assert_ne!(fs::read(&file).unwrap(), bytes);
}

#[test]
fn a_download_takes_the_place_of_a_file_that_only_looks_like_it() {
    let server = Server::start();
    let home = server.home();
    let (segment, name) = ("acme-loc:19914/27667833", "hero.png");
    let asset = format!("{segment}@{HERO}");
    run(&home, &["get", &asset, "--out", "kept"]).exits(0);
    let file = home.path().join("kept").join(name);
    let sound = fs::read(&file).unwrap();
    run(&home, &["get", &asset, "--out", "kept"]).exits(0);
    let mut edited = sound.clone();
    *edited.last_mut().unwrap() ^= 1;
    let at = modified(&file) + Duration::from_millis(300);
    write_at(&file, &edited, at);
    run(&home, &["get", &asset, "--out", "kept"]).exits(1);
    assert_eq!(fs::read(&file).unwrap(), edited);
    run(
        &home,
        &["get", &asset, "--out", "kept", "--on-clash", "replace"],
    )
    .exits(0);
    assert_eq!(fs::read(&file).unwrap(), sound);
}

#[test]
fn what_is_said_of_a_download_is_where_it_stands_also_when_its_folder_was_moved() {
    let server = Server::start();
    let home = server.home();
    let asset = format!("acme-loc:19914/27667833@{HERO}");
    let stands = json!({"operation": "download", "fault": "stall", "at": "answer", "after": 100});
    let args = ["get", &asset, "--out", "kept"];
    let Held::There(program) = hold(&server, &home, &stands, &args) else {
        panic!("it was not held");
    };
    let moved = home.path().join("moved");
    fs::rename(home.path().join("kept"), &moved).unwrap();
    server.faults(json!([]));
    let ran = program.end().exits(0);
    let path = moved.join("hero.png");
    assert_eq!(ran.stdout.trim_end(), path.to_str().unwrap());
    assert!(path.is_file());
}
