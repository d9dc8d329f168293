//! A whole document, saved by keys: what is there is counted and asked about first.

use std::fs;

use crate::support::cli::run;
use crate::support::screen::{go_to, started};
use crate::support::server::Server;

/// The address of the document, and what the command would save of it.
fn document(home: &crate::support::home::Home) -> String {
    let listed = run(home, &["ls", "acme-loc:", "--json"]).exits(0);
    crate::cli_browse::ref_of(&listed, "Mobile app")
}

/// Every file below a folder, by its path in it, with its bytes; the list left out.
fn files(root: &std::path::Path) -> std::collections::BTreeMap<String, Vec<u8>> {
    let mut found = std::collections::BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let relative = path.strip_prefix(root).unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if relative != "assetdeck.json" {
                found.insert(relative.to_owned(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

#[test]
fn a_document_becomes_the_tree_that_the_command_makes() {
    let server = Server::start();
    let home = server.home();
    let document = document(&home);
    let by_command = home.path().join("by-command");
    let by_keys = home.path().join("by-keys");
    let out = by_command.to_str().unwrap();
    run(&home, &["get", &document, "--out", out, "--yes"]).exits(0);
    let wanted = files(&by_command);
    let tops = |locale: &str| {
        let part = format!("/{locale}/");
        wanted.keys().filter(|path| path.contains(&part)).count()
    };
    assert!(tops("de") > 0 && tops("fr") > 0, "{:?}", wanted.keys());
    // One file has the name of a file of the user's.
    let (taken, _) = wanted
        .iter()
        .find(|(path, _)| path.contains("/de/"))
        .unwrap();
    fs::create_dir_all(by_keys.join(taken).parent().unwrap()).unwrap();
    fs::write(by_keys.join(taken), b"mine").unwrap();

    let mut pty = started(&home);
    go_to(&mut pty, 1, "Mobile app");
    pty.send_keys("s");
    pty.wait_text("Everything in Mobile app");
    pty.wait_text(&format!("Listed: {} files", wanted.len()));
    pty.send(by_keys.to_str().unwrap());
    pty.wait_text("by-keys");
    pty.send_keys("C-s");
    pty.wait_text(&format!("Saves {} files", wanted.len() - 1));
    pty.wait_text("1 kept, 0 replaced");
    assert_eq!(files(&by_keys).len(), 1, "nothing is written before a yes");
    pty.press_until("y", "the sheet to close", |screen| {
        !screen.contains("Save everything")
    });
    pty.wait_text(&format!("{} done", wanted.len() - 1));
    let mut saved = files(&by_keys);
    assert_eq!(
        saved.insert(taken.clone(), wanted[taken].clone()).unwrap(),
        b"mine"
    );
    assert_eq!(saved, wanted);

    // By keys too the list leads back, each file to its own segment and without a form.
    pty.send_keys("u");
    pty.wait_text("nothing chosen");
    pty.send_keys("/");
    pty.wait_text("filter");
    pty.send("by-keys");
    pty.wait_text("by-keys/");
    pty.send_keys("Enter");
    pty.send_keys("Space");
    pty.wait_text("1 folder chosen");
    pty.send_keys("C-s");
    pty.wait_text("Plan for Mobile app");
    pty.wait_text("SEGMENT");
    pty.wait_text("hero-banner");
    pty.wait_text(&format!("{} same", wanted.len() - 1));
    pty.wait_text("1 problem");
    pty.send_keys("Esc");

    // The list leads back: nothing but the user's own file differs from what is there.
    let folder = by_keys.to_str().unwrap();
    let back = run(
        &home,
        &["upload", folder, "--to", &document, "--dry-run", "--json"],
    );
    let rows = back.json();
    let same = rows.iter().filter(|row| row["verdict"] == "same").count();
    assert_eq!(same, wanted.len() - 1, "{}", back.stdout);
}
