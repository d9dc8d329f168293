//! Assets of one segment and of many. There is no call for those of a whole document.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use tokio::time::Instant;

use super::{Adapter, of_segment, wire};
use crate::api::http::{Answer, Method, encode};
use crate::api::{ApiError, ApiErrorKind, Sighting, Sought, UploadRequest};
use crate::domain::{Asset, AssetScope, ContainerId, Entry, SegmentId};
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
        let asked = Instant::now();
        let answer = self
            .answer(|| self.call(operation, Method::GET, &parts))
            .await?;
        let entries = read_assets(&answer, container, std::slice::from_ref(segment))?;
        let scope = AssetScope::Segment(container.clone(), segment.clone());
        self.places.listed(&scope, asked, &entries);
        Ok(entries)
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
                // Perhaps only too long a query: no ceiling is documented, nor how it is refused.
                Err(error)
                    if matches!(error.status, Some(400 | 404 | 413 | 414 | 422 | 431))
                        && batch.len() > 1 =>
                {
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

impl Adapter {
    /// What uploads left behind. Segments of one document share calls; one that spoils them is told
    /// from the others by asking for each.
    pub(super) async fn find_listed(&self, sought: &[Sought]) -> Vec<Result<Sighting, ApiError>> {
        const OPERATION: &str = "look for the upload";
        let mut wanted: BTreeMap<&ContainerId, BTreeSet<&SegmentId>> = BTreeMap::new();
        for one in sought {
            if let Ok((container, segment)) = of_segment(OPERATION, &one.request.scope) {
                wanted.entry(container).or_default().insert(segment);
            }
        }
        let mut found: HashMap<AssetScope, Result<Listed, ApiError>> = HashMap::new();
        for (container, segments) in wanted {
            let scope = |id: &SegmentId| AssetScope::Segment(container.clone(), id.clone());
            if segments.len() > 1 {
                let ids: Vec<SegmentId> = segments.iter().copied().cloned().collect();
                if let Ok(entries) = self.list_segments(container, &ids).await {
                    for id in &ids {
                        found.insert(scope(id), Ok(Listed::default()));
                    }
                    for asset in entries.into_iter().filter_map(Entry::into_read) {
                        if let Some(Ok(listed)) = found.get_mut(&asset.scope) {
                            listed.push(asset);
                        }
                    }
                    continue;
                }
            }
            for id in segments {
                let entries = self.list_segment(OPERATION, container, id).await;
                let listed = entries.map(|entries| {
                    let mut listed = Listed::default();
                    let assets = entries.into_iter().filter_map(Entry::into_read);
                    assets.for_each(|asset| listed.push(asset));
                    listed
                });
                found.insert(scope(id), listed);
            }
        }
        let find = |one: &Sought| match found.get(&one.request.scope) {
            Some(Ok(listed)) => Ok(listed.sighting(&one.request)),
            Some(Err(error)) => Err(error.clone()),
            None => of_segment(OPERATION, &one.request.scope)
                .map(|_| Listed::default().sighting(&one.request)),
        };
        sought.iter().map(find).collect()
    }
}

/// Assets of one segment by their names.
#[derive(Default)]
struct Listed {
    named: HashMap<String, Vec<Asset>>,
    count: u64,
}

impl Listed {
    fn push(&mut self, asset: Asset) {
        self.count += 1;
        let named = self.named.entry(asset.name.clone()).or_default();
        named.push(asset);
    }

    fn sighting(&self, request: &UploadRequest) -> Sighting {
        let here =
            |asset: &&Asset| asset.locale == request.locale && asset.folder == request.folder;
        let named = self.named.get(request.name.as_str());
        let mut here = named.into_iter().flatten().filter(here);
        // One of another size is shown as well: that it arrived cut must not look like its absence.
        let asset = here.next().map(|first| {
            let same = |asset: &&Asset| asset.size == Some(request.stamp.size);
            if same(&first) {
                first
            } else {
                here.find(same).unwrap_or(first)
            }
        });
        Sighting {
            asset: asset.cloned(),
            by_name: true,
            among: self.count,
        }
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
