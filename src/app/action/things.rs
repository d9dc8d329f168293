//! What is done with assets: upload, save, open, edit, delete, details.

use std::borrow::Cow;
use std::time::Instant;

use super::{Action, Context, save};
use crate::api::Middle;
use crate::app::State;
use crate::app::browse::{Pane, PlaceRow};
use crate::app::effect::Effect;
use crate::app::modal::browser::FileBrowser;
use crate::app::modal::delete::DeleteSheet;
use crate::app::modal::edit::EditSheet;
use crate::app::modal::goal::Goal;
use crate::app::modal::link::LinkSheet;
use crate::domain::{Asset, AssetScope, Entry};

pub static ACTIONS: &[Action] = &[
    Action {
        name: "details",
        title: "details",
        help: "Show everything that is known of this row; the same key again shows raw JSON.",
        keys: &["i"],
        context: Context::Lists,
        enabled: super::always,
        run: |s, now| {
            s.browse.raw = false;
            s.focus(Pane::Details, now);
            Vec::new()
        },
    },
    Action {
        name: "raw",
        title: "raw JSON",
        help: "Show the details as the service sent them, and back.",
        keys: &["i"],
        context: Context::Details,
        enabled: super::always,
        run: |s, _| {
            s.browse.raw = !s.browse.raw;
            s.browse.details_top = 0;
            Vec::new()
        },
    },
    Action {
        name: "upload",
        title: "upload",
        help: "Choose files and send them here, by a sheet. A folder that save made goes back to where it came \
               from; at a document or an account in the first pane, each file to its own place.",
        keys: &["u"],
        context: Context::Everywhere,
        enabled: |s| goal(s).map(|_| ()),
        run: |s, now| match goal(s) {
            Ok(goal) => {
                let mut effects = show_whole(s, &goal, now);
                let (browser, reading) = FileBrowser::open(s, goal.clone());
                effects.extend(reading);
                effects.extend(ask_container(s, &goal, now));
                s.open_modal(browser);
                effects
            }
            Err(_) => Vec::new(),
        },
    },
    Action {
        name: "replace",
        title: "replace",
        help: "Choose a file that takes the place of this asset, by a sheet that says how.",
        keys: &["U"],
        context: Context::Everywhere,
        enabled: |s| {
            with_asset(s)?;
            if assets(s).len() > 1 {
                return Err("one asset is replaced at a time; Esc clears the marks");
            }
            goal(s).map(|_| ())
        },
        run: |s, now| match (goal(s), asset(s).map(Cow::into_owned)) {
            (Ok(goal), Some(old)) => {
                let (browser, mut effects) = FileBrowser::open_for(s, goal.clone(), old);
                effects.extend(ask_container(s, &goal, now));
                s.open_modal(browser);
                effects
            }
            _ => Vec::new(),
        },
    },
    Action {
        name: "save",
        title: "save",
        help: "Save the marked assets, or this one, into the folder used last; in the panes before them \
               everything in the marked places, or in this one, as folders.",
        keys: &["s"],
        context: Context::Everywhere,
        enabled: save::enabled,
        run: |s, _| save::run(s, false),
    },
    Action {
        name: "save-as",
        title: "save into",
        help: "Save the same into a folder that you type.",
        keys: &["S"],
        context: Context::Everywhere,
        enabled: save::enabled,
        run: |s, _| save::run(s, true),
    },
    Action {
        name: "open",
        title: "open link",
        help: "Open the asset's link where there is a desktop; else show and copy it, with a QR code.",
        keys: &["o"],
        context: Context::Everywhere,
        enabled: |s| {
            with_asset(s)?;
            match asset(s).and_then(|asset| asset.url.clone()) {
                Some(_) => Ok(()),
                None => Err("the service gives no link for this asset"),
            }
        },
        run: |s, _| {
            let Some(sheet) = LinkSheet::new(s) else {
                return Vec::new();
            };
            let copied = sheet.copied_at_once();
            s.open_modal(sheet);
            copied.into_iter().collect()
        },
    },
    Action {
        name: "edit",
        title: "edit",
        help: "Change the texts of this asset, by a sheet.",
        keys: &["e"],
        context: Context::Everywhere,
        enabled: |s| {
            with_asset(s)?;
            s.may_change()?;
            if assets(s).len() > 1 {
                return Err("texts are edited one asset at a time; Esc clears the marks");
            }
            match s.browse.open() {
                Some(opened) if opened.spec.capabilities.metadata => Ok(()),
                _ => Err("this service cannot change texts after the upload"),
            }
        },
        run: |s, now| match EditSheet::new(s, now) {
            Some((sheet, effects)) => {
                s.open_modal(sheet);
                effects
            }
            None => Vec::new(),
        },
    },
    Action {
        name: "delete",
        title: "delete",
        help: "Delete the marked assets, or this one, after a sheet that names them.",
        keys: &["d", "delete"],
        context: Context::Everywhere,
        enabled: |s| {
            with_assets(s)?;
            s.may_change()
        },
        run: |s, now| match DeleteSheet::new(s, now) {
            Some((sheet, effects)) => {
                s.open_modal(sheet);
                effects
            }
            None => Vec::new(),
        },
    },
];

