//! What is kept of one account: given first, and kept anew as its service answers.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use crate::api::AccountInfo;
use crate::app::msg::{Batch, Came, Msg};
use crate::domain::filter::Used;
use crate::domain::{
    AccountName, Asset, AssetScope, ContainerId, Digest, Digests, Entry, Keepable, Segment,
    SegmentId, SegmentTexts, Shelf,
};
use crate::index::{Before, Draft, Haystack, Head, Index, Keeper, Owner, Place};

/// The index, and whose lists are whose in it.
#[derive(Clone)]
pub(super) struct Archives {
    index: Index,
    accounts: Arc<HashMap<AccountName, AccountInfo>>,
    /// Damage was told.
    told: Arc<AtomicBool>,
}

impl Archives {
    pub fn new(index: Index, accounts: &[AccountInfo]) -> Self {
        let accounts = accounts.iter();
        let accounts = accounts.map(|info| (info.name.clone(), info.clone()));
        // What was found before is said with the start.
        let told = AtomicBool::new(index.trouble().is_some());
        Self {
            index,
            accounts: Arc::new(accounts.collect()),
            told: Arc::new(told),
        }
    }

    /// Tells once of damage that was found.
    pub fn tell_trouble(&self, inbox: &UnboundedSender<Msg>) {
        if let Some(said) = self.index.trouble()
            && !self.told.swap(true, Ordering::Relaxed)
        {
            super::send(inbox, Msg::IndexTrouble(said.to_owned()));
        }
    }

    /// All that is kept, of all accounts. Blocks.
    pub fn haystack(&self) -> Haystack {
        let owners = self.accounts.values().map(Owner::from).collect();
        Haystack::gather(&self.index, owners, || true)
    }

    /// What is kept of an account; `None` where nothing ever is.
    pub fn of(&self, account: &AccountName) -> Option<Archive> {
        let info = self.accounts.get(account).filter(|_| self.index.keeps())?;
        Some(Archive {
            index: self.index.clone(),
            owner: Owner::from(info),
        })
    }

    /// Waits for what is still to be written, but not for long.
    pub async fn settle(self, patience: Duration) {
        let settled = tokio::task::spawn_blocking(move || self.index.settle(patience));
        // A panic there is told where it happened.
        let _ = settled.await;
    }
}

/// The containers that were kept of each account, for the first frame that has rows.
#[derive(Debug, Default)]
pub struct Recalled(pub(crate) Vec<Msg>);

impl Recalled {
    /// Reads them; blocks for some milliseconds.
    pub fn of(index: &Index, accounts: &[AccountInfo]) -> Self {
        let archives = Archives::new(index.clone(), accounts);
        let mut all = Vec::new();
        for info in accounts {
            let account = &info.name;
            if let Some(archive) = archives.of(account) {
                index.recall(&archive.owner, &Place::Containers, |head, entries| {
                    let (account, batch) = (account.clone(), kept(head, entries));
                    all.push(Msg::Recalled { account, batch });
                });
            }
        }
        Self(all)
    }
}

/// An account's part of the index.
#[derive(Clone)]
pub(super) struct Archive {
    index: Index,
    owner: Owner,
}

impl Archive {
    /// Runs one look at the disk beside the tasks.
    async fn aside<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Option<T> {
        let own = self.clone();
        tokio::task::spawn_blocking(move || look(&own)).await.ok()
    }

