//! Assets of segments: attach, list, download, delete.
//!
//! What the pages leave open is done as the documented storage would do it. It is laid out as
//! `…/{segment}/{locale}/{folder}/{name}` and knows no case, so:
//! - an equal locale, folder and name, case ignored, is replaced; the old spelling of the name and
//!   the day of its creation stay;
//! - a file for every language in a folder named like one of the document's languages is that
//!   language's file, and comes back so;
//! - names that such a storage cannot hold are refused.
//!
//! A delete without a name, or with an empty one, deletes every asset of the segment in every
//! language, whatever else it says: the worst that the pages allow.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Refusal, document, moment, object, optional};
use crate::demo::answer::{self, Call};
use crate::demo::seed::files::media_type;
use crate::demo::seed::flex::{Document, FlexAsset, LOCALES};
use crate::demo::seed::hostile;
use crate::demo::store::{User, World, held};

/// Longer queries are refused, as a .NET service does by default.
const LONGEST_QUERY: usize = 2_048;

/// Hangs an uploaded file on a segment. The token is used up when this succeeds.
pub async fn attach(
    world: &World,
    user: User,
    id: &str,
    sid: &str,
    call: &mut Call,
) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let place = place(document, sid)?;
    if user == User::Worker {
        return Err(Refusal::right(
            "You do not have the right to change assets.",
        ));
    }
    let body = object(call).await?;
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let token = optional(&body, "filetoken", text)?
        .ok_or_else(|| Refusal::usual("The parameter 'filetoken' is mandatory."))?;
    let locale = optional(&body, "locale", text)?;
    let path = optional(&body, "relativePath", text)?;
    if let Some(locale) = &locale
        && !document.locales.iter().any(|at| LOCALES[*at].0 == locale)
    {
        return Err(Refusal::usual(format!(
            "The document has no language '{locale}'."
        )));
    }
    let mut flex = held(&world.flex);
    let (name, blob) = flex
        .uploads
        .get(&token)
        .cloned()
        .ok_or_else(|| Refusal::usual("The file token is invalid or expired."))?;
    let (inner, name) = split(&name);
    check_name(name)?;
    let folder = folder(path.as_deref().unwrap_or(inner))?;
    let (locale, folder) = land(document, locale, folder);
    let now = Timestamp::now();
    let mut asset = FlexAsset {
        locale,
        folder,
        content_type: media_type(name),
        name: name.into(),
        created: now,
        modified: now,
        blob: blob.with(&call.quirks),
    };
    flex.uploads.remove(&token);
    let key = (document.did, document.first_sid + place);
    let mut list = world.flex_assets(&flex, document, place);
    let twin = list.iter().position(|other| {
        other.locale == asset.locale
            && same(&other.folder, &asset.folder)
            && same(&other.name, &asset.name)
    });
    if let Some(at) = twin {
        let old = list.remove(at);
        asset = FlexAsset {
            created: old.created,
            name: old.name,
            folder: old.folder,
            ..asset
        };
    }
    let shown = show(world, document, key.1, &asset);
    list.push(asset);
    flex.touched.insert(key, list);
    Ok(answer::json(StatusCode::OK, &shown))
}

/// Assets of one segment, of every language and folder.
pub fn list_one(world: &World, user: User, id: &str, sid: &str) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let place = place(document, sid)?;
    let rows = rows(world, document, &[place]);
    Ok(answer::json(StatusCode::OK, &Value::Array(rows)))
}

/// Assets of several segments, in one array. Unknown segments add nothing.
pub fn list_many(world: &World, user: User, id: &str, call: &Call) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    if call.query_length > LONGEST_QUERY {
        return Err(Refusal::usual("The query string is too long."));
    }
    let ids = call
        .item("segmentIds")
        .ok_or_else(|| Refusal::usual("The parameter 'segmentIds' is mandatory."))?;
    let ids: Result<Vec<u64>, _> = ids.split(',').map(|id| id.trim().parse::<u64>()).collect();
    let ids = ids.map_err(|_| Refusal::usual("Invalid value of the parameter 'segmentIds'."))?;
    let mut places: Vec<u64> = ids.iter().filter_map(|sid| document.place(*sid)).collect();
    places.sort_unstable();
    places.dedup();
    let rows = rows(world, document, &places);
    Ok(answer::json(StatusCode::OK, &Value::Array(rows)))
}

fn rows(world: &World, document: &Document, places: &[u64]) -> Vec<Value> {
    let flex = held(&world.flex);
    let mut rows = Vec::new();
    for place in places {
        let assets = world.flex_assets(&flex, document, *place);
        let sid = document.first_sid + place;
        let mut shown: Vec<Value> = assets
            .iter()
            .filter(|asset| !asset.blob.skips_a_list())
            .map(|asset| show(world, document, sid, asset))
            .collect();
        if document.hostile && !shown.is_empty() {
            shown.splice(1..1, hostile::broken_flex_assets());
        }
        rows.extend(shown);
    }
    rows
}

