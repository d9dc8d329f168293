//! Whole folders by command: the plan, clashes, saved plans, and that a bad row stops no other.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::cli_browse::{hero_segment, ref_of};
use crate::cli_upload::png;
use crate::support::cli::{Ran, run};
use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::server::{Server, sha256};

fn upload(home: &Home, more: &[&str]) -> Ran {
    run(home, &[&["upload"], more].concat())
}

fn shop(home: &Home) -> String {
    ref_of(&run(home, &["ls", "acme-web:", "--json"]).exits(0), "Shop")
}

/// `name verdict` of each row.
fn verdicts(ran: &Ran) -> Vec<String> {
    let text = |row: &Value, member: &str| row[member].as_str().unwrap_or("-").to_owned();
    ran.json()
        .iter()
        .map(|row| format!("{} {}", text(row, "name"), text(row, "verdict")))
        .collect()
}

#[test]
fn a_tree_goes_up_by_its_pattern_and_is_there_the_second_time() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    for path in [
        "de/public/tree a.png",
        "fr/tree a.png",
        "no-locale/x/y/tree b.png",
    ] {
        home.file(&format!("tree/{path}"), &png(path));
    }
    home.file("tree/.cache/tree hidden.png", &png("hidden"));
    symlink("de", home.path().join("tree/link")).unwrap();
    let tree = [
        "tree",
        "--to",
        &segment,
        "--pattern",
        "{locale}/{folder}/{name}",
    ];
    let before = server.holdings();
    let dry = upload(&home, &[&tree[..], &["--dry-run", "--json"]].concat()).exits(0);
    assert!(server.holdings() == before, "a dry run sends nothing");
    let rows = dry.json();
    assert_eq!(rows.len(), 3, "{dry:?}");
    assert_eq!(rows[0]["file"], "tree/de/public/tree a.png");
    assert_eq!(
        (&rows[0]["locale"], &rows[0]["folder"]),
        (&"de".into(), &"public".into())
    );
    assert_eq!(
        (&rows[2]["locale"], &rows[2]["folder"]),
        (&Value::Null, &"x/y".into())
    );
    assert!(
        rows.iter()
            .all(|row| row["verdict"] == "new" && row["to"] == *segment)
    );
    dry.complains(&["tree/link", "it is a link"]);
    dry.complains(&["1 hidden entry"]);

    upload(&home, &tree).exits(0);
    assert_eq!(server.stored("tree a.png").len(), 2);
    let stored = server.stored("tree b.png");
    assert_eq!(
        stored[0]["sha256"],
        sha256(&png("no-locale/x/y/tree b.png"))
    );
    assert!(server.stored("tree hidden.png").is_empty());

    let after = server.holdings();
    let again = upload(&home, &tree).exits(0);
    assert_eq!(
        again.stderr.matches("it is there already").count(),
        3,
        "{again:?}"
    );
    assert!(server.holdings() == after, "nothing is sent twice");
}

#[test]
fn a_wrong_locale_or_name_is_a_problem_of_its_row_only() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    for path in ["de/row a.png", "DE/row b.png", "de/row A.png", "row c.png"] {
        home.file(&format!("tree/{path}"), &png(path));
    }
    let tree = [
        "tree",
        "--to",
        &segment,
        "--pattern",
        "{locale}/{folder}/{name}",
    ];
    let dry = upload(&home, &[&tree[..], &["--dry-run", "--json"]].concat()).exits(3);
    assert_eq!(
        verdicts(&dry),
        [
            "row b.png problem",
            "row A.png new",
            "row a.png problem",
            "row c.png problem"
        ]
    );
    let ran = upload(&home, &tree).exits(3);
    ran.complains(&["row b.png", "did you mean de?"]);
    ran.complains(&["row a.png", "row A.png", "differs"]);
    ran.complains(&["row c.png", "does not fit the pattern"]);
    assert_eq!(server.stored("row A.png").len(), 1);
    for name in ["row a.png", "row b.png", "row c.png"] {
        assert!(server.stored(name).is_empty(), "{name}");
    }
    // Nothing that can be sent: failed, not partly.
    fs::remove_file(home.path().join("tree/de/row A.png")).unwrap();
    fs::remove_file(home.path().join("tree/de/row a.png")).unwrap();
    upload(&home, &[&tree[..], &["--dry-run"]].concat()).exits(1);
    upload(&home, &[&tree[..], &["--locale", "de"]].concat()).exits(2);
    let wrong = ["tree", "--to", &segment, "--pattern", "{locale}/{nmae}"];
    upload(&home, &wrong)
        .exits(2)
        .complains(&["character 10", "{name}"]);
}

