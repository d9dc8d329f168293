//! Names from everywhere, and from hell.

use insta::assert_snapshot;

use super::fixture::{asset, busy, name, now, rebuild_places, segment_id, website};
use super::shoot;
use crate::api::{ApiErrorKind, ConnectError};
use crate::app::State;
use crate::app::browse::Link;
use crate::app::remote::Remote;
use crate::domain::{AssetScope, Entry};

pub fn rename_asset(state: &mut State, to: &str) {
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    opened
        .assets
        .list
        .replace(vec![asset(&scope, to, Some("de"), None)]);
}

#[test]
fn names_from_everywhere() {
    let mut state = busy();
    let opened = state.browse.open_mut().unwrap();
    let scope = AssetScope::Segment(opened.id.clone(), segment_id(1));
    let names = [
        "ヒーロー画像のとても長い名前のファイルです本当に.png",
        "شعار الشركة.png",
        "👩‍💻🎉 party.png",
        "a-very-long-name-that-fits-in-no-column-of-any-table.png",
        "cafe\u{301}.png",
        "evil\u{1b}[31m\u{1b}]0;title\u{7}.png",
        "gnp\u{202e}exe.png",
        "two\nlines\tand\u{0}nul.png",
        " spaces at the ends ",
        "⟨1B⟩ forged.png",
    ];
    opened.assets.list.replace(
        names
            .iter()
            .map(|name| asset(&scope, name, Some("pt-BR"), Some(1)))
            .collect::<Vec<_>>(),
    );
    opened.assets.list.go(5);
    assert_snapshot!("hostile_names", shoot(&state, 100, 20).text());
    for width in 40..130 {
        for height in [12, 20] {
            shoot(&state, width, height);
        }
    }
}

#[test]
fn hostile_text_is_marked_everywhere() {
    let evil = "x\u{1b}[2J\u{202e}y\u{9b}z\u{200b}\r\n";
    let mut state = website();
    for account in &mut state.browse.accounts {
        account.info.name = name(evil);
        for row in &mut account.rows {
            match row {
                Entry::Read(container) => {
                    evil.clone_into(&mut container.name);
                    container.folders = vec![evil.to_owned()];
                }
                Entry::Unreadable(bad) => evil.clone_into(&mut bad.reason),
            }
        }
    }
    let failure = crate::api::ApiError::new("list assets", ApiErrorKind::Server, evil);
    let opened = state.browse.open_mut().unwrap();
    opened.account = name(evil);
    evil.clone_into(&mut opened.listed.name);
    opened.assets.remote = Remote::Failed {
        error: failure.clone(),
        old: None,
    };
    opened.assets.list.replace(Vec::new());
    rebuild_places(&mut state);
    state.notices.fail(&failure, now());
    state.browse.accounts[1].link = Link::Failed(ConnectError::Settings(evil.to_owned()));
    // `assert_sound` looks at every cell.
    let shot = shoot(&state, 140, 20);
    assert!(shot.text().contains("⟨1B⟩[2J⟨202E⟩y⟨9B⟩z⟨200B⟩"));
    state.browse.accounts[1].rows.clear();
    rebuild_places(&mut state);
    shoot(&state, 140, 20);
    state.browse.opened.remove(0);
    state
        .browse
        .open_mut()
        .unwrap()
        .segments
        .list
        .replace(vec![Entry::Read(crate::domain::Segment {
            id: segment_id(1),
            position: 1,
            part: 0,
            key: Some(evil.to_owned()),
            text: Some(evil.to_owned()),
            raw: crate::domain::RawJson::new("{}"),
        })]);
    shoot(&state, 140, 20);
}
