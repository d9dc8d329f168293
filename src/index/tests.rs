//! The index on a real disk: what comes back, what does not, and what damage costs.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::*;
use crate::domain::{
    AccountName, AssetKey, AssetPath, AssetScope, Container, Cursor, Locale, RawJson, Segment,
    SegmentText, Thing, Unreadable,
};

mod damaged;
mod found;
mod metered;
mod operations;
mod read;

fn owner(account: &str) -> Owner {
    Owner {
        account: AccountName::new(account).unwrap(),
        service: "fake",
        address: "https://service.example".to_owned(),
    }
}

fn doc() -> ContainerId {
    ContainerId::new("42").unwrap()
}

fn segment(n: u64, text: Option<&str>) -> Entry<Segment> {
    Entry::Read(Segment {
        id: SegmentId::new((20_000_000 + n).to_string()).unwrap(),
        position: n,
        part: 0,
        key: None,
        text: text.map(str::to_owned),
        raw: RawJson::new("{}"),
    })
}

fn asset(segment: u64, name: &str) -> Asset {
    let id = SegmentId::new((20_000_000 + segment).to_string()).unwrap();
    let key = AssetKey::from_parts([name]).unwrap();
    Asset::bare(AssetScope::Segment(doc(), id), key, name)
}

fn ids(of: &[u64]) -> Vec<SegmentId> {
    let id = |n: &u64| SegmentId::new((20_000_000 + n).to_string()).unwrap();
    of.iter().map(id).collect()
}

fn open(folder: &Path) -> Index {
    let (index, note) = Index::open(folder);
    assert!(index.keeps(), "{note:?}");
    index
}

fn settle(index: &Index) {
    index.settle(Duration::from_secs(30));
}

fn put(index: &Index, rows: &[Entry<Segment>], seal: Option<&str>) {
    let seal = seal.map(str::to_owned);
    let mut keeper = index.keep(&owner("a"), Place::Segments(doc()), seal);
    for page in rows.chunks(500) {
        for entry in page {
            keeper.entry(entry);
        }
    }
    keeper.end();
    settle(index);
}

fn got(index: &Index) -> Option<(Head, Vec<Entry<Segment>>)> {
    let mut all = Vec::new();
    let head = index.recall(&owner("a"), &Place::Segments(doc()), |_, rows| {
        all.extend(rows);
    })?;
    Some((head, all))
}

#[test]
fn a_list_comes_back_in_another_process_with_its_age() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows: Vec<_> = (1..=1_200).map(|n| segment(n, None)).collect();
    rows[700] = Entry::Unreadable(Unreadable {
        reason: "no id".to_owned(),
        raw: RawJson::new("{}"),
    });
    let before = Timestamp::now();
    put(&open(folder.path()), &rows, Some("monday"));
    let index = open(folder.path());
    let (head, all) = got(&index).unwrap();
    assert_eq!(all, rows);
    assert_eq!((head.count, head.seal.as_deref()), (1_200, Some("monday")));
    assert!(head.at.as_millisecond() >= before.as_millisecond());
    // Of another account, or of the account at another address, nothing is known.
    let ignored = |_: &Head, _: Shelf<Segment>| {};
    let other = Owner {
        address: "https://elsewhere.example".to_owned(),
        ..owner("a")
    };
    for owner in [owner("b"), other] {
        assert_eq!(index.recall(&owner, &Place::Segments(doc()), ignored), None);
    }
    assert_eq!(
        index.recall(&owner("a"), &Place::Assets(doc()), ignored),
        None
    );
    // A shorter one takes its place whole.
    put(&index, &rows[..3], None);
    assert_eq!(got(&index).unwrap().1, rows[..3]);
}

