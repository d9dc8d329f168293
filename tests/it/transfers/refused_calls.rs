//! Each call of the operating system refused in turn: what is promised of queue, uploads and downloads
//! holds all the same, and somebody is told.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::batch::{Batch, Place, finish, queue, segment, website};
use crate::support::cli::{Ran, command, run, run_command};
use crate::support::contract::Scope;
use crate::support::hold::PATIENCE;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::strace::Fate::{Fails, KeepsFailing};
use crate::support::strace::{Fate, Meddling, ready, run_meddled};
use crate::support::wait::until;

/// The calls by which files are made, written and kept, and how each may fail.
const CALLS: [(&str, &[Fate]); 10] = [
    ("openat", &[Fails("EACCES"), KeepsFailing("ENOSPC")]),
    ("mkdir,mkdirat", &[Fails("ENOSPC"), Fails("EROFS")]),
    ("flock", &[Fails("ENOLCK")]),
    ("pwrite64", &[Fails("EIO"), KeepsFailing("ENOSPC")]),
    ("write,writev", &[Fails("EIO"), KeepsFailing("ENOSPC")]),
    ("fsync,fdatasync", &[Fails("EIO"), KeepsFailing("EIO")]),
    ("ftruncate", &[Fails("EIO"), KeepsFailing("ENOSPC")]),
    ("unlink,unlinkat", &[Fails("EACCES")]),
    (
        "rename,renameat,renameat2,linkat",
        &[Fails("EIO"), KeepsFailing("EROFS")],
    ),
    ("close", &[Fails("EIO")]),
];

/// The calls by which files are found, read, locked and made private.
const READS: [(&str, &[Fate]); 7] = [
    ("read,pread64", &[Fails("EIO")]),
    ("statx,newfstatat,fstat", &[Fails("EACCES")]),
    ("fcntl", &[Fails("ENOLCK")]),
    ("mmap", &[Fails("ENOMEM")]),
    ("statfs,fstatfs", &[Fails("EIO")]),
    ("fchmod,fchown", &[Fails("EPERM")]),
    ("getdents64", &[Fails("EIO")]),
];

/// The folder of the journal, without links in its name.
fn state(home: &Home) -> PathBuf {
    let home = home.path().canonicalize().expect("the home is there");
    home.join(".local/state/assetdeck")
}

/// What is in a folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The files of the journal and their folder.
fn journal(home: &Home) -> Vec<PathBuf> {
    let folder = state(home);
    let names = ["", "-wal", "-shm", "-journal"].map(|end| format!("transfers.db{end}"));
    let files = names
        .into_iter()
        .chain(["transfers.lock".into(), "transfers.bell".into()]);
    let files: Vec<PathBuf> = files.map(|name| folder.join(name)).collect();
    [folder].into_iter().chain(files).collect()
}

/// Other files in a home.
fn files(home: &Home, names: &[&str]) -> Vec<PathBuf> {
    let home = home.path().canonicalize().expect("the home is there");
    names.iter().map(|name| home.join(name)).collect()
}

