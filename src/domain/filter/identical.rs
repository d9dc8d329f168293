//! Assets that hold the same, whatever their names: by their sizes first, then by what was read.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};

use crate::domain::{Asset, AssetKey, Digest, Digests};

/// What is known of the contents of one place's assets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identicals {
    /// Those that hold what another holds, each with the number of its group.
    same: HashMap<AssetKey, usize>,
    /// Keys and names, in the order of the list.
    groups: Vec<Vec<(AssetKey, String)>>,
    /// One of the same size was not read, so that nobody knows.
    open: HashSet<AssetKey>,
}

impl Identicals {
    /// Finds them among all assets of a place, which are gone through twice.
    pub fn among<A: Borrow<Asset>, I: IntoIterator<Item = A>>(
        digests: &Digests,
        all: impl Fn() -> I,
    ) -> Self {
        let sizes = Sizes::among(&all);
        let mut groups: HashMap<(u64, Digest), Vec<(AssetKey, String)>> = HashMap::new();
        let mut order = Vec::new();
        let mut by_size: HashMap<u64, (Vec<AssetKey>, bool)> = HashMap::new();
        for asset in all() {
            let asset = asset.borrow();
            let Some(size) = asset.size.filter(|size| sizes.twice(*size)) else {
                continue;
            };
            let (keys, unread) = by_size.entry(size).or_default();
            keys.push(asset.key.clone());
            let Some(digest) = digests.of(asset) else {
                *unread = true;
                continue;
            };
            let of = groups.entry((size, digest)).or_default();
            if of.is_empty() {
                order.push((size, digest));
            }
            of.push((asset.key.clone(), asset.name.clone()));
        }
        let groups = order.iter().filter_map(|it| groups.remove(it));
        let groups: Vec<_> = groups.filter(|group| group.len() > 1).collect();
        let numbered = groups.iter().enumerate();
        let same: HashMap<AssetKey, usize> = numbered
            .flat_map(|(number, group)| group.iter().map(move |(key, _)| (key.clone(), number)))
            .collect();
        let open = by_size.into_values().filter(|(_, unread)| *unread);
        let open = open.flat_map(|(keys, _)| keys);
        let open = open.filter(|key| !same.contains_key(key)).collect();
        Self { same, groups, open }
    }

    /// Whether another holds the same; none where that is not known.
    pub fn has(&self, asset: &Asset) -> Option<bool> {
        let known = asset.size.is_some() && !self.open.contains(&asset.key);
        known.then(|| self.same.contains_key(&asset.key))
    }

    /// The number of those that hold the same, by which they can be put together.
    pub fn group(&self, asset: &Asset) -> Option<usize> {
        self.same.get(&asset.key).copied()
    }

    /// The names of the others that hold the same.
    pub fn others<'a>(&'a self, asset: &'a Asset) -> impl Iterator<Item = &'a str> {
        let group = self.group(asset).and_then(|at| self.groups.get(at));
        let others = group.into_iter().flatten();
        others.filter_map(|(key, name)| (*key != asset.key).then_some(name.as_str()))
    }
}

/// The sizes that more than one asset has.
#[derive(Debug, Clone, Default)]
pub struct Sizes(HashSet<u64>);

impl Sizes {
    /// Those among all assets of a place: nothing else can hold the same.
    pub fn among<A: Borrow<Asset>, I: IntoIterator<Item = A>>(all: &impl Fn() -> I) -> Self {
        let (mut once, mut twice) = (HashSet::new(), HashSet::new());
        for size in all().into_iter().filter_map(|asset| asset.borrow().size) {
            if !once.insert(size) {
                twice.insert(size);
            }
        }
        Self(twice)
    }

    pub fn twice(&self, size: u64) -> bool {
        self.0.contains(&size)
    }

    /// Those that may hold what another holds and were not read in their state of now, without what
    /// reading them does not need.
    pub fn unread<A: Borrow<Asset>>(
        &self,
        digests: &Digests,
        all: impl IntoIterator<Item = A>,
    ) -> Vec<Asset> {
        let mut unread = Vec::new();
        for asset in all {
            let asset = asset.borrow();
            let may = asset.size.is_some_and(|size| self.twice(size));
            if may && digests.of(asset).is_none() {
                unread.push(Asset {
                    locale: asset.locale.clone(),
                    folder: asset.folder.clone(),
                    size: asset.size,
                    content_type: asset.content_type.clone(),
                    url: asset.url.clone(),
                    created: asset.created.clone(),
                    modified: asset.modified.clone(),
                    ..Asset::bare(asset.scope.clone(), asset.key.clone(), asset.name.clone())
                });
            }
        }
        unread
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AssetScope, ContainerId, Stamp};

    fn asset(id: &str, size: Option<u64>, changed: &str) -> Asset {
        let scope = AssetScope::Container(ContainerId::new("1").unwrap());
        let key = AssetKey::from_parts([id]).unwrap();
        Asset {
            size,
            modified: Some(changed.to_owned()),
            ..Asset::bare(scope, key, format!("{id}.png"))
        }
    }

    fn read(digests: &mut Digests, asset: &Asset, byte: u8) {
        let stamp = Stamp::of(asset).unwrap();
        digests.put(None, asset.key.clone(), stamp, Digest([byte; 32]));
    }

    #[test]
    fn the_same_bytes_are_identical_whatever_the_name_and_what_was_not_read_is_not_known() {
        let assets = [
            asset("a", Some(10), "1"),
            asset("b", Some(10), "1"),
            asset("c", Some(10), "1"),
            asset("d", Some(20), "1"),
            asset("e", Some(30), "1"),
            asset("f", Some(30), "1"),
            asset("g", None, "1"),
        ];
        let sizes = Sizes::among(&|| &assets);
        let mut digests = Digests::default();
        let keys = |assets: Vec<Asset>| -> String {
            let keys = assets.iter().map(|it| it.key.as_str().to_owned());
            keys.collect()
        };
        assert_eq!(keys(sizes.unread(&digests, &assets)), "abcef");
        for (at, byte) in [(0, 1), (1, 2), (2, 1), (4, 1)] {
            read(&mut digests, &assets[at], byte);
        }
        assert_eq!(keys(sizes.unread(&digests, &assets)), "f");
        let found = Identicals::among(&digests, || &assets);
        let said = assets.each_ref().map(|asset| found.has(asset));
        let (yes, no) = (Some(true), Some(false));
        // A digest that is the same by chance of another size is no other's; e waits for f.
        assert_eq!(said, [yes, no, yes, no, None, None, None]);
        assert_eq!(found.others(&assets[2]).collect::<Vec<_>>(), ["a.png"]);
        assert_eq!(found.group(&assets[0]), found.group(&assets[2]));
        assert_eq!(found.others(&assets[1]).count(), 0);
    }

    #[test]
    fn a_changed_asset_is_asked_anew() {
        let mut assets = [asset("a", Some(10), "1"), asset("b", Some(10), "1")];
        let mut digests = Digests::default();
        read(&mut digests, &assets[0], 1);
        read(&mut digests, &assets[1], 1);
        assert_eq!(
            Identicals::among(&digests, || &assets).has(&assets[0]),
            Some(true)
        );
        assets[1].modified = Some("2".to_owned());
        let found = Identicals::among(&digests, || &assets);
        assert_eq!(found.has(&assets[0]), None);
        let unread = Sizes::among(&|| &assets).unread(&digests, &assets);
        assert_eq!(unread.len(), 1);
        assert_eq!(unread[0].key, assets[1].key);
    }
}
