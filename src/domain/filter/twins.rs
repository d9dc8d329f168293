//! Assets that are there more than once, and names that only look like one another.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};

use crate::domain::{Asset, AssetKey, twin_key};

/// Which assets of one place have a twin there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Twins {
    duplicates: HashSet<AssetKey>,
    lookalikes: HashSet<AssetKey>,
}

/// What an asset shares with another of its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twin {
    /// Name and size; none where its size is not known.
    pub duplicate: Option<bool>,
    /// The name but for case or Unicode form.
    pub lookalike: bool,
}

impl Twins {
    /// Finds them among all assets of a place, which are gone through twice: most have no twin, so
    /// that only hashes of them are kept.
    pub fn among<A: Borrow<Asset>, I: IntoIterator<Item = A>>(all: impl Fn() -> I) -> Self {
        let state = RandomState::new();
        let exact = |asset: &Asset| Some(state.hash_one((&asset.name, asset.size?)));
        let alike = |asset: &Asset| state.hash_one(twin_key(&asset.name));
        let (mut exacts, mut alikes) = (Vec::new(), Vec::new());
        for asset in all() {
            exacts.extend(exact(asset.borrow()));
            alikes.push(alike(asset.borrow()));
        }
        let (exacts, alikes) = (twice(exacts), twice(alikes));
        let mut same: HashMap<(String, u64), Vec<AssetKey>> = HashMap::new();
        let mut like: HashMap<String, Vec<(String, AssetKey)>> = HashMap::new();
        for asset in all() {
            let asset = asset.borrow();
            if let (Some(hash), Some(size)) = (exact(asset), asset.size)
                && exacts.binary_search(&hash).is_ok()
            {
                let of = same.entry((asset.name.clone(), size)).or_default();
                of.push(asset.key.clone());
            }
            if alikes.binary_search(&alike(asset)).is_ok() {
                let of = like.entry(twin_key(&asset.name)).or_default();
                of.push((asset.name.clone(), asset.key.clone()));
            }
        }
        let same = same.into_values().filter(|keys| keys.len() > 1);
        let differ = |of: &Vec<(String, AssetKey)>| of.iter().any(|(name, _)| *name != of[0].0);
        let like = like.into_values().filter(differ);
        Self {
            duplicates: same.flatten().collect(),
            lookalikes: like.flatten().map(|(_, key)| key).collect(),
        }
    }

    /// What one of them shares with another.
    pub fn of(&self, asset: &Asset) -> Twin {
        Twin {
            duplicate: asset.size.map(|_| self.duplicates.contains(&asset.key)),
            lookalike: self.lookalikes.contains(&asset.key),
        }
    }
}

/// Those that are there more than once, in order.
fn twice(mut hashes: Vec<u64>) -> Vec<u64> {
    hashes.sort_unstable();
    let runs = hashes.chunk_by(|a, b| a == b);
    let twice = runs.filter(|run| run.len() > 1);
    twice.filter_map(|run| run.first().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AssetScope, ContainerId};

    #[test]
    fn the_same_name_is_a_duplicate_with_the_same_size_and_a_lookalike_in_another_spelling() {
        let asset = |at: u64, name: &str, size: Option<u64>| {
            let scope = AssetScope::Container(ContainerId::new("1").unwrap());
            let key = AssetKey::from_parts([at.to_string().as_str()]).unwrap();
            let mut asset = Asset::bare(scope, key, name);
            asset.size = size;
            asset
        };
        let assets = [
            asset(1, "hero.png", Some(10)),
            asset(2, "hero.png", Some(10)),
            asset(3, "hero.png", Some(11)),
            asset(4, "Hero.png", Some(10)),
            asset(5, "caf\u{e9}.png", Some(1)),
            asset(6, "cafe\u{301}.png", Some(2)),
            asset(7, "cafe.png", Some(2)),
            asset(8, "cafe.png", None),
        ];
        let twins = Twins::among(|| &assets);
        let said = assets.each_ref().map(|asset| twins.of(asset));
        let duplicates = said.map(|twin| twin.duplicate);
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(duplicates, [yes, yes, no, no, no, no, no, None]);
        let lookalikes = said.map(|twin| twin.lookalike);
        assert_eq!(
            lookalikes,
            [true, true, true, true, true, true, false, false]
        );
    }
}
