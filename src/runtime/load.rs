//! Listings, page by page into the inbox.

mod contents;
mod gather;
mod join;
mod segments;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::sync::mpsc::UnboundedSender;

use self::gather::Gathered;
pub(super) use self::segments::Parked;
use super::archive::Archive;
use super::{not_connected, send, tree};
use crate::api::{ApiError, Pages, Provider, Waits, scan};
use crate::app::effect::{Load, RequestId};
use crate::app::msg::{Answer, Batch, Came, InScan, InTree, Msg};
use crate::domain::filter::Used;
use crate::domain::{
    AccountName, AssetScope, Cursor, Digests, Keepable, Page, Segment, Share, Shelf, drill,
};
use crate::index::{Before, Keeper, Place};
use crate::transfer::patient::Patient;

/// One request: whom it asks, and what was kept for it.
pub(super) struct Request {
    pub id: RequestId,
    pub account: AccountName,
    pub what: Load,
    /// `None` where the account is not connected: then what was kept is all there is.
    pub provider: Option<Arc<dyn Provider>>,
    pub archive: Option<Archive>,
    /// What was kept comes first.
    pub recall: bool,
    /// Listings of segments that were stopped.
    pub parked: Parked,
    pub inbox: UnboundedSender<Msg>,
}

/// Tells answers of one request.
fn teller<T>(
    inbox: &UnboundedSender<Msg>,
    id: RequestId,
    answer: impl Fn(T) -> Answer + Send + Sync + 'static,
) -> impl Fn(T) + Send + Sync + 'static {
    let inbox = inbox.clone();
    move |it| {
        send(
            &inbox,
            Msg::Loaded {
                id,
                answer: answer(it),
            },
        );
    }
}

impl Request {
    fn tell(&self, answer: Answer) {
        let id = self.id;
        send(&self.inbox, Msg::Loaded { id, answer });
    }

    /// Where what was kept of it is to come first.
    fn recalls(&self) -> Option<&Archive> {
        self.archive.as_ref().filter(|_| self.recall)
    }

    /// Asks and answers; listings answer once for each page.
    pub async fn run(self) {
        drill::point("load");
        let before = self.recall().await;
        let Some(provider) = &self.provider else {
            return self.tell(failed(&self.what, not_connected("list it")));
        };
        let provider = provider.as_ref();
        let archive = self.archive.as_ref();
        match &self.what {
            Load::Containers => {
                let mut keeper = archive.map(|it| it.keep(Place::Containers, None));
                let tell = |batch| self.tell(Answer::Containers(batch));
                if pages(|cursor| provider.containers(cursor), &mut keeper, tell).await {
                    keep(keeper);
                }
            }
            Load::Segments(container, seal, from, shown) => {
                let held = (seal.as_deref(), from.clone(), shown);
                self.segments(provider, container, before, held).await;
            }
            Load::Assets(scope) => self.assets(provider, scope).await,
            Load::Tree {
                source,
                types,
                calls,
            } => {
                let tree = tree::list(provider, source, types, *calls, |found| {
                    self.tell(Answer::Tree(Ok(InTree::Found(found))));
                });
                self.tell(Answer::Tree(tree.await));
            }
            Load::Digests(scope) => {
                let digests = match archive {
                    Some(archive) => archive.digests(scope).await,
                    None => Digests::default(),
                };
                self.tell(Answer::Digests(digests));
            }
            Load::Contents(scope, assets) => self.contents(provider, scope, assets).await,
            Load::Uses => {
                let uses = provider.uses().await;
                let kept = self.scanned_before().await;
                self.tell(Answer::Uses(uses.map(|uses| {
                    let before = uses.iter().filter(|id| kept.contains_key(*id)).count();
                    (uses, before)
                })));
            }
            Load::Scan(uses) => {
                let read = |read| self.tell(Answer::Scanned(Ok(InScan::Read(read))));
                let kept = self.scanned_before().await;
                let keep = |id: &str, used: &_| {
                    if let Some(archive) = archive {
                        archive.keep_used(id, used);
                    }
                };
                let usage = scan(provider, uses, kept, read, keep).await;
                if let (Some(archive), Ok(_)) = (archive, &usage) {
                    archive.scanned();
                }
                let all = usage.map(|usage| InScan::All(Arc::new(usage)));
                self.tell(Answer::Scanned(all));
            }
            Load::Container(container) => {
                self.tell(Answer::Container(provider.container(container).await));
            }
            Load::SegmentTexts(container, rows) => {
                let told = self.texts(provider, container, rows).await;
                self.tell(Answer::SegmentTexts(told));
            }
            Load::Kept(container, segments) => {
                let marks = match archive {
                    Some(archive) => archive.marks(container, segments).await,
                    None => Vec::new(),
                };
                self.tell(Answer::KeptMarks(marks));
            }
            Load::Sweep(container, segments) | Load::Marks(container, segments) => {
                let found = provider.assets_of_segments(container, segments).await;
                if let (Some(archive), Ok(found)) = (archive, &found) {
                    archive.keep_marks(container, segments, found);
                }
                self.tell(Answer::Marks(found));
            }
        }
    }

    /// What a scan has read that did not end.
    async fn scanned_before(&self) -> BTreeMap<String, Used> {
        match &self.archive {
            Some(archive) => archive.uses().await,
            None => BTreeMap::new(),
        }
    }

