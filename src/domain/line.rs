//! Things of a list as they are written down: short names, and nothing for what is as it is most
//! often.

use std::borrow::Cow;
use std::fmt::Debug;
use std::hash::Hash;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{
    Asset, AssetKey, AssetPath, AssetScope, Container, ContainerId, Kind, Locale, RawJson, Segment,
    SegmentId, Sent, Suffix,
};

/// A thing whose lists are long: it can be written down, and be told from others without reading it.
pub trait Keepable: Sent + Clone + Debug {
    /// As it is written.
    #[doc(hidden)]
    type Line: Serialize + DeserializeOwned;
    /// What many of one list share, and lists are parted by.
    type Kind: Clone + Eq + Hash + Debug;

    #[doc(hidden)]
    fn line(&self) -> Self::Line;
    /// The same without what must not be on a disk.
    #[doc(hidden)]
    fn kept(&self) -> Self::Line {
        self.line()
    }
    /// `None` when it is not sound: the file may be damaged.
    #[doc(hidden)]
    fn read(line: Self::Line) -> Option<Self>;
    /// Nothing of it is lost when it is written down and read again with what was sent for it: lists
    /// of it are kept packed in memory.
    const PACKS: bool = false;
    /// Its id, as the service gave it.
    fn ident(&self) -> &str;
    fn kind(&self) -> Self::Kind;
}

type Text = Option<Cow<'static, str>>;

fn text(text: Option<&str>) -> Text {
    text.map(|text| Cow::Owned(text.to_owned()))
}

fn owned(text: Text) -> Option<String> {
    text.map(Cow::into_owned)
}

macro_rules! line {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[doc(hidden)]
        #[derive(Debug, Serialize, Deserialize)]
        pub struct $name {
            $(#[serde(default, skip_serializing_if = "is_absent")] $field: $type,)*
        }
    };
}

/// What is as it is most often is not written.
fn is_absent<V: Default + PartialEq>(value: &V) -> bool {
    *value == V::default()
}

line! {
    /// A container.
    ContainerLine { i: String, n: String, f: Vec<String>, s: Option<u64>, l: Option<Vec<String>>, m: Text }
}
line! {
    /// A segment.
    SegmentLine { i: String, n: u64, p: u64, k: Text, t: Text }
}
line! {
    /// An asset.
    AssetLine {
        c: String, g: Text, i: String, n: String, l: Text, f: String, s: Option<u64>, y: Text, a: Text,
        z: Text, x: Text, d: Text, t: Vec<String>, p: Option<(u64, u64)>, u: Text, b: Text, m: Text, k: Text,
    }
}

impl Keepable for Container {
    type Line = ContainerLine;
    type Kind = ();

    fn ident(&self) -> &str {
        self.id.as_str()
    }

    fn kind(&self) {}

    fn line(&self) -> ContainerLine {
        let locales = self.locales.as_ref();
        ContainerLine {
            i: self.id.as_str().to_owned(),
            n: self.name.clone(),
            f: self.folders.clone(),
            s: self.segments,
            l: locales.map(|all| all.iter().map(|it| it.as_str().to_owned()).collect()),
            m: text(self.modified.as_deref()),
        }
    }

    fn read(line: ContainerLine) -> Option<Self> {
        let locales = |all: Vec<String>| all.iter().filter_map(Locale::new).collect();
        Some(Self {
            id: ContainerId::new(line.i)?,
            name: line.n,
            folders: line.f,
            segments: line.s,
            locales: line.l.map(locales),
            modified: owned(line.m),
            details: Vec::new(),
            raw: RawJson::nothing(),
        })
    }
}

impl Keepable for Segment {
    type Line = SegmentLine;
    /// Whether its key or its text is known.
    type Kind = bool;

    const PACKS: bool = true;

    fn ident(&self) -> &str {
        self.id.as_str()
    }

    fn kind(&self) -> bool {
        self.key.is_some() || self.text.is_some()
    }

    fn line(&self) -> SegmentLine {
        SegmentLine {
            i: self.id.as_str().to_owned(),
            n: self.position,
            p: self.part,
            k: text(self.key.as_deref()),
            t: text(self.text.as_deref()),
        }
    }

    fn read(line: SegmentLine) -> Option<Self> {
        Some(Self {
            id: SegmentId::new(line.i)?,
            position: line.n,
            part: line.p,
            key: owned(line.k),
            text: owned(line.t),
            raw: RawJson::nothing(),
        })
    }
}

/// An address that opens something by what it holds is not kept.
fn plain_address(url: &str) -> bool {
    !url.contains(['?', '@', '#'])
}

impl Keepable for Asset {
    type Line = AssetLine;
    type Kind = Kind;

    const PACKS: bool = true;

    fn ident(&self) -> &str {
        self.key.as_str()
    }

    fn kind(&self) -> Kind {
        Kind {
            asset_type: self.asset_type.clone(),
            image_type: self.image_type.clone(),
            locale: self.locale.clone(),
            content_type: self.content_type.clone(),
            suffix: Suffix::of(&self.name),
        }
    }

    fn kept(&self) -> AssetLine {
        let mut line = self.line();
        line.u = line.u.filter(|url| plain_address(url));
        line
    }

    fn line(&self) -> AssetLine {
        AssetLine {
            c: self.scope.container().as_str().to_owned(),
            g: text(self.scope.segment().map(SegmentId::as_str)),
            i: self.key.as_str().to_owned(),
            n: self.name.clone(),
            l: text(self.locale.as_ref().map(Locale::as_str)),
            f: self.folder.to_string(),
            s: self.size,
            y: text(self.content_type.as_deref()),
            a: text(self.asset_type.as_deref()),
            z: text(self.image_type.as_deref()),
            x: text(self.alt_text.as_deref()),
            d: text(self.description.as_deref()),
            t: self.tags.clone(),
            p: self.dimensions,
            u: text(self.url.as_deref()),
            b: text(self.created.as_deref()),
            m: text(self.modified.as_deref()),
            k: text(self.stored_as.as_deref()),
        }
    }

    fn read(line: AssetLine) -> Option<Self> {
        let container = ContainerId::new(line.c)?;
        let scope = match line.g {
            None => AssetScope::Container(container),
            Some(segment) => AssetScope::Segment(container, SegmentId::new(segment)?),
        };
        Some(Self {
            locale: line.l.and_then(Locale::new),
            folder: AssetPath::from_service(&line.f),
            size: line.s,
            content_type: owned(line.y),
            asset_type: owned(line.a),
            image_type: owned(line.z),
            alt_text: owned(line.x),
            description: owned(line.d),
            tags: line.t,
            dimensions: line.p,
            url: owned(line.u),
            created: owned(line.b),
            modified: owned(line.m),
            stored_as: owned(line.k),
            ..Self::bare(scope, AssetKey::new(line.i)?, line.n)
        })
    }
}
