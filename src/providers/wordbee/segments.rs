//! Segments of a document: their ids from the search, their keys and texts from an extraction.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Adapter;
use super::pull::Segments;
use super::wire::{self, DocumentIds};
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{
    ContainerId, Cursor, Entry, Gathering, Page, Segment, SegmentText, SegmentTexts, Shelf,
};
use crate::providers::fields::{Fields, id_json};

/// Rows asked for at a time. The ceiling is not known, so steps go by the rows received.
const TAKE: u64 = 500;
/// Largest extraction, in bytes.
const MAX_PULL: u64 = 256 * 1024 * 1024;
const TEXTS: &str = "read segment texts";

/// When to ask the service again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Between two questions. Asking more often than every 5 s may get the API switched off.
    pub poll: Duration,
    /// In all.
    pub cap: Duration,
    /// After this time without a call a token is renewed beforehand: the service drops it after 30
    /// minutes.
    pub idle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(5),
            cap: Duration::from_mins(10),
            idle: Duration::from_mins(25),
        }
    }
}

/// Where a page of segments starts: after so many rows, of which the page before began with this id.
struct Place {
    skip: u64,
    first: String,
}

impl Place {
    fn read(cursor: Option<&Cursor>) -> Option<Self> {
        let Some(cursor) = cursor else {
            return Some(Self {
                skip: 0,
                first: String::new(),
            });
        };
        let (skip, first) = cursor.0.split_once(':')?;
        Some(Self {
            skip: skip.parse().ok()?,
            first: first.to_owned(),
        })
    }
}

