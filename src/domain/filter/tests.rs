//! Tests of the filter: what fits, what is wrong and where, and what holds for any text.

mod any;

use std::borrow::Cow;

use super::*;
use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, Keepable as _, Locale};

fn now() -> Timestamp {
    "2026-06-15T12:00:00Z".parse().unwrap()
}

fn locales(codes: &[&str]) -> Vec<Locale> {
    codes.iter().filter_map(Locale::new).collect()
}

/// Whether it fits a picture that tells everything.
fn picture(filter: &str) -> Verdict {
    let (tags, locale) = (
        ["Spring Sale".to_owned(), "2026".to_owned()],
        locales(&["de"]),
    );
    let facts = Facts {
        name: Fact::Is(Cow::Borrowed("Hero-Café.PNG")),
        text: Fact::Absent,
        alt: Fact::Is("Ein Kräutergarten"),
        folder: Fact::Is(Cow::Borrowed("public/images")),
        tags: Fact::Is(&tags),
        locales: Fact::Is(&locale),
        media_type: Some("image/png"),
        types: [Some("Banner"), None],
        typed: true,
        size: Fact::Is(1_500_000),
        changed: Fact::Is("2026-06-10T08:00:00Z"),
        ..Facts::default()
    };
    Filter::parse(filter).unwrap().matches(&facts, now())
}

fn fits(filter: &str) -> bool {
    matches!(picture(filter), Verdict::Yes(_))
}

#[test]
fn words_fit_by_their_letters_within_one_word() {
    for filter in [
        "hero",
        "HERO",
        "cafe",
        "café",
        "hrcf",
        "cpng",
        "kgarten",
        "spring sale",
        "public",
        "garten",
        "",
    ] {
        assert!(fits(filter), "{filter}");
    }
    // Not across words, nor in another order.
    for filter in [
        "springsale",
        "oreh",
        "rcf",
        "ublc",
        "herogarten",
        "hero zebra",
    ] {
        assert!(!fits(filter), "{filter}");
    }
    assert_eq!(picture("hero"), Verdict::Yes(Fit::Whole));
    assert_eq!(picture("hro"), Verdict::Yes(Fit::Loose));
    assert_eq!(picture("hro \"pring s\""), Verdict::Yes(Fit::Loose));
}

#[test]
fn exact_texts_stand_there_as_they_are() {
    assert!(fits("\"pring sal\""));
    assert!(!fits("\"hro\""));
    // Still being typed.
    assert!(fits("\"pring sal"));
    // Not from the name into the alt text.
    assert!(!fits("\"png ein\""));
}

#[test]
fn scripts_are_compared_by_characters() {
    let hit = |name: &str, filter: &str| {
        let verdict = Filter::parse(filter).unwrap();
        verdict.matches(&Facts::named(name), now()) != Verdict::No
    };
    assert!(hit("ヒーロー画像.png", "画像"));
    assert!(hit("ヒーロー画像.png", "ヒ画"));
    assert!(!hit("ヒーロー画像.png", "像画"));
    assert!(hit("Ｈｅｒｏ.png", "hero"));
    assert!(hit("Straße.png", "STRASSE"));
    assert!(hit("cafe\u{301}.png", "caf\u{e9}"));
    assert!(hit("İstanbul", "istanbul"));
}

#[test]
fn fields_are_asked_one_by_one() {
    for filter in [
        "name:hero",
        "-name:logo",
        "alt:krauter",
        "tag:sale",
        "folder:public",
        "-folder:none",
        "text:none",
        "locale:de",
        "locale:DE",
        "-locale:fr",
        "-locale:none",
        "type:image",
        "type:png",
        "type:image/png",
        "type:banner",
        "-type:pdf",
        "name:\"hero-cafe\"",
    ] {
        assert!(fits(filter), "{filter}");
    }
    for filter in [
        "name:sale",
        "alt:none",
        "tag:none",
        "locale:d",
        "type:pdf",
        "name:hro",
    ] {
        assert!(!fits(filter), "{filter}");
    }
    // Of a file whose media type is not told.
    let photo = Facts {
        typed: true,
        ..Facts::named("a.JPG")
    };
    for (filter, yes) in [
        ("type:image", true),
        ("type:jpeg", true),
        ("type:video", false),
    ] {
        let said = Filter::parse(filter).unwrap().matches(&photo, now());
        assert_eq!(said != Verdict::No, yes, "{filter}");
    }
}

