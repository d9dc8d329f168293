//! What becomes known of the assets of segments: asked here or by a sheet, or kept from before.

use std::time::{Duration, Instant};

use super::{Known, Opened};
use crate::api::ApiError;
use crate::app::effect::RequestId;
use crate::app::remote::Remote;
use crate::domain::{Asset, AssetScope, Entry, SegmentId};

impl Opened {
    /// Assets of segments as they were kept: shown until the service answers.
    pub(crate) fn recall_marks(
        &mut self,
        kept: Vec<(SegmentId, Duration, Vec<Entry<Asset>>)>,
        now: Instant,
    ) {
        for (segment, age, rows) in kept {
            let at = now.checked_sub(age).unwrap_or(now);
            self.learned.of(segment.clone());
            self.known.entry(segment).or_insert(Known {
                kept: true,
                ..Known::of(Ok(rows.into()), at)
            });
        }
        self.refresh_lens();
        // What is asked for alone shows what was kept by itself.
        if self.assets.remote == Remote::NotAsked
            || self.assets.remote.pending().is_some() && self.awaited_alone().is_none()
        {
            self.show_known();
        }
    }

    /// The batch that is on its way and brings the assets of a segment.
    pub(super) fn batch_of(&self, segment: &SegmentId) -> Option<RequestId> {
        let mut batches = self.asking.iter();
        let found = batches.find(|(_, segments)| segments.contains(segment));
        found.map(|(id, _)| *id)
    }

    /// Assets of several segments: each of them has those that name it, or none.
    pub(super) fn take_marks(
        &mut self,
        id: RequestId,
        result: Result<Vec<Entry<Asset>>, ApiError>,
        now: Instant,
    ) {
        let Some(segments) = self.asking.remove(&id) else {
            return;
        };
        // The third pane may wait for it, too.
        if let Err(error) = &result {
            self.assets.remote.answer(id, Err(error.clone()));
        } else if self.assets.remote.pending() == Some(id) {
            self.assets.remote.give_up();
        }
        self.learn_marks(segments, result, now);
    }

    /// The same of segments that somebody else asked for.
    pub(crate) fn learn_marks(
        &mut self,
        segments: Vec<SegmentId>,
        result: Result<Vec<Entry<Asset>>, ApiError>,
        now: Instant,
    ) {
        let here = self.scope.as_ref().and_then(AssetScope::segment);
        let shown = here.is_some_and(|here| segments.contains(here));
        match result {
            Err(error) => {
                for segment in segments {
                    self.failed(segment, &error, now);
                }
            }
            Ok(entries) => {
                for (segment, assets) in Asset::by_segment(&segments, entries).assets {
                    let rows = assets.into_iter().map(Entry::Read).collect();
                    self.learn(segment, Known::of(Ok(rows), now));
                }
            }
        }
        self.refresh_lens();
        let awaited = self.assets.remote.pending().is_some();
        if shown && !awaited && self.assets.remote.error().is_none() {
            self.show_known();
        }
    }

    /// This is known of a segment from now on.
    pub(super) fn learn(&mut self, segment: SegmentId, known: Known) {
        self.learned.of(segment.clone());
        self.known.insert(segment, known);
    }

    /// What is known of a segment does not hold any more.
    pub(super) fn unlearn(&mut self, segment: &SegmentId) {
        self.learned.of(segment.clone());
        self.known.remove(segment);
    }

    /// The same of all.
    pub(super) fn unlearn_all(&mut self) {
        self.learned.of_all();
        self.known.clear();
    }

    /// The assets of a segment were asked for in vain: what is known stays, as old as it is.
    pub(super) fn failed(&mut self, segment: SegmentId, error: &ApiError, now: Instant) {
        self.learned.of(segment.clone());
        let known = self.known.entry(segment);
        let known = known.or_insert_with(|| Known::of(Err(error.clone()), now));
        match known.result {
            Ok(_) => known.failed = Some(now),
            Err(_) => *known = Known::of(Err(error.clone()), now),
        }
    }
}
