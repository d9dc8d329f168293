//! The coverage sheet: what it shows, asks for and leads to.

mod ages;

use std::sync::Arc;
use std::time::Duration;

use super::services::{account, asset, doc, segment};
use super::world::{World, assets};
use crate::api::{ApiError, ApiErrorKind, UploadRequest};
use crate::app::Pane;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Batch, Msg};
use crate::domain::{Asset, AssetScope, ContainerId, Entry, Segment, SegmentId};
use crate::transfer::job::{Direction, Job, JobId, JobState};

fn sent(world: &World) -> Vec<&UploadRequest> {
    let uploads = world.log.iter().filter_map(|effect| match effect {
        Effect::Upload { requests, .. } => Some(requests),
        _ => None,
    });
    uploads.flatten().collect()
}

/// On the coverage of the document: in its first segment `hero.png` is there in both locales, and
/// `logo.svg` of no language is missing in fr.
fn at_coverage() -> World {
    let mut world = World::at_doc();
    world.keys("c");
    world.settle();
    world
}

/// The calls that were made for assets of several segments, and for how many each.
fn calls(world: &World) -> Vec<(RequestId, usize)> {
    let loads = world.log.iter().filter_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Sweep(_, segments),
            patient: true,
            ..
        } => Some((*id, segments.len())),
        _ => None,
    });
    loads.collect()
}

/// A document of so many segments, of which nothing is known.
fn large(segments: u64) -> World {
    let mut world = World::at_doc();
    let rows = (1..=segments).map(|n| Entry::Read(segment(&format!("s{n}"), n)));
    let opened = world.state.browse.open_mut().unwrap();
    opened
        .segments
        .list
        .replace(rows.collect::<Vec<Entry<Segment>>>());
    opened.known.clear();
    world
}

/// What was kept of the segments, which is looked for before any call.
fn kept(world: &mut World, marks: Vec<(SegmentId, Duration, Vec<Entry<Asset>>)>) {
    let mut loads = world.log.iter().rev();
    let id = loads.find_map(|effect| match effect {
        Effect::Load {
            id,
            what: Load::Kept(..),
            ..
        } => Some(*id),
        _ => None,
    });
    let answer = Answer::KeptMarks(marks);
    let id = id.expect("it is asked for");
    world.send(Msg::Loaded { id, answer });
}

/// Answers a call of the sheet.
fn hear(world: &mut World, id: RequestId, result: Result<Vec<Entry<Asset>>, ApiError>) {
    let answer = Answer::Marks(result);
    world.send(Msg::Loaded { id, answer });
}

#[test]
fn it_says_what_is_missing_where_and_finds_the_next_gap() {
    let mut world = at_coverage();
    let sheet = world.sheet();
    assert!(sheet.contains("Coverage of Mobile app"), "{sheet}");
    assert!(
        sheet.contains("3 segments") && sheet.contains("1 missing"),
        "{sheet}"
    );
    assert!(sheet.contains("no assets"), "{sheet}");
    world.keys("n");
    let sheet = world.sheet();
    assert!(
        sheet.contains("u uploads ") && sheet.contains("logo.svg"),
        "{sheet}"
    );
    // Only what has gaps, and then each state that there is.
    world.keys("f");
    assert!(world.sheet().contains("only gaps"), "{}", world.sheet());
    world.keys("f");
    assert!(world.sheet().contains("only missing"), "{}", world.sheet());
}

#[test]
fn a_place_without_locales_says_why_there_is_none() {
    let mut world = World::at_site();
    world.keys("c");
    assert!(world.state.modals.is_empty());
    assert!(world.said().contains("no locales"), "{}", world.said());
}

