//! What a key of the filter costs in long lists, and what a page costs that comes in; how to run it stands
//! in benches/README.md.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use assetdeck::app::columns::asset_column;
use assetdeck::app::list::{List, Sort};
use assetdeck::domain::{
    Asset, AssetKey, AssetPath, AssetScope, ContainerId, Entry, Locale, RawJson, SegmentId, Shelf,
};
use divan::Bencher;
use jiff::Timestamp;

type Assets = List<Entry<Asset>>;

/// What is typed before, and with the key that is measured.
const KEYS: [(&str, &str); 11] = [
    ("", "h"),
    ("h", "he"),
    ("he", "her"),
    ("her", "hero"),
    ("hero", "herob"),
    ("herob", "hero"),
    ("hero", "hero -draft"),
    ("", "zzqx"),
    ("", "locale:de"),
    ("", "type:png"),
    ("", "size:>1mb"),
];
const WORDS: [&str; 12] = [
    "hero", "banner", "team", "logo", "été", "product", "teaser", "draft", "header", "footer",
    "map", "photo",
];
const LOCALES: [&str; 6] = ["de", "fr", "es", "it", "pt-BR", "ja"];
const FOLDERS: [&str; 4] = ["public/images", "public/icons/small", "press", ""];

fn main() {
    divan::main();
}

/// A row of a website or a document, about as a service tells it.
fn row(at: usize, scope: &AssetScope) -> Entry<Asset> {
    // Spread like chance, the same each time.
    let chance = |of: usize, salt: usize| (at.wrapping_mul(2_654_435_761) >> salt) % of;
    let word = |salt| WORDS[chance(WORDS.len(), salt)];
    let name = format!("{}-{}_{at:07}-{}.png", word(3), word(9), word(14));
    let key = AssetKey::from_parts(["", &name]).expect("a key");
    let mut asset = Asset::bare(scope.clone(), key, name);
    asset.locale = Locale::new(LOCALES[chance(LOCALES.len(), 5)]);
    asset.folder = AssetPath::from_service(FOLDERS[chance(FOLDERS.len(), 7)]);
    asset.size = Some(u64::try_from(chance(9_000_000, 1)).unwrap_or(1));
    asset.content_type = Some("image/png".to_owned());
    asset.modified = Some("2026-06-10T08:00:00Z".to_owned());
    asset.raw = RawJson::new("");
    Entry::Read(asset)
}

fn rows(from: usize, many: usize) -> Shelf<Asset> {
    let document = ContainerId::new("19914").expect("an id");
    let segment = SegmentId::new("27667833").expect("an id");
    let scope = AssetScope::Segment(document, segment);
    (from..from + many).map(|at| row(at, &scope)).collect()
}

fn set(list: &mut Assets, filter: &str) {
    list.set_filter(filter, Timestamp::UNIX_EPOCH)
        .expect("a filter");
}

fn finish(list: &mut Assets) {
    while list.unfinished() {
        list.go_on();
    }
}

/// A list of so many, made once: packing a million rows takes longer than all that is measured.
fn list(many: usize) -> Rc<RefCell<Assets>> {
    thread_local! {
        static MADE: RefCell<HashMap<usize, Rc<RefCell<Assets>>>> = RefCell::default();
    }
    let list = MADE.with(|made| {
        let mut made = made.borrow_mut();
        let made = made.entry(many).or_insert_with(|| {
            let mut list = Assets::default();
            list.append(rows(0, many));
            Rc::new(RefCell::new(list))
        });
        Rc::clone(made)
    });
    let mut bare = list.borrow_mut();
    set(&mut bare, "");
    bare.set_sort(None);
    bare.keep_words(false);
    finish(&mut bare);
    drop(bare);
    list
}

/// The same with its words made, as they are while a filter is typed.
fn worded(many: usize) -> Rc<RefCell<Assets>> {
    let list = list(many);
    list.borrow_mut().keep_words(true);
    finish(&mut list.borrow_mut());
    list
}

