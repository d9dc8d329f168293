//! An asset as a row and as an object.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Head, Listing, raw_value};
use crate::cli::Failure;
use crate::cli::output::Cell;
use crate::domain::{AccountName, Asset, Digest, Entry, Locale, Ref, SegmentId};

/// Columns of an asset's listing.
pub const ASSET_HEADS: &[&str] = &["REF", "NAME", "LOCALE", "FOLDER", "SIZE", "TYPE", "CHANGED"];

#[derive(Debug, Serialize)]
struct AssetLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    size: Option<u64>,
    content_type: Option<&'a str>,
    locale: Option<&'a str>,
    folder: String,
    url: Option<&'a str>,
    created: Option<&'a str>,
    modified: Option<&'a str>,
    container: &'a str,
    segment: Option<&'a str>,
    asset_type: Option<&'a str>,
    image_type: Option<&'a str>,
    alt_text: Option<&'a str>,
    description: Option<&'a str>,
    tags: &'a [String],
    width: Option<u64>,
    height: Option<u64>,
    /// Of what was read of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
    raw: Box<RawValue>,
}

impl Listing<'_> {
    pub fn asset(&mut self, account: &AccountName, entry: &Entry<Asset>) -> Result<(), Failure> {
        self.asset_read(account, entry, None)
    }

    /// The same with the digest of what was read of it.
    pub fn asset_read(
        &mut self,
        account: &AccountName,
        entry: &Entry<Asset>,
        digest: Option<Digest>,
    ) -> Result<(), Failure> {
        match entry {
            Entry::Unreadable(entry) => self.unreadable(entry),
            Entry::Read(asset) => {
                let reference = asset_ref(account, asset);
                let cells = [
                    Cell::name(&reference),
                    Cell::name(&asset.name),
                    Cell::maybe(asset.locale.as_ref().map(Locale::as_str)),
                    Cell::name(&asset.folder.to_string()),
                    Cell::Bytes(asset.size),
                    Cell::maybe(asset.content_type.as_deref()),
                    Cell::when(asset.modified.as_deref()),
                ];
                self.put(&cells, &line(reference, asset, digest))
            }
        }
    }
}

pub fn asset_ref(account: &AccountName, asset: &Asset) -> String {
    Ref::asset(account.clone(), &asset.scope, &asset.key).to_string()
}

/// An asset's object.
pub fn asset_line(reference: String, asset: &Asset) -> impl Serialize {
    line(reference, asset, None)
}

fn line(reference: String, asset: &Asset, digest: Option<Digest>) -> AssetLine<'_> {
    AssetLine {
        head: Head {
            kind: "asset",
            reference: Some(reference),
            id: Some(asset.key.as_str()),
            name: Some(asset.name.clone()),
        },
        size: asset.size,
        content_type: asset.content_type.as_deref(),
        locale: asset.locale.as_ref().map(Locale::as_str),
        folder: asset.folder.to_string(),
        url: asset.url.as_deref(),
        created: asset.created.as_deref(),
        modified: asset.modified.as_deref(),
        container: asset.scope.container().as_str(),
        segment: asset.scope.segment().map(SegmentId::as_str),
        asset_type: asset.asset_type.as_deref(),
        image_type: asset.image_type.as_deref(),
        alt_text: asset.alt_text.as_deref(),
        description: asset.description.as_deref(),
        tags: &asset.tags,
        width: asset.dimensions.map(|(width, _)| width),
        height: asset.dimensions.map(|(_, height)| height),
        sha256: digest.map(|digest| digest.to_string()),
        raw: raw_value(&asset.raw),
    }
}