#[test]
fn a_gap_is_filled_from_where_it_is_and_then_present() {
    let mut world = at_coverage();
    world.keys("n u");
    world.settle();
    world.keys("j enter");
    world.settle();
    let sheet = world.sheet();
    // The file gets the name that is missing, with its own ending.
    assert!(
        sheet.contains("logo.png") && sheet.contains("from a.png"),
        "{sheet}"
    );
    assert!(sheet.contains("locale fr"), "{sheet}");
    world.take();
    world.keys("ctrl-s");
    let requests = sent(&world);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].locale.as_ref().unwrap().as_str(), "fr");
    assert_eq!(requests[0].name.as_str(), "logo.png");
    assert_eq!(requests[0].scope, doc());
    // The matrix is there again, and asks what has changed as soon as it is stored.
    assert!(world.sheet().contains("Coverage of"), "{}", world.sheet());
    world.take();
    let job = Job {
        id: JobId(1),
        account: account("loc"),
        direction: Direction::Up,
        scope: doc(),
        name: "logo.png".into(),
        place: "fr".into(),
        size: Some(10),
        state: JobState::Done {
            asset: None,
            path: None,
        },
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    };
    world.send(Msg::Job(Arc::new(job)));
    let asked = calls(&world);
    assert_eq!(asked.len(), 1, "{:?}", world.log);
    // Until then it is shown as it was.
    assert!(world.sheet().contains("1 missing"), "{}", world.sheet());
    let mut rows: Vec<_> = assets(&doc()).entries.into();
    rows.push(Entry::Read(asset(&doc(), "logo.png", Some("fr"))));
    hear(&mut world, asked[0].0, Ok(rows));
    assert!(
        world.sheet().contains("1 differs") || world.sheet().contains("no gaps"),
        "{}",
        world.sheet()
    );
    assert!(!world.sheet().contains("1 missing"), "{}", world.sheet());
}

#[test]
fn many_calls_are_asked_about_and_stopped_and_gone_on_with() {
    let mut world = large(1_000);
    world.keys("c");
    kept(&mut world, Vec::new());
    let sheet = world.sheet();
    assert!(sheet.contains("1000 segments takes 7 calls"), "{sheet}");
    assert!(calls(&world).is_empty());
    world.keys("esc");
    assert!(world.sheet().contains("a asks"), "{}", world.sheet());
    world.keys("a y");
    let asked = calls(&world);
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].1, 150);
    hear(&mut world, asked[0].0, Ok(Vec::new()));
    let asked = calls(&world);
    assert_eq!(asked.len(), 2);
    // What fails stays without an answer, and the others go on.
    let error = ApiError::new("list", ApiErrorKind::Server, "busy");
    hear(&mut world, asked[1].0, Err(error));
    let asked = calls(&world);
    assert_eq!(asked.len(), 3);
    world.take();
    world.keys("esc");
    assert!(
        world.log.contains(&Effect::Cancel(asked[2].0)),
        "{:?}",
        world.log
    );
    assert!(world.sheet().contains("300 asked"), "{}", world.sheet());
    world.keys("esc");
    assert!(world.state.modals.is_empty());
    // What is known stays known.
    world.keys("c");
    kept(&mut world, Vec::new());
    assert!(
        world.sheet().contains("700 segments takes 5 calls"),
        "{}",
        world.sheet()
    );
}

#[test]
fn where_nothing_works_not_everything_is_asked() {
    let mut world = large(1_000);
    world.keys("c");
    kept(&mut world, Vec::new());
    world.keys("y");
    for _ in 0..3 {
        let (id, _) = *calls(&world).last().unwrap();
        let error = ApiError::new("list", ApiErrorKind::Server, "busy");
        hear(&mut world, id, Err(error));
    }
    assert_eq!(calls(&world).len(), 3);
    assert!(
        world.said().contains("550 segments were not asked"),
        "{}",
        world.said()
    );
}

#[test]
fn enter_opens_the_pair_side_by_side_and_the_key_comes_back_to_the_cell() {
    let mut world = at_coverage();
    world.keys("l enter");
    world.settle();
    assert!(world.state.modals.is_empty());
    assert_eq!(world.state.browse.focus, Pane::Details);
    assert_eq!(world.current().as_deref(), Some("hero.png"));
    let locales = world.state.pictures().into_iter().map(|it| {
        let locale = it.asset.locale.clone();
        locale.map(|it| it.as_str().to_owned())
    });
    let locales: Vec<_> = locales.map(Option::unwrap_or_default).collect();
    assert_eq!(locales, ["fr", "de"]);
    let list = &world.state.browse.open().unwrap().assets.list;
    let locale = list.current().unwrap().read().unwrap().locale.clone();
    assert_eq!(locale.unwrap().as_str(), "fr");
    world.keys("c");
    assert!(world.sheet().contains("text: \"fr\""), "{}", world.sheet());
}

