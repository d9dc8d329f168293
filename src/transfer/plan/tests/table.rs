//! Verdicts: one row, rows among each other, edits, and that an edit leaves the same as a new plan.

#[path = "filled.rs"]
mod filled;
#[path = "same.rs"]
mod same;

use std::path::PathBuf;
use std::time::{Duration, UNIX_EPOCH};

use super::*;
use crate::api::{BARE, Capabilities, FieldSpec, FileStamp, Middle, Replace};
use crate::domain::{AssetKey, AssetPath, FileName, SegmentId};
use crate::transfer::LocalFile;
use crate::transfer::plan::{Filled, Pattern};

const fn spec(upload_fields: &'static [FieldSpec], folders: bool) -> ProviderSpec {
    ProviderSpec {
        middle: Middle::Segments,
        upload_fields,
        capabilities: Capabilities {
            locales: folders,
            folders,
            replace: if folders {
                Replace::InPlace
            } else {
                Replace::ByDelete
            },
            ..BARE.capabilities
        },
        ..BARE
    }
}

/// Assets are told apart by locale, folder and name.
static PLACES: ProviderSpec = spec(
    &[
        FieldSpec::free(Field::Locale),
        FieldSpec::free(Field::Folder),
    ],
    true,
);
/// Assets are told apart by ids.
static IDS: ProviderSpec = spec(&[FieldSpec::free(Field::AltText)], false);

fn scope() -> AssetScope {
    AssetScope::Segment(container(), SegmentId::new("7").unwrap())
}

fn container() -> ContainerId {
    ContainerId::new("1").unwrap()
}

/// A file whose identity is its path's length and size: distinct where the tests want it so.
fn file(relative: &str, size: u64) -> Candidate {
    let parts: Vec<String> = relative.split('/').map(str::to_owned).collect();
    let path = PathBuf::from("/up").join(relative);
    let name = FileName::parse(parts.last().unwrap());
    let seed = relative.bytes().fold(size, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    Candidate {
        relative: parts,
        file: name
            .map_err(|error| error.to_string())
            .map(|name| LocalFile {
                path: path.clone(),
                name,
                stamp: FileStamp {
                    size,
                    modified: Some(UNIX_EPOCH + Duration::from_secs(1_000_000)),
                    identity: Some((1, seed)),
                },
                content_type: "image/png".into(),
            }),
        path,
    }
}

fn asset(locale: &str, folder: &str, name: &str, size: u64) -> Arc<Asset> {
    Arc::new(Asset {
        scope: scope(),
        key: AssetKey::from_parts([locale, folder, name]).unwrap(),
        locale: Locale::new(locale),
        folder: AssetPath::from_service(folder),
        modified: Some(String::from("1970-01-12T13:46:40Z")),
        ..crate::transfer::tests::asset(name, Some(size))
    })
}

fn locales() -> Vec<Locale> {
    ["en", "de", "pt-BR"]
        .iter()
        .filter_map(Locale::new)
        .collect()
}

fn plan_of(
    spec: &'static ProviderSpec,
    on_clash: OnClash,
    files: Vec<Candidate>,
    listed: Vec<Arc<Asset>>,
    by: &Fill,
) -> Plan {
    let account = AccountName::new("acme").unwrap();
    let mut plan = Plan::new(account, spec, Wishes::default(), on_clash);
    if spec.capabilities.locales {
        plan.set_locales(&container(), locales());
    }
    plan.add(files, &scope(), by);
    plan.set_listing(&scope(), listed);
    plan
}

fn plan(on_clash: OnClash, files: Vec<Candidate>, listed: Vec<Arc<Asset>>) -> Plan {
    let by = Fill::Only(Pattern::by_folder());
    plan_of(&PLACES, on_clash, files, listed, &by)
}

fn words(plan: &Plan) -> Vec<&'static str> {
    plan.rows().iter().map(|row| row.verdict().word()).collect()
}

fn says(plan: &Plan, row: usize) -> String {
    match plan.rows()[row].verdict() {
        Verdict::Problem(text) | Verdict::Skip(text) => text.clone(),
        other => panic!("row {row} is {}", other.word()),
    }
}

#[test]
fn a_file_is_new_same_or_clashes() {
    let listed = || vec![asset("", "x", "a.png", 10)];
    for (rule, path, size, word) in [
        (OnClash::Fail, "x/b.png", 10, "new"),
        (OnClash::Fail, "y/a.png", 10, "new"),
        (OnClash::Fail, "x/a.png", 10, "same"),
        (OnClash::Replace, "x/a.png", 10, "same"),
        (OnClash::Fail, "x/a.png", 11, "problem"),
        (OnClash::Ask, "x/a.png", 11, "clash"),
        (OnClash::Skip, "x/a.png", 11, "skip"),
        (OnClash::Replace, "x/a.png", 11, "replace"),
        (OnClash::Keep, "x/a.png", 11, "problem"),
    ] {
        let plan = plan(rule, vec![file(path, size)], listed());
        assert_eq!(words(&plan), [word], "{} {path} {size}", rule.word());
    }
}

