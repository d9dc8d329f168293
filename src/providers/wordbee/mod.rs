//! Wordbee Flex: documents, their segments, and the assets of a segment per locale and folder.
//!
//! Every call but signing in carries `X-Auth-Token` and `X-Auth-AccountId`, and goes to the configured
//! host only: addresses that the service shows (`downloadUrl`) are shown, never fetched.

mod assets;
mod auth;
mod delete;
mod documents;
mod extraction;
mod places;
mod pull;
mod reply;
mod segments;
mod spec;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use async_trait::async_trait;
use serde_json::json;

use crate::api::http::{Answer, Call, Http, HttpOptions, Method, Patience, Streaming};
use crate::api::{
    AccountSettings, ApiError, ApiErrorKind, ConnectError, Download, KeptPause, Operations,
    Passage, PauseTold, Provider, ProviderSpec, Sighting, Sought, Toll, UploadRequest, UploadWatch,
    Waits,
};
use crate::domain::{
    Asset, AssetScope, Container, ContainerId, Cursor, Entry, Page, Secret, Segment, SegmentId,
    SegmentTexts,
};

use auth::{Session, Turn};
use places::Places;
use segments::Pace;
pub(super) use spec::SPEC;
use wire::DocumentIds;

/// Connects an account. Makes no call.
pub(super) fn connect(
    settings: &AccountSettings,
    key: Secret,
    toll: Option<Arc<dyn Toll>>,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let mut adapter = Adapter::new(settings, key, Patience::default(), Pace::default())?;
    adapter.passage = toll.into();
    Ok(Arc::new(adapter))
}

/// A connection; its clones share it, and may be paced each in its way.
#[derive(Debug, Clone)]
struct Adapter {
    http: Arc<Http>,
    session: Arc<Session>,
    pace: Pace,
    /// Signed calls count against the allowance, signing in and out does not.
    passage: Passage,
    /// What was learnt of documents; ids do not change.
    documents: Arc<Mutex<HashMap<ContainerId, DocumentIds>>>,
    places: Arc<Places>,
    /// Where extractions are kept that run; empty where nothing outlives the program.
    operations: Arc<OnceLock<Arc<dyn Operations>>>,
}

impl Adapter {
    fn new(
        settings: &AccountSettings,
        key: Secret,
        patience: Patience,
        pace: Pace,
    ) -> Result<Self, ConnectError> {
        let base_url = super::base_url(settings).unwrap_or_default();
        let http = Http::new(
            &base_url,
            HttpOptions {
                credentials: Vec::new(),
                read_error: reply::read_error,
                patience,
                network: Arc::clone(&settings.network),
            },
        )
        .map_err(|error| ConnectError::Settings(error.message))?;
        let account = settings.account_id.clone().unwrap_or_default();
        let account = Secret::new(account)
            .ok()
            .filter(|account| account.reveal().is_ascii())
            .ok_or_else(|| {
                ConnectError::Settings("account_id is missing or holds an odd character".into())
            })?;
        Ok(Self {
            http: Arc::new(http),
            session: Arc::new(Session::new(account, key, pace.idle)),
            pace,
            passage: Passage::default(),
            documents: Arc::default(),
            places: Arc::default(),
            operations: Arc::default(),
        })
    }

    /// A call of this account, not signed yet.
    fn call(&self, operation: &'static str, method: Method, parts: &[&str]) -> Call<'_> {
        self.http.call(operation, method, parts)
    }

    /// A call about the assets of one segment.
    fn asset_call(
        &self,
        operation: &'static str,
        method: Method,
        container: &ContainerId,
        segment: &SegmentId,
    ) -> Call<'_> {
        self.call(
            operation,
            method,
            &[
                "api",
                "apps",
                "wbflex",
                "documents",
                container.as_str(),
                "assets",
                segment.as_str(),
            ],
        )
    }

    /// Signs and sends; once more if the token had lapsed.
    async fn answer<'a>(
        &'a self,
        make: impl Fn() -> Call<'a> + Send + Sync,
    ) -> Result<Answer, ApiError> {
        let mut turn = Turn::default();
        loop {
            // First: a token may lapse while its turn is waited for.
            self.passage.pass().await;
            let token = self.session.token_for(&self.http, &mut turn).await?;
            let outcome = self.session.sign(make(), &token).answer().await;
            if let Some(done) = self.session.judge(&mut turn, token, outcome).await {
                return done;
            }
        }
    }

    /// The same for a body that is read as it comes.
    async fn stream<'a>(
        &'a self,
        make: impl Fn() -> Call<'a> + Send + Sync,
    ) -> Result<Streaming, ApiError> {
        let mut turn = Turn::default();
        loop {
            // First: a token may lapse while its turn is waited for.
            self.passage.pass().await;
            let token = self.session.token_for(&self.http, &mut turn).await?;
            let outcome = self.session.sign(make(), &token).stream().await;
            if let Some(done) = self.session.judge(&mut turn, token, outcome).await {
                return done;
            }
        }
    }
}

