//! The real bytes in the demo: small pictures and documents, made by `assets/demo/make.py`.

use std::collections::HashMap;

use axum::body::Bytes;

use crate::demo::blob::Blob;

macro_rules! made {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../../assets/demo/", $name)) as &[u8])),+]
    };
}

/// What the world is made of.
static WORLD: &[(&str, &[u8])] = made![
    "hero.jpg",
    "hero.png",
    "hero@2x.png",
    "team.jpg",
    "product-red.jpg",
    "product-green.jpg",
    "logo.png",
    "icon-cart.png",
    "icon-help.png",
    "screen-en.png",
    "screen-de.png",
    "screen-ar.png",
    "flags.png",
    "spinner.gif",
    "check.svg",
    "teaser.mp4",
    "brochure.pdf",
    "prices.csv",
    "prices.xls",
];

/// What a user of the demo may upload; none of these bytes is in the world at the start.
pub static UPLOADS: &[(&str, &[u8])] = &[
    (
        "spring-banner.png",
        include_bytes!("../../../assets/demo/sample-banner.png"),
    ),
    (
        "button@2x.png",
        include_bytes!("../../../assets/demo/sample-button@2x.png"),
    ),
    (
        "ポスター.png",
        include_bytes!("../../../assets/demo/sample-poster.png"),
    ),
    (
        "team-photo.jpg",
        include_bytes!("../../../assets/demo/sample-team.jpg"),
    ),
    (
        "honey.jpg",
        include_bytes!("../../../assets/demo/sample-product.jpg"),
    ),
    (
        "price-list.csv",
        include_bytes!("../../../assets/demo/sample-price-list.csv"),
    ),
    (
        "autumn-brochure.pdf",
        include_bytes!("../../../assets/demo/sample-brochure.pdf"),
    ),
];

/// The made files by name, digested once.
#[derive(Debug)]
pub struct Shelf(HashMap<&'static str, Blob>);

impl Shelf {
    /// Digests every file: about 60 kB, a few milliseconds.
    pub fn new() -> Self {
        let blob = |bytes: &'static [u8]| Blob::new(Bytes::from_static(bytes));
        Self(
            WORLD
                .iter()
                .map(|(name, bytes)| (*name, blob(bytes)))
                .collect(),
        )
    }

    /// The file of this name; empty bytes for a name that was never made (a test looks for those).
    pub fn get(&self, name: &str) -> Blob {
        self.0
            .get(name)
            .cloned()
            .unwrap_or_else(|| Blob::new(Bytes::new()))
    }
}

/// The media type a service would derive from a file's name.
pub fn media_type(name: &str) -> &'static str {
    let ending = name
        .rsplit_once('.')
        .map_or("", |(_, ending)| ending)
        .to_ascii_lowercase();
    match ending.as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "svg" => "image/svg+xml",
        "webp" => "image/webp",
        "mp4" => "video/mp4",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        "txt" => "text/plain",
        "json" => "application/json",
        "xls" => "application/vnd.ms-excel",
        _ => "application/octet-stream",
    }
}

/// Width and height in pixels of a PNG or JPEG, read from its head.
pub fn pixels(bytes: &[u8]) -> Option<(u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let number = |at: usize| {
            bytes
                .get(at..at + 4)
                .and_then(|part| part.try_into().ok())
                .map(u32::from_be_bytes)
        };
        return Some((number(16)?, number(20)?));
    }
    if !bytes.starts_with(b"\xff\xd8") {
        return None;
    }
    let number = |at: usize| {
        bytes
            .get(at..at + 2)
            .and_then(|part| part.try_into().ok())
            .map(u16::from_be_bytes)
    };
    let mut at = 2;
    while *bytes.get(at)? == 0xff {
        let marker = *bytes.get(at + 1)?;
        // Start-of-frame markers hold the size; C4, C8 and CC are tables that share the range.
        if (0xc0..=0xcf).contains(&marker) && ![0xc4, 0xc8, 0xcc].contains(&marker) {
            return Some((u32::from(number(at + 7)?), u32::from(number(at + 5)?)));
        }
        at += 2 + usize::from(number(at + 2)?);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_pictures_are_read() {
        let made = Shelf::new();
        assert_eq!(pixels(made.get("hero.png").head()), Some((320, 180)));
        assert_eq!(pixels(made.get("hero.jpg").head()), Some((640, 360)));
        assert_eq!(pixels(made.get("brochure.pdf").head()), None);
        assert_eq!(pixels(b"\xff\xd8\xff"), None);
    }

    #[test]
    fn what_is_offered_for_upload_is_not_in_the_world() {
        for (name, bytes) in UPLOADS {
            assert!(!bytes.is_empty());
            assert!(WORLD.iter().all(|(_, other)| other != bytes), "{name}");
        }
    }
}
