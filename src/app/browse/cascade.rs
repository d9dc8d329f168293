//! Asking for what the panes show: containers, segments, assets, marks.

use std::time::{Duration, Instant};

use super::{Account, Link, Opened, PlaceRow, places};
use crate::api::{ConnectError, KeyReport, KeySource, Middle};
use crate::app::State;
use crate::app::effect::{Effect, Load, RequestId};
use crate::app::msg::Batch;
use crate::app::remote::{Arrived, Remote};
use crate::domain::{AccountName, AssetScope, Container, ContainerId, Keeping};

/// How many containers stay opened behind the current one.
const KEPT: usize = 6;
/// Going back to a container asks again when what is shown is older than this.
const STALE: Duration = Duration::from_mins(1);

/// What an awaited answer is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Containers(AccountName),
    Container(AccountName, ContainerId),
    Segments(AccountName, ContainerId),
    Texts(AccountName, ContainerId),
    Assets(AccountName, AssetScope),
    Marks(AccountName, ContainerId),
    /// The change of one asset's texts; its name.
    Update(AccountName, AssetScope, String),
    /// The end of one asset; its name.
    Delete(AccountName, AssetScope, String),
    Picture,
    /// A modal waits for it.
    Modal,
}

impl State {
    pub(crate) fn rebuild_places(&mut self) {
        let rows = places::rows(&self.browse.accounts);
        self.browse.places.replace(rows);
    }

    /// The account under the cursor of the first pane.
    pub(crate) fn account_here(&self) -> Option<usize> {
        self.browse.places.current().map(PlaceRow::account)
    }

    /// An account has its key, or has none.
    pub(crate) fn on_connected(
        &mut self,
        name: &AccountName,
        result: &Result<KeyReport, ConnectError>,
        now: Instant,
    ) -> Vec<Effect> {
        let at = self
            .browse
            .accounts
            .iter()
            .position(|account| account.info.name == *name);
        let Some(at) = at else {
            return Vec::new();
        };
        let account = &mut self.browse.accounts[at];
        match result {
            Ok(report) => {
                account.link = Link::Ready(report.clone());
                let unlocked = matches!(report.source, KeySource::Store(Keeping::EncryptedFile, _));
                let mut effects = self.load_containers(at, now);
                effects.extend(self.reask_open(name, now));
                if unlocked {
                    effects.extend(self.knock());
                }
                effects
            }
            Err(error) => {
                // A refused new key leaves the account as it was, if that worked.
                if !account.ready() || account.wants_key() {
                    account.link = Link::Failed(error.clone());
                }
                self.rebuild_places();
                Vec::new()
            }
        }
    }

    /// One passphrase often opens several files: the accounts that wait for one are tried again.
    fn knock(&mut self) -> Vec<Effect> {
        let sealed =
            |account: &Account| matches!(&account.link, Link::Failed(ConnectError::Sealed { .. }));
        let accounts = self.browse.accounts.iter().enumerate();
        let waiting: Vec<usize> = accounts
            .filter(|(_, account)| sealed(account))
            .map(|(at, _)| at)
            .collect();
        waiting
            .into_iter()
            .flat_map(|at| self.connect(at))
            .collect()
    }

    /// A new key: what the open container could not show is asked again.
    fn reask_open(&mut self, name: &AccountName, now: Instant) -> Vec<Effect> {
        let failed = self.browse.open().is_some_and(|opened| {
            opened.account == *name
                && (opened.segments.remote.error().is_some()
                    || opened.assets.remote.error().is_some())
        });
        if failed {
            self.refresh_opened(false, now)
        } else {
            Vec::new()
        }
    }

    pub(crate) fn connect(&mut self, at: usize) -> Vec<Effect> {
        let Some(account) = self.browse.accounts.get_mut(at) else {
            return Vec::new();
        };
        account.link = Link::Connecting;
        let account = account.info.name.clone();
        self.rebuild_places();
        vec![Effect::Connect {
            account,
            entry: None,
        }]
    }

    pub(crate) fn load_containers(&mut self, at: usize, now: Instant) -> Vec<Effect> {
        let Some(name) = self.browse.accounts.get(at).map(|it| it.info.name.clone()) else {
            return Vec::new();
        };
        let id = self.request(Asked::Containers(name.clone()));
        let before = self.browse.accounts[at].ask(id, now);
        self.rebuild_places();
        self.load(before, id, name, Load::Containers)
    }

    /// Containers as they were kept from before.
    pub(crate) fn on_recalled(
        &mut self,
        account: &AccountName,
        batch: Batch<Container>,
        now: Instant,
    ) {
        if let Some(account) = self.browse.account_mut(account) {
            account.recall(Arrived::from(batch), now);
            self.rebuild_places();
        }
    }

    pub(super) fn load(
        &mut self,
        before: Option<RequestId>,
        id: RequestId,
        account: AccountName,
        what: Load,
    ) -> Vec<Effect> {
        let recall = self.lacks(&account, &what);
        let mut effects: Vec<Effect> = self.drop_request(before).into_iter().collect();
        effects.push(Effect::Load {
            id,
            account,
            what,
            patient: false,
            recall,
        });
        effects
    }

    /// Nothing of it is there to be shown meanwhile.
    fn lacks(&self, account: &AccountName, what: &Load) -> bool {
        let opened = |container| self.opened(account, container);
        match what {
            Load::Segments(container, ..) => {
                opened(container).is_some_and(|it| it.segments.list.is_empty())
            }
            Load::Assets(scope, _) => {
                opened(scope.container()).is_some_and(|it| it.assets.list.is_empty())
            }
            Load::Marks(..) => true,
            // What was kept of it came at the start.
            Load::Containers
            | Load::Container(_)
            | Load::SegmentTexts(..)
            | Load::Kept(..)
            | Load::Sweep(..)
            | Load::Digests(_)
            | Load::Contents(..)
            | Load::Uses
            | Load::Scan(_)
            | Load::Tree { .. } => false,
        }
    }

