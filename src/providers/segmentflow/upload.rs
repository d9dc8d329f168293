//! Sending to SegmentFlow: ask for a link, put the bytes, record them, set the texts.

use serde_json::{Map, Value, json};

use super::Adapter;
use super::spec::{MAX_SIZE, SPEC};
use super::wire::{self, NO_WEBSITE, UploadLink};
use crate::api::body::Outgoing;
use crate::api::http::Method;
use crate::api::{
    ApiError, ApiErrorKind, Field, FieldSpec, Metadata, Receipt, Step, UploadRequest, UploadWatch,
};
use crate::domain::Asset;

const OPERATION: &str = "upload the file";
/// Links asked for at most: one may run out while the file waits, and is replaced.
const MAX_LINKS: u32 = 3;

impl Adapter {
    pub(super) async fn send(
        &self,
        request: &UploadRequest,
        watch: &dyn UploadWatch,
    ) -> Result<Asset, ApiError> {
        let asset_type = check(request)?;
        let claim = self.claim(OPERATION, request).await?;
        self.forget();
        let key = self.put(request, asset_type, watch).await?;
        let receipt = Receipt { storage_key: key };
        watch.step(Step::Record, Some(&receipt)).await?;
        let recorded = self.record(request, asset_type, &receipt).await;
        match &recorded {
            Ok(asset) => claim.recorded(asset),
            Err(_) => claim.unknown(),
        }
        let asset = recorded?;
        let texts = Metadata {
            // Creating took this one.
            image_type: None,
            alt_text: full(request.metadata.alt_text.as_ref()),
            description: full(request.metadata.description.as_ref()),
            tags: request
                .metadata
                .tags
                .clone()
                .filter(|tags| !tags.is_empty()),
        };
        if texts.is_empty() {
            return Ok(asset);
        }
        // The asset is there from here on, whatever becomes of its texts.
        let set = match watch.step(Step::Texts, Some(&receipt)).await {
            Ok(()) => self.patch("set the texts", &asset, &texts).await,
            Err(error) => Err(error),
        };
        match set {
            Ok(changed) => Ok(changed),
            Err(error) => {
                watch.warning(format!("the file is stored, its texts are not: {error}"));
                Ok(asset)
            }
        }
    }

