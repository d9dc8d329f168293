//! What holds for any text that is typed as a filter, and for any asset.

use proptest::prelude::*;

use super::*;

/// Texts that look like filters.
fn like_a_filter() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[a-cé -]{0,4}",
        "-?\"[a-c\\\\\" ]{0,4}\"?",
        "-?(name|text|tag|folder|id|key|alt|locale|type):\"?[a-cn:\\\\\"]{0,4}\"?( |none)?",
        "-?size:[<>=]{0,2}[0-9]{1,4}(\\.[0-9]{1,3})?(mb|KiB|b|G)?(\\.\\.)?([0-9]{1,3}k)?",
        "-?changed:[<>=]{0,2}[0-9]{1,3}(min|h|d|w|mo|y)(\\.\\.)?",
        "-?changed:[<>]?20[0-9]{2}-0[1-9]-[12][0-9]",
        "-?(has|missing):(assets|none|fr|pt_BR|\"none\")",
        "-?is:(duplicate|lookalike)",
    ];
    prop::collection::vec(part, 0..5).prop_map(|parts| parts.join(" "))
}

proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_read(text in any::<String>()) {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!(error.at.start < error.at.end && error.at.end <= text.chars().count());
        }
    }

    #[test]
    fn what_is_printed_is_read_as_the_same(text in prop_oneof![like_a_filter(), any::<String>()]) {
        if let Ok(filter) = Filter::parse(&text) {
            let printed = filter.to_string();
            let again = Filter::parse(&printed);
            prop_assert_eq!(again.as_ref(), Ok(&filter), "{}", printed);
        }
    }

    #[test]
    fn a_refusal_is_the_complement_of_what_is_known(
        text in like_a_filter(),
        name in "[a-cé .]{0,8}",
        size in prop::option::of(0_u64..5000),
        asked in any::<bool>(),
        neutral in any::<bool>(),
    ) {
        let held = Held { neutral, locales: Vec::new() };
        let facts = Facts {
            size: Fact::told(size),
            assets: if asked { Holds::Known(&held) } else { Holds::NotAsked },
            ..Facts::named(&name)
        };
        for term in Filter::parse(&text).unwrap_or_default().terms {
            let other = Term { not: !term.not, ..term.clone() };
            let said = [term, other].map(|term| Filter { terms: vec![term] }.matches(&facts, now()));
            let yes = said.iter().filter(|it| matches!(it, Verdict::Yes(_))).count();
            let known = said[0] != said[1];
            prop_assert_eq!(yes, usize::from(known), "{:?}", said);
        }
    }

    #[test]
    fn what_narrows_shows_no_other_row(old in like_a_filter(), more in "[a-c]{0,2}", name in "[a-c -]{0,9}") {
        let new = format!("{old}{more}");
        if let (Ok(old), Ok(new)) = (Filter::parse(&old), Filter::parse(&new)) && new.narrows(&old) {
            let facts = Facts::named(&name);
            let fits = |filter: &Filter| matches!(filter.matches(&facts, now()), Verdict::Yes(_));
            prop_assert!(!fits(&new) || fits(&old));
        }
    }
}

/// An asset whose name ends in so many ways, of kinds of every sort.
fn any_asset() -> impl Strategy<Value = Asset> {
    let name = prop::sample::select(vec![
        "hero.png",
        "HERO.JPG",
        "a",
        "archive.tar.gz",
        "x.7z",
        "é.ｐｎｇ",
        "odd.extension",
        "dot.",
        "b.mp4",
    ]);
    let of = |all: &[&'static str]| prop::option::of(prop::sample::select(all.to_vec()));
    let media = of(&["image/png", "Image/JPEG; q=1", "video/mp4", "odd", ""]);
    let kind = of(&["Banner", "png", "image"]);
    (name, of(&["de", "pt-BR"]), media, kind.clone(), kind).prop_map(
        |(name, locale, media, asset_type, image_type)| {
            let scope = AssetScope::Container(ContainerId::new("site").unwrap());
            let mut asset = Asset::bare(scope, AssetKey::from_parts([name]).unwrap(), name);
            asset.locale = locale.and_then(Locale::new);
            asset.content_type = media.map(str::to_owned);
            asset.asset_type = asset_type.map(str::to_owned);
            asset.image_type = image_type.map(str::to_owned);
            asset
        },
    )
}

proptest! {
    #[test]
    fn a_kind_and_a_measure_say_of_assets_what_each_of_them_says(
        asset in any_asset(),
        size in prop::option::of(prop::sample::select(vec![0, 999, 1000, 1001, u64::MAX - 1])),
        changed in prop::option::of(prop::sample::select(vec![
            "2026-06-10T08:00:00Z", "2026-06-09T08:00:00.9999999+02:00", "1969-12-31T23:59:59.5Z", "lately", "",
        ])),
        filter in "-?(locale:(de|pt|none|DE)|type:(png|jpeg|jpg|image|video|mp4|none|banner|gz|7z|extension)\
                   |size:(<|>|<=|>=|)1k|changed:(<|>|)(1d|2026-06-10|1969-12-31))( -type:png| size:0| -changed:<2d)?",
    ) {
        let filter = Filter::parse(&filter).unwrap();
        prop_assert!(filter.is_light());
        let asset = Asset { size, modified: changed.map(str::to_owned), ..asset };
        let kind = asset.kind();
        if let Some(facts) = kind.facts() {
            let measure = Measure::from(&asset.facts());
            let light = filter.fits_light(&facts, measure, now());
            prop_assert_eq!(light, filter.fits_fields(&asset.facts(), now()));
        } else {
            prop_assert!(["x.7z", "é.ｐｎｇ", "odd.extension", "dot."].contains(&asset.name.as_str()));
        }
    }
}
