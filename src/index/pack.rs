//! Rows as the file has them: what a list shows, without what was sent, deflated some hundreds at a time.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::marker::PhantomData;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{Asset, Entry, Keepable, RawJson, SegmentId, Unreadable};

/// Rows that are packed together: the more, the smaller; the fewer, the sooner the first is there.
const TOGETHER: usize = 512;
/// No chunk of ours is larger when it is open, in bytes.
const MAX_CHUNK: u64 = 64 * 1024 * 1024;

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

    /// No more comes: the rest is a chunk as well. How many rows there were.
    pub fn end(&mut self) -> u64 {
        if self.loose.len() > 0 {
            self.close();
        }
        self.count
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
            let raw = RawJson::nothing();
            entries.push(Entry::Unreadable(Unreadable { reason, raw }));
        } else if let Some(line) = lines.next() {
            entries.push(Entry::Read(T::read(line)?));
        } else {
            return bad.next().is_none().then_some(entries);
        }
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
