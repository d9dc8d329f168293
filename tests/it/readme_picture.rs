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
    // A fixed port, since addresses are on the screen and the picture must not change by itself.
    let mut pty = Pty::start(&home, &["demo", "--port", "48391"], (140, 36));
    pty.wait_text("Shop");
    pty.wait_text("Mobile app");
    pty.send_keys("j j j j j j j Enter");
    pty.wait_text("Segments 14");
    pty.wait_row(&["hero.png", "de"]);
    pty.send_keys("Enter");
    pty.wait_row(&["Folder", "public/images"]);
    pty.wait_text("●1");
    pty.wait_text("y y copy link");
    // The asset's own picture, in half blocks.
    pty.wait_text("▀▀▀▀");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/readme/screen.svg");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("assets/readme");
    let title = "assetdeck: websites and documents, segments, assets and the details of one";
    std::fs::write(&file, svg::render(&pty.cells(), title)).expect("the picture");
    pty.send_keys("q");
}
