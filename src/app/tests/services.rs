//! Two services as the screen knows them, and what stands in them.

use crate::api::{
    ApiError, ApiErrorKind, AssetColumn, BARE, Capabilities, Field, FieldSpec, Middle, Noun,
    ProviderSpec,
};
use crate::app::msg::Batch;
use crate::domain::{
    AccountName, Asset, AssetKey, AssetScope, Container, ContainerId, Entry, Locale, RawJson,
    Segment, SegmentId,
};

/// A service with segments, locales and folders.
pub static SEGMENTS: ProviderSpec = ProviderSpec {
    id: "strings",
    label: "Strings",
    container: Noun {
        one: "document",
        many: "documents",
        title: "Documents",
    },
    middle: Middle::Segments,
    key_label: "API key",
    asset_columns: &[AssetColumn::Name, AssetColumn::Locale, AssetColumn::Size],
    upload_fields: &[
        FieldSpec::free(Field::Locale),
        FieldSpec::free(Field::Folder),
    ],
    capabilities: Capabilities {
        locales: true,
        folders: true,
        segment_texts: true,
        replace: crate::api::Replace::InPlace,
        ..BARE.capabilities
    },
    ..BARE
};

/// A service without segments, whose assets have texts.
pub static TYPES: ProviderSpec = ProviderSpec {
    id: "sites",
    label: "Sites",
    container: Noun {
        one: "website",
        many: "websites",
        title: "Websites",
    },
    key_label: "API key",
    asset_columns: &[AssetColumn::Name, AssetColumn::AssetType, AssetColumn::Size],
    upload_fields: &[
        FieldSpec {
            choices: &["image", "video"],
            ..FieldSpec::free(Field::AssetType)
        },
        FieldSpec {
            max_chars: Some(10),
            ..FieldSpec::free(Field::AltText)
        },
        FieldSpec {
            max_chars: Some(5),
            max_items: Some(2),
            ..FieldSpec::free(Field::Tags)
        },
    ],
    edit_fields: &[
        FieldSpec::free(Field::AltText),
        FieldSpec::free(Field::Description),
    ],
    capabilities: Capabilities {
        metadata: true,
        max_size: Some(1000),
        accepted_types: &["image/png"],
        public_urls: true,
        calls_an_hour: None,
        used_in: Some(Noun {
            one: "template",
            many: "templates",
            title: "Templates",
        }),
        ..BARE.capabilities
    },
    ..BARE
};

pub fn account(name: &str) -> AccountName {
    AccountName::new(name).unwrap()
}

pub fn container(id: &str, name: &str) -> Container {
    Container {
        raw: RawJson::new(r#"{"id":1}"#),
        ..Container::bare(ContainerId::new(id).unwrap(), name)
    }
}

pub fn segment(id: &str, position: u64) -> Segment {
    Segment {
        id: SegmentId::new(id).unwrap(),
        position,
        part: 0,
        key: Some(format!("key-{id}")),
        text: None,
        raw: RawJson::new("{}"),
    }
}

pub fn asset(scope: &AssetScope, name: &str, locale: Option<&str>) -> Asset {
    let key = AssetKey::from_parts([locale.unwrap_or(""), name]).unwrap();
    Asset {
        locale: locale.and_then(Locale::new),
        size: Some(100),
        content_type: Some("image/png".to_owned()),
        asset_type: Some("image".to_owned()),
        alt_text: Some("before".to_owned()),
        url: Some(format!("https://cdn.example/{name}")),
        raw: RawJson::new("{\n}"),
        ..Asset::bare(scope.clone(), key, name)
    }
}

pub fn error(kind: ApiErrorKind) -> ApiError {
    ApiError::new("list assets", kind, "no")
}

pub fn page<T: crate::domain::Keepable>(rows: impl IntoIterator<Item = T>) -> Batch<T> {
    Batch::whole(rows.into_iter().map(Entry::Read).collect::<Vec<_>>())
}

pub fn doc() -> AssetScope {
    AssetScope::Segment(
        ContainerId::new("d1").unwrap(),
        SegmentId::new("s1").unwrap(),
    )
}

pub fn site() -> AssetScope {
    AssetScope::Container(ContainerId::new("w1").unwrap())
}
