//! What patterns, wishes and what is usual give a row.

use super::*;

#[test]
fn the_first_standing_pattern_that_fits_fills() {
    let patterns = ["{name}.{locale}.{ext}", "{locale}/{folder}/{name}"];
    let by = Fill::Standing(patterns.iter().map(|text| text.parse().unwrap()).collect());
    let table = [
        ("hero.de.png", "de", "", "hero.png"),
        ("hero.min.png", "", "", "hero.min.png"),
        ("de/x/a.png", "de", "x", "a.png"),
        ("de/hero.v2.png", "de", "", "hero.v2.png"),
        ("hero.DE.png", "DE", "", "hero.png"),
        ("zz/x/a.png", "zz", "x", "a.png"),
    ];
    let files = table.iter().map(|row| file(row.0, 1)).collect();
    let plan = plan_of(&PLACES, OnClash::Fail, files, vec![], &by);
    for (row, (path, locale, folder, name)) in plan.rows().iter().zip(table) {
        let read = (
            row.wishes.locale.as_str(),
            row.wishes.folder.as_str(),
            row.name(),
        );
        assert_eq!(read, (locale, folder, name), "{path}");
    }
    assert!(says(&plan, 4).contains("did you mean de?"));
    assert!(says(&plan, 5).contains("is not one of"));
}

#[test]
fn what_the_path_does_not_give_comes_from_the_base() {
    let base = Wishes {
        locale: String::from("de"),
        folder: String::from("public/"),
        ..Wishes::default()
    };
    let account = AccountName::new("acme").unwrap();
    let mut plan = Plan::new(account, &PLACES, base, OnClash::Fail);
    let by = Fill::Standing(vec![Pattern::by_locale()]);
    plan.add([file("en/x/a.png", 1), file("b.png", 1)], &scope(), &by);
    let row = |at: usize| &plan.rows()[at].wishes;
    assert_eq!(
        (row(0).locale.as_str(), row(0).folder.as_str()),
        ("de", "public/en/x")
    );
    assert_eq!(
        (row(1).locale.as_str(), row(1).folder.as_str()),
        ("de", "public")
    );
}

#[test]
fn what_is_usual_holds_where_neither_wish_nor_path_says_anything() {
    let usual = || Wishes {
        locale: "de".into(),
        folder: "public".into(),
        ..Wishes::default()
    };
    let filled = |base: Wishes, by: &Fill| -> Vec<(String, String)> {
        let account = AccountName::new("acme").unwrap();
        let mut plan = Plan::new(account, &PLACES, base, OnClash::Fail).with_usual(usual());
        plan.set_locales(&container(), locales());
        plan.add(vec![file("a.png", 1), file("en/x/b.png", 1)], &scope(), by);
        let rows = plan.rows().iter();
        rows.map(|row| (row.wishes.locale.clone(), row.wishes.folder.clone()))
            .collect()
    };
    let pairs = |pairs: [(&str, &str); 2]| pairs.map(|(a, b)| (a.to_owned(), b.to_owned()));
    let standing = Fill::Standing(vec!["{locale}/{folder}/{name}".parse().unwrap()]);
    assert_eq!(
        filled(Wishes::default(), &standing),
        pairs([("de", "public"), ("en", "public/x")])
    );
    let said = Wishes {
        locale: "pt-BR".into(),
        folder: "own".into(),
        ..Wishes::default()
    };
    assert_eq!(
        filled(said, &standing),
        pairs([("pt-BR", "own"), ("pt-BR", "own/en/x")])
    );
    // The list of a downloaded tree says all of it.
    let known = |path: &[&str]| {
        let path: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
        let name = path.last().cloned().unwrap();
        let locale = Some(None);
        let filled = Filled {
            locale,
            folder: None,
            name,
        };
        (path, filled)
    };
    let each = [known(&["a.png"]), known(&["en", "x", "b.png"])];
    assert_eq!(
        filled(Wishes::default(), &Fill::Each(each.into())),
        pairs([("", ""), ("", "")])
    );
}