#[test]
fn sizes_and_times_have_bounds() {
    for filter in [
        "size:>1mb",
        "size:<2MB",
        "size:1mb..2mb",
        "size:..2mb",
        "size:1mb..",
        "size:1.5mb",
        "size:>=1500000",
        "size:<=1500000b",
        "size:>1.4MiB",
        "size:<1.44MiB",
        "changed:<7d",
        "changed:7d",
        "-changed:>30d",
        "changed:>2026-06-01",
        "changed:2026-06-10",
        "changed:<=2026-06-10",
        "changed:2026-06-01..2026-06-10",
        "changed:3d..1w",
    ] {
        assert!(fits(filter), "{filter}");
    }
    for filter in [
        "size:>2mb",
        "size:<1mb",
        "size:1mib",
        "changed:>7d",
        "changed:<100h",
        "changed:>2026-06-10",
        "changed:<2026-06-10",
        "changed:2026-06-09",
    ] {
        assert!(!fits(filter), "{filter}");
    }
}

#[test]
fn what_is_not_known_fits_neither_way() {
    let row = Facts::named("a");
    let of = |filter: &str, row: &Facts<'_>| Filter::parse(filter).unwrap().matches(row, now());
    for filter in [
        "size:>1mb",
        "-size:>1mb",
        "locale:de",
        "-locale:de",
        "-alt:x",
        "has:assets",
    ] {
        assert_eq!(of(filter, &row), Verdict::No, "{filter}");
    }
    let unasked = Facts {
        assets: Holds::NotAsked,
        ..Facts::named("a")
    };
    for filter in ["missing:fr", "-missing:fr", "a has:assets"] {
        assert_eq!(of(filter, &unasked), Verdict::NotAsked, "{filter}");
    }
    // What the name says is known.
    assert_eq!(of("missing:fr zebra", &unasked), Verdict::No);
}

#[test]
fn segments_are_asked_for_their_assets() {
    let held = Held {
        neutral: true,
        locales: locales(&["de", "pt-BR"]),
    };
    let some = Facts {
        assets: Holds::Known(&held),
        ..Facts::named("a")
    };
    let none = Held::default();
    let empty = Facts {
        assets: Holds::Known(&none),
        ..Facts::named("a")
    };
    for (filter, of_some, of_empty) in [
        ("has:assets", true, false),
        ("missing:assets", false, true),
        ("has:de", true, false),
        ("has:pt_br", true, false),
        ("missing:fr", true, true),
        ("missing:de", false, true),
        ("has:none", true, false),
        ("missing:fr has:assets", true, false),
    ] {
        let filter = Filter::parse(filter).unwrap();
        let yes = |facts| filter.matches(facts, now()) != Verdict::No;
        assert_eq!((yes(&some), yes(&empty)), (of_some, of_empty), "{filter}");
    }
}

#[test]
fn a_unique_id_is_looked_for_whole_or_by_its_field() {
    let id = "0f9bd93b-d43c-478d-bd2f-11d6acad6448";
    let scope = AssetScope::Container(ContainerId::new("site").unwrap());
    let asset = Asset::bare(scope, AssetKey::from_parts([id]).unwrap(), "hero.png");
    let mut words = String::new();
    asset.facts().words_into(&mut words);
    assert!(!words.contains("0f9bd93b"), "{words}");
    for (filter, fits) in [
        (id, true),
        ("id:0f9bd93b", true),
        ("0f9bd93b-d43c-478d-bd2f-11d6acad6449", false),
        ("-0f9bd93b-d43c-478d-bd2f-11d6acad6448", false),
    ] {
        let filter = Filter::parse(filter).unwrap();
        let found = filter.matches(&asset.facts(), now()) == Verdict::Yes(Fit::Whole);
        assert_eq!(found, fits, "{filter}");
    }
}