const NOWHERE: &str = "go to a place in the first pane first";

/// The asset under the cursor, when the user is at the assets.
pub fn asset(state: &State) -> Option<Cow<'_, Asset>> {
    if !matches!(state.browse.subject, Pane::Assets | Pane::Details) {
        return None;
    }
    state
        .browse
        .open()?
        .assets
        .list
        .current()
        .and_then(Entry::seen)
}

/// The marked assets, or the one under the cursor, when the user is at the assets.
pub fn assets(state: &State) -> Vec<Cow<'_, Asset>> {
    if !matches!(state.browse.subject, Pane::Assets | Pane::Details) {
        return Vec::new();
    }
    state.browse.open().map_or_else(Vec::new, |opened| {
        let chosen = opened.assets.list.chosen();
        chosen.into_iter().filter_map(Entry::seen).collect()
    })
}

fn with_asset(state: &State) -> Result<(), &'static str> {
    asset(state)
        .map(|_| ())
        .ok_or("go to an asset in the third pane first")
}

pub(super) fn with_assets(state: &State) -> Result<(), &'static str> {
    if assets(state).is_empty() {
        Err("go to an asset in the third pane first")
    } else {
        Ok(())
    }
}

/// A container whose segments a plan names is opened beside it.
fn show_whole(state: &mut State, goal: &Goal, now: Instant) -> Vec<Effect> {
    if goal.to.as_ref().is_none_or(|to| !goal.spec.is_whole(to)) {
        return Vec::new();
    }
    let Some(PlaceRow::Container {
        account,
        entry: Entry::Read(container),
        ..
    }) = state.browse.places.current()
    else {
        return Vec::new();
    };
    let (account, container) = (*account, container.clone());
    state.open_container(account, container, now)
}

/// The goal's locales, where they are not known yet.
fn ask_container(state: &mut State, goal: &Goal, now: Instant) -> Vec<Effect> {
    match goal.container() {
        Some(container) => state.ask_container(&goal.account, container, now),
        None => Vec::new(),
    }
}

/// Where an upload would go from here.
fn goal(state: &State) -> Result<Goal, &'static str> {
    let browse = &state.browse;
    let (opened, segment) = match (browse.subject, browse.open()) {
        (Pane::Places, _) => {
            // Where assets hang on segments, each file is given one in the plan; at an account the
            // files themselves have to say where they belong.
            let (to, place) = match browse.places.current() {
                Some(PlaceRow::Container {
                    entry: Entry::Read(it),
                    ..
                }) => (Some(AssetScope::Container(it.id.clone())), it.name.clone()),
                Some(PlaceRow::Account { name, .. }) => (None, name.as_str().to_owned()),
                _ => return Err(NOWHERE),
            };
            let row = browse.places.current().ok_or(NOWHERE)?;
            let account = browse.accounts.get(row.account()).ok_or(NOWHERE)?;
            account.info.guard.refusal().map_or(Ok(()), Err)?;
            return Ok(Goal {
                account: account.info.name.clone(),
                spec: account.info.spec,
                to,
                place,
                gaps: Vec::new(),
            });
        }
        (_, None) => return Err("open something in the first pane first"),
        (Pane::Middle, Some(opened)) => {
            let current = opened.segments.list.current();
            (opened, current.and_then(Entry::seen))
        }
        (_, Some(opened)) => (opened, opened.segment()),
    };
    state.may_change()?;
    let container = opened.info().name.clone();
    let (scope, place) = match opened.spec.middle {
        Middle::Types => (AssetScope::Container(opened.id.clone()), container),
        Middle::Segments => {
            let segment = segment.ok_or("choose a segment first; assets hang on segments there")?;
            (
                AssetScope::Segment(opened.id.clone(), segment.id.clone()),
                format!("{container} / {}", segment.name()),
            )
        }
    };
    Ok(Goal {
        account: opened.account.clone(),
        spec: opened.spec,
        to: Some(scope),
        place,
        gaps: Vec::new(),
    })
}
