//! Whether a file and an asset of its size are one and the same: by what is remembered of the time when
//! the one was made of the other, else by their times.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::tree::Alike;
use crate::api::FileStamp;
use crate::domain::{Asset, AssetKey, AssetScope};

/// Times of two clocks that are closer than this do not tell which came first: services keep whole
/// seconds, and a file is often written just before it is sent.
pub(in crate::transfer) const GRACE: SignedDuration = SignedDuration::from_secs(2);

/// A file and an asset as they were when they were the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    #[serde(flatten)]
    alike: Alike,
    /// Which file it was; `None` where another one of the same time counts, too.
    inode: Option<u64>,
    /// What named the asset's bytes, where the service tells: its times change with its texts, too.
    stored_as: Option<String>,
}

impl From<Alike> for Known {
    fn from(alike: Alike) -> Self {
        Self {
            alike,
            inode: None,
            stored_as: None,
        }
    }
}

impl Known {
    /// Of a file that was just sent, and the asset that it became. `None` where they cannot be told
    /// apart from others.
    pub(in crate::transfer) fn sent(stamp: &FileStamp, asset: &Asset) -> Option<Self> {
        Some(Self {
            alike: Alike::of(asset, stamp)?,
            inode: stamp.inode(),
            stored_as: asset.stored_as.clone(),
        })
    }

    /// The asset is still what it was.
    fn tells_of(&self, asset: &Asset) -> bool {
        let same_bytes = self.stored_as.is_some() && self.stored_as == asset.stored_as;
        self.alike.is_asset(asset) || (same_bytes && self.alike.is_size(asset))
    }

    fn is_file(&self, stamp: &FileStamp) -> bool {
        self.alike.is_file(stamp) && (self.inode.is_none() || self.inode == stamp.inode())
    }
}

/// What is remembered of the assets of some places.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Memory(HashMap<AssetScope, HashMap<AssetKey, Vec<Known>>>);

impl Memory {
    pub fn learn(&mut self, scope: AssetScope, key: AssetKey, known: Known) {
        let place = self.0.entry(scope).or_default();
        place.entry(key).or_default().push(known);
    }

    /// Takes in what another one remembers.
    pub fn join(&mut self, other: Self) {
        for (scope, keys) in other.0 {
            for (key, known) in keys {
                let place = self.0.entry(scope.clone()).or_default();
                place.entry(key).or_default().extend(known);
            }
        }
    }

    /// Whether the file is what the asset was made of; `None` where nothing is remembered of the asset
    /// as it is now.
    pub(in crate::transfer) fn is_same(&self, stamp: &FileStamp, asset: &Asset) -> Option<bool> {
        let known = self.0.get(&asset.scope)?.get(&asset.key)?;
        let mut telling = known
            .iter()
            .filter(|known| known.tells_of(asset))
            .peekable();
        telling.peek()?;
        Some(telling.any(|known| known.is_file(stamp)))
    }
}

/// What a file of an asset's size is to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transfer) enum Likeness {
    Same,
    /// Nothing speaks against it, and nothing shows it: who wants a file replaced all the same gets
    /// that.
    Likely,
    /// It was changed since, or that cannot be told.
    Other,
}

/// Of a file that may be sent, and an asset that has its name.
pub(in crate::transfer) fn likeness(
    memory: &Memory,
    stamp: &FileStamp,
    asset: &Asset,
    now: Timestamp,
) -> Likeness {
    if asset.size != Some(stamp.size) {
        return Likeness::Other;
    }
    match memory.is_same(stamp, asset) {
        Some(true) => return Likeness::Same,
        Some(false) => return Likeness::Other,
        None => {}
    }
    let (Some(written), Some(stored)) = (stamp.written(), asset.stored()) else {
        return Likeness::Likely;
    };
    if is_kept(stored, written) {
        Likeness::Same
    } else if stored.duration_since(written) <= GRACE {
        Likeness::Other
    } else if stored > now {
        // The clock here is behind the service's: what was written since may bear an earlier time.
        Likeness::Likely
    } else {
        Likeness::Same
    }
}

