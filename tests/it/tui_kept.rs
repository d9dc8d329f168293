//! What was listed before: on the screen at the next start, before and without the service.

use serde_json::json;

use crate::support::home::Home;
use crate::support::pty::{PATIENCE, Pty};
use crate::support::screen::{go_to, on, open, started};
use crate::support::server::Server;

/// How often the documents' service was asked for this.
fn asked(server: &Server, end: &str) -> usize {
    let exchanges = server.demo().exchanges();
    { exchanges.iter() }
        .filter(|it| it.path.ends_with(end))
        .count()
}

#[track_caller]
fn leave(mut pty: Pty) {
    pty.send_keys("q");
    assert_eq!(pty.exit_code(PATIENCE), 0);
    pty.assert_restored();
}

/// One session that looks at a website and a document.
fn looked(server: &Server) -> Home {
    let home = server.home();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    open(&mut pty, "Mobile app", "order.summary");
    go_to(&mut pty, 2, "empty.state");
    pty.wait_row(&["empty.state", "●1"]);
    leave(pty);
    home
}

#[test]
fn the_next_start_shows_them_before_any_answer_and_asks_for_what_changed_only() {
    let server = Server::start();
    let home = looked(&server);
    let (searches, pulls) = (
        asked(&server, "/segments/search"),
        asked(&server, "/contents/pull"),
    );
    assert!(searches > 0 && pulls > 0);
    // Nothing is answered any more but signing in.
    server.faults(json!([
        {"service": "segmentflow", "fault": "stall", "ms": 60000, "times": "always"},
        {"service": "wordbee", "path": "/api/apps/*", "fault": "stall", "ms": 60000, "times": "always"},
        {"service": "wordbee", "path": "/api/resources/*", "fault": "stall", "ms": 60000, "times": "always"},
    ]));
    let mut pty = started(&home);
    open(&mut pty, "Mobile app", "order.summary");
    pty.wait_row(&["empty.state", "●1"]);
    open(&mut pty, "Shop", "logo.png");
    pty.wait_text("just now");
    leave(pty);
    // With answers: the document says that it did not change, and nothing of it is listed again.
    server.faults(json!([]));
    let searches = asked(&server, "/segments/search");
    let mut pty = started(&home);
    open(&mut pty, "Mobile app", "order.summary");
    pty.wait_row(&["empty.state", "●1"]);
    leave(pty);
    assert_eq!(asked(&server, "/segments/search"), searches);
    assert_eq!(asked(&server, "/contents/pull"), pulls);
}

#[test]
fn without_the_service_they_stay_and_say_that_they_are_old() {
    let server = Server::start();
    let home = looked(&server);
    server.faults(json!([{"fault": "status", "status": 500, "times": "always"}]));
    let mut pty = started(&home);
    pty.wait_text("! old");
    open(&mut pty, "Shop", "logo.png");
    pty.wait_text("not refreshed");
    leave(pty);
}

#[test]
fn a_damaged_index_is_told_and_made_anew() {
    let server = Server::start();
    let home = looked(&server);
    let folder = home.path().join(".cache/assetdeck");
    let file = folder.join("index-1.db");
    assert!(file.exists());
    std::fs::write(&file, b"no index").unwrap();
    let pty = started(&home);
    pty.wait_text("set aside as index-1.damaged.db");
    leave(pty);
    assert!(folder.join("index-1.damaged.db").exists());
    leave(started(&home));
}

#[test]
fn the_box_finds_an_asset_and_goes_there() {
    let server = Server::start();
    let home = looked(&server);
    let mut pty = started(&home);
    pty.send_keys("F");
    pty.wait_text("Find anything");
    pty.send("logo.png");
    pty.wait_row(&["logo.png", "asset", "Shop"]);
    pty.send_keys("Enter");
    pty.wait_gone("Find anything");
    pty.wait_for("the cursor on it", |screen| on(screen, "logo.png"));
    leave(pty);
}
