//! Entries as a pack has them: a line for each, and behind all lines what was sent.

use std::fmt::Write as _;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use crate::domain::pack::Pack;
use crate::domain::{Entry, Keepable, RawJson, Unreadable};

/// A line for each entry: how long what was sent for it is, then the thing, or why it could not be
/// read. Behind all lines, what was sent.
pub(super) fn pack<T: Keepable>(entries: &[Entry<T>]) -> Option<Arc<Pack>> {
    let mut text = String::new();
    for entry in entries {
        let (mark, raw, line) = match entry {
            Entry::Read(it) => ('\t', it.raw(), serde_json::to_string(&it.line()).ok()?),
            Entry::Unreadable(bad) => {
                let reason = serde_json::to_string(&bad.reason).ok()?;
                ('!', &bad.raw, reason)
            }
        };
        writeln!(text, "{}{mark}{line}", raw.text().len()).ok()?;
    }
    let head = text.len();
    for entry in entries {
        match entry {
            Entry::Read(it) => text.push_str(&it.raw().text()),
            Entry::Unreadable(bad) => text.push_str(&bad.raw.text()),
        }
    }
    Pack::new(&text, head)
}

/// The lines of a pack, read in order.
pub(super) struct Lines<'a> {
    pack: &'a Arc<Pack>,
    head: Rc<str>,
    /// Where the next line begins.
    at: usize,
    /// Where what was sent for it begins.
    raw: u32,
}

impl<'a> Lines<'a> {
    pub fn of(pack: &'a Arc<Pack>, head: Rc<str>) -> Self {
        let raw = u32::try_from(head.len()).unwrap_or(u32::MAX);
        Self {
            pack,
            head,
            at: 0,
            raw,
        }
    }

    /// The next line: the bytes of what was sent for it, whether the thing could be read, and it.
    fn next(&mut self) -> Option<(u32, bool, Range<usize>)> {
        let rest = self.head.get(self.at..)?;
        let end = rest.find('\n')?;
        let line = rest.get(..end)?;
        let mark = line.find(['\t', '!'])?;
        let bytes: u32 = line.get(..mark)?.parse().ok()?;
        let read = line.as_bytes().get(mark) == Some(&b'\t');
        let json = self.at + mark + 1..self.at + end;
        self.at += end + 1;
        Some((bytes, read, json))
    }

    /// The entry so many lines further.
    pub fn read<T: Keepable>(&mut self, further: usize) -> Option<Entry<T>> {
        for _ in 0..further {
            self.raw += self.next()?.0;
        }
        let (bytes, read, json) = self.next()?;
        let raw = RawJson::packed(Arc::clone(self.pack), self.raw, bytes);
        self.raw += bytes;
        let json = self.head.get(json)?;
        // What cannot be read back was not written by this process: it never comes to that.
        if read {
            let mut thing = T::read(serde_json::from_str(json).ok()?)?;
            *thing.raw_mut() = raw;
            Some(Entry::Read(thing))
        } else {
            let reason = serde_json::from_str(json).ok()?;
            Some(Entry::Unreadable(Unreadable { reason, raw }))
        }
    }

    /// All entries that are left.
    pub fn all<T: Keepable>(mut self) -> std::vec::IntoIter<Entry<T>> {
        let read = std::iter::from_fn(|| self.read(0));
        read.collect::<Vec<_>>().into_iter()
    }
}
