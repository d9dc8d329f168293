//! What files hold: their digests, and of which state of an asset each is.

use std::collections::HashMap;
use std::fmt;

use super::{Asset, AssetKey, SegmentId};

/// The SHA-256 of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// What tells two states of one asset apart, as far as a list says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Stamp {
    pub size: u64,
    /// As the service wrote it.
    pub changed: Option<String>,
}

impl Stamp {
    /// None of an asset whose size is not known.
    pub fn of(asset: &Asset) -> Option<Self> {
        Some(Self {
            size: asset.size?,
            changed: asset.modified.clone().or_else(|| asset.created.clone()),
        })
    }
}

/// The digests of the assets of one container, each of the state that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(HashMap<(Option<SegmentId>, AssetKey), (Stamp, Digest)>);

impl Digests {
    /// Takes in what was read of an asset in that state.
    pub fn put(&mut self, segment: Option<SegmentId>, asset: AssetKey, stamp: Stamp, it: Digest) {
        self.0.insert((segment, asset), (stamp, it));
    }

    /// Takes in what was read of an asset as it was listed.
    pub fn learn(&mut self, asset: &Asset, it: Digest) {
        if let Some(stamp) = Stamp::of(asset) {
            let segment = asset.scope.segment().cloned();
            self.put(segment, asset.key.clone(), stamp, it);
        }
    }

    /// The digest of an asset as it is listed; none of one that changed since, or was not read.
    pub fn of(&self, asset: &Asset) -> Option<Digest> {
        let of = (asset.scope.segment().cloned(), asset.key.clone());
        let (stamp, digest) = self.0.get(&of)?;
        (Stamp::of(asset).as_ref() == Some(stamp)).then_some(*digest)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in all of another.
    pub fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}
