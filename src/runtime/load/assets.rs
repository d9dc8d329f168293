//! The assets of a container or a segment, page by page into the inbox; those of a container also behind the
//! pages that came where it was stopped.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::Request;
use super::follow::{End, Rest, Slot, follow};
use crate::api::Provider;
use crate::app::msg::{Answer, Batch};
use crate::domain::{AccountName, Asset, AssetScope, ContainerId, Cursor};
use crate::index::Place;
use crate::runtime::lock;

/// Listings of assets, for who goes on with one that was stopped.
pub(super) type Parked = Arc<Mutex<HashMap<(AccountName, ContainerId), Slot<Asset>>>>;

impl Request {
    /// Lists them; `from`: where a listing goes on that was stopped.
    pub(super) async fn assets(
        &self,
        provider: &dyn Provider,
        scope: &AssetScope,
        from: Option<&Cursor>,
    ) {
        let ask = |cursor| provider.assets(scope, cursor);
        match scope {
            AssetScope::Container(container) => {
                let tell = |batch| self.tell(Answer::Assets(batch));
                if let Some(from) = from {
                    if let Some(rest) = self.assets_left(container, from)
                        && follow(ask, &rest, tell).await != End::Lost
                    {
                        return;
                    }
                    self.tell(Answer::Assets(Ok(Batch::anew())));
                }
                let archive = self.archive.as_ref();
                let keeper = archive.map(|it| it.keep(Place::Assets(container.clone()), None));
                let all = Rest::all(keeper, true);
                self.park_assets(container, &all);
                follow(ask, &all, tell).await;
            }
            AssetScope::Segment(container, segment) => {
                let found = Mutex::new(Vec::new());
                let archive = self.archive.as_ref();
                let end = follow(ask, &Rest::all(None, false), |batch| {
                    if let (Some(_), Ok(batch)) = (archive, &batch) {
                        let more = batch.entries.iter().map(Cow::into_owned);
                        lock(&found).extend(more);
                    }
                    self.tell(Answer::Assets(batch));
                })
                .await;
                if let (Some(archive), End::Whole) = (archive, end) {
                    let found = lock(&found);
                    archive.keep_marks(container, std::slice::from_ref(segment), &found);
                }
            }
        }
    }

    /// What is left of a listing that was stopped there.
    fn assets_left(&self, container: &ContainerId, from: &Cursor) -> Option<Slot<Asset>> {
        let at = (self.account.clone(), container.clone());
        let slot = lock(&self.parked.assets).remove(&at)?;
        let rest = Rest::goes_on(&slot, from)?;
        self.park_assets(container, &rest);
        Some(rest)
    }

    fn park_assets(&self, container: &ContainerId, rest: &Slot<Asset>) {
        let at = (self.account.clone(), container.clone());
        lock(&self.parked.assets).insert(at, Arc::clone(rest));
    }
}
