//! The screens that are shot, each made by what leads there.

use std::time::Duration;

use crate::api::{ApiErrorKind, ConnectError, FileStamp};
use crate::app::browse::{Link, TypeRow};
use crate::app::effect::{Effect, Load};
use crate::app::files::{Folder, LocalEntry, LocalKind};
use crate::app::key::{Chord, Input};
use crate::app::modal::goal::Goal;
use crate::app::modal::sign_in::SignIn;
use crate::app::modal::upload::UploadForm;
use crate::app::modal::view::Tone;
use crate::app::msg::{Answer, Batch, Msg};
use crate::app::remote::{Fetched, Remote};
use crate::app::{Pane, State};
use crate::domain::{AssetScope, Colour, FileName, Locale, TypeChoice};
use crate::transfer::LocalFile;
use crate::transfer::plan::Candidate;
use crate::ui::ViewState;
use crate::ui::tests::faces::failed;
use crate::ui::tests::fixture::{
    asset, error, focus, loading, now, rebuild_places, segment_id, website, worldly,
};
use crate::ui::tests::pictures;

pub fn focused(pane: Pane) -> State {
    let mut state = worldly();
    focus(&mut state, pane);
    state
}

/// The settings name another address than the key was used for.
pub fn moved() -> State {
    accounts(Link::Failed(ConnectError::Moved {
        reason: "it was not sent there".to_owned(),
        before: "sites https://old.example".to_owned(),
        now: "sites https://new.example".to_owned(),
    }))
}

/// The account's name has a colour.
pub fn coloured() -> State {
    let mut state = worldly();
    for account in &mut state.browse.accounts {
        account.info.colour = Some(Colour::Palette(5));
    }
    state
}

pub fn segments_with(remote: Remote<Fetched>) -> State {
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
pub fn types() -> State {
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
pub fn beside() -> State {
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
pub fn settle_pictures(name: &str, state: &mut State, view: &mut ViewState, size: (u16, u16)) {
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

pub fn over(mut state: State, modal: impl crate::app::modal::Modal + 'static) -> State {
    state.modals.push(Box::new(modal));
    state
}

/// After these keys, with a space between; looks at assets are answered with what is listed.
pub fn pressed(mut state: State, keys: &str) -> State {
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

pub fn forbidden() -> ApiErrorKind {
    ApiErrorKind::Forbidden {
        missing: vec!["assets:read".to_owned()],
    }
}

pub fn no_key() -> ConnectError {
    ConnectError::NoKey {
        reason: "nothing in the environment, nothing in the keyring".to_owned(),
    }
}

pub fn accounts(link: Link) -> State {
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

pub fn noticed() -> State {
    let mut state = worldly();
    state.notices.say(
        Tone::Good,
        "ヒーロー画像.png is listed in hero-banner",
        now(),
    );
    state.notices.fail(&error(ApiErrorKind::Server), now());
    state
}

pub fn sign_in() -> State {
    let state = accounts(Link::Failed(no_key()));
    let sheet = SignIn::new(&state, 0, now()).unwrap();
    over(state, sheet)
}

pub fn goal(state: &State) -> Goal {
    let opened = state.browse.open().unwrap();
    Goal {
        account: opened.account.clone(),
        spec: opened.spec,
        to: Some(AssetScope::Segment(opened.id.clone(), segment_id(1))),
        place: "モバイルアプリ / hero-banner".to_owned(),
        gaps: Vec::new(),
    }
}

pub fn upload() -> State {
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

pub fn browser() -> State {
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
