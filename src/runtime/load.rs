//! Listings, page by page into the inbox.

mod assets;
mod contents;
mod follow;
mod gather;
mod join;
mod segments;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use self::follow::{Rest, follow};
use super::archive::Archive;
use super::{not_connected, send, tree};
use crate::api::{ApiError, Provider, Waits, scan};
use crate::app::effect::{Load, RequestId};
use crate::app::msg::{Answer, Batch, Came, InScan, InTree, Msg};
use crate::domain::filter::Used;
use crate::domain::{
    AccountName, AssetScope, Container, Digests, Entry, Keepable, Segment, Share, Shelf, drill,
};
use crate::index::{Before, Keeper, Place};
use crate::transfer::patient::Patient;

/// Listings that were stopped, for who goes on with one of them.
#[derive(Clone, Default)]
pub(super) struct Parked {
    segments: segments::Parked,
    assets: assets::Parked,
}

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
                let keeper = archive.map(|it| it.keep(Place::Containers, None));
                let tell = |batch| self.tell(Answer::Containers(batch));
                match provider.first_containers().await {
                    Ok(first) => first.into_iter().for_each(|first| tell(Ok(early(first)))),
                    Err(error) => return tell(Err(error)),
                }
                let ask = |cursor| provider.containers(cursor);
                follow(ask, &Rest::all(keeper, false), tell).await;
            }
            Load::Segments(container, seal, from, shown) => {
                let held = (seal.as_deref(), from.clone(), shown);
                self.segments(provider, container, before, held).await;
            }
            Load::Assets(scope, from) => self.assets(provider, scope, from.as_ref()).await,
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
            Load::Assets(AssetScope::Container(container), _) => {
                let tell = teller(&self.inbox, self.id, |it| Answer::Assets(Ok(it)));
                archive.assets(container, tell).await;
            }
            Load::Assets(AssetScope::Segment(container, segment), _) => {
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
}

/// Some of the containers, before all of them.
fn early(first: Vec<Container>) -> Batch<Container> {
    let first: Shelf<Container> = first.into_iter().map(Entry::Read).collect();
    Batch {
        more: true,
        came: Came::Early,
        ..Batch::whole(first)
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
        Load::Assets(..) => Answer::Assets(Err(error)),
        Load::Tree { .. } => Answer::Tree(Err(error)),
        Load::Digests(_) => Answer::Digests(Digests::default()),
        Load::Contents(..) => Answer::Contents(Err(error)),
        Load::Uses => Answer::Uses(Err(error)),
        Load::Scan(_) => Answer::Scanned(Err(error)),
        Load::Marks(..) | Load::Sweep(..) => Answer::Marks(Err(error)),
        Load::Kept(..) => Answer::KeptMarks(Vec::new()),
    }
}
