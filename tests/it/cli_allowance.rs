//! A sweep and what its service allows: it ends, across kills and new starts, and is never refused.

use std::collections::HashMap;

use rustix::process::Signal;

use crate::cli_coverage::{LOCALES, expected, told};
use crate::support::cli::{Ran, run};
use crate::support::contract::Scope;
use crate::support::home::Home;
use crate::support::program::Program;
use crate::support::pty::PATIENCE;
use crate::support::screen::{go_to, started};
use crate::support::server::Server;
use crate::support::wait::until;

const SEGMENTS: usize = 1_000;
const SWEEP: [&str; 6] = [
    "coverage",
    "acme-loc:20533",
    "--yes",
    "--max-age",
    "1440",
    "--json",
];

/// How often each segment was asked for.
fn asked(server: &Server) -> HashMap<String, usize> {
    let mut asked = HashMap::new();
    let exchanges = server.demo().exchanges();
    let lists = exchanges.iter();
    for list in lists.filter(|it| it.path.ends_with("/assets/list")) {
        let parts = list.query.split(['=', '&', ',']);
        let ids = parts.flat_map(|it| it.split("%2C"));
        for id in ids.filter(|it| it.parse::<u64>().is_ok()) {
            *asked.entry(id.to_owned()).or_default() += 1;
        }
    }
    asked
}

/// Kills a sweep once it has asked for so many segments.
fn killed_after(server: &Server, home: &Home, many: usize) {
    let mut sweep = Program::start(home, &SWEEP, b"");
    let there = until(PATIENCE, || {
        asked(server).len() >= many || sweep.has_ended()
    });
    assert!(there, "it stands still at {}", asked(server).len());
    let ran = sweep.kill();
    assert_eq!(ran.code, None, "it was over before: {ran:#?}");
}

#[test]
fn a_sweep_ends_without_one_refusal_across_kills_and_new_starts() {
    // Listing and texts take five calls, the sweep seven: not even the first start fits into one allowance.
    let server = Server::with(|options| {
        options.segments = Some(SEGMENTS);
        options.localised = true;
        options.assets = Some(600);
        options.calls_per_hour = Some(8);
        options.hour = std::time::Duration::from_secs(2);
    })
    .judged(Scope::Requests);
    let home = server.home();
    for part in [1, 2] {
        killed_after(&server, &home, part * SEGMENTS / 3);
    }
    let ran = run(&home, &SWEEP).exits(0);
    assert!(
        ran.stderr.contains("segments were asked before"),
        "{ran:#?}"
    );
    assert_eq!(
        told(&ran, &LOCALES),
        expected(&server, "20533", &LOCALES),
        "what was kept before the kills is shown, too"
    );
    let exchanges = server.demo().exchanges();
    assert!(exchanges.len() > 2 * 8, "the allowance held nothing back");
    assert_eq!(server.state()["wordbee"]["throttled"], 0);
    let asked = asked(&server);
    assert_eq!(asked.len(), SEGMENTS);
    // Only what was under way at a kill is asked again.
    let again = asked.values().filter(|times| **times > 1).count();
    assert!(again <= 2 * 150, "{again} were asked more than once");
}

#[test]
fn where_nothing_is_kept_what_is_allowed_is_still_kept_to_across_kills() {
    let server = Server::with(|options| {
        options.segments = Some(SEGMENTS);
        options.calls_per_hour = Some(8);
        options.hour = std::time::Duration::from_secs(2);
    })
    .judged(Scope::Requests);
    let home = server.home();
    let settings = std::fs::read_to_string(home.config()).expect("the settings");
    home.write_config(&format!("{settings}\n[index]\nkeep = false\n"));
    killed_after(&server, &home, SEGMENTS / 3);
    let ran = run(&home, &SWEEP).exits(0);
    assert!(ran.stderr.contains("of the last 2 s are made"), "{ran:#?}");
    assert_eq!(server.state()["wordbee"]["throttled"], 0);
    assert_eq!(asked(&server).len(), SEGMENTS);
}

/// A world whose long document does not fit into what is allowed.
fn narrow(calls: u64, seconds: u64) -> Server {
    Server::with(|options| {
        options.segments = Some(SEGMENTS);
        options.calls_per_hour = Some(calls);
        options.hour = std::time::Duration::from_secs(seconds);
    })
    .judged(Scope::Requests)
}

