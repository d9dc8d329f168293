//! Wordbee Flex: documents, their segments, and the assets of a segment per locale and folder.
//!
//! Every call but signing in carries `X-Auth-Token` and `X-Auth-AccountId`, and goes to the configured
//! host only: addresses that the service shows (`downloadUrl`) are shown, never fetched.

mod auth;
mod delete;
mod pull;
mod segments;
mod spec;
#[cfg(test)]
mod tests;
mod upload;
mod wire;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::json;

use crate::api::http::{Answer, Call, Http, HttpOptions, Method, Patience, Streaming, encode};
use crate::api::{
    AccountSettings, ApiError, ApiErrorKind, ConnectError, Download, Provider, ProviderSpec,
    Receipt, UploadRequest, UploadWatch,
};
use crate::domain::{
    Asset, AssetScope, Container, ContainerId, Cursor, Entry, Page, Secret, Segment, SegmentId,
    SegmentText,
};
use crate::providers::fields::unreadable;

use auth::{Session, Turn};
use segments::Pace;
pub(super) use spec::SPEC;
use wire::DocumentIds;

/// Documents asked for at a time: the documented maximum.
const TAKE: u64 = 500;
/// Longest query of a list for several segments, in bytes: the usual default of a .NET service is
/// 2,048 for the whole.
const MAX_QUERY: usize = 1_800;

/// Connects an account. Makes no call.
pub(super) fn connect(
    settings: &AccountSettings,
    key: Secret,
) -> Result<Arc<dyn Provider>, ConnectError> {
    let adapter = Adapter::new(settings, key, Patience::default(), Pace::default())?;
    Ok(Arc::new(adapter))
}

#[derive(Debug)]
struct Adapter {
    http: Http,
    session: Session,
    pace: Pace,
    /// What was learnt of documents; ids do not change.
    documents: Mutex<HashMap<ContainerId, DocumentIds>>,
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
                read_error: wire::read_error,
                patience,
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
            http,
            session: Session::new(account, key),
            pace,
            documents: Mutex::default(),
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
            let token = self.session.token_for(&self.http, &mut turn).await?;
            let outcome = self.session.sign(make(), &token).stream().await;
            if let Some(done) = self.session.judge(&mut turn, token, outcome).await {
                return done;
            }
        }
    }

    fn known(&self, id: &ContainerId) -> DocumentIds {
        let documents = self
            .documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        documents.get(id).cloned().unwrap_or_default()
    }

    fn remember(&self, id: &ContainerId, ids: DocumentIds) {
        self.documents
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.clone(), ids);
    }

    /// Resource, project and languages of a document, asked for once.
    async fn ids(
        &self,
        operation: &'static str,
        id: &ContainerId,
    ) -> Result<DocumentIds, ApiError> {
        let known = self.known(id);
        if known.locales.is_empty() {
            self.fresh_ids(operation, id).await
        } else {
            Ok(known)
        }
    }

    /// The same, asked for now.
    async fn fresh_ids(
        &self,
        operation: &'static str,
        id: &ContainerId,
    ) -> Result<DocumentIds, ApiError> {
        let parts = ["api", "apps", "wbflex", "documents", id.as_str(), "short"];
        let (_, ids) = self.document(operation, id, &parts).await?;
        Ok(ids)
    }

    async fn document(
        &self,
        operation: &'static str,
        id: &ContainerId,
        parts: &[&str],
    ) -> Result<(Container, DocumentIds), ApiError> {
        let answer = self
            .answer(|| self.call(operation, Method::GET, parts))
            .await?;
        let (container, ids) = wire::document(&answer, id, &self.known(id))?;
        self.remember(id, ids.clone());
        Ok((container, ids))
    }

    /// What one segment holds now.
    async fn list_segment(
        &self,
        operation: &'static str,
        container: &ContainerId,
        segment: &SegmentId,
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        let parts = [
            "api",
            "apps",
            "wbflex",
            "documents",
            container.as_str(),
            "assets",
            segment.as_str(),
            "list",
        ];
        let answer = self
            .answer(|| self.call(operation, Method::GET, &parts))
            .await?;
        read_assets(&answer, container, std::slice::from_ref(segment))
    }

    /// The assets of a batch of segments in one call.
    async fn list_batch(
        &self,
        container: &ContainerId,
        batch: &[SegmentId],
    ) -> Result<Vec<Entry<Asset>>, ApiError> {
        let ids: Vec<&str> = batch.iter().map(SegmentId::as_str).collect();
        let ids = ids.join(",");
        let parts = [
            "api",
            "apps",
            "wbflex",
            "documents",
            container.as_str(),
            "assets",
            "list",
        ];
        let answer = self
            .answer(|| {
                self.call("list the assets of several segments", Method::GET, &parts)
                    .query("segmentIds", &ids)
            })
            .await?;
        read_assets(&answer, container, batch)
    }
}

