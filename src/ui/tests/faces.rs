//! What a pane shows instead of rows, or around them.

use insta::assert_snapshot;

use super::fixture::{busy, error, loaded, loading, worldly};
use super::shoot;
use crate::api::ApiErrorKind;
use crate::app::State;
use crate::app::remote::Remote;

pub fn assets_with(remote: Remote<crate::app::remote::Fetched>, keep: bool) -> State {
    let mut state = worldly();
    let opened = state.browse.open_mut().unwrap();
    if !keep {
        opened.assets.list.replace(Vec::new());
    }
    opened.assets.remote = remote;
    state
}

pub fn failed(kind: ApiErrorKind, old: Option<u64>) -> Remote<crate::app::remote::Fetched> {
    Remote::Failed {
        error: error(kind),
        old: old.and_then(|ago| loaded(ago).value().cloned()),
    }
}

#[test]
fn no_face_looks_like_another() {
    let forbidden = ApiErrorKind::Forbidden {
        missing: vec!["assets:read".to_owned()],
    };
    let cases = vec![
        ("not_asked", assets_with(Remote::NotAsked, false)),
        ("loading", assets_with(loading(None), false)),
        ("reloading", assets_with(loading(Some(240)), true)),
        ("empty", assets_with(loaded(1), false)),
        (
            "failed",
            assets_with(failed(ApiErrorKind::Server, None), false),
        ),
        (
            "failed_with_old_rows",
            assets_with(failed(ApiErrorKind::Server, Some(240)), true),
        ),
        (
            "sign_in",
            assets_with(failed(ApiErrorKind::Unauthorized, None), false),
        ),
        ("forbidden", assets_with(failed(forbidden, None), false)),
    ];
    let mut seen = Vec::new();
    for (name, mut state) in cases {
        state.browse.zoom = true;
        let text = shoot(&state, 60, 12).text();
        assert!(!seen.contains(&text), "{name} looks like another face");
        seen.push(text);
    }
}

#[test]
fn a_filter_is_typed_in_the_frame() {
    let mut state = busy();
    let list = &mut state.browse.open_mut().unwrap().assets.list;
    list.set_filter("fr", jiff::Timestamp::UNIX_EPOCH).unwrap();
    state.filtering = Some("fr".to_owned().into());
    let shot = shoot(&state, 80, 14);
    assert_snapshot!(shot.text());
    let cursor = shot.cursor.unwrap();
    let before = &shot.lines()[usize::from(cursor.y)];
    let typed: String = before.chars().take(usize::from(cursor.x)).collect();
    assert!(typed.ends_with("/fr"), "{typed:?}");
}
