//! Rows as the file has them: what a list shows, without what was sent, deflated some hundreds at a time.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::marker::PhantomData;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Asset, AssetKey, AssetPath, AssetScope, Container, ContainerId, Entry, Locale, RawJson,
    Segment, SegmentId, Unreadable,
};

/// Rows that are packed together: the more, the smaller; the fewer, the sooner the first is there.
const TOGETHER: usize = 512;
/// No chunk of ours is larger when it is open, in bytes.
const MAX_CHUNK: u64 = 64 * 1024 * 1024;

/// A thing whose lists are kept.
pub trait Keepable: Sized {
    /// As it is written.
    #[doc(hidden)]
    type Line: Serialize + DeserializeOwned;
    #[doc(hidden)]
    fn line(&self) -> Self::Line;
    /// `None` when it is not sound: the file may be damaged.
    #[doc(hidden)]
    fn read(line: Self::Line) -> Option<Self>;
}

/// So many rows, and those among them that could not be read: their places and why.
#[derive(Serialize, Deserialize)]
struct Chunk<L> {
    r: Vec<L>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    b: Vec<(usize, String)>,
}

/// Gathers pages into chunks.
pub(super) struct Packer<T: Keepable> {
    loose: Chunk<T::Line>,
    chunks: Vec<Vec<u8>>,
    count: u64,
    of: PhantomData<T>,
}

impl<T: Keepable> Default for Packer<T> {
    fn default() -> Self {
        Self {
            loose: Chunk::new(),
            chunks: Vec::new(),
            count: 0,
            of: PhantomData,
        }
    }
}

impl<L> Chunk<L> {
    const fn new() -> Self {
        Self {
            r: Vec::new(),
            b: Vec::new(),
        }
    }

    fn len(&self) -> usize {
        self.r.len() + self.b.len()
    }
}

impl<T: Keepable> Packer<T> {
    pub fn add(&mut self, entries: &[Entry<T>]) {
        for entry in entries {
            match entry {
                Entry::Read(thing) => self.loose.r.push(thing.line()),
                Entry::Unreadable(bad) => {
                    let at = self.loose.len();
                    self.loose.b.push((at, bad.reason.clone()));
                }
            }
            self.count += 1;
            if self.loose.len() == TOGETHER {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let chunk = std::mem::replace(&mut self.loose, Chunk::new());
        self.chunks.push(deflate(&chunk));
    }

    /// How many rows there were, and their chunks.
    pub fn end(mut self) -> (u64, Vec<Vec<u8>>) {
        if self.loose.len() > 0 {
            self.close();
        }
        (self.count, self.chunks)
    }
}

/// The rows of a chunk; `None` when it is damaged.
pub(super) fn open<T: Keepable>(bytes: &[u8]) -> Option<Vec<Entry<T>>> {
    let chunk: Chunk<T::Line> = inflate(bytes)?;
    let mut bad = chunk.b.into_iter().peekable();
    let mut entries = Vec::with_capacity(chunk.r.len());
    let mut lines = chunk.r.into_iter();
    loop {
        if let Some((_, reason)) = bad.next_if(|(at, _)| *at == entries.len()) {
            let raw = nothing();
            entries.push(Entry::Unreadable(Unreadable { reason, raw }));
        } else if let Some(line) = lines.next() {
            entries.push(Entry::Read(T::read(line)?));
        } else {
            return bad.next().is_none().then_some(entries);
        }
    }
}

/// What was sent for a thing is not kept: a refresh brings it.
fn nothing() -> RawJson {
    thread_local! {
        // One for all: a long list would hold as many.
        static NOTHING: RawJson = RawJson::new("{}");
    }
    NOTHING.with(RawJson::clone)
}

fn deflate<V: Serialize>(value: &V) -> Vec<u8> {
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::fast());
    let written = serde_json::to_writer(&mut deflate, value).map_err(std::io::Error::other);
    written
        .and_then(|()| deflate.flush())
        .and_then(|()| deflate.finish())
        .unwrap_or_default()
}

/// Its check sum is checked on the way.
fn inflate<V: DeserializeOwned>(bytes: &[u8]) -> Option<V> {
    let mut text = Vec::new();
    let mut inflate = ZlibDecoder::new(bytes).take(MAX_CHUNK);
    inflate.read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

/// The assets of each segment that was asked, packed; nothing for one that has none. An entry that
/// could not be read names no segment: nothing is kept then, since it may be any's.
pub(super) fn marks(
    asked: &[SegmentId],
    found: &[Entry<Asset>],
) -> Vec<(SegmentId, Option<Vec<u8>>)> {
    let mut of: HashMap<&SegmentId, Vec<Line>> = HashMap::new();
    for entry in found {
        let Entry::Read(asset) = entry else {
            return Vec::new();
        };
        if let Some(segment) = asset.scope.segment() {
            of.entry(segment).or_default().push(asset.line());
        }
    }
    let mut pack = |segment: &SegmentId| {
        of.remove(segment)
            .map(|r| deflate(&Chunk { r, b: Vec::new() }))
    };
    asked
        .iter()
        .map(|segment| (segment.clone(), pack(segment)))
        .collect()
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
    Line {
        c: String, g: Text, i: String, n: String, l: Text, f: String, s: Option<u64>, y: Text, a: Text,
        z: Text, x: Text, d: Text, t: Vec<String>, p: Option<(u64, u64)>, u: Text, b: Text, m: Text, k: Text,
    }
}

impl Keepable for Container {
    type Line = ContainerLine;

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
            raw: nothing(),
        })
    }
}

impl Keepable for Segment {
    type Line = SegmentLine;

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
            raw: nothing(),
        })
    }
}

/// An address that opens something by what it holds is not kept.
fn plain_address(url: &str) -> bool {
    !url.contains(['?', '@', '#'])
}

impl Keepable for Asset {
    type Line = Line;

    fn line(&self) -> Line {
        Line {
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
            u: text(self.url.as_deref().filter(|url| plain_address(url))),
            b: text(self.created.as_deref()),
            m: text(self.modified.as_deref()),
            k: text(self.stored_as.as_deref()),
        }
    }

    fn read(line: Line) -> Option<Self> {
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
