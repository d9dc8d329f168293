//! The port: what any provider can do, in the product's words.

mod account;
pub mod body;
mod error;
mod guard;
pub mod http;
mod network;
mod operation;
mod pages;
mod scan;
mod spec;
mod toll;
mod upload;

pub use account::{
    AccountInfo, AccountSettings, ConnectError, Connected, Connector, KeyEntry, KeyReport,
    KeySource,
};
pub use error::{ApiError, ApiErrorKind, Delivery};
pub use guard::{Consent, Guard, Guarded, Witness};
pub use network::{Network, Proxy};
pub use operation::{Operation, Operations};
pub use pages::Pages;
pub use scan::scan;
#[cfg(test)]
pub(crate) use spec::BARE;
pub use spec::{
    AccountField, AssetColumn, Capabilities, Field, FieldSpec, Middle, Noun, ProviderSpec, Replace,
};
pub use toll::{Passage, Toll, Waits};
pub use upload::{
    FileStamp, Metadata, Receipt, Replaced, Sighting, Sought, Step, UploadRequest, UploadWatch,
};

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;

use crate::domain::{
    Asset, AssetScope, Container, ContainerId, Cursor, Entry, Page, Segment, SegmentId,
    SegmentTexts,
};

/// Bytes coming down, and how many the service announced.
pub struct Download {
    /// `None` when the service did not say; the file is then labelled unverified.
    pub size: Option<u64>,
    pub bytes: BoxStream<'static, Result<Bytes, ApiError>>,
}

/// Hears how long a service asks for a pause.
pub type PauseTold = Box<dyn Fn(Duration) + Send + Sync>;

/// A pause that a service asked another process for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPause {
    /// So long ago.
    pub ago: Duration,
    /// For so long still.
    pub left: Duration,
}

/// One connected account of one service. Every method is one question in domain words; the adapter
/// turns it into calls, renews its token, and reads answers leniently.
///
/// Dropping the returned future cancels the call.
#[async_trait]
pub trait Provider: Send + Sync + std::fmt::Debug {
    /// What this service calls things, and what it can do.
    fn spec(&self) -> &'static ProviderSpec;

    /// One cheap call that shows whether the key is accepted.
    async fn check(&self) -> Result<(), ApiError>;

    /// Some of the containers, at once, where all of them take long: without what only all of them tell.
    /// None where [`containers`](Self::containers) answers as soon, which then asks nothing twice.
    async fn first_containers(&self) -> Result<Option<Vec<Container>>, ApiError> {
        Ok(None)
    }

    /// One page of containers.
    async fn containers(&self, cursor: Option<Cursor>) -> Result<Page<Container>, ApiError>;

    /// One container with all that its service tells of it, its locales among that.
    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError>;

    /// One page of a container's segments, in their order, perhaps without key and text.
    async fn segments(
        &self,
        container: &ContainerId,
        cursor: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        let _ = (container, cursor);
        Err(ApiError::unsupported("list segments"))
    }

    /// Keys and texts of all of a container's segments, by position, or of those that changed since
    /// its [`modified`](Container::modified) was this. May take long.
    async fn segment_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        let _ = (container, since);
        Err(ApiError::unsupported("read segment texts"))
    }

    /// One page of the assets of a scope.
    async fn assets(
        &self,
        scope: &AssetScope,
        cursor: Option<Cursor>,
    ) -> Result<Page<Asset>, ApiError>;

    /// The assets of several segments of one container, in as many calls as it takes.
    async fn assets_of_segments(
        &self,
        container: &ContainerId,
        segments: &[SegmentId],
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        let _ = (container, segments);
        Err(ApiError::unsupported("list the assets of several segments"))
    }

    /// Sends one file and records it, telling the watch before each step. Does not look whether it
    /// is listed: the transfer engine confirms. An error's [`ApiError::in_doubt`] says whether the
    /// service may have recorded it all the same.
    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError>;

    /// Looks for what uploads left behind, in listings that begin now and as few of them as it
    /// takes: the asset that each request describes, by the receipt's storage key where there is
    /// one, else by name, locale, folder and size. Where a replaced asset stays beside the new one,
    /// it is never the one that is found. One answer for each, in their order.
    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>>;

    /// Changes an asset's texts; fields left `None` keep their value.
    async fn update(&self, asset: &Asset, change: &Metadata) -> Result<Asset, ApiError> {
        let _ = (asset, change);
        Err(ApiError::unsupported("change metadata"))
    }

    /// Deletes exactly this asset; fails when the service still lists it afterwards.
    async fn delete(&self, asset: &Asset) -> Result<(), ApiError>;

    /// Opens an asset for reading, from the configured host or, without any credential, from the
    /// address that the service shows.
    async fn download(&self, asset: &Asset) -> Result<Download, ApiError>;

    /// The same service for work that the user has agreed to in another process, behind the guard of
    /// that one. `None` where it is no other than this, or may not be had even so.
    fn agreed(&self) -> Option<Arc<dyn Provider>> {
        None
    }

    /// The same connection for work that can wait: its calls wait for what the service allows, less
    /// what they leave to others. `None` where nothing is counted.
    fn paced(&self, waits: Waits) -> Option<Arc<dyn Provider>> {
        let _ = waits;
        None
    }

    /// Keeps to a pause that the service asked another process for, and tells of each that it asks for from
    /// now on.
    fn keep_pause(&self, pause: Option<KeptPause>, told: PauseTold) {
        let _ = (pause, told);
    }

    /// Keeps there from now on what the service does by itself, and goes on with what others have begun.
    fn keep_operations(&self, kept: Arc<dyn Operations>) {
        drop(kept);
    }

    /// The ids of all things in which assets may be used, put away ones too; what they are called says
    /// [`Capabilities::used_in`].
    async fn uses(&self) -> Result<Vec<String>, ApiError> {
        Err(ApiError::unsupported("tell where assets are used"))
    }

    /// All texts of one of these: where it uses an asset, its address, id or name stands there.
    async fn use_texts(&self, id: &str) -> Result<Vec<String>, ApiError> {
        let _ = id;
        Err(ApiError::unsupported("tell where assets are used"))
    }

    /// Drops what the sign-in left at the service, if anything. Errors are of no use to anyone.
    async fn sign_out(&self) {}
}
