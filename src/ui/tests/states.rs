//! Every state of every pane and every sheet, at four sizes, with and without colours.

mod scenes;

use std::fmt::Write as _;

use insta::assert_snapshot;

use self::scenes::*;
use super::faces::{assets_with, failed};
use super::fixture::{bare, error, loaded, loading, now, segment_id, view, website, worldly};
use super::plan::planned;
use super::transfers::{in_doubt, left_over, pane};
use super::{coverage, shoot_with, tree};
use crate::api::ApiErrorKind;
use crate::app::browse::Link;
use crate::app::key::Input;
use crate::app::modal::confirm::Confirm;
use crate::app::modal::error::ErrorSheet;
use crate::app::msg::Msg;
use crate::app::remote::Remote;
use crate::app::{Pane, State};
use crate::domain::Looks;
use crate::ui::theme::Theme;

/// Wide, usual, classic, least.
const SIZES: [(u16, u16); 4] = [(160, 45), (100, 30), (80, 24), (40, 12)];

/// A name and how that state comes about.
type Named = (&'static str, fn() -> State);

/// What panes and sheets can be, by name. What is added to the screen gets a row here.
const STATES: &[Named] = &[
    // Panes.
    ("list", worldly),
    ("places", || focused(Pane::Places)),
    ("places_old", || {
        let mut state = focused(Pane::Places);
        for account in &mut state.browse.accounts {
            account.containers = failed(ApiErrorKind::Server, Some(7_200));
        }
        state
    }),
    ("segments", || focused(Pane::Middle)),
    ("details", || focused(Pane::Details)),
    ("raw", || pressed(worldly(), "i i")),
    ("picture", || focused(Pane::Details)),
    ("picture_coming", || focused(Pane::Details)),
    ("picture_failed", || focused(Pane::Details)),
    ("picture_beside", beside),
    ("types", types),
    ("types_loading", || {
        let mut state = types();
        let opened = state.browse.open_mut().unwrap();
        opened.types.replace(Vec::new());
        opened.assets.list.replace(Vec::new());
        opened.assets.remote = loading(None);
        state
    }),
    ("segments_loading", || segments_with(loading(None))),
    ("segments_failed", || {
        segments_with(failed(ApiErrorKind::Server, None))
    }),
    ("segments_cut_off", || {
        let mut state = focused(Pane::Middle);
        let opened = state.browse.open_mut().unwrap();
        opened.segments.remote = failed(ApiErrorKind::Server, None);
        opened.listed.segments = Some(20_000);
        let first = opened.known.get_mut(&segment_id(1)).unwrap();
        first.failed = Some(now());
        state
    }),
    ("segments_empty", || segments_with(loaded(1))),
    ("marked", || pressed(worldly(), "space v j")),
    ("filter_typed", || pressed(worldly(), "/ p n")),
    ("filter_wrong", || pressed(worldly(), "/ s : x")),
    ("filter_words", || {
        pressed(worldly(), ": f i l t e r - w enter")
    }),
    ("filtered_to_nothing", || pressed(worldly(), "/ z z enter")),
    ("not_asked", || assets_with(Remote::NotAsked, false)),
    ("loading", || assets_with(loading(None), false)),
    ("reloading", || assets_with(loading(Some(240)), true)),
    ("cut_off", || assets_with(Remote::NotAsked, true)),
    ("containers_cut_off", || {
        let mut state = worldly();
        state.browse.accounts[0].containers = Remote::NotAsked;
        state
    }),
    ("empty", || assets_with(loaded(1), false)),
    ("failed", || {
        assets_with(failed(ApiErrorKind::Server, None), false)
    }),
    ("failed_with_old_rows", || {
        assets_with(failed(ApiErrorKind::Server, Some(240)), true)
    }),
    ("sign_in_needed", || {
        assets_with(failed(ApiErrorKind::Unauthorized, None), false)
    }),
    ("forbidden", || {
        assets_with(failed(forbidden(), None), false)
    }),
    ("accounts_loading", || accounts(Link::Connecting)),
    ("accounts_failed", || accounts(Link::Failed(no_key()))),
    ("address_changed", || pressed(moved(), "1 g g enter")),
    ("no_accounts", bare),
    ("coloured", coloured),
    ("notice", noticed),
    // Transfers.
    ("transfers", pane),
    ("transfers_none", || pressed(worldly(), "t")),
    ("doubt", in_doubt),
    ("left_over", left_over),
    // Sheets.
    ("browser", browser),
    ("upload", upload),
    ("coverage", coverage::matrix),
    ("coverage_asks", coverage::question),
    ("plan", || planned("")),
    ("plan_help", || pressed(planned(""), "?")),
    ("left_over_drop", || {
        let state = left_over();
        let jobs: Vec<_> = state.transfers.all().cloned().collect();
        over(state, Confirm::drop_left(&jobs, now()))
    }),
    ("save", || pressed(worldly(), "S")),
    ("tree_listing", tree::listing),
    ("tree_question", tree::question),
    ("delete", || pressed(worldly(), "d")),
    ("delete_coloured", || pressed(coloured(), "d")),
    ("delete_marked", || pressed(worldly(), "V d")),
    ("edit", || pressed(website(), "3 e")),
    ("link", || pressed(worldly(), "o")),
    ("link_code", || pressed(worldly(), "o o")),
    ("copy", || pressed(worldly(), "y")),
    ("sort", || pressed(worldly(), ",")),
    ("locale", || pressed(worldly(), "L")),
    ("state", || pressed(focused(Pane::Middle), "f")),
    ("account", || pressed(worldly(), "a")),
    ("palette", || pressed(worldly(), ":")),
    ("palette_search", || pressed(worldly(), ": c o p y")),
    ("help", || pressed(worldly(), "?")),
    ("help_in_a_field", || pressed(worldly(), "S f1")),
    ("messages", || pressed(noticed(), "!")),
    ("sign_in", sign_in),
    ("error", || {
        over(worldly(), ErrorSheet::new(&error(ApiErrorKind::Server)))
    }),
    ("quit", || over(worldly(), Confirm::quit(3, now()))),
];

/// Text and looks at every size. Without colours the words are the same, and the looks are those of
/// attributes alone.
#[test]
fn every_state_at_every_size_with_and_without_colours() {
    for (name, make) in STATES {
        let mut out = String::new();
        for (columns, rows) in SIZES {
            let shot = |coloured| {
                let mut state = make();
                state.update(Msg::Input(Input::Resize(columns, rows)), now());
                let mut view = view(Theme::new(&Looks::terminal(), coloured, false));
                settle_pictures(name, &mut state, &mut view, (columns, rows));
                shoot_with(&state, &mut view, columns, rows)
            };
            let (coloured, plain) = (shot(true), shot(false));
            // A code is drawn by colours, or by blocks; a picture by colours, or told by words.
            let differs = *name == "link_code" || name.starts_with("picture");
            assert!(differs || coloured.text() == plain.text(), "{name}");
            let again = if differs {
                plain.text() + "\n"
            } else {
                String::new()
            };
            let _ = write!(
                out,
                "\n{columns}×{rows}\n{}\nlooks:\n{}NO_COLOR:\n{again}{}",
                coloured.text(),
                coloured.runs(),
                plain.runs()
            );
        }
        assert_snapshot!(*name, out);
    }
}

/// Whatever the width, also under a sheet that deletes, and without colours.
#[test]
fn whose_it_is_is_always_in_view() {
    for (width, height) in SIZES {
        for colours in [true, false] {
            let theme = Theme::new(&Looks::terminal(), colours, false);
            let list = shoot_with(&coloured(), &mut view(theme), width, height);
            let first = list.lines().remove(0);
            assert!(first.contains("acme-loc"), "{width}: {first}");
            let at = u16::try_from(first.find("acme-loc").unwrap()).unwrap();
            let ink = list.buffer[(at, 0)].fg == ratatui::style::Color::Magenta;
            assert_eq!(ink, colours, "{width}");
            let sheet = shoot_with(&pressed(coloured(), "d"), &mut view(theme), width, height);
            let title = { sheet.lines().into_iter() }.find(|line| line.contains("Delete"));
            assert!(
                title.unwrap().contains("acme-loc"),
                "{width}: {}",
                sheet.text()
            );
        }
    }
}
