//! Eight processes on one queue, and the one that works is killed: each file is stored once.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use crate::support::batch::{Batch, finish, queue, segment, website};
use crate::support::contract::Scope;
use crate::support::dice::Dice;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::server::Server;
use crate::support::wait::until;

const PROCESSES: usize = 8;
const FILES: usize = 25;
const ROUNDS: u64 = 3;
const PATIENCE: Duration = Duration::from_mins(1);

/// How many the killed one may have been recording: those whose call was under way, and as many
/// again that stood on disk as the next.
const AT_ONCE: usize = 2 * 3;

/// A call that makes a record was cut off with its process, and a look did not show the record: only
/// the user can say that it is sent again.
fn cut_while_recording(line: &str) -> bool {
    let cut = ["recording", "attaching"].map(|step| format!("ended while it was {step},"));
    cut.iter().any(|cut| line.contains(cut))
}

/// Who holds the lock of the queue, as the kernel says.
fn worker(home: &Home) -> Option<u32> {
    let lock = home.path().join(".local/state/assetdeck/transfers.lock");
    let wanted = format!(":{}", fs::metadata(lock).ok()?.ino());
    let locks = fs::read_to_string("/proc/locks").expect("the kernel's locks");
    locks
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.contains(&"FLOCK") && !words.contains(&"->"))
        .find(|words| words.iter().any(|word| word.ends_with(&wanted)))
        .and_then(|words| words.get(4)?.parse().ok())
}

#[test]
fn eight_processes_on_one_queue_whose_worker_is_killed_store_each_file_once() {
    let server =
        Server::with(|options| options.latency = Duration::from_millis(5)).judged(Scope::Requests);
    let mut dice = Dice::new(29);
    for round in 0..ROUNDS {
        let home = server.home();
        let place = if round % 2 == 0 {
            website(&home)
        } else {
            segment(&home)
        };
        let batches: Vec<Batch> = (0..PROCESSES)
            .map(|n| Batch::new(&home, &place, &format!("eight {round} {n}"), FILES))
            .collect();
        let mut programs: Vec<Program> = batches
            .iter()
            .map(|batch| Program::start(&home, &batch.upload(), b""))
            .collect();
        // In the middle of it: when some of the files are there.
        let all = PROCESSES * FILES;
        let some = 1 + usize::try_from(dice.below(all as u64 / 2)).expect("a small number");
        let stored = || {
            let state = server.state().to_string();
            state.matches(&format!("eight {round} ")).count()
        };
        let before = stored();
        assert!(
            until(PATIENCE, || stored() >= before + some),
            "they do not begin"
        );
        let owner = worker(&home).expect("one of them works");
        let at = programs.iter().position(|it| it.pid() == owner);
        let killed = at.expect("it is one of ours");
        programs.remove(killed).kill();
        let point = format!("round {round}, {killed} killed after {some}");
        let mut asked = 0;
        for program in programs {
            let ran = program.end();
            let doubts = ran.stderr.lines().filter(|line| cut_while_recording(line));
            let doubts = doubts.count();
            assert_eq!(ran.stderr.lines().count(), doubts, "{point}: {ran:#?}");
            let code = if doubts == 0 { 0 } else { 3 };
            assert_eq!(ran.code, Some(code), "{point}: {ran:#?}");
            asked += doubts;
        }
        assert!(asked <= AT_ONCE, "{point}: {asked} are asked about");
        // What the killed one had queued and nobody has sent yet goes on with the next start.
        let promised = batches[killed].promised(&home, &server);
        if !promised.queued.is_empty() {
            finish(&home, &point);
        }
        promised.kept(&batches[killed], &server, &point);
        for (n, batch) in batches.iter().enumerate().filter(|(n, _)| *n != killed) {
            batch.all_stored_once(&server, &format!("{point}: process {n}"));
        }
        assert!(
            queue(&home).iter().all(|job| job["state"] == "done"),
            "{point}"
        );
    }
}
