//! Batches with something wrong in them: the rest goes on, and what is wrong is named.

use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::cli_upload::png;
use crate::support::batch::{Batch, Place, finish, queue, segment, website};
use crate::support::cli::{Ran, command, run, run_command};
use crate::support::contract::Scope;
use crate::support::hold::{Held, LONG, hold};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::usage::peak;
use crate::support::wait::until;

/// One of a hundred is refused by the service: the others are there, and the one is named.
fn one_bad_of_a_hundred(to: fn(&Home) -> Place, operation: &str) {
    let server = Server::start().judged(Scope::Requests);
    let home = server.home();
    let batch = Batch::new(&home, &to(&home), "one of", 100);
    server.faults(json!({
        "operation": operation, "skip": 41, "fault": "status", "status": 422,
        "message": "this one is not taken",
    }));
    let ran = run(&home, &batch.upload()).exits(3);
    let left = queue(&home);
    let failed: Vec<&str> = left
        .iter()
        .filter(|job| job["state"] == "failed")
        .map(|job| job["name"].as_str().expect("a name"))
        .collect();
    let [bad] = failed[..] else {
        panic!("one bad one in {left:#?}\n{ran:#?}")
    };
    ran.complains(&[bad]);
    assert_eq!(ran.stderr.matches("one of ").count(), 1, "{}", ran.stderr);
    for name in &batch.names {
        let wanted = usize::from(name != bad);
        assert_eq!(server.stored(name).len(), wanted, "{name}");
    }
    // Once the service takes it, a retry sends this one only.
    run(&home, &["transfers", "retry"]).exits(0);
    batch.all_stored_once(&server, "retried");
}

#[test]
fn one_bad_file_of_a_hundred_for_a_website_is_named_and_the_others_are_stored() {
    one_bad_of_a_hundred(website, "create");
}

#[test]
fn one_bad_file_of_a_hundred_for_a_segment_is_named_and_the_others_are_stored() {
    one_bad_of_a_hundred(segment, "media-upload");
}

/// Sends so many files of which the service takes the first only; the end, and the peak in KiB.
fn refused_but_one(server: &Server, count: usize) -> (Ran, u64, Batch, Home) {
    let home = server.home();
    let batch = Batch::new(&home, &website(&home), &format!("of {count}"), count);
    server.faults(json!({
        "operation": "create", "skip": 1, "times": "always", "fault": "status", "status": 422,
        "message": "this one is not taken",
    }));
    let mut program = Program::start(&home, &batch.upload(), b"");
    let mut most = 0;
    let ended = until(Duration::from_mins(5), || {
        most = most.max(peak(program.pid()).unwrap_or_default());
        program.has_ended()
    });
    assert!(ended, "{count} files take too long");
    (program.end().exits(3), most, batch, home)
}

/// A thousand refusals cost one line and one try each, and little memory.
#[test]
fn a_thousand_refusals_stay_calm() {
    let server = Server::start().judged(Scope::Requests);
    let (_, few, ..) = refused_but_one(&server, 3);
    let before = server.demo().exchanges().len();
    let (ran, most, batch, home) = refused_but_one(&server, 1001);
    assert_eq!(ran.stderr.lines().count(), 1000, "{}", ran.stderr);
    let not_taken = |line: &str| line.contains("of 1001") && line.contains("not taken");
    assert!(ran.stderr.lines().all(not_taken), "{}", ran.stderr);
    assert_eq!(ran.stdout.lines().count(), 1);
    let asked = server.demo().exchanges();
    let links = asked[before..]
        .iter()
        .filter(|it| it.path.ends_with("/upload-url"));
    assert_eq!(links.count(), 1001, "each is tried once");
    assert_eq!(server.state()["faults"]["script"][0]["fired"], 1000);
    let left = queue(&home);
    assert_eq!(left.len(), 1000);
    assert!(left.iter().all(|job| job["state"] == "failed"));
    let stored = server.state()["segmentflow"]["assets"].to_string();
    let there = |name: &&String| stored.contains(name.as_str());
    assert_eq!(batch.names.iter().filter(there).count(), 1);
    // 16 KiB for each.
    assert!(most < few + 16 * 1000, "{most} KiB, {few} KiB with 3 files");
}