#[test]
fn of_a_hundred_files_one_bad_one_is_named_and_the_others_go() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    for number in 0..100 {
        let bytes = if number == 37 {
            Vec::new()
        } else {
            png(&number.to_string())
        };
        home.file(&format!("many/many {number}.png"), &bytes);
    }
    let ran = upload(&home, &["many", "--to", &segment]).exits(3);
    ran.complains(&["many 37.png", "0 bytes"]);
    assert_eq!(ran.stdout.lines().count(), 99);
    let held = |number: usize| server.stored(&format!("many {number}.png")).len();
    assert!((0..100).all(|number| held(number) == usize::from(number != 37)));
}

#[test]
fn a_taken_name_is_never_replaced_unasked() {
    let server = Server::start();
    let home = server.home();
    for to in [hero_segment(&home), shop(&home)] {
        let name = format!("clash {}.png", to.len());
        home.file(&name, &png("old"));
        upload(&home, &[&name, "--to", &to]).exits(0);
        home.file(&name, &png("new and longer"));
        let send = |what: &str| upload(&home, &[&name, "--to", &to, "--on-clash", what]);
        let hash = || -> Vec<String> {
            let stored = server.stored(&name);
            stored
                .iter()
                .map(|asset| asset["sha256"].as_str().unwrap().to_owned())
                .collect()
        };
        let old = [sha256(&png("old"))];
        upload(&home, &[&name, "--to", &to])
            .exits(1)
            .complains(&[&name, "is there already"]);
        send("fail").exits(1);
        send("ask").exits(2);
        send("skip")
            .exits(0)
            .complains(&[&name, "is there already"]);
        assert_eq!(hash(), old);
        let dry = ["--on-clash", "replace", "--dry-run", "--json"];
        let dry = upload(&home, &[&[name.as_str(), "--to", &to], &dry[..]].concat()).exits(0);
        assert_eq!(dry.json()[0]["verdict"], "replace");
        assert!(dry.json()[0]["there"].as_str().unwrap().contains('@'));
        assert_eq!(hash(), old);
        send("replace").exits(0);
        assert_eq!(hash(), [sha256(&png("new and longer"))], "{to}");
        home.file(&name, &png("the third"));
        if to.starts_with("acme-web:") {
            send("keep").exits(0);
            assert_eq!(hash().len(), 2);
        } else {
            send("keep").exits(1).complains(&["holds a name once"]);
        }
    }
}

#[test]
fn what_is_replaced_keeps_its_texts_where_none_are_given() {
    let server = Server::start();
    let home = server.home();
    let to = shop(&home);
    let send = |content: &str, more: &[&str]| {
        home.file("texts.png", &png(content));
        let args = ["texts.png", "--to", &to, "--on-clash", "replace"];
        upload(&home, &[&args[..], more].concat()).exits(0);
        let stored = server.stored("texts.png");
        assert_eq!(stored.len(), 1);
        ["altText", "description", "tags", "imageType"].map(|text| stored[0][text].clone())
    };
    let texts = [
        "--alt",
        "before",
        "--description",
        "of a team",
        "--tag",
        "yard",
    ];
    let first = send("old", &texts);
    assert_eq!(first[..2], ["before", "of a team"]);
    assert_eq!(send("new and longer", &[]), first);
    let third = send("the third of them", &["--alt", "after"]);
    assert_eq!(third[0], "after");
    assert_eq!(third[1..], first[1..]);
}

