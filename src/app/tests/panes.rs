//! The panes: their faces, the cascade, cursors that stay, answers that come too late.

use super::services::{asset, error, site};
use super::world::{World, answer};
use crate::api::ApiErrorKind;
use crate::app::browse::{LocaleChoice, PlaceRow};
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Batch, Msg};
use crate::app::{Face, Pane};
use crate::domain::Entry;

fn loaded(id: RequestId, answer: Answer) -> Msg {
    Msg::Loaded { id, answer }
}

fn batch(names: &[&str], more: bool) -> Answer {
    let entries = names
        .iter()
        .map(|name| Entry::Read(asset(&site(), name, None)))
        .collect::<Vec<_>>();
    Answer::Assets(Ok(Batch {
        more,
        ..Batch::whole(entries)
    }))
}

fn face(world: &World) -> String {
    let opened = world.state.browse.open().unwrap();
    format!("{:?}", opened.assets.face())
}

#[test]
fn a_filter_that_is_typed_on_a_heading_goes_to_its_first_hit() {
    let mut world = World::new();
    world.keys("g g /");
    world.type_text("mobile");
    world.keys("enter");
    let row = world.state.browse.places.current().unwrap();
    assert!(matches!(row, PlaceRow::Container { .. }), "{row:?}");
}

#[test]
fn the_first_frame_has_both_accounts_before_any_answer() {
    let world = World::cold();
    let rows = world.state.browse.places.rows();
    let headings = rows
        .iter()
        .filter(|row| matches!(row, PlaceRow::Account { .. }));
    assert_eq!(headings.count(), 2);
    assert_eq!(world.log.len(), 2, "{:?}", world.log);
    assert!(world.state.deadline().is_some(), "a spinner turns");
}

#[test]
fn enter_goes_in_and_asks_only_for_what_is_opened() {
    let mut world = World::new();
    world.keys("j enter");
    assert_eq!(world.loads(), [&Load::Assets(site(), None)]);
    world.settle();
    assert_eq!(world.state.browse.focus, Pane::Middle);
    world.keys("enter enter");
    assert_eq!(world.state.browse.focus, Pane::Details);
    world.keys("h h h");
    assert_eq!(world.state.browse.focus, Pane::Places);
}

#[test]
fn an_answer_to_an_earlier_question_is_dropped() {
    let mut world = World::at_site();
    world.keys("R");
    let first = world.pending_assets();
    world.keys("R");
    assert!(world.log.contains(&Effect::Cancel(first)));
    world.send(loaded(first, batch(&["old.png"], false)));
    assert_eq!(world.names(), ["banner.png", "?", "clip.mp4"]);
    let second = world.pending_assets();
    world.send(loaded(second, batch(&["new.png"], false)));
    assert_eq!(world.names(), ["new.png"]);
    world.send(loaded(second, batch(&["again.png"], false)));
    assert_eq!(world.names(), ["new.png"]);
}

#[test]
fn pages_show_as_they_come_at_first_and_at_once_on_a_reload() {
    let mut world = World::new();
    world.keys("j enter");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["a"], true)));
    assert_eq!(world.names(), ["a"]);
    world.send(loaded(id, batch(&["b"], false)));
    assert_eq!(world.names(), ["a", "b"]);
    world.keys("3 R");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["c"], true)));
    assert_eq!(
        world.names(),
        ["a", "b"],
        "old data stays while new data loads"
    );
    world.send(loaded(id, batch(&["d"], false)));
    assert_eq!(world.names(), ["c", "d"]);
}

#[test]
fn the_cursor_and_marks_stay_with_their_rows() {
    let mut world = World::at_site();
    world.keys("G space");
    world.keys("R");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["0", "1", "clip.mp4", "z"], false)));
    assert_eq!(world.current().unwrap(), "clip.mp4");
    let list = &world.state.browse.open().unwrap().assets.list;
    assert_eq!(list.marks(), 1);
    assert!(list.is_marked(2));
}

