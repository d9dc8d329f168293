//! An asset: one stored file, and the place it is stored in.

use std::collections::HashMap;

use super::{AssetKey, AssetPath, ContainerId, Entry, Locale, RawJson, SegmentId, Sent};

/// Where assets live.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AssetScope {
    /// Directly in a container.
    Container(ContainerId),
    /// In a segment of a container.
    Segment(ContainerId, SegmentId),
}

impl AssetScope {
    /// The container, whichever way.
    pub fn container(&self) -> &ContainerId {
        match self {
            Self::Container(id) | Self::Segment(id, _) => id,
        }
    }

    /// The segment, where there is one.
    pub fn segment(&self) -> Option<&SegmentId> {
        match self {
            Self::Container(_) => None,
            Self::Segment(_, id) => Some(id),
        }
    }
}

/// One more fact about a thing, in plain language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    pub label: &'static str,
    pub value: String,
}

impl Detail {
    /// A fact, unless there is none.
    pub fn some(label: &'static str, value: Option<impl ToString>) -> Option<Self> {
        value.map(|value| Self {
            label,
            value: value.to_string(),
        })
    }
}

/// One asset as a listing gives it. Text fields hold the service's text untouched: they are shown
/// through [`SafeText`](super::SafeText) only.
#[derive(Debug, Clone, PartialEq)]
pub struct Asset {
    pub scope: AssetScope,
    pub key: AssetKey,
    /// The file name, with its extension.
    pub name: String,
    /// `None` for an asset of no language, and where the service has no languages.
    pub locale: Option<Locale>,
    /// The folder inside the scope; the root where the service has no folders.
    pub folder: AssetPath,
    /// Bytes; `None` when the service gave no sound number.
    pub size: Option<u64>,
    pub content_type: Option<String>,
    /// The asset type, in the service's words.
    pub asset_type: Option<String>,
    /// The image type, in the service's words.
    pub image_type: Option<String>,
    pub alt_text: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// Pixels, width and height.
    pub dimensions: Option<(u64, u64)>,
    /// The address the service shows for it. Never fetched with credentials.
    pub url: Option<String>,
    /// Times as the service wrote them; see `ui::text` for how they are read.
    pub created: Option<String>,
    pub modified: Option<String>,
    /// What identifies the stored object where the service tells (a storage key): lets an upload
    /// whose answer was lost be found again.
    pub stored_as: Option<String>,
    /// What else the service tells is read from here when it is looked at.
    pub raw: RawJson,
}

/// Assets by the segment that they name.
#[derive(Debug, Default)]
pub struct BySegment {
    pub assets: HashMap<SegmentId, Vec<Asset>>,
    /// Entries that could not be read, which may be any segment's: its own listing shows it.
    pub unreadable: usize,
}

impl Sent for Asset {
    fn raw(&self) -> &RawJson {
        &self.raw
    }

    fn raw_mut(&mut self) -> &mut RawJson {
        &mut self.raw
    }
}

impl Asset {
    /// One of which nothing is told but where it is, to make others of.
    pub fn bare(scope: AssetScope, key: AssetKey, name: impl Into<String>) -> Self {
        Self {
            scope,
            key,
            name: name.into(),
            locale: None,
            folder: AssetPath::root(),
            size: None,
            content_type: None,
            asset_type: None,
            image_type: None,
            alt_text: None,
            description: None,
            tags: Vec::new(),
            dimensions: None,
            url: None,
            created: None,
            modified: None,
            stored_as: None,
            raw: RawJson::new("{}"),
        }
    }

    /// Parts what was found for several segments: each of those that were asked has the assets that
    /// name it, or none.
    pub fn by_segment(asked: &[SegmentId], found: Vec<Entry<Self>>) -> BySegment {
        let mut parted = BySegment {
            assets: asked.iter().map(|id| (id.clone(), Vec::new())).collect(),
            unreadable: 0,
        };
        for entry in found {
            let Entry::Read(asset) = entry else {
                parted.unreadable += 1;
                continue;
            };
            let segment = asset.scope.segment();
            if let Some(assets) = segment.and_then(|id| parted.assets.get_mut(id)) {
                assets.push(asset);
            }
        }
        parted
    }

    /// When its bytes were stored, as far as the service tells.
    pub fn stored(&self) -> Option<jiff::Timestamp> {
        let stored = self.modified.as_ref().or(self.created.as_ref());
        stored.and_then(|text| text.parse().ok())
    }
}
