//! The main job by keys in a real terminal: a picture to a segment, a picture to a website, and what
//! is seen of both by the screen and behind its back.

use std::time::Duration;

use serde_json::json;

use crate::cli_upload::{jpeg, png};
use crate::support::pty::PATIENCE;
use crate::support::screen::{
    choose, describe, down_to, go_to, on, open, save, send, started, wait_sent,
};
use crate::support::server::{Server, sha256};
use crate::support::wait::until;

#[test]
fn a_png_goes_to_a_segment_with_locale_and_folder() {
    let server = Server::start();
    let home = server.home();
    let bytes = png("by keys");
    home.file("zz-keys.png", &bytes);
    let mut pty = started(&home);
    open(&mut pty, "Mobile app", "hero-banner");
    pty.wait_text("Segments 14");
    go_to(&mut pty, 2, "hero-banner");
    pty.wait_row(&["hero.png", "de"]);

    choose(&mut pty, "zz-keys.png");
    pty.wait_text("‹none›");
    pty.send_keys("d");
    pty.wait_text("locale de");
    pty.send_keys("Tab");
    pty.send("public/images");
    pty.wait_text("will become public/images/zz-keys.png");
    send(&mut pty);
    wait_sent(&pty, "zz-keys.png");

    let stored = server.stored("zz-keys.png");
    assert_eq!(stored.len(), 1, "{stored:#?}");
    assert_eq!(stored[0]["sha256"], sha256(&bytes));
    assert_eq!(stored[0]["locale"], "de");
    assert_eq!(stored[0]["relativePath"], "public\\images");
    assert_eq!(stored[0]["segmentId"], 27_667_833);

    // Its details, the raw answer one key further, and the deletion by a sheet that names it.
    go_to(&mut pty, 3, "zz-keys.png");
    pty.send_keys("d");
    pty.wait_text("zz-keys.png");
    pty.wait_for("a question", |screen| {
        screen.contains('?') && screen.contains("Delete")
    });
    pty.send_keys("Esc");
    pty.wait_row(&["zz-keys.png", "de"]);
    assert_eq!(server.stored("zz-keys.png").len(), 1, "Esc deletes nothing");
}

#[test]
fn a_jpeg_with_alt_text_goes_to_a_website() {
    let server = Server::start();
    let home = server.home();
    let bytes = jpeg("by keys");
    home.file("zz-team.jpg", &bytes);
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");

    choose(&mut pty, "zz-team.jpg");
    pty.wait_text("Alt text");
    pty.send_keys("Tab Tab");
    pty.wait_for("the alt text field", |screen| on(screen, "Alt text"));
    pty.send("The team in the yard: q, d and x");
    pty.wait_text("The team in the yard: q, d and x");
    send(&mut pty);
    wait_sent(&pty, "zz-team.jpg");

    let stored = server.stored("zz-team.jpg");
    assert_eq!(stored.len(), 1, "{stored:#?}");
    assert_eq!(stored[0]["sha256"], sha256(&bytes));
    assert_eq!(stored[0]["altText"], "The team in the yard: q, d and x");
    assert_eq!(stored[0]["website"]["name"], "Shop");
    assert_eq!(stored[0]["contentType"], "image/jpeg");
}

#[test]
fn a_pasted_path_joins_the_pick_and_runs_no_key() {
    let server = Server::start();
    let home = server.home();
    // A name that would be keys: quit, delete, yes.
    let bytes = png("pasted");
    let file = home.file("far/away/q d y.png", &bytes);
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    // Over the list a paste is text for nobody.
    let before = server.holdings();
    pty.paste("q\nd\ny\n");
    // Nor is what a terminal lets out of a paste with an end in it.
    pty.send("qdy");
    pty.press_until("?", "keys after a pause", |screen| {
        screen.contains("What can I do here?")
    });
    pty.press_until("Esc", "help to go", |screen| {
        !screen.contains("What can I do here?")
    });
    pty.send_keys("u");
    pty.wait_text("nothing chosen");
    pty.paste(file.to_str().unwrap());
    pty.wait_text("1 file chosen");
    assert!(server.holdings() == before, "a paste did something");
    // The pause of a hand: a key that comes sooner was in what was pasted.
    std::thread::sleep(Duration::from_millis(400));
    pty.send_keys("C-s");
    pty.wait_text("Send 1 file");
    send(&mut pty);
    wait_sent(&pty, "q d y.png");
    assert_eq!(server.stored("q d y.png")[0]["sha256"], sha256(&bytes));
}

