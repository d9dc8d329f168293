//! Asset types and image types: what groups the assets of a container that has no segments.

use std::collections::BTreeMap;

use super::{Asset, Entry};

/// A type that assets are shown by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum TypeChoice {
    #[default]
    All,
    Asset(String),
    Image(String),
}

impl TypeChoice {
    /// "All", then asset types, then image types, each with its count, in the order of their names.
    pub fn counts(assets: &[Entry<Asset>]) -> BTreeMap<Self, usize> {
        let mut counts = BTreeMap::new();
        counts.insert(Self::All, assets.len());
        for asset in assets.iter().filter_map(Entry::read) {
            if let Some(name) = &asset.asset_type {
                *counts.entry(Self::Asset(name.clone())).or_default() += 1;
            }
            if let Some(name) = &asset.image_type {
                *counts.entry(Self::Image(name.clone())).or_default() += 1;
            }
        }
        counts
    }

    /// Whether an asset is one of them.
    pub fn holds(&self, asset: &Asset) -> bool {
        match self {
            Self::All => true,
            Self::Asset(name) => asset.asset_type.as_ref() == Some(name),
            Self::Image(name) => asset.image_type.as_ref() == Some(name),
        }
    }

    /// The same of an entry. One that could not be read has no type.
    pub fn keeps(&self, entry: &Entry<Asset>) -> bool {
        match entry {
            Entry::Read(asset) => self.holds(asset),
            Entry::Unreadable(_) => *self == Self::All,
        }
    }

    /// What it is called; a type's name is foreign text.
    pub fn name(&self) -> &str {
        match self {
            Self::All => "all",
            Self::Asset(name) | Self::Image(name) => name,
        }
    }
}
