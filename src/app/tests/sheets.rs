//! Sheets: delete, edit, save, link, transfers. Nothing is sent or deleted on one key.

use std::path::PathBuf;

use std::sync::Arc;

use super::services::{account, asset, error, site};
use super::world::World;
use crate::api::{ApiErrorKind, Guard};
use crate::app::effect::{Effect, Load};
use crate::app::key::Input;
use crate::app::msg::{Answer, Batch, CopyWay, Desktop, Msg};
use crate::app::{Key, Pane};
use crate::domain::Entry;
use crate::transfer::job::{Direction, Job, JobId, JobState};

/// Answers the pending look with these assets.
fn relisted(world: &mut World, assets: &[crate::domain::Asset]) {
    let looks: Vec<Effect> = std::mem::take(&mut world.open);
    for effect in looks {
        if let Effect::Load {
            id,
            what: Load::Assets(_),
            ..
        } = effect
        {
            world.send(Msg::Loaded {
                id,
                answer: Answer::Assets(Ok(Batch {
                    entries: assets.iter().cloned().map(Entry::Read).collect(),
                    more: false,
                    total: None,
                })),
            });
        }
    }
}

#[test]
fn no_single_key_sends_or_deletes() {
    for key in crate::app::action::all().flat_map(|action| action.keys) {
        let mut world = World::at_site();
        world.keys(key);
        world.settle();
        assert_eq!(world.destructive(), 0, "{key}");
    }
}

#[test]
fn delete_names_the_asset_as_it_is_listed_now() {
    let mut world = World::at_site();
    world.keys("d");
    assert_eq!(world.loads(), [&Load::Assets(site())]);
    let mut fresh = asset(&site(), "banner.png", None);
    fresh.size = Some(7000);
    relisted(&mut world, std::slice::from_ref(&fresh));
    let sheet = world.sheet();
    assert!(
        sheet.contains("banner.png") && sheet.contains("7 kB"),
        "{sheet}"
    );
    assert!(sheet.contains("changed since you saw it") && sheet.contains("Shop"));
    world.keys("y");
    let sent: Vec<&Effect> = world.log.iter().filter(|it| it.is_destructive()).collect();
    match sent.as_slice() {
        [Effect::Delete { asset, .. }] => assert_eq!(**asset, fresh),
        other => panic!("{other:?}"),
    }
    world.settle();
    assert!(world.said().contains("was deleted"));
}

#[test]
fn delete_waits_for_the_look_and_for_a_yes_that_was_read() {
    let mut world = World::at_site();
    world.keys("d y y y");
    assert_eq!(world.destructive(), 0, "the look has no answer yet");
    world.settle();
    assert_eq!(world.state.modals.len(), 1);
    world.keys("enter");
    assert_eq!(world.destructive(), 0, "the focus is on keep");
    world.keys("d");
    world.settle();
    world.keys("tab enter");
    assert_eq!(world.destructive(), 1);
}

#[test]
fn a_yes_typed_before_the_question_stood_is_not_taken() {
    let mut world = World::at_site();
    world.keys("d");
    relisted(&mut world, &[asset(&site(), "banner.png", None)]);
    world.send(Msg::Input(Input::Key(Key::char('y'))));
    assert_eq!(world.destructive(), 0);
}

#[test]
fn what_is_gone_is_not_deleted() {
    let mut world = World::at_site();
    world.keys("d");
    relisted(&mut world, &[]);
    assert!(
        world.sheet().contains("nothing to delete"),
        "{}",
        world.sheet()
    );
    world.keys("y tab enter");
    assert_eq!(world.destructive(), 0);
}

#[test]
fn a_look_that_failed_deletes_nothing() {
    let mut world = World::at_site();
    world.keys("d");
    for effect in std::mem::take(&mut world.open) {
        if let Effect::Load { id, .. } = effect {
            world.send(Msg::Loaded {
                id,
                answer: Answer::Assets(Err(error(ApiErrorKind::Transport))),
            });
        }
    }
    world.keys("y");
    assert!(world.sheet().contains("Nothing was deleted"));
    assert_eq!(world.destructive(), 0);
}

#[test]
fn marked_assets_are_all_named() {
    let mut world = World::at_site();
    world.keys("V d");
    world.settle();
    assert!(
        world.sheet().contains("These 2 are deleted"),
        "{}",
        world.sheet()
    );
    world.keys("y");
    assert_eq!(world.destructive(), 2);
}

#[test]
fn leaving_the_delete_sheet_cancels_its_look() {
    let mut world = World::at_site();
    world.keys("d esc");
    assert!(world.state.modals.is_empty());
    assert!(world.log.iter().any(|it| matches!(it, Effect::Cancel(_))));
}

