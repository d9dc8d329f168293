//! The two calls of an upload that reach this service: the presigned address, and the record.

use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Refusal, check, show, website};
use crate::demo::answer;
use crate::demo::faults::Quirks;
use crate::demo::seed::web::{WebAsset, storage_name};
use crate::demo::sign::Permit;
use crate::demo::store::{BUCKET, World, held};

/// 20 MiB, the documented limit of an upload.
const LARGEST: u64 = 20_971_520;

/// A presigned address, and the key under which to record what is put there.
pub fn address(world: &World, body: &Value) -> Result<Response, Refusal> {
    let filename = check::text(body, "filename")?;
    let content_type = check::one_of(body, "contentType", check::UPLOAD_TYPES)?
        .ok_or_else(|| Refusal::meaning("contentType", "is required"))?;
    let size = check::size(body)?;
    if size > LARGEST {
        return Err(Refusal::meaning("size", "at most 20971520 bytes"));
    }
    check::one_of(body, "assetType", check::ASSET_TYPES)?;
    if let Some(id) = check::website_id(body)? {
        website(world, &id).ok_or_else(|| Refusal::meaning("websiteId", "no such website"))?;
    }
    let mut library = held(&world.library);
    library.issued_count += 1;
    let id = world.seed.uuid("upload", library.issued_count);
    let key = format!("uploads/{id}/{}", storage_name(&filename));
    library
        .issued
        .insert(key.clone(), (content_type.clone(), size));
    drop(library);
    let seconds = world.options.link_lifetime.as_secs();
    let length = size.to_string();
    let url = world.signer.presign(&Permit {
        method: "PUT",
        origin: &world.storage_origin,
        path: &format!("/{BUCKET}/{key}"),
        headers: &[("content-length", &length), ("content-type", &content_type)],
        at: Timestamp::now(),
        seconds,
    });
    let answer = json!({ "success": true, "uploadUrl": url, "key": key, "expiresIn": seconds });
    Ok(answer::json(StatusCode::OK, &answer))
}

/// Records what was put to the storage: it must be there, with the size and type that were announced.
pub fn record(world: &World, body: &Value, quirks: &Quirks) -> Result<Response, Refusal> {
    let filename = check::text(body, "filename")?;
    let key = check::text(body, "s3Key")?;
    let content_type = check::text(body, "contentType")?;
    let size = check::size(body)?;
    let asset_type = check::one_of(body, "assetType", check::ASSET_TYPES)?;
    let image_type = check::one_of(body, "imageType", check::IMAGE_TYPES)?;
    let home = match check::website_id(body)? {
        Some(id) => Some(website(world, &id).ok_or_else(|| Refusal::missing("website"))?),
        None => None,
    };
    if !held(&world.library).issued.contains_key(&key) {
        return Err(Refusal::missing("storage key"));
    }
    let object = world
        .object(&key)
        .ok_or_else(|| Refusal::meaning("s3Key", "nothing was uploaded under this key"))?;
    // What came in, not what is kept: a service that checks would hide a storage that loses bytes.
    if object.blob.announced() != size {
        return Err(Refusal::meaning(
            "size",
            "is not the size of what was uploaded",
        ));
    }
    if object.content_type != content_type {
        return Err(Refusal::meaning(
            "contentType",
            "is not the type of what was uploaded",
        ));
    }
    let now = Timestamp::now();
    let mut library = held(&world.library);
    library.last += 1;
    let asset = WebAsset {
        sequence: library.last,
        filename,
        key,
        content_type,
        asset_type: asset_type.unwrap_or_else(|| "content-image".into()),
        image_type,
        website: home,
        description: None,
        alt_text: None,
        tags: Vec::new(),
        created: now,
        updated: now,
        blob: object.blob.with(quirks),
    };
    let shown = show(world, &asset);
    library.touched.insert(asset.sequence, Some(asset));
    Ok(answer::json(
        StatusCode::OK,
        &json!({ "success": true, "asset": shown }),
    ))
}
