//! Uploading, listing back and deleting by command, and every input that is refused before a byte
//! is sent.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::cli_browse::{hero_segment, ref_of};
use crate::support::cli::{run, run_with};
use crate::support::server::{Server, sha256};

/// A small picture that no seeded asset equals.
pub fn png(mark: &str) -> Vec<u8> {
    let mut bytes = sample("hero.png");
    bytes.extend_from_slice(mark.as_bytes());
    bytes
}

/// The same as JPEG.
pub fn jpeg(mark: &str) -> Vec<u8> {
    let mut bytes = sample("team.jpg");
    bytes.extend_from_slice(mark.as_bytes());
    bytes
}

fn sample(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("assets/demo")
        .join(name);
    fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn a_jpeg_with_its_texts_goes_to_a_website_and_comes_back() {
    let server = Server::start();
    let home = server.home();
    let bytes = jpeg("to the shop");
    let file = home.file("pictures/Team im Hof.jpg", &bytes);
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    let ran = run(
        &home,
        &[
            "upload",
            file.to_str().unwrap(),
            "--to",
            &shop,
            "--type",
            "content-image",
            "--image-type",
            "hero",
            "--alt",
            "The team in the yard",
            "--description",
            "Über uns",
            "--tag",
            "team",
            "--tag",
            "2026",
            "--json",
        ],
    )
    .exits(0);
    let lines = ran.json();
    assert_eq!(lines.len(), 1, "{}", ran.stdout);

    let stored = server.stored("Team im Hof.jpg");
    assert_eq!(stored.len(), 1, "{stored:#?}");
    assert_eq!(stored[0]["sha256"], sha256(&bytes));

    let listing = run(&home, &["ls", &shop, "--json"]).exits(0);
    let reference = ref_of(&listing, "Team im Hof.jpg");
    let shown = run(&home, &["show", &reference, "--json"]).exits(0).json();
    let asset = &shown[0];
    assert_eq!(asset["alt_text"], "The team in the yard");
    assert_eq!(asset["description"], "Über uns");
    assert_eq!(asset["tags"], serde_json::json!(["team", "2026"]));
    assert_eq!(asset["image_type"], "hero");
    assert_eq!(asset["size"], bytes.len());

    let out = home.path().join("out");
    fs::create_dir_all(&out).unwrap();
    run(&home, &["get", &reference, "--out", out.to_str().unwrap()]).exits(0);
    assert_eq!(fs::read(out.join("Team im Hof.jpg")).unwrap(), bytes);

    // Without a terminal to ask on, a deletion needs its yes on the command line.
    let refused = run(&home, &["rm", &reference]);
    assert_ne!(refused.code, Some(0), "{refused:?}");
    assert_eq!(server.stored("Team im Hof.jpg").len(), 1);
    run(&home, &["rm", &reference, "--yes"]).exits(0);
    assert!(server.stored("Team im Hof.jpg").is_empty());
}

/// What is marked in it is marked once.
#[test]
fn a_name_that_begins_with_a_space_is_told_as_it_is() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let file = home.file(" lead.png", &png("a space leads"));
    run(&home, &["upload", file.to_str().unwrap(), "--to", &segment]).exits(0);
    let reference = ref_of(
        &run(&home, &["ls", &segment, "--json"]).exits(0),
        " lead.png",
    );
    let out = home.path().join("out");
    fs::create_dir_all(&out).unwrap();
    let saved = run(&home, &["get", &reference, "--out", out.to_str().unwrap()]).exits(0);
    saved.complains(&["⟨20⟩lead.png: “⟨20⟩lead.png” is saved as “_lead.png”"]);
}