#[test]
fn a_wrong_filter_says_where_and_what_was_meant() {
    for (filter, at, said) in [
        ("locle:de", 0..5, "did you mean `locale`?"),
        ("hero -szie:>1mb", 6..10, "did you mean `size`?"),
        ("http://x", 0..4, "goes into quotes"),
        ("a size:", 2..7, "needs a value"),
        ("size:>1xb", 5..9, "no unit of a size"),
        ("size:>1mibb", 5..11, "did you mean `mib`?"),
        ("size:big", 5..8, "is not a size"),
        ("changed:<7m", 8..11, "no unit of a time"),
        ("changed:2026-13-01", 8..18, "is no day"),
        (
            "changed:2026-02-01..2026-01-01",
            8..30,
            "ends before it begins",
        ),
        ("size:2mb..1mb", 5..13, "ends before it begins"),
        ("changed:soon", 8..12, "is not a time"),
        ("a - b", 2..3, "right behind it"),
        ("-", 0..1, "right behind it"),
        ("missing:f/r", 8..11, "is no locale"),
        ("is:duplicat", 3..11, "did you mean `duplicate`?"),
        ("is:odd", 3..6, "is:lookalike"),
    ] {
        let error = Filter::parse(filter).unwrap_err();
        assert_eq!(error.at, at, "{filter}: {error}");
        assert!(error.message.contains(said), "{filter}: {error}");
    }
    let hostile = Filter::parse("a\u{1b}[31m:x size:\u{1b}").unwrap_err();
    assert!(!hostile.to_string().contains('\u{1b}'));
}

#[test]
fn a_longer_word_narrows_and_a_longer_refusal_does_not() {
    let narrows = |new: &str, old: &str| {
        Filter::parse(new)
            .unwrap()
            .narrows(&Filter::parse(old).unwrap())
    };
    assert!(narrows("hero", "her"));
    assert!(narrows("hero b", "hero"));
    assert!(narrows("hero", ""));
    assert!(narrows("\"hero b", "\"hero "));
    assert!(narrows("locale:de x", "locale:de"));
    assert!(!narrows("-hero", "-her"));
    assert!(!narrows("her", "hero"));
    assert!(!narrows("size:>12", "size:>1"));
    assert!(!narrows("xhero", "hero"));
}

#[test]
fn what_is_documented_can_be_written() {
    for (examples, means) in GRAMMAR {
        assert!(!means.is_empty());
        for example in examples.split("  ") {
            let filter =
                Filter::parse(example).unwrap_or_else(|error| panic!("{example}: {error}"));
            assert!(!filter.is_empty(), "{example}");
        }
    }
}

#[test]
fn a_word_with_a_dot_or_a_dash_stands_as_it_is() {
    let fits = |filter: &str, name: &str| {
        let filter = Filter::parse(filter).unwrap();
        let said = filter.matches(&Facts::named(name), Timestamp::UNIX_EPOCH);
        matches!(said, Verdict::Yes(_))
    };
    assert!(fits("hero.png", "hero.png") && fits("herpng", "hero@2x.png"));
    assert!(!fits("hero.png", "hero@2x.png"));
    assert!(!fits("al-c", "alpha-beta-c"));
}

#[test]
fn what_is_neither_of_a_kind_nor_a_measure_is_asked_of_each() {
    for (filter, light) in [
        ("hero locale:de", true),
        ("type:png -draft", true),
        ("size:>1mb type:png", true),
        ("-changed:<7d", true),
        ("locale:de name:hero", false),
        ("is:duplicate", false),
    ] {
        assert_eq!(Filter::parse(filter).unwrap().is_light(), light, "{filter}");
    }
}
