//! Records as lines and as objects: every field, and what could not be read.

use super::*;
use crate::cli::output::tests::kept;
use crate::domain::{AssetKey, AssetPath, Locale, Ref, SegmentId};

fn account() -> AccountName {
    AccountName::new("acme").unwrap()
}

fn asset(name: &str, raw: &str) -> Asset {
    let scope = AssetScope::Segment(ContainerId::new("1").unwrap(), SegmentId::new("2").unwrap());
    let key = AssetKey::from_parts(["de", "public", name]).unwrap();
    Asset {
        locale: Locale::new("de"),
        folder: AssetPath::from_service("public"),
        size: Some(12),
        content_type: Some("image/png".to_owned()),
        tags: vec!["a".to_owned()],
        raw: RawJson::new(raw),
        ..Asset::bare(scope, key, name)
    }
}

fn listed(json: bool, entries: &[Entry<Asset>]) -> String {
    let (mut output, out, _) = kept(None);
    let mut listing = Listing::new(&mut output, json, ASSET_HEADS);
    for entry in entries {
        listing.asset(&account(), entry).unwrap();
    }
    listing.end("").unwrap();
    out.text()
}

#[test]
fn an_asset_is_one_object_with_every_field() {
    let text = listed(
        true,
        &[Entry::Read(asset(
            "h\n\u{202e}é.png",
            "{ \"n\":\n 1.000000000000000000001, \"s\": \"a \\\" b\u{9b}\" }",
        ))],
    );
    assert_eq!(text.lines().count(), 1);
    assert!(text.contains("1.000000000000000000001"), "{text}");
    assert!(!text.contains('\u{9b}') && !text.contains('\u{202e}'));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    for key in [
        "kind",
        "ref",
        "id",
        "name",
        "size",
        "content_type",
        "locale",
        "folder",
        "url",
        "created",
        "modified",
        "container",
        "segment",
        "raw",
    ] {
        assert!(value.get(key).is_some(), "{key}");
    }
    assert_eq!(value["kind"], "asset");
    assert_eq!(value["name"], "h\n\u{202e}é.png");
    assert_eq!(value["raw"]["s"], "a \" b\u{9b}");
    let reference = value["ref"].as_str().unwrap();
    assert!(reference.starts_with("acme:1/2@de/public/"), "{reference}");
    assert!(reference.parse::<Ref>().is_ok());
}

#[test]
fn what_could_not_be_read_is_a_row_of_its_own() {
    let entries = [
        Entry::Unreadable(Unreadable {
            reason: "size: “x\x1b” is no number".to_owned(),
            raw: RawJson::new("{\"size\":\"x\"}"),
        }),
        Entry::Read(asset("a.png", "{}")),
    ];
    let text = listed(false, &entries);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "\tunreadable entry: size: “x⟨1B⟩” is no number");
    assert_eq!(
        lines[1],
        "acme:1/2@de/public/a.png\ta.png\tde\tpublic\t12\timage/png\t"
    );
    let text = listed(true, &entries);
    let value: serde_json::Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert_eq!(value["kind"], "unreadable");
    assert_eq!(value["raw"]["size"], "x");
    assert!(value["ref"].is_null() && value.get("id").is_some());
}

#[test]
fn raw_that_is_no_json_is_a_text() {
    assert_eq!(raw_value(&RawJson::new("{oops")).get(), "\"{oops\"");
}
