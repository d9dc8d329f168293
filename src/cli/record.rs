//! How accounts, containers, segments and assets look in a table and as a line of JSON.

mod asset;

use std::path::Path;

use serde::Serialize;
use serde_json::value::RawValue;

pub use self::asset::{ASSET_HEADS, asset_line, asset_ref};
use super::Failure;
use super::output::{Cell, Output, Table};
use super::rights::RightsLine;
use crate::api::ProviderSpec;
use crate::domain::{
    AccountName, Address, Asset, AssetScope, Container, ContainerId, Entry, Locale, RawJson,
    Segment, Unreadable,
};

/// What every line begins with.
#[derive(Debug, Serialize)]
struct Head<'a> {
    kind: &'static str,
    #[serde(rename = "ref")]
    reference: Option<String>,
    id: Option<&'a str>,
    name: Option<String>,
}

#[derive(Debug, Serialize)]
struct ContainerLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    folders: &'a [String],
    segments: Option<u64>,
    locales: Option<Vec<&'a str>>,
    modified: Option<&'a str>,
    raw: Box<RawValue>,
}

#[derive(Debug, Serialize)]
struct SegmentLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    container: &'a str,
    position: u64,
    part: u64,
    key: Option<&'a str>,
    text: Option<&'a str>,
    raw: Box<RawValue>,
}

#[derive(Debug, Serialize)]
struct UnreadableLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    reason: &'a str,
    raw: Box<RawValue>,
}

/// What was received, digit for digit, without the line ends and spaces between its parts, since
/// one object is one line. What is no JSON after all becomes a text.
fn raw_value(raw: &RawJson) -> Box<RawValue> {
    let text = raw.text();
    let mut compact = String::with_capacity(text.len());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        if quoted {
            quoted = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if c.is_ascii_whitespace() {
            continue;
        } else {
            quoted = c == '"';
        }
        compact.push(c);
    }
    RawValue::from_string(compact)
        .or_else(|_| serde_json::value::to_raw_value(&*text))
        .unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// Where a listing's rows go.
#[derive(Debug)]
pub struct Listing<'a> {
    output: &'a mut Output,
    json: bool,
    table: Table,
}

impl<'a> Listing<'a> {
    /// The first head is the ref's.
    pub fn new(output: &'a mut Output, json: bool, heads: &[&str]) -> Self {
        Self {
            output,
            json,
            table: Table::new(heads),
        }
    }

    /// Counts its rows from this number, where they have one.
    #[must_use]
    pub const fn from(mut self, first: usize) -> Self {
        self.table.count_from(first);
        self
    }

    /// The end; `nothing` is said to a person when there was no row.
    pub fn end(self, nothing: &str) -> Result<(), Failure> {
        let nothing = if self.json { "" } else { nothing };
        self.output.end(self.table, nothing)
    }

    /// One row: cells, or the object.
    pub fn put(&mut self, cells: &[Cell], object: &impl Serialize) -> Result<(), Failure> {
        if self.json {
            self.output.json(object)
        } else {
            self.output.row(&mut self.table, cells)
        }
    }

    /// One row as comma-separated values.
    pub fn csv<'b>(&mut self, fields: impl IntoIterator<Item = &'b str>) -> Result<(), Failure> {
        self.output.csv(fields)
    }

    pub fn container(
        &mut self,
        account: &AccountName,
        entry: &Entry<Container>,
    ) -> Result<(), Failure> {
        match entry {
            Entry::Unreadable(entry) => self.unreadable(entry),
            Entry::Read(container) => {
                let mut path = container.folders.clone();
                path.push(container.name.clone());
                let reference = container_ref(account, &container.id);
                let segments = container.segments.map(|count| count.to_string());
                let cells = [
                    Cell::name(&reference),
                    Cell::name(&path.join("/")),
                    Cell::maybe(segments.as_deref()),
                    Cell::when(container.modified.as_deref()),
                ];
                self.put(&cells, &container_line(reference, container))
            }
        }
    }

    pub fn segment(
        &mut self,
        account: &AccountName,
        container: &ContainerId,
        entry: &Entry<Segment>,
    ) -> Result<(), Failure> {
        match entry {
            Entry::Unreadable(entry) => self.unreadable(entry),
            Entry::Read(segment) => {
                let reference = segment_ref(account, container, segment);
                let cells = [
                    Cell::name(&reference),
                    Cell::name(&segment.position.to_string()),
                    Cell::name(&segment.name()),
                    Cell::maybe(segment.text.as_deref()),
                ];
                self.put(&cells, &segment_line(reference, container, segment))
            }
        }
    }

    fn unreadable(&mut self, entry: &Unreadable) -> Result<(), Failure> {
        let cells = [
            Cell::name(""),
            Cell::Said(format!("unreadable entry: {}", entry.reason)),
        ];
        self.put(
            &cells,
            &UnreadableLine {
                head: Head {
                    kind: "unreadable",
                    reference: None,
                    id: None,
                    name: None,
                },
                reason: &entry.reason,
                raw: raw_value(&entry.raw),
            },
        )
    }
}

