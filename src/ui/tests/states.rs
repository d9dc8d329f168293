//! Every state of every pane and every sheet, at four sizes, with and without colours.

use std::fmt::Write as _;
use std::time::Duration;

use insta::assert_snapshot;

use super::faces::{assets_with, failed};
use super::fixture::{
    asset, bare, error, focus, loaded, loading, now, rebuild_places, segment_id, view, website,
    worldly,
};
use super::plan::planned;
use super::transfers::{in_doubt, left_over, pane};
use super::{coverage, pictures, shoot_with, tree};
use crate::api::{ApiErrorKind, ConnectError, FileStamp};
use crate::app::browse::{Link, TypeRow};
use crate::app::effect::{Effect, Load};
use crate::app::files::{Folder, LocalEntry, LocalKind};
use crate::app::key::{Chord, Input};
use crate::app::modal::confirm::Confirm;
use crate::app::modal::error::ErrorSheet;
use crate::app::modal::goal::Goal;
use crate::app::modal::sign_in::SignIn;
use crate::app::modal::upload::UploadForm;
use crate::app::modal::view::Tone;
use crate::app::msg::{Answer, Batch, Msg};
use crate::app::remote::{Fetched, Remote};
use crate::app::{Pane, State};
use crate::domain::{AssetScope, Colour, FileName, Locale, Looks, TypeChoice};
use crate::transfer::LocalFile;
use crate::transfer::plan::Candidate;
use crate::ui::ViewState;
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

fn focused(pane: Pane) -> State {
    let mut state = worldly();
    focus(&mut state, pane);
    state
}

/// The settings name another address than the key was used for.
fn moved() -> State {
    accounts(Link::Failed(ConnectError::Moved {
        reason: "it was not sent there".to_owned(),
        before: "sites https://old.example".to_owned(),
        now: "sites https://new.example".to_owned(),
    }))
}

/// The account's name has a colour.
fn coloured() -> State {
    let mut state = worldly();
    for account in &mut state.browse.accounts {
        account.info.colour = Some(Colour::Palette(5));
    }
    state
}

fn segments_with(remote: Remote<Fetched>) -> State {
    let mut state = focused(Pane::Middle);
    let opened = state.browse.open_mut().unwrap();
    opened.segments.list.replace(Vec::new());
    opened.segments.remote = remote;
    opened.assets.list.replace(Vec::new());
    opened.assets.remote = Remote::NotAsked;
    opened.scope = None;
    state
}

/// The types of a website, with names of every kind.
fn types() -> State {
    let mut state = website();
    let words = ["画像とヒーロー", "صورة", "cafe\u{301}"];
    let more = words.map(|it| TypeRow {
        choice: TypeChoice::Asset(it.to_owned()),
        count: 2,
    });
    let opened = state.browse.open_mut().unwrap();
    let mut rows = opened.types.rows().clone();
    rows.extend(more);
    opened.types.replace(rows);
    state
}

/// An asset beside its counterpart in the source language.
fn beside() -> State {
    let mut state = focused(Pane::Details);
    let opened = state.browse.open_mut().unwrap();
    let scope = opened.scope.clone().unwrap();
    opened.listed.locales = Some(["en", "ja"].map(|it| Locale::new(it).unwrap()).to_vec());
    let named = |locale| asset(&scope, "ヒーロー画像.png", Some(locale), Some(214_000));
    opened.assets.list.replace(vec![named("ja"), named("en")]);
    opened.assets.list.go(0);
    state.pictures.beside = true;
    state.browse.zoom = true;
    state
}

/// What becomes of the pictures of these states.
fn settle_pictures(name: &str, state: &mut State, view: &mut ViewState, size: (u16, u16)) {
    if !name.starts_with("picture") {
        return;
    }
    let (way, why) = if view.theme.coloured() {
        (pictures::BLOCKS, "this terminal told of no way")
    } else {
        (
            None,
            "NO_COLOR is set, and this terminal shows pictures by coloured text only",
        )
    };
    pictures::shows(state, way, why);
    match name {
        "picture_coming" => drop(pictures::asked(state, view, size)),
        "picture_failed" => {
            for (id, _) in pictures::asked(state, view, size) {
                let why = "it is damaged, or not what it says it is".to_owned();
                pictures::answer(state, id, Err(why));
            }
        }
        _ => pictures::come(state, view, size),
    }
}