#[test]
fn a_row_that_is_gone_leaves_the_cursor_nearby() {
    let mut world = World::at_site();
    world.keys("G R");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["only"], false)));
    assert_eq!(world.current().unwrap(), "only");
}

#[test]
fn every_face_of_a_pane_is_its_own() {
    let mut world = World::new();
    world.keys("j enter");
    assert!(face(&world).starts_with("Loading"));
    let id = world.pending_assets();
    let kinds = [
        (ApiErrorKind::Server, "Failed"),
        (ApiErrorKind::Unauthorized, "SignIn"),
        (ApiErrorKind::Forbidden { missing: vec![] }, "Forbidden"),
    ];
    let mut id = id;
    for (kind, name) in kinds {
        world.send(loaded(id, Answer::Assets(Err(error(kind)))));
        assert!(face(&world).starts_with(name), "{}", face(&world));
        world.keys("3 R");
        id = world.pending_assets();
    }
    world.send(loaded(id, batch(&[], false)));
    assert_eq!(face(&world), "Empty");
    world.keys("R");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["a"], false)));
    assert!(face(&world).contains("loading: false"));
    world.keys("/ x");
    assert_eq!(face(&world), "NoMatch");
}

#[test]
fn nothing_matches_is_said_once_every_row_is_there() {
    let mut world = World::new();
    world.keys("j enter");
    let id = world.pending_assets();
    world.send(loaded(id, batch(&["a"], true)));
    world.keys("3 / x");
    assert!(face(&world).contains("loading: true"), "{}", face(&world));
    world.send(loaded(id, batch(&["b"], false)));
    assert_eq!(face(&world), "NoMatch");
    // Those that come in their place may match, but these do not.
    world.keys("enter R");
    assert_eq!(face(&world), "NoMatch");
}

#[test]
fn a_failure_keeps_the_old_rows_and_says_so() {
    let mut world = World::at_site();
    world.keys("R");
    let id = world.pending_assets();
    world.send(loaded(
        id,
        Answer::Assets(Err(error(ApiErrorKind::Transport))),
    ));
    assert_eq!(world.names().len(), 3);
    let opened = world.state.browse.open().unwrap();
    match opened.assets.face() {
        Face::Rows { error, at, .. } => assert!(error.is_some() && at.is_some()),
        face => panic!("{face:?}"),
    }
}

#[test]
fn enter_on_a_failed_pane_tells_all() {
    let mut world = World::new();
    world.keys("j enter");
    let id = world.pending_assets();
    let mut failed = error(ApiErrorKind::Server);
    failed.request_id = Some("req-7".to_owned());
    world.send(loaded(id, Answer::Assets(Err(failed))));
    world.keys("3 enter");
    assert!(world.sheet().contains("req-7"));
}

#[test]
fn a_forbidden_account_stands_beside_a_sound_one() {
    let mut world = World::cold();
    for effect in std::mem::take(&mut world.open) {
        world.answer(&effect);
    }
    let loads: Vec<Effect> = std::mem::take(&mut world.open);
    for effect in &loads {
        if let Effect::Load {
            id, account, what, ..
        } = effect
        {
            let answer = if account.as_str() == "loc" {
                Answer::Containers(Err(error(ApiErrorKind::Forbidden { missing: vec![] })))
            } else {
                answer(account, what)
            };
            world.send(loaded(*id, answer));
        }
    }
    let accounts = &world.state.browse.accounts;
    assert!(matches!(accounts[0].face(), Face::Rows { .. }));
    assert!(matches!(accounts[1].face(), Face::Forbidden(_)));
}

#[test]
fn the_third_pane_follows_the_segment_under_the_cursor() {
    let mut world = World::at_doc();
    assert_eq!(world.names().len(), 3);
    world.keys("j");
    world.wait(1000);
    assert_eq!(world.names().len(), 0);
    world.keys("k");
    world.wait(1000);
    assert_eq!(world.names().len(), 3);
    assert!(world.loads().is_empty(), "marks knew it already");
}

