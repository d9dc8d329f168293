//! What becomes known of the assets of segments: asked here or by a sheet, or kept from before.

use std::time::{Duration, Instant};

use super::{Known, Opened};
use crate::api::ApiError;
use crate::app::effect::RequestId;
use crate::app::remote::Remote;
use crate::domain::{Asset, Entry, SegmentId};

impl Opened {
    /// Assets of segments as they were kept: shown until the service answers.
    pub(crate) fn recall_marks(
        &mut self,
        kept: Vec<(SegmentId, Duration, Vec<Entry<Asset>>)>,
        now: Instant,
    ) {
        for (segment, age, rows) in kept {
            let at = now.checked_sub(age).unwrap_or(now);
            let result = Ok(rows.into());
            let kept = true;
            self.known
                .entry(segment)
                .or_insert(Known { at, result, kept });
        }
        self.refresh_lens();
        if self.assets.remote == Remote::NotAsked {
            self.show_known();
        }
    }

    /// Assets of several segments: each of them has those that name it, or none.
    pub(super) fn take_marks(
        &mut self,
        id: RequestId,
        result: Result<Vec<Entry<Asset>>, ApiError>,
        now: Instant,
    ) {
        if let Some(segments) = self.asking.remove(&id) {
            self.learn_marks(segments, result, now);
        }
    }

    /// The same of segments that somebody else asked for.
    pub(crate) fn learn_marks(
        &mut self,
        segments: Vec<SegmentId>,
        result: Result<Vec<Entry<Asset>>, ApiError>,
        now: Instant,
    ) {
        match result {
            Err(error) => {
                for segment in segments {
                    let known = Known {
                        at: now,
                        result: Err(error.clone()),
                        kept: false,
                    };
                    // What is known stays; it was asked for all the same.
                    self.known.entry(segment).or_insert(known).kept = false;
                }
            }
            Ok(entries) => {
                for (segment, assets) in Asset::by_segment(&segments, entries).assets {
                    let rows = assets.into_iter().map(Entry::Read).collect();
                    let known = Known {
                        at: now,
                        result: Ok(rows),
                        kept: false,
                    };
                    self.known.insert(segment, known);
                }
            }
        }
        self.refresh_lens();
        if self.assets.remote == Remote::NotAsked {
            self.show_known();
        }
    }
}
