//! What SegmentFlow calls things and what it takes, as data.

use super::wire;
use crate::api::{
    AccountField, AssetColumn, Capabilities, Field, FieldSpec, Middle, Noun, ProviderSpec, Replace,
};

/// Largest file, in bytes: `maximum` of `size` in the call for an upload address.
pub(super) const MAX_SIZE: u64 = 20_971_520;

/// The asset types that requests take.
const ASSET_TYPES: &[&str] = &["content-image", "content-document", "lead-magnet"];

const IMAGE_TYPES: &[&str] = &[
    "logo",
    "hero",
    "header",
    "product",
    "background",
    "icon",
    "other",
];

/// Media types for which an upload address can be had.
const ACCEPTED: &[&str] = &[
    "image/jpeg",
    "image/png",
    "text/csv",
    "application/vnd.ms-excel",
    "application/pdf",
];

const IMAGE_TYPE: FieldSpec = FieldSpec {
    choices: IMAGE_TYPES,
    ..FieldSpec::free(Field::ImageType)
};
const ALT_TEXT: FieldSpec = FieldSpec {
    max_chars: Some(200),
    ..FieldSpec::free(Field::AltText)
};
const DESCRIPTION: FieldSpec = FieldSpec {
    max_chars: Some(500),
    ..FieldSpec::free(Field::Description)
};
const TAGS: FieldSpec = FieldSpec {
    max_chars: Some(50),
    max_items: Some(20),
    ..FieldSpec::free(Field::Tags)
};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    id: "segmentflow",
    label: "SegmentFlow",
    container: Noun {
        one: "website",
        many: "websites",
        title: "Websites",
    },
    middle: Middle::Types,
    account_fields: &[AccountField {
        name: "base_url",
        label: "Address",
        required: false,
        default: Some("https://api.segmentflow.ai"),
        help: "base_url = \"https://api.segmentflow.ai\"",
    }],
    key_label: "API key",
    asset_columns: &[
        AssetColumn::Name,
        AssetColumn::AssetType,
        AssetColumn::ImageType,
        AssetColumn::Size,
        AssetColumn::Modified,
    ],
    upload_fields: &[
        FieldSpec {
            choices: ASSET_TYPES,
            ..FieldSpec::free(Field::AssetType)
        },
        IMAGE_TYPE,
        ALT_TEXT,
        DESCRIPTION,
        TAGS,
    ],
    edit_fields: &[ALT_TEXT, DESCRIPTION, TAGS, IMAGE_TYPE],
    capabilities: Capabilities {
        locales: false,
        folders: false,
        metadata: true,
        segment_texts: false,
        max_size: Some(MAX_SIZE),
        accepted_types: ACCEPTED,
        public_urls: true,
        calls_an_hour: None,
        used_in: Some(Noun {
            one: "template",
            many: "templates",
            title: "Templates",
        }),
        replace: Replace::ByDelete,
    },
    details: wire::details,
};
