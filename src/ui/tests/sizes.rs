//! The panes at every width and in every theme.

use insta::assert_snapshot;
use ratatui::style::Color;

use super::fixture::{busy, focus, view, website};
use super::names::rename_asset;
use super::{shoot, shoot_with};
use crate::app::Pane;
use crate::domain::Looks;
use crate::domain::text::spell_in_ascii;
use crate::ui::theme::Theme;

#[test]
fn wide() {
    assert_snapshot!(shoot(&busy(), 140, 36).text());
}

#[test]
fn narrow() {
    let mut state = busy();
    assert_snapshot!("narrow_assets", shoot(&state, 60, 20).text());
    focus(&mut state, Pane::Details);
    assert_snapshot!("narrow_details", shoot(&state, 60, 20).text());
}

#[test]
fn too_small() {
    assert_snapshot!("too_small", shoot(&busy(), 39, 11).text());
    for (width, height) in [(0, 0), (1, 1), (2, 50), (200, 1), (39, 12), (40, 11)] {
        shoot(&busy(), width, height);
    }
}

#[test]
fn zoomed() {
    let mut state = busy();
    state.browse.zoom = true;
    assert_snapshot!(shoot(&state, 100, 16).text());
}

#[test]
fn a_website_has_types() {
    assert_snapshot!(shoot(&website(), 120, 16).text());
}

#[test]
fn styles() {
    assert_snapshot!("styles", shoot(&busy(), 100, 20).styles());
    let mut colourless = view(Theme::new(&Looks::terminal(), false, false));
    let shot = shoot_with(&busy(), &mut colourless, 100, 20);
    assert!(
        shot.buffer
            .content
            .iter()
            .all(|cell| cell.fg == Color::Reset)
    );
}

#[test]
fn ascii() {
    // In a thread of its own: the spelling is the whole program's.
    let shown = std::thread::spawn(|| {
        spell_in_ascii();
        let mut state = busy();
        rename_asset(&mut state, "ヒーロー画像.png");
        shoot_with(
            &state,
            &mut view(Theme::new(&Looks::terminal(), true, true)),
            80,
            16,
        )
        .text()
    });
    let shown = shown.join().unwrap();
    assert!(shown.is_ascii());
    assert_snapshot!(shown);
}

#[test]
fn themes_differ_in_looks_and_never_in_words() {
    let shot = |looks: &Looks, light| {
        let mut view = view(Theme::new(looks, true, false).lit(looks, light));
        shoot_with(&busy(), &mut view, 100, 20)
    };
    let usual = shot(&Looks::terminal(), false);
    let contrast = shot(&Looks::high_contrast(), false);
    assert_eq!(usual.text(), contrast.text());
    assert_snapshot!("styles_high_contrast", contrast.styles());
    assert_snapshot!("styles_light", shot(&Looks::terminal(), true).styles());
    let plain = shot(&Looks::monochrome(), false);
    let coloured = |cell: &ratatui::buffer::Cell| cell.fg != Color::Reset;
    assert!(!plain.buffer.content.iter().any(coloured));
}
