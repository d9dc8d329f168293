//! Which places of a segment are taken, as the last listing showed it: what is asked just before a
//! file is sent there. Of many files for one segment only the first costs a listing of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::upload::{shown, stored_at};
use crate::domain::{Asset, AssetScope, Entry};
use crate::providers::taken::Taken;

/// How old a listing may be that says that a place is free. Sending takes as long or longer, so that
/// somebody else may take the place after the question anyway.
pub(super) const FRESH: Duration = Duration::from_secs(2);

/// An asset's place as the storage sees it, and its words for people.
struct Place {
    key: String,
    shown: String,
}

impl Place {
    fn of(asset: &Asset) -> Self {
        let locale = asset.locale.as_ref();
        Self {
            key: stored_at(locale, &asset.folder, &asset.name),
            shown: shown(locale, &asset.folder, &asset.name),
        }
    }
}

#[derive(Default)]
pub(super) struct Segment {
    taken: Mutex<Taken<String, String>>,
    /// Held while a listing is asked for, so that files that begin together share one.
    pub asking: tokio::sync::Mutex<()>,
}

impl Segment {
    fn taken(&self) -> MutexGuard<'_, Taken<String, String>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A listing from now is needed to tell what is free.
    pub fn is_stale(&self) -> bool {
        self.taken().is_stale(FRESH)
    }

    /// The right to send there, or `None` where another upload is doing so.
    pub fn claim(self: &Arc<Self>, key: &str) -> Option<Claim> {
        let free = self.taken().claim(key.to_owned());
        free.then(|| Claim {
            segment: self.clone(),
            key: key.to_owned(),
        })
    }

    /// What stands at a place, in words.
    pub fn at(&self, key: &str) -> Option<String> {
        self.taken().at(key).next().cloned()
    }
}

/// The right to send to a place, until it is dropped: the service lets whoever comes last take it.
pub(super) struct Claim {
    segment: Arc<Segment>,
    key: String,
}

impl Claim {
    /// Whether something stands there now is not known: the next one looks anew.
    pub fn unknown(&self) {
        self.segment.taken().forget();
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.segment.taken().release(&self.key);
    }
}

/// The segments that were listed lately.
#[derive(Default)]
pub(super) struct Places(Mutex<HashMap<AssetScope, Arc<Segment>>>);

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Places(…)")
    }
}

impl Places {
    pub fn segment(&self, scope: &AssetScope) -> Arc<Segment> {
        let mut segments = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(segment) = segments.get(scope) {
            return segment.clone();
        }
        // What is neither in use nor fresh says nothing any more.
        segments.retain(|_, segment| Arc::strong_count(segment) > 1 || !segment.is_stale());
        segments.entry(scope.clone()).or_default().clone()
    }

    /// Takes in a whole listing that was asked for then.
    pub fn listed(&self, scope: &AssetScope, asked: Instant, entries: &[Entry<Asset>]) {
        let places = entries.iter().filter_map(Entry::read).map(Place::of);
        let places = places.map(|place| (place.key, place.shown));
        self.segment(scope).taken().listed(asked, places);
    }

    /// Takes in what was attached just now.
    pub fn attached(&self, asset: &Asset) {
        let segment = self.segment(&asset.scope);
        let place = Place::of(asset);
        segment.taken().sent(place.key, place.shown);
    }
}