#[track_caller]
fn throttled(server: &Server) -> u64 {
    server.state()["wordbee"]["throttled"]
        .as_u64()
        .expect("a number")
}

#[test]
fn each_call_of_a_start_that_was_killed_while_it_waited_counts_whatever_becomes_of_the_index() {
    let server = narrow(12, 600);
    let home = server.home();
    for start in 0..5 {
        let mut sweep = Program::start(&home, &SWEEP, b"");
        let waits = until(PATIENCE, || {
            sweep.said("of the last 10 min are made") || sweep.has_ended()
        });
        assert!(waits, "start {start} does not wait");
        let ran = sweep.kill();
        assert_eq!(ran.code, None, "{ran:#?}");
        // It may be deleted at any time.
        let index = home.path().join(".cache/assetdeck");
        assert!(index.exists() || start > 0, "the first start kept nothing");
        let _ = std::fs::remove_dir_all(index);
    }
    assert_eq!(
        server
            .demo()
            .exchanges()
            .iter()
            .filter(|it| it.path != "/api/auth/token")
            .count(),
        10
    );
    assert_eq!(throttled(&server), 0);
}

#[test]
fn two_names_for_one_account_of_the_service_share_what_it_allows() {
    // Enough for each of them, and not for both.
    let server = narrow(20, 6);
    let mut home = server.home();
    let settings = std::fs::read_to_string(home.config()).expect("the settings");
    let start = settings.find("name = \"acme-loc\"").expect("the account");
    let own = settings[start..].split("[[").next().unwrap_or_default();
    let twin = own.replace("acme-loc", "twin-loc");
    home.write_config(&format!("{settings}\n[[accounts]]\n{twin}"));
    let key = home.get("ASSETDECK_KEY_ACME_LOC").expect("the demo's key");
    home.set("ASSETDECK_KEY_TWIN_LOC", &key);
    let mut twin = SWEEP;
    twin[1] = "twin-loc:20533";
    let sweeps = [SWEEP, twin].map(|args| Program::start(&home, &args, b""));
    let ran = sweeps.map(|sweep| sweep.end().exits(0));
    let waited = |ran: &Ran| ran.stderr.contains("of the last 6 s are made");
    assert!(ran.iter().any(waited), "{ran:#?}");
    assert_eq!(throttled(&server), 0);
}

#[test]
fn the_calls_of_a_listing_that_was_killed_count() {
    let server = narrow(12, 600);
    let home = server.home();
    server.faults(serde_json::json!([
        {"operation": "segments", "fault": "stall", "skip": 1, "ms": 60000},
    ]));
    let listing = Program::start(&home, &["ls", "acme-loc:20533"], b"");
    let stands = || server.state()["faults"]["waiting"].as_u64() == Some(1);
    assert!(until(PATIENCE, stands));
    listing.kill();
    server.faults(serde_json::json!([]));
    let before = server.demo().exchanges().len();
    let mut sweep = Program::start(&home, &SWEEP, b"");
    let waits = until(PATIENCE, || {
        sweep.said("10 of 12 calls") || sweep.has_ended()
    });
    assert!(waits, "it does not wait");
    sweep.kill();
    assert!(server.demo().exchanges().len() > before);
    assert_eq!(throttled(&server), 0);
}

/// How many pages of segments were listed since.
fn pages(server: &Server, before: usize) -> usize {
    let exchanges = server.demo().exchanges();
    let since = exchanges.iter().skip(before);
    since
        .filter(|it| it.path.ends_with("/segments/search"))
        .count()
}