#[test]
fn what_cannot_be_sent_is_refused_before_the_form() {
    let server = Server::start();
    let home = server.home();
    home.file("zz-empty.png", b"");
    home.file("zz-text.png", b"words, not a picture");
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    let before = server.holdings();
    pty.send_keys("u");
    pty.wait_text("nothing chosen");
    pty.paste(home.path().join("zz-empty.png").to_str().unwrap());
    pty.wait_row(&["zz-empty.png", "empty"]);
    pty.paste(home.path().join("zz-text.png").to_str().unwrap());
    pty.wait_row(&["✗", "zz-text.png"]);
    pty.wait_text("nothing chosen");
    assert!(server.holdings() == before, "something was sent");
}

#[test]
fn a_guest_sees_why_not() {
    let server = Server::start();
    let home = server.home();
    home.file("zz-mine.png", &png("mine"));
    let mut pty = started(&home);
    // The key without scopes: the first pane says so, and which scope is missing is one step away.
    pty.wait_text("not allowed");
    go_to(&mut pty, 1, "not allowed");
    pty.wait_text("assets:read");

    // The user who may look only: the transfer fails with the service's own words.
    down_to(&mut pty, 1, "WORDBEE guest");
    down_to(&mut pty, 1, "Mobile app");
    pty.send_keys("Enter");
    pty.wait_text("guest-loc · Mobile app");
    pty.wait_text("Segments 14");
    choose(&mut pty, "zz-mine.png");
    send(&mut pty);
    pty.wait_text("right to");
    assert!(server.stored("zz-mine.png").is_empty());
}

#[test]
fn details_lead_to_the_raw_answer_and_back() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    go_to(&mut pty, 3, "logo.png");
    pty.wait_row(&["Alt text", "ACME"]);
    pty.send_keys("i");
    pty.send_keys("i");
    pty.wait_text("\"s3Key\"");
    pty.send_keys("i");
    pty.wait_gone("\"s3Key\"");
    pty.wait_row(&["Alt text", "ACME"]);
}

#[test]
fn metadata_is_edited_by_a_form() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    go_to(&mut pty, 3, "logo.png");
    describe(&mut pty, "Our mark");
    let changed = || {
        server
            .stored("logo.png")
            .into_iter()
            .find(|it| it["website"]["name"] == "Shop")
    };
    assert!(
        until(PATIENCE, || {
            changed().is_some_and(|asset| asset["altText"] == "Our mark")
        }),
        "{:#?}\n{}",
        changed(),
        pty.screen()
    );
    // What was not touched kept its value.
    assert_eq!(changed().unwrap()["tags"], json!(["brand"]));
    assert_eq!(
        changed().unwrap()["description"],
        "Use on light backgrounds only"
    );
}

#[test]
fn an_asset_is_saved_to_a_folder_and_deleted_by_a_sheet() {
    let server = Server::start();
    let home = server.home();
    let mut pty = started(&home);
    open(&mut pty, "Shop", "logo.png");
    go_to(&mut pty, 3, "logo.png");
    save(&mut pty, home.path(), "logo.png");

    pty.send_keys("d");
    pty.wait_text("[ Keep ]");
    pty.press_until("y", "the sheet to close", |screen| {
        !screen.contains("[ Keep ]")
    });
    let gone = until(PATIENCE, || {
        !server
            .stored("logo.png")
            .iter()
            .any(|it| it["website"]["name"] == "Shop")
    });
    assert!(gone, "the screen:\n{}", pty.screen());
}
