//! Uploads: the file browser, the form, and what happens when a transfer ends.

mod pasted;

use std::path::PathBuf;
use std::sync::Arc;

use super::services::{account, asset, doc, site};
use super::world::World;
use crate::api::UploadRequest;
use crate::app::effect::{Effect, Load};
use crate::app::files::FolderError;
use crate::app::key::Input;
use crate::app::msg::Msg;
use crate::app::{Key, Pane};
use crate::transfer::job::{Direction, Job, JobId, JobState};

pub(super) fn sent(world: &World) -> Vec<&UploadRequest> {
    world
        .log
        .iter()
        .filter_map(|effect| match effect {
            Effect::Upload { requests, .. } => Some(requests),
            _ => None,
        })
        .flatten()
        .collect()
}

/// At the form, with `a.png` chosen for the first segment.
fn at_form() -> World {
    let mut world = World::at_doc();
    world.keys("enter u");
    world.settle();
    world.keys("j enter");
    world.settle();
    assert!(world.sheet().contains("Send 1 file"), "{}", world.sheet());
    world
}

#[test]
fn folders_come_first_and_hidden_files_behind_a_key() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    let sheet = world.sheet();
    let place = |name: &str| sheet.find(&format!("{name:?}"));
    assert!(place("sub/") < place("a.png") && place("a.png") < place("b.png"));
    assert!(place(".secret").is_none());
    world.keys(".");
    assert!(world.sheet().contains(".secret"));
}

#[test]
fn going_out_puts_the_cursor_on_the_folder_left() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    world.keys("enter");
    world.settle();
    assert!(world.sheet().contains("/pics/sub"));
    world.take();
    world.keys("h");
    let reads = world.take();
    assert!(
        matches!(reads.as_slice(), [Effect::ReadFolder { path, .. }] if path.to_str() == Some("/pics")),
        "{reads:?}"
    );
}

#[test]
fn what_cannot_be_sent_says_why_and_is_not_chosen() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    let sheet = world.sheet();
    assert!(sheet.contains("a pipe cannot be sent"));
    assert!(sheet.contains("larger than 1 kB"));
    world.keys("V ctrl-s");
    let asked = world.take();
    match asked.last() {
        Some(Effect::Gather { paths, .. }) => {
            assert_eq!(
                paths,
                &[PathBuf::from("/pics/a.png"), PathBuf::from("/pics/b.png")]
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_typed_path_is_a_folder_to_go_to_or_a_file_to_take() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    world.keys("g p");
    world.type_text("~/x.png");
    world.take();
    world.keys("enter");
    let effects = world.take();
    let [Effect::ReadFolder { id, path }] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(*path, PathBuf::from("/home/me/x.png"));
    world.open.clear();
    world.send(Msg::Files {
        id: *id,
        result: Err(FolderError::File(path.clone())),
    });
    world.settle();
    assert!(world.sheet().contains("1 file chosen"), "{}", world.sheet());
}

#[test]
fn an_upload_goes_to_the_segment_with_locale_and_folder() {
    let mut world = at_form();
    world.keys("d tab");
    world.type_text("/public\\images/");
    let sheet = world.sheet();
    assert!(sheet.contains("will become public/images/a.png"), "{sheet}");
    assert!(sheet.contains("locale de") && sheet.contains("folder public/images"));
    assert_eq!(world.destructive(), 0);
    world.keys("ctrl-s");
    let requests = sent(&world);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].scope, doc());
    assert_eq!(requests[0].locale.as_ref().unwrap().as_str(), "de");
    assert_eq!(requests[0].folder.to_string(), "public/images");
    assert!(world.state.modals.is_empty());
    assert!(!world.said().contains("done") && world.said().contains("Sending 1 file"));
}

#[test]
fn a_folder_that_climbs_is_refused_before_anything_is_sent() {
    let mut world = at_form();
    world.keys("tab");
    world.type_text("a/../b");
    world.keys("ctrl-s");
    assert!(world.sheet().contains("cannot be part of a folder"));
    assert!(sent(&world).is_empty());
    assert_eq!(world.state.modals.len(), 2);
}

#[test]
fn texts_that_are_too_long_are_refused_where_they_are_typed() {
    let mut world = World::at_site();
    world.keys("u");
    world.settle();
    world.keys("j enter");
    world.settle();
    world.keys("tab");
    // Five characters outside the basic plane count twice.
    world.type_text("😀😀😀😀😀😀");
    assert!(world.sheet().contains("at most 10 are allowed"));
    world.keys("ctrl-u tab");
    world.type_text("a,b, c");
    assert!(world.sheet().contains("3 tags; at most 2 are allowed"));
    world.keys("ctrl-s");
    assert!(sent(&world).is_empty());
    world.keys("ctrl-u");
    world.type_text("a, b,a");
    world.keys("ctrl-s");
    assert_eq!(
        sent(&world)[0].metadata.tags.as_deref().unwrap(),
        ["a", "b"]
    );
    assert_eq!(sent(&world)[0].asset_type, None);
}

#[test]
fn letters_are_letters_in_a_field_and_a_paste_sends_nothing() {
    let mut world = at_form();
    world.keys("tab");
    world.type_text("qyd");
    world.paste("x\n\x13\r");
    assert!(world.sheet().contains("qydx"), "{}", world.sheet());
    assert!(sent(&world).is_empty());
}