#[test]
fn a_listing_that_was_stopped_goes_on_where_it_was() {
    let server = Server::with(|options| options.segments = Some(10_000)).judged(Scope::Requests);
    let home = server.home();
    let list = ["ls", "acme-loc:20533"];
    let whole = run(&server.home(), &list).exits(0);
    server.faults(serde_json::json!([
        {"operation": "segments", "fault": "stall", "skip": 15, "ms": 60000},
    ]));
    let mut listing = Program::start(&home, &list, b"");
    let stands = || server.state()["faults"]["waiting"].as_u64() == Some(1);
    assert!(until(PATIENCE, stands));
    listing.signal(Signal::INT);
    assert_eq!(listing.end().code, Some(130));
    server.faults(serde_json::json!([]));
    let before = server.demo().exchanges().len();
    let rest = run(&home, &list).exits(0);
    assert_eq!(rest.stdout, whole.stdout);
    assert_eq!(pages(&server, before), 20 - 15);
    // The third one asks for none of them.
    let before = server.demo().exchanges().len();
    assert_eq!(run(&home, &list).exits(0).stdout, whole.stdout);
    assert_eq!(pages(&server, before), 0);
}

#[test]
fn a_filter_that_asks_for_assets_waits_as_a_sweep_does() {
    let server = narrow(8, 2);
    let home = server.home();
    let ran = run(
        &home,
        &["ls", "acme-loc:20533", "--filter", "has:assets", "--yes"],
    )
    .exits(0);
    assert!(ran.stderr.contains("of the last 2 s are made"), "{ran:#?}");
    assert_eq!(throttled(&server), 0);
}

#[test]
fn a_long_document_on_the_screen_waits_and_says_until_when() {
    let server = Server::with(|options| {
        options.calls_per_hour = Some(12);
        options.hour = std::time::Duration::from_secs(4);
    })
    .judged(Scope::Requests);
    let home = server.home();
    let mut pty = started(&home);
    go_to(&mut pty, 1, "…Product catalogue");
    pty.send_keys("Enter");
    pty.wait_text("waits until");
    pty.wait_text("Segments 5,000");
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    let exchanges = server.demo().exchanges();
    let calls = exchanges.iter().map(|it| (it.arrived, &it.path, it.status));
    let calls: Vec<_> = calls.collect();
    assert_eq!(throttled(&server), 0, "{calls:#?}");
}

/// The calls so far that count, of those that list segments and of those that ask for their assets.
fn made(server: &Server) -> (usize, usize) {
    let exchanges = server.demo().exchanges();
    let of = |end: &str| exchanges.iter().filter(|it| it.path.ends_with(end)).count();
    (of("/segments/search"), of("/assets/list"))
}

#[test]
fn what_one_command_listed_the_next_one_does_not_list_again() {
    let server = Server::with(|options| options.segments = Some(SEGMENTS)).judged(Scope::Requests);
    let home = server.home();
    let first = run(&home, &["ls", "acme-loc:20533"]).exits(0);
    assert_eq!(made(&server), (2, 0));
    let again = run(&home, &["ls", "acme-loc:20533"]).exits(0);
    assert_eq!(again.stdout, first.stdout);
    run(&home, &SWEEP).exits(0);
    assert_eq!(made(&server), (2, 7), "it is kept with its seal");
    // The answers of the sweep are good for the filter, and its own for whoever comes next.
    let filter = [
        "ls",
        "acme-loc:20533",
        "--filter",
        "has:assets",
        "--max-age",
        "60",
    ];
    let kept = run(&home, &filter).exits(0);
    assert_eq!(made(&server), (2, 7));
    let anew = run(&home, &["ls", "acme-loc:20533", "--filter", "has:assets"]).exits(0);
    assert_eq!(made(&server), (2, 14));
    assert_eq!(anew.stdout, kept.stdout);
    assert!(anew.stderr.contains("takes 7 calls"), "{anew:#?}");
    // What the service sent is not kept, and scripts get it all the same.
    let json = run(&home, &["ls", "acme-loc:20533", "--json"]).exits(0);
    let of_the_service = json.json().iter().all(|it| it["raw"]["sid"].is_u64());
    assert!(
        of_the_service,
        "{}",
        json.stdout.lines().next().unwrap_or_default()
    );
    assert_eq!(made(&server), (4, 14));
}

#[test]
fn a_filter_that_takes_many_calls_asks_first() {
    let server = Server::with(|options| options.segments = Some(100 * 150));
    let home = server.home();
    let filter = ["ls", "acme-loc:20533", "--filter", "has:assets"];
    let ran = run(&home, &filter).exits(2);
    ran.complains(&["Asking for the assets of 15000 segments", "takes 100 calls"]);
    assert_eq!(made(&server).1, 0);
}
