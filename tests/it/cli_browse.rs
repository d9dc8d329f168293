//! Looking things up by command, on both services: listings, refs, links, downloads, refusals.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::support::cli::{Ran, run, run_with};
use crate::support::home::Home;
use crate::support::server::Server;

/// The ref of the listed thing whose name contains this.
#[track_caller]
pub fn ref_of(listing: &Ran, name: &str) -> String {
    let hits: Vec<Value> = listing
        .json()
        .into_iter()
        .filter(|line| {
            line["name"]
                .as_str()
                .is_some_and(|known| known.contains(name))
        })
        .collect();
    let first = hits
        .first()
        .unwrap_or_else(|| panic!("no {name} in {}", listing.stdout));
    first["ref"].as_str().expect("a ref").to_owned()
}

/// The address of the segment with a picture in several locales.
#[track_caller]
pub fn hero_segment(home: &Home) -> String {
    let documents = run(home, &["ls", "acme-loc:", "--json"]).exits(0);
    for line in documents.json() {
        let segments = run(
            home,
            &["ls", line["ref"].as_str().expect("a ref"), "--json"],
        )
        .exits(0);
        for segment in segments.json() {
            if segment["key"] == "hero-banner" {
                return segment["ref"].as_str().expect("a ref").to_owned();
            }
        }
    }
    panic!("no segment hero-banner in {}", documents.stdout);
}

#[track_caller]
fn has_head(line: &Value, kind: &str) {
    assert_eq!(line["kind"], kind, "{line}");
    for member in ["ref", "id", "name"] {
        assert!(line[member].is_string(), "{member} in {line}");
    }
}

#[test]
fn listings_lead_from_the_accounts_to_the_assets() {
    let server = Server::start();
    let home = server.home();
    let accounts = run(&home, &["ls", "--json"]).exits(0);
    for line in &accounts.json() {
        has_head(line, "account");
    }
    ref_of(&accounts, "acme-web");
    ref_of(&accounts, "acme-loc");

    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    for line in &websites.json() {
        has_head(line, "container");
    }
    for name in ["Shop", "Blog", "日本ストア"] {
        ref_of(&websites, name);
    }

    let shop = run(&home, &["ls", &ref_of(&websites, "Shop"), "--json"]).exits(0);
    let logo = shop
        .json()
        .into_iter()
        .find(|line| line["name"] == "logo.png")
        .expect("the logo");
    has_head(&logo, "asset");
    assert_eq!(logo["content_type"], "image/png");
    assert!(logo["size"].as_u64().is_some_and(|size| size > 0), "{logo}");
    assert!(
        logo["url"]
            .as_str()
            .is_some_and(|url| url.starts_with("http")),
        "{logo}"
    );
    assert!(
        logo["locale"].is_null() && logo["segment"].is_null(),
        "{logo}"
    );
    assert!(
        logo["created"].is_string() && logo["modified"].is_string(),
        "{logo}"
    );
    assert_eq!(logo["raw"]["filename"], "logo.png");

    let segment = hero_segment(&home);
    let assets = run(&home, &["ls", &segment, "--json"]).exits(0).json();
    for line in &assets {
        has_head(line, "asset");
    }
    let german = assets
        .iter()
        .find(|line| line["locale"] == "de")
        .expect("a German asset");
    assert_eq!(german["name"], "hero.png");
    assert_eq!(german["folder"], "public/images");
    assert!(
        german["container"].is_string() && german["segment"].is_string(),
        "{german}"
    );
    assert!(german["raw"]["fileName"] == "hero.png", "{german}");
    let neutral = assets
        .iter()
        .find(|line| line["locale"].is_null())
        .expect("a neutral asset");
    assert_eq!(neutral["folder"], "");
}

/// What `ls --filter` tells of a place, by name.
#[track_caller]
fn filtered(home: &Home, place: &str, filter: &str) -> Vec<Value> {
    let listing = run(home, &["ls", place, "--filter", filter, "--json"]);
    listing.exits(0).json()
}