impl Adapter {
    pub(super) async fn search(
        &self,
        container: &ContainerId,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Segment>, ApiError> {
        let operation = "list segments";
        let invalid = |message: &str| ApiError::new(operation, ApiErrorKind::Invalid, message);
        let place = Place::read(cursor).ok_or_else(|| invalid("this is no place in the list"))?;
        let ids = self.ids(operation, container).await?;
        let body = json!({
            "scope": scope(&ids).ok_or_else(|| {
                invalid("the service tells neither the document's resource nor its project")
            })?,
            "query": { "documents": [{ "did": id_json(ids.did.as_deref().unwrap_or(container.as_str())) }] },
            "skip": place.skip,
            "take": TAKE,
        });
        let answer = self
            .answer(|| {
                self.call(
                    operation,
                    Method::POST,
                    &["api", "resources", "segments", "search"],
                )
                .json(&body)
            })
            .await?;
        let fields = wire::object(&answer)?;
        // Rows sit under `result`, as the single-segment call shows it.
        let inner = fields.object("result").unwrap_or(fields);
        let rows = inner
            .get("rows")
            .ok_or_else(|| answer.broken("its answer lacks `rows`"))?;
        let rows = answer.entries(rows)?;
        let total = inner.count("total");
        let mut entries: Shelf<_> = rows.iter().map(|row| wire::segment_row(row)).collect();
        entries.close();
        let first = entries.get(0);
        let first = first.as_deref().and_then(Entry::read);
        let first = first.map_or_else(String::new, |it| it.id.as_str().to_owned());
        if place.skip > 0 && !first.is_empty() && first == place.first {
            let mut error = answer.broken("its pages go in circles: it gave the same rows twice");
            error.kind = ApiErrorKind::Limit;
            return Err(error);
        }
        let reached = place.skip + rows.len() as u64;
        let more = !rows.is_empty() && total.is_none_or(|total| reached < total);
        Ok(Page {
            entries,
            next: more.then(|| Cursor(format!("{reached}:{first}"))),
            total,
        })
    }

    pub(super) async fn pull_texts(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<SegmentTexts, ApiError> {
        let ids = self.ids(TEXTS, container).await?;
        let source = ids.source.as_ref().map(|locale| locale.as_str().to_owned());
        let token = self.extraction(container, since).await?;
        let mut stream = self
            .stream(|| self.call(TEXTS, Method::GET, &["api", "media", "get", &token]))
            .await?;
        let mut texts = Gathering::default();
        let mut reader = Segments::default();
        let mut size = 0;
        while let Some(bytes) = stream.chunk().await? {
            size += bytes.len() as u64;
            if size > MAX_PULL {
                return Err(
                    stream.too_large(format!("the extraction has more than {MAX_PULL} bytes"))
                );
            }
            reader
                .push(&bytes, &mut |entry| {
                    if let Some(text) = segment_text(entry, source.as_deref()) {
                        texts.push(text);
                    }
                })
                .map_err(|why| stream.broken(why.sentence()))?;
        }
        reader
            .finish()
            .map_err(|why| stream.broken(why.sentence()))?;
        Ok(texts.end())
    }

    /// Starts an extraction, of what changed since where that is given, and waits for it; answers the
    /// token of the file. Dropping the future stops the waiting.
    async fn extraction(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> Result<String, ApiError> {
        let body = match since {
            Some(since) => json!({ "dtchange": { "min": since } }),
            None => json!({}),
        };
        // Waiting for a turn is not the service's doing.
        let mut waited = Duration::ZERO;
        let pull = [
            "api",
            "apps",
            "wbflex",
            "documents",
            container.as_str(),
            "contents",
            "pull",
        ];
        let mut answer = self
            .answer(|| self.call(TEXTS, Method::POST, &pull).json(&body))
            .await?;
        let mut request: Option<String> = None;
        loop {
            let fields = wire::object(&answer)?;
            let operation = fields
                .object("trm")
                .ok_or_else(|| answer.broken("its answer lacks `trm`"))?;
            // Only the status decides: the id of a finished operation may or may not be 0.
            match operation.text("status").as_deref() {
                Some("Finished") => {
                    return fields
                        .object("custom")
                        .and_then(|custom| custom.full_text("filetoken"))
                        .ok_or_else(|| answer.broken("its answer lacks `custom.filetoken`"));
                }
                Some("Failed") => {
                    let why = operation
                        .full_text("statusInfo")
                        .or_else(|| operation.full_text("statusText"))
                        .unwrap_or_else(|| "no reason given".to_owned());
                    let mut error = answer.broken(format!("the extraction failed: {why}"));
                    error.kind = ApiErrorKind::Server;
                    return Err(error);
                }
                Some("Waiting" | "Executing") => {}
                _ => return Err(answer.broken("the extraction has a status that is unknown")),
            }
            request = operation
                .some_id("requestid")
                .filter(|id| id != "0")
                .or(request);
            let Some(id) = request.clone() else {
                return Err(answer.broken("the extraction runs, but has no number to ask for"));
            };
            waited += self.pace.poll;
            if waited > self.pace.cap {
                let mut error = answer.broken("the extraction takes too long; try again later");
                error.kind = ApiErrorKind::Limit;
                return Err(error);
            }
            tokio::time::sleep(self.pace.poll).await;
            answer = self
                .answer(|| {
                    self.call(TEXTS, Method::GET, &["api", "trm", "status"])
                        .query("requestid", &id)
                })
                .await?;
        }
    }
}

/// The narrowest scope that is known: the document's resource, else its project.
fn scope(ids: &DocumentIds) -> Option<Value> {
    if let Some(dsid) = &ids.dsid {
        return Some(json!({ "type": "DocumentSet", "dsid": id_json(dsid) }));
    }
    let pid = ids.pid.as_ref()?;
    Some(json!({ "type": "Project", "projectid": id_json(pid) }))
}

/// Key and source text of one extracted entry; nothing when it has no position.
fn segment_text(entry: &[u8], source: Option<&str>) -> Option<SegmentText> {
    #[derive(Deserialize)]
    struct Wrapped<'a>(#[serde(borrow)] &'a RawValue);
    let Wrapped(raw) = serde_json::from_slice(entry).ok()?;
    let fields = Fields::read(raw).ok()?;
    Some(SegmentText {
        position: fields.count("bsid")?,
        key: fields.full_text("key"),
        text: source.and_then(|source| fields.object("texts")?.object(source)?.text("v")),
    })
}
