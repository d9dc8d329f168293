//! Rows as the file has them: what a list shows, without what was sent, deflated some hundreds at a time.

use std::collections::HashMap;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::iter::Peekable;
use std::marker::PhantomData;
use std::vec::IntoIter;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::{Asset, Entry, Keepable, RawJson, SegmentId, Shelf, Unreadable};

/// Rows that are packed together: the more, the smaller; the fewer, the sooner the first is there.
const TOGETHER: usize = 256;
/// No chunk of ours is larger when it is open, in bytes.
const MAX_CHUNK: u64 = 64 * 1024 * 1024;

/// So many rows, and those among them that could not be read: their places and why.
#[derive(Serialize)]
struct Chunk<L> {
    r: Vec<L>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
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
    /// For what comes behind so many rows.
    pub fn behind(rows: u64) -> Self {
        Self {
            count: rows,
            ..Self::default()
        }
    }

    pub fn add(&mut self, entry: &Entry<T>) {
        match entry {
            Entry::Read(thing) => self.loose.r.push(thing.kept()),
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

    fn close(&mut self) {
        let chunk = std::mem::replace(&mut self.loose, Chunk::new());
        self.chunks.push(deflate(&chunk));
    }

    /// How many chunks are full.
    pub const fn chunks(&self) -> usize {
        self.chunks.len()
    }

    /// Those, which are not held any longer.
    pub fn take(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.chunks)
    }

    /// What came last is a chunk as well, full or not. How many rows there were so far.
    pub fn end(&mut self) -> u64 {
        if self.loose.len() > 0 {
            self.close();
        }
        self.count
    }
}

/// The rows of a chunk; `None` when it is damaged.
pub(super) fn open<T: Keepable>(bytes: &[u8]) -> Option<Vec<Entry<T>>> {
    let mut entries = Vec::new();
    each(bytes, |entry| entries.push(entry))?;
    Some(entries)
}

/// The same packed: they are not all open at once.
pub(super) fn shelf<T: Keepable>(bytes: &[u8]) -> Option<Shelf<T>> {
    let mut shelf = Shelf::default();
    each(bytes, |entry| shelf.push(entry))?;
    shelf.close();
    Some(shelf)
}

/// Tells the rows of a chunk one after the other; `None` when it is damaged.
fn each<T: Keepable>(bytes: &[u8], tell: impl FnMut(Entry<T>)) -> Option<()> {
    /// The same without its rows.
    #[derive(Deserialize)]
    struct Bad {
        #[serde(default)]
        b: Vec<(usize, String)>,
    }
    let text = inflate(bytes)?;
    let bad: Bad = serde_json::from_slice(&text).ok()?;
    let mut lines = Lines {
        tell,
        count: 0,
        bad: bad.b.into_iter().peekable(),
        of: PhantomData,
    };
    let mut chunk = serde_json::Deserializer::from_slice(&text);
    chunk.deserialize_map(&mut lines).ok()?;
    chunk.end().ok()?;
    lines.tell_bad();
    lines.bad.next().is_none().then_some(())
}

/// Reads a chunk line by line.
struct Lines<T, F> {
    tell: F,
    count: usize,
    bad: Peekable<IntoIter<(usize, String)>>,
    of: PhantomData<T>,
}

impl<T: Keepable, F: FnMut(Entry<T>)> Lines<T, F> {
    /// Those that could not be read and stand here.
    fn tell_bad(&mut self) {
        while let Some((_, reason)) = self.bad.next_if(|(at, _)| *at == self.count) {
            let raw = RawJson::nothing();
            (self.tell)(Entry::Unreadable(Unreadable { reason, raw }));
            self.count += 1;
        }
    }
}

impl<'de, T: Keepable, F: FnMut(Entry<T>)> Visitor<'de> for &mut Lines<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a chunk of rows")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut chunk: A) -> Result<(), A::Error> {
        while let Some(key) = chunk.next_key::<String>()? {
            if key == "r" {
                chunk.next_value_seed(&mut *self)?;
            } else {
                chunk.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(line) = rows.next_element::<T::Line>()? {
            self.tell_bad();
            let thing = T::read(line).ok_or_else(|| A::Error::custom("it is not sound"))?;
            (self.tell)(Entry::Read(thing));
            self.count += 1;
        }
        Ok(())
    }
}

impl<'de, T: Keepable, F: FnMut(Entry<T>)> DeserializeSeed<'de> for &mut Lines<T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, rows: D) -> Result<(), D::Error> {
        rows.deserialize_seq(self)
    }
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
fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut inflate = ZlibDecoder::new(bytes).take(MAX_CHUNK);
    inflate.read_to_end(&mut text).ok()?;
    Some(text)
}

/// The assets of each segment that was asked, packed; nothing for one that has none. An entry that
/// could not be read names no segment: nothing is kept then, since it may be any's.
pub(super) fn marks(
    asked: &[SegmentId],
    found: &[Entry<Asset>],
) -> Vec<(SegmentId, Option<Vec<u8>>)> {
    let mut of: HashMap<&SegmentId, Vec<<Asset as Keepable>::Line>> = HashMap::new();
    for entry in found {
        let Entry::Read(asset) = entry else {
            return Vec::new();
        };
        if let Some(segment) = asset.scope.segment() {
            of.entry(segment).or_default().push(asset.kept());
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
