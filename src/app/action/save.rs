//! What `save` saves: assets, or everything in places.

use super::things::with_assets;
use crate::api::Middle;
use crate::app::State;
use crate::app::browse::{Account, Opened, Pane, PlaceRow};
use crate::app::effect::Effect;
use crate::app::modal::save::SaveSheet;
use crate::app::modal::tree::{Places, TreeSheet};
use crate::domain::{AccountName, Address, AssetScope, Container, Entry, TypeChoice};
use crate::transfer::tree::Source;

const NOWHERE: &str = "go to a place or an asset first";

pub(super) fn enabled(state: &State) -> Result<(), &'static str> {
    match state.browse.subject {
        Pane::Assets | Pane::Details => with_assets(state),
        Pane::Places | Pane::Middle => places(state).map(|_| ()),
    }
}

/// `goes_on`: what is typed goes on with the folder used last, instead of replacing it.
pub(super) fn run(state: &mut State, goes_on: bool) -> Vec<Effect> {
    if let Ok(places) = places(state) {
        let (sheet, effects) = TreeSheet::open(state, places, goes_on);
        state.open_modal(sheet);
        effects
    } else {
        let sheet = SaveSheet::new(state, goes_on);
        state.open_modal(sheet);
        Vec::new()
    }
}

/// The marked places, or the one under the cursor, when the user is at places.
fn places(state: &State) -> Result<Places, &'static str> {
    let browse = &state.browse;
    match (browse.subject, browse.open()) {
        (Pane::Places, _) => containers(state),
        (Pane::Middle, Some(opened)) => match opened.spec.middle {
            Middle::Segments => segments(opened),
            Middle::Types => types(opened),
        },
        _ => Err(NOWHERE),
    }
}

fn containers(state: &State) -> Result<Places, &'static str> {
    let rows = state.browse.places.chosen();
    let first = rows.first().ok_or(NOWHERE)?;
    let account = state.browse.accounts.get(first.account()).ok_or(NOWHERE)?;
    if rows.iter().any(|row| row.name() != first.name()) {
        return Err("the marked places are of several accounts; save those of one at a time");
    }
    let chosen: Vec<&Container> = { rows.iter() }
        .filter_map(|row| match row {
            PlaceRow::Container { entry, .. } => entry.read(),
            _ => None,
        })
        .collect();
    let (source, name) = match &chosen[..] {
        [] => whole(account, first)?,
        [one] => (
            Source::Below(at(
                &account.info.name,
                &AssetScope::Container(one.id.clone()),
            )),
            one.name.clone(),
        ),
        some => (
            Source::Containers(
                { some.iter() }
                    .map(|it| (it.id.clone(), it.name.clone()))
                    .collect(),
            ),
            format!("{} places of {}", some.len(), account.info.name.as_str()),
        ),
    };
    Ok(Places {
        account: account.info.name.clone(),
        spec: account.info.spec,
        source,
        types: Vec::new(),
        name,
    })
}

/// An account's heading stands for all that the account holds.
fn whole(account: &Account, row: &PlaceRow) -> Result<(Source, String), &'static str> {
    let PlaceRow::Account { name, .. } = row else {
        return Err(NOWHERE);
    };
    if account.rows.is_empty() {
        return Err("it holds nothing that is known");
    }
    let account = Address::account(account.info.name.clone());
    Ok((Source::Below(account), name.as_str().to_owned()))
}

fn at(account: &AccountName, scope: &AssetScope) -> Address {
    Address::of_scope(account.clone(), scope)
}

fn segments(opened: &Opened) -> Result<Places, &'static str> {
    let rows = opened.segments.list.chosen();
    let chosen: Vec<_> = rows.into_iter().filter_map(Entry::seen).collect();
    let container = &opened.info().name;
    let (source, name) = match &chosen[..] {
        [] => return Err(NOWHERE),
        [one] => (
            Source::Below(at(
                &opened.account,
                &AssetScope::Segment(opened.id.clone(), one.id.clone()),
            )),
            format!("{container} / {}", one.name()),
        ),
        some => (
            Source::Segments(
                opened.id.clone(),
                some.iter().map(|it| it.id.clone()).collect(),
            ),
            format!("{} segments of {container}", some.len()),
        ),
    };
    Ok(Places {
        account: opened.account.clone(),
        spec: opened.spec,
        source,
        types: Vec::new(),
        name,
    })
}

fn types(opened: &Opened) -> Result<Places, &'static str> {
    let rows = opened.types.chosen();
    let choices: Vec<TypeChoice> = rows.into_iter().map(|row| row.choice.clone()).collect();
    let container = &opened.info().name;
    let (types, name) = if choices.is_empty() {
        return Err(NOWHERE);
    } else if choices.contains(&TypeChoice::All) {
        (Vec::new(), container.clone())
    } else {
        let names: Vec<&str> = choices.iter().map(TypeChoice::name).collect();
        let name = format!("{container}, only {}", names.join(", "));
        (choices, name)
    };
    Ok(Places {
        account: opened.account.clone(),
        spec: opened.spec,
        source: Source::Below(at(
            &opened.account,
            &AssetScope::Container(opened.id.clone()),
        )),
        types,
        name,
    })
}
