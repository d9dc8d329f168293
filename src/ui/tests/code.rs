//! QR codes.

use insta::assert_snapshot;

use super::fixture::{Shown, bare, view};
use super::shoot_with;
use crate::app::State;
use crate::app::modal::view::{Block, Matrix, ModalView, Room};
use crate::domain::Looks;
use crate::ui::theme::Theme;

fn code() -> State {
    let side = 21;
    let module = |at: usize| ((at % side) * (at / side)).is_multiple_of(3);
    let mut state = bare();
    state.open_modal(Shown(ModalView {
        title: "Code".to_owned(),
        room: Room::Full,
        danger: false,
        blocks: vec![Block::Code(Matrix {
            side,
            dark: (0..side * side).map(module).collect(),
        })],
        hints: Vec::new(),
    }));
    state
}

#[test]
fn a_code_is_dark_on_light_or_says_what_it_needs() {
    let theme = Theme::new(&Looks::terminal(), false, false);
    let shot = |theme: Theme, size: (u16, u16)| {
        shoot_with(&code(), &mut view(theme), size.0, size.1).text()
    };
    assert_snapshot!("code", shot(theme, (60, 20)));
    let light = shot(theme.lit(&Looks::terminal(), true), (60, 20));
    // There the text's colour is the dark one: the quiet margin is blank.
    let full = |text: &str| text.matches('█').count();
    assert!(
        full(&light) > 0 && full(&light) < full(&shot(theme, (60, 20))) / 2,
        "{light}"
    );
    assert!(shot(theme, (40, 12)).contains("needs a window of"));
}
