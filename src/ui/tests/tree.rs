//! The sheet that saves whole places: while it lists, and with its question.

use std::sync::Arc;

use super::fixture::{asset, now, segment_id, worldly};
use crate::api::FileStamp;
use crate::app::effect::Effect;
use crate::app::modal::Modal;
use crate::app::modal::tree::{Places, TreeSheet};
use crate::app::msg::{Answer, Found, InTree, Listed, Msg};
use crate::app::{Input, Key, State};
use crate::domain::{Address, AssetScope, Entry};
use crate::transfer::tree::{Fate, Source, Tree};

fn opened(state: &mut State) -> (TreeSheet, Effect) {
    let opened = state.browse.open().unwrap();
    let places = Places {
        account: opened.account.clone(),
        spec: opened.spec,
        source: Source::Below(Address::of_scope(
            opened.account.clone(),
            &AssetScope::Container(opened.id.clone()),
        )),
        types: Vec::new(),
        name: "Mobile app".to_owned(),
    };
    let (sheet, mut effects) = TreeSheet::open(state, places, false);
    (sheet, effects.pop().unwrap())
}

fn tell(sheet: &mut TreeSheet, state: &mut State, asked: &Effect, word: InTree) {
    let Effect::Load { id, .. } = asked else {
        panic!("{asked:?}");
    };
    let answer = Answer::Tree(Ok(word));
    sheet.message(&Msg::Loaded { id: *id, answer }, state, now());
}

/// The listing counts while the folder is typed.
pub fn listing() -> State {
    let mut state = worldly();
    let (mut sheet, asked) = opened(&mut state);
    let found = Found {
        files: 1_284,
        bytes: 310_000_000,
        calls: 9,
    };
    tell(&mut sheet, &mut state, &asked, InTree::Found(found));
    state.modals.push(Box::new(sheet));
    state
}

/// The question names what is there and what becomes of it.
pub fn question() -> State {
    let mut state = worldly();
    let (mut sheet, asked) = opened(&mut state);
    let scope = AssetScope::Segment(state.browse.open().unwrap().id.clone(), segment_id(1));
    let names = [
        ("hero.png", Some("de")),
        ("hero.png", Some("fr")),
        ("ヒーロー.png", Some("ja")),
        ("شعار.svg", None),
        ("terms.pdf", None),
    ];
    let assets = names.map(|(name, locale)| {
        let Entry::Read(asset) = asset(&scope, name, locale, Some(214_000)) else {
            unreachable!()
        };
        asset
    });
    let listed = Listed {
        assets: assets.map(|asset| (Vec::new(), asset)).into(),
        unreadable: 1,
        found: Found {
            files: 5,
            bytes: 1_070_000,
            calls: 2,
        },
    };
    tell(
        &mut sheet,
        &mut state,
        &asked,
        InTree::All(Arc::new(listed)),
    );
    let reply = sheet.input(&Input::Key(Key::ctrl('s')), &mut state, now());
    let Some(Effect::LayOut {
        id,
        account,
        spec,
        listed,
        folder,
    }) = reply.effects.last()
    else {
        panic!("{reply:?}");
    };
    let found = listed.assets.clone();
    let mut tree = Tree::of_place(folder.clone(), account.clone(), spec, found).unwrap();
    let stamp = |size| FileStamp {
        size,
        modified: None,
        identity: None,
    };
    tree.rows[0].fate = Fate::Clash(stamp(1_000));
    tree.rows[1].fate = Fate::Clash(stamp(98_000));
    tree.rows[3].fate = Fate::Same;
    tree.rows[4].fate = Fate::Problem("a link stands in its place".to_owned());
    let msg = Msg::LaidOut {
        id: *id,
        result: Ok(Box::new(tree)),
    };
    sheet.message(&msg, &mut state, now());
    sheet.input(&Input::Key(Key::char('r')), &mut state, now());
    state.modals.push(Box::new(sheet));
    state
}
