//! The write-ahead file beside the journal: whether it reads whole, and other readings of it where
//! it does not.
//!
//! `SQLite` takes a frame whose checksum is wrong for the end of the file, without a word, and
//! overwrites or removes what stands behind it. After a crash that is right: what was not committed
//! ends there. Damage looks the same to it, and everything behind a flipped bit would be gone.
//!
//! Damage is told from a crash by what a crash cannot leave: a committed frame behind the break, a
//! head that is no head, or fewer frames than the index beside the file counted as committed and not
//! yet moved into the journal. Where the index tells, it alone says what was committed: a process that
//! is killed with its last frame written leaves one that looks so, and others write over it. The index itself is removed only once all is moved: a file without a
//! frame and without an index is one whose last process was ended while it closed. A needless alarm is possible, and rare: a power cut that kept the last of the frames that were not
//! synced but not those before it; a kill at the end of a transaction so large that it did not fit
//! into memory. Then the journal is set aside without need, and all of it carried over.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::JournalError;
use super::damage::beside;
use super::schema::{self, Head, NAME};

/// Sizes in bytes of the write-ahead file's head and of the one before each page.
const HEAD: usize = 32;
const FRAME: usize = 24;
/// Where the head of the index stands for the second time.
const COPY: usize = 48;
/// What the file begins with; the last bit says that its checksums are over big-endian words.
const MAGIC: u32 = 0x377f_0682;
const FORMAT: u32 = 3_007_000;
/// So often a file is read that changes meanwhile.
const TRIES: usize = 20;

type Sum = (u32, u32);

fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map_or(0, u32::from_be_bytes)
}

fn pair(bytes: &[u8], at: usize) -> Sum {
    (word(bytes, at), word(bytes, at + 4))
}

/// The checksum of the format, going on from an earlier one.
fn sum(big: bool, bytes: &[u8], (mut first, mut second): Sum) -> Sum {
    let number = |four: &[u8]| {
        let four = four.try_into().unwrap_or_default();
        if big {
            u32::from_be_bytes(four)
        } else {
            u32::from_le_bytes(four)
        }
    };
    for eight in bytes.chunks_exact(8) {
        first = first.wrapping_add(number(&eight[..4])).wrapping_add(second);
        second = second.wrapping_add(number(&eight[4..])).wrapping_add(first);
    }
    (first, second)
}

/// One frame that belongs to what the file holds now, not to an earlier use of it.
struct Frame<'a> {
    page: u32,
    /// It ends a transaction.
    commits: bool,
    /// It follows soundly on what stands before it.
    sound: bool,
    content: &'a [u8],
    /// Counted from one, among all frames.
    number: usize,
}

/// A write-ahead file, looked through.
struct Log<'a> {
    big: bool,
    page_size: usize,
    salts: Sum,
    head_sound: bool,
    frames: Vec<Frame<'a>>,
    /// So many frames from the beginning `SQLite` itself would use.
    used: usize,
    /// So many the index counted as committed; `None` where it does not tell.
    counted: Option<usize>,
    /// It holds no frame, and its index is gone.
    bare: bool,
}

impl<'a> Log<'a> {
    fn read(bytes: &'a [u8], index: Option<&Index>, database: &[u8]) -> Self {
        let magic = word(bytes, 0);
        let head = bytes.get(..HEAD).unwrap_or_default();
        let (told, native) = (magic & 1 == 1, cfg!(target_endian = "big"));
        let size_of = |size: u32| {
            let size = usize::try_from(size).unwrap_or(0);
            (size.is_power_of_two() && (512..=65536).contains(&size)).then_some(size)
        };
        let head_sound = !head.is_empty()
            && magic & !1 == MAGIC
            && word(head, 4) == FORMAT
            && size_of(word(head, 8)).is_some()
            && sum(told, &head[..24], (0, 0)) == pair(head, 24);
        let big = if head_sound { told } else { native };
        let page_size = if head_sound {
            size_of(word(head, 8))
        } else {
            // In the journal's own head two bytes, at 16.
            size_of(word(database, 16) >> 16)
        };
        let page_size = page_size.unwrap_or(4096);
        let body = bytes.get(HEAD..).unwrap_or_default();
        let salts = pair(if head_sound { &head[8..] } else { body }, 8);
        let mut log = Self {
            big,
            page_size,
            salts,
            head_sound,
            frames: Vec::new(),
            used: 0,
            counted: index.and_then(|index| index.counted(salts)),
            bare: index.is_none() && body.len() < FRAME + page_size,
        };
        log.look_through(body, pair(bytes, 24));
        log
    }

