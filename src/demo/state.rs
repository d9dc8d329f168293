//! The view behind the client's back: `/__demo/state`, `object`, `expire` and `faults`.
//!
//! Not part of any contract; present on every listener, without credentials.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::answer::{self, Call};
use super::blob::Blob;
use super::store::{World, held};
use super::{faults, segmentflow, wordbee};

/// Computed assets are listed up to so many; beyond it only their number is told.
const LISTED: u64 = 2_000;
/// Longer scripts of faults are refused, in bytes.
const SCRIPT_LIMIT: usize = 4 << 20;

/// Answers a call to `/__demo/…`.
pub async fn answer(world: &World, mut call: Call) -> Response {
    let body = std::mem::take(&mut call.body);
    let call = &call;
    match (call.path.get(1).map(String::as_str), call.method.as_str()) {
        (Some("state"), "GET") => answer::json(StatusCode::OK, &state(world)),
        (Some("object"), "GET") => match object(world, call) {
            Some((blob, kind)) => blob.answer([(header::CONTENT_TYPE, kind)]),
            None => missing(),
        },
        (Some("expire"), "POST") => {
            let what = call.item("what").unwrap_or("tokens");
            match serde_json::from_value(what.into()) {
                Ok(what) => {
                    faults::expire(world, what);
                    StatusCode::NO_CONTENT.into_response()
                }
                Err(error) => wrong(&error.to_string()),
            }
        }
        (Some("faults"), "GET") => answer::json(StatusCode::OK, &world.faults.armed()),
        (Some("faults"), "DELETE") => match world.faults.arm(json!([])) {
            Ok(()) => StatusCode::NO_CONTENT.into_response(),
            Err(why) => wrong(&why),
        },
        (Some("faults"), "POST") => {
            // Whatever type it says it has: `curl -d` says it is a form.
            let bytes = answer::read(body, SCRIPT_LIMIT).await.unwrap_or_default();
            let told = serde_json::from_slice(&bytes).map_err(|error| error.to_string());
            match told.and_then(|told| world.faults.arm(told)) {
                Ok(()) => answer::json(StatusCode::OK, &world.faults.armed()),
                Err(why) => wrong(&why),
            }
        }
        _ => missing(),
    }
}

fn missing() -> Response {
    let body = json!({ "error": "not_found", "message": "state, object, expire or faults" });
    answer::json(StatusCode::NOT_FOUND, &body)
}

fn wrong(why: &str) -> Response {
    let body = json!({ "error": "bad_request", "message": why });
    answer::json(StatusCode::BAD_REQUEST, &body)
}

/// Counts and stored assets of both services, and the storage's objects.
pub fn state(world: &World) -> Value {
    json!({
        "seed": world.options.seed,
        "segmentflow": web(world),
        "wordbee": flex(world),
        "storage": storage(world),
        "faults": world.faults.state(),
    })
}

fn web(world: &World) -> Value {
    let library = held(&world.library);
    let hidden = if world.web.bulk > LISTED {
        world.web.bulk
    } else {
        0
    };
    let computed = (hidden + 1..=world.web.bulk).filter(|n| !library.touched.contains_key(n));
    let mut numbers: Vec<u64> = computed.collect();
    numbers.extend(library.touched.keys());
    let assets: Vec<Value> = numbers
        .into_iter()
        .filter_map(|sequence| world.web_asset(&library, sequence))
        .map(|asset| {
            let mut shown = segmentflow::show(world, &asset);
            shown["size"] = asset.blob.size().into();
            shown["sha256"] = asset.blob.sha256.as_ref().into();
            shown
        })
        .collect();
    let websites: Vec<Value> = world
        .web
        .websites
        .iter()
        .map(|site| json!({ "id": site.id, "name": site.name }))
        .collect();
    json!({
        "counts": {
            "assets": world.web_count(&library),
            "websites": world.web.websites.len(),
            "templates": world.web.templates.len(),
            "issuedKeys": library.issued.len(),
        },
        "calls": library.calls,
        "websites": websites,
        "assets": assets,
        "assetsNotListed": world.web_count(&library) - assets.len() as u64,
    })
}

fn flex(world: &World) -> Value {
    let flex = held(&world.flex);
    let mut assets: Vec<Value> = Vec::new();
    for document in &world.documents {
        let mut places: Vec<u64> = flex
            .touched
            .keys()
            .filter(|(did, _)| *did == document.did)
            .filter_map(|(_, sid)| document.place(*sid))
            .collect();
        if document.bulk > 0 && document.bulk <= LISTED {
            places.extend((0..document.count()).filter(|at| document.bulk_at(*at) > 0));
        }
        places.sort_unstable();
        places.dedup();
        for place in places {
            let sid = document.first_sid + place;
            assets.extend(
                world
                    .flex_assets(&flex, document, place)
                    .iter()
                    .map(|asset| {
                        let mut shown = wordbee::show_asset(world, document, sid, asset);
                        shown["size"] = asset.blob.size().into();
                        shown["sha256"] = asset.blob.sha256.as_ref().into();
                        shown
                    }),
            );
        }
    }
    let total = world.flex_count(&flex);
    json!({
        "counts": {
            "documents": world.documents.len(),
            "segments": world.documents.iter().map(super::seed::flex::Document::count).sum::<u64>(),
            "assets": total,
            "liveTokens": flex.tokens.len(),
            "waitingUploads": flex.uploads.len(),
        },
        "calls": flex.calls,
        "logins": flex.logins,
        "refusedLogins": flex.refused_logins,
        "refusedTokens": flex.refused_tokens,
        "throttled": flex.throttled,
        "pollViolations": flex.poll_violations,
        "assetsNotListed": total.saturating_sub(assets.len() as u64),
        "assets": assets,
    })
}

fn storage(world: &World) -> Value {
    let storage = held(&world.storage);
    let objects: Vec<Value> = storage
        .objects
        .iter()
        .map(|(key, object)| {
            json!({
                "key": key,
                "size": object.blob.size(),
                "sha256": object.blob.sha256.as_ref(),
                "contentType": object.content_type,
            })
        })
        .collect();
    json!({
        "counts": { "objects": objects.len() },
        "objects": objects,
        "refused": storage.refused,
    })
}

/// `?key=` names an object of the storage; `?document=&segment=&filename=[&locale=][&relativePath=]`
/// an asset of a segment, exactly as the state shows it.
fn object(world: &World, call: &Call) -> Option<(Blob, String)> {
    if let Some(key) = call.item("key") {
        let object = world.object(key)?;
        return Some((object.blob, object.content_type));
    }
    let document = world
        .documents
        .iter()
        .find(|document| Some(document.did.to_string().as_str()) == call.item("document"))?;
    let place = document.place(call.item("segment")?.parse().ok()?)?;
    let name = call.item("filename")?;
    let folder = call.item("relativePath").unwrap_or("");
    let assets = world.flex_assets(&held(&world.flex), document, place);
    let asset = assets.into_iter().find(|asset| {
        asset.name == name
            && asset.folder == folder
            && asset.locale.as_deref() == call.item("locale")
    })?;
    Some((asset.blob, asset.content_type.to_owned()))
}
