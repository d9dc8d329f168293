//! What the details pane says of the thing under the cursor: plain fields first, raw JSON behind.

use std::time::Instant;

use super::{Opened, Pane, PlaceRow};
use crate::api::{Field, KeyReport};
use crate::app::State;
use crate::app::browse::{Account, Link, Mark};
use crate::app::columns::Value;
use crate::domain::{
    AccountName, Address, Asset, AssetScope, Container, Entry, RawJson, Ref, Segment,
};

/// A labelled fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub label: &'static str,
    /// Foreign text in it is not yet made safe.
    pub value: Value,
}

/// All that is said of one thing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Details {
    /// Its name; foreign text.
    pub title: String,
    pub facts: Vec<Fact>,
    /// What the service sent.
    pub raw: Option<RawJson>,
}

impl Details {
    fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }

    fn add(&mut self, label: &'static str, value: Value) {
        self.facts.push(Fact { label, value });
    }

    fn text(&mut self, label: &'static str, value: impl Into<String>) {
        self.add(label, Value::Text(value.into()));
    }

    fn maybe(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.text(label, value);
        }
    }

    fn more(&mut self, details: &[crate::domain::Detail]) {
        for detail in details {
            self.text(detail.label, detail.value.clone());
        }
    }
}

/// A place of the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The pane with the focus, and the one that the details speak of.
    pane: (Pane, Pane),
    at: usize,
}

impl State {
    /// What the details pane says, of the row under the cursor of the list pane used last once the
    /// cursor rests; `None` when that has no rows.
    pub fn details(&self) -> Option<Details> {
        let held = self.browse.held.clone();
        held.or_else(|| self.details_here())
    }

    /// Where the cursor is that the details follow.
    pub(crate) fn spot(&self) -> Spot {
        let browse = &self.browse;
        let opened = browse.open();
        let at = match (browse.subject, opened) {
            (Pane::Places, _) => browse.places.cursor(),
            (_, None) => 0,
            (Pane::Middle, Some(opened)) => opened.segments.list.cursor(),
            (Pane::Assets | Pane::Details, Some(opened)) => opened.assets.list.cursor(),
        };
        Spot {
            pane: (browse.focus, browse.subject),
            at,
        }
    }

    /// After an input: the details stay as they were while the cursor moves within a list, and
    /// follow at once everywhere else.
    pub(crate) fn hold_details(&mut self, before: Spot, told: Option<Details>, now: Instant) {
        let spot = self.spot();
        if !self.modals.is_empty() || spot.pane != before.pane {
            self.browse.held = None;
        } else if spot.at != before.at {
            self.browse.held = self.browse.held.take().or(told);
            self.timers.rest(now);
        }
    }

    fn details_here(&self) -> Option<Details> {
        let browse = &self.browse;
        match browse.subject {
            Pane::Places => match browse.places.current()? {
                PlaceRow::Account { account, .. } | PlaceRow::Note { account, .. } => {
                    browse.accounts.get(*account).map(of_account)
                }
                PlaceRow::Container { name, entry, .. } => {
                    let opened = browse
                        .open()
                        .filter(|it| it.account == *name && Some(&it.id) == id_of(entry));
                    Some(match (opened, entry) {
                        (Some(opened), _) => of_container(name, opened.info()),
                        (None, Entry::Read(container)) => of_container(name, container),
                        (None, Entry::Unreadable(bad)) => of_unreadable(bad),
                    })
                }
            },
            Pane::Middle => {
                let opened = browse.open()?;
                match opened.spec.middle {
                    crate::api::Middle::Segments => Some(match opened.segments.list.current()? {
                        Entry::Read(segment) => of_segment(opened, segment),
                        Entry::Unreadable(bad) => of_unreadable(bad),
                    }),
                    crate::api::Middle::Types => Some(of_container(&opened.account, opened.info())),
                }
            }
            Pane::Assets | Pane::Details => {
                let opened = browse.open()?;
                Some(match opened.assets.list.current()? {
                    Entry::Read(asset) => of_asset(opened, asset),
                    Entry::Unreadable(bad) => of_unreadable(bad),
                })
            }
        }
    }

    /// How many lines of details there are at least; what scrolling stops at.
    pub(crate) fn details_lines(&self) -> usize {
        self.details().map_or(0, |details| match &details.raw {
            Some(raw) if self.browse.raw => raw.pretty().lines().count(),
            _ => details.facts.len() + 1,
        })
    }
}

fn id_of(entry: &Entry<Container>) -> Option<&crate::domain::ContainerId> {
    entry.read().map(|container| &container.id)
}

