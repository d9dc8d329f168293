//! kill -9 at every step of the journal onto disk, one after the other: each write, each sync, each
//! file made, cut or removed.

use std::path::PathBuf;

use crate::support::batch::{Batch, Place, segment, website};
use crate::support::cli::run;
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::server::Server;
use crate::support::strace::{Fate, Meddling, ready, run_meddled};

/// The folder of the journal, without links in its name.
fn state(home: &Home) -> PathBuf {
    let home = home.path().canonicalize().expect("the home is there");
    home.join(".local/state/assetdeck")
}

/// One kind of step.
struct Step {
    calls: &'static str,
    /// On this file of the journal only; else on any of the program's.
    file: Option<&'static str>,
    /// The journal was made by an earlier run: then the first steps are those of this run's jobs.
    made: bool,
    at_least: u32,
}

/// Kills an upload of two files at each step of this kind, and one in five recoveries at some step
/// of its own.
fn killed_at_each(to: fn(&Home) -> Place, step: &Step) {
    if !ready() {
        return;
    }
    let server = Server::start().judged(Scope::Requests);
    let place = to(&server.home());
    let mut steps = 0;
    loop {
        let home = server.home();
        if step.made {
            run(&home, &["transfers", "clear"]).exits(0);
        }
        let batch = Batch::new(&home, &place, &format!("cut {} {steps}", step.calls), 2);
        let file: Vec<PathBuf> = step
            .file
            .iter()
            .map(|name| state(&home).join(name))
            .collect();
        let mut meddling = Meddling {
            calls: step.calls,
            on: &file,
            fate: Fate::Killed,
            nth: steps + 1,
        };
        let (ran, killed) = run_meddled(&home, &meddling, &batch.upload());
        let point = format!("{} {} {:?}", step.calls, meddling.nth, step.file);
        if !killed {
            ran.exits(0);
            batch.all_stored_once(&server, &point);
            break;
        }
        steps += 1;
        let promised = batch.promised(&home, &server);
        if steps % 5 == 0 {
            meddling.nth = 1 + steps % 11;
            let _ = run_meddled(&home, &meddling, &["transfers", "resume"]);
        }
        promised.keep(&batch, &home, &server, &point);
    }
    assert!(steps >= step.at_least, "only {steps} steps");
}

const SYNCS: Step = Step {
    calls: "fsync,fdatasync",
    file: None,
    made: true,
    // Files that are looked for together end in one commit.
    at_least: 6,
};

const WRITES: Step = Step {
    calls: "pwrite64,write,ftruncate",
    file: Some("transfers.db-wal"),
    made: true,
    at_least: 30,
};

/// Making the journal, too.
const MAKING: Step = Step {
    calls: "fsync,fdatasync,pwrite64,ftruncate,unlink,flock,rename,mkdir",
    file: None,
    made: false,
    at_least: 30,
};

#[test]
fn killed_at_each_sync_on_the_way_to_a_website() {
    killed_at_each(website, &SYNCS);
}

#[test]
fn killed_at_each_sync_on_the_way_to_a_segment() {
    killed_at_each(segment, &SYNCS);
}

#[test]
fn killed_at_each_write_on_the_way_to_a_website() {
    killed_at_each(website, &WRITES);
}

#[test]
fn killed_at_each_write_on_the_way_to_a_segment() {
    killed_at_each(segment, &WRITES);
}

#[test]
fn killed_at_each_step_of_making_the_journal() {
    killed_at_each(website, &MAKING);
}
