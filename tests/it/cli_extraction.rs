//! The texts of a long document, which its service prepares first: whoever comes next goes on with what was begun
//! before, and what is waited for is said.

use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::pty::Pty;
use crate::support::server::Server;
use crate::support::wait::until;

const COVERAGE: [&str; 4] = ["coverage", "acme-loc:20533", "--yes", "--json"];
const PREPARES: &str = "the service prepares the texts";
/// It is asked for every five seconds, and over at the second time.
const WHILE: Duration = Duration::from_mins(1);

fn index(home: &Home) -> PathBuf {
    home.path().join(".cache/assetdeck/index-1.db")
}

/// The number of the one that is kept.
fn kept(home: &Home) -> Option<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
    let index = Connection::open_with_flags(index(home), flags).ok()?;
    let number = index.query_row("SELECT number FROM operations", [], |row| row.get(0));
    number.ok()
}

fn calls(server: &Server, end: &str) -> usize {
    let exchanges = server.demo().exchanges();
    { exchanges.iter() }
        .filter(|it| it.path.ends_with(end))
        .count()
}

fn pulls(server: &Server) -> usize {
    calls(server, "/contents/pull")
}

/// A home whose first start was killed while the service prepared the texts.
#[track_caller]
fn killed(server: &Server) -> Home {
    let home = server.home();
    let first = Program::start(&home, &COVERAGE, b"");
    assert!(until(WHILE, || kept(&home).is_some()), "nothing is kept");
    first.kill();
    assert_eq!(pulls(server), 1);
    home
}

/// It has the texts, and nobody asks for them any more.
#[track_caller]
fn whole(home: &Home, ran: &Ran) {
    assert!(!ran.stderr.contains("the texts are missing"), "{ran:#?}");
    let rows = ran.json();
    let named = |row: &&serde_json::Value| row["kind"] == "coverage" && row["name"] != row["id"];
    assert!(rows.iter().any(|row| named(&row)), "{rows:#?}");
    assert_eq!(kept(home), None);
}

#[test]
fn starts_that_are_killed_soon_begin_one_and_get_on_with_it() {
    let server = Server::start();
    let home = killed(&server);
    // The demo also counts who asks sooner than the service allows.
    let second = Program::start(&home, &COVERAGE, b"");
    assert!(until(WHILE, || calls(&server, "/trm/status") == 1));
    second.kill();
    let third = run(&home, &COVERAGE).exits(0);
    whole(&home, &third);
    assert_eq!((pulls(&server), calls(&server, "/trm/status")), (1, 2));
    assert!(!third.stderr.contains(PREPARES), "{third:#?}");
}

#[test]
fn one_that_the_service_does_not_know_any_more_or_that_is_damaged_is_begun_anew() {
    let begun_anew = |damage: &str| {
        let server = Server::start();
        let home = killed(&server);
        let index = Connection::open(index(&home)).expect("the index");
        let change = format!("UPDATE operations SET number = {damage}");
        assert_eq!(index.execute(&change, []).expect("its row"), 1);
        drop(index);
        let second = run(&home, &COVERAGE).exits(0);
        whole(&home, &second);
        assert_eq!(pulls(&server), 2, "{damage}");
        for word in ["damaged", "set aside", "does not exist"] {
            assert!(!second.stderr.contains(word), "{second:#?}");
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| begun_anew("4711"));
        scope.spawn(|| begun_anew("'x'"));
    });
}

#[test]
fn two_at_once_share_one() {
    let server = Server::start();
    let home = server.home();
    let first = Program::start(&home, &COVERAGE, b"");
    assert!(until(WHILE, || kept(&home).is_some()), "nothing is kept");
    let second = run(&home, &COVERAGE).exits(0);
    let first = first.end().exits(0);
    whole(&home, &first);
    whole(&home, &second);
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(pulls(&server), 1);
}

#[test]
fn a_terminal_sees_what_is_waited_for_unless_it_wants_it_quiet() {
    let server = Server::start();
    let (home, other) = (server.home(), server.home());
    let start = |home, quiet: &[&str]| {
        let args = [&COVERAGE[..3], quiet].concat();
        Pty::start(home, &args, (100, 30))
    };
    let seen = start(&home, &[]);
    let quiet = start(&other, &["--quiet"]);
    seen.wait_for("what is waited for", |screen| screen.contains(PREPARES));
    for pty in [&seen, &quiet] {
        assert_eq!(pty.exit_code(WHILE), 0, "{}", pty.screen());
    }
    seen.wait_gone(PREPARES);
    assert!(!quiet.has_written(PREPARES), "{}", quiet.screen());
    seen.assert_restored();
}
