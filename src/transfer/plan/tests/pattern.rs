//! Patterns: what they read, what they refuse, and that they give back what they read.

use proptest::prelude::*;

use super::*;

fn pattern(text: &str) -> Pattern {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn locales(codes: &[&str]) -> Vec<Locale> {
    codes.iter().filter_map(Locale::new).collect()
}

/// `locale|folder|name`; `-` where the pattern has none, `0` for no locale.
fn read(text: &str, path: &str, known: &[&str]) -> Option<String> {
    let path: Vec<&str> = path.split('/').collect();
    let filled = pattern(text).fill(&path, Some(&locales(known)))?;
    let locale = match &filled.locale {
        None => "-",
        Some(None) => "0",
        Some(Some(locale)) => locale,
    };
    let folder = filled.folder.as_deref().unwrap_or("-");
    Some(format!("{locale}|{folder}|{}", filled.name))
}

#[test]
fn a_path_is_read() {
    for (text, path, wanted) in [
        (
            "{locale}/{folder}/{name}",
            "de/public/images/a.png",
            "de|public/images|a.png",
        ),
        ("{locale}/{folder}/{name}", "de/a.png", "de||a.png"),
        ("{locale}/{folder}/{name}", "no-locale/x/a.png", "0|x|a.png"),
        ("{folder}/{locale}/{name}", "x/y/de/a.png", "de|x/y|a.png"),
        (
            "{name}.{locale}.{ext}",
            "hero.v2.de.png",
            "de|-|hero.v2.png",
        ),
        (
            "{name}_{locale}.{ext}",
            "hero_pt_BR.png",
            "pt_BR|-|hero.png",
        ),
        ("{name}_{locale}.{ext}", "hero_de.png", "de|-|hero.png"),
        ("{locale}_{name}", "pt_BR_x.png", "pt_BR|-|x.png"),
        ("{locale}-{name}", "xx-yy-a.png", "xx|-|yy-a.png"),
        ("site/{locale}/{name}", "site/fr/a.png", "fr|-|a.png"),
        ("{folder}/{name}", "a.png", "-||a.png"),
        ("{name}/{locale}.{ext}", "hero/de.png", "de|-|hero.png"),
        ("{{x}}/{name}", "{x}/a", "-|-|a"),
    ] {
        let known = ["de", "fr", "pt", "pt_BR"];
        assert_eq!(
            read(text, path, &known).as_deref(),
            Some(wanted),
            "{text} {path}"
        );
    }
}

#[test]
fn another_shape_is_not_read() {
    for (text, path) in [
        ("{locale}/{folder}/{name}", "a.png"),
        ("{locale}/{name}", "de/x/a.png"),
        ("{name}.{locale}.{ext}", "hero.png"),
        ("{name}.{ext}", "hero"),
        ("{name}.{ext}", ".png"),
        ("site/{name}", "sites/a"),
    ] {
        assert_eq!(read(text, path, &["de"]), None, "{text} {path}");
    }
}

#[test]
fn a_wrong_pattern_points_at_the_place() {
    for (text, at, says) in [
        ("{locale}/{nam}", 9, "did you mean {name}?"),
        ("{zzzzzz}/{name}", 0, "there are {locale}"),
        ("{locale}{name}", 8, "nothing parts it"),
        ("{name", 0, "not closed"),
        ("a}/{name}", 1, "closes nothing"),
        ("x{folder}/{name}", 1, "stand alone"),
        ("{folder}x/{name}", 0, "stand alone"),
        ("a//{name}", 2, "part is empty"),
        ("/{name}", 0, "part is empty"),
        ("{name}/", 7, "part is empty"),
        ("", 0, "part is empty"),
        ("../{name}", 0, "cannot be part"),
        ("{locale}/{folder}", 17, "no {name}"),
        ("{name}.png", 10, "end with {name}"),
        ("{ext}.{name}", 12, "end with {ext}"),
        ("{name}/é/{name}", 9, "twice"),
    ] {
        let error = text.parse::<Pattern>().unwrap_err();
        assert_eq!(error.at, at, "{text}: {error}");
        assert!(error.message.contains(says), "{text}: {error}");
        assert!(error.to_string().contains(&format!("character {}", at + 1)));
    }
}

#[test]
fn what_a_pattern_cannot_hold_is_not_rendered() {
    let de = Locale::new("de").unwrap();
    let folder = AssetPath::parse("x").unwrap();
    let root = AssetPath::root();
    assert_eq!(
        pattern("{name}.{locale}.{ext}").render(Some(&de), &root, "README"),
        None
    );
    assert_eq!(
        pattern("{locale}/{name}").render(Some(&de), &folder, "a"),
        None
    );
    assert_eq!(
        pattern("{folder}/{name}").render(Some(&de), &folder, "a"),
        None
    );
    assert_eq!(
        pattern("{name}.{locale}.{ext}").render(None, &root, "a.b.png"),
        Some(vec![String::from("a.b.no-locale.png")])
    );
}

#[test]
fn the_two_of_our_own_read_as_they_are_written() {
    for own in [Pattern::by_locale(), Pattern::by_folder()] {
        assert_eq!(pattern(&own.to_string()), own);
    }
}

prop_compose! {
    fn part()(text in "[a-zé._{} -]{1,8}") -> String { text }
}

fn some_pattern() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        Just("{locale}/{folder}/{name}"),
        Just("{folder}/{locale}/{name}"),
        Just("{name}.{locale}.{ext}"),
        Just("{locale}_{name}"),
        Just("x/{folder}/{locale}/{name}.{ext}"),
        Just("{name}__{locale}.{ext}"),
    ]
    .prop_map(pattern)
}

proptest! {
    #[test]
    fn what_was_read_gives_the_path_again(
        pattern in some_pattern(),
        path in prop::collection::vec(part(), 1..5),
    ) {
        let Some(filled) = pattern.fill(&path, Some(&locales(&["de", "é"]))) else {
            return Ok(());
        };
        let locale = filled.locale.clone().flatten().and_then(Locale::new);
        let folder = AssetPath::from_service(filled.folder.as_deref().unwrap_or_default());
        prop_assert_eq!(pattern.render(locale.as_ref(), &folder, &filled.name), Some(path));
    }

    #[test]
    fn what_is_written_by_locale_is_read_again(
        locale in prop::option::of("de|pt-BR|zh-Hans"),
        folder in prop::collection::vec(part(), 0..4),
        name in part(),
    ) {
        let pattern = Pattern::by_locale();
        let folder = folder.join("/");
        let path = pattern.render(
            locale.as_ref().and_then(Locale::new).as_ref(),
            &AssetPath::from_service(&folder),
            &name,
        );
        let filled = pattern.fill(&path.unwrap(), Some(&locales(&["de"]))).unwrap();
        prop_assert_eq!(filled, Filled { locale: Some(locale), folder: Some(folder), name });
    }

    #[test]
    fn any_text_is_a_pattern_or_an_error_inside_it(text in "[{}a-z/.]{0,20}|\\PC{0,20}") {
        match text.parse::<Pattern>() {
            Ok(pattern) => prop_assert_eq!(pattern.to_string(), text),
            Err(error) => prop_assert!(error.at <= text.chars().count()),
        }
    }
}
