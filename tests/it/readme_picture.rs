//! The picture in the README, made from the real program's screen.

use std::path::Path;

use crate::support::home::Home;
use crate::support::pty::Pty;
use crate::support::svg;

/// `cargo test --test it readme_picture -- --ignored` makes it again.
#[test]
#[ignore = "writes assets/readme/screen.svg; run it when the screen has changed"]
fn readme_picture() {
    let home = Home::new();
    let mut pty = Pty::start(&home, &["demo"], (120, 34));
    pty.wait_text("Shop");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/readme/screen.svg");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("assets/readme");
    let title = "assetdeck: websites and documents, segments, assets and the details of one";
    std::fs::write(&file, svg::render(&pty.cells(), title)).expect("the picture");
    pty.send_keys("q");
}
