//! The filter line: what is typed shows at once, what is wrong changes nothing and says why.

use super::world::World;
use crate::app::key::Input;
use crate::app::{Msg, Pane};
use crate::domain::{Asset, AssetKey, AssetScope, ContainerId, Entry};

#[test]
fn a_wrong_filter_leaves_the_rows_and_cannot_be_kept() {
    let mut world = World::at_site();
    world.keys("/");
    world.type_text("clip");
    assert_eq!(world.names(), ["clip.mp4"]);
    world.send(Msg::Input(Input::Paste(" szie:".to_owned())));
    let error = world.state.filter_error().unwrap();
    assert_eq!(error.at, 5..9);
    assert!(error.message.contains("`size`"), "{error}");
    assert_eq!(world.names(), ["clip.mp4"]);
    assert_eq!(world.state.current_filter(), "clip");
    world.keys("enter");
    assert!(world.state.filtering.is_some());
    world.keys("ctrl-w ctrl-w");
    world.type_text("type:mp4");
    assert_eq!(world.state.filter_error(), None);
    world.keys("enter");
    assert!(world.state.filtering.is_none());
    assert_eq!(world.names(), ["clip.mp4"]);
}

#[test]
fn segments_fit_by_their_assets_as_far_as_they_were_asked() {
    let mut world = World::at_doc();
    world.state.browse.focus = Pane::Middle;
    let shown = |world: &World| {
        let list = &world.state.browse.open().unwrap().segments.list;
        let ids = (0..list.shown().len()).filter_map(|place| list.row(place));
        let ids = ids.filter_map(|row| Some(row.read()?.id.as_str().to_owned()));
        (ids.collect::<Vec<_>>(), list.not_asked())
    };
    let mut marks = std::mem::take(&mut world.state.browse.open_mut().unwrap().known);
    world.keys("/");
    world.type_text("missing:fr");
    assert_eq!(shown(&world), (Vec::new(), 3));
    world.keys("esc /");
    std::mem::swap(
        &mut marks,
        &mut world.state.browse.open_mut().unwrap().known,
    );
    world.type_text("missing:fr");
    assert_eq!(shown(&world).0, ["s2", "s3"]);
    world.keys("esc /");
    world.type_text("has:de");
    assert_eq!(shown(&world), (vec!["s1".to_owned()], 0));
}

#[test]
fn assets_are_held_against_one_another() {
    let mut world = World::at_doc();
    world.keys("3 /");
    world.type_text("is:duplicate");
    // The same file in two locales.
    assert_eq!(world.names(), ["hero.png", "hero.png"]);
    world.keys("esc /");
    world.type_text("-is:duplicate");
    assert_eq!(world.names(), ["logo.svg"]);
    world.keys("esc");
    let opened = world.state.browse.open().unwrap();
    assert_eq!(opened.assets.list.lens().twins, None);
}

#[test]
fn a_long_list_is_filtered_between_keys_and_its_row_keeps_the_cursor() {
    let mut world = World::at_site();
    let list = &mut world.state.browse.open_mut().unwrap().assets.list;
    let scope = AssetScope::Container(ContainerId::new("w1").unwrap());
    let row = |at: usize| {
        let key = AssetKey::from_parts([at.to_string().as_str()]).unwrap();
        Entry::Read(Asset::bare(scope.clone(), key, format!("row-{at}.png")))
    };
    list.append((0..40_000).map(row).collect());
    world.keys("3 end k");
    assert_eq!(world.current().unwrap(), "row-39998.png");
    world.keys("/");
    // The words of so many rows are not made yet, and a letter is shown all the same.
    world.type_text("9");
    assert!(world.state.unfinished());
    let (mut steps, mut shown) = (0, world.names().len());
    assert!(shown > 1);
    while world.state.unfinished() {
        assert_eq!(world.current().unwrap(), "row-39998.png");
        world.send(Msg::GoOn);
        assert!(world.names().len() >= shown, "what was found stays");
        shown = world.names().len();
        steps += 1;
    }
    assert!(steps > 1, "{steps}");
    // Those with a nine among their digits.
    let all = (0..40_000).filter(|at| at.to_string().contains('9'));
    assert_eq!(shown, all.count());
    assert_eq!(world.current().unwrap(), "row-39998.png");
}

#[test]
fn what_a_filter_asks_for_is_listed_and_typed_by_enter() {
    let mut world = World::at_site();
    world.keys(":");
    world.type_text("filter words");
    world.keys("enter");
    assert!(world.sheet().contains("locale:none"), "{}", world.sheet());
    world.keys("j j enter");
    assert!(world.state.modals.is_empty());
    assert_eq!(world.state.current_filter(), "-draft");
    assert!(world.state.filtering.is_some());
}