fn over(mut state: State, modal: impl crate::app::modal::Modal + 'static) -> State {
    state.modals.push(Box::new(modal));
    state
}

/// After these keys, with a space between; looks at assets are answered with what is listed.
fn pressed(mut state: State, keys: &str) -> State {
    for key in keys.parse::<Chord>().unwrap().0 {
        for effect in state.update(Msg::Input(Input::Key(key)), now()) {
            let Effect::Load { id, what, .. } = effect else {
                continue;
            };
            let Load::Assets(..) = what else { continue };
            let rows = &state.browse.open().unwrap().assets.list;
            let entries = rows.rows().clone();
            let answer = Answer::Assets(Ok(Batch::whole(entries)));
            state.update(Msg::Loaded { id, answer }, now());
        }
    }
    // The details follow once the cursor rests.
    state.update(Msg::Tick, now() + Duration::from_secs(1));
    state
}

fn forbidden() -> ApiErrorKind {
    ApiErrorKind::Forbidden {
        missing: vec!["assets:read".to_owned()],
    }
}

fn no_key() -> ConnectError {
    ConnectError::NoKey {
        reason: "nothing in the environment, nothing in the keyring".to_owned(),
    }
}

fn accounts(link: Link) -> State {
    let mut state = worldly();
    state.browse.opened.clear();
    let waits = matches!(link, Link::Connecting);
    for account in &mut state.browse.accounts {
        account.rows.clear();
        account.containers = if waits {
            loading(None)
        } else {
            failed(ApiErrorKind::Server, None)
        };
    }
    state.browse.accounts[0].link = link;
    rebuild_places(&mut state);
    focus(&mut state, Pane::Places);
    state
}

fn noticed() -> State {
    let mut state = worldly();
    state.notices.say(
        Tone::Good,
        "ヒーロー画像.png is listed in hero-banner",
        now(),
    );
    state.notices.fail(&error(ApiErrorKind::Server), now());
    state
}

fn sign_in() -> State {
    let state = accounts(Link::Failed(no_key()));
    let sheet = SignIn::new(&state, 0, now()).unwrap();
    over(state, sheet)
}

fn goal(state: &State) -> Goal {
    let opened = state.browse.open().unwrap();
    Goal {
        account: opened.account.clone(),
        spec: opened.spec,
        to: Some(AssetScope::Segment(opened.id.clone(), segment_id(1))),
        place: "モバイルアプリ / hero-banner".to_owned(),
        gaps: Vec::new(),
    }
}

fn upload() -> State {
    let state = worldly();
    let file = LocalFile {
        path: "/home/ana/ヒーロー画像.png".into(),
        name: FileName::parse("ヒーロー画像.png").unwrap(),
        stamp: FileStamp {
            size: 214_000,
            modified: None,
            identity: None,
        },
        content_type: "image/png".into(),
    };
    let files = vec![Candidate {
        path: file.path.clone(),
        relative: vec!["ヒーロー画像.png".to_owned()],
        file: Ok(file),
    }];
    let goal = goal(&state);
    let scope = goal.to.clone().unwrap();
    let form = UploadForm::new(&state, goal, scope, files, now());
    over(state, form)
}

fn browser() -> State {
    let mut state = worldly();
    let mut asked = None;
    for effect in state.update(Msg::Input(Input::Key(crate::app::Key::char('u'))), now()) {
        if let Effect::ReadFolder { id, path } = effect {
            asked = Some((id, path));
        }
    }
    let (id, path) = asked.unwrap();
    let entry = |name: &str, kind, size| LocalEntry {
        path: path.join(name),
        name: name.to_owned(),
        kind,
        size,
        hidden: name.starts_with('.'),
    };
    let folder = Folder {
        parent: path.parent().map(Into::into),
        entries: vec![
            entry("写真", LocalKind::Folder, None),
            entry("hero.png", LocalKind::File, Some(214_000)),
            entry(
                "ヒーロー画像のとても長い名前のファイル.png",
                LocalKind::File,
                Some(9_000),
            ),
            entry("شعار الشركة.png", LocalKind::File, Some(20_000)),
            entry("cafe\u{301}.png", LocalKind::File, Some(20_000)),
            entry("queue", LocalKind::Other("a pipe"), None),
            entry(".secret", LocalKind::File, Some(1)),
        ],
        path,
    };
    let result = Ok(folder);
    state.update(Msg::Files { id, result }, now());
    pressed(state, "j space")
}

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