#[test]
fn on_a_terminal_a_clash_is_asked_about_and_a_no_stops_that_file_only() {
    let server = Server::start();
    let home = server.home();
    let to = shop(&home);
    let (old, new) = (png(&"o".repeat(2_010_000)), png(&"n".repeat(2_020_000)));
    for name in ["ask a.png", "ask b.png"] {
        home.file(&format!("ask/{name}"), &old);
    }
    upload(&home, &["ask", "--to", &to]).exits(0);
    for name in ["ask a.png", "ask b.png", "ask c.png"] {
        home.file(&format!("ask/{name}"), &new);
    }
    let mut pty = Pty::start(&home, &["upload", "ask", "--to", &to], (140, 40));
    pty.wait_text("“ask a.png”");
    let how = "r replace: the new one is uploaded beside the old one";
    assert!(pty.screen().contains(how), "{}", pty.screen());
    // Both are 2 MB.
    let sizes = [
        format!("({} bytes) is there already", old.len()),
        format!("this one has {} bytes: r replace, s skip", new.len()),
    ];
    for size in sizes {
        assert!(pty.screen().contains(&size), "{}", pty.screen());
    }
    pty.send("s\r");
    pty.wait_text("“ask b.png”");
    pty.send("r\r");
    pty.wait_text("Send? [y/N]");
    assert!(pty.screen().contains("2 files to send"), "{}", pty.screen());
    pty.send("y\r");
    assert_eq!(
        pty.exit_code(std::time::Duration::from_mins(1)),
        0,
        "{}",
        pty.screen()
    );
    let hash = |name: &str| server.stored(name)[0]["sha256"].clone();
    assert_eq!(hash("ask a.png"), sha256(&old));
    assert_eq!(hash("ask b.png"), sha256(&new));
    assert_eq!(hash("ask c.png"), sha256(&new));
    assert_eq!(server.stored("ask b.png").len(), 1);
}

#[test]
fn a_saved_plan_is_looked_at_anew() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    for name in ["a", "b", "c", "d", "e"] {
        home.file(&format!("saved/plan {name}.png"), &png(name));
    }
    let save = [
        "saved",
        "--to",
        &segment,
        "--folder",
        "planned",
        "--save-plan",
        "my.plan",
    ];
    let before = server.holdings();
    upload(&home, &save)
        .exits(0)
        .complains(&["5 files to send"]);
    assert!(server.holdings() == before, "saving sends nothing");
    let file = home.path().join("my.plan");
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    upload(&home, &save).exits(2).complains(&["my.plan exists"]);

    // Since then: one file changed, one was exchanged for a link, one name was taken.
    home.file("saved/plan b.png", &png("b changed"));
    fs::remove_file(home.path().join("saved/plan c.png")).unwrap();
    symlink("plan a.png", home.path().join("saved/plan c.png")).unwrap();
    home.file("other/plan d.png", &png("somebody else's"));
    upload(&home, &["other", "--to", &segment, "--folder", "planned"]).exits(0);

    let dry = upload(&home, &["--plan", "my.plan", "--dry-run", "--json"]).exits(3);
    assert_eq!(
        verdicts(&dry),
        [
            "plan a.png new",
            "plan b.png problem",
            "plan c.png problem",
            "plan d.png problem",
            "plan e.png new"
        ]
    );
    let ran = upload(&home, &["--plan", "my.plan"]).exits(3);
    ran.complains(&["plan b.png", "since the plan was saved it had"]);
    ran.complains(&["plan c.png", "a link was put into its path"]);
    ran.complains(&["plan d.png", "appeared there"]);
    let stored = server.stored("plan d.png");
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0]["sha256"], sha256(&png("somebody else's")));
    assert_eq!(server.stored("plan a.png").len(), 1);
    // Run again, what it has done is no surprise.
    let again = upload(&home, &["--plan", "my.plan", "--dry-run", "--json"]).exits(3);
    assert_eq!(verdicts(&again)[0], "plan a.png same");

    upload(&home, &[&save[..], &["--yes"]].concat()).exits(3);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o620)).unwrap();
    upload(&home, &["--plan", "my.plan"])
        .exits(2)
        .complains(&["other users can write"]);
    home.file("not.plan", b"{\"assetdeck_plan\":3}");
    upload(&home, &["--plan", "not.plan"])
        .exits(2)
        .complains(&["version 3"]);
}

