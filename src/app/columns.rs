//! Columns of the tables: what a row shows, sorts and filters by.

use crate::api::AssetColumn;
use crate::domain::{Asset, Container, Segment};

/// A value as a table knows it; `ui::text` turns it into words.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    /// Foreign or own text, not yet made safe.
    Text(String),
    /// Bytes.
    Bytes(u64),
    /// A time as the service wrote it.
    When(String),
    /// A picture's width and height.
    Pixels(u64, u64),
    /// An address as the service wrote it.
    Link(String),
    /// Nothing there, which is shown as a dash.
    Absent,
}

/// How wide a column wants to be, in terminal columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Exactly this.
    Fixed(u16),
    /// At least this; shares what is left.
    Grow(u16),
}

/// One column of a table of `T`.
#[derive(Debug)]
pub struct Column<T: 'static> {
    pub name: &'static str,
    pub width: Width,
    /// Numbers and dates stand at the right.
    pub right: bool,
    /// The lower, the longer it stays when the pane gets narrow; 0 always stays.
    pub rank: u8,
    pub value: fn(&T) -> Value,
}

/// The columns of the assets table, by the names that a provider's spec uses.
pub fn asset_column(kind: AssetColumn) -> &'static Column<Asset> {
    match kind {
        AssetColumn::Name => &Column {
            name: "NAME",
            width: Width::Grow(12),
            right: false,
            rank: 0,
            value: |asset| Value::Text(asset.name.clone()),
        },
        AssetColumn::Locale => &Column {
            name: "LOCALE",
            width: Width::Fixed(6),
            right: false,
            rank: 1,
            value: |asset| {
                asset
                    .locale
                    .as_ref()
                    .map_or(Value::Absent, |it| Value::Text(it.as_str().to_owned()))
            },
        },
        AssetColumn::Folder => &Column {
            name: "FOLDER",
            width: Width::Grow(10),
            right: false,
            rank: 2,
            value: |asset| {
                if asset.folder.is_root() {
                    Value::Absent
                } else {
                    Value::Text(asset.folder.to_string())
                }
            },
        },
        AssetColumn::AssetType => &Column {
            name: "TYPE",
            width: Width::Fixed(16),
            right: false,
            rank: 3,
            value: |asset| text(asset.asset_type.as_ref()),
        },
        AssetColumn::ImageType => &Column {
            name: "IMAGE",
            width: Width::Fixed(10),
            right: false,
            rank: 4,
            value: |asset| text(asset.image_type.as_ref()),
        },
        AssetColumn::Size => &Column {
            name: "SIZE",
            width: Width::Fixed(8),
            right: true,
            rank: 3,
            value: |asset| asset.size.map_or(Value::Absent, Value::Bytes),
        },
        AssetColumn::ContentType => &Column {
            name: "FORMAT",
            width: Width::Fixed(16),
            right: false,
            rank: 5,
            value: |asset| text(asset.content_type.as_ref()),
        },
        AssetColumn::Modified => &Column {
            name: "CHANGED",
            width: Width::Fixed(12),
            right: true,
            rank: 4,
            value: |asset| {
                let when = asset.modified.as_ref().or(asset.created.as_ref());
                when.map_or(Value::Absent, |when| Value::When(when.clone()))
            },
        },
    }
}

fn text(value: Option<&String>) -> Value {
    value.map_or(Value::Absent, |text| Value::Text(text.clone()))
}

/// Columns that the segments pane sorts by.
pub const SEGMENT_COLUMNS: &[&Column<Segment>] = &[
    &Column {
        name: "NAME",
        width: Width::Grow(12),
        right: false,
        rank: 0,
        value: |segment| Value::Text(segment.name()),
    },
    &Column {
        name: "TEXT",
        width: Width::Grow(12),
        right: false,
        rank: 1,
        value: |segment| text(segment.text.as_ref()),
    },
];

/// Columns that the first pane sorts by.
pub const CONTAINER_COLUMNS: &[&Column<Container>] = &[
    &Column {
        name: "NAME",
        width: Width::Grow(12),
        right: false,
        rank: 0,
        value: |container| Value::Text(container.name.clone()),
    },
    &Column {
        name: "CHANGED",
        width: Width::Fixed(12),
        right: true,
        rank: 1,
        value: |container| text(container.modified.as_ref()),
    },
];