/// The bytes of one asset, with the documented headers.
pub fn download(
    world: &World,
    user: User,
    id: &str,
    sid: &str,
    call: &Call,
) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let place = place(document, sid)?;
    let wanted = Wanted::read(document, call)?
        .ok_or_else(|| Refusal::usual("The parameter 'filename' is mandatory."))?;
    let flex = held(&world.flex);
    let asset = world
        .flex_assets(&flex, document, place)
        .into_iter()
        .find(|asset| wanted.is(asset))
        .ok_or_else(|| Refusal::missing("The asset does not exist."))?;
    drop(flex);
    let name = utf8_percent_encode(&asset.name, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, asset.content_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ),
        (header::CACHE_CONTROL, "max-age=2592000".to_owned()),
    ];
    Ok(asset.blob.answer(headers))
}

/// Deletes one asset, or all of them. What is not there counts as deleted.
pub fn delete(
    world: &World,
    user: User,
    id: &str,
    sid: &str,
    call: &Call,
) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let place = place(document, sid)?;
    if user == User::Worker {
        return Err(Refusal::right(
            "You do not have the right to change assets.",
        ));
    }
    let wanted = Wanted::read(document, call)?;
    let mut flex = held(&world.flex);
    let mut list = world.flex_assets(&flex, document, place);
    match wanted {
        Some(wanted) => list.retain(|asset| !wanted.is(asset)),
        None => list.clear(),
    }
    flex.touched
        .insert((document.did, document.first_sid + place), list);
    Ok(StatusCode::OK.into_response())
}

/// One asset, as a download or a delete names it.
struct Wanted {
    locale: Option<String>,
    folder: String,
    name: String,
}

impl Wanted {
    /// None where no name is given.
    fn read(document: &Document, call: &Call) -> Result<Option<Self>, Refusal> {
        let Some(whole) = call.item("filename").filter(|name| !name.is_empty()) else {
            return Ok(None);
        };
        let path = call.item("relativePath");
        // Names that were not attached here (hostile ones) may hold separators themselves.
        let (inner, name) = if path.is_none() {
            split(whole)
        } else {
            ("", whole)
        };
        let folder = folder(path.unwrap_or(inner))?;
        let locale = call.item("locale").filter(|locale| !locale.is_empty());
        let (locale, folder) = land(document, locale.map(ToOwned::to_owned), folder);
        Ok(Some(Self {
            locale,
            folder,
            name: name.into(),
        }))
    }

    /// The name must match exactly (documented); folders are the storage's, which knows no case.
    fn is(&self, asset: &FlexAsset) -> bool {
        asset.locale == self.locale && same(&asset.folder, &self.folder) && asset.name == self.name
    }
}

/// Where a file comes to lie: see the head of this file for folders named like a language.
fn land(document: &Document, locale: Option<String>, folder: String) -> (Option<String>, String) {
    if locale.is_some() {
        return (locale, folder);
    }
    let (first, rest) = folder.split_once('\\').unwrap_or((&folder, ""));
    let known = document
        .locales
        .iter()
        .map(|at| LOCALES[*at].0)
        .find(|known| same(known, first));
    match known {
        Some(known) => (Some(known.to_owned()), rest.to_owned()),
        None => (None, folder),
    }
}

/// A folder as the service keeps it: backslashes, no empty parts, none that climbs.
fn folder(path: &str) -> Result<String, Refusal> {
    let parts: Vec<&str> = path
        .split(['/', '\\'])
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().any(|part| matches!(*part, "." | "..")) {
        return Err(Refusal::usual(
            "The relative path must not contain '.' or '..'.",
        ));
    }
    Ok(parts.join("\\"))
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let bad = |c: char| c.is_control() || "<>:\"|?*".contains(c);
    if name.is_empty() || name == "." || name == ".." || name.contains(bad) {
        return Err(Refusal::usual("The file name is not valid."));
    }
    Ok(())
}

fn split(whole: &str) -> (&str, &str) {
    whole
        .rfind(['/', '\\'])
        .map_or(("", whole), |at| (&whole[..at], &whole[at + 1..]))
}

fn same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

fn place(document: &Document, sid: &str) -> Result<u64, Refusal> {
    sid.parse()
        .ok()
        .and_then(|sid| document.place(sid))
        .ok_or_else(|| Refusal::usual("The segment does not exist."))
}

/// An asset as the service shows it.
pub fn show(world: &World, document: &Document, sid: u64, asset: &FlexAsset) -> Value {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let mut url = format!(
        "{}/api/apps/wbflex/documents/{}/assets/{sid}?filename={}",
        world.api,
        document.did,
        encode(&asset.name)
    );
    if let Some(locale) = &asset.locale {
        url += "&locale=";
        url += &encode(locale);
    }
    if !asset.folder.is_empty() {
        url += "&relativePath=";
        url += &encode(&asset.folder);
    }
    json!({
        "projectId": document.pid,
        "documentId": document.did.to_string(),
        "segmentId": sid,
        "locale": asset.locale,
        "relativePath": asset.folder,
        "fileName": asset.name,
        "fileSizeInBytes": asset.blob.listed_size(),
        "contentType": asset.content_type,
        "createdDate": moment(asset.created),
        "modifiedDate": moment(asset.modified),
        "downloadUrl": url,
    })
}
