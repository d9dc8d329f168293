//! Trees: shape, twins, the list, and what stands in the folder already.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{AssetPath, AssetScope, ContainerId, Locale, SegmentId};
use crate::transfer::tests::{SPEC, asset};

fn account() -> AccountName {
    AccountName::new("a").unwrap()
}

fn flex(locale: &str, folder: &str, name: &str) -> Asset {
    let parts = [locale, folder, name];
    Asset {
        scope: AssetScope::Segment(ContainerId::new("1").unwrap(), SegmentId::new("2").unwrap()),
        key: crate::domain::AssetKey::from_parts(parts).unwrap(),
        locale: Locale::new(locale),
        folder: AssetPath::from_service(folder),
        ..asset(name, Some(4))
    }
}

fn tree(root: &Path, assets: &[Asset]) -> Tree {
    let found = assets
        .iter()
        .map(|asset| (vec![Top::id("2")], asset.clone()));
    Tree::of_place(root.to_owned(), account(), &SPEC, found.collect()).unwrap()
}

fn paths(tree: &Tree) -> Vec<String> {
    tree.rows.iter().map(|row| row.at.to_string()).collect()
}

/// What the list says, for an upload of the same tree.
fn kept(root: &Path) -> Vec<(String, String)> {
    let folder = Folder::open(root).unwrap().unwrap();
    let list = Manifest::read(&folder).unwrap().unwrap();
    let pair = |kept: Kept| (kept.file.to_string(), kept.reference.to_string());
    list.files.into_iter().map(pair).collect()
}

#[test]
fn a_name_that_is_barred_is_left_out_or_saved_beside() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("HERO.png"), b"mine").unwrap();
    std::fs::create_dir(dir.path().join("b.png")).unwrap();
    let assets = [asset("hero.png", Some(4)), asset("b.png", Some(4))];
    for (rule, word) in [
        (OnClash::Fail, "problem"),
        (OnClash::Replace, "problem"),
        (OnClash::Skip, "skip"),
        (OnClash::Keep, "new"),
    ] {
        let mut tree = Tree::flat(dir.path().to_owned(), account(), assets.to_vec()).unwrap();
        let barred: Vec<usize> = tree.barred().collect();
        assert_eq!(barred, [0, 1]);
        for at in barred {
            tree.decide(at, rule);
        }
        let words: Vec<_> = tree.rows.iter().map(|row| row.fate.word()).collect();
        assert_eq!(words, [word, word], "{}", rule.word());
        if rule == OnClash::Keep {
            assert_eq!(paths(&tree), ["hero~2.png", "b~2.png"]);
        }
    }
}

#[test]
fn what_an_ended_program_left_beside_a_file_that_is_there_goes() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("a.png"), b"same").unwrap();
    let left = dir.path().join(".a.png.assetdeck-0.part");
    let other = dir.path().join(".b.png.assetdeck-0.part");
    for path in [&left, &other] {
        std::fs::write(path, b"the old one").unwrap();
    }
    let flat = Tree::flat(
        dir.path().to_owned(),
        account(),
        vec![asset("a.png", Some(4))],
    );
    let tree = flat.unwrap();
    assert_eq!(tree.rows[0].fate, Fate::Same);
    assert!(left.exists(), "a look changes nothing");
    assert!(tree.requests().unwrap().is_empty());
    assert!(!left.exists() && other.exists());
}

#[test]
fn locale_and_folder_become_folders_and_twins_get_numbers() {
    let dir = tempfile::tempdir().unwrap();
    let assets = [
        flex("de", "public/images", "hero.png"),
        flex("de", "public/images", "Hero.PNG"),
        flex("de", "Public", "a.png"),
        flex("", "", "a.png"),
        flex("", "", "../../etc/passwd"),
        flex("fr", "cafe\u{301}", "x.png"),
        flex("fr", "café", "x.png"),
    ];
    assert_eq!(
        paths(&tree(dir.path(), &assets)),
        [
            "2/de/public/images/hero.png",
            "2/de/public/images/Hero~2.PNG",
            "2/de/Public~2/a.png",
            "2/no-locale/a.png",
            "2/no-locale/___.._etc_passwd",
            "2/fr/café/x.png",
            "2/fr/café~2/x.png",
        ]
    );
}

#[test]
fn a_second_download_uses_the_names_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (flex("de", "A", "x.png"), flex("de", "a", "x.png"));
    let requests = tree(dir.path(), &[one.clone(), other.clone()])
        .requests()
        .unwrap();
    assert_eq!(requests.len(), 2);
    let first = kept(dir.path());
    assert_eq!(first[0].0, "2/de/A/x.png");
    assert_eq!(first[1].0, "2/de/a~2/x.png");
    // The other way round, and one more: each keeps its name.
    let third = flex("de", "a", "y.png");
    let again = tree(dir.path(), &[third, other, one]);
    assert_eq!(
        paths(&again),
        ["2/de/a~2/y.png", "2/de/a~2/x.png", "2/de/A/x.png"]
    );
    again.requests().unwrap();
    let second = kept(dir.path());
    assert_eq!(second.len(), 3);
    assert!(first.iter().all(|pair| second.contains(pair)), "{second:?}");
}