    /// Shows a container in panes 2 and 3.
    pub(crate) fn open_container(
        &mut self,
        account: usize,
        container: Container,
        now: Instant,
    ) -> Vec<Effect> {
        let Some((name, spec)) = self
            .browse
            .accounts
            .get(account)
            .map(|it| (it.info.name.clone(), it.info.spec))
        else {
            return Vec::new();
        };
        let known = self
            .browse
            .opened
            .iter()
            .position(|it| it.account == name && it.id == container.id);
        let mut effects = Vec::new();
        match known {
            Some(0) => {}
            Some(at) => {
                let opened = self.browse.opened.remove(at);
                self.browse.opened.insert(0, opened);
            }
            None => {
                let opened = Opened::new(name, spec, container);
                self.browse.opened.insert(0, opened);
                for gone in self
                    .browse
                    .opened
                    .split_off(KEPT.min(self.browse.opened.len()))
                {
                    effects.extend(self.drop_opened(&gone));
                }
            }
        }
        self.browse.details_top = 0;
        let Some(opened) = self.browse.open() else {
            return effects;
        };
        let remote = match opened.spec.middle {
            Middle::Segments => &opened.segments.remote,
            Middle::Types => &opened.assets.remote,
        };
        let fresh = match remote {
            Remote::Loading { .. } => true,
            Remote::Loaded(fetched) => !opened.stale && now.duration_since(fetched.at) < STALE,
            _ => false,
        };
        if !fresh {
            effects.extend(self.refresh_opened(false, now));
        }
        effects
    }

    /// Requests of a container that is not kept any more.
    fn drop_opened(&mut self, gone: &Opened) -> Vec<Effect> {
        let pending = [
            gone.container.pending(),
            gone.texts.pending(),
            gone.segments.remote.pending(),
            gone.assets.remote.pending(),
        ];
        let marks: Vec<RequestId> = gone.asking.keys().copied().collect();
        pending
            .into_iter()
            .flatten()
            .chain(marks)
            .filter_map(|id| self.drop_request(Some(id)))
            .collect()
    }

    /// Asks for everything of the open container again. `anew`: also for what its service says did not change.
    pub(crate) fn refresh_opened(&mut self, anew: bool, now: Instant) -> Vec<Effect> {
        let Some(opened) = self.browse.open_mut() else {
            return Vec::new();
        };
        opened.stale = false;
        let (account, id, middle) = (
            opened.account.clone(),
            opened.id.clone(),
            opened.spec.middle,
        );
        let locales = opened.spec.capabilities.locales;
        let mut effects = Vec::new();
        match middle {
            Middle::Segments => {
                opened.unlearn_all();
                let marks: Vec<RequestId> = opened.asking.drain().map(|(id, _)| id).collect();
                effects.extend(
                    marks
                        .into_iter()
                        .filter_map(|id| self.drop_request(Some(id)))
                        .collect::<Vec<_>>(),
                );
                effects.extend(self.load_segments(anew, now));
                if self.browse.open().is_some_and(|it| it.scope.is_some()) {
                    effects.extend(self.load_assets(now));
                }
            }
            Middle::Types => effects.extend(self.load_assets(now)),
        }
        if locales {
            if let Some(opened) = self.browse.open_mut() {
                let before = opened.container.pending();
                opened.container.give_up();
                effects.extend(self.drop_request(before));
            }
            effects.extend(self.ask_container_anew(&account, &id, now));
        }
        effects
    }

    /// Asks for a container's locales, unless they are known or on their way.
    pub(crate) fn ask_container(
        &mut self,
        account: &AccountName,
        id: &ContainerId,
        now: Instant,
    ) -> Vec<Effect> {
        let needed = self.opened(account, id).is_some_and(|opened| {
            opened.spec.capabilities.locales
                && opened.locales().is_none()
                && opened.container.pending().is_none()
        });
        if needed {
            self.ask_container_anew(account, id, now)
        } else {
            Vec::new()
        }
    }

    fn ask_container_anew(
        &mut self,
        account: &AccountName,
        id: &ContainerId,
        now: Instant,
    ) -> Vec<Effect> {
        let request = self.request(Asked::Container(account.clone(), id.clone()));
        let Some(opened) = self.opened_mut(account, id) else {
            return Vec::new();
        };
        let before = opened.container.ask(request, now);
        self.load(
            before,
            request,
            account.clone(),
            Load::Container(id.clone()),
        )
    }

    pub(crate) fn opened(&self, account: &AccountName, id: &ContainerId) -> Option<&Opened> {
        self.browse
            .opened
            .iter()
            .find(|it| it.account == *account && it.id == *id)
    }

    pub(crate) fn opened_mut(
        &mut self,
        account: &AccountName,
        id: &ContainerId,
    ) -> Option<&mut Opened> {
        self.browse
            .opened
            .iter_mut()
            .find(|it| it.account == *account && it.id == *id)
    }
}

impl super::Browse {
    /// Anything of the panes is on its way.
    pub fn loading(&self) -> bool {
        self.accounts
            .iter()
            .any(|it: &Account| it.link == Link::Connecting || it.containers.pending().is_some())
            || self.opened.iter().any(Opened::loading)
    }
}
