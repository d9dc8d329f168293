//! Copying what identifies the marked things, or the one under the cursor: link, folder, name, id,
//! Markdown, command.

use std::borrow::Cow;
use std::time::Instant;

use super::{Action, Context, things};
use crate::api::Middle;
use crate::app::State;
use crate::app::browse::{Pane, PlaceRow};
use crate::app::effect::Effect;
use crate::app::modal::view::Tone;
use crate::domain::{
    AccountName, Address, Asset, AssetScope, ContainerId, Entry, Ref, SafeText, Segment, WebLink,
    pastable,
};

macro_rules! copying {
    ($name:literal, $title:literal, $help:literal, $keys:expr, $what:expr, $take:expr, $why:literal) => {
        Action {
            name: $name,
            title: $title,
            help: $help,
            keys: $keys,
            context: Context::Everywhere,
            enabled: |state| enabled(state, $take, $why),
            run: |state, now| run(state, now, $what, $take),
        }
    };
}

pub static ACTIONS: &[Action] = &[
    copying!(
        "copy-link",
        "copy link",
        "Copy the link of the asset, or of the marked ones, one a line.",
        &["y y"],
        ["link", "links"],
        |it| Some(WebLink::shown(it.asset.as_ref()?.url.as_ref()?)),
        "there is no asset with a link under the cursor"
    ),
    copying!(
        "copy-folder",
        "copy folder",
        "Copy the folder (relativePath) of the asset, or of the marked ones, one a line.",
        &["y p"],
        ["folder", "folders"],
        |it| Some(it.asset.as_ref()?.folder.to_string()).filter(|folder| !folder.is_empty()),
        "there is no asset in a folder under the cursor"
    ),
    copying!(
        "copy-name",
        "copy name",
        "Copy the name of what is marked, one a line, or under the cursor.",
        &["y n"],
        ["name", "names"],
        |it| Some(it.name.clone()),
        "there is nothing with a name under the cursor"
    ),
    copying!(
        "copy-id",
        "copy id",
        "Copy the id of what is marked, one a line, or under the cursor.",
        &["y i"],
        ["id", "ids"],
        |it| Some(it.id.clone()),
        "there is nothing with an id under the cursor"
    ),
    copying!(
        "copy-markdown",
        "copy Markdown",
        "Copy the link of the asset, or of the marked ones, as Markdown with the alt text.",
        &["y m"],
        ["Markdown", "Markdown links"],
        |it| markdown(it.asset.as_ref()?),
        "there is no asset with a link under the cursor"
    ),
    Action {
        name: "copy-command",
        title: "copy command",
        help: "Copy the command for what was just done; once the cursor moves, the one that shows what is \
               marked, one a line, or under it.",
        keys: &["y c"],
        context: Context::Everywhere,
        enabled: |state| match state.did {
            Some(_) => Ok(()),
            None => enabled(state, COMMAND, "there is nothing to show under the cursor"),
        },
        run: |state, now| match &state.did {
            Some(did) => vec![Effect::Copy {
                text: pastable(did),
                what: "command".to_owned(),
            }],
            None => run(state, now, ["command", "commands"], COMMAND),
        },
    },
];

/// What is copied of a subject; `None` where it has none.
type Take = fn(&Subject<'_>) -> Option<String>;

const COMMAND: Take = |it| Some(it.command.clone());

/// Whether all of the marked ones have none is known only once they are copied: there may be many.
fn enabled(state: &State, take: Take, why: &'static str) -> Result<(), &'static str> {
    if marks(state) > 0 || Subject::chosen(state).first().and_then(take).is_some() {
        Ok(())
    } else {
        Err(why)
    }
}

/// Copies it of all that are marked, one a line, and says how many have none.
fn run(state: &mut State, now: Instant, [one, many]: [&str; 2], take: Take) -> Vec<Effect> {
    let chosen = Subject::chosen(state);
    let taken: Vec<String> = { chosen.iter().filter_map(take) }
        .map(|text| pastable(&text))
        .collect();
    let (all, had) = (chosen.len(), taken.len());
    let what = match (all, had) {
        (_, 0) => {
            let text = format!("None of the {all} marked has a {one}");
            state.notices.say(Tone::Warning, text, now);
            return Vec::new();
        }
        (1, _) => one.to_owned(),
        _ if had == all => format!("{all} {many}"),
        _ => format!("{had} {many} of {all} marked, the others have none,"),
    };
    let text = taken.join("\n");
    vec![Effect::Copy { text, what }]
}

fn marks(state: &State) -> usize {
    let browse = &state.browse;
    match (browse.subject, browse.open()) {
        (Pane::Places, _) => browse.places.marks(),
        (Pane::Middle, Some(opened)) if opened.spec.middle == Middle::Segments => {
            opened.segments.list.marks()
        }
        (Pane::Assets | Pane::Details, Some(opened)) => opened.assets.list.marks(),
        _ => 0,
    }
}

/// One of the things that are marked, or the one under the cursor.
struct Subject<'a> {
    name: String,
    id: String,
    command: String,
    asset: Option<Cow<'a, Asset>>,
}

impl<'a> Subject<'a> {
    fn chosen(state: &'a State) -> Vec<Self> {
        let browse = &state.browse;
        match (browse.subject, browse.open()) {
            (Pane::Places, _) => {
                let rows = browse.places.chosen();
                rows.iter().filter_map(|row| Self::of_place(row)).collect()
            }
            (Pane::Middle, Some(opened)) if opened.spec.middle == Middle::Segments => {
                let rows = opened.segments.list.chosen().into_iter();
                rows.filter_map(Entry::seen)
                    .map(|it| Self::of_segment(&opened.account, &opened.id, &it))
                    .collect()
            }
            (Pane::Assets | Pane::Details, Some(opened)) => {
                let assets = things::assets(state).into_iter();
                assets
                    .map(|it| Self::of_asset(&opened.account, it))
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn of_place(row: &PlaceRow) -> Option<Self> {
        match row {
            PlaceRow::Container {
                name,
                entry: Entry::Read(it),
                ..
            } => {
                let scope = AssetScope::Container(it.id.clone());
                let address = Address::of_scope(name.clone(), &scope);
                Some(Self::place(it.name.clone(), it.id.as_str(), address))
            }
            PlaceRow::Container { .. } => None,
            PlaceRow::Account { name, .. } | PlaceRow::Note { name, .. } => {
                Some(Self::account(name))
            }
        }
    }

    fn of_segment(account: &AccountName, container: &ContainerId, segment: &Segment) -> Self {
        let scope = AssetScope::Segment(container.clone(), segment.id.clone());
        let address = Address::of_scope(account.clone(), &scope);
        Self::place(segment.name(), segment.id.as_str(), address)
    }

    fn of_asset(account: &AccountName, asset: Cow<'a, Asset>) -> Self {
        let reference = Ref::asset(account.clone(), &asset.scope, &asset.key);
        Self {
            name: asset.name.clone(),
            id: asset.key.as_str().to_owned(),
            command: format!("assetdeck show {reference}"),
            asset: Some(asset),
        }
    }

    fn place(name: String, id: &str, address: Address) -> Self {
        Self {
            name,
            id: id.to_owned(),
            command: format!("assetdeck ls {}", Ref::place(address)),
            asset: None,
        }
    }

    fn account(name: &AccountName) -> Self {
        Self {
            name: name.as_str().to_owned(),
            id: name.as_str().to_owned(),
            command: format!("assetdeck ls {}", Address::account(name.clone())),
            asset: None,
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