#[test]
fn enter_on_a_gap_goes_to_its_source_and_shows_no_pair() {
    let mut world = at_coverage();
    world.keys("n enter");
    world.settle();
    assert_eq!(world.current().as_deref(), Some("logo.svg"));
    assert_eq!(world.state.browse.focus, Pane::Assets);
    assert!(!world.state.pictures.beside);
}

#[test]
fn rows_that_could_not_be_read_and_other_segments_of_as_many_rows_keep_the_matrix_in_step() {
    let mut world = at_coverage();
    let unreadable = || {
        Entry::Unreadable(crate::domain::Unreadable {
            reason: "no id".to_owned(),
            raw: crate::domain::RawJson::new("{}"),
        })
    };
    let now = world.now + Duration::from_secs(1);
    let mut list = |ids: &[&str], after: u64| {
        let mut rows: Vec<Entry<Segment>> = vec![unreadable()];
        rows.extend(ids.iter().map(|id| Entry::Read(segment(id, 1))));
        let opened = world.state.browse.open_mut().unwrap();
        opened.segments.list.replace(rows);
        let at = now + Duration::from_secs(after);
        opened.segments.remote = crate::app::remote::Remote::Loaded(crate::app::remote::Fetched {
            at,
            total: None,
            seal: None,
        });
        // Any message brings it up to date.
        world.send(Msg::Memory {
            account: account("loc"),
            memory: crate::transfer::known::Memory::default(),
        });
        world.sheet()
    };
    let sheet = list(&["s2", "s1"], 1);
    assert!(
        sheet.contains("2 segments") && sheet.contains("1 missing"),
        "{sheet}"
    );
    // As many rows, the last of them the same.
    let sheet = list(&["s3", "s1"], 2);
    assert!(
        sheet.contains("key-s3") && !sheet.contains("key-s2"),
        "{sheet}"
    );
    // Behind the row that could not be read an answer still finds its segment.
    world.take();
    world.keys("G r");
    let asked = calls(&world);
    hear(&mut world, asked[0].0, Ok(Vec::new()));
    assert!(!world.sheet().contains("1 missing"), "{}", world.sheet());
}

#[test]
fn marked_gaps_become_a_plan_in_which_files_are_matched_by_name() {
    let mut world = World::at_doc();
    let container = ContainerId::new("d1").unwrap();
    let scope = |id: &str| AssetScope::Segment(container.clone(), SegmentId::new(id).unwrap());
    // Two of the files of the folder `sub` are called like what is missing.
    let rows = |id: &str, name: &str| vec![Entry::Read(asset(&scope(id), name, Some("de")))].into();
    let known = |rows| crate::app::browse::Known::of(Ok(rows), world.now);
    let (one, two) = (known(rows("s1", "a.png")), known(rows("s2", "b.png")));
    let none = known(Vec::new().into());
    let opened = world.state.browse.open_mut().unwrap();
    for (id, known) in [("s1", one), ("s2", two), ("s3", none)] {
        opened.known.insert(SegmentId::new(id).unwrap(), known);
    }
    world.keys("c");
    world.settle();
    world.keys("l V");
    assert!(world.sheet().contains("2 marked"), "{}", world.sheet());
    world.keys("u");
    world.settle();
    // All files that are there: only two of them fit.
    world.keys("j space j ctrl-s");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("Plan for 2 gaps of Mobile app"), "{sheet}");
    assert!(
        sheet.contains("1 of 1 file fit a gap; 1 of the gaps stay open"),
        "{sheet}"
    );
    world.take();
    world.keys("ctrl-s");
    world.settle();
    let requests = sent(&world);
    assert_eq!(requests.len(), 1, "{}", world.sheet());
    assert_eq!(requests[0].locale.as_ref().unwrap().as_str(), "fr");
    assert!(world.sheet().contains("Coverage of"), "{}", world.sheet());
}

#[test]
fn a_mark_goes_with_its_gap() {
    let mut world = at_coverage();
    world.keys("n space");
    assert!(world.sheet().contains("1 marked"), "{}", world.sheet());
    world.take();
    world.keys("k r");
    let asked = calls(&world);
    let mut rows: Vec<_> = assets(&doc()).entries.into();
    rows.push(Entry::Read(asset(&doc(), "logo.svg", Some("fr"))));
    hear(&mut world, asked[0].0, Ok(rows));
    assert!(!world.sheet().contains("1 marked"), "{}", world.sheet());
    assert!(world.sheet().contains("no gaps"), "{}", world.sheet());
}
