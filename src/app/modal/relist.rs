//! Looking again at what a sheet is about: nothing is changed or deleted by a stale view.

use crate::api::ApiError;
use crate::app::State;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::{Answer, Msg};
use crate::domain::{AccountName, Asset, AssetScope};

/// Assets of one scope, as they were seen and as they are listed now.
#[derive(Debug)]
pub struct Relist {
    pub account: AccountName,
    pub scope: AssetScope,
    /// As the user saw them.
    pub seen: Vec<Asset>,
    /// As the service lists them now, in the same order; `None` while that is not known, or gone.
    pub now: Vec<Option<Asset>>,
    pub error: Option<ApiError>,
    pending: Option<RequestId>,
}

impl Relist {
    /// Asks again for the scope that all of these live in; `None` when there are none.
    pub fn new(
        state: &mut State,
        account: AccountName,
        seen: Vec<Asset>,
    ) -> Option<(Self, Effect)> {
        let scope = seen.first()?.scope.clone();
        let id = state.request_for_modal();
        let effect = Effect::Load {
            id,
            account: account.clone(),
            what: Load::Assets(scope.clone(), None),
            patient: false,
            recall: false,
        };
        let now = seen.iter().map(|_| None).collect();
        let relist = Self {
            account,
            scope,
            seen,
            now,
            error: None,
            pending: Some(id),
        };
        Some((relist, effect))
    }

    pub const fn waiting(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes an answer; says whether it was the last page of the awaited one.
    pub fn take(&mut self, msg: &Msg) -> bool {
        let Msg::Loaded { id, answer } = msg else {
            return false;
        };
        if self.pending != Some(*id) {
            return false;
        }
        match answer {
            Answer::Assets(Ok(page)) => {
                for asset in page.entries.read() {
                    if let Some(at) = self.seen.iter().position(|it| it.key == asset.key) {
                        self.now[at] = Some(asset.into_owned());
                    }
                }
                if page.more {
                    return false;
                }
            }
            Answer::Assets(Err(error)) => self.error = Some(error.clone()),
            _ => {}
        }
        self.pending = None;
        true
    }

    /// Another file, or other texts, than the user saw.
    pub fn changed(&self, at: usize) -> bool {
        match (self.seen.get(at), self.now.get(at)) {
            (Some(seen), Some(Some(now))) => {
                seen.size != now.size || seen.modified != now.modified || seen.name != now.name
            }
            _ => false,
        }
    }

    pub fn leave(&mut self, state: &mut State) -> Vec<Effect> {
        state.forget(self.pending.take()).into_iter().collect()
    }
}