#[test]
fn a_list_that_did_not_end_goes_on_in_another_process_under_the_same_seal() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (1..=12_000).map(|n| segment(n, None)).collect();
    let place = Place::Segments(doc());
    let page = |keeper: &mut Keeper<Segment>, from: usize| {
        let upto = (from + 500).min(rows.len());
        for entry in &rows[from..upto] {
            keeper.entry(entry);
        }
        keeper.so_far(&Cursor(upto.to_string()), Some(12_000));
        upto
    };
    let seal = Some("monday".to_owned());
    // Two that are ended where none of them was written down, and behind that.
    for ends in [4_000, 7_500] {
        let index = open(folder.path());
        let mut keeper = index.keep(&owner("a"), place.clone(), seal.clone());
        let mut at = 0;
        while at < ends {
            at = page(&mut keeper, at);
        }
        std::mem::forget(keeper);
        settle(&index);
    }
    let go_on = |index: &Index, seal: &str| {
        let mut before = Vec::new();
        let tell = |rows: Shelf<Segment>| before.extend(rows);
        let draft = index.go_on(&owner("a"), &place, seal, tell);
        (draft, before)
    };
    let index = open(folder.path());
    assert!(got(&index).is_none());
    assert!(go_on(&index, "tuesday").0.is_none());
    let (draft, before) = go_on(&index, "monday");
    let Draft {
        mut keeper,
        next,
        total,
    } = draft.unwrap();
    // Where eight chunks were full, or later.
    let mut at: usize = next.0.parse().unwrap();
    assert!((4_500..=7_500).contains(&at));
    assert_eq!((before, total), (rows[..at].to_vec(), Some(12_000)));
    while at < rows.len() {
        at = page(&mut keeper, at);
    }
    keeper.end();
    settle(&index);
    let (head, all) = got(&index).unwrap();
    assert_eq!((head.count, all), (12_000, rows.clone()));
    assert_eq!(head.seal, seal);
    assert!(go_on(&index, "monday").0.is_none(), "nothing is left");
    // Of two that go on with it at once, the one that began last keeps it.
    let mut keeper = index.keep(&owner("a"), place.clone(), Some("tuesday".to_owned()));
    page(&mut keeper, 0);
    (1..9).for_each(|n| assert!(page(&mut keeper, n * 500) > 0));
    settle(&index);
    let draft = go_on(&index, "tuesday").0.unwrap();
    (9..24).for_each(|n| assert!(page(&mut keeper, n * 500) > 0));
    keeper.end();
    settle(&index);
    assert_eq!(got(&index).unwrap().0.seal, seal);
    let mut keeper = draft.keeper;
    (9..24).for_each(|n| assert!(page(&mut keeper, n * 500) > 0));
    keeper.end();
    settle(&index);
    let (head, all) = got(&index).unwrap();
    assert_eq!((head.seal.as_deref(), all), (Some("tuesday"), rows));
}

#[test]
fn a_list_that_did_not_end_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    put(&index, &[segment(1, None)], None);
    let mut keeper = index.keep(&owner("a"), Place::Segments(doc()), None);
    keeper.entry(&segment(2, None));
    drop(keeper);
    settle(&index);
    assert_eq!(got(&index).unwrap().1, [segment(1, None)]);
}

/// How many rows each table has.
fn tables(folder: &Path) -> [i64; 2] {
    let connection = store::connect(&store::LISTS.path(folder)).unwrap();
    ["lists", "chunks"].map(|table| {
        let count = format!("SELECT count(*) FROM {table}");
        connection.query_row(&count, [], |row| row.get(0)).unwrap()
    })
}

