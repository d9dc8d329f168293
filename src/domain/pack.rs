//! Texts that are kept deflated together: what the rows of a long list are made of.

use std::cell::RefCell;
use std::io::Read as _;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use flate2::bufread::DeflateDecoder;
use flate2::{Compress, Compression, FlushCompress, Status};

/// A little more work than the least: a tenth smaller.
const LEVEL: u32 = 2;

/// So many heads stay open: a sorted list shows rows of as many packs in one frame, and a frame that
/// inflated them all again would cost more than the rest of it.
const OPEN_HEADS: usize = 64;

/// Texts one after the other, deflated. The first of them, the head, can be read alone.
pub(super) struct Pack {
    bytes: Box<[u8]>,
    /// So many bytes of the text.
    head: u32,
}

/// What was opened last, the newest first.
type Opened = RefCell<Vec<(Weak<Pack>, Rc<str>)>>;

impl Pack {
    /// `None` for more than a pack can count.
    pub fn new(text: &str, head: usize) -> Option<Arc<Self>> {
        u32::try_from(text.len()).ok()?;
        Some(Arc::new(Self {
            bytes: deflate(text.as_bytes())?,
            head: u32::try_from(head).ok()?,
        }))
    }

    /// All of it. The one opened last is kept: a list is read in its order, and a frame reads one
    /// thing several times.
    pub fn open(pack: &Arc<Self>) -> Rc<str> {
        thread_local! {
            static LAST: Opened = const { RefCell::new(Vec::new()) };
        }
        LAST.with(|last| Self::among(last, 1, pack, u64::MAX))
    }

    /// Its head alone, for who goes through a whole list and comes back to none.
    pub fn head(&self) -> Rc<str> {
        self.inflate(u64::from(self.head)).into()
    }

    /// Its head alone. Some of those opened last are kept.
    pub fn kept_head(pack: &Arc<Self>) -> Rc<str> {
        thread_local! {
            static LAST: Opened = const { RefCell::new(Vec::new()) };
        }
        LAST.with(|last| Self::among(last, OPEN_HEADS, pack, u64::from(pack.head)))
    }

    fn among(opened: &Opened, most: usize, pack: &Arc<Self>, bytes: u64) -> Rc<str> {
        let mut opened = opened.borrow_mut();
        let known = opened
            .iter()
            .position(|(known, _)| std::ptr::eq(known.as_ptr(), Arc::as_ptr(pack)));
        match known {
            // Not the whole row of them is moved for one that is among the newest.
            Some(0) => {}
            Some(at) => opened.swap(at, at / 2),
            None => {
                opened.truncate(most - 1);
                opened.insert(0, (Arc::downgrade(pack), pack.inflate(bytes).into()));
            }
        }
        let at = known.map_or(0, |at| at / 2);
        opened
            .get(at)
            .map_or_else(|| "".into(), |(_, text)| Rc::clone(text))
    }

    fn inflate(&self, bytes: u64) -> String {
        let mut text = String::new();
        let inflate = DeflateDecoder::new(&*self.bytes);
        // It was written by us, in this very process.
        let _ = inflate.take(bytes).read_to_string(&mut text);
        text
    }

    /// How many bytes it takes.
    #[cfg(test)]
    pub fn weight(&self) -> usize {
        self.bytes.len()
    }
}

/// What deflates, and where it writes.
struct Deflate {
    deflate: Compress,
    bytes: Vec<u8>,
}

/// No more room than this is kept for the next pack, in bytes.
const ROOM: usize = 64 * 1024;

fn deflate(text: &[u8]) -> Option<Box<[u8]>> {
    // One for all threads: it takes a third of a MiB, as much as some thousand rows, and each thread
    // would keep that much of the memory to itself.
    static DEFLATE: Mutex<Option<Deflate>> = Mutex::new(None);
    let mut deflate = DEFLATE.lock().unwrap_or_else(PoisonError::into_inner);
    let Deflate { deflate, bytes } = deflate.get_or_insert_with(|| Deflate {
        deflate: Compress::new(Compression::new(LEVEL), false),
        bytes: Vec::new(),
    });
    deflate.reset();
    bytes.clear();
    loop {
        let done = usize::try_from(deflate.total_in()).ok()?;
        let rest = text.get(done..)?;
        bytes.reserve(text.len() / 4 + 64);
        match deflate.compress_vec(rest, bytes, FlushCompress::Finish) {
            Ok(Status::StreamEnd) => break,
            // It needs more room.
            Ok(_) => {}
            Err(_) => return None,
        }
    }
    // A pack takes what it needs from the start: what is cut off of one would lie between two of them, too
    // small for a third, a quarter of all their memory.
    let pack = bytes.as_slice().into();
    bytes.shrink_to(ROOM);
    Some(pack)
}