    fn look_through(&mut self, body: &'a [u8], mut before: Sum) {
        // Each is held against the checksum that stands before it: so those behind a break can be
        // told to be whole.
        let (mut chained, mut ours) = (self.head_sound, true);
        for (at, frame) in body.chunks_exact(FRAME + self.page_size).enumerate() {
            let (head, content) = frame.split_at(FRAME);
            let follows = sum(self.big, content, sum(self.big, &head[..8], before));
            let follows = follows == pair(head, 16);
            let salted = pair(head, 8) == self.salts;
            // A frame of an earlier use follows on one of that use, never on one of ours.
            ours = (salted || (ours && follows)) && head.iter().any(|byte| *byte != 0);
            before = pair(head, 16);
            let frame = Frame {
                page: word(head, 0),
                commits: word(head, 4) != 0,
                sound: salted && follows,
                content,
                number: at + 1,
            };
            chained &= frame.sound && frame.page != 0;
            if chained && frame.commits {
                self.used = frame.number;
            }
            if ours {
                self.frames.push(frame);
            }
        }
    }

    /// So far it was committed, as the index says: what stands behind that is of a process that was
    /// killed before its commit was one, and is overwritten piece by piece. Without an index up to
    /// the last frame that ends a transaction and is sound.
    fn end(&self) -> usize {
        let mut commits = self.frames.iter().rev().filter(|frame| frame.commits);
        let last = || {
            commits
                .find(|frame| frame.sound)
                .map_or(0, |frame| frame.number)
        };
        self.counted.unwrap_or_else(last)
    }

    /// What is wrong with it.
    fn fault(&self) -> Option<String> {
        if self.bare {
            return None;
        }
        if !self.head_sound && self.frames.is_empty() {
            return Some(
                "its write-ahead file was cut or overwritten: what stood in it is lost".to_owned(),
            );
        }
        if !self.head_sound {
            return Some("the head of its write-ahead file is not sound".to_owned());
        }
        let end = self.end();
        if end <= self.used {
            return None;
        }
        let whole = self.frames.iter().filter(|frame| frame.sound).count();
        let there = self.frames.last().map_or(0, |frame| frame.number);
        Some(if there < end && whole == there {
            format!(
                "its write-ahead file was cut after {there} of {end} pages: what stood behind is lost"
            )
        } else {
            format!(
                "its write-ahead file is not sound behind page {} of {}",
                self.used, end
            )
        })
    }

    /// The file once more, with a new head and all checksums computed anew; as one transaction.
    fn rebuilt(&self, broken_too: bool, file_pages: usize) -> Vec<u8> {
        // Each frame adds one page to the database at the most: no other number is one of a page.
        let end = self.end();
        let limit = file_pages + end;
        let number = |frame: &Frame<'_>| usize::try_from(frame.page).unwrap_or(usize::MAX);
        let chosen: Vec<&Frame<'a>> = self
            .frames
            .iter()
            .filter(|frame| frame.number <= end && (frame.sound || broken_too))
            .filter(|frame| (1..=limit).contains(&number(frame)))
            .collect();
        let pages = chosen.iter().map(|frame| number(frame)).max().unwrap_or(0);
        let pages = u32::try_from(pages.max(file_pages)).unwrap_or(u32::MAX);
        let salts = [self.salts.0, self.salts.1].map(u32::to_be_bytes).concat();
        let size = u32::try_from(self.page_size).unwrap_or(4096);
        let head = [MAGIC | u32::from(self.big), FORMAT, size, 0];
        let mut out = head.map(u32::to_be_bytes).concat();
        out.extend(&salts);
        let mut last = sum(self.big, &out, (0, 0));
        let close = |out: &mut Vec<u8>, last: Sum| {
            out.extend([last.0, last.1].map(u32::to_be_bytes).concat());
        };
        close(&mut out, last);
        for (at, frame) in chosen.iter().enumerate() {
            let ends = if at + 1 == chosen.len() { pages } else { 0 };
            let begin = [frame.page, ends].map(u32::to_be_bytes).concat();
            last = sum(self.big, frame.content, sum(self.big, &begin, last));
            out.extend(&begin);
            out.extend(&salts);
            close(&mut out, last);
            out.extend(frame.content);
        }
        out
    }
}

