//! Links and copies: what is opened, handed to a desktop, or brought to the user's own machine.

use super::services::{asset, site};
use super::world::World;
use crate::app::effect::Effect;
use crate::app::msg::{Answer, Batch, CopyWay, Desktop, Msg};
use crate::domain::Entry;

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
            answer: Answer::Assets(Ok(Batch::whole(vec![Entry::Read(evil)]))),
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
        [Effect::Copy { text, what }] if what == "link" => {
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
            answer: Answer::Assets(Ok(Batch::whole(vec![Entry::Read(one)]))),
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
            what: "name".to_owned(),
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

fn copied(world: &mut World, keys: &str) -> (String, String) {
    world.take();
    world.keys(keys);
    match world.take().as_slice() {
        [Effect::Copy { text, what }] => (text.clone(), what.clone()),
        other => panic!("{keys}: {other:?}"),
    }
}

#[test]
fn all_that_is_marked_is_copied_one_a_line() {
    let mut world = World::at_site();
    let mut rows: Vec<_> = ["a.png", "b.png", "c.png"]
        .map(|name| asset(&site(), name, None))
        .into();
    rows[1].url = None;
    world.keys("R");
    let id = world.pending_assets();
    let rows: Vec<_> = rows.into_iter().map(Entry::Read).collect();
    world.send(Msg::Loaded {
        id,
        answer: Answer::Assets(Ok(Batch::whole(rows))),
    });
    let pair = |text: &str, what: &str| (text.to_owned(), what.to_owned());
    assert_eq!(copied(&mut world, "y n"), pair("a.png", "name"));
    world.keys("V");
    assert_eq!(
        copied(&mut world, "y n"),
        pair("a.png\nb.png\nc.png", "3 names")
    );
    // Not all of them have one.
    let (text, what) = copied(&mut world, "y y");
    assert_eq!(text, "https://cdn.example/a.png\nhttps://cdn.example/c.png");
    assert_eq!(what, "2 links of 3 marked, the others have none,");
    let (text, what) = copied(&mut world, "y c");
    assert_eq!((text.lines().count(), what.as_str()), (3, "3 commands"));
    world.take();
    world.keys("y p");
    assert!(world.take().is_empty());
    assert_eq!(world.said(), "None of the 3 marked has a folder");
}

#[test]
fn marked_places_and_segments_are_copied_as_well() {
    let mut world = World::at_site();
    world.keys("1 V");
    let (text, what) = copied(&mut world, "y n");
    assert!(text.starts_with("Shop\nBlog"), "{text}");
    assert!(what.ends_with(" names"), "{what}");
    let mut world = World::at_doc();
    world.keys("V");
    let (text, what) = copied(&mut world, "y i");
    assert_eq!((text.as_str(), what.as_str()), ("s1\ns2\ns3", "3 ids"));
}
