//! Loading that is stopped goes on behind the pages that came, with real pages and keys.

use serde_json::{Value, json};

use crate::support::pty::PATIENCE;
use crate::support::screen::{go_to, started};
use crate::support::server::Server;
use crate::support::wait::until;

/// Where each page of segments began that was asked for.
fn pages(server: &Server) -> Vec<u64> {
    let exchanges = server.demo().exchanges().into_iter();
    let searches = exchanges.filter(|it| it.path.ends_with("/segments/search"));
    let bodies = searches.map(|it| serde_json::from_slice(&it.request_body).expect("JSON"));
    bodies
        .map(|body: Value| body["skip"].as_u64().expect("a number"))
        .collect()
}

/// The details are of the fourth segment.
fn fourth(screen: &str) -> bool {
    let told = screen.split("Number").nth(1).unwrap_or_default();
    told.split_whitespace().next() == Some("4")
}

#[test]
fn a_long_list_goes_on_where_it_was_stopped_and_is_kept_whole() {
    let server = Server::start();
    let home = server.home();
    server.faults(json!([
        {"operation": "segments", "fault": "stall", "skip": 3, "ms": 60000},
    ]));
    let mut pty = started(&home);
    go_to(&mut pty, 1, "…Product catalogue");
    pty.send_keys("Enter");
    let stands = || server.state()["faults"]["waiting"].as_u64() == Some(1);
    assert!(until(PATIENCE, stands), "{}", pty.screen());
    pty.send_keys("C-c");
    pty.wait_text("1500 segments are there; R goes on behind them");
    server.faults(json!([]));
    pty.send_keys("2 j j j");
    pty.wait_for("the cursor on the fourth", fourth);
    pty.send_keys("R");
    pty.wait_text("Segments 5,000");
    pty.wait_for("the cursor still there", fourth);
    let asked = pages(&server);
    let wanted: Vec<u64> = (0..10).map(|page| page * 500).collect();
    let mut once = asked.clone();
    once.dedup();
    assert_eq!(
        once, wanted,
        "only the page that it was stopped at is asked twice"
    );
    assert!(asked.len() <= wanted.len() + 1, "{asked:?}");
    // The next start has all of it from the index.
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    let mut pty = started(&home);
    go_to(&mut pty, 1, "…Product catalogue");
    pty.send_keys("Enter");
    pty.wait_text("Segments 5,000");
    assert_eq!(pages(&server).len(), asked.len());
}
