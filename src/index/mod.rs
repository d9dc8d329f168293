//! What was listed, kept on disk with its age: shown at once on the next start, refreshed behind.
//!
//! Nothing here is precious. The file may be deleted at any time; one that is damaged or not ours is
//! set aside, and the lists come from the services again. It holds what lists show and nothing that
//! opens anything: no key, no address with a question mark in it, not the services' own answers.
//!
//! One thread writes, behind what it is told; whoever reads has the connection for that moment. How many
//! calls were made is counted beside it, in a file of its own.

mod before;
mod calls;
mod change;
mod file;
mod haystack;
mod keeper;
mod meter;
mod operations;
mod pack;
mod place;
mod query;
mod reading;
mod store;
#[cfg(test)]
mod tests;
mod thread;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;

pub use self::before::Before;
pub use self::calls::{Caller, Calls};
use self::file::File;
pub use self::haystack::Haystack;
use self::keeper::Part;
pub use self::keeper::{Draft, Keeper};
pub use self::meter::Meter;
pub use self::place::{Owner, Place};
pub use self::reading::Reading;
use self::store::LISTS;
use self::thread::Request;
use crate::domain::filter::Used;
use crate::domain::{
    AccountName, Asset, AssetScope, ContainerId, Digest, Digests, Entry, Keepable, SegmentId,
    SegmentTexts, Shelf,
};

/// A scan that was stopped is gone on with within this time.
const SCAN: Duration = Duration::from_hours(1);

/// What is known of a kept list beside its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// When its service gave it.
    pub at: Timestamp,
    /// How many rows it has.
    pub count: u64,
    /// What the service said of when the container changed last, as of before the list was asked
    /// for: as long as it says the same, the list holds.
    pub seal: Option<String>,
}

/// The assets of one segment as they were seen last.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    pub segment: SegmentId,
    pub at: Timestamp,
    pub assets: Vec<Entry<Asset>>,
}

/// What there is in the cache folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing was kept yet.
    None,
    /// An index of so many bytes.
    Ours(u64),
    /// Something that is no index of ours; the next start sets it aside.
    Foreign,
    /// One of ours that is not whole any more; whoever meets that sets it aside.
    Damaged,
}

/// A file that is not there needs no removing.
fn absent(removed: std::io::Result<()>) -> std::io::Result<()> {
    removed.or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}

/// A handle to the index; cheap to clone. One that keeps nothing is as good as an empty one.
#[derive(Clone, Default)]
pub struct Index(Option<Arc<File>>);

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() {
            "Index"
        } else {
            "Index(none)"
        })
    }
}

impl Index {
    /// Keeps nothing and has nothing.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Opens or makes the index in the cache folder. Where that cannot be, one that keeps nothing;
    /// the sentence, safe to show, says why.
    pub fn open(folder: &Path) -> (Self, Option<String>) {
        match File::open(folder) {
            Ok(file) => (Self(Some(Arc::new(file))), None),
            Err(why) => {
                tracing::warn!(%why, "no index");
                let note = file::unkept(&why.to_string());
                (Self::none(), Some(note))
            }
        }
    }

    /// Removes the index from the cache folder, if it is ours. The sentence, safe to show, says why it
    /// could not be.
    pub fn remove(folder: &Path) -> Option<String> {
        let removed = match Self::look(folder) {
            Ok(Standing::Ours(_) | Standing::Damaged) => {
                // First what would be rolled back into it.
                LISTS
                    .files(folder)
                    .iter()
                    .try_for_each(|file| absent(std::fs::remove_file(file)))
            }
            Ok(Standing::None | Standing::Foreign) => Ok(()),
            Err(error) => Err(error),
        };
        let why = removed.err()?;
        Some(format!("what was listed before is still kept: {why}"))
    }