/// What cannot be sent.
const KINDS: [&str; 12] = [
    "pipe",
    "device",
    "socket",
    "folder",
    "missing",
    "leads nowhere",
    "leads to itself",
    "below a file",
    "empty",
    "sparse terabyte",
    "not what its name says",
    "unreadable",
];

/// Whether permissions hold for whoever runs this.
fn permissions_hold(home: &Home) -> bool {
    let file = home.file("closed", b"x");
    close(&file);
    fs::File::open(file).is_err()
}

fn close(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("closed");
}

/// Puts such a thing where the path says.
fn make(kind: &str, path: &Path) -> Option<UnixListener> {
    let file = |bytes: &[u8]| fs::write(path, bytes).expect("a file");
    match kind {
        "pipe" => {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.expect("mkfifo runs").success());
        }
        "device" => symlink("/dev/zero", path).expect("a link"),
        "socket" => return Some(UnixListener::bind(path).expect("a socket")),
        "folder" => fs::create_dir(path).expect("a folder"),
        "missing" => {}
        "leads nowhere" => symlink("/nowhere/at/all", path).expect("a link"),
        "leads to itself" => symlink(path, path).expect("a link"),
        "below a file" => {
            let parent = path.parent().expect("a parent");
            fs::remove_dir_all(parent).expect("it was a folder");
            fs::write(parent, b"a file").expect("a file");
        }
        "empty" => file(b""),
        "sparse terabyte" => {
            let file = fs::File::create(path).expect("a file");
            file.set_len(1 << 40).expect("a sparse file");
        }
        "not what its name says" => file(b"MZ\x90\x00 a program"),
        "unreadable" => {
            file(&png("closed"));
            close(path);
        }
        other => panic!("{other}?"),
    }
    None
}

/// A path of its own for each kind, in a folder of its own.
fn path_for(home: &Home, kind: &str) -> PathBuf {
    let folder = home.path().join(kind.replace(' ', "-"));
    fs::create_dir_all(&folder).expect("a folder");
    folder.join(format!("{}.png", kind.replace(' ', "-")))
}

fn upload(home: &Home, place: &Place, paths: &[PathBuf]) -> Ran {
    let mut command = command(home, env!("CARGO_BIN_EXE_assetdeck"));
    command.args(["upload", "--to", &place.reference]);
    command.args(place.flags).args(paths);
    run_command(command, &["upload", "…"], b"")
}

fn named(ran: &Ran, kind: &str) -> bool {
    let name = format!("{}.png", kind.replace(' ', "-"));
    ran.stderr.lines().any(|line| line.contains(&name))
}

#[test]
fn each_kind_of_unusable_file_is_refused_when_chosen() {
    for to in [website, segment] {
        let server = Server::start();
        let home = server.home();
        let place = to(&home);
        let kinds = KINDS
            .iter()
            .filter(|kind| **kind != "unreadable" || permissions_hold(&home));
        // A folder that is chosen stands for its files; a segment takes any type and any size.
        let any = place.flags.contains(&"--locale");
        let kinds: Vec<&str> = kinds
            .copied()
            .filter(|kind| *kind != "folder")
            .filter(|kind| !any || !["not what its name says", "sparse terabyte"].contains(kind))
            .collect();
        let good = Batch::new(&home, &place, "good", 2);
        let mut paths: Vec<PathBuf> = kinds.iter().map(|kind| path_for(&home, kind)).collect();
        let made: Vec<_> = kinds
            .iter()
            .zip(&paths)
            .map(|(kind, path)| make(kind, path))
            .collect();
        paths.extend(good.paths.clone());
        // A name that is no text.
        let raw = std::ffi::OsString::from_vec(b"no\xfftext.png".to_vec());
        let raw = home.path().join(raw);
        fs::write(&raw, png("raw")).expect("a file");
        paths.push(raw);
        let ran = upload(&home, &place, &paths).exits(3);
        for kind in &kinds {
            assert!(named(&ran, kind), "{kind} is not named:\n{}", ran.stderr);
        }
        assert_eq!(
            ran.stderr.lines().count(),
            kinds.len() + 1,
            "{}",
            ran.stderr
        );
        good.all_stored_once(&server, "the good ones");
        assert!(queue(&home).is_empty(), "nothing unusable is queued");
        drop(made);
    }
}

