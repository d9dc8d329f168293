//! The segments of a container, page by page into the inbox: only what changed where the service tells
//! that, and behind the pages that came where it was stopped.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::join::{inherit, join};
use super::{Request, keep};
use crate::api::{ApiErrorKind, Pages, Provider};
use crate::app::effect::RequestId;
use crate::app::msg::{Answer, Batch, Came};
use crate::domain::{AccountName, ContainerId, Cursor, Page, Segment, Shelf};
use crate::index::{Before, Keeper, Place};
use crate::runtime::lock;

/// Listings on their way, for who goes on with one that was stopped.
pub(super) type Parked = Arc<Mutex<HashMap<(AccountName, ContainerId), Rest>>>;

/// What is left of a listing.
pub(super) struct Rest {
    /// Whose it is at this time.
    id: RequestId,
    /// The page that comes next.
    next: Option<Cursor>,
    /// What the service said before of when the container changed last.
    seal: Option<String>,
    /// How many there were by the last page.
    total: Option<u64>,
    keeper: Option<Keeper<Segment>>,
}

impl Request {
    /// Lists the segments, unless one call shows that nothing changed since, or a few that only
    /// texts did. `held`: what the service said of its last change when those that are shown were
    /// listed, the page that a listing goes on with which was stopped, and those that are shown.
    pub(super) async fn segments(
        &self,
        provider: &dyn Provider,
        container: &ContainerId,
        before: Option<(Before, Shelf<Segment>)>,
        (held, from, shown): (Option<&str>, Option<Cursor>, &Shelf<Segment>),
    ) {
        // Of before the listing: what changes during it is noticed the next time.
        let seal = match &self.archive {
            Some(_) => provider.container(container).await.ok(),
            None => None,
        };
        let seal = seal.and_then(|container| container.modified);
        let mut rows = shown.clone();
        if let Some(from) = from {
            let rest = self.take(container, |_| true);
            let rest = rest.filter(|rest| rest.seal == seal);
            if let Some(rest) = rest {
                // Where the last page was not seen any more, what was kept of it is too much.
                let same = rest.next.as_ref() == Some(&from);
                let rest = Rest {
                    next: Some(from),
                    keeper: rest.keeper.filter(|_| same),
                    ..rest
                };
                return self.list(provider, container, rest, rows).await;
            }
            self.tell(Answer::Segments(Ok(Batch::anew())));
        } else if let Some(archive) = &self.archive {
            let before = match before {
                None if held.is_some() => archive.segments(container, |_| {}).await,
                before => before,
            };
            let before = before.map(|(before, kept)| {
                if rows.is_empty() {
                    rows = kept;
                }
                before
            });
            let shown = held.or(before.as_ref().and_then(|it| it.seal.as_deref()));
            let mut unchanged = seal.is_some() && shown == seal.as_deref();
            if !unchanged
                && let (Some(before), Some(_)) = (&before, &seal)
                && shown.is_some()
                && before.seal.as_deref() == shown
                && let Some(texts) = before.changes(provider, container).await
            {
                self.tell(Answer::ChangedTexts(join(&rows, &texts).await));
                archive.keep_texts(container, texts);
                unchanged = true;
            }
            if unchanged {
                archive.renew(container, seal.clone());
                return self.tell(Answer::Segments(Ok(Batch {
                    came: Came::Unchanged,
                    seal,
                    ..Batch::whole(Vec::new())
                })));
            }
        }
        let rest = match self.left(container, seal.as_deref()).await {
            Some(rest) => rest,
            None => self.first(container, seal),
        };
        self.list(provider, container, rest, rows).await;
    }

    /// What is left of a listing that another run was stopped in; its pages are told.
    async fn left(&self, container: &ContainerId, seal: Option<&str>) -> Option<Rest> {
        let (archive, seal) = (self.archive.as_ref()?, seal?);
        let (draft, entries) = archive.go_on(container, seal).await?;
        self.tell(Answer::Segments(Ok(Batch {
            more: true,
            next: Some(draft.next.clone()),
            total: draft.total,
            ..Batch::whole(entries)
        })));
        Some(Rest {
            id: self.id,
            next: Some(draft.next),
            keeper: Some(draft.keeper),
            seal: Some(seal.to_owned()),
            total: draft.total,
        })
    }

    /// A listing from its first page on.
    fn first(&self, container: &ContainerId, seal: Option<String>) -> Rest {
        let place = || Place::Segments(container.clone());
        let archive = self.archive.as_ref();
        Rest {
            id: self.id,
            next: None,
            keeper: archive.map(|it| it.keep(place(), seal.clone())),
            seal,
            total: None,
        }
    }

    /// Follows cursors to the end; one that comes back a second time ends it. While a page is awaited
    /// the rest is parked: whoever stops it there may go on with it.
    /// Those that were listed before give their keys and texts to the new ones.
    async fn list(
        &self,
        provider: &dyn Provider,
        container: &ContainerId,
        mut rest: Rest,
        before: Shelf<Segment>,
    ) {
        let (mut pages, mut before) = (Pages::default(), before.seeker());
        let mut goes_on = rest.next.is_some();
        rest.id = self.id;
        loop {
            let from = rest.next.clone();
            self.park(container, rest);
            let page = match provider.segments(container, from).await {
                // There is no such page any more.
                Err(error) if goes_on && error.kind == ApiErrorKind::Invalid => {
                    goes_on = false;
                    self.tell(Answer::Segments(Ok(Batch::anew())));
                    let seal = self.take(container, |rest| rest.id == self.id);
                    rest = self.first(container, seal.and_then(|rest| rest.seal));
                    continue;
                }
                Ok(page) => page,
                Err(error) => return self.tell(Answer::Segments(Err(error))),
            };
            // Somebody else goes on with it.
            let Some(mine) = self.take(container, |rest| rest.id == self.id) else {
                return;
            };
            rest = mine;
            let Page {
                entries,
                next,
                total,
            } = page;
            if std::mem::take(&mut goes_on) && total != rest.total {
                self.tell(Answer::Segments(Ok(Batch::anew())));
                rest = self.first(container, rest.seal);
                continue;
            }
            let entries = inherit(entries, &mut before);
            if let Some(keeper) = &mut rest.keeper {
                entries.iter().for_each(|entry| keeper.entry(&entry));
            }
            let next = pages.next(next);
            let more = !matches!(next, Ok(None));
            rest.total = total;
            rest.next = next.as_ref().ok().cloned().flatten();
            if let (Some(keeper), Some(next)) = (&mut rest.keeper, &rest.next) {
                keeper.so_far(next, total);
            }
            self.tell(Answer::Segments(Ok(Batch {
                more,
                next: rest.next.clone(),
                total,
                seal: rest.seal.clone().filter(|_| !more),
                ..Batch::whole(entries)
            })));
            match next {
                Ok(None) => return keep(rest.keeper),
                Ok(Some(_)) => {}
                Err(error) => return self.tell(Answer::Segments(Err(error))),
            }
        }
    }

    fn park(&self, container: &ContainerId, rest: Rest) {
        let at = (self.account.clone(), container.clone());
        lock(&self.parked.segments).insert(at, rest);
    }

    fn take(&self, container: &ContainerId, is: impl Fn(&Rest) -> bool) -> Option<Rest> {
        let at = (self.account.clone(), container.clone());
        let mut parked = lock(&self.parked.segments);
        parked
            .get(&at)
            .is_some_and(is)
            .then(|| parked.remove(&at))?
    }
}