/// Of a file that stands where an asset is to be saved: whether it is that already. `alike`: what the
/// list of the tree says of both.
pub(in crate::transfer) fn is_saved(
    alike: Option<&Alike>,
    stamp: &FileStamp,
    asset: &Asset,
) -> bool {
    if asset.size != Some(stamp.size) {
        return false;
    }
    if let Some(alike) = alike.filter(|alike| alike.is_asset(asset)) {
        return alike.is_file(stamp);
    }
    let (Some(written), Some(stored)) = (stamp.written(), asset.stored()) else {
        return true;
    };
    is_kept(stored, written) || written.duration_since(stored) > GRACE
}

/// Whether a file whose time was set to this one has that one now: many disks cut it off. Nothing else
/// leaves a file with the time of its asset but a download.
pub(in crate::transfer) fn is_kept(set: Timestamp, found: Timestamp) -> bool {
    /// In nanoseconds, up to the two seconds of a memory card.
    const STEPS: [i128; 7] = [
        1,
        100,
        1_000,
        1_000_000,
        10_000_000,
        1_000_000_000,
        2_000_000_000,
    ];
    let (set, found) = (set.as_nanosecond(), found.as_nanosecond());
    STEPS
        .iter()
        .any(|step| set - set.rem_euclid(*step) == found)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;
    use crate::transfer::tests::asset;

    const STORED: u64 = 1_000_000;

    fn stamp(at: Duration) -> FileStamp {
        FileStamp {
            size: 4,
            modified: Some(UNIX_EPOCH + at),
            identity: Some((1, 2)),
        }
    }

    fn stored(size: u64) -> Asset {
        Asset {
            modified: Some(String::from("1970-01-12T13:46:40Z")),
            ..asset("a.png", Some(size))
        }
    }

    fn late() -> Timestamp {
        Timestamp::from_second(2_000_000).unwrap()
    }

    #[test]
    fn times_that_are_too_close_do_not_tell() {
        for (millis, wanted) in [
            (-1_000_000, Likeness::Same),
            (-2_001, Likeness::Same),
            (-2_000, Likeness::Other),
            (-1, Likeness::Other),
            (0, Likeness::Same),
            (1, Likeness::Other),
            (5_000, Likeness::Other),
        ] {
            let at = Duration::from_millis((STORED * 1000).checked_add_signed(millis).unwrap());
            let found = likeness(&Memory::default(), &stamp(at), &stored(4), late());
            assert_eq!(found, wanted, "{millis}");
        }
    }

    #[test]
    fn a_clock_that_is_behind_leaves_it_open() {
        let found = |now: i64| {
            let now = Timestamp::from_second(now).unwrap();
            let before = stamp(Duration::from_secs(STORED - 600));
            likeness(&Memory::default(), &before, &stored(4), now)
        };
        assert_eq!(found(1_000_000), Likeness::Same);
        assert_eq!(found(999_999), Likeness::Likely);
    }

    #[test]
    fn what_is_remembered_counts_for_more_than_times() {
        let sent = stamp(Duration::new(STORED, 500));
        let asset = Asset {
            stored_as: Some("bytes/1".into()),
            ..stored(4)
        };
        let mut memory = Memory::default();
        let known = Known::sent(&sent, &asset).unwrap();
        memory.learn(asset.scope.clone(), asset.key.clone(), known);
        let is = |stamp: &FileStamp, asset: &Asset| likeness(&memory, stamp, asset, late());
        assert_eq!(is(&sent, &asset), Likeness::Same);
        // Another nanosecond, another file, and a time long before.
        let edited = stamp(Duration::new(STORED, 501));
        let exchanged = FileStamp {
            identity: Some((1, 3)),
            ..sent.clone()
        };
        let set_back = stamp(Duration::from_secs(1));
        for other in [&edited, &exchanged, &set_back] {
            assert_eq!(is(other, &asset), Likeness::Other);
        }
        let rebooted = FileStamp {
            identity: Some((9, 2)),
            ..sent.clone()
        };
        assert_eq!(is(&rebooted, &asset), Likeness::Same);
        // Its texts were changed, which is told by its time only.
        let mut told = asset.clone();
        told.modified = Some(String::from("1970-01-13T13:46:40Z"));
        assert_eq!(is(&edited, &told), Likeness::Other);
        // Somebody put other bytes there: nothing is remembered of those.
        told.stored_as = Some("bytes/2".into());
        assert_eq!(is(&set_back, &told), Likeness::Same);
    }
}
