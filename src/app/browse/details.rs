//! What the details pane says of the thing under the cursor: plain fields first, raw JSON behind.

use std::time::Instant;

use super::{Opened, Pane, PlaceRow};
use crate::api::{ConnectError, Field, KeyReport};
use crate::app::State;
use crate::app::browse::{Account, Link, Mark};
use crate::app::columns::Value;
use crate::domain::filter::Identicals;
use crate::domain::{
    AccountName, Address, Asset, AssetScope, Container, Entry, RawJson, Ref, Segment, mixed_letters,
};

/// A labelled fact.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    pub label: &'static str,
    /// Foreign text in it is not yet made safe.
    pub value: Value,
    pub brief: Brief,
}

/// How a fact stands beside a list that it follows. What is there has its line for every row of the
/// list, so that the eye finds it where it was and little is drawn anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brief {
    /// One line, cut where it is longer.
    Line,
    /// Running text: at most so many lines, its label's among them.
    Lines(usize),
    /// Nothing: it is read where all is told.
    No,
}

/// Lines of texts that users wrote, and of why something went wrong.
const TEXT: usize = 4;
const ALT_TEXT: usize = 3;
const REASON: usize = 8;
/// So many others of the same content are named.
const NAMED: usize = 3;

fn text_or_absent(value: Option<impl Into<String>>) -> Value {
    value.map_or(Value::Absent, |value| Value::Text(value.into()))
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

    fn push(&mut self, label: &'static str, value: Value, brief: Brief) {
        self.facts.push(Fact {
            label,
            value,
            brief,
        });
    }

    fn add(&mut self, label: &'static str, value: Value) {
        self.push(label, value, Brief::Line);
    }

    fn text(&mut self, label: &'static str, value: impl Into<String>) {
        self.add(label, Value::Text(value.into()));
    }

    fn maybe(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.text(label, value);
        }
    }

    /// A fact that keeps its line when it is not known.
    fn always(&mut self, label: &'static str, value: Option<impl Into<String>>) {
        self.add(label, text_or_absent(value));
    }

    /// Running text of at most so many lines beside a list.
    fn prose(&mut self, lines: usize, label: &'static str, value: Option<impl Into<String>>) {
        self.push(label, text_or_absent(value), Brief::Lines(lines));
    }

    /// What is copied or compared, not read: only where all is told.
    fn whole(&mut self, label: &'static str, value: Value) {
        self.push(label, value, Brief::No);
    }

    fn more(&mut self, details: &[crate::domain::Detail]) {
        for detail in details {
            self.whole(detail.label, Value::Text(detail.value.clone()));
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
                    crate::api::Middle::Segments => {
                        Some(match &*opened.segments.list.current()? {
                            Entry::Read(segment) => of_segment(opened, segment),
                            Entry::Unreadable(bad) => of_unreadable(bad),
                        })
                    }
                    crate::api::Middle::Types => Some(of_container(&opened.account, opened.info())),
                }
            }
            Pane::Assets | Pane::Details => {
                let opened = browse.open()?;
                Some(match &*opened.assets.list.current()? {
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
    it.prose(REASON, "Reason", Some(bad.reason.clone()));
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
            if let Some(note) = note {
                it.prose(REASON, "Why", Some(note.clone()));
            }
        }
        Link::Failed(error) => it.prose(REASON, "Key", Some(error.to_string())),
    }
    match account.containers.error() {
        Some(error) => {
            it.prose(REASON, "Problem", Some(error.to_string()));
            if !error.hint().is_empty() {
                it.prose(REASON, "Next", Some(error.hint()));
            }
        }
        None if account.ready() => it.text(
            account.info.spec.container.title,
            account.rows.len().to_string(),
        ),
        None => {}
    }
    if account.wants_key() {
        let next = match &account.link {
            Link::Failed(ConnectError::Sealed { .. }) => "Enter: type the passphrase",
            Link::Failed(ConnectError::Moved { .. }) => "Enter: look at both addresses",
            _ => "Enter: type the key",
        };
        it.text("Next", next);
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
    it.whole("Id", Value::Text(container.id.as_str().to_owned()));
    let scope = AssetScope::Container(container.id.clone());
    let address = Address::of_scope(account.clone(), &scope);
    it.whole("Ref", Value::Text(Ref::place(address).to_string()));
    for detail in &container.details {
        it.text(detail.label, detail.value.clone());
    }
    it.raw = Some(container.raw.clone());
    it
}

fn of_segment(opened: &Opened, segment: &Segment) -> Details {
    let mut it = Details::new(segment.name());
    it.always("Key", segment.key.clone());
    it.prose(TEXT, "Text", segment.text.clone());
    it.text("Number", segment.position.to_string());
    if segment.part > 0 {
        it.text("Part", segment.part.to_string());
    }
    let old = if opened.not_refreshed(&segment.id) {
        ", not refreshed"
    } else {
        ""
    };
    match opened.mark(&segment.id) {
        Mark::Has(count) => it.text("Assets", format!("{count}{old}")),
        Mark::None => it.text("Assets", format!("none{old}")),
        Mark::NotAsked => it.text("Assets", "not asked yet"),
        Mark::Failed(error) => it.text("Assets", error.to_string()),
    }
    it.whole("Id", Value::Text(segment.id.as_str().to_owned()));
    let scope = AssetScope::Segment(opened.id.clone(), segment.id.clone());
    let address = Address::of_scope(opened.account.clone(), &scope);
    it.whole("Ref", Value::Text(Ref::place(address).to_string()));
    it.raw = Some(segment.raw.clone());
    it
}

/// The names of those that hold the same, as far as they fit a line or two.
fn same_content(identicals: &Identicals, asset: &Asset) -> Option<String> {
    let others: Vec<&str> = identicals.others(asset).collect();
    let named = others.iter().take(NAMED).copied().collect::<Vec<_>>();
    let named = named.join(", ");
    match others.len() {
        0 => None,
        1..=NAMED => Some(format!("as {named}")),
        all => Some(format!("as {named} and {} more", all - NAMED)),
    }
}

fn of_asset(opened: &Opened, asset: &Asset) -> Details {
    let mut it = Details::new(asset.name.clone());
    it.maybe("Mixes", mixed_letters(&asset.name));
    let can = &opened.spec.capabilities;
    it.add("Size", asset.size.map_or(Value::Absent, Value::Bytes));
    if let Some((width, height)) = asset.dimensions {
        it.add("Pixels", Value::Pixels(width, height));
    } else if can.metadata {
        it.add("Pixels", Value::Absent);
    }
    it.always("Format", asset.content_type.clone());
    if can.locales {
        let locale = asset.locale.as_ref().map(crate::domain::Locale::as_str);
        it.always(Field::Locale.label(), locale);
    }
    if can.folders {
        let folder = if asset.folder.is_root() {
            "(top)".to_owned()
        } else {
            asset.folder.to_string()
        };
        it.text(Field::Folder.label(), folder);
    }
    let when = |time: &Option<String>| time.clone().map_or(Value::Absent, Value::When);
    it.add("Changed", when(&asset.modified));
    let tags = (!asset.tags.is_empty()).then(|| asset.tags.join(", "));
    let lines = [
        (Field::AssetType, &asset.asset_type),
        (Field::ImageType, &asset.image_type),
        (Field::Tags, &tags),
    ];
    for (field, value) in lines {
        if can.metadata || value.is_some() {
            it.always(field.label(), value.clone());
        }
    }
    let texts = [
        (ALT_TEXT, Field::AltText, &asset.alt_text),
        (TEXT, Field::Description, &asset.description),
    ];
    for (lines, field, value) in texts {
        if can.metadata || value.is_some() {
            it.prose(lines, field.label(), value.clone());
        }
    }
    it.whole("Created", when(&asset.created));
    if let Some(identicals) = &opened.assets.list.lens().identicals {
        it.maybe("Same content", same_content(identicals, asset));
    }
    if let Some(url) = &asset.url {
        it.whole("Link", Value::Link(url.clone()));
    }
    let reference = Ref::asset(opened.account.clone(), &asset.scope, &asset.key);
    it.whole("Ref", Value::Text(reference.to_string()));
    it.more(&(opened.spec.details)(asset));
    it.raw = Some(asset.raw.clone());
    it
}
