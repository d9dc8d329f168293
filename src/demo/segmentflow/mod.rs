//! The websites' service: keys and scopes, assets, templates, as its contract has them.
//!
//! Where the contract leaves something open, this server does what is hardest on a client:
//! a second create with the same storage key makes a second record, so a blind repeat shows.

mod check;
mod templates;
mod upload;

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::ListShape;
use super::answer::{self, Call};
use super::seed::hostile;
use super::seed::web::WebAsset;
use super::store::{Library, World, held};

/// A page holds as many assets unless fewer are asked for.
const PAGE: usize = 100;

/// A refusal in the service's one shape.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    more: Map<String, Value>,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            more: Map::new(),
        }
    }

    /// The form of a request is wrong.
    fn form(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// The form is right, the meaning is refused.
    fn meaning(field: &str, message: &str) -> Self {
        let refusal = Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "validation_failed",
            format!("{field}: {message}"),
        );
        refusal.with("details", json!({ "fields": { field: message } }))
    }

    fn missing(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            format!("No such {what}"),
        )
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.into(), value);
        self
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = self.more;
        body.insert("error".into(), self.code.into());
        body.insert("message".into(), self.message.into());
        answer::json(self.status, &Value::Object(body))
    }
}

/// A made-up refusal: the service's code for this status, unless another one is given.
pub fn refusal(status: StatusCode, code: Option<&str>, message: &str) -> Response {
    let usual = match status.as_u16() {
        400 => "bad_request",
        401 => "unauthorized",
        403 => "insufficient_scope",
        404 => "not_found",
        409 => "conflict",
        422 => "validation_failed",
        429 => "rate_limited",
        _ => "internal_error",
    };
    let body = json!({ "error": code.unwrap_or(usual), "message": message });
    answer::json(status, &body)
}

/// Answers a call to `/api/v1/…`.
pub async fn answer(world: &Arc<World>, mut call: Call) -> Response {
    held(&world.library).calls += 1;
    match route(world, &mut call).await {
        Ok(response) => response,
        Err(refusal) => {
            answer::drain(call.body).await;
            refusal.into_response()
        }
    }
}

async fn route(world: &Arc<World>, call: &mut Call) -> Result<Response, Refusal> {
    let path = std::mem::take(&mut call.path);
    let path: Vec<&str> = path.iter().skip(2).map(String::as_str).collect();
    let method = call.method.as_str().to_owned();
    match (path.as_slice(), method.as_str()) {
        (["assets"], "GET") => {
            allowed(world, call, "assets:read")?;
            list(world, call)
        }
        (["assets"], "POST") => {
            allowed(world, call, "assets:write")?;
            let body = body(call).await?;
            upload::record(world, &body, &call.quirks)
        }
        (["assets", "upload-url"], "POST") => {
            allowed(world, call, "assets:write")?;
            let body = body(call).await?;
            upload::address(world, &body)
        }
        (["assets", id], "PATCH") => {
            allowed(world, call, "assets:write")?;
            check::uuid("id", id).map_err(Refusal::form)?;
            let body = body(call).await?;
            update(world, id, &body)
        }
        (["assets", id], "DELETE") => {
            allowed(world, call, "assets:write")?;
            check::uuid("id", id).map_err(Refusal::form)?;
            delete(world, id)
        }
        (["templates"], "GET") => {
            allowed(world, call, "templates:read")?;
            templates::list(world, call)
        }
        (["templates", id], "GET") => {
            allowed(world, call, "templates:read")?;
            check::uuid("id", id).map_err(Refusal::form)?;
            templates::one(world, id)
        }
        (["assets" | "templates", ..], _) if path.len() <= 2 => Err(Refusal::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            format!("{method} is not offered here"),
        )),
        _ => {
            allowed(world, call, "")?;
            Err(Refusal::missing("resource"))
        }
    }
}

/// 401 without a good key, 403 where it lacks the scope.
fn allowed(world: &World, call: &Call, scope: &str) -> Result<(), Refusal> {
    let key = call.header("x-api-key");
    if key == world.key("acme-web") {
        return Ok(());
    }
    if key != world.key("guest-web") {
        let message = "Key missing or not valid";
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "unauthorized",
            message,
        ));
    }
    if scope.is_empty() {
        return Ok(());
    }
    let message = format!("The key lacks the scope {scope}");
    let refusal = Refusal::new(StatusCode::FORBIDDEN, "insufficient_scope", message);
    Err(refusal.with("required", json!([scope])))
}

async fn body(call: &mut Call) -> Result<Value, Refusal> {
    let body = call.json().await.map_err(Refusal::form)?;
    body.ok_or_else(|| Refusal::form("a body is needed"))
}

