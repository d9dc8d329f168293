//! Segments of a document: their ids, from the search.

use std::time::Duration;

use serde_json::{Value, json};

use super::Adapter;
use super::wire::{self, DocumentIds};
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{ContainerId, Cursor, Entry, Page, Segment, Shelf};
use crate::providers::fields::id_json;

/// Rows asked for at a time. The ceiling is not known, so steps go by the rows received.
const TAKE: u64 = 500;

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
}

/// The narrowest scope that is known: the document's resource, else its project.
fn scope(ids: &DocumentIds) -> Option<Value> {
    if let Some(dsid) = &ids.dsid {
        return Some(json!({ "type": "DocumentSet", "dsid": id_json(dsid) }));
    }
    let pid = ids.pid.as_ref()?;
    Some(json!({ "type": "Project", "projectid": id_json(pid) }))
}