    /// How the index in the cache folder stands, without opening it.
    pub fn look(folder: &Path) -> std::io::Result<Standing> {
        let path = LISTS.path(folder);
        let bytes = match std::fs::metadata(&path) {
            Ok(file) => file.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Standing::None);
            }
            Err(error) => return Err(error),
        };
        Ok(if LISTS.is_ours(&path)? {
            Standing::Ours(bytes)
        } else {
            Standing::Foreign
        })
    }

    /// The same, once all of it was read.
    pub fn examine(folder: &Path) -> std::io::Result<Standing> {
        let looked = Self::look(folder)?;
        let damaged = matches!(looked, Standing::Ours(_)) && store::is_broken(&LISTS.path(folder));
        Ok(if damaged { Standing::Damaged } else { looked })
    }

    /// Whether anything is kept at all.
    pub const fn keeps(&self) -> bool {
        self.0.is_some()
    }

    /// Gives a kept list part by part, in its order; `None` where there is none. Blocks shortly:
    /// about a second for a million rows, but the first part comes at once.
    pub fn recall<T: Keepable>(
        &self,
        owner: &Owner,
        place: &Place,
        mut tell: impl FnMut(&Head, Shelf<T>),
    ) -> Option<Head> {
        self.read(|connection| query::recall(connection, owner, place, &mut tell))
            .flatten()
    }

    /// The same as it is in the file, some chunks at a time.
    pub fn reading(&self, owner: &Owner, place: &Place) -> Reading {
        Reading::new(self.clone(), owner.clone(), place.clone())
    }

    /// The rows of a chunk; `None` is damage, which [recalling](Self::recall) the list finds and mends.
    pub fn open_chunk<T: Keepable>(rows: &[u8]) -> Option<Shelf<T>> {
        pack::shelf(rows)
    }

    /// What is kept of the assets of these segments; those of which nothing is are left out.
    pub fn marks(&self, owner: &Owner, container: &ContainerId, of: &[SegmentId]) -> Vec<Mark> {
        self.read(|connection| query::marks(connection, owner, container, of))
            .unwrap_or_default()
    }

    /// Begins to keep a list that is being read. What does not end is not kept.
    pub fn keep<T: Keepable>(
        &self,
        owner: &Owner,
        place: Place,
        seal: Option<String>,
    ) -> Keeper<T> {
        Keeper::new(self.clone(), owner.clone(), place, seal)
    }

    /// Gives the rows of a list that was not read to its end, and what its rest goes on with; `None` where
    /// none is there whose seal was this. Blocks shortly.
    pub fn go_on<T: Keepable>(
        &self,
        owner: &Owner,
        place: &Place,
        seal: &str,
        mut tell: impl FnMut(Shelf<T>),
    ) -> Option<Draft<T>> {
        let found = self.read(|connection| query::draft(connection, owner, place, seal, &mut tell));
        let (list, note) = found.flatten()?;
        let keeper = self.keep(owner, place.clone(), Some(seal.to_owned()));
        Some(keeper.behind(list, note))
    }

    /// Adds keys and texts to the kept segments of a container, by position.
    pub fn keep_texts(&self, owner: &Owner, container: &ContainerId, texts: SegmentTexts) {
        self.send(Request::Texts(owner.clone(), container.clone(), texts));
    }

    /// The list is still as it was: its age begins anew, under this seal.
    pub fn renew(&self, owner: &Owner, place: Place, seal: Option<String>) {
        self.send(Request::Renew(owner.clone(), place, Timestamp::now(), seal));
    }

    /// Keeps what these segments have: each of them that no entry names has none.
    pub fn keep_marks(
        &self,
        owner: &Owner,
        container: &ContainerId,
        asked: &[SegmentId],
        found: &[Entry<Asset>],
    ) {
        if self.keeps() {
            let marks = pack::marks(asked, found);
            let (owner, at) = (owner.clone(), Timestamp::now());
            self.send(Request::Marks(owner, container.clone(), at, marks));
        }
    }

    /// Something changed there: what is kept of it does not hold.
    pub fn forget_mark(&self, owner: &Owner, container: &ContainerId, segment: &SegmentId) {
        let (container, segment) = (container.clone(), segment.clone());
        self.send(Request::Unmark(owner.clone(), container, segment));
    }

    /// Keeps what was read of an asset in its state of now.
    pub fn keep_digest(&self, owner: &Owner, asset: &Asset, digest: Digest) {
        if self.keeps() {
            let (owner, asset) = (owner.clone(), Box::new(asset.clone()));
            self.send(Request::Digest(owner, asset, digest, Timestamp::now()));
        }
    }

    /// What was read of the assets there, each in the state that it was in.
    pub fn digests(&self, owner: &Owner, scope: &AssetScope) -> Digests {
        self.read(|connection| query::digests(connection, owner, scope))
            .unwrap_or_default()
    }

    /// Keeps what was read of one thing that uses assets, until the scan has ended.
    pub fn keep_used(&self, owner: &Owner, id: &str, used: &Used) {
        if self.keeps() {
            let (owner, id) = (owner.clone(), id.to_owned());
            self.send(Request::Used(owner, id, used.pack(), Timestamp::now()));
        }
    }

    /// What a scan has read that did not end, and not long ago: what is older may use something else by
    /// now.
    pub fn uses(&self, owner: &Owner) -> BTreeMap<String, Used> {
        let since = Timestamp::now().checked_sub(SCAN);
        let since = since.unwrap_or(Timestamp::UNIX_EPOCH);
        self.read(|connection| query::uses(connection, owner, since))
            .unwrap_or_default()
    }

    /// The scan has ended: the next one begins anew.
    pub fn scanned(&self, owner: &Owner) {
        self.send(Request::Scanned(owner.clone()));
    }

    /// Drops everything of an account, at whatever address.
    pub fn forget(&self, account: &AccountName) {
        self.send(Request::Forget(account.clone()));
    }

    /// Waits until all that was told so far is on disk, but not longer than this.
    pub fn settle(&self, patience: Duration) {
        let (done, wait) = sync_channel(1);
        self.send(Request::Settle(done));
        let _ = wait.recv_timeout(patience);
    }

    /// What is to be said of the file since it was opened, or then, in one safe sentence: it was damaged, and
    /// what was kept is set aside, or it takes nothing more.
    pub fn trouble(&self) -> Option<&str> {
        self.0.as_ref()?.trouble()
    }

    fn send(&self, request: Request) {
        if let Some(file) = &self.0 {
            file.send(request);
        }
    }

    fn read<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Option<T> {
        self.0.as_ref()?.read(read)
    }
}
