//! What the mouse hits, and lists that are longer than the screen.

use super::fixture::{asset, busy, segment_id, view};
use super::modals::{browser, over};
use super::shoot_with;
use crate::app::Pane;
use crate::app::key::Target;
use crate::domain::{AssetScope, Looks};
use crate::ui::ViewState;
use crate::ui::layout::NARROWEST;
use crate::ui::theme::Theme;

#[test]
fn the_mouse_hits_what_was_drawn() {
    let mut memory = view(Theme::new(&Looks::terminal(), true, false));
    let shot = shoot_with(&busy(), &mut memory, 140, 20);
    let lines = shot.lines();
    let find = |needle: &str| {
        let y = lines.iter().position(|line| line.contains(needle)).unwrap();
        let x = lines[y].find(needle).unwrap();
        let x = crate::ui::text::width(&lines[y][..x]);
        (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
    };
    let hit = |memory: &ViewState, (x, y)| memory.hit(x, y);
    assert_eq!(
        hit(&memory, find("hero@2x.png")),
        Some((Target::Pane(Pane::Assets), Some(2)))
    );
    assert_eq!(
        hit(&memory, find("checkout.pay")),
        Some((Target::Pane(Pane::Middle), Some(2)))
    );
    assert_eq!(hit(&memory, (0, 0)), None);
    shoot_with(&over(browser()), &mut memory, 100, 30);
    let shot = shoot_with(&over(browser()), &mut memory, 100, 30);
    let y = shot
        .lines()
        .iter()
        .position(|line| line.contains("picture-30"))
        .unwrap();
    assert_eq!(
        hit(&memory, (20, u16::try_from(y).unwrap())),
        Some((Target::Modal, Some(30)))
    );
    assert_eq!(
        hit(&memory, (0, 0)),
        None,
        "panes below a modal take no click"
    );
}

#[test]
fn a_divider_is_drawn_along_within_limits() {
    let mut memory = view(Theme::new(&Looks::terminal(), true, false));
    let mut state = busy();
    shoot_with(&state, &mut memory, 140, 20);
    // The two borders that meet there are the divider.
    let divider = Some(Target::Divider(Pane::Places));
    let at = (0..140).find(|x| memory.hit(*x, 5).map(|it| it.0) == divider);
    let at = at.unwrap();
    assert_eq!(memory.hit(at + 1, 5).map(|it| it.0), divider);
    assert_ne!(memory.hit(at + 2, 5).map(|it| it.0), divider);
    assert_eq!(memory.dragged(at + 9), None, "nothing is held");
    memory.grab(divider);
    let widths = memory.dragged(at + 9).unwrap();
    assert_eq!(widths.of(Pane::Places), Some(at + 10));
    state.browse.widths = widths;
    shoot_with(&state, &mut memory, 140, 20);
    assert_eq!(memory.hit(at + 9, 5).map(|it| it.0), divider);
    let far = memory.dragged(139).unwrap();
    assert_eq!(far.of(Pane::Middle), Some(NARROWEST));
    assert_eq!(memory.dragged(0).unwrap().of(Pane::Places), Some(NARROWEST));
    memory.grab(None);
    assert_eq!(memory.dragged(at), None);
}

#[test]
fn the_end_of_a_long_list_is_in_view() {
    let mut state = busy();
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let rows = |count: usize| {
        (0..count)
            .map(|at| asset(&scope, &format!("picture-{at}.png"), None, Some(1)))
            .collect::<Vec<_>>()
    };
    opened.assets.list.replace(rows(100_000));
    opened.assets.list.go(99_999);
    let mut memory = view(Theme::new(&Looks::terminal(), true, false));
    let text = shoot_with(&state, &mut memory, 140, 40).text();
    assert!(text.contains("picture-99999.png") && text.contains("100,000"));
}