/// Spellings that storage may take for one.
const TWINS: [(&str, &str); 7] = [
    ("hero.png", "Hero.png"),
    ("hero.png", "HERO.PNG"),
    ("café.png", "cafe\u{301}.png"),
    ("CAFÉ.png", "cafe\u{301}.png"),
    ("ΣΑΣ.png", "σασ.png"),
    ("straße.PNG", "Straße.png"),
    ("가.png", "\u{1100}\u{1161}.png"),
];

#[test]
fn twins_there_are_problems_that_tell_both_apart() {
    for (mine, theirs) in TWINS {
        for rule in [OnClash::Ask, OnClash::Replace, OnClash::Fail] {
            let listed = vec![asset("", "", theirs, 3)];
            let plan = plan(rule, vec![file(mine, 3)], listed);
            assert_eq!(words(&plan), ["problem"], "{mine} {theirs}");
            assert!(says(&plan, 0).contains("differs"), "{}", says(&plan, 0));
            assert!(plan.requests().is_empty());
        }
    }
    // Where ids tell them apart it is asked about; one of equal size is not taken for the same.
    for (mine, theirs) in TWINS {
        let listed = vec![asset("", "", theirs, 3)];
        let by = Fill::Standing(vec![]);
        let plan = plan_of(&IDS, OnClash::Ask, vec![file(mine, 3)], listed, &by);
        assert_eq!(words(&plan), ["clash"], "{mine} {theirs}");
        let clash = plan.rows()[0].clash().unwrap();
        assert!(clash.contains("differs from"), "{clash}");
        let only_written = crate::domain::composed(mine) == crate::domain::composed(theirs);
        let says = if only_written {
            "only in how it is written: there its letters are decomposed (é is e and an accent), \
             here composed (é is one character)"
        } else {
            "only in case"
        };
        assert!(clash.ends_with(says), "{clash}");
    }
    let listed = vec![asset("", "Public", "a.png", 3)];
    let plan = plan(OnClash::Replace, vec![file("public/a.png", 3)], listed);
    assert!(says(&plan, 0).contains("“Public”"), "{}", says(&plan, 0));
}

#[test]
fn twins_in_the_plan_are_problems_but_for_the_first() {
    for (one, other) in TWINS {
        let plan = plan(OnClash::Replace, vec![file(one, 3), file(other, 3)], vec![]);
        assert_eq!(words(&plan), ["new", "problem"], "{one} {other}");
        // The other row is named, not the row itself as its own twin.
        let says = says(&plan, 1);
        assert!(says.contains("goes to the same place"), "{says}");
        let named_again = says.contains(&format!("“{one}”"));
        assert!(
            says.starts_with(&format!("/up/{one} ")) && !named_again,
            "{says}"
        );
    }
    // Both are sent composed, and their paths look the same.
    let files = ["x/cafe\u{301}.png", "x/café.png"].map(|path| file(path, 3));
    let both = plan(OnClash::Fail, files.to_vec(), vec![]);
    assert_eq!(
        says(&both, 1),
        "/up/x/cafe\u{301}.png has the same name and goes to the same place, and differs only in how \
         it is written: there its letters are decomposed (é is e and an accent), here composed (é is \
         one character); rename one of them, or leave one out"
    );
    let same = plan(
        OnClash::Fail,
        vec![file("a.png", 1), file("a.png", 1)],
        vec![],
    );
    assert_eq!(words(&same), ["new", "skip"]);
    assert!(says(&same, 1).contains("named twice"));
}

#[test]
fn where_ids_tell_assets_apart_a_name_is_asked_about_and_may_be_kept() {
    let by = Fill::Standing(vec![]);
    for (rule, word) in [
        (OnClash::Ask, "clash"),
        (OnClash::Keep, "new"),
        (OnClash::Replace, "replace"),
        (OnClash::Fail, "problem"),
    ] {
        let listed = vec![asset("", "", "logo.png", 5)];
        let plan = plan_of(&IDS, rule, vec![file("x/logo.png", 6)], listed, &by);
        assert_eq!(words(&plan), [word]);
        assert_eq!(plan.rows()[0].wishes.folder, "");
    }
    let two = vec![asset("", "", "logo.png", 5), asset("", "y", "logo.png", 6)];
    let replace = OnClash::Replace;
    let mut plan = plan_of(&IDS, replace, vec![file("logo.png", 7)], two, &by);
    plan.set_on_clash(replace);
    assert_eq!(words(&plan), ["replace"], "the folder tells them apart");
}

