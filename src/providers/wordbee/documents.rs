//! Documents: their list, and what the other calls need to know of one.

use std::sync::PoisonError;

use serde_json::json;

use super::Adapter;
use super::wire::{self, DocumentIds};
use crate::api::http::Method;
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{Container, ContainerId, Cursor, Entry, Page};
use crate::providers::fields::unreadable;

/// Documents asked for at a time: the documented maximum.
const TAKE: u64 = 500;
impl Adapter {
    pub(super) async fn list_documents(
        &self,
        cursor: Option<&Cursor>,
    ) -> Result<Page<Container>, ApiError> {
        let operation = "list documents";
        let skip: u64 = match cursor {
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
    pub(super) async fn ids(
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
    pub(super) async fn fresh_ids(
        &self,
        operation: &'static str,
        id: &ContainerId,
    ) -> Result<DocumentIds, ApiError> {
        let parts = ["api", "apps", "wbflex", "documents", id.as_str(), "short"];
        let (_, ids) = self.document(operation, id, &parts).await?;
        Ok(ids)
    }

    pub(super) async fn document(
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
}
