//! Words for places and amounts that several sheets use.

use crate::domain::{Asset, AssetPath, Locale, SafeText};

/// Bytes in words of a kind that needs no table: `214 kB`. Files are counted as shops count them.
pub fn bytes(count: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut scale = 1_u64;
    while unit + 1 < UNITS.len() && count / scale >= 1000 {
        scale *= 1000;
        unit += 1;
    }
    if unit == 0 {
        return format!("{count} B");
    }
    let whole = count / scale;
    let tenth = count % scale / (scale / 10);
    if whole >= 10 || tenth == 0 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

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
    let size = asset.size.map_or_else(|| "size unknown".to_owned(), bytes);
    if place.is_empty() {
        size
    } else {
        format!("{place}  {size}")
    }
}

/// `1 file`, `3 files`.
pub fn files(count: usize) -> String {
    if count == 1 {
        "1 file".to_owned()
    } else {
        format!("{count} files")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        for (count, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 kB"),
            (1_250, "1.2 kB"),
            (214_000, "214 kB"),
            (20_971_520, "20 MB"),
        ] {
            assert_eq!(bytes(count), words);
        }
        assert!(bytes(u64::MAX).ends_with(" TB"));
    }
}