#[test]
fn the_first_folder_and_the_locale_are_checked() {
    let by = Fill::Only(Pattern::by_locale());
    let files = [
        "de/x/a.png",
        "DE/x/b.png",
        "pt_br/c.png",
        "no-locale/de/d.png",
        "e.png",
    ];
    let files: Vec<_> = files.iter().map(|path| file(path, 1)).collect();
    let plan = plan_of(&PLACES, OnClash::Fail, files, vec![], &by);
    assert_eq!(
        words(&plan),
        ["new", "problem", "problem", "problem", "problem"]
    );
    assert!(says(&plan, 1).contains("did you mean de?"));
    assert!(says(&plan, 2).contains("did you mean pt-BR?"));
    assert!(says(&plan, 3).contains("named like the locale de"));
    assert!(says(&plan, 4).contains("does not fit the pattern"));
    let by = Fill::Standing(vec![]);
    let plan = plan_of(
        &PLACES,
        OnClash::Fail,
        vec![file("DE/a.png", 1)],
        vec![],
        &by,
    );
    assert!(says(&plan, 0).contains("named like the locale de"));
}

#[test]
fn edits_are_judged_and_counted() {
    let listed = vec![asset("de", "", "a.png", 5)];
    let files = vec![file("a.png", 1), file("A.png", 2), file("b.png", 4)];
    let mut plan = plan(OnClash::Ask, files, listed);
    assert_eq!(words(&plan), ["new", "problem", "new"]);
    assert_eq!(plan.totals().bytes, 5);
    plan.edit([0], &Change::Field(Field::Locale, String::from("de")));
    assert_eq!(words(&plan), ["clash", "new", "new"]);
    plan.edit([0], &Change::Decision(Some(OnClash::Replace)));
    assert_eq!(words(&plan), ["replace", "new", "new"]);
    assert_eq!((plan.totals().sent(), plan.totals().bytes), (3, 7));
    plan.copy(0, Field::Locale, 1..3);
    assert_eq!(words(&plan), ["replace", "problem", "new"]);
    plan.edit([0], &Change::LeftOut(true));
    assert_eq!(
        words(&plan),
        ["skip", "problem", "new"],
        "it differs from what is listed"
    );
    plan.edit([1], &Change::Name(String::from("c.png")));
    assert_eq!(words(&plan), ["skip", "new", "new"]);
    plan.edit([1], &Change::Name(String::from("a/c.png")));
    assert!(says(&plan, 1).contains("cannot hold"));
    plan.edit([1, 99], &Change::Field(Field::Folder, String::from("x")));
    assert_eq!(words(&plan), ["skip", "new", "new"]);
    assert_eq!(plan.requests().len(), 2);
}

#[test]
fn a_place_that_is_not_listed_sends_nothing() {
    let account = AccountName::new("acme").unwrap();
    let mut plan = Plan::new(account, &PLACES, Wishes::default(), OnClash::Fail);
    plan.add([file("a.png", 1)], &scope(), &Fill::Standing(vec![]));
    assert_eq!(words(&plan), ["looking"]);
    assert_eq!(plan.unlisted().into_iter().collect::<Vec<_>>(), [scope()]);
    assert!(plan.requests().is_empty());
    plan.set_unlistable(&scope(), String::from("no"));
    assert_eq!(words(&plan), ["problem"]);
    plan.set_listing(&scope(), []);
    assert_eq!(words(&plan), ["new"]);
}

proptest::proptest! {
    /// Judging only what an edit touches comes to the same as judging everything.
    #[test]
    fn edits_leave_what_a_new_judgement_would(
        edits in proptest::collection::vec((0..6_usize, 0..5_u8), 0..20),
    ) {
        let names = ["a.png", "A.png", "b.png", "x/a.png", "X/b.png", "de.png"];
        let files = names.iter().map(|name| file(name, 3)).collect();
        let listed = vec![asset("de", "", "a.png", 3), asset("", "x", "B.png", 4)];
        let mut plan = plan(OnClash::Ask, files, listed);
        for (row, edit) in edits {
            let change = match edit {
                0 => Change::Field(Field::Locale, String::from("de")),
                1 => Change::Field(Field::Folder, String::from("x")),
                2 => Change::LeftOut(row % 2 == 0),
                3 => Change::Name(String::from("b.PNG")),
                _ => Change::Field(Field::Locale, String::new()),
            };
            plan.edit([row], &change);
        }
        let mut anew = plan.clone();
        anew.settle(0..6);
        proptest::prop_assert_eq!(words(&anew), words(&plan));
        proptest::prop_assert_eq!(anew.totals(), plan.totals());
    }
}
