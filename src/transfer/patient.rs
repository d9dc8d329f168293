//! Calls that only read, made again when they fail for a while only. For what is asked before anything
//! is queued: it would end a command or a plan, where a job of the queue waits and goes on.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::retry::{self, TRIES, Verdict};
use crate::api::{
    ApiError, ApiErrorKind, Delivery, Download, Metadata, Provider, ProviderSpec, Sighting, Sought,
    UploadRequest, UploadWatch,
};
use crate::domain::{
    Asset, AssetScope, Container, ContainerId, Cursor, Entry, Page, Segment, SegmentId,
    SegmentTexts, time_words,
};

/// A wait before a call is made again.
#[derive(Debug, Clone, Copy)]
pub struct Pause<'a> {
    /// Why the last try failed.
    pub why: &'a ApiError,
    pub after: Duration,
    /// The try that comes next; the first one was 1.
    pub attempt: u32,
}

impl fmt::Display for Pause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.after.as_secs_f64().ceil();
        let wait = time_words(Duration::from_secs_f64(seconds));
        let asked = match self.why.kind {
            ApiErrorKind::RateLimited { after: Some(_) } => ", as the service asks",
            _ => "",
        };
        let (attempt, why) = (self.attempt, self.why);
        write!(
            f,
            "{why}; waiting for {wait}{asked}, then try {attempt} of {TRIES}"
        )
    }
}

/// Told of each wait when it begins.
type Tell = Box<dyn Fn(Pause<'_>) + Send + Sync>;

/// A provider whose reading calls wait and are made again, as [`retry::decide`] says. Its other calls
/// are as they were: the engine repeats them by itself, or nobody may.
pub struct Patient {
    inner: Arc<dyn Provider>,
    tell: Tell,
    /// The service has answered as it should.
    reached: AtomicBool,
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

impl Patient {
    /// Tells of each wait when it begins.
    pub fn new(inner: Arc<dyn Provider>, tell: impl Fn(Pause<'_>) + Send + Sync + 'static) -> Self {
        Self {
            inner,
            tell: Box::new(tell),
            reached: AtomicBool::new(false),
        }
    }

    /// The same of a service that has answered before.
    #[must_use]
    pub fn reached(self) -> Self {
        self.reached.store(true, Ordering::Relaxed);
        self
    }

    /// The provider itself, for the engine, which has a patience of its own.
    pub fn provider(&self) -> Arc<dyn Provider> {
        Arc::clone(&self.inner)
    }

    async fn again<T, F>(&self, mut call: impl FnMut() -> F + Send) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, ApiError>> + Send,
    {
        let first = Instant::now();
        let mut attempt = 1;
        loop {
            let error = match call().await {
                Ok(read) => {
                    self.reached.store(true, Ordering::Relaxed);
                    return Ok(read);
                }
                Err(error) => error,
            };
            // Where nothing ever got through, the address or the network is wrong rather than busy:
            // that is said at once.
            let pauses = matches!(error.kind, ApiErrorKind::RateLimited { .. });
            let alone = error.delivery == Delivery::NotSent && !pauses;
            let lost = alone && !self.reached.load(Ordering::Relaxed);
            let verdict = retry::decide(&error, attempt, first.elapsed(), retry::jitter());
            let Verdict::Again { after, .. } = verdict else {
                return Err(error);
            };
            if lost {
                return Err(error);
            }
            attempt += 1;
            (self.tell)(Pause {
                why: &error,
                after,
                attempt,
            });
            tokio::time::sleep(after).await;
        }
    }
}

#[async_trait]
impl Provider for Patient {
    fn spec(&self) -> &'static ProviderSpec {
        self.inner.spec()
    }

    async fn check(&self) -> Result<(), ApiError> {
        self.again(|| self.inner.check()).await
    }

    async fn first_containers(&self) -> Result<Option<Vec<Container>>, ApiError> {
        self.again(|| self.inner.first_containers()).await
    }

    async fn containers(&self, cursor: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        self.again(|| self.inner.containers(cursor.clone())).await
    }

    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError> {
        self.again(|| self.inner.container(id)).await
    }

    async fn segments(
        &self,
        container: &ContainerId,
        cursor: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        self.again(|| self.inner.segments(container, cursor.clone()))
            .await
    }

    async fn segment_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        self.again(|| self.inner.segment_texts(container, since))
            .await
    }

    async fn assets(
        &self,
        scope: &AssetScope,
        cursor: Option<Cursor>,
    ) -> Result<Page<Asset>, ApiError> {
        self.again(|| self.inner.assets(scope, cursor.clone()))
            .await
    }

    async fn assets_of_segments(
        &self,
        container: &ContainerId,
        segments: &[SegmentId],
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        self.again(|| self.inner.assets_of_segments(container, segments))
            .await
    }

    async fn uses(&self) -> Result<Vec<String>, ApiError> {
        self.again(|| self.inner.uses()).await
    }

    async fn use_texts(&self, id: &str) -> Result<Vec<String>, ApiError> {
        self.again(|| self.inner.use_texts(id)).await
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        self.inner.upload(request, watch).await
    }

    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        self.inner.find_uploads(sought).await
    }

    async fn update(&self, asset: &Asset, change: &Metadata) -> Result<Asset, ApiError> {
        self.inner.update(asset, change).await
    }

    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        self.inner.delete(asset).await
    }

    async fn download(&self, asset: &Asset) -> Result<Download, ApiError> {
        self.inner.download(asset).await
    }

    async fn sign_out(&self) {
        self.inner.sign_out().await;
    }
}