#[test]
fn a_long_list_is_written_while_it_is_read_and_seen_once_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    put(&index, &[segment(1, None)], None);
    let long: Vec<_> = (1..=20_000).map(|n| segment(n, Some("text"))).collect();
    let begin = || {
        let mut keeper = index.keep(&owner("a"), Place::Segments(doc()), None);
        for entry in &long {
            keeper.entry(entry);
        }
        settle(&index);
        keeper
    };
    let keeper = begin();
    assert_eq!(
        tables(folder.path()),
        [2, 1 + 9 * 8],
        "nine parts are there"
    );
    assert_eq!(got(&index).unwrap().1, [segment(1, None)]);
    let haystack = Haystack::gather(&index, vec![owner("a")], || true);
    let filter = crate::domain::filter::Filter::parse("text").unwrap();
    let hits = haystack.find(&filter, Timestamp::now(), 10, || true);
    assert!(hits.best.is_empty(), "{hits:?}");
    keeper.end();
    settle(&index);
    assert_eq!(got(&index).unwrap().1, long);
    let whole = tables(folder.path());
    assert_eq!(whole, [1, 79]);
    // One that does not end leaves nothing.
    drop(begin());
    settle(&index);
    assert_eq!(tables(folder.path()), whole);
    // Nor does one whose process was killed, a day later.
    std::mem::forget(begin());
    assert_eq!(tables(folder.path()), [2, 79 + 9 * 8]);
    drop(index);
    let mut connection = store::connect(&store::LISTS.path(folder.path())).unwrap();
    change::drop_old(&mut connection, Timestamp::now()).unwrap();
    assert_eq!(
        tables(folder.path()),
        [2, 79 + 9 * 8],
        "it may be on its way"
    );
    let tomorrow = Timestamp::now() + Duration::from_hours(25);
    change::drop_old(&mut connection, tomorrow).unwrap();
    assert_eq!(tables(folder.path()), whole);
    assert_eq!(got(&open(folder.path())).unwrap().1, long);
}

#[test]
fn texts_join_their_segments_and_a_renewal_changes_the_age_only() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let rows: Vec<_> = (1..=600).map(|n| segment(n, None)).collect();
    put(&index, &rows, None);
    let text = |position| SegmentText {
        position,
        key: None,
        text: Some(format!("text {position}")),
    };
    let texts = [1, 513, 600, 9_999].map(text).into_iter().collect();
    index.keep_texts(&owner("a"), &doc(), texts);
    index.renew(&owner("a"), Place::Segments(doc()), Some("now".to_owned()));
    settle(&index);
    let (head, all) = got(&index).unwrap();
    assert_eq!(head.seal.as_deref(), Some("now"));
    let told: Vec<u64> = { all.iter().filter_map(Entry::read) }
        .filter(|it| it.text == Some(format!("text {}", it.position)))
        .map(|it| it.position)
        .collect();
    assert_eq!(told, [1, 513, 600]);
}

#[test]
fn marks_tell_none_from_not_asked() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let found = [asset(1, "a.png"), asset(1, "b.png"), asset(3, "c.png")].map(Entry::Read);
    index.keep_marks(&owner("a"), &doc(), &ids(&[1, 2, 3]), &found);
    settle(&index);
    let marks = index.marks(&owner("a"), &doc(), &ids(&[1, 2, 3, 4]));
    let seen: Vec<usize> = marks.iter().map(|mark| mark.assets.len()).collect();
    assert_eq!(seen, [2, 0, 1]);
    assert_eq!(marks[2].assets, found[2..]);
    index.forget_mark(&owner("a"), &doc(), &marks[0].segment);
    settle(&index);
    assert_eq!(index.marks(&owner("a"), &doc(), &ids(&[1, 2, 3])).len(), 2);
}

#[test]
fn what_opens_something_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let mut signed = asset(1, "a.png");
    signed.url = Some("https://cdn.example/a.png?X-Amz-Signature=canary-1".to_owned());
    signed.raw = RawJson::new(r#"{"token":"canary-2"}"#);
    let mut plain = asset(2, "b.png");
    plain.url = Some("https://cdn.example/b.png".to_owned());
    let found = [signed, plain].map(Entry::Read);
    index.keep_marks(&owner("a"), &doc(), &ids(&[1, 2]), &found);
    settle(&index);
    let kept = |of| index.marks(&owner("a"), &doc(), &ids(&[of]))[0].assets[0].clone();
    let (signed, plain) = (kept(1).into_read().unwrap(), kept(2).into_read().unwrap());
    assert_eq!((signed.url, &*signed.raw.text()), (None, "{}"));
    assert_eq!(plain.url.as_deref(), Some("https://cdn.example/b.png"));
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", file.path());
    }
}