fn of_unreadable(bad: &crate::domain::Unreadable) -> Details {
    let mut it = Details::new("unreadable entry");
    it.text("Reason", bad.reason.clone());
    it.raw = Some(bad.raw.clone());
    it
}

fn of_account(account: &Account) -> Details {
    let mut it = Details::new(account.info.name.as_str());
    it.text("Service", account.info.spec.label);
    it.text("Address", account.info.base_url.clone());
    match &account.link {
        Link::Connecting => it.text("Key", "looking for it"),
        Link::Ready(KeyReport { source, note }) => {
            it.text("Key", source.to_string());
            it.maybe("Why", note.clone());
        }
        Link::Failed(error) => it.text("Key", error.to_string()),
    }
    match account.containers.error() {
        Some(error) => {
            it.text("Problem", error.to_string());
            if !error.hint().is_empty() {
                it.text("Next", error.hint());
            }
        }
        None if account.ready() => it.text(
            account.info.spec.container.title,
            account.rows.len().to_string(),
        ),
        None => {}
    }
    if account.wants_key() {
        it.text("Next", "Enter: type the key");
    }
    it
}

fn of_container(account: &AccountName, container: &Container) -> Details {
    let mut it = Details::new(container.name.clone());
    if !container.folders.is_empty() {
        it.text("Folder", container.folders.join(" / "));
    }
    it.maybe(
        "Segments",
        container.segments.map(|count| count.to_string()),
    );
    if let Some(locales) = &container.locales {
        let codes: Vec<&str> = locales.iter().map(crate::domain::Locale::as_str).collect();
        it.text("Locales", codes.join(", "));
    }
    if let Some(modified) = &container.modified {
        it.add("Changed", Value::When(modified.clone()));
    }
    it.text("Id", container.id.as_str());
    let scope = AssetScope::Container(container.id.clone());
    let address = Address::of_scope(account.clone(), &scope);
    it.text("Ref", Ref::place(address).to_string());
    it.more(&container.details);
    it.raw = Some(container.raw.clone());
    it
}

fn of_segment(opened: &Opened, segment: &Segment) -> Details {
    let mut it = Details::new(segment.name());
    it.maybe("Key", segment.key.clone());
    it.maybe("Text", segment.text.clone());
    it.text("Number", segment.position.to_string());
    if segment.part > 0 {
        it.text("Part", segment.part.to_string());
    }
    match opened.mark(&segment.id) {
        Mark::Has(count) => it.text("Assets", count.to_string()),
        Mark::None => it.text("Assets", "none"),
        Mark::NotAsked => it.text("Assets", "not asked yet"),
        Mark::Failed(error) => it.text("Assets", error.to_string()),
    }
    it.text("Id", segment.id.as_str());
    let scope = AssetScope::Segment(opened.id.clone(), segment.id.clone());
    let address = Address::of_scope(opened.account.clone(), &scope);
    it.text("Ref", Ref::place(address).to_string());
    it.raw = Some(segment.raw.clone());
    it
}

fn of_asset(opened: &Opened, asset: &Asset) -> Details {
    let mut it = Details::new(asset.name.clone());
    if let Some((width, height)) = asset.dimensions {
        it.add("Pixels", Value::Pixels(width, height));
    }
    it.maybe("Format", asset.content_type.clone());
    if let Some(size) = asset.size {
        it.add("Size", Value::Bytes(size));
    }
    if opened.spec.capabilities.locales {
        it.add(
            Field::Locale.label(),
            asset
                .locale
                .as_ref()
                .map_or(Value::Absent, |it| Value::Text(it.as_str().to_owned())),
        );
    }
    if opened.spec.capabilities.folders {
        it.text(
            Field::Folder.label(),
            if asset.folder.is_root() {
                "(top)".to_owned()
            } else {
                asset.folder.to_string()
            },
        );
    }
    it.maybe(Field::AssetType.label(), asset.asset_type.clone());
    it.maybe(Field::ImageType.label(), asset.image_type.clone());
    it.maybe(Field::AltText.label(), asset.alt_text.clone());
    it.maybe(Field::Description.label(), asset.description.clone());
    if !asset.tags.is_empty() {
        it.text(Field::Tags.label(), asset.tags.join(", "));
    }
    for (label, when) in [("Changed", &asset.modified), ("Created", &asset.created)] {
        if let Some(when) = when {
            it.add(label, Value::When(when.clone()));
        }
    }
    if let Some(url) = &asset.url {
        it.add("Link", Value::Link(url.clone()));
    }
    it.text(
        "Ref",
        Ref::asset(opened.account.clone(), &asset.scope, &asset.key).to_string(),
    );
    it.more(&(opened.spec.details)(asset));
    it.raw = Some(asset.raw.clone());
    it
}
