//! Tests of lists: in steps, by pages and sorted they show what they show at once.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::app::columns::{Value, Width};
use crate::domain::filter::{Facts, Fit, Verdict};
use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, Entry};

#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    id: usize,
    name: String,
}

impl Row for Name {
    type Id = usize;
    type Item = Self;
    type Lens = bool;
    type Rows = Vec<Self>;

    fn id(&self, _: usize) -> usize {
        self.id
    }

    fn item(&self) -> Option<&Self> {
        Some(self)
    }

    fn facts<'a>(&'a self, _: &'a bool) -> Facts<'a> {
        Facts::named(&self.name)
    }

    /// The lens hides every other row.
    fn passes(&self, lens: &bool) -> bool {
        !*lens || self.id.is_multiple_of(2)
    }
}

static NAME: Column<Name> = Column {
    name: "NAME",
    width: Width::Grow(1),
    right: false,
    rank: 0,
    value: |row| Value::Text(row.name.clone()),
};

fn rows(names: &[&str]) -> Vec<Name> {
    let names = names.iter().enumerate();
    let row = |(id, name): (usize, &&str)| Name {
        id,
        name: (*name).to_owned(),
    };
    names.map(row).collect()
}

fn list(names: &[&str]) -> List<Name> {
    let mut list = List::default();
    list.append(rows(names));
    list
}

fn set(list: &mut List<Name>, filter: &str) {
    list.set_filter(filter, Timestamp::UNIX_EPOCH).unwrap();
}

fn names(list: &List<Name>) -> Vec<&str> {
    let shown = list.shown().iter();
    shown.map(|at| list.rows()[*at].name.as_str()).collect()
}

/// What a list has to show, found in the simplest way.
fn expected(list: &List<Name>) -> Vec<usize> {
    let (mut whole, mut loose) = (Vec::new(), Vec::new());
    let filter = Filter::parse(list.filter()).unwrap();
    for (at, row) in list.rows().iter().enumerate() {
        if row.passes(list.lens()) {
            match filter.matches(&row.facts(list.lens()), Timestamp::UNIX_EPOCH) {
                Verdict::Yes(Fit::Loose) if list.sort().is_none() => loose.push(at),
                Verdict::Yes(_) => whole.push(at),
                _ => {}
            }
        }
    }
    if let Some(sort) = list.sort() {
        let name = |at: &usize| list.rows()[*at].name.clone();
        whole.sort_by(|a, b| {
            let order = name(a).cmp(&name(b));
            if sort.descending {
                order.reverse()
            } else {
                order
            }
        });
    }
    whole.append(&mut loose);
    whole
}

#[test]
fn rows_that_fit_better_come_first_unless_they_are_sorted() {
    let mut list = list(&["a-big-cat", "cab", "abc", "alphabetic", "b"]);
    set(&mut list, "abc");
    assert_eq!(names(&list), ["abc", "a-big-cat", "alphabetic"]);
    let sort = Sort {
        column: &NAME,
        descending: false,
    };
    list.set_sort(Some(sort));
    assert_eq!(names(&list), ["a-big-cat", "abc", "alphabetic"]);
}