#[test]
fn a_forgotten_account_leaves_nothing_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    put(&index, &[segment(1, Some("a text"))], None);
    index.keep_marks(
        &owner("a"),
        &doc(),
        &ids(&[1]),
        &[Entry::Read(asset(1, "x"))],
    );
    index.keep_marks(&owner("b"), &doc(), &ids(&[2]), &[]);
    index.forget(&AccountName::new("a").unwrap());
    settle(&index);
    assert_eq!(got(&index), None);
    assert!(index.marks(&owner("a"), &doc(), &ids(&[1])).is_empty());
    assert_eq!(index.marks(&owner("b"), &doc(), &ids(&[2])).len(), 1);
    drop(index);
    // Not even an id: ids are not deflated.
    let bytes = std::fs::read(store::LISTS.path(folder.path())).unwrap();
    let held = |text: &[u8]| bytes.windows(text.len()).any(|it| it == text);
    assert!(held(b"20000002") && !held(b"20000001"));
}

#[test]
fn two_processes_use_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (open(folder.path()), open(folder.path()));
    std::thread::scope(|scope| {
        for (n, index) in [&one, &two].into_iter().enumerate() {
            scope.spawn(move || {
                for round in 0..20 {
                    let at = (n * 100 + round) as u64;
                    index.keep_marks(&owner("a"), &doc(), &ids(&[at]), &[]);
                    put(index, &[segment(at, None)], None);
                }
            });
        }
    });
    let all: Vec<u64> = (0..20).chain(100..120).collect();
    for index in [one, two] {
        assert_eq!(index.marks(&owner("a"), &doc(), &ids(&all)).len(), 40);
        assert_eq!(got(&index).unwrap().1.len(), 1);
    }
}

#[test]
fn a_segment_takes_few_bytes() {
    const MANY: u64 = 20_000;
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let row = |n: u64| {
        let mut entry = segment(n, None);
        if let Entry::Read(segment) = &mut entry {
            let odd = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            segment.key = Some(format!("screen.{}.button.{odd:x}", n / 40));
            segment.text = Some(format!("Text number {n} of the shop, order {odd}"));
        }
        entry
    };
    put(&index, &(1..=MANY).map(row).collect::<Vec<_>>(), None);
    let all: Vec<u64> = (1..=MANY).collect();
    for asked in all.chunks(150) {
        let found: Vec<_> = { asked.iter().filter(|n| **n % 4 == 0) }
            .map(|n| Entry::Read(asset(*n, "banner.png")))
            .collect();
        index.keep_marks(&owner("a"), &doc(), &ids(asked), &found);
    }
    settle(&index);
    let bytes = std::fs::metadata(store::LISTS.path(folder.path()))
        .unwrap()
        .len();
    let each = bytes / MANY;
    assert!(each <= 200, "{each} bytes a segment");
}

#[test]
fn what_was_read_comes_back_for_the_state_that_it_was_in() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(folder.path());
    let mut one = asset(1, "hero.png");
    (one.size, one.modified) = (Some(10), Some("monday".to_owned()));
    // Its service tells no time: nobody could say whether it is still the same.
    let mut timeless = asset(1, "logo.png");
    timeless.size = Some(10);
    for it in [&one, &timeless] {
        index.keep_digest(&owner("a"), it, Digest([7; 32]));
    }
    settle(&index);
    let index = open(folder.path());
    let digests = index.digests(&owner("a"), &one.scope);
    assert_eq!(digests.of(&one), Some(Digest([7; 32])));
    assert_eq!(digests.of(&timeless), None);
    one.modified = Some("tuesday".to_owned());
    assert_eq!(digests.of(&one), None);
    for (owner, scope) in [(owner("b"), &one.scope), (owner("a"), &asset(2, "x").scope)] {
        assert!(index.digests(&owner, scope).is_empty());
    }
    index.forget(&owner("a").account);
    settle(&index);
    assert!(index.digests(&owner("a"), &one.scope).is_empty());
}