#[test]
fn a_list_that_is_not_ours_is_neither_believed_nor_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(MANIFEST);
    for text in [
        "{}",
        "not json",
        r#"{"assetdeck": 2, "files": "of another kind"}"#,
        r#"{"assetdeck": 1, "files": [{"file": "../x", "ref": "a:1@x", "locale": null, "folder": "", "name": "x", "size": 1, "folders": []}]}"#,
    ] {
        std::fs::write(&path, text).unwrap();
        let error = Tree::of_place(dir.path().to_owned(), account(), &SPEC, Vec::new());
        assert!(error.unwrap_err().message.contains(MANIFEST), "{text}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn what_stands_there_is_told_and_decided_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2/de");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("same.png"), b"abcd").unwrap();
    std::fs::write(folder.join("other.png"), b"longer").unwrap();
    std::fs::write(folder.join("TWIN.png"), b"longer").unwrap();
    std::os::unix::fs::symlink(dir.path(), dir.path().join("2/fr")).unwrap();
    let assets = [
        flex("de", "", "same.png"),
        flex("de", "", "other.png"),
        flex("de", "", "twin.png"),
        flex("de", "", "new.png"),
        flex("fr", "", "a.png"),
    ];
    let tree = tree(dir.path(), &assets);
    let fates: Vec<&Fate> = tree.rows.iter().map(|row| &row.fate).collect();
    assert_eq!(fates[0], &Fate::Same);
    assert!(matches!(fates[1], Fate::Clash(stamp) if stamp.size == 6));
    assert!(matches!(fates[2], Fate::Problem(why) if why.contains("TWIN.png")));
    assert_eq!(fates[3], &Fate::New);
    assert!(matches!(fates[4], Fate::Problem(why) if why.contains("link")));
    assert_eq!(tree.clashes().collect::<Vec<_>>(), [1]);
    for (rule, saved, at) in [
        (OnClash::Ask, 1, "2/de/other.png"),
        (OnClash::Skip, 1, "2/de/other.png"),
        (OnClash::Fail, 1, "2/de/other.png"),
        (OnClash::Replace, 2, "2/de/other.png"),
        (OnClash::Keep, 2, "2/de/other~2.png"),
    ] {
        let mut tree = tree.clone();
        tree.decide(1, rule);
        assert_eq!(tree.saved().0, saved, "{rule:?}");
        assert_eq!(tree.rows[1].at.to_string(), at);
        let requests = tree.requests().unwrap();
        let given_up = requests.iter().filter(|it| it.replaces.is_some()).count();
        assert_eq!(given_up, usize::from(rule == OnClash::Replace));
    }
}

#[test]
fn one_by_one_means_beside_each_other_and_without_a_list() {
    let dir = tempfile::tempdir().unwrap();
    let assets = vec![flex("de", "x", "a.png"), flex("fr", "y", "A.png")];
    let tree = Tree::flat(dir.path().to_owned(), account(), assets.clone()).unwrap();
    assert_eq!(paths(&tree), ["a.png", "A~2.png"]);
    // Locale and folder are part of what is asked for.
    assert!(tree.rows.iter().map(|row| &row.asset).eq(&assets));
    tree.requests().unwrap();
    assert!(!dir.path().join(MANIFEST).exists());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn no_two_assets_share_a_file_and_the_list_knows_each(
        names in prop::collection::vec(("(de|no-locale|DE|)", "([aA/\\\\.]|é|e\u{301}){0,4}", "([aAéÉ.~2/ ]|e\u{301}|ß|SS|\\PC){0,5}"), 1..20)
    ) {
        let dir = tempfile::tempdir().unwrap();
        let mut seen = HashSet::new();
        let assets: Vec<Asset> = { names.iter() }
            .filter(|(l, f, n)| seen.insert((l, f, n)) && !(l.is_empty() && f.is_empty() && n.is_empty()))
            .map(|(locale, folder, name)| flex(locale, folder, name))
            .collect();
        // An empty tree writes no list.
        prop_assume!(!assets.is_empty());
        let tree = tree(dir.path(), &assets);
        let made = paths(&tree);
        let keys: HashSet<String> = made.iter().map(|path| {
            path.split('/').map(twin_key).collect::<Vec<_>>().join("/")
        }).collect();
        prop_assert_eq!(keys.len(), made.len(), "{:?}", made);
        // No file stands where another one needs a folder.
        for path in &made {
            prop_assert!(!made.iter().any(|other| other.starts_with(&format!("{path}/"))), "{:?}", made);
        }
        let again = tree.clone();
        tree.requests().unwrap();
        let list = kept(dir.path());
        prop_assert_eq!(list.len(), made.len());
        // With the list, the other way round, every asset has the same file.
        let turned: Vec<Asset> = assets.iter().rev().cloned().collect();
        let turned = self::tree(dir.path(), &turned);
        for row in &again.rows {
            let other = turned.rows.iter().find(|it| it.asset.key == row.asset.key).unwrap();
            prop_assert_eq!(&other.at, &row.at);
        }
    }
}