#[test]
fn a_png_goes_to_a_segment_with_locale_and_folder() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let before = run(&home, &["ls", &segment, "--json"])
        .exits(0)
        .json()
        .len();
    let bytes = png("to the segment");
    let file = home.file("new hero.png", &bytes);
    let to = ["upload", file.to_str().unwrap(), "--to", &segment];
    let place = ["--locale", "de", "--folder", "public/images"];
    run(&home, &[&to[..], &place].concat()).exits(0);

    let stored = server.stored("new hero.png");
    assert_eq!(stored.len(), 1, "{stored:#?}");
    assert_eq!(stored[0]["sha256"], sha256(&bytes));
    assert_eq!(stored[0]["locale"], "de");

    let listing = run(&home, &["ls", &segment, "--json"]).exits(0);
    assert_eq!(listing.json().len(), before + 1);
    let reference = ref_of(&listing, "new hero.png");
    let asset = run(&home, &["show", &reference, "--json"])
        .exits(0)
        .json()
        .remove(0);
    assert_eq!(
        (&asset["locale"], &asset["folder"]),
        (&"de".into(), &"public/images".into())
    );
    run(&home, &["rm", &reference, "--yes"]).exits(0);
    // Exactly one: its neighbours are all still there.
    assert_eq!(
        run(&home, &["ls", &segment, "--json"])
            .exits(0)
            .json()
            .len(),
        before
    );
}

#[test]
fn each_refused_file_is_one_line_and_the_others_go_on() {
    let server = Server::start();
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    let good = home.file("good.png", &png("good"));
    let empty = home.file("empty.png", b"");
    let huge = home.file("huge.png", &png("huge"));
    fs::OpenOptions::new()
        .write(true)
        .open(&huge)
        .unwrap()
        .set_len(20 * 1024 * 1024 + 1)
        .unwrap();
    let text = home.file("novel.txt", b"plain text");
    let disguised = home.file("page.png", b"<html><body>not a picture</body></html>");
    let folder = home.path().join("folder.png");
    fs::create_dir(&folder).unwrap();
    let pipe = home.path().join("pipe.png");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let secret = home.file("secret.png", &png("secret"));
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).unwrap();
    let gone = home.path().join("gone.png");

    let mut refused = vec![&empty, &huge, &text, &disguised, &folder, &pipe, &gone];
    // Root reads everything, whatever its mode.
    let root = fs::read(&secret).is_ok();
    if !root {
        refused.push(&secret);
    }
    let mut args = vec!["upload"];
    args.extend(refused.iter().map(|path| path.to_str().unwrap()));
    args.extend([good.to_str().unwrap(), "--to", &shop]);
    let ran = run(&home, &args).exits(3);
    for path in &refused {
        ran.complains(&[path.file_name().unwrap().to_str().unwrap()]);
    }
    assert_eq!(
        server.stored("good.png").len(),
        1,
        "the sound one went up: {ran:?}"
    );
    for path in &refused {
        let name = path.file_name().unwrap().to_str().unwrap();
        assert!(server.stored(name).is_empty(), "{name} was sent");
    }
    // Nothing but refused ones: failed, not partly.
    let ran = run(&home, &["upload", empty.to_str().unwrap(), "--to", &shop]);
    assert!(matches!(ran.code, Some(1 | 2)), "{ran:?}");
}

#[test]
fn a_name_that_would_break_a_header_arrives_whole() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    // Without the characters that this service's storage refuses, quotation marks among them.
    let names = [
        "semi;colon.png",
        "日本 バナー.png",
        "100%25 & more.png",
        "plus+'s.png",
    ];
    for name in names {
        let file = home.file(name, &png(name));
        run(&home, &["upload", file.to_str().unwrap(), "--to", &segment]).exits(0);
        let stored = server.stored(name);
        assert_eq!(stored.len(), 1, "{name}: {stored:#?}");
        assert_eq!(stored[0]["sha256"], sha256(&png(name)), "{name}");
    }
}

#[test]
fn login_needs_a_keyring_and_says_so_without_one() {
    let server = Server::start();
    let mut home = server.home();
    home.unset("ASSETDECK_KEY_ACME_WEB");
    let ran = run_with(
        &home,
        &["login", "acme-web", "--key-stdin"],
        b"sk_live_canary\n",
    );
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(
        !ran.stderr.contains("canary") && !ran.stderr.is_empty(),
        "{ran:?}"
    );
    run(&home, &["login", "nobody", "--key-stdin"]).exits(2);
}