/// Columns of a container's listing.
pub const CONTAINER_HEADS: &[&str] = &["REF", "NAME", "SEGMENTS", "CHANGED"];
/// Columns of a segment's listing.
pub const SEGMENT_HEADS: &[&str] = &["REF", "NO", "NAME", "TEXT"];
pub fn container_ref(account: &AccountName, id: &ContainerId) -> String {
    Address::of_scope(account.clone(), &AssetScope::Container(id.clone())).to_string()
}

pub fn segment_ref(account: &AccountName, container: &ContainerId, segment: &Segment) -> String {
    let scope = AssetScope::Segment(container.clone(), segment.id.clone());
    Address::of_scope(account.clone(), &scope).to_string()
}

/// A container's object.
pub fn container_line(reference: String, container: &Container) -> impl Serialize {
    ContainerLine {
        head: Head {
            kind: "container",
            reference: Some(reference),
            id: Some(container.id.as_str()),
            name: Some(container.name.clone()),
        },
        folders: &container.folders,
        segments: container.segments,
        locales: container
            .locales
            .as_ref()
            .map(|locales| locales.iter().map(Locale::as_str).collect()),
        modified: container.modified.as_deref(),
        raw: raw_value(&container.raw),
    }
}

/// A segment's object.
pub fn segment_line<'a>(
    reference: String,
    container: &'a ContainerId,
    segment: &'a Segment,
) -> impl Serialize + use<'a> {
    SegmentLine {
        head: Head {
            kind: "segment",
            reference: Some(reference),
            id: Some(segment.id.as_str()),
            name: Some(segment.name()),
        },
        container: container.as_str(),
        position: segment.position,
        part: segment.part,
        key: segment.key.as_deref(),
        text: segment.text.as_deref(),
        raw: raw_value(&segment.raw),
    }
}

/// What became of a file that was to be saved.
#[derive(Debug)]
pub struct Saving<'a> {
    pub reference: String,
    pub asset: &'a Asset,
    /// Where it stands, or would have stood.
    pub path: &'a Path,
    /// How many bytes stand there of it; nothing where it was not saved.
    pub bytes: Option<u64>,
    pub state: &'static str,
    pub reason: Option<String>,
}

#[derive(Debug, Serialize)]
struct SavedLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    path: String,
    bytes: Option<u64>,
    state: &'static str,
    reason: Option<String>,
}

/// A saved file's object. Its path is the whole one, since its reader may stand elsewhere.
pub fn saved_line(saving: Saving<'_>) -> impl Serialize {
    let path = std::path::absolute(saving.path);
    let path = path.unwrap_or_else(|_| saving.path.to_owned());
    SavedLine {
        head: Head {
            kind: "file",
            reference: Some(saving.reference),
            id: Some(saving.asset.key.as_str()),
            name: Some(saving.asset.name.clone()),
        },
        path: path.to_string_lossy().into_owned(),
        bytes: saving.bytes,
        state: saving.state,
        reason: saving.reason,
    }
}

/// An account's object: where its key is, never the key.
#[derive(Debug, Serialize)]
pub struct AccountLine<'a> {
    pub kind: &'static str,
    #[serde(rename = "ref")]
    pub reference: String,
    pub id: &'a str,
    pub name: &'a str,
    pub provider: &'a str,
    pub service: &'a str,
    pub base_url: &'a str,
    /// `environment`, `keyring` or `session`; `null` when there is no usable key.
    pub key_source: Option<&'static str>,
    /// Where the key is, or why there is none, in words.
    pub key: String,
    /// When its service was called last from this machine; `null` when that is not known.
    pub last_used: Option<String>,
    /// `ready` or what is missing, then what the account is not to be used for.
    pub state: Vec<&'static str>,
    /// What the key may do, as far as the service has shown it.
    pub rights: RightsLine,
}

/// An account's ref.
pub fn account_ref(name: &AccountName) -> String {
    Address::account(name.clone()).to_string()
}

/// The service's word for what a container's listing holds.
pub fn nothing_in(spec: &ProviderSpec, what: &str) -> String {
    format!("This {} has no {what}.", spec.container.one)
}

#[cfg(test)]
mod tests;
