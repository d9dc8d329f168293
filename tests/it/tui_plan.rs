//! A whole folder, and a replacement, by keys: the table first, then what was said.

use crate::cli_browse::hero_segment;
use crate::cli_upload::png;
use crate::support::cli::run;
use crate::support::screen::{go_to, open, started};
use crate::support::server::Server;

#[test]
fn a_folder_goes_to_its_locales_by_a_plan() {
    let server = Server::start();
    let home = server.home();
    for path in [
        "zz-batch/de/deep/one.png",
        "zz-batch/fr/two.png",
        "zz-batch/xx/three.png",
    ] {
        std::fs::create_dir_all(home.path().join(path).parent().unwrap()).unwrap();
        home.file(path, &png(path));
    }
    let mut pty = started(&home);
    open(&mut pty, "Mobile app", "hero-banner");
    pty.wait_text("Segments 14");
    go_to(&mut pty, 2, "hero-banner");
    pty.send_keys("u");
    pty.wait_text("nothing chosen");
    pty.send_keys("/");
    pty.wait_text("filter");
    pty.send("zz-batch");
    pty.wait_text("zz-batch/");
    pty.send_keys("Enter");
    pty.send_keys("Space");
    pty.wait_text("1 folder chosen");
    pty.send_keys("C-s");
    pty.wait_text("See the plan of 3 files");
    pty.press_until("C-s", "the plan", |screen| screen.contains("Plan for"));
    // A folder named like a locale is not taken for one unasked.
    pty.wait_text("named like the locale");
    pty.send_keys("P");
    pty.wait_text("{locale}/{folder}/{name}");
    pty.send_keys("Enter");
    pty.wait_text("2 new · 1 problem");
    pty.press_until("C-s", "the question", |screen| {
        screen.contains("1 row cannot be sent")
    });
    pty.press_until("y", "the sheet to close", |screen| {
        !screen.contains("Plan for")
    });
    pty.wait_text("2 done");
    let listed = run(&home, &["ls", &hero_segment(&home), "--json"]).exits(0);
    let found = |name: &str| {
        listed
            .json()
            .into_iter()
            .find(|asset| asset["name"] == name)
    };
    let one = found("one.png").unwrap();
    assert_eq!(
        (&one["locale"], &one["folder"]),
        (&"de".into(), &"deep".into())
    );
    assert_eq!(found("two.png").unwrap()["locale"], "fr");
    assert!(found("three.png").is_none());
}
