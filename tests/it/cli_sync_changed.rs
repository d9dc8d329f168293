//! What one side deleted and the other one changed: never deleted without a word of its own.

use std::fs;

use crate::cli_sync::{
    HERO, PLACE, change_at_the_service, edit, files, refs, sync, synced, verdicts,
};
use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::pty::Pty;
use crate::support::server::Server;

#[test]
fn a_file_that_was_changed_here_stays_when_its_asset_is_gone() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    edit(&dir.join(HERO), &png("mine, and nowhere else"));
    run(&home, &["rm", "--yes", &format!("{PLACE}@{HERO}")]).exits(0);
    let before = files(&dir);
    let down = ["--down", "--delete"];
    assert_eq!(verdicts(&home, &down).get("delete"), None);
    assert_eq!(verdicts(&home, &down)["problem"], 1);
    let said = ["hero.png", "not deleted", "changed since"];
    sync(&home, &[&down[..], &["--yes"]].concat())
        .exits(3)
        .complains(&said);
    assert_eq!(files(&dir), before);
    // Left alone, what else there is to delete goes.
    fs::write(dir.join("stray.png"), b"too much").unwrap();
    sync(
        &home,
        &[&down[..], &["--yes", "--on-clash", "skip"]].concat(),
    )
    .exits(0);
    assert_eq!(files(&dir), before);
    sync(
        &home,
        &[&down[..], &["--yes", "--on-clash", "replace"]].concat(),
    )
    .exits(0);
    assert!(!dir.join(HERO).exists());
}

#[test]
fn an_asset_that_was_changed_there_stays_when_its_file_is_gone() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    change_at_the_service(&home, "theirs, and nowhere else");
    fs::remove_file(dir.join(HERO)).unwrap();
    let before = refs(&home);
    assert_eq!(verdicts(&home, &["--delete"]).get("delete"), None);
    assert_eq!(verdicts(&home, &["--delete"])["problem"], 1);
    sync(&home, &["--delete", "--yes"]).exits(3).complains(&[
        "hero.png",
        "not deleted",
        "changed since",
    ]);
    assert_eq!(refs(&home), before);
    sync(&home, &["--delete", "--yes", "--on-clash", "skip"]).exits(0);
    assert_eq!(refs(&home), before);
    sync(&home, &["--delete", "--yes", "--on-clash", "replace"]).exits(0);
    assert_eq!(refs(&home).len(), before.len() - 1);
}

/// A website gives what takes another's place an id of its own.
#[test]
fn what_took_the_place_of_an_asset_is_no_asset_that_a_folder_has_not() {
    let server = Server::start();
    let home = server.home();
    run(&home, &["sync", "shop", "acme-web:Shop", "--down"]).exits(0);
    let file = home.file("theirs/logo.png", &png("theirs, and nowhere else"));
    let args = ["upload", file.to_str().unwrap(), "--to", "acme-web:Shop"];
    run(
        &home,
        &[&args[..], &["--on-clash", "replace", "--yes"]].concat(),
    )
    .exits(0);
    let shop = home.path().join("shop");
    fs::remove_file(shop.join("logo.png")).unwrap();
    let before = server.holdings();
    run(
        &home,
        &["sync", "shop", "acme-web:Shop", "--delete", "--yes"],
    )
    .exits(3)
    .complains(&["logo.png", "changed since"]);
    assert!(server.holdings() == before, "something was deleted");
}

#[test]
fn on_a_terminal_each_of_them_is_asked_about() {
    let server = Server::start();
    let (home, dir) = synced(&server);
    edit(&dir.join(HERO), &png("mine, and nowhere else"));
    run(&home, &["rm", "--yes", &format!("{PLACE}@{HERO}")]).exits(0);
    let mut pty = Pty::start(
        &home,
        &["sync", "docs", PLACE, "--down", "--delete"],
        (100, 30),
    );
    pty.wait_text("Delete it all the same? [y/N]");
    pty.send("\r");
    pty.exit_code(std::time::Duration::from_secs(20));
    assert!(dir.join(HERO).is_file());
}