/// The segment of a scope: assets live nowhere else here.
fn of_segment<'a>(
    operation: &'static str,
    scope: &'a AssetScope,
) -> Result<(&'a ContainerId, &'a SegmentId), ApiError> {
    match scope {
        AssetScope::Segment(container, segment) => Ok((container, segment)),
        AssetScope::Container(_) => Err(ApiError::new(
            operation,
            ApiErrorKind::Unsupported,
            "assets belong to a segment here; name one, like ACCOUNT:DOCUMENT/SEGMENT",
        )),
    }
}

#[async_trait]
impl Provider for Adapter {
    fn spec(&self) -> &'static ProviderSpec {
        &SPEC
    }

    async fn check(&self) -> Result<(), ApiError> {
        let parts = ["api", "apps", "wbflex", "list"];
        let answer = self
            .answer(|| {
                self.call("check the key", Method::POST, &parts)
                    .json(&json!({ "take": 1 }))
            })
            .await?;
        match wire::object(&answer)?.get("rows") {
            Some(_) => Ok(()),
            None => Err(answer.broken("its answer lacks `rows`")),
        }
    }

    async fn containers(&self, cursor: Option<Cursor>) -> Result<Page<Container>, ApiError> {
        self.list_documents(cursor.as_ref()).await
    }

    async fn container(&self, id: &ContainerId) -> Result<Container, ApiError> {
        let parts = ["api", "apps", "wbflex", "documents", id.as_str()];
        let (container, _) = self.document("read the document", id, &parts).await?;
        Ok(container)
    }

    async fn segments(
        &self,
        container: &ContainerId,
        cursor: Option<Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        self.search(container, cursor.as_ref()).await
    }

    async fn segment_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        self.pull_texts(container, since).await
    }

    async fn assets(
        &self,
        scope: &AssetScope,
        _cursor: Option<Cursor>,
    ) -> Result<Page<Asset>, ApiError> {
        let operation = "list assets";
        let (container, segment) = of_segment(operation, scope)?;
        let entries = self.list_segment(operation, container, segment).await?;
        Ok(Page::whole(entries))
    }

    async fn assets_of_segments(
        &self,
        container: &ContainerId,
        segments: &[SegmentId],
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        let mut entries = self.list_segments(container, segments).await?;
        // The marks of a long document, kept as long as it is open.
        Entry::pack(&mut entries);
        Ok(entries)
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        self.send(request, watch).await
    }

    async fn find_uploads(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        self.find_listed(sought).await
    }

    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        self.delete_one(asset).await
    }

    fn keep_pause(&self, pause: Option<KeptPause>, told: PauseTold) {
        self.http.keep_pause(pause, told);
    }

    fn keep_operations(&self, kept: Arc<dyn Operations>) {
        // Once, when it was connected.
        let _ = self.operations.set(kept);
    }

    async fn download(&self, asset: &Asset) -> Result<Download, ApiError> {
        let operation = "download the asset";
        let (container, segment) = of_segment(operation, &asset.scope)?;
        let folder = asset.folder.to_string();
        let stream = self
            .stream(|| {
                // Answers may be cached for 30 days, and the address carries no version.
                let call = self
                    .asset_call(operation, Method::GET, container, segment)
                    .query("filename", &asset.name)
                    .query("relativePath", &folder)
                    .header("cache-control", "no-cache");
                match &asset.locale {
                    Some(locale) => call.query("locale", locale.as_str()),
                    None => call,
                }
            })
            .await?;
        super::not_a_page(asset, stream).map(Streaming::into_download)
    }

    fn paced(&self, waits: Waits) -> Option<Arc<dyn Provider>> {
        Some(Arc::new(Self {
            passage: self.passage.paced(waits)?,
            ..self.clone()
        }))
    }

    async fn sign_out(&self) {
        self.session.sign_out(&self.http).await;
    }
}