#[test]
fn listings_are_filtered_by_the_words_of_the_screen() {
    let server = Server::start();
    let home = server.home();
    let segment = hero_segment(&home);
    let all = run(&home, &["ls", &segment, "--json"]).exits(0).json();
    let german = filtered(&home, &segment, "locale:de");
    assert!(!german.is_empty() && german.len() < all.len());
    assert!(german.iter().all(|line| line["locale"] == "de"));
    let others = filtered(&home, &segment, "-locale:de");
    assert_eq!(german.len() + others.len(), all.len());
    let large = filtered(&home, &segment, "size:>1b \"HERO.png\" -folder:none");
    assert!(
        large.iter().all(|line| line["name"] == "hero.png"),
        "{large:?}"
    );
    assert!(filtered(&home, &segment, "size:>1tb").is_empty());

    // Segments are asked for what they hold.
    let (document, _) = segment.rsplit_once('/').expect("a segment's ref");
    let of = |filter: &str| filtered(&home, document, filter);
    let every = run(&home, &["ls", document, "--json"])
        .exits(0)
        .json()
        .len();
    let (with, without) = (of("has:assets"), of("missing:assets"));
    assert!(!with.is_empty() && !without.is_empty());
    assert_eq!(with.len() + without.len(), every);
    let ref_of_hero = |lines: &[Value]| lines.iter().any(|it| it["ref"] == segment.as_str());
    assert!(ref_of_hero(&with) && ref_of_hero(&of("has:de key:hero")));
    assert!(!ref_of_hero(&of("missing:de")));

    // Assets are held against one another.
    let shop = ref_of(&run(&home, &["ls", "acme-web:", "--json"]).exits(0), "Shop");
    assert!(filtered(&home, &shop, "is:lookalike").is_empty());
    let logo = ref_of(&run(&home, &["ls", &shop, "--json"]).exits(0), "logo.png");
    let out = home.path().join("twins");
    run(&home, &["get", &logo, "--out", out.to_str().unwrap()]).exits(0);
    fs::rename(out.join("logo.png"), out.join("Logo.png")).unwrap();
    let twin = out.join("Logo.png");
    let twin = twin.to_str().unwrap();
    let upload = ["upload", twin, "--to", &shop, "--on-clash", "keep"];
    run(&home, &upload).exits(0);
    let mut twins: Vec<String> = filtered(&home, &shop, "is:lookalike -is:duplicate")
        .iter()
        .map(|line| line["name"].to_string())
        .collect();
    twins.sort();
    assert_eq!(twins, ["\"Logo.png\"", "\"logo.png\""]);

    // Places and accounts, as a table and into a pipe.
    let shops = run(&home, &["ls", "acme-web:", "--filter", "日本"]).exits(0);
    assert_eq!(shops.stdout.lines().count(), 1, "{}", shops.stdout);
    let accounts = run(&home, &["ls", "--filter", "-web"]).exits(0);
    assert!(accounts.stdout.contains("acme-loc") && !accounts.stdout.contains("acme-web"));
}

#[test]
fn a_wrong_filter_says_where_before_anything_is_asked() {
    let home = Server::start().home();
    let wrong = run(&home, &["ls", "acme-web:", "--filter", "日本 -locle:de"]).exits(2);
    assert!(wrong.stdout.is_empty());
    let lines: Vec<&str> = wrong.stderr.lines().collect();
    assert!(
        lines[0].contains("columns 5 to 9") && lines[0].contains("`locale`"),
        "{}",
        lines[0]
    );
    assert_eq!(lines[1], "  日本 -locle:de");
    assert_eq!(lines[2], "        ^^^^^");
}

#[test]
fn every_ref_of_a_listing_is_taken_back() {
    let server = Server::start();
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let places = [ref_of(&websites, "日本ストア"), hero_segment(&home)];
    for place in places {
        let listing = run(&home, &["ls", &place, "--json"]).exits(0).json();
        assert!(!listing.is_empty());
        let out = home.path().join("out").join(place.replace(['/', ':'], "-"));
        fs::create_dir_all(&out).unwrap();
        for asset in listing.iter().take(6) {
            let reference = asset["ref"].as_str().unwrap();
            assert!(reference.is_ascii() && !reference.contains(char::is_whitespace));
            let shown = run(&home, &["show", reference, "--json"]).exits(0).json();
            assert_eq!(shown.len(), 1);
            for member in ["ref", "id", "name", "size", "locale", "folder"] {
                assert_eq!(shown[0][member], asset[member], "{member} of {reference}");
            }
            // Each into a folder of its own: two assets may share a name.
            let own = out.join(asset["id"].as_str().unwrap().replace('/', "-"));
            fs::create_dir_all(&own).unwrap();
            run(&home, &["get", reference, "--out", own.to_str().unwrap()]).exits(0);
            let saved = fs::read_dir(&own).unwrap().next().expect("a file").unwrap();
            let meta = saved.metadata().unwrap();
            assert_eq!(Some(meta.len()), asset["size"].as_u64(), "{reference}");
            assert_eq!(
                meta.permissions().mode() & 0o111,
                0,
                "a download is never executable"
            );
        }
    }
    let logo = {
        let shop = run(&home, &["ls", &ref_of(&websites, "Shop"), "--json"]).exits(0);
        ref_of(&shop, "logo.png")
    };
    let url = run(&home, &["url", &logo]).exits(0);
    assert_eq!(url.stdout.lines().count(), 1);
    assert!(url.stdout.starts_with("http"), "{}", url.stdout);
}