#[test]
fn the_cursors_row_stays_under_it_while_others_are_found() {
    let many: Vec<String> = (0..100).map(|at| format!("row{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut list = list(&many);
    list.step = 120;
    list.go(77);
    set(&mut list, "7");
    let mut steps = 0;
    while list.unfinished() {
        assert_eq!(list.current().unwrap().name, "row77");
        assert!(list.shown().len() <= 19);
        list.go_on();
        steps += 1;
    }
    assert!(steps > 10, "{steps}");
    assert_eq!(list.current().unwrap().name, "row77");
    assert_eq!(list.shown().len(), 19);
    // Gone: the first hit gets it, and where the user moved meanwhile it stays.
    set(&mut list, "1");
    assert!(list.unfinished());
    list.step(1);
    let moved = list.current_id();
    while list.unfinished() {
        list.go_on();
        assert_eq!(list.current_id(), moved);
    }
}

#[test]
fn a_long_list_is_sorted_in_steps_while_it_stays_as_it_is_under_the_user() {
    let many: Vec<String> = (0..3_000)
        .map(|at| format!("row{:04}", at * 7 % 3_000))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut list = list(&many);
    list.step = 5_000;
    list.settle();
    list.go(1_234);
    let here = list.current().unwrap().name.clone();
    let sort = |descending| {
        Some(Sort {
            column: &NAME,
            descending,
        })
    };
    list.set_sort(sort(false));
    let (mut steps, before) = (0, names(&list).join(" "));
    while !list.is_sorted() {
        assert_eq!(names(&list).join(" "), before, "nothing jumps");
        assert_eq!(list.current().unwrap().name, here);
        list.go_on();
        steps += 1;
    }
    assert!(steps > 20, "{steps}");
    list.settle();
    assert_eq!(list.shown(), expected(&list));
    assert_eq!(list.current().unwrap().name, here);
    // The other way round the first order stays meanwhile, and new rows come behind it.
    list.set_sort(sort(true));
    let shown = list.shown().to_vec();
    list.append(vec![Name {
        id: 3_000,
        name: "row9999".to_owned(),
    }]);
    assert!(!list.is_sorted());
    assert_eq!(list.shown()[..3_000], shown);
    assert_eq!(list.shown()[3_000..], [3_000]);
    list.step(-1);
    let moved = list.current_id();
    list.range();
    list.step(2);
    list.settle();
    assert_eq!(list.shown(), expected(&list));
    assert_eq!(list.marks(), 3, "a range that was open is marked");
    assert!(moved.is_some_and(|id| list.chosen().iter().any(|row| row.id == id)));
}

#[test]
fn rows_that_come_late_get_their_places_also_when_no_more_were_expected() {
    let mut list = list(&["b", "d"]);
    list.set_sort(Some(Sort {
        column: &NAME,
        descending: false,
    }));
    list.complete();
    assert_eq!(list.keys.len(), 0, "keys are let go");
    list.append(vec![Name {
        id: 2,
        name: "c".to_owned(),
    }]);
    assert_eq!(list.keys.len(), 3);
    list.append(vec![Name {
        id: 3,
        name: "a".to_owned(),
    }]);
    assert_eq!(names(&list), ["a", "b", "c", "d"]);
}

#[test]
fn the_cursor_leaves_a_row_that_fits_loosely_for_one_that_fits_as_it_stands() {
    let mut list = list(&["head-report.png", "hero.png"]);
    for filter in ["h", "he", "her", "hero"] {
        set(&mut list, filter);
    }
    assert_eq!(names(&list), ["hero.png", "head-report.png"]);
    assert_eq!(list.current().unwrap().name, "hero.png");
    // Where none does, it stays.
    list.go(1);
    set(&mut list, "hrp");
    assert_eq!(list.current().unwrap().name, "head-report.png");
}

#[test]
fn letters_typed_faster_than_rows_are_looked_at_lose_none() {
    let many: Vec<String> = (0..100).map(|at| format!("abc{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut list = list(&many);
    list.step = 120;
    set(&mut list, "a");
    list.settle();
    for filter in ["ab", "abc", "abc -abc7"] {
        set(&mut list, filter);
        assert!(list.unfinished(), "{filter}");
    }
    list.settle();
    assert_eq!(list.shown(), expected(&list));
    assert_eq!(list.shown().len(), 81);
}

#[test]
fn a_step_looks_at_fewer_rows_where_their_words_are_read() {
    let many: Vec<String> = (0..100).map(|at| format!("cba{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let steps = |filter: &str| {
        let mut list = list(&many);
        list.keep_words(true);
        while list.unfinished() {
            list.go_on();
        }
        list.step = 120;
        set(&mut list, filter);
        let mut steps = 1;
        while !list.is_found() {
            list.go_on();
            steps += 1;
        }
        steps
    };
    // No row has this letter; all have those, in another order.
    assert_eq!(steps("x"), 5);
    assert_eq!([steps("ac"), steps("-ac")], [17, 17]);
}

#[test]
fn a_wanted_row_gets_the_cursor_when_a_page_brings_it() {
    let mut list = list(&["a", "b"]);
    list.want(3);
    let mut more = rows(&["a", "b", "c", "d"]).split_off(2);
    list.append(vec![more.remove(0)]);
    assert_eq!(list.current_id(), Some(0));
    list.append(more);
    assert_eq!(list.current_id(), Some(3));
}

#[test]
fn words_are_made_while_a_filter_is_typed_and_dropped_behind_it() {
    let mut list = list(&["a", "b", "c"]);
    list.step = 60;
    assert!(!list.unfinished());
    list.keep_words(true);
    assert!(list.unfinished());
    while list.unfinished() {
        list.go_on();
    }
    assert_eq!(list.words.len(), 3);
    list.keep_words(false);
    assert_eq!(list.words.len(), 0);
}

fn bare_asset(name: String) -> Asset {
    let scope = AssetScope::Container(ContainerId::new("site").unwrap());
    let key = AssetKey::from_parts([name.as_str()]).unwrap();
    Asset::bare(scope, key, name)
}

#[test]
fn sizes_and_times_are_looked_for_beside_the_words_as_in_the_rows() {
    let asset = |at: u64| {
        let end = ["png", "pdf", "a.b"].into_iter().cycle();
        let end = { end }.nth(usize::try_from(at).unwrap()).unwrap();
        let mut asset = bare_asset(format!("{at}.{end}"));
        asset.size = (!at.is_multiple_of(5)).then_some(at * 100);
        asset.modified =
            (!at.is_multiple_of(7)).then(|| format!("2026-06-{:02}T08:00:00Z", at % 28 + 1));
        Entry::Read(asset)
    };
    let now = "2026-06-28T09:00:00Z".parse().unwrap();
    for (filter, some) in [
        ("size:>5k", true),
        ("size:>5k changed:<7d", true),
        ("type:png size:<2k", true),
        ("7 -size:>1k", true),
        ("changed:>2mo", false),
    ] {
        let mut bare = List::<Entry<Asset>>::default();
        bare.append((0..100).map(asset).collect());
        let mut worded = List::<Entry<Asset>> {
            step: 300,
            ..List::default()
        };
        worded.keep_words(true);
        worded.append((0..100).map(asset).collect());
        for list in [&mut bare, &mut worded] {
            list.set_filter(filter, now).unwrap();
            list.settle();
        }
        assert_eq!(worded.shown(), bare.shown(), "{filter}");
        assert_eq!(!bare.shown().is_empty(), some, "{filter}");
    }
}

#[test]
fn what_is_told_anew_is_measured_anew() {
    let asset = |at: usize, size| {
        let mut asset = bare_asset(format!("{at}.png"));
        asset.size = Some(size);
        Entry::Read(asset)
    };
    let mut list = List::<Entry<Asset>>::default();
    list.keep_words(true);
    list.append((0..600).map(|at| asset(at, 1)).collect());
    while list.unfinished() {
        list.go_on();
    }
    list.take_front(&(0..320).map(|at| asset(at, 9)).collect());
    list.set_filter("size:<5", Timestamp::UNIX_EPOCH).unwrap();
    list.settle();
    assert_eq!(list.shown().len(), 280);
}

/// Something that happens to a list.
#[derive(Debug, Clone)]
enum Event {
    Page(Vec<String>),
    Replace(usize),
    Filter(String),
    Sort(Option<bool>),
    Lens(bool),
    Step(isize),
    GoOn,
}

fn event() -> impl Strategy<Value = Event> {
    let name = "[ab]{1,3}([.-][abc]{1,3})?";
    // Typed letter by letter, mostly: what narrows what was not looked at to its end.
    let typed = prop::sample::select(vec![
        "a", "ab", "ab b", "ab b c", "\"a", "\"ab", "-a", "", "b",
    ]);
    prop_oneof![
        3 => prop::collection::vec(name, 0..40).prop_map(Event::Page),
        1 => (0_usize..20).prop_map(Event::Replace),
        2 => "(-?[abc]{1,3}|\"[ab]{1,2}\"|name:b)( [abc])?|".prop_map(Event::Filter),
        6 => typed.prop_map(|text| Event::Filter(text.to_owned())),
        1 => prop::option::of(any::<bool>()).prop_map(Event::Sort),
        1 => any::<bool>().prop_map(Event::Lens),
        2 => (-3_isize..4).prop_map(Event::Step),
        3 => Just(Event::GoOn),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_it_ends_with_the_rows_that_fit(
        events in prop::collection::vec(event(), 1..25),
        step in 60_usize..300,
    ) {
        let mut list: List<Name> = List { step, ..List::default() };
        for event in events {
            let before = list.current().cloned();
            let keeps = matches!(&event, Event::Page(_) | Event::GoOn | Event::Sort(_));
            match event {
                Event::Page(names) => {
                    let from = list.len();
                    let page = names.into_iter().enumerate();
                    list.append(page.map(|(at, name)| Name { id: from + at, name }).collect());
                }
                Event::Replace(left) => {
                    let rows = list.rows().iter().take(left).cloned().collect::<Vec<_>>();
                    list.replace(rows);
                }
                Event::Filter(text) => set(&mut list, &text),
                Event::Sort(descending) => list.set_sort(
                    descending.map(|descending| Sort { column: &NAME, descending }),
                ),
                Event::Lens(lens) => list.set_lens(lens),
                Event::Step(by) => list.step(by),
                Event::GoOn => list.go_on(),
            }
            prop_assert!(list.shown().is_empty() || list.cursor() < list.shown().len());
            // What is found meanwhile may take the cursor only where the filter moved it.
            if keeps && list.filter().is_empty() && before.is_some() {
                prop_assert_eq!(list.current().cloned(), before);
            }
            let mut seen = list.shown().to_vec();
            seen.sort_unstable();
            seen.dedup();
            prop_assert_eq!(seen.len(), list.shown().len(), "no row is there twice");
        }
        while list.unfinished() {
            list.go_on();
        }
        prop_assert_eq!(list.shown(), expected(&list));
    }
}