    /// Gives what was kept; of segments it also says what they were.
    async fn recall(&self) -> Option<(Before, Shelf<Segment>)> {
        let archive = self.recalls()?;
        match &self.what {
            Load::Segments(container, ..) => {
                let tell = teller(&self.inbox, self.id, |it| Answer::Segments(Ok(it)));
                return archive.segments(container, tell).await;
            }
            Load::Assets(AssetScope::Container(container)) => {
                let tell = teller(&self.inbox, self.id, |it| Answer::Assets(Ok(it)));
                archive.assets(container, tell).await;
            }
            Load::Assets(AssetScope::Segment(container, segment)) => {
                let marks = archive
                    .marks(container, std::slice::from_ref(segment))
                    .await;
                for (_, age, entries) in marks {
                    self.tell(Answer::Assets(Ok(Batch {
                        more: true,
                        came: Came::Kept(age),
                        ..Batch::whole(entries)
                    })));
                }
            }
            Load::Marks(container, segments) => {
                let marks = archive.marks(container, segments).await;
                if !marks.is_empty() {
                    self.tell(Answer::KeptMarks(marks));
                }
            }
            _ => {}
        }
        None
    }

    async fn assets(&self, provider: &dyn Provider, scope: &AssetScope) {
        let archive = self.archive.as_ref();
        let ask = |cursor| provider.assets(scope, cursor);
        match scope {
            AssetScope::Container(container) => {
                let place = Place::Assets(container.clone());
                let mut keeper = archive.map(|it| it.keep(place, None));
                let tell = |batch| self.tell(Answer::Assets(batch));
                if pages(ask, &mut keeper, tell).await {
                    keep(keeper);
                }
            }
            AssetScope::Segment(container, segment) => {
                let found = Mutex::new(Vec::new());
                let whole = pages(ask, &mut None, |batch| {
                    if let (Some(_), Ok(batch)) = (archive, &batch) {
                        let more = batch.entries.iter().map(Cow::into_owned);
                        super::lock(&found).extend(more);
                    }
                    self.tell(Answer::Assets(batch));
                })
                .await;
                if let (Some(archive), true) = (archive, whole) {
                    let found = super::lock(&found);
                    archive.keep_marks(container, std::slice::from_ref(segment), &found);
                }
            }
        }
    }
}

/// The list is whole: it is kept.
fn keep<T: Keepable>(keeper: Option<Keeper<T>>) {
    if let Some(keeper) = keeper {
        keeper.end();
    }
}

/// The same account, whose calls wait for what its service allows and tell of each wait.
pub(super) fn paced(
    provider: Arc<dyn Provider>,
    share: Share,
    id: RequestId,
    inbox: &UnboundedSender<Msg>,
) -> Arc<dyn Provider> {
    let tell = teller(inbox, id, Answer::Held);
    provider
        .paced(Waits::new(share, move |held| tell(*held)))
        .unwrap_or(provider)
}

/// The same account, whose lists wait out what passes and tell of each wait.
pub(super) fn patiently(
    provider: Arc<dyn Provider>,
    id: RequestId,
    inbox: UnboundedSender<Msg>,
) -> Arc<dyn Provider> {
    let patient = Patient::new(provider, move |pause| {
        let answer = Answer::Waits(pause.to_string());
        send(&inbox, Msg::Loaded { id, answer });
    });
    // It is signed in: what cannot be reached now was reached before.
    Arc::new(patient.reached())
}

/// The answer to such a request when it failed before it began.
pub(super) fn failed(what: &Load, error: ApiError) -> Answer {
    match what {
        Load::Containers => Answer::Containers(Err(error)),
        Load::Container(_) => Answer::Container(Err(error)),
        Load::Segments(..) => Answer::Segments(Err(error)),
        Load::SegmentTexts(..) => Answer::SegmentTexts(Err(error)),
        Load::Assets(_) => Answer::Assets(Err(error)),
        Load::Tree { .. } => Answer::Tree(Err(error)),
        Load::Digests(_) => Answer::Digests(Digests::default()),
        Load::Contents(..) => Answer::Contents(Err(error)),
        Load::Uses => Answer::Uses(Err(error)),
        Load::Scan(_) => Answer::Scanned(Err(error)),
        Load::Marks(..) | Load::Sweep(..) => Answer::Marks(Err(error)),
        Load::Kept(..) => Answer::KeptMarks(Vec::new()),
    }
}

/// Follows cursors to the end; one that comes back a second time ends it. Says whether the list is
/// whole.
async fn pages<T: Keepable, F>(
    ask: impl Fn(Option<Cursor>) -> F,
    keeper: &mut Option<Keeper<T>>,
    tell: impl Fn(Result<Batch<T>, ApiError>),
) -> bool
where
    F: Future<Output = Result<Page<T>, ApiError>>,
{
    let (mut pages, mut cursor) = (Pages::default(), None);
    let mut gathered = Gathered::default();
    let tell_rows = |rows: Shelf<T>, more, total| {
        tell(Ok(Batch {
            more,
            total,
            ..Batch::whole(rows)
        }));
    };
    loop {
        let page = gathered.wait(ask(cursor), |rows| tell_rows(rows, true, None));
        let page = match page.await {
            Ok(page) => page,
            Err(error) => {
                tell_rows(gathered.rest(), true, None);
                tell(Err(error));
                return false;
            }
        };
        let Page {
            entries,
            next,
            total,
        } = page;
        if let Some(keeper) = keeper {
            entries.iter().for_each(|entry| keeper.entry(&entry));
        }
        let next = pages.next(next);
        gathered.add(entries);
        match next {
            Ok(None) => {
                tell_rows(gathered.rest(), false, total);
                return true;
            }
            Ok(next) => {
                if let Some(rows) = gathered.due() {
                    tell_rows(rows, true, total);
                }
                cursor = next;
            }
            Err(error) => {
                tell_rows(gathered.rest(), true, total);
                tell(Err(error));
                return false;
            }
        }
    }
}
