//! Asset types and image types: what groups the assets of a container that has no segments.

use std::collections::BTreeMap;

use super::{Asset, Entry, Locale, Shelf};

/// What assets of a list share with many others, and are shown by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Kind {
    pub asset_type: Option<String>,
    pub image_type: Option<String>,
    pub locale: Option<Locale>,
    pub content_type: Option<String>,
    pub suffix: Suffix,
}

/// How a name ends.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Suffix {
    /// There is no dot in it.
    #[default]
    None,
    /// With its dot, in lower case.
    Known(String),
    /// In a way that few share, or that is no extension.
    Odd,
}

impl Suffix {
    /// Of a file's name.
    pub fn of(name: &str) -> Self {
        let Some((_, end)) = name.rsplit_once('.') else {
            return Self::None;
        };
        let letters = end.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let begins = end.starts_with(|c: char| c.is_ascii_alphabetic());
        if letters && begins && end.len() <= 5 {
            Self::Known(format!(".{}", end.to_ascii_lowercase()))
        } else {
            Self::Odd
        }
    }
}

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
    pub fn counts(assets: &Shelf<Asset>) -> BTreeMap<Self, usize> {
        let mut counts = BTreeMap::new();
        counts.insert(Self::All, assets.len());
        for (kind, count) in assets.kinds().filter(|(_, count)| *count > 0) {
            if let Some(name) = &kind.asset_type {
                *counts.entry(Self::Asset(name.clone())).or_default() += count;
            }
            if let Some(name) = &kind.image_type {
                *counts.entry(Self::Image(name.clone())).or_default() += count;
            }
        }
        counts
    }

    /// Whether assets of a kind are among them.
    pub fn has(&self, kind: &Kind) -> bool {
        self.is(kind.asset_type.as_deref(), kind.image_type.as_deref())
    }

    /// Whether an asset is one of them.
    pub fn holds(&self, asset: &Asset) -> bool {
        self.is(asset.asset_type.as_deref(), asset.image_type.as_deref())
    }

    fn is(&self, asset_type: Option<&str>, image_type: Option<&str>) -> bool {
        match self {
            Self::All => true,
            Self::Asset(name) => asset_type == Some(name),
            Self::Image(name) => image_type == Some(name),
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
