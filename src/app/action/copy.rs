//! Copying what identifies the thing under the cursor: link, folder, name, id, Markdown, command.

use super::{Action, Context, things};
use crate::api::Middle;
use crate::app::State;
use crate::app::browse::{Pane, PlaceRow};
use crate::app::effect::Effect;
use crate::domain::{
    AccountName, Address, Asset, AssetScope, Entry, Ref, SafeText, WebLink, pastable,
};

macro_rules! copying {
    ($name:literal, $title:literal, $help:literal, $keys:expr, $what:literal, $take:expr, $why:literal) => {
        Action {
            name: $name,
            title: $title,
            help: $help,
            keys: $keys,
            context: Context::Everywhere,
            enabled: |state| {
                let take: fn(&State) -> Option<String> = $take;
                take(state).map(|_| ()).ok_or($why)
            },
            run: |state, _| {
                let take: fn(&State) -> Option<String> = $take;
                take(state)
                    .map(|text| Effect::Copy {
                        text: pastable(&text),
                        what: $what,
                    })
                    .into_iter()
                    .collect()
            },
        }
    };
}

pub static ACTIONS: &[Action] = &[
    copying!(
        "copy-link",
        "copy link",
        "Copy the asset's link.",
        &["y y"],
        "link",
        |s| Some(WebLink::shown(things::asset(s)?.url.as_ref()?)),
        "there is no asset with a link under the cursor"
    ),
    copying!(
        "copy-folder",
        "copy folder",
        "Copy the asset's folder (relativePath).",
        &["y p"],
        "folder",
        |s| Some(things::asset(s)?.folder.to_string()).filter(|folder| !folder.is_empty()),
        "there is no asset in a folder under the cursor"
    ),
    copying!(
        "copy-name",
        "copy name",
        "Copy the name of what is under the cursor.",
        &["y n"],
        "name",
        |s| Subject::of(s).map(|it| it.name),
        "there is nothing with a name under the cursor"
    ),
    copying!(
        "copy-id",
        "copy id",
        "Copy the id of what is under the cursor.",
        &["y i"],
        "id",
        |s| Subject::of(s).map(|it| it.id),
        "there is nothing with an id under the cursor"
    ),
    copying!(
        "copy-markdown",
        "copy Markdown",
        "Copy the asset's link as Markdown, with its alt text.",
        &["y m"],
        "Markdown",
        |s| markdown(&*things::asset(s)?),
        "there is no asset with a link under the cursor"
    ),
    copying!(
        "copy-command",
        "copy command",
        "Copy the command for what was just done; once the cursor moves, the one that shows what is under it.",
        &["y c"],
        "command",
        |s| s
            .did
            .clone()
            .or_else(|| Subject::of(s).map(|it| it.command)),
        "there is nothing to show under the cursor"
    ),
];

/// The thing under the cursor.
struct Subject {
    name: String,
    id: String,
    command: String,
}

impl Subject {
    fn of(state: &State) -> Option<Self> {
        let browse = &state.browse;
        let opened = browse.open();
        let place = |name: String, id: &str, address: Address| Self {
            name,
            id: id.to_owned(),
            command: format!("assetdeck ls {}", Ref::place(address)),
        };
        match browse.subject {
            Pane::Places => match browse.places.current()? {
                PlaceRow::Container {
                    name,
                    entry: Entry::Read(it),
                    ..
                } => Some(place(
                    it.name.clone(),
                    it.id.as_str(),
                    Address::of_scope(name.clone(), &AssetScope::Container(it.id.clone())),
                )),
                PlaceRow::Container { .. } => None,
                PlaceRow::Account { name, .. } | PlaceRow::Note { name, .. } => {
                    Some(Self::account(name))
                }
            },
            Pane::Middle => {
                let opened = opened.filter(|it| it.spec.middle == Middle::Segments)?;
                let segment = opened.segments.list.current().and_then(Entry::seen)?;
                let scope = AssetScope::Segment(opened.id.clone(), segment.id.clone());
                Some(place(
                    segment.name(),
                    segment.id.as_str(),
                    Address::of_scope(opened.account.clone(), &scope),
                ))
            }
            Pane::Assets | Pane::Details => {
                let asset = things::asset(state)?;
                let account = opened?.account.clone();
                Some(Self {
                    name: asset.name.clone(),
                    id: asset.key.as_str().to_owned(),
                    command: format!(
                        "assetdeck show {}",
                        Ref::asset(account, &asset.scope, &asset.key)
                    ),
                })
            }
        }
    }

    fn account(name: &AccountName) -> Self {
        Self {
            name: name.as_str().to_owned(),
            id: name.as_str().to_owned(),
            command: format!("assetdeck ls {}", Address::account(name.clone())),
        }
    }
}

/// `![alt](link)` for pictures, `[name](link)` for the rest.
fn markdown(asset: &Asset) -> Option<String> {
    let url = WebLink::shown(asset.url.as_ref()?);
    let picture = asset
        .content_type
        .as_ref()
        .is_some_and(|it| it.starts_with("image/"));
    let text = asset.alt_text.as_ref().unwrap_or(&asset.name);
    let text = SafeText::prose(text)
        .into_string()
        .replace('\\', "\\\\")
        .replace(['[', ']'], " ");
    let bang = if picture { "!" } else { "" };
    let url = url.replace('(', "%28").replace(')', "%29");
    Some(format!("{bang}[{text}]({url})"))
}