#[test]
fn edit_sends_only_what_was_changed() {
    let mut world = World::at_site();
    world.keys("e");
    world.settle();
    world.keys("ctrl-s");
    assert_eq!(world.destructive(), 0);
    assert!(world.sheet().contains("Nothing was changed"));
    world.keys("ctrl-u");
    world.type_text("after");
    world.keys("ctrl-s");
    let sent: Vec<&Effect> = world.log.iter().filter(|it| it.is_destructive()).collect();
    match sent.as_slice() {
        [Effect::Update { change, .. }] => {
            assert_eq!(change.alt_text.as_deref(), Some("after"));
            assert_eq!(change.description, None);
        }
        other => panic!("{other:?}"),
    }
    world.settle();
    assert!(world.said().contains("banner.png was changed"));
}

#[test]
fn a_changed_form_asks_before_it_is_left() {
    let mut world = World::at_site();
    world.keys("e");
    world.settle();
    world.type_text("x");
    world.keys("esc");
    assert!(world.sheet().contains("Leave without changing"));
    world.keys("n");
    assert_eq!(world.state.modals.len(), 1);
    world.keys("esc y");
    assert!(world.state.modals.is_empty());
    assert_eq!(world.destructive(), 0);
}

#[test]
fn save_goes_where_the_sheet_says() {
    let mut world = World::at_site();
    world.keys("S ctrl-u");
    world.type_text("~/out");
    world.keys("ctrl-s");
    match world.take().as_slice() {
        [Effect::Save { asset, folder, .. }] => {
            assert_eq!(asset.name, "banner.png");
            assert_eq!(*folder, PathBuf::from("/home/me/out"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_link_is_shown_before_it_is_opened_and_only_web_addresses_are() {
    let mut world = World::at_site();
    world.keys("o");
    assert!(world.log.is_empty());
    assert!(world.sheet().contains("https://cdn.example/banner.png"));
    world.keys("o");
    assert!(matches!(world.take().as_slice(), [Effect::Open { .. }]));
    for bad in [
        "file:///etc/passwd",
        "-x",
        "javascript:1",
        "https://me:pw@h/",
    ] {
        let mut evil = asset(&site(), "evil", None);
        evil.url = Some(bad.to_owned());
        world.keys("R");
        let id = world.pending_assets();
        world.send(Msg::Loaded {
            id,
            answer: Answer::Assets(Ok(Batch {
                entries: vec![Entry::Read(evil)],
                more: false,
                total: None,
            })),
        });
        world.take();
        world.keys("o o enter");
        assert!(world.log.is_empty(), "{bad}: {:?}", world.log);
        world.keys("esc");
    }
}

#[test]
fn without_a_desktop_a_link_is_copied_and_becomes_a_code() {
    let mut world = World::at_site();
    world.state.options.desktop = false;
    world.keys("o");
    match world.take().as_slice() {
        [Effect::Copy { text, what: "link" }] => {
            assert_eq!(text, "https://cdn.example/banner.png");
        }
        other => panic!("{other:?}"),
    }
    assert!(world.sheet().contains("no desktop"));
    let now = world.now;
    world
        .state
        .notices
        .say(crate::app::modal::view::Tone::Good, "copied", now);
    world.keys("o");
    let sheet = world.sheet();
    assert!(sheet.contains("Code(Matrix { side: 25,"), "{sheet}");
    let said = world.state.notices.standing();
    assert!(said.is_none(), "it takes the rows of the code: {said:?}");
    world.keys("esc esc");
    assert!(world.state.modals.is_empty() && world.log.is_empty());
}

#[test]
fn a_signed_link_is_only_copied_and_a_foreign_host_is_spelled_out() {
    let mut world = World::at_site();
    for (url, shown, opens) in [
        ("https://h.example/a?X-Amz-Signature=x", "is signed", false),
        (
            "https://\u{430}pple.com/",
            "https://xn--pple-43d.com/",
            true,
        ),
    ] {
        let mut one = asset(&site(), "one", None);
        one.url = Some(url.to_owned());
        world.keys("R");
        let id = world.pending_assets();
        world.send(Msg::Loaded {
            id,
            answer: Answer::Assets(Ok(Batch {
                entries: vec![Entry::Read(one)],
                more: false,
                total: None,
            })),
        });
        world.take();
        world.keys("o");
        assert!(world.sheet().contains(shown), "{}", world.sheet());
        assert!(world.log.is_empty());
        world.keys("o");
        let opened = matches!(world.take().as_slice(), [Effect::Open { .. }]);
        assert_eq!(opened, opens, "{url}");
        world.keys("esc");
    }
}

#[test]
fn what_was_copied_is_said_with_the_way_and_the_text() {
    let mut world = World::at_site();
    for (way, result, said) in [
        (CopyWay::Terminal, Ok(()), "terminal's clipboard"),
        (CopyWay::Tmux, Ok(()), "through tmux"),
        (CopyWay::TmuxBuffer, Ok(()), "tmux's own buffer"),
        (CopyWay::Screen, Ok(()), "through screen"),
        (CopyWay::Desktop("wl-copy"), Ok(()), "by wl-copy"),
        (
            CopyWay::Terminal,
            Err("it is too long".to_owned()),
            "too long",
        ),
    ] {
        let did = Desktop::Copied {
            what: "name",
            text: "hero.png".to_owned(),
            way,
        };
        world.send(Msg::Desktop { did, result });
        let told = world.state.notices.standing().unwrap().text.clone();
        assert!(
            told.contains(said) && told.ends_with(": hero.png"),
            "{told}"
        );
    }
}

#[test]
fn copies_name_what_they_copy() {
    let mut world = World::at_site();
    world.keys("y c");
    match world.take().as_slice() {
        [Effect::Copy { text, what }] => {
            assert_eq!(*what, "command");
            assert!(text.starts_with("assetdeck show web:w1@"), "{text}");
        }
        other => panic!("{other:?}"),
    }
}

fn job(id: u64, state: JobState) -> Msg {
    Msg::Job(Arc::new(Job {
        id: JobId(id),
        account: account("web"),
        direction: Direction::Up,
        scope: site(),
        name: format!("{id}.png").into(),
        place: Arc::default(),
        size: Some(10),
        state,
        paused: false,
        order: 0,
        trail: crate::transfer::Trail::default(),
        warnings: Vec::new(),
    }))
}

#[test]
fn transfers_are_retried_cancelled_and_cleared() {
    let mut world = World::at_site();
    world.send(job(1, JobState::Failed(error(ApiErrorKind::Server).into())));
    world.send(job(2, JobState::Queued));
    world.send(job(3, JobState::Cancelled));
    let strip = world.state.transfers.strip(world.state.time);
    let counts = strip.counts;
    assert_eq!((strip.total(), counts.failed, counts.queued), (2, 1, 1));
    world.settle();
    world.take();
    world.keys("t r j x");
    assert_eq!(
        world.take(),
        [Effect::RetryJob(JobId(1)), Effect::CancelJob(JobId(2))]
    );
    world.keys("c");
    assert_eq!(world.take(), [Effect::ClearJobs(vec![JobId(3)])]);
    world.keys("X y");
    assert_eq!(world.take(), [Effect::CancelJob(JobId(2))]);
    world.keys("home enter");
    assert!(world.sheet().contains("What went wrong"));
}

#[test]
fn foreign_text_reaches_a_sheet_with_marks_only() {
    let mut world = World::at_site();
    world.send(Msg::Job(Arc::new(Job {
        name: "a\x1b]52;c;evil\x07\u{202e}.png".into(),
        ..match job(1, JobState::Failed(error(ApiErrorKind::Server).into())) {
            Msg::Job(job) => Arc::unwrap_or_clone(job),
            _ => unreachable!(),
        }
    })));
    world.keys("t");
    assert!(world.sheet().contains("⟨1B⟩") && !world.sheet().contains("\\u{1b}"));
    assert!(!world.said().contains('\x1b'));
    assert_eq!(world.state.browse.focus, Pane::Assets);
}

// --- protected and read-only accounts

fn guarded(guard: Guard) -> World {
    let mut world = World::at_site();
    for account in &mut world.state.browse.accounts {
        account.info.guard = guard;
    }
    world
}

#[test]
fn a_protected_account_is_changed_only_after_its_name() {
    let mut world = guarded(Guard::Protected);
    world.keys("d");
    world.settle();
    world.keys("y");
    assert_eq!(world.destructive(), 0, "{}", world.sheet());
    assert!(world.sheet().contains("protected"), "{}", world.sheet());
    // Another name, and leaving, which asks first.
    world.keys("l o c enter enter");
    assert!(
        world.sheet().contains("not the account's name"),
        "{}",
        world.sheet()
    );
    assert_eq!(world.destructive(), 0);
    world.keys("esc");
    assert!(world.sheet().contains("Leave"), "{}", world.sheet());
    world.keys("n ctrl-u w e b enter enter");
    assert_eq!(world.destructive(), 1, "{:?}", world.log);
    let consent = world
        .log
        .iter()
        .position(|it| matches!(it, Effect::Consent(_)));
    let delete = world.log.iter().position(Effect::is_destructive);
    assert!(consent < delete, "{:?}", world.log);
    // The next one asks again.
    world.settle();
    world.log.clear();
    world.keys("d");
    world.settle();
    world.keys("y");
    assert_eq!(world.destructive(), 0);
    world.keys("esc y");
    assert!(world.state.modals.is_empty());
    assert_eq!(world.destructive(), 0);
}

#[test]
fn a_read_only_account_greys_out_every_change() {
    for guard in [Guard::ReadOnly, Guard::Looking] {
        let mut world = guarded(guard);
        for name in ["upload", "replace", "edit", "delete"] {
            let action = crate::app::action::find(name).expect("an action");
            let why = (action.enabled)(&world.state).expect_err(name);
            assert!(
                why.contains("read_only") || why.contains("read-only"),
                "{name}: {why}"
            );
        }
        world.keys("d");
        assert!(world.state.modals.is_empty());
        assert!(world.said().contains("read"), "{}", world.said());
    }
}
