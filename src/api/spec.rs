//! What sets one service apart from another, as data: panes, forms and commands follow from it.

use crate::domain::{Asset, AssetScope, Detail};

/// A word in its forms.
#[derive(Debug, PartialEq, Eq)]
pub struct Noun {
    /// `website`
    pub one: &'static str,
    /// `websites`
    pub many: &'static str,
    /// `Websites`
    pub title: &'static str,
}

/// What stands between containers and assets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Middle {
    /// Nothing at the service: the pane groups a container's assets by asset type and image type.
    Types,
    /// Segments, which assets hang on.
    Segments,
}

/// A field of an account in the settings, beside its name and provider.
#[derive(Debug, PartialEq, Eq)]
pub struct AccountField {
    /// The key in the settings file.
    pub name: &'static str,
    pub label: &'static str,
    pub required: bool,
    pub default: Option<&'static str>,
    pub help: &'static str,
}

/// Something that can be said of an asset when it is uploaded or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Locale,
    Folder,
    AssetType,
    ImageType,
    AltText,
    Description,
    Tags,
}

impl Field {
    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Locale => "Locale",
            Self::Folder => "Folder",
            Self::AssetType => "Asset type",
            Self::ImageType => "Image type",
            Self::AltText => "Alt text",
            Self::Description => "Description",
            Self::Tags => "Tags",
        }
    }

    /// The flag of the commands, without its dashes.
    pub const fn flag(self) -> &'static str {
        match self {
            Self::Locale => "locale",
            Self::Folder => "folder",
            Self::AssetType => "type",
            Self::ImageType => "image-type",
            Self::AltText => "alt",
            Self::Description => "description",
            Self::Tags => "tag",
        }
    }
}

/// A field with its limits at one service.
#[derive(Debug, PartialEq, Eq)]
pub struct FieldSpec {
    pub field: Field,
    /// The values it may have; empty for free text (locales are the container's).
    pub choices: &'static [&'static str],
    /// Longest text, counted as the larger of code points and UTF-16 units; of each tag for tags.
    pub max_chars: Option<usize>,
    /// Most tags.
    pub max_items: Option<usize>,
}

impl FieldSpec {
    /// Free text without a limit of its own.
    pub const fn free(field: Field) -> Self {
        Self {
            field,
            choices: &[],
            max_chars: None,
            max_items: None,
        }
    }
}

/// A column of the assets table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssetColumn {
    Name,
    Locale,
    Folder,
    AssetType,
    ImageType,
    Size,
    ContentType,
    Modified,
}

/// How a file takes the place of an asset. No service documents it; each is as careful as its
/// interface allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replace {
    /// Assets of one name stand side by side: the new one is added, and the old one is deleted by
    /// its id.
    ByDelete,
    /// One place holds one asset, and what a second upload to it does is the service's choice.
    InPlace,
}

impl Replace {
    /// What will happen, in one sentence for the one who decides.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::ByDelete => {
                "the new one is uploaded beside the old one, which is deleted once the new one is \
                 listed with its size"
            }
            Self::InPlace => {
                "the new one is sent to the same place, where the service replaces the old one; \
                 what it did is looked up afterwards"
            }
        }
    }
}

/// What the service can do, and its limits.
#[allow(clippy::struct_excessive_bools)] // independent facts, not states
#[derive(Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Assets have locales.
    pub locales: bool,
    /// Assets have folders.
    pub folders: bool,
    /// Texts of an asset can be changed after its upload.
    pub metadata: bool,
    /// Keys and texts of segments come from a call of their own.
    pub segment_texts: bool,
    /// Largest file, in bytes; `None` when no limit is known.
    pub max_size: Option<u64>,
    /// Accepted media types; empty when any is.
    pub accepted_types: &'static [&'static str],
    /// An asset's address opens in a browser without our headers.
    pub public_urls: bool,
    /// How many calls an hour it allows, as far as it says; what it allows a user may be another
    /// number.
    pub calls_an_hour: Option<u32>,
    /// In what assets are used, where the service tells that by its texts.
    pub used_in: Option<Noun>,
    pub replace: Replace,
}

/// One service.
#[derive(Debug)]
pub struct ProviderSpec {
    /// The word in the settings file.
    pub id: &'static str,
    pub label: &'static str,
    pub container: Noun,
    pub middle: Middle,
    pub account_fields: &'static [AccountField],
    /// What its key is called, for the prompt.
    pub key_label: &'static str,
    pub asset_columns: &'static [AssetColumn],
    pub upload_fields: &'static [FieldSpec],
    pub edit_fields: &'static [FieldSpec],
    pub capabilities: Capabilities,
    /// What it tells of an asset beyond the fields that all services have. Read from what was sent
    /// when somebody looks, since a list of many thousands would hold it for nobody.
    pub details: fn(&Asset) -> Vec<Detail>,
}

/// There is one spec of each service.
impl PartialEq for ProviderSpec {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ProviderSpec {}

impl ProviderSpec {
    /// Whether a scope is a container whose assets are in its segments.
    pub fn is_whole(&self, scope: &AssetScope) -> bool {
        self.middle == Middle::Segments && scope.segment().is_none()
    }

    /// A field as an upload takes it, if it takes it.
    pub fn upload_field(&self, field: Field) -> Option<&'static FieldSpec> {
        self.upload_fields.iter().find(|spec| spec.field == field)
    }
}

/// A service that can do nothing, for tests to make theirs of.
#[cfg(test)]
pub(crate) const BARE: ProviderSpec = ProviderSpec {
    id: "fake",
    label: "Fake",
    container: Noun {
        one: "box",
        many: "boxes",
        title: "Boxes",
    },
    middle: Middle::Types,
    account_fields: &[],
    key_label: "Key",
    asset_columns: &[],
    upload_fields: &[],
    edit_fields: &[],
    capabilities: Capabilities {
        locales: false,
        folders: false,
        metadata: false,
        segment_texts: false,
        max_size: None,
        accepted_types: &[],
        public_urls: false,
        calls_an_hour: None,
        used_in: None,
        replace: Replace::ByDelete,
    },
    details: |_| Vec::new(),
};
