//! What stands at the places a plan goes to, found by name without walking the listing.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Asset, AssetPath, AssetScope, Locale, twin_key};

/// A name in its place, in the form in which storage that ignores case and composition would hold
/// it: two files of one spot are twins.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub scope: AssetScope,
    pub locale: Option<Locale>,
    folder: String,
    name: String,
}

impl Spot {
    pub fn new(scope: AssetScope, locale: Option<Locale>, folder: &AssetPath, name: &str) -> Self {
        let parts = folder.parts().map(twin_key);
        Self {
            scope,
            locale,
            folder: parts.collect::<Vec<_>>().join("/"),
            name: twin_key(name),
        }
    }

    /// Where an asset stands.
    pub fn of(asset: &Asset) -> Self {
        Self::new(
            asset.scope.clone(),
            asset.locale.clone(),
            &asset.folder,
            &asset.name,
        )
    }
}

/// What is known of one scope's assets.
#[derive(Debug, Clone, Default)]
pub(super) enum Listing {
    #[default]
    Looking,
    /// It could not be listed: one sentence, safe.
    Failed(String),
    Known(HashMap<Spot, Vec<Arc<Asset>>>),
}

impl Listing {
    pub fn known(assets: impl IntoIterator<Item = Arc<Asset>>) -> Self {
        let mut spots: HashMap<Spot, Vec<Arc<Asset>>> = HashMap::new();
        for asset in assets {
            spots.entry(Spot::of(&asset)).or_default().push(asset);
        }
        Self::Known(spots)
    }

    /// What stands at a spot, twins among it.
    pub fn at(&self, spot: &Spot) -> &[Arc<Asset>] {
        match self {
            Self::Known(spots) => spots.get(spot).map_or(&[], Vec::as_slice),
            _ => &[],
        }
    }
}
