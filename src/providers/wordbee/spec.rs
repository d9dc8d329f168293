//! What Wordbee Flex calls things and what it takes, as data.

use super::wire;
use crate::api::{
    AccountField, AssetColumn, Capabilities, Field, FieldSpec, Middle, Noun, ProviderSpec, Replace,
};

pub(crate) static SPEC: ProviderSpec = ProviderSpec {
    id: "wordbee",
    label: "Wordbee",
    container: Noun {
        one: "document",
        many: "documents",
        title: "Documents",
    },
    middle: Middle::Segments,
    account_fields: &[
        AccountField {
            name: "base_url",
            label: "Address",
            required: true,
            default: None,
            help: "base_url = \"https://your-company.wordbee-translator.com\"",
        },
        AccountField {
            name: "account_id",
            label: "Platform code",
            required: true,
            default: None,
            help: "account_id = \"the platform code you sign in with\"",
        },
    ],
    key_label: "API key",
    asset_columns: &[
        AssetColumn::Name,
        AssetColumn::Locale,
        AssetColumn::Folder,
        AssetColumn::Size,
        AssetColumn::Modified,
    ],
    upload_fields: &[
        FieldSpec::free(Field::Locale),
        FieldSpec::free(Field::Folder),
    ],
    edit_fields: &[],
    capabilities: Capabilities {
        locales: true,
        folders: true,
        metadata: false,
        segment_texts: true,
        max_size: None,
        accepted_types: &[],
        public_urls: false,
        // What its page on errors samples.
        calls_an_hour: Some(1_000),
        used_in: None,
        replace: Replace::InPlace,
    },
    details: wire::details,
};
