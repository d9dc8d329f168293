//! What an account may be used for: anything, only after its name was given, or only to look.
//!
//! Held here, below the screen and the commands, so that neither can forget it: what changes something
//! is refused before the adapter hears of it. What the service itself allows or refuses, and where
//! something was changed, is told from here as well, whoever asked for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;

use super::{
    ApiError, ApiErrorKind, Delivery, Download, KeptPause, Metadata, Operations, PauseTold,
    Provider, ProviderSpec, Sighting, Sought, UploadRequest, UploadWatch, Waits,
};
use crate::domain::{
    AccountName, Answered, Asset, AssetScope, Container, ContainerId, Cursor, Entry, Page, Right,
    Segment, SegmentId, SegmentTexts,
};

/// How far an account is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    #[default]
    Open,
    /// Changes want the account's name first.
    Protected,
    /// Nothing is ever changed: the settings say so.
    ReadOnly,
    /// Nothing is changed this time: the command line says so, and says nothing of what was agreed to
    /// in other processes.
    Looking,
}

impl Guard {
    /// Why nothing can be changed here at all, for after "…: "; `None` where it can, perhaps after
    /// the name.
    pub const fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Open | Self::Protected => None,
            Self::ReadOnly => Some("this account is read_only in the settings"),
            Self::Looking => Some("--read-only was given, so nothing is changed"),
        }
    }

    /// A word for lists and the header; empty where nothing is special.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "",
            Self::Protected => "protected",
            Self::ReadOnly | Self::Looking => "read-only",
        }
    }
}

/// Whether the user has given the name of a protected account in this session.
#[derive(Debug, Clone, Default)]
pub struct Consent(Arc<AtomicBool>);

impl Consent {
    /// The name was given.
    pub fn give(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn given(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Told what a service allowed or refused, and where something was changed.
pub trait Witness: Send + Sync + std::fmt::Debug {
    fn answered(&self, right: Right, answered: Answered);

    /// Something was sent there, changed or deleted, or may have been: what was known of it does not hold.
    fn changed(&self, scope: &AssetScope);
}

/// A change that is under way: told when it ends, also when nobody waits for its end.
struct Changing<'a>(&'a dyn Witness, &'a AssetScope);

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.0.changed(self.1);
    }
}

/// A provider whose changes are held back as its account's guard says, and whose service's word on
/// what the key may do is told.
#[derive(Debug)]
pub struct Guarded {
    inner: Arc<dyn Provider>,
    account: AccountName,
    guard: Guard,
    consent: Consent,
    witness: Arc<dyn Witness>,
}

impl Guarded {
    pub fn new(
        inner: Arc<dyn Provider>,
        account: AccountName,
        guard: Guard,
        consent: Consent,
        witness: Arc<dyn Witness>,
    ) -> Self {
        Self {
            inner,
            account,
            guard,
            consent,
            witness,
        }
    }

    /// Tells what the service said of a right, if it said anything of it: a wrong name or a broken
    /// line says nothing.
    fn told<T>(&self, right: Right, result: Result<T, ApiError>) -> Result<T, ApiError> {
        match &result {
            Ok(_) => self.witness.answered(right, Answered::Allowed),
            Err(error) if error.delivery == Delivery::Answered => {
                if let ApiErrorKind::Forbidden { missing } = &error.kind {
                    let missing = missing.clone();
                    self.witness.answered(right, Answered::Refused(missing));
                }
            }
            Err(_) => {}
        }
        result
    }

    /// Another handle to the same account, behind this guard.
    fn around(&self, inner: Arc<dyn Provider>, guard: Guard) -> Arc<dyn Provider> {
        Arc::new(Self {
            inner,
            account: self.account.clone(),
            guard,
            consent: self.consent.clone(),
            witness: Arc::clone(&self.witness),
        })
    }

    fn may(&self, operation: &'static str) -> Result<(), ApiError> {
        let refuse = |why: String| Err(ApiError::new(operation, ApiErrorKind::Guarded, why));
        match self.guard.refusal() {
            Some(why) => refuse(why.to_owned()),
            None if self.guard == Guard::Protected && !self.consent.given() => refuse(format!(
                "{} is protected, and its name was not given",
                self.account.as_str()
            )),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Provider for Guarded {
    fn spec(&self) -> &'static ProviderSpec {
        self.inner.spec()
    }

    async fn check(&self) -> Result<(), ApiError> {
        self.inner.check().await
    }

    async fn first_containers(&self) -> Result<Option<Vec<Container>>, ApiError> {
        self.told(Right::List, self.inner.first_containers().await)
    }

    async fn containers(&self, cursor: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        self.told(Right::List, self.inner.containers(cursor).await)
    }

    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError> {
        self.inner.container(id).await
    }

    async fn segments(
        &self,
        container: &ContainerId,
        cursor: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        self.told(Right::List, self.inner.segments(container, cursor).await)
    }

    async fn segment_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        self.inner.segment_texts(container, since).await
    }

    async fn assets(
        &self,
        scope: &AssetScope,
        cursor: Option<Cursor>,
    ) -> Result<Page<Asset>, ApiError> {
        self.told(Right::List, self.inner.assets(scope, cursor).await)
    }

    async fn assets_of_segments(
        &self,
        container: &ContainerId,
        segments: &[SegmentId],
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        self.told(
            Right::List,
            self.inner.assets_of_segments(container, segments).await,
        )
    }

    async fn uses(&self) -> Result<Vec<String>, ApiError> {
        self.inner.uses().await
    }

    async fn use_texts(&self, id: &str) -> Result<Vec<String>, ApiError> {
        self.inner.use_texts(id).await
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        self.may("upload the file")?;
        let _told = Changing(&*self.witness, &request.scope);
        self.told(Right::Upload, self.inner.upload(request, watch).await)
    }

    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        self.inner.find_uploads(sought).await
    }

    async fn update(&self, asset: &Asset, change: &Metadata) -> Result<Asset, ApiError> {
        self.may("change the asset")?;
        let _told = Changing(&*self.witness, &asset.scope);
        self.told(Right::Change, self.inner.update(asset, change).await)
    }

    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        self.may("delete the asset")?;
        let _told = Changing(&*self.witness, &asset.scope);
        self.told(Right::Delete, self.inner.delete(asset).await)
    }

    async fn download(&self, asset: &Asset) -> Result<Download, ApiError> {
        self.told(Right::Save, self.inner.download(asset).await)
    }

    fn agreed(&self) -> Option<Arc<dyn Provider>> {
        // The settings hold for every process. What the service says of the key is heard all the same.
        let open = || self.around(Arc::clone(&self.inner), Guard::Open);
        (self.guard != Guard::ReadOnly).then(open)
    }

    fn paced(&self, waits: Waits) -> Option<Arc<dyn Provider>> {
        let inner = self.inner.paced(waits)?;
        Some(self.around(inner, self.guard))
    }

    fn keep_pause(&self, pause: Option<KeptPause>, told: PauseTold) {
        self.inner.keep_pause(pause, told);
    }

    fn keep_operations(&self, kept: Arc<dyn Operations>) {
        self.inner.keep_operations(kept);
    }

    async fn sign_out(&self) {
        self.inner.sign_out().await;
    }
}
