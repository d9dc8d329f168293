//! Coverage by keys in a real terminal: from a gap to a file in it, and a document of thousands of
//! segments.

use serde_json::Value;

use crate::cli_coverage::{LOCALES, expected};
use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::screen::{go_to, started};
use crate::support::server::{Server, sha256};

#[test]
fn a_gap_is_found_filled_and_then_present() {
    let server = Server::start();
    let home = server.home();
    let bytes = png("fills a gap");
    home.file("zz-gap.png", &bytes);
    let mut pty = started(&home);
    go_to(&mut pty, 1, "Mobile app");
    pty.send_keys("c");
    pty.wait_text("Coverage of Mobile app");
    pty.wait_text("14 segments · ");
    // The first gap is the hero in German.
    pty.wait_row(&["hero-banner", "hero@2x.png"]);
    let gaps = |screen: &str| -> Option<usize> {
        let (_, after) = screen.split_once("14 segments · ")?;
        after.split_once(" missing")?.0.parse().ok()
    };
    let before = gaps(&pty.screen()).expect("how many are missing");
    pty.send_keys("n");
    pty.wait_text("hero@2x.png in de: missing; u uploads hero@2x.png");

    pty.send_keys("u");
    pty.wait_text("Upload to Mobile app / hero-banner (de)");
    pty.send_keys("/");
    pty.wait_text("filter");
    pty.send("zz-gap");
    pty.wait_text("zz-gap.png");
    pty.send_keys("Enter");
    pty.send_keys("Space");
    pty.wait_text("1 file chosen");
    pty.send_keys("C-s");
    pty.wait_text("from zz-gap.png");
    pty.wait_text("locale de");
    pty.press_until("C-s", "the form to close", |screen| {
        !screen.contains("Send 1 file")
    });
    pty.wait_text("hero@2x.png in de: present");
    pty.wait_for("one gap less", |screen| gaps(screen) == Some(before - 1));

    let stored = server.stored("hero@2x.png");
    let own = stored.iter().find(|it| it["locale"] == "de").expect("it");
    assert_eq!(own["sha256"], sha256(&bytes));
    assert_eq!(own["segmentId"], 27_667_833);

    // Enter shows it beside its source, and the key comes back to the cell.
    pty.send_keys("Enter");
    pty.wait_text("de hero@2x.png");
    pty.wait_text("no language hero@2x.png");
    pty.send_keys("c");
    pty.wait_text("hero@2x.png in de: present");
}

#[test]
fn thousands_of_segments_are_asked_after_a_yes_and_gone_on_with() {
    let server = Server::with(|options| {
        options.localised = true;
        options.assets = Some(1_900);
    });
    let home = server.home();
    let mut pty = started(&home);
    go_to(&mut pty, 1, "…Product catalogue");
    pty.send_keys("c");
    pty.wait_text("34 calls");
    pty.wait_text("allows about 1000 an hour");
    pty.press_until("y", "the question to go", |screen| {
        !screen.contains("34 calls")
    });
    pty.wait_text("5000 segments · ");
    pty.wait_text("only gaps");
    let missing = {
        let state = server.state();
        let assets = state["wordbee"]["assets"].as_array().expect("a list").len();
        assert!(assets > 1_500, "{assets}");
        let screen = pty.screen();
        let (_, after) = screen.split_once("5000 segments · ").expect("the summary");
        after.split_once(" missing").expect("a count").0.to_owned()
    };
    // By command it is the same.
    let ran = run(
        &home,
        &[
            "coverage",
            "acme-loc:20533",
            "--fail-on",
            "missing",
            "--csv",
        ],
    );
    let ran = ran.exits(5);
    assert!(
        ran.stderr.contains(&format!("{missing} missing")),
        "{missing}: {}",
        ran.stderr
    );
}