#[test]
fn a_saved_plan_does_not_replace_what_another_put_there_since() {
    let server = Server::start();
    let (home, other) = (server.home(), server.home());
    let website = shop(&home);
    // Segments say the date of an asset alone, websites also where its bytes are.
    for (to, name) in [(hero_segment(&home), "seg.csv"), (website, "web.csv")] {
        for (home, path) in [(&home, "a"), (&home, "b"), (&other, "c")] {
            home.file(&format!("{path}/{name}"), format!("{path},1\n").as_bytes());
        }
        let [a, b, c] = ["a", "b", "c"].map(|path| format!("{path}/{name}"));
        let stored = || server.stored(name).pop().unwrap()["sha256"].clone();
        upload(&home, &[&a, "--to", &to, "--on-clash", "replace"]).exits(0);
        let replace = [&b[..], "--to", &to, "--on-clash", "replace"];
        let save = [&replace[..], &["--save-plan", "p", "--yes"]].concat();
        let run_plan = || upload(&home, &["--plan", "p"]);
        upload(&home, &save).exits(0);
        run_plan().exits(0);
        assert_eq!(stored(), sha256(b"b,1\n"), "{to}");
        // What the first run has done is no surprise.
        run_plan().exits(0).complains(&["it is there already"]);

        home.file(&b, b"B,1\n");
        upload(&home, &save).exits(0);
        upload(&other, &[&c, "--to", &to, "--on-clash", "replace"]).exits(0);
        assert_eq!(stored(), sha256(b"c,1\n"), "{to}");
        run_plan().exits(1).complains(&[
            &b,
            "since the plan was saved the asset that it replaces was changed",
        ]);
        assert_eq!(stored(), sha256(b"c,1\n"), "{to}");
    }
}

#[test]
fn assets_of_one_name_come_back_as_files_that_are_the_same() {
    let server = Server::start();
    let home = server.home();
    let website = shop(&home);
    for (path, mark) in [("a", "one"), ("b", "the other")] {
        let path = format!("{path}/twin.png");
        home.file(&path, &png(mark));
        upload(&home, &[&path, "--to", &website, "--on-clash", "keep"]).exits(0);
    }
    assert_eq!(server.stored("twin.png").len(), 2);
    // Another machine, which has nothing but the list in the folder.
    let other = server.home();
    run(&other, &["get", &website, "--out", "saved", "--yes"]).exits(0);
    let back = ["saved", "--to", &website, "--dry-run", "--json"];
    let dry = upload(&other, &back).exits(0);
    let all = verdicts(&dry);
    assert!(all.iter().all(|row| row.ends_with(" same")), "{all:?}");
    let twins = all.iter().filter(|row| *row == "twin.png same").count();
    assert_eq!(twins, 2, "{all:?}");
}

#[test]
fn patterns_of_the_settings_fill_and_wrong_ones_name_their_line() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let settings = fs::read_to_string(home.config()).unwrap();
    let with = |patterns: &str| {
        home.write_config(&format!("{settings}patterns = {patterns}\n"));
    };
    with("[\"{name}.{locale}.{ext}\", \"{locale}/{folder}/{name}\"]");
    for path in ["set a.de.png", "fr/x/set b.png", "set c.min.png"] {
        home.file(&format!("set/{path}"), &png(path));
    }
    let dry = ["set", "--to", &segment, "--dry-run", "--json"];
    let rows = upload(&home, &dry).exits(0).json();
    let read = |at: usize| {
        (
            rows[at]["locale"].as_str(),
            rows[at]["name"].as_str().unwrap(),
        )
    };
    assert_eq!(read(0), (Some("fr"), "set b.png"));
    assert_eq!(read(1), (Some("de"), "set a.png"));
    assert_eq!(read(2), (None, "set c.min.png"));
    with("[\"{name}\", \"{locale}/{folder}\"]");
    let ran = upload(&home, &dry).exits(2);
    ran.complains(&["config.toml, line", "{locale}/{folder}", "no {name}"]);
    run(&home, &["ls", &segment]).exits(0);
}