/// What holds of any run: it ends by itself, and where it failed it says so.
#[track_caller]
fn ended_well(ran: &Ran, point: &str) {
    assert!(ran.code.is_some(), "{point}: it was killed: {ran:#?}");
    assert!(!ran.stderr.contains("panicked"), "{point}: {ran:#?}");
    if ran.code != Some(0) {
        // As a sentence, or as an object with --json.
        let said = ["assetdeck: ", r#"{"event":"error""#];
        let said = said.iter().any(|way| ran.stderr.starts_with(way));
        assert!(said, "{point}: {ran:#?}");
    }
}

/// Refuses each of these calls on these files in turn; how many there were. The run gets a home with
/// or without a journal.
fn refused_in_turn(
    server: &Server,
    calls: &[(&'static str, &[Fate])],
    made: bool,
    on: impl Fn(&Home) -> Vec<PathBuf>,
    mut run_one: impl FnMut(&Home, &dyn Fn(&Home, &[&str]) -> (Ran, bool), &str) -> bool,
) -> BTreeMap<&'static str, u32> {
    let mut counts = BTreeMap::new();
    for (calls, fates) in calls {
        for fate in *fates {
            for nth in 1.. {
                let home = server.home();
                if made {
                    run(&home, &["transfers", "clear"]).exits(0);
                }
                let on = on(&home);
                let meddled = |home: &Home, args: &[&str]| {
                    let meddling = Meddling {
                        calls,
                        on: &on,
                        fate: *fate,
                        nth,
                    };
                    run_meddled(home, &meddling, args)
                };
                let point = format!(
                    "{calls} {nth} {fate:?}, {}",
                    if made { "made" } else { "new" }
                );
                let came = run_one(&home, &meddled, &point);
                // What could not be read or locked for once is not damaged.
                let aside = |path: &PathBuf| path.to_string_lossy().contains("transfers.damaged");
                let aside = entries(&state(&home)).into_iter().find(aside);
                assert_eq!(aside, None, "{point}");
                if !came {
                    break;
                }
                *counts.entry(*calls).or_default() += 1;
            }
        }
    }
    counts
}

fn uploading(
    to: fn(&Home) -> Place,
    calls: &[(&'static str, &[Fate])],
    made: bool,
) -> BTreeMap<&'static str, u32> {
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    // The service keeps what was sent: each run has a name of its own.
    let number = Cell::new(0);
    let name = || format!("refused {}.png", number.get());
    let on = |home: &Home| {
        number.set(number.get() + 1);
        [journal(home), files(home, &[&name()])].concat()
    };
    refused_in_turn(&server, calls, made, on, |home, meddled, point| {
        let file = (crate::cli_upload::png(&name()), name());
        let batch = Batch::of(home, &place, [file]);
        let (ran, came) = meddled(home, &batch.upload());
        ended_well(&ran, point);
        if point.starts_with("fcntl") {
            // A lock that could not be set or freed once fails nothing that has begun.
            let unbegun = ran.stderr.contains("Nothing was queued or sent");
            assert!(ran.code == Some(0) || unbegun, "{point}: {ran:#?}");
        }
        if !came {
            ran.exits(0);
            batch.all_stored_once(&server, point);
            return false;
        }
        let promised = batch.promised(home, &server);
        if server.stored(&batch.names[0]).is_empty() {
            assert_ne!(
                ran.code,
                Some(0),
                "{point}: not stored, and not said: {ran:#?}"
            );
        }
        let point = &format!("{point}, {ran:#?}");
        promised.keep(&batch, home, &server, point);
        if server.stored(&batch.names[0]).is_empty() {
            // It was never queued: chosen again it goes, and nothing stands in its way.
            run(home, &batch.upload()).exits(0);
        }
        batch.all_stored_once(&server, point);
        true
    })
}

/// Each of these was called, and so refused.
#[track_caller]
fn all_came(counts: &BTreeMap<&str, u32>, calls: &[&str]) {
    for calls in calls {
        assert!(
            counts.contains_key(calls),
            "never called: {calls} in {counts:?}"
        );
    }
}

/// Those that every upload makes.
const OF_UPLOADS: [&str; 5] = [
    "openat",
    "pwrite64",
    "fsync,fdatasync",
    "unlink,unlinkat",
    "flock",
];

#[test]
fn each_refused_call_of_an_upload_to_a_website() {
    if ready() {
        all_came(&uploading(website, &CALLS, true), &OF_UPLOADS);
    }
}

#[test]
fn each_refused_call_of_an_upload_to_a_segment() {
    if ready() {
        all_came(&uploading(segment, &CALLS, true), &OF_UPLOADS);
    }
}

#[test]
fn each_refused_call_of_the_first_upload_ever() {
    if ready() {
        all_came(&uploading(website, &CALLS, false), &OF_UPLOADS);
    }
}

#[test]
fn each_refused_read_of_an_upload() {
    if ready() {
        let counts = uploading(website, &READS, true);
        let reads = ["read,pread64", "statx,newfstatat,fstat", "fcntl", "mmap"];
        all_came(&counts, &reads);
    }
}

/// A queue that cannot be read is not told as an empty one.
#[test]
fn each_refused_read_of_a_list_of_what_is_queued() {
    if !ready() {
        return;
    }
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "listed", 2);
    server.faults(json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let program = Program::start(&home, &batch.upload(), b"");
    assert!(until(PATIENCE, || server.holds_one()));
    program.kill();
    let mut calls = READS.to_vec();
    calls.push(("read,pread64", &[KeepsFailing("EIO")]));
    let counts = refused_in_turn(&server, &calls, false, journal, |copy, meddled, point| {
        copy_queue(&home, copy);
        let (ran, came) = meddled(copy, &["transfers", "list", "--json"]);
        ended_well(&ran, point);
        let listed = ran.json().len();
        assert!(
            listed == 2 || ran.code != Some(0),
            "{point}: not all, and not said: {ran:#?}"
        );
        assert_eq!(queue(copy).len(), 2, "{point}");
        came
    });
    all_came(&counts, &["read,pread64", "fcntl"]);
}

/// The journal of one home as that of another.
fn copy_queue(from: &Home, to: &Home) {
    for (from, to) in journal(from).iter().zip(journal(to)) {
        if from.is_dir() {
            fs::create_dir_all(to).expect("a folder");
        } else if from.is_file() {
            fs::copy(from, to).expect("a copy");
        }
    }
}

/// Tells a full queue something, with each of these calls refused in turn: no file is forgotten that
/// is not done, nothing is sent twice, and where it did not come to what was asked, that is said.
fn telling_a_queue(what: &str, calls: &[(&'static str, &[Fate])]) -> BTreeMap<&'static str, u32> {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), "told", 2);
    server.faults(json!([
        {"operation": "upload-url", "fault": "stall", "at": "answer", "times": "always"}
    ]));
    let program = Program::start(&home, &batch.upload(), b"");
    assert!(until(PATIENCE, || server.holds_one()));
    program.kill();
    // From now on the service takes nothing, so that every copy has the same queue to tell it to.
    server.faults(json!([
        {"operation": "upload-url", "fault": "status", "status": 403, "times": "always"}
    ]));
    match what {
        "retry" => drop(run(&home, &["transfers", "resume"]).exits(4)),
        "clear" => drop(run(&home, &["transfers", "cancel"]).exits(0)),
        _ => {}
    }
    let states = |home: &Home| -> Vec<String> {
        let states = queue(home).into_iter();
        let states = states.map(|job| job["state"].as_str().expect("text").to_owned());
        states.collect()
    };
    let before = states(&home);
    assert_eq!(before.len(), 2);
    let wanted: &[&str] = match what {
        "clear" => &[],
        "cancel" => &["cancelled", "cancelled"],
        _ => &["failed", "failed"],
    };
    let counts = refused_in_turn(&server, calls, false, journal, |copy, meddled, point| {
        copy_queue(&home, copy);
        let (ran, came) = meddled(copy, &["transfers", what]);
        ended_well(&ran, point);
        let point = format!("{what}, {point}: {ran:#?}");
        let after = states(copy);
        assert!(what == "clear" || after.len() == 2, "{point}: {after:?}");
        let mut known = [before.iter().map(String::as_str).collect(), wanted.to_vec()].concat();
        for (said, left) in [
            // What cannot be read is taken for damaged.
            ("was damaged", "in doubt"),
            ("how it ended is not written down", "queued"),
            ("not all of it could be written down", "queued"),
        ] {
            known.extend(ran.stderr.contains(said).then_some(left));
        }
        let known = |it: &String| known.contains(&it.as_str());
        assert!(after.iter().all(known), "{point}: {after:?}");
        // What could not be sent is an error in any case.
        if !came || ran.code == Some(0) {
            assert_eq!(after, wanted, "{point}");
        }
        came
    });
    assert!(
        batch
            .names
            .iter()
            .all(|name| server.stored(name).is_empty())
    );
    counts
}

/// All but the locks within the journal.
fn reads() -> Vec<(&'static str, &'static [Fate])> {
    let all = READS.into_iter();
    all.filter(|(calls, _)| *calls != "fcntl").collect()
}

#[test]
fn each_refused_read_of_going_on_with_a_full_queue() {
    if ready() {
        for what in ["resume", "retry"] {
            all_came(&telling_a_queue(what, &reads()), &["read,pread64"]);
        }
    }
}

#[test]
fn each_refused_call_of_giving_up_and_clearing_a_full_queue() {
    if ready() {
        for what in ["cancel", "clear"] {
            all_came(&telling_a_queue(what, &reads()), &["read,pread64"]);
            all_came(
                &telling_a_queue(what, &CALLS),
                &["pwrite64", "fsync,fdatasync"],
            );
        }
    }
}

#[test]
fn each_refused_call_of_going_on_with_a_full_queue() {
    if ready() {
        for what in ["resume", "retry"] {
            all_came(
                &telling_a_queue(what, &CALLS),
                &["pwrite64", "fsync,fdatasync"],
            );
        }
    }
}

/// Everything in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| {
            let entry = entry.expect("an entry");
            let bytes = fs::read(entry.path()).expect("a file");
            (entry.file_name().into_string().expect("text"), bytes)
        })
        .collect()
}

/// Something to save: its reference, name and bytes.
fn asset(server: &Server, home: &Home) -> (String, String, Vec<u8>) {
    let batch = Batch::new(home, &segment(home), "to be saved", 1);
    let lines = run(home, &[&batch.upload()[..], &["--json"]].concat())
        .exits(0)
        .json();
    let reference = lines[0]["ref"].as_str().expect("a ref").to_owned();
    let bytes = fs::read(&batch.paths[0]).expect("the file");
    assert_eq!(server.stored(&batch.names[0]).len(), 1);
    (reference, batch.names[0].clone(), bytes)
}

/// What lies in the folder before, ours of an earlier time among it.
const OTHERS: [(&str, &[u8]); 2] = [
    ("notes.txt", b"mine"),
    (".other.png.assetdeck-0.part", b"a part"),
];

/// The file stands there whole, or not at all; everything else is as it was.
#[track_caller]
fn whole_or_absent(home: &Home, name: &str, bytes: &[u8], left_behind: bool, point: &str) -> bool {
    let mut there = contents(&home.path().join("got"));
    for (other, wanted) in OTHERS {
        let found = there.remove(other);
        assert_eq!(found.as_deref(), Some(wanted), "{point}: {other}");
    }
    let found = there.remove(name);
    assert!(
        found.as_deref().is_none_or(|it| it == bytes),
        "{point}: half of {name}"
    );
    let part = format!(".{name}.assetdeck-0.part");
    there.retain(|name, _| !(left_behind && *name == part));
    assert!(there.is_empty(), "{point}: left behind: {:?}", there.keys());
    found.is_some()
}

fn downloading(
    calls: &[(&'static str, &[Fate])],
    also: fn(&Home) -> Vec<PathBuf>,
) -> BTreeMap<&'static str, u32> {
    let server = Server::start().judged(Scope::Requests);
    let (reference, name, bytes) = asset(&server, &server.home());
    let target = format!("got/{name}");
    let part = format!("got/.{name}.assetdeck-0.part");
    let on = |home: &Home| [also(home), files(home, &["got", &target, &part])].concat();
    refused_in_turn(&server, calls, true, on, |home, meddled, point| {
        for (other, content) in OTHERS {
            home.file(&format!("got/{other}"), content);
        }
        let (ran, came) = meddled(home, &["get", &reference, "--out", "got"]);
        ended_well(&ran, point);
        // A removal that is refused leaves what it should have removed.
        let left_behind = point.starts_with("unlink") || point.starts_with("rename");
        let there = whole_or_absent(home, &name, &bytes, left_behind, point);
        if !came {
            ran.exits(0);
            assert!(there, "{point}");
            return false;
        }
        assert!(
            there || ran.code != Some(0),
            "{point}: not there, and not said: {ran:#?}"
        );
        let left = queue(home);
        if there {
            // What it could not write down it tries again, and replaces nothing.
            run(home, &["transfers", "resume"]);
        } else if !left.is_empty() {
            finish(home, point);
        } else {
            run(home, &["get", &reference, "--out", "got"]).exits(0);
        }
        assert!(
            whole_or_absent(home, &name, &bytes, left_behind, point),
            "{point}"
        );
        true
    })
}

#[test]
fn each_refused_call_of_a_download() {
    if ready() {
        let calls = [
            "openat",
            "pwrite64",
            "write,writev",
            "fsync,fdatasync",
            "rename,renameat,renameat2,linkat",
        ];
        all_came(&downloading(&CALLS, journal), &calls);
    }
}

/// The journal is read by an upload as by a download.
#[test]
fn each_refused_read_of_a_download() {
    if ready() {
        let counts = downloading(&READS, |_| Vec::new());
        all_came(&counts, &["statx,newfstatat,fstat"]);
    }
}

/// No room for the whole file, at several sizes: the limit is one of the process, which fails the
/// write as a full disk does.
#[test]
fn a_file_that_does_not_fit_leaves_nothing() {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let mut large = crate::cli_upload::png("large");
    large.resize(3 << 20, b'l');
    let batch = Batch::of(
        &home,
        &segment(&home),
        [(large.clone(), "large.png".to_owned())],
    );
    let lines = run(&home, &[&batch.upload()[..], &["--json"]].concat())
        .exits(0)
        .json();
    let reference = lines[0]["ref"].as_str().expect("a ref").to_owned();
    for kib in [512, 1024, 2048, 3071] {
        let home = server.home();
        for (other, content) in OTHERS {
            home.file(&format!("got/{other}"), content);
        }
        let program = env!("CARGO_BIN_EXE_assetdeck");
        let script = format!(
            "trap '' XFSZ; ulimit -f {}; exec '{program}' get '{reference}' --out got",
            kib * 2
        );
        let mut shell = command(&home, "/bin/sh");
        shell.args(["-c", &script]);
        let ran = run_command(shell, &["get"], b"");
        let point = format!("{kib} KiB");
        assert_eq!(ran.code, Some(1), "{point}: {ran:#?}");
        ran.complains(&["large.png"]);
        assert!(!whole_or_absent(&home, "large.png", &large, false, &point));
        assert_eq!(queue(&home)[0]["state"], Value::from("failed"));
        run(&home, &["transfers", "retry"]).exits(0);
        assert!(whole_or_absent(&home, "large.png", &large, false, &point));
    }
}