#[test]
fn a_download_replaces_nothing() {
    let server = Server::start();
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = run(&home, &["ls", &ref_of(&websites, "Shop"), "--json"]).exits(0);
    let logo = ref_of(&shop, "logo.png");
    let mine = home.file("out/logo.png", b"mine");
    let out = home.path().join("out");
    let ran = run(&home, &["get", &logo, "--out", out.to_str().unwrap()]);
    assert_eq!(fs::read(&mine).unwrap(), b"mine", "{ran:?}");
    let others: Vec<_> = fs::read_dir(&out)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "logo.png")
        .collect();
    // Refused, or saved beside it under another name; never half a file.
    match ran.code {
        Some(0) => assert_eq!(others.len(), 1, "{others:?}"),
        Some(1) => assert!(others.is_empty(), "{others:?}"),
        code => panic!("exit code {code:?}: {ran:?}"),
    }
}

#[test]
fn wrong_usage_is_a_sentence_and_code_2() {
    let server = Server::start();
    let home = server.home();
    let file = home.file("a.png", b"\x89PNG\r\n\x1a\n rest");
    let file = file.to_str().unwrap();
    let segment = hero_segment(&home);
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    let wrong: &[&[&str]] = &[
        &["ls", "nowhere"],
        &["ls", "unknown:"],
        &["ls", "acme-loc:1/2/3"],
        &["show", "acme-loc:1@%zz"],
        &["url", "not a ref"],
        &["frobnicate"],
        &["upload", file],
        &["upload", file, "--to", "acme-loc:"],
        &["upload", file, "--to", &segment, "--locale", "tlh"],
        &["upload", file, "--to", &segment, "--folder", "a/../b"],
        &["upload", file, "--to", &segment, "--alt", "text"],
        &["upload", file, "--to", &shop, "--locale", "de"],
        &["upload", file, "--to", &shop, "--folder", "a"],
        &["upload", file, "--to", &shop, "--type", "no-such-type"],
    ];
    let before = server.holdings();
    for args in wrong {
        let ran = run(&home, args).exits(2);
        assert_eq!(ran.stdout, "", "{args:?}");
        assert!(
            ran.stderr.contains(' ') && ran.stderr.ends_with('\n'),
            "{args:?}: {}",
            ran.stderr
        );
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    }
    assert!(server.holdings() == before, "something was sent");
}

#[test]
fn settings_are_refused_by_line_and_nearest_name() {
    let home = Home::new();
    home.write_config("[[accounts]]\nname = \"web\"\nprovidr = \"segmentflow\"\n");
    let ran = run(&home, &["ls"]).exits(2);
    assert!(
        ran.stderr.contains("config.toml") && ran.stderr.contains('3'),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("provider"), "{}", ran.stderr);
    home.write_config("[[accounts]\n");
    run(&home, &["ls"]).exits(2);
    run(&home, &["ls", "--config", "/nonexistent/settings.toml"]).exits(2);
}

#[test]
fn a_refused_key_is_code_4_and_is_not_repeated() {
    let server = Server::start();
    let mut home = server.home();
    home.set("ASSETDECK_KEY_ACME_WEB", "sk_live_wrong-canary")
        .set("ASSETDECK_KEY_ACME_LOC", "wrong-canary");
    for address in ["acme-web:", "acme-loc:"] {
        let ran = run(&home, &["ls", address]).exits(4);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(!ran.stderr.contains("canary"), "{}", ran.stderr);
    }
    home.unset("ASSETDECK_KEY_ACME_WEB")
        .unset("ASSETDECK_KEY_ACME_LOC");
    for address in ["acme-web:", "acme-loc:"] {
        let ran = run(&home, &["ls", address]).exits(4);
        assert!(
            ran.stderr.contains("ASSETDECK_KEY_"),
            "names the way out: {}",
            ran.stderr
        );
    }
}