    /// Gives a kept list part by part. It is read beside the tasks and opened among them: what is shown first
    /// and what the service tells in its place come from the memory of the same thread, which keeps for
    /// itself what it once needed.
    async fn recall<T: Keepable>(
        &self,
        place: Place,
        mut tell: impl FnMut(Batch<T>),
    ) -> Option<Head> {
        let mut reading = self.index.reading(&self.owner, &place);
        let mut told = 0;
        let whole = 'list: loop {
            let look = self.aside(move |_| {
                let chunks = reading.chunks();
                (reading, chunks)
            });
            let chunks;
            (reading, chunks) = look.await?;
            let (head, chunks) = reading.head().zip(chunks)?;
            if chunks.is_empty() {
                break told == head.count;
            }
            for chunk in chunks {
                let Some(rows) = Index::open_chunk(&chunk) else {
                    break 'list false;
                };
                told += rows.len() as u64;
                tell(kept(head, rows));
            }
        };
        if !whole {
            // Whoever has the file then looks for the damage, and mends that file and no other.
            let look = move |own: &Self| own.index.recall(&own.owner, &place, |_, _: Shelf<T>| {});
            self.aside(look).await;
            return None;
        }
        reading.head().cloned()
    }

    /// The assets of a container without segments, part by part.
    pub async fn assets(&self, id: &ContainerId, tell: impl Fn(Batch<Asset>)) {
        self.recall(Place::Assets(id.clone()), tell).await;
    }

    /// The segments of a container, part by part.
    pub async fn segments(
        &self,
        id: &ContainerId,
        tell: impl Fn(Batch<Segment>),
    ) -> Option<(Before, Shelf<Segment>)> {
        let (mut positions, mut rows) = (HashSet::new(), Shelf::default());
        let told = |batch: Batch<Segment>| {
            let read = batch.entries.read();
            positions.extend(read.map(|segment| segment.position));
            rows.append(batch.entries.clone());
            tell(batch);
        };
        let head = self.recall(Place::Segments(id.clone()), told).await?;
        Some((Before::new(head, positions), rows))
    }

    /// The segments of a listing that was not read to its end, as of this seal, and what its rest goes on
    /// with.
    pub async fn go_on(
        &self,
        id: &ContainerId,
        seal: &str,
    ) -> Option<(Draft<Segment>, Shelf<Segment>)> {
        let (place, seal) = (Place::Segments(id.clone()), seal.to_owned());
        self.aside(move |own| {
            let mut rows = Shelf::default();
            let tell = |part| rows.append(part);
            let draft = own.index.go_on(&own.owner, &place, &seal, tell)?;
            Some((draft, rows))
        })
        .await
        .flatten()
    }

    /// The assets of these segments, as far as they are kept.
    pub async fn marks(
        &self,
        id: &ContainerId,
        of: &[SegmentId],
    ) -> Vec<(SegmentId, Duration, Vec<Entry<Asset>>)> {
        let (id, of) = (id.clone(), of.to_vec());
        let marks = self.aside(move |own| own.index.marks(&own.owner, &id, &of));
        let marks = marks.await.unwrap_or_default().into_iter();
        marks
            .map(|mark| (mark.segment, age(mark.at), mark.assets))
            .collect()
    }

    /// What was read of the assets there.
    pub async fn digests(&self, scope: &AssetScope) -> Digests {
        let scope = scope.clone();
        let digests = self.aside(move |own| own.index.digests(&own.owner, &scope));
        digests.await.unwrap_or_default()
    }

    /// What a scan has read that did not end.
    pub async fn uses(&self) -> BTreeMap<String, Used> {
        let uses = self.aside(|own| own.index.uses(&own.owner));
        uses.await.unwrap_or_default()
    }

    // --- keeping

    pub fn keep<T: Keepable>(&self, place: Place, seal: Option<String>) -> Keeper<T> {
        self.index.keep(&self.owner, place, seal)
    }

    pub fn keep_texts(&self, id: &ContainerId, texts: SegmentTexts) {
        self.index.keep_texts(&self.owner, id, texts);
    }

    /// The segments are still those, as of this seal.
    pub fn renew(&self, id: &ContainerId, seal: Option<String>) {
        self.index
            .renew(&self.owner, Place::Segments(id.clone()), seal);
    }

    pub fn keep_used(&self, id: &str, used: &Used) {
        self.index.keep_used(&self.owner, id, used);
    }

    /// The scan has ended.
    pub fn scanned(&self) {
        self.index.scanned(&self.owner);
    }

    pub fn keep_digest(&self, asset: &Asset, digest: Digest) {
        self.index.keep_digest(&self.owner, asset, digest);
    }

    pub fn keep_marks(&self, id: &ContainerId, asked: &[SegmentId], found: &[Entry<Asset>]) {
        self.index.keep_marks(&self.owner, id, asked, found);
    }
}

/// Rows of a kept list.
fn kept<T: Keepable>(head: &Head, entries: Shelf<T>) -> Batch<T> {
    Batch {
        more: true,
        total: Some(head.count),
        came: Came::Kept(age(head.at)),
        seal: head.seal.clone(),
        ..Batch::whole(entries)
    }
}

/// How long ago that was; a clock that was set back does not make it the future.
fn age(at: Timestamp) -> Duration {
    let ago = Timestamp::now().duration_since(at);
    Duration::try_from(ago).unwrap_or_default()
}