fn by_name() -> Sort<Asset> {
    Sort {
        column: asset_column(assetdeck::api::AssetColumn::Name),
        descending: false,
    }
}

/// Runs what one key does, each time from the state before it.
fn key(bencher: Bencher<'_, '_>, many: usize, before: &str, now: &str, all: bool) {
    let list = worded(many);
    let back = || {
        let mut list = list.borrow_mut();
        set(&mut list, "");
        finish(&mut list);
        set(&mut list, before);
        finish(&mut list);
    };
    bencher.with_inputs(back).bench_local_values(|()| {
        let mut list = list.borrow_mut();
        set(&mut list, now);
        if all {
            finish(&mut list);
        }
        list.shown().len()
    });
}

/// Until the first rows can be drawn.
#[divan::bench(args = KEYS, consts = [100_000, 1_000_000], max_time = Duration::from_secs(2))]
fn first<const ROWS: usize>(bencher: Bencher<'_, '_>, (before, now): (&str, &str)) {
    key(bencher, ROWS, before, now, false);
}

/// Until every row was looked at.
#[divan::bench(args = KEYS, consts = [100_000, 1_000_000], max_time = Duration::from_secs(2))]
fn all<const ROWS: usize>(bencher: Bencher<'_, '_>, (before, now): (&str, &str)) {
    key(bencher, ROWS, before, now, true);
}

/// Making the words, which begins with `/`, in steps between which keys are heard.
#[divan::bench(consts = [100_000, 1_000_000], max_time = Duration::from_secs(4))]
fn words<const ROWS: usize>(bencher: Bencher<'_, '_>) {
    let list = list(ROWS);
    let forget = || list.borrow_mut().keep_words(false);
    bencher.with_inputs(forget).bench_local_values(|()| {
        let mut list = list.borrow_mut();
        list.keep_words(true);
        finish(&mut list);
    });
}

/// One of those steps: what a key may have to wait for.
#[divan::bench(max_time = Duration::from_secs(2))]
fn step(bencher: Bencher<'_, '_>) {
    let list = list(1_000_000);
    let forget = || list.borrow_mut().keep_words(false);
    bencher.with_inputs(forget).bench_local_values(|()| {
        let mut list = list.borrow_mut();
        list.keep_words(true);
        list.go_on();
    });
}

/// Sorting by name, in steps between which keys are heard.
#[divan::bench(consts = [100_000, 1_000_000], max_time = Duration::from_secs(4))]
fn sort<const ROWS: usize>(bencher: Bencher<'_, '_>) {
    let list = list(ROWS);
    let forget = || list.borrow_mut().set_sort(None);
    bencher.with_inputs(forget).bench_local_values(|()| {
        let mut list = list.borrow_mut();
        list.set_sort(Some(by_name()));
        finish(&mut list);
    });
}

/// Each of those steps.
#[divan::bench(sample_count = 2000, sample_size = 1, max_time = Duration::from_secs(8))]
fn sort_step(bencher: Bencher<'_, '_>) {
    let list = list(1_000_000);
    let begin = || {
        let mut list = list.borrow_mut();
        if !list.unfinished() {
            list.set_sort(None);
            list.set_sort(Some(by_name()));
        }
    };
    let step = |()| list.borrow_mut().go_on();
    bencher.with_inputs(begin).bench_local_values(step);
}

/// A page of 1,000 rows behind a million: unsorted, sorted, and filtered.
#[divan::bench(args = ["", "sorted", "hero"], sample_count = 50, sample_size = 1)]
fn page(bencher: Bencher<'_, '_>, how: &str) {
    let mut list = Assets::default();
    list.append(rows(0, 1_000_000));
    match how {
        "sorted" => list.set_sort(Some(by_name())),
        filter => set(&mut list, filter),
    }
    finish(&mut list);
    let list = RefCell::new(list);
    bencher
        .with_inputs(|| rows(list.borrow().len(), 1000))
        .bench_local_values(|page| {
            let mut list = list.borrow_mut();
            list.append(page);
            finish(&mut list);
        });
}
