//! Assets that are there more than once, and names that only look like one another.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, Hash, RandomState};

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
    /// Finds them among all assets of a place.
    pub fn among<'a>(assets: impl IntoIterator<Item = &'a Asset>) -> Self {
        let assets: Vec<&Asset> = assets.into_iter().collect();
        let mut twins = Self::default();
        let exact = |asset: &'a Asset| Some((asset.name.as_str(), asset.size?));
        groups(&assets, exact, |group| {
            let keys = group.iter().map(|asset| asset.key.clone());
            twins.duplicates.extend(keys);
        });
        groups(
            &assets,
            |asset| Some(twin_key(&asset.name)),
            |group| {
                let first = group.first().map(|asset| &asset.name);
                if group.iter().any(|asset| Some(&asset.name) != first) {
                    let keys = group.iter().map(|asset| asset.key.clone());
                    twins.lookalikes.extend(keys);
                }
            },
        );
        twins
    }

    /// What one of them shares with another.
    pub fn of(&self, asset: &Asset) -> Twin {
        Twin {
            duplicate: asset.size.map(|_| self.duplicates.contains(&asset.key)),
            lookalike: self.lookalikes.contains(&asset.key),
        }
    }
}

/// Hands out all that have a key in common. Most have none, so that only their hashes are kept.
fn groups<'a, K: Hash + Eq>(
    assets: &[&'a Asset],
    key: impl Fn(&'a Asset) -> Option<K>,
    mut each: impl FnMut(&[&'a Asset]),
) {
    let state = RandomState::new();
    let hash = |asset: &&'a Asset| Some((state.hash_one(key(asset)?), *asset));
    let mut hashes: Vec<(u64, &Asset)> = assets.iter().filter_map(hash).collect();
    hashes.sort_unstable_by_key(|(hash, _)| *hash);
    let runs = hashes.chunk_by(|a, b| a.0 == b.0);
    for run in runs.filter(|run| run.len() > 1) {
        let mut same: HashMap<K, Vec<&Asset>> = HashMap::new();
        for (_, asset) in run {
            if let Some(key) = key(asset) {
                same.entry(key).or_default().push(asset);
            }
        }
        for group in same.values().filter(|group| group.len() > 1) {
            each(group);
        }
    }
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
        let twins = Twins::among(&assets);
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