    /// Puts the bytes to the storage and answers the storage key. A refused link is replaced.
    async fn put(
        &self,
        request: &UploadRequest,
        asset_type: &str,
        watch: &dyn UploadWatch,
    ) -> Result<String, ApiError> {
        let mut links = 0;
        loop {
            watch.step(Step::AskLink, None).await?;
            let link = self.link(request, asset_type).await?;
            links += 1;
            let receipt = Receipt {
                storage_key: link.key.clone(),
            };
            watch.step(Step::Send, Some(&receipt)).await?;
            watch.bytes(0);
            let file = Outgoing::file(
                OPERATION,
                &request.path,
                &request.stamp,
                &request.content_type,
            )
            .await?;
            let sent = self
                .http
                .bare(OPERATION, Method::PUT, &link.address)
                .file(file, &|bytes| watch.bytes(bytes))
                .errors(wire::read_storage_error)
                .answer()
                .await;
            match sent {
                Ok(_) => return Ok(link.key),
                Err(error) if error.status == Some(403) && links < MAX_LINKS => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn link(
        &self,
        request: &UploadRequest,
        asset_type: &str,
    ) -> Result<UploadLink, ApiError> {
        let answer = self
            .http
            .call(
                "ask for an upload link",
                Method::POST,
                &["api", "v1", "assets", "upload-url"],
            )
            .json(&description(request, asset_type))
            .answer()
            .await?;
        wire::upload_link(&answer)
    }

    async fn record(
        &self,
        request: &UploadRequest,
        asset_type: &str,
        receipt: &Receipt,
    ) -> Result<Asset, ApiError> {
        let mut body = description(request, asset_type);
        body.insert("s3Key".into(), json!(receipt.storage_key));
        if let Some(image_type) = full(request.metadata.image_type.as_ref()) {
            body.insert("imageType".into(), json!(image_type));
        }
        let answer = self
            .assets_call("record the asset", Method::POST)
            .json(&body)
            .changes()
            .answer()
            .await?;
        let asset = wire::one_asset(&answer)?;
        // Somebody else's answer is no answer to this question.
        if asset
            .stored_as
            .as_ref()
            .is_some_and(|key| *key != receipt.storage_key)
        {
            return Err(answer.broken("it answered with another asset"));
        }
        Ok(asset)
    }

    /// Changes the texts that are given; an empty one is emptied.
    pub(super) async fn patch(
        &self,
        operation: &'static str,
        asset: &Asset,
        change: &Metadata,
    ) -> Result<Asset, ApiError> {
        let id = id_of(operation, asset)?;
        let mut body = Map::new();
        for (name, value) in [
            ("imageType", &change.image_type),
            ("altText", &change.alt_text),
            ("description", &change.description),
        ] {
            if let Some(text) = value {
                let value = if text.is_empty() {
                    Value::Null
                } else {
                    json!(text)
                };
                body.insert(name.into(), value);
            }
        }
        if let Some(tags) = &change.tags {
            body.insert("tags".into(), json!(tags));
        }
        if body.is_empty() {
            return Ok(asset.clone());
        }
        self.forget();
        let answer = self
            .http
            .call(operation, Method::PATCH, &["api", "v1", "assets", &id])
            .json(&body)
            .changes()
            .answer()
            .await?;
        let changed = wire::one_asset(&answer)?;
        if changed.key != asset.key {
            return Err(answer.broken("it answered with another asset"));
        }
        Ok(changed)
    }
}

/// The id inside an asset's key.
pub(super) fn id_of(operation: &'static str, asset: &Asset) -> Result<String, ApiError> {
    match asset.key.parts().as_deref() {
        Some([id]) if !id.is_empty() => Ok(id.clone()),
        _ => Err(ApiError::new(
            operation,
            ApiErrorKind::Invalid,
            "this is no id of an asset; copy the ref from a listing",
        )),
    }
}

/// What both calls of an upload say of the file. The asset type is sent on purpose: the service's
/// default is `content-image` even for a PDF.
fn description(request: &UploadRequest, asset_type: &str) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("filename".into(), json!(request.name.as_str()));
    body.insert("contentType".into(), json!(request.content_type));
    body.insert("size".into(), json!(request.stamp.size));
    body.insert("assetType".into(), json!(asset_type));
    let website = request.scope.container().as_str();
    if website != NO_WEBSITE {
        body.insert("websiteId".into(), json!(website));
    }
    body
}

fn full(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

/// Looks at everything that can be known before a byte is sent, and answers the asset type.
fn check(request: &UploadRequest) -> Result<&str, ApiError> {
    let refuse = |message: String| ApiError::new(OPERATION, ApiErrorKind::Invalid, message);
    if request.scope.segment().is_some() {
        return Err(refuse("a file goes to a website here, not deeper".into()));
    }
    let website = request.scope.container().as_str();
    if website != NO_WEBSITE && !is_uuid(website) {
        return Err(refuse(
            "the website's id is none; it looks like 6f1f8a52-6c55-4c0e-9a7e-0f0f5f3b9a10".into(),
        ));
    }
    if request.locale.is_some() {
        return Err(refuse("assets have no locale here; leave it out".into()));
    }
    if !request.folder.is_root() {
        return Err(refuse("assets have no folder here; leave it out".into()));
    }
    match request.stamp.size {
        0 => return Err(refuse("the file is empty".into())),
        1..=MAX_SIZE => {}
        size => {
            return Err(refuse(format!(
                "the file has {size} bytes; at most {MAX_SIZE} (20 MiB) are taken"
            )));
        }
    }
    let accepted = SPEC.capabilities.accepted_types;
    if !accepted.contains(&&*request.content_type) {
        return Err(refuse(format!(
            "the file is {}; only JPEG, PNG, CSV, Excel (.xls) and PDF are taken",
            request.content_type
        )));
    }
    check_texts(OPERATION, &request.metadata)?;
    let default = if request.content_type.starts_with("image/") {
        "content-image"
    } else {
        "content-document"
    };
    match request
        .asset_type
        .as_deref()
        .filter(|text| !text.is_empty())
    {
        None => Ok(default),
        Some(asset_type) => {
            check_choice(OPERATION, Field::AssetType, asset_type)?;
            Ok(asset_type)
        }
    }
}

/// The limits of the texts, as the page of the PATCH call states them.
pub(super) fn check_texts(operation: &'static str, texts: &Metadata) -> Result<(), ApiError> {
    let refuse = |message: String| Err(ApiError::new(operation, ApiErrorKind::Invalid, message));
    if let Some(image_type) = full(texts.image_type.as_ref()) {
        check_choice(operation, Field::ImageType, &image_type)?;
    }
    for (field, text) in [
        (Field::AltText, &texts.alt_text),
        (Field::Description, &texts.description),
    ] {
        let limit = limits(field).and_then(|spec| spec.max_chars);
        let length = text.as_deref().map_or(0, length);
        if let Some(limit) = limit
            && length > limit
        {
            return refuse(format!(
                "{} has {length} characters; at most {limit} are taken",
                field.label()
            ));
        }
    }
    if let (Some(tags), Some(spec)) = (&texts.tags, limits(Field::Tags)) {
        let most = spec.max_items.unwrap_or(usize::MAX);
        if tags.len() > most {
            return refuse(format!("{} tags; at most {most} are taken", tags.len()));
        }
        let limit = spec.max_chars.unwrap_or(usize::MAX);
        if let Some(tag) = tags.iter().find(|tag| length(tag) > limit) {
            return refuse(format!(
                "a tag has {} characters; at most {limit} are taken",
                length(tag)
            ));
        }
        if tags.iter().any(|tag| tag.trim().is_empty()) {
            return refuse("a tag is empty".into());
        }
    }
    Ok(())
}

fn limits(field: Field) -> Option<&'static FieldSpec> {
    SPEC.upload_field(field)
}

fn check_choice(operation: &'static str, field: Field, value: &str) -> Result<(), ApiError> {
    let choices = limits(field).map_or(&[][..], |spec| spec.choices);
    if choices.contains(&value) {
        return Ok(());
    }
    Err(ApiError::new(
        operation,
        ApiErrorKind::Invalid,
        format!(
            "there is no {} “{value}”; it is one of {}",
            field.label().to_lowercase(),
            choices.join(", ")
        ),
    ))
}

/// The larger of code points and UTF-16 units: which of them the service counts is not documented.
fn length(text: &str) -> usize {
    text.chars().count().max(text.encode_utf16().count())
}

/// A UUID of version 1 to 8, or the all-zero or all-ones one: what the service's pattern lets pass.
fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths = groups.iter().map(|group| group.len());
    if !lengths.eq([8, 4, 4, 4, 12])
        || !groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
    {
        return false;
    }
    let first = |at: usize| groups[at].as_bytes()[0].to_ascii_lowercase();
    (matches!(first(2), b'1'..=b'8') && matches!(first(3), b'8' | b'9' | b'a' | b'b'))
        || text.bytes().all(|byte| matches!(byte, b'0' | b'-'))
        || text.bytes().all(|byte| matches!(byte, b'f' | b'-'))
}