#[test]
fn types_filter_the_third_pane() {
    let mut world = World::at_site();
    world.keys("2 j j");
    assert_eq!(
        world.names(),
        ["?", "clip.mp4"],
        "what cannot be read is never hidden by a type"
    );
    world.keys("k");
    assert_eq!(world.names(), ["banner.png", "?"]);
}

#[test]
fn a_locale_filters_the_assets_and_escape_takes_it_away() {
    let mut world = World::at_doc();
    world.keys("L j j enter");
    let lens = |world: &World| {
        world
            .state
            .browse
            .open()
            .unwrap()
            .assets
            .list
            .lens()
            .clone()
    };
    assert!(matches!(lens(&world).locale, LocaleChoice::Only(it) if it.as_str() == "de"));
    assert_eq!(world.names(), ["hero.png"]);
    world.keys("esc");
    assert_eq!(world.names().len(), 3);
}

#[test]
fn the_filter_narrows_as_it_is_typed() {
    let mut world = World::at_site();
    world.keys("/");
    world.type_text("CLIP");
    assert_eq!(world.names(), ["clip.mp4"]);
    assert_eq!(world.current().unwrap(), "clip.mp4");
    world.keys("esc");
    assert_eq!(world.names().len(), 3);
    assert_eq!(world.current().unwrap(), "clip.mp4");
}

#[test]
fn sorting_keeps_the_cursor_and_puts_what_is_absent_last() {
    let mut world = World::at_site();
    world.keys(", j j enter");
    assert_eq!(world.names(), ["clip.mp4", "banner.png", "?"]);
    assert_eq!(world.current().unwrap(), "banner.png");
}

#[test]
fn details_show_fields_first_and_raw_json_one_key_further() {
    let mut world = World::at_site();
    world.keys("i");
    assert_eq!(world.state.browse.focus, Pane::Details);
    assert!(!world.state.browse.raw);
    let details = world.state.details().unwrap();
    assert!(details.facts.iter().any(|fact| fact.label == "Alt text"));
    world.keys("i");
    assert!(world.state.browse.raw);
}

#[test]
fn details_follow_the_cursor_once_it_rests() {
    let mut world = World::at_site();
    let told = |world: &World| world.state.details().unwrap().title;
    world.keys("j j");
    world.wait(200);
    let first = told(&world);
    world.type_text("k");
    assert_eq!(told(&world), first);
    world.wait(100);
    world.type_text("k");
    world.wait(100);
    assert_eq!(told(&world), first, "each key begins the wait anew");
    world.wait(30);
    assert_eq!(told(&world), world.current().unwrap());
    assert_ne!(told(&world), first);
    // Whoever goes there wants to read what the cursor is on.
    world.keys("j j");
    world.type_text("i");
    assert_eq!(told(&world), world.current().unwrap());
}

#[test]
fn ctrl_d_and_u_move_and_change_nothing() {
    let mut world = World::at_site();
    world.keys("ctrl-d ctrl-u ctrl-f ctrl-b g g G home end");
    assert!(world.log.is_empty() && world.state.modals.is_empty());
}

#[test]
fn stopping_brings_the_old_rows_back_and_drops_the_answer() {
    let mut world = World::at_site();
    world.keys("R");
    let id = world.pending_assets();
    world.keys("ctrl-c");
    assert!(world.log.contains(&Effect::Cancel(id)));
    world.send(loaded(id, batch(&["late"], false)));
    assert_eq!(world.names().len(), 3);
}

#[test]
fn marking_ranges_and_all_is_counted_and_inverted() {
    let mut world = World::at_site();
    let marks = |world: &World| world.state.browse.open().unwrap().assets.list.marks();
    world.keys("v j j v");
    assert_eq!(marks(&world), 3);
    world.keys("*");
    assert_eq!(marks(&world), 0);
    world.keys("V");
    assert_eq!(marks(&world), 3);
    world.keys("V");
    assert_eq!(marks(&world), 0);
}
