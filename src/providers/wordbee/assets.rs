//! Assets of one segment and of many. There is no call for those of a whole document.

use std::collections::HashSet;

use super::{Adapter, wire};
use crate::api::http::{Answer, Method, encode};
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::{Asset, ContainerId, Entry, SegmentId};
use crate::providers::fields::unreadable;

/// Longest query of a list for several segments, in bytes: the usual default of a .NET service is
/// 2,048 for the whole.
const MAX_QUERY: usize = 1_800;

impl Adapter {
    /// What one segment holds now.
    pub(super) async fn list_segment(
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

    pub(super) async fn list_segments(
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