#[test]
fn a_guest_is_told_why() {
    let server = Server::start();
    let home = server.home();
    let file = home.file("mine.png", b"\x89PNG\r\n\x1a\n mine");
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    // This key is good and has no scope at all.
    let shop = ref_of(&websites, "Shop").replacen("acme-web:", "guest-web:", 1);
    let ran = run(&home, &["upload", file.to_str().unwrap(), "--to", &shop]).exits(4);
    assert!(
        ran.stderr.contains("assets:"),
        "names the missing right: {}",
        ran.stderr
    );
    run(&home, &["ls", "guest-web:"]).exits(4);
    // This user may look at the documents of his jobs, and no more.
    let documents = run(&home, &["ls", "guest-loc:", "--json"]).exits(0);
    let document = documents.json()[0]["ref"]
        .as_str()
        .expect("a ref")
        .to_owned();
    let segments = run(&home, &["ls", &document, "--json"]).exits(0);
    let segment = segments.json()[0]["ref"]
        .as_str()
        .expect("a ref")
        .to_owned();
    let ran = run(&home, &["upload", file.to_str().unwrap(), "--to", &segment]).exits(4);
    ran.complains(&["mine.png"]);
    assert!(server.stored("mine.png").is_empty());
}

#[test]
fn what_is_not_there_is_said() {
    let server = Server::start();
    let home = server.home();
    let gone = "acme-web:3c90c3cc-0d44-4b50-8888-8dd25736052a@3c90c3cc-0d44-4b50-8888-8dd25736052b";
    let ran = run(&home, &["show", gone]).exits(1);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = run(&home, &["ls", &ref_of(&websites, "Shop"), "--json"]).exits(0);
    let out = home.path().join("out");
    fs::create_dir_all(&out).unwrap();
    let logo = ref_of(&shop, "logo.png");
    let ran = run(&home, &["get", &logo, gone, "--out", out.to_str().unwrap()]).exits(3);
    assert!(out.join("logo.png").exists(), "{ran:?}");
    // A place that the account does not have is a wrong address, and the fix is named.
    for place in ["acme-loc:999999", "acme-loc:999999/1", "acme-loc:19914/1"] {
        let ran = run(&home, &["ls", place]).exits(2);
        assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
        assert!(ran.stderr.contains("has no"), "{}", ran.stderr);
    }
}

#[test]
fn odd_environments_end_in_a_sentence() {
    let server = Server::start();
    let mut home = server.home();
    home.unset("TERM").set("LANG", "C").set("LC_ALL", "C");
    let listing = run(&home, &["ls", "acme-web:"]).exits(0);
    assert!(listing.stdout.contains("日本ストア"), "{}", listing.stdout);

    let config = home.config();
    // The password database knows a home, which is the developer's: nothing is kept there.
    let state = home.path().join("state");
    home.set("XDG_STATE_HOME", state.to_str().unwrap());
    home.unset("HOME");
    run(
        &home,
        &["ls", "acme-web:", "--config", config.to_str().unwrap()],
    )
    .exits(0);
    // Without a home the password database still knows one; either way no panic.
    let ran = run(&home, &["accounts"]);
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    home.set("HOME", "/nonexistent");
    let ran = run(&home, &["ls", "acme-web:"]);
    assert!(matches!(ran.code, Some(2 | 4)), "{ran:?}");
    assert!(!ran.stderr.contains("panicked"), "{ran:?}");

    // The screen without a terminal is a sentence as well.
    let ran = run_with(&server.home(), &[], b"");
    assert!(
        matches!(ran.code, Some(1 | 2)) && !ran.stderr.is_empty(),
        "{ran:?}"
    );
    assert!(
        !ran.stderr.contains("panicked") && !ran.stdout.contains('\u{1b}'),
        "{ran:?}"
    );
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let server = Server::with(|options| options.assets = Some(4000));
    let home = server.home();
    let websites = run(&home, &["ls", "acme-web:", "--json"]).exits(0);
    let shop = ref_of(&websites, "Shop");
    let program = env!("CARGO_BIN_EXE_assetdeck");
    let script = format!("{{ '{program}' ls '{shop}'; echo \"code $?\" >&2; }} | head -n 1");
    let mut shell = std::process::Command::new("/bin/sh");
    shell.args(["-c", &script]).env_clear().envs(home.env());
    let ran = crate::support::cli::run_command(shell, &["sh"], b"").exits(0);
    assert_eq!(ran.stdout.lines().count(), 1);
    assert!(
        !ran.stderr.contains("panicked") && !ran.stderr.contains("101"),
        "{}",
        ran.stderr
    );
}