/// They become unusable while they wait in the queue.
#[test]
fn twelve_kinds_of_unusable_files_are_refused_when_sent() {
    for (to, first) in [
        (website as fn(&Home) -> Place, "upload-url"),
        (segment, "media-upload"),
    ] {
        let server = Server::start().judged(Scope::Requests);
        let home = server.home();
        let place = to(&home);
        let kinds = KINDS
            .iter()
            .filter(|kind| **kind != "unreadable" || permissions_hold(&home));
        let kinds: Vec<&str> = kinds.copied().collect();
        let mut paths: Vec<PathBuf> = kinds.iter().map(|kind| path_for(&home, kind)).collect();
        for path in &paths {
            fs::write(path, png(&path.to_string_lossy())).expect("a file");
        }
        let good = Batch::new(&home, &place, "good", 2);
        paths.extend(good.paths.clone());
        let mut args = vec!["upload", "--to", &place.reference];
        args.extend(place.flags);
        args.extend(paths.iter().map(|path| path.to_str().expect("text")));
        let stands = json!({"operation": first, "fault": "delay", "ms": LONG, "times": "always"});
        let Held::There(program) = hold(&server, &home, &stands, &args) else {
            panic!("it was not held")
        };
        program.kill();
        server.faults(json!([]));
        assert_eq!(queue(&home).len(), paths.len());
        let mut made = Vec::new();
        for (kind, path) in kinds.iter().zip(&paths) {
            fs::remove_file(path).expect("it was there");
            made.push(make(kind, path));
        }
        let ran = run(&home, &["transfers", "resume"]).exits(3);
        for kind in &kinds {
            assert!(named(&ran, kind), "{kind} is not named:\n{}", ran.stderr);
            let name = format!("{}.png", kind.replace(' ', "-"));
            assert!(server.stored(&name).is_empty(), "{kind}");
        }
        good.all_stored_once(&server, "the good ones");
        // They can be dropped; the queue is not stuck on them.
        run(&home, &["transfers", "cancel"]).exits(0);
        run(&home, &["transfers", "clear"]).exits(0);
        drop(made);
    }
}

/// The storage keeps less than was sent, or the service lists another size: that is not done.
#[test]
fn a_file_of_another_size_is_never_done() {
    for (to, stores) in [
        (website as fn(&Home) -> Place, "put"),
        (segment, "media-upload"),
    ] {
        let server = Server::start().judged(Scope::Requests);
        let place = to(&server.home());
        let records = if stores == "put" { "create" } else { "attach" };
        for (operation, how, by) in [
            (stores, "stored", 1),
            (records, "listed", 1),
            (records, "listed", -1),
        ] {
            let home = server.home();
            let batch = Batch::new(&home, &place, &format!("{how} by {by}"), 1);
            server.faults(
                json!({"operation": operation, "fault": "wrong-size", "how": how, "by": by}),
            );
            let ran = run(&home, &batch.upload()).exits(1);
            ran.complains(&[&batch.names[0], "not confirmed", "bytes instead of"]);
            assert!(ran.stdout.is_empty(), "{}", ran.stdout);
            assert_eq!(queue(&home)[0]["state"], "unlisted");
            // Tried again it is looked at again, and not doubled.
            run(&home, &["transfers", "retry"]).exits(1);
            assert_eq!(server.stored(&batch.names[0]).len(), 1);
        }
    }
}

/// A body that is cut at each of fifty points makes no record, and the next try makes one.
#[test]
fn a_file_cut_at_fifty_points_is_recorded_once() {
    for (to, operation) in [
        (website as fn(&Home) -> Place, "put"),
        (segment, "media-upload"),
    ] {
        let server = Server::start().judged(Scope::Requests);
        let home = server.home();
        let place = to(&home);
        let batch = Batch::new(&home, &place, "cut", 25);
        let script: Vec<_> = (0..50)
            .map(|point| {
                let by = if point % 2 == 0 { "reset" } else { "close" };
                json!({"operation": operation, "fault": "cut", "of": "request", "after": point * 60, "by": by})
            })
            .collect();
        server.faults(json!(script));
        run(&home, &batch.upload()).exits(0);
        batch.all_stored_once(&server, "cut");
        finish(&home, "cut");
    }
}