/// How many cells of the document are in which state, from what the demo holds.
fn gaps(server: &Server) -> String {
    let rows = expected(server, "20533", &LOCALES);
    let many = |state: &str| -> usize {
        let cells = rows.iter().flat_map(|row| &row.3);
        cells.filter(|cell| *cell == state).count()
    };
    let states = ["missing", "older", "differs"];
    states
        .map(|state| format!(" · {} {state}", many(state)))
        .concat()
}

#[test]
fn what_changed_outside_is_shown_as_old_until_it_is_asked_again_and_agrees_then() {
    let server = Server::with(|options| {
        options.localised = true;
        options.assets = Some(1_900);
    });
    let home = server.home();
    let coverage = ["coverage", "acme-loc:20533", "--json"];
    let listed = run(&home, &coverage).exits(0).json();
    // An hour passes.
    let index = home.path().join(".cache/assetdeck/index-1.db");
    let index = rusqlite::Connection::open(index).expect("the index");
    let aged = index.execute("UPDATE marks SET at = at - 3600000", []);
    assert_eq!(aged.expect("its marks"), 5_000);
    let before = gaps(&server);

    // Somebody else fills two gaps, takes four versions away and replaces three sources.
    let other = server.home();
    let cells = |state: &str, many: usize| -> Vec<(&Value, &Value)> {
        let rows = listed.iter().filter(|it| it["kind"] == "coverage");
        let cells = rows.flat_map(|row| {
            let cells = row["cells"].as_array().expect("cells").iter().skip(1);
            cells.map(move |cell| (row, cell))
        });
        let wanted = cells.filter(|(_, cell)| cell["state"] == state);
        // Not of one row, and behind what the panes ask for by themselves.
        wanted.skip(300).step_by(23).take(many).collect()
    };
    for (row, cell) in cells("missing", 2) {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let file = other.file(&text(&row["asset"]), &png("fills a gap"));
        let to = format!("acme-loc:20533/{}", text(&row["id"]));
        let (locale, folder) = (text(&cell["locale"]), text(&row["folder"]));
        let file = file.to_str().expect("text");
        let place = ["--to", &to, "--locale", &locale, "--folder", &folder];
        run(&other, &[&["upload", file], &place[..]].concat()).exits(0);
    }
    let rows = listed.iter().filter(|it| it["kind"] == "coverage");
    let sources = rows.filter(|row| {
        let source = row["cells"][0]["ref"].as_str().unwrap_or_default();
        source.contains("@en/")
    });
    let sources: Vec<&Value> = sources.skip(60).step_by(29).take(3).collect();
    assert_eq!(sources.len(), 3);
    for row in sources {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let file = other.file(&text(&row["asset"]), &png("another source"));
        let to = format!("acme-loc:20533/{}", text(&row["id"]));
        let (file, folder) = (file.to_str().expect("text"), text(&row["folder"]));
        let place = ["--to", &to, "--locale", "en", "--folder", &folder];
        let upload = [&["upload", file, "--on-clash", "replace"], &place[..]].concat();
        let sent = run(&other, &upload).exits(0);
        assert!(sent.stdout.contains("@en/"), "{sent:#?}");
    }
    for (_, cell) in cells("present", 4) {
        let reference = cell["ref"].as_str().expect("a ref");
        run(&other, &["rm", "--yes", reference]).exits(0);
    }
    let after = gaps(&server);
    assert_ne!(before, after);

    let mut pty = started(&home);
    go_to(&mut pty, 1, "…Product catalogue");
    pty.send_keys("c");
    pty.wait_text("5000 segments · ");
    pty.wait_text(&before);
    pty.wait_text("seen a while ago, R asks those shown again");
    pty.wait_text("1 h ago");
    pty.press_until("f", "all rows", |screen| screen.contains("   all "));
    pty.send_keys("R");
    pty.wait_text("34 calls");
    pty.press_until("y", "the question to go", |screen| {
        !screen.contains("34 calls")
    });
    pty.wait_text(&after);
    pty.wait_gone("asking again");
    pty.wait_gone("seen a while ago");
    pty.wait_text(&after);
}