#[test]
fn a_form_that_just_opened_does_not_send() {
    let mut world = World::at_doc();
    world.keys("enter u");
    world.settle();
    world.keys("j enter");
    for effect in std::mem::take(&mut world.open) {
        world.answer(&effect);
    }
    world.send(Msg::Input(Input::Key(Key::ctrl('s'))));
    assert!(sent(&world).is_empty());
    world.keys("ctrl-s");
    assert_eq!(sent(&world).len(), 1);
}

#[test]
fn escape_asks_only_if_something_was_typed() {
    let mut world = at_form();
    world.keys("esc");
    assert_eq!(world.state.modals.len(), 1, "back at the files");
    world.keys("ctrl-s");
    world.settle();
    world.keys("tab x esc");
    assert!(world.sheet().contains("lose what you typed"));
    world.keys("esc");
    assert_eq!(world.state.modals.len(), 2);
}

fn done(world: &mut World, state: JobState) {
    world.send(Msg::Job(Arc::new(Job {
        id: JobId(1),
        account: account("loc"),
        direction: Direction::Up,
        scope: doc(),
        name: "new.png".into(),
        place: "de, public/images".into(),
        size: Some(10),
        state,
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    })));
}

fn press(world: &mut World, keys: &str) {
    if !keys.is_empty() {
        world.keys(keys);
    }
}

/// The file that was sent is listed, and the list that shows it comes.
fn listed(world: &mut World, moves: &str) {
    let new = asset(&doc(), "new.png", Some("de"));
    done(
        world,
        JobState::Done {
            asset: Some(Box::new(new.clone())),
            path: None,
        },
    );
    press(world, moves);
    world.wait(500);
    let id = world.pending_assets();
    let mut batch = super::world::assets(&doc());
    let mut entries: Vec<_> = batch.entries.into();
    entries.insert(0, crate::domain::Entry::Read(new));
    batch.entries = entries.into();
    world.send(Msg::Loaded {
        id,
        answer: crate::app::Answer::Assets(Ok(batch)),
    });
}

/// Has sent the form, and is in the list of assets.
fn after_sending(moves: &str) -> World {
    let mut world = at_form();
    world.wait(1000);
    world.keys("ctrl-s 3");
    assert_eq!(sent(&world).len(), 1);
    done(&mut world, JobState::Queued);
    press(&mut world, moves);
    world
}

#[test]
fn what_was_sent_gets_the_cursor_once_it_is_listed() {
    let mut world = after_sending("");
    listed(&mut world, "");
    assert_eq!(world.current().unwrap(), "new.png");
}

#[test]
fn the_cursor_stays_where_the_user_went_since() {
    for (before, after) in [("j", ""), ("", "j")] {
        let mut world = after_sending(before);
        let there = world.names()[1].clone();
        listed(&mut world, after);
        assert_eq!(world.current().unwrap(), there, "{before:?}, {after:?}");
    }
}

#[test]
fn what_another_run_sent_leaves_the_cursor_alone() {
    let mut world = World::at_doc();
    world.keys("3");
    let there = world.current();
    done(&mut world, JobState::Queued);
    listed(&mut world, "");
    assert_eq!(world.current(), there);
}

#[test]
fn done_is_said_when_the_service_lists_it_and_the_list_comes_anew() {
    let mut world = World::at_doc();
    world.keys("3");
    done(&mut world, JobState::Queued);
    done(&mut world, JobState::Running(crate::api::Step::Send));
    assert_eq!(world.said(), "");
    world.take();
    let new = asset(&doc(), "new.png", Some("de"));
    done(
        &mut world,
        JobState::Done {
            asset: Some(Box::new(new.clone())),
            path: None,
        },
    );
    assert_eq!(
        world.said(),
        "new.png is listed in key-s1 (de, public/images)"
    );
    world.wait(500);
    assert!(world.loads().contains(&&Load::Assets(doc(), None)));
    let id = world.pending_assets();
    let mut batch = super::world::assets(&doc());
    batch.entries.push(crate::domain::Entry::Read(new));
    world.send(Msg::Loaded {
        id,
        answer: crate::app::Answer::Assets(Ok(batch)),
    });
    let opened = world.state.browse.open().unwrap();
    let segment = doc().segment().unwrap().clone();
    assert_eq!(opened.mark(&segment), crate::app::browse::Mark::Has(4));
}

#[test]
fn a_job_that_ended_long_ago_is_not_said_twice() {
    let mut world = World::at_doc();
    let state = JobState::Done {
        asset: None,
        path: None,
    };
    done(&mut world, state.clone());
    let said = world.state.notices.all.len();
    done(&mut world, state);
    assert_eq!(world.state.notices.all.len(), said);
}

#[test]
fn an_upload_elsewhere_asks_again_when_its_place_is_shown() {
    let mut world = World::at_doc();
    world.keys("1 k");
    let place = world.state.browse.places.cursor();
    world.keys("g g j enter");
    world.settle();
    done(
        &mut world,
        JobState::Unlisted {
            reason: "it is not listed".to_owned(),
        },
    );
    assert!(world.said().contains("was sent, but it is not listed"));
    // What can be done is offered; that leaves again.
    world.keys("esc");
    world.take();
    world.keys("1 G enter");
    assert!(
        world
            .loads()
            .iter()
            .any(|it| matches!(it, Load::Segments(..)))
    );
    assert!(place > 0);
}

#[test]
fn uploads_go_to_the_website_under_the_cursor_without_opening_it() {
    let mut world = World::new();
    world.keys("j u");
    assert_eq!(world.state.browse.focus, Pane::Places);
    world.settle();
    world.keys("j enter");
    world.settle();
    world.keys("ctrl-s");
    assert_eq!(sent(&world)[0].scope, site());
}