fn read_assets(
    answer: &Answer,
    container: &ContainerId,
    asked: &[SegmentId],
) -> Result<Vec<Entry<Asset>>, ApiError> {
    Ok(answer
        .entries(answer.raw()?)?
        .into_iter()
        .map(|entry| {
            if answer.is_damaged(entry) {
                return Entry::Unreadable(unreadable(entry, "its text is not UTF-8"));
            }
            wire::asset(entry, container, asked).map_or_else(Entry::Unreadable, Entry::Read)
        })
        .collect())
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

/// Cuts ids into batches whose encoded query stays short. Ids named twice are asked for once.
fn batches(segments: &[SegmentId]) -> Vec<Vec<SegmentId>> {
    let mut seen = HashSet::new();
    let mut batches: Vec<Vec<SegmentId>> = Vec::new();
    let mut length = usize::MAX;
    for id in segments.iter().filter(|id| seen.insert(*id)) {
        // The comma between two ids travels as `%2C`.
        let own = encode(id.as_str()).len() + 3;
        if length.saturating_add(own) > MAX_QUERY {
            batches.push(Vec::new());
            length = "segmentIds=".len();
        }
        length += own;
        if let Some(batch) = batches.last_mut() {
            batch.push(id.clone());
        }
    }
    batches
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
        let operation = "list documents";
        let skip: u64 = match &cursor {
            None => 0,
            Some(cursor) => cursor.0.parse().map_err(|_| {
                ApiError::new(
                    operation,
                    ApiErrorKind::Invalid,
                    "this is no place in the list",
                )
            })?,
        };
        let parts = ["api", "apps", "wbflex", "list"];
        let answer = self
            .answer(|| {
                self.call(operation, Method::POST, &parts)
                    .json(&json!({ "take": TAKE, "skip": skip }))
            })
            .await?;
        let fields = wire::object(&answer)?;
        let rows = fields
            .get("rows")
            .ok_or_else(|| answer.broken("its answer lacks `rows`"))?;
        let rows = answer.entries(rows)?;
        let total = fields.count("total");
        let reached = skip + rows.len() as u64;
        let more = !rows.is_empty() && total.is_none_or(|total| reached < total);
        let entries = rows
            .into_iter()
            .map(|row| match wire::document_row(row) {
                _ if answer.is_damaged(row) => {
                    Entry::Unreadable(unreadable(row, "its text is not UTF-8"))
                }
                Ok((container, mut ids)) => {
                    let known = self.known(&container.id);
                    ids.dsid = ids.dsid.or(known.dsid);
                    ids.locales = known.locales;
                    self.remember(&container.id, ids);
                    Entry::Read(container)
                }
                Err(why) => Entry::Unreadable(why),
            })
            .collect();
        Ok(Page {
            entries,
            next: more.then(|| Cursor(reached.to_string())),
            total,
        })
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

    async fn segment_texts(&self, container: &ContainerId) -> Result<Vec<SegmentText>, ApiError> {
        self.pull_texts(container).await
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
        let mut found = Vec::new();
        let mut waiting = batches(segments);
        waiting.reverse();
        while let Some(batch) = waiting.pop() {
            match self.list_batch(container, &batch).await {
                Ok(assets) => found.extend(assets),
                // Perhaps only too long a query: no ceiling is documented.
                Err(error) if matches!(error.status, Some(400 | 404 | 414)) && batch.len() > 1 => {
                    if error.kind == ApiErrorKind::Unauthorized {
                        return Err(error);
                    }
                    let (first, second) = batch.split_at(batch.len() / 2);
                    waiting.push(second.to_vec());
                    waiting.push(first.to_vec());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn upload(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        self.send(request, watch).await
    }

    async fn find_upload(
        &self,
        request: &UploadRequest,
        _receipt: Option<&Receipt>,
    ) -> Result<Option<Asset>, ApiError> {
        let operation = "look for the upload";
        let (container, segment) = of_segment(operation, &request.scope)?;
        let listed = self.list_segment(operation, container, segment).await?;
        let found = listed
            .into_iter()
            .filter_map(Entry::into_read)
            .find(|asset| {
                asset.name == request.name.as_str()
                    && asset.locale == request.locale
                    && asset.folder == request.folder
                    && asset.size == Some(request.stamp.size)
            });
        Ok(found)
    }

    async fn delete(&self, asset: &Asset) -> Result<(), ApiError> {
        self.delete_one(asset).await
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

    async fn sign_out(&self) {
        self.session.sign_out(&self.http).await;
    }
}