/// The list, newest first: pages with a cursor, or all of it as a bare array.
fn list(world: &Arc<World>, call: &Call) -> Result<Response, Refusal> {
    if world.options.list_shape == ListShape::Array {
        return Ok(bare_list(world));
    }
    let limit = match call.item("limit") {
        None => PAGE,
        Some(text) => match text.parse() {
            Ok(limit @ 1..=PAGE) => limit,
            _ => return Err(Refusal::form("limit: a whole number from 1 to 100")),
        },
    };
    let library = held(&world.library);
    let from = match call.item("cursor") {
        None => library.last,
        Some(cursor) => read_cursor(world, cursor)
            .ok_or_else(|| Refusal::form("cursor: not one that this service gave out"))?,
    };
    let lagging = |asset: &&WebAsset| asset.blob.lags();
    let left_out = library.touched.values().flatten().filter(lagging).count() as u64;
    let mut found: Vec<WebAsset> = Vec::with_capacity(limit + 1);
    found.extend(
        (1..=from.min(library.last))
            .rev()
            .filter_map(|sequence| world.web_asset(&library, sequence))
            .filter(|asset| !asset.blob.skips_a_list())
            .take(limit + 1),
    );
    let next = (found.len() > limit).then(|| found.pop()).flatten();
    let mut assets: Vec<Value> = found.iter().map(|asset| show(world, asset)).collect();
    if world.options.hostile && call.item("cursor").is_none() {
        let middle = assets.len() / 2;
        assets.splice(middle..middle, hostile::broken_web_assets());
    }
    let next = next.map(|asset| write_cursor(world, asset.sequence));
    let page = json!({
        "success": true,
        "assets": assets,
        "total": world.web_count(&library) - left_out,
        "nextCursor": next,
        "previousCursor": null,
    });
    Ok(answer::json(StatusCode::OK, &page))
}

fn bare_list(world: &Arc<World>) -> Response {
    let last = held(&world.library).last;
    let shared = Arc::clone(world);
    let assets = (1..=last).rev().filter_map(move |sequence| {
        let asset = shared.web_asset(&held(&shared.library), sequence)?;
        (!asset.blob.skips_a_list()).then(|| show(&shared, &asset))
    });
    let broken = if world.options.hostile {
        hostile::broken_web_assets()
    } else {
        Vec::new()
    };
    answer::streamed(answer::joined(
        "[".into(),
        broken.into_iter().chain(assets),
        "]",
    ))
}

/// A cursor names the first asset of its page, so what is added or deleted meanwhile moves nothing.
fn write_cursor(world: &World, sequence: u64) -> String {
    format!("c_{:016x}", sequence ^ world.seed.number("cursor", 0))
}

fn read_cursor(world: &World, cursor: &str) -> Option<u64> {
    let digits = cursor
        .strip_prefix("c_")
        .filter(|digits| digits.len() == 16)?;
    Some(u64::from_str_radix(digits, 16).ok()? ^ world.seed.number("cursor", 0))
}

fn update(world: &World, id: &str, body: &Value) -> Result<Response, Refusal> {
    let description = check::nullable_text(body, "description", 500)?;
    let alt_text = check::nullable_text(body, "altText", 200)?;
    let tags = check::tags(body)?;
    let image_type = check::image_type(body)?;
    let mut library = held(&world.library);
    let mut asset = find(world, &library, id)?;
    description.apply(&mut asset.description);
    alt_text.apply(&mut asset.alt_text);
    image_type.apply(&mut asset.image_type);
    if let Some(tags) = tags {
        asset.tags = tags;
    }
    asset.updated = Timestamp::now();
    let shown = show(world, &asset);
    library.touched.insert(asset.sequence, Some(asset));
    Ok(answer::json(
        StatusCode::OK,
        &json!({ "success": true, "asset": shown }),
    ))
}

fn delete(world: &World, id: &str) -> Result<Response, Refusal> {
    let mut library = held(&world.library);
    let asset = find(world, &library, id)?;
    library.touched.insert(asset.sequence, None);
    let shared = library
        .touched
        .values()
        .flatten()
        .any(|other| other.key == asset.key);
    drop(library);
    if !shared {
        let mut storage = held(&world.storage);
        storage.objects.remove(&asset.key);
        storage.gone.insert(asset.key);
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn find(world: &World, library: &Library, id: &str) -> Result<WebAsset, Refusal> {
    world
        .seed
        .asset_number(id)
        .and_then(|sequence| world.web_asset(library, sequence))
        .ok_or_else(|| Refusal::missing("asset"))
}

fn website(world: &World, id: &str) -> Option<usize> {
    world
        .web
        .websites
        .iter()
        .position(|site| site.id.eq_ignore_ascii_case(id))
}

fn show_website(world: &World, at: Option<usize>) -> (Value, Value) {
    at.and_then(|at| world.web.websites.get(at))
        .map_or((Value::Null, Value::Null), |site| {
            (json!(site.id), json!({ "id": site.id, "name": site.name }))
        })
}

/// An asset as the service shows it.
pub fn show(world: &World, asset: &WebAsset) -> Value {
    let (website_id, website) = show_website(world, asset.website);
    let (width, height) = asset.pixels().unzip();
    json!({
        "id": world.seed.asset_id(asset.sequence),
        "organizationId": world.organization(),
        "assetType": asset.asset_type,
        "imageType": asset.image_type,
        "filename": asset.filename,
        "s3Key": asset.key,
        "contentType": asset.content_type,
        "size": asset.blob.listed_size(),
        "url": world.object_url(&asset.key),
        "createdAt": format!("{:.3}", asset.created),
        "updatedAt": format!("{:.3}", asset.updated),
        "description": asset.description,
        "altText": asset.alt_text,
        "tags": asset.tags,
        "width": width,
        "height": height,
        "websiteId": website_id,
        "website": website,
    })
}