/// The shared index beside the file, which outlives a killed process. Native numbers, except for the
/// salts, which are kept as bytes.
struct Index {
    salts: Sum,
    /// So many frames are committed.
    committed: usize,
    /// So many of them stand in the journal's own file, too.
    moved: usize,
}

impl Index {
    /// `None` where there is none, or it was only begun.
    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
            four.map_or(0, u32::from_ne_bytes)
        };
        let count = |at| usize::try_from(number(at)).unwrap_or(0);
        // It stands there twice, the second is written first: a process may be at one of them.
        let whole = |from: usize| {
            let head = bytes.get(from..from + 40)?;
            let summed = sum(cfg!(target_endian = "big"), head, (0, 0));
            (summed == (number(from + 40), number(from + 44))).then_some(from)
        };
        let head = whole(0).or_else(|| whole(COPY))?;
        Some(Self {
            salts: pair(bytes, head + 32),
            committed: count(head + 16),
            // Behind the head and its copy.
            moved: count(2 * COPY),
        })
    }

    /// How many frames it counts as committed, if it is about this use of the file.
    fn counted(&self, salts: Sum) -> Option<usize> {
        (self.salts == salts).then_some(self.committed)
    }

    /// What it says of a write-ahead file that is empty or gone.
    fn fault_of_none(&self) -> Option<String> {
        (self.committed > self.moved).then(|| {
            "its write-ahead file was emptied or removed: what stood in it is lost".to_owned()
        })
    }
}

fn bytes_of(path: &Path) -> std::io::Result<Vec<u8>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// What is wrong with the write-ahead file of this folder's journal; `None` where it is sound, ends
/// as after a crash, is empty with nothing in it, or stands beside a journal that is not of this release.
pub(super) fn fault(folder: &Path) -> Result<Option<String>, JournalError> {
    let path = folder.join(NAME);
    let fail = |error: std::io::Error| JournalError::io("its write-ahead file", &error);
    let newest = u32::try_from(schema::MIGRATIONS.len()).unwrap_or(u32::MAX);
    match schema::head(&path)? {
        Head::Version(version) if version <= newest => {}
        // SQLite would throw it away; a new journal gets one only once it is not empty any more.
        Head::Empty if !bytes_of(&beside(&path, "-wal")).map_err(fail)?.is_empty() => {
            return Ok(Some("its file is empty or gone".to_owned()));
        }
        _ => return Ok(None),
    }
    let mut earlier = None;
    for _ in 0..TRIES {
        // The index first: it must not count what was written after the file was read.
        let index = bytes_of(&beside(&path, "-shm")).map_err(fail)?;
        let bytes = bytes_of(&beside(&path, "-wal")).map_err(fail)?;
        let told = Index::read(&index);
        let why = if bytes.is_empty() {
            told.and_then(|index| index.fault_of_none())
        } else {
            Log::read(&bytes, told.as_ref(), &[]).fault()
        };
        let Some(why) = why else {
            return Ok(None);
        };
        // Another process may be writing it just now: only what stays is damage.
        let now = Some((bytes, index));
        if now == earlier {
            return Ok(Some(why));
        }
        earlier = now;
    }
    Ok(None)
}

/// The write-ahead files with which a copy of this journal is to be read, the best first: itself
/// where it is sound; else with all frames, without those that are broken, and as `SQLite` takes it.
pub(super) fn readings(path: &Path) -> Vec<Option<Vec<u8>>> {
    let read = |end| bytes_of(&beside(path, end)).unwrap_or_default();
    let (bytes, index) = (read("-wal"), read("-shm"));
    if bytes.is_empty() {
        return vec![None];
    }
    let database = bytes_of(path).unwrap_or_default();
    let log = Log::read(&bytes, Index::read(&index).as_ref(), &database);
    if log.fault().is_none() {
        return vec![Some(bytes)];
    }
    let file_pages = database.len() / log.page_size;
    let rebuilt = [true, false].map(|broken| Some(log.rebuilt(broken, file_pages)));
    let mut all = Vec::from(rebuilt);
    all.push(Some(bytes));
    all
}
