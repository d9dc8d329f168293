//! Words for places and amounts that several sheets use.

use crate::domain::{Asset, AssetPath, Locale, SafeText, size_words};

/// `de, public/images`; empty for no locale at the top.
pub fn place(locale: Option<&Locale>, folder: &AssetPath) -> String {
    let locale = locale.map(|it| SafeText::name(it.as_str()).into_string());
    let folder = (!folder.is_root()).then(|| SafeText::name(&folder.to_string()).into_string());
    let parts: Vec<String> = locale.into_iter().chain(folder).collect();
    parts.join(", ")
}

/// Where an asset lies in its scope, and how large it is.
pub fn place_and_size(asset: &Asset) -> String {
    let place = place(asset.locale.as_ref(), &asset.folder);
    let size = asset
        .size
        .map_or_else(|| "size unknown".to_owned(), size_words);
    if place.is_empty() {
        size
    } else {
        format!("{place}  {size}")
    }
}
