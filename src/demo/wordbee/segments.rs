//! Segments: the search that gives their ids, and the extraction that gives their texts.

use std::sync::Arc;
use std::time::Instant;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::strings::Filter;
use super::{Refusal, document, moment, object, optional, visible};
use crate::demo::answer::{self, Call};
use crate::demo::seed::flex::{Document, LOCALES, Segment};
use crate::demo::seed::hostile;
use crate::demo::store::{Operation, Pull, User, World, held};

/// Rows of a search that names no `take`; and the ceiling, which the service does not tell.
const PAGE: u64 = 100;
const CEILING: u64 = 1_000;
/// An extraction of more segments is not over at once.
const AT_ONCE: usize = 1_000;

/// Rows of the segments in a scope, each with the id that assets use.
pub async fn search(world: &World, user: User, call: &mut Call) -> Result<Response, Refusal> {
    let body = object(call).await?;
    for name in ["previousSkip", "previousTotal"] {
        optional(&body, name, Value::as_u64)?;
    }
    let skip = optional(&body, "skip", Value::as_u64)?.unwrap_or(0);
    let take = optional(&body, "take", Value::as_u64)?
        .unwrap_or(PAGE)
        .min(CEILING);
    if take == 0 {
        return Err(Refusal::usual("The parameter 'take' must be at least 1."));
    }
    let mut documents = scope(world, user, &body)?;
    let query = optional(&body, "query", |value| value.as_object().cloned())?.unwrap_or_default();
    if let Some(list) = query.get("documents").and_then(Value::as_array) {
        let wanted: Vec<Option<u64>> = list.iter().map(|entry| entry["did"].as_u64()).collect();
        documents.retain(|document| wanted.contains(&Some(document.did)));
    }
    let condition = Condition::read(&query)?;
    let mut total = 0_u64;
    let mut rows: Vec<Value> = Vec::new();
    for document in &documents {
        let broken = if document.hostile {
            hostile::broken_segments()
        } else {
            Vec::new()
        };
        let places = condition
            .as_ref()
            .map(|condition| condition.places(document));
        let sound = places
            .as_ref()
            .map_or(document.count(), |places| places.len() as u64);
        let count = broken.len() as u64 + sound;
        for at in skip.saturating_sub(total).min(count)..count {
            if rows.len() as u64 == take {
                break;
            }
            let index = usize::try_from(at).unwrap_or(usize::MAX);
            if let Some(entry) = broken.get(index) {
                rows.push(entry.clone());
                continue;
            }
            let place = match &places {
                Some(places) => places.get(index - broken.len()).copied(),
                None => Some(at - broken.len() as u64),
            };
            rows.extend(place.and_then(|place| row(document, place)));
        }
        total += count;
    }
    Ok(answer::json(
        StatusCode::OK,
        &result(&rows, &documents, Some((skip, total))),
    ))
}

/// One segment by its id.
pub async fn item(
    world: &World,
    user: User,
    sid: &str,
    call: &mut Call,
) -> Result<Response, Refusal> {
    let body = object(call).await?;
    let documents = scope(world, user, &body)?;
    let found = sid.parse().ok().and_then(|sid: u64| {
        documents
            .iter()
            .find_map(|document| Some((*document, document.place(sid)?)))
    });
    let (document, place) = found.ok_or_else(|| Refusal::usual("The segment does not exist."))?;
    let rows: Vec<Value> = row(document, place).into_iter().collect();
    Ok(answer::json(
        StatusCode::OK,
        &result(&rows, &[document], None),
    ))
}

fn result(rows: &[Value], documents: &[&Document], paging: Option<(u64, u64)>) -> Value {
    let docs: Map<String, Value> = documents
        .iter()
        .map(|document| {
            (
                document.did.to_string(),
                json!({ "name": document.name, "pid": document.pid }),
            )
        })
        .collect();
    let mut result = json!({ "rows": rows, "docs": docs, "users": {} });
    if let Some((skip, total)) = paging {
        result["skip"] = skip.into();
        result["total"] = total.into();
    }
    json!({ "result": result, "layout": null })
}

fn row(document: &Document, place: u64) -> Option<Value> {
    let segment = document.segment(place)?;
    // The display number of a paragraph that was not split is its own.
    let split = segment.part > 0
        || document
            .segment(place + 1)
            .is_some_and(|next| next.bsid == segment.bsid);
    let no = if split {
        format!("{}.{}", segment.bsid, segment.part + 1)
    } else {
        segment.bsid.to_string()
    };
    Some(json!({
        "sid": document.first_sid + place,
        "bsid": segment.bsid,
        "bssid": segment.part,
        "no": no,
        "did": document.did,
        "dsid": document.dsid,
        "sdid": 1,
    }))
}

/// The documents of the mandatory scope that the user may see.
fn scope<'a>(world: &'a World, user: User, body: &Value) -> Result<Vec<&'a Document>, Refusal> {
    let scope = body
        .get("scope")
        .filter(|scope| scope.is_object())
        .ok_or_else(|| Refusal::usual("The parameter 'scope' is mandatory."))?;
    let number = |name: &str| {
        scope[name].as_u64().ok_or_else(|| {
            Refusal::usual(format!("The scope needs the parameter '{name}', a number."))
        })
    };
    let fits: Box<dyn Fn(&Document) -> bool> = match scope["type"].as_str() {
        Some("Project") => {
            let pid = number("projectid")?;
            Box::new(move |document| document.pid == pid)
        }
        Some("DocumentSet") => {
            let dsid = number("dsid")?;
            Box::new(move |document| document.dsid == dsid)
        }
        Some("Job") => {
            let job = number("jobid")?;
            if !scope["jobcdyt"].is_boolean() {
                return Err(Refusal::usual("The scope needs the parameter 'jobcdyt'."));
            }
            Box::new(move |document| document.jid == Some(job))
        }
        _ => return Err(Refusal::usual("Invalid type of the scope.")),
    };
    let list: Vec<&Document> = world
        .documents
        .iter()
        .filter(|document| visible(user, document) && fits(document))
        .collect();
    if list.is_empty() {
        Err(Refusal::usual("The scope does not exist."))
    } else {
        Ok(list)
    }
}

/// What a search asks of the segments themselves.
struct Condition {
    key: Filter,
    /// Indexes into [`LOCALES`], and the text that one of them must contain.
    texts: Vec<(Vec<usize>, String)>,
}

impl Condition {
    /// None where every segment is wanted.
    fn read(query: &Map<String, Value>) -> Result<Option<Self>, Refusal> {
        let ctx = query.get("ctx").filter(|ctx| !ctx.is_null());
        let mut texts = Vec::new();
        for language in query
            .get("languages")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let locales = language["locs"]
                .as_array()
                .filter(|list| !list.is_empty())
                .ok_or_else(|| Refusal::usual("Each language needs the parameter 'locs'."))?;
            let known = |locale: &Value| {
                LOCALES
                    .iter()
                    .position(|known| Some(known.0) == locale.as_str())
            };
            if let Some(text) = language["text"]["value"].as_str() {
                let at = locales.iter().filter_map(known).collect();
                texts.push((at, text.to_lowercase()));
            }
        }
        if ctx.is_none() && texts.is_empty() {
            return Ok(None);
        }
        let key = Filter::read(&json!({ "key": ctx }))?;
        Ok(Some(Self { key, texts }))
    }

    fn places(&self, document: &Document) -> Vec<u64> {
        let wanted = |place: &u64| {
            document.segment(*place).is_some_and(|segment| {
                self.key.holds(document.first_sid + place, &segment)
                    && self.texts.iter().all(|(locales, part)| {
                        locales
                            .iter()
                            .any(|at| segment.texts[*at].to_lowercase().contains(part))
                    })
            })
        };
        (0..document.count()).filter(wanted).collect()
    }
}

/// Starts an extraction. A small one is over at once, with request number 0.
pub async fn pull(
    world: &World,
    user: User,
    id: &str,
    call: &mut Call,
) -> Result<Response, Refusal> {
    let wanted = document(world, user, id)?;
    let filter = Filter::read(&object(call).await?)?;
    let places: Vec<u64> = (0..wanted.count())
        .filter(|place| {
            wanted
                .segment(*place)
                .is_some_and(|segment| filter.holds(wanted.first_sid + place, &segment))
        })
        .collect();
    let index = world
        .documents
        .iter()
        .position(|other| other.did == wanted.did)
        .unwrap_or(0);
    let pull = Pull {
        document: index,
        places,
    };
    let mut flex = held(&world.flex);
    flex.operation_count += 1;
    let number = flex.operation_count;
    let answer = if pull.places.len() <= AT_ONCE {
        let count = pull.places.len();
        let token = world.seed.hex("pull", number);
        flex.pulls.insert(token.clone(), pull);
        finished(&token, count)
    } else {
        let operation = Operation {
            polls: 0,
            last: Instant::now(),
            pull,
        };
        flex.operations.insert(number, operation);
        running(number, "Waiting")
    };
    Ok(answer::json(StatusCode::OK, &answer))
}

/// A running operation.
pub fn running(number: u64, status: &str) -> Value {
    json!({
        "trm": { "requestid": number, "isbatch": true, "status": status, "statusText": status, "statusInfo": null },
        "result": null,
        "custom": null,
    })
}

/// A finished extraction: where its file is.
pub fn finished(token: &str, count: usize) -> Value {
    json!({
        "trm": { "requestid": 0, "isbatch": true, "status": "Finished", "statusText": "Finished", "statusInfo": null },
        "result": { "items": [] },
        "custom": { "filetoken": token, "segments": count },
    })
}

/// The file of an extraction, computed while it is sent. No global ids are in it.
pub fn extracted(world: &Arc<World>, pull: &Pull) -> Response {
    let document = &world.documents[pull.document];
    let opening = format!(
        "{{\"type\":\"wbflex\",\"version\":\"1.0\",\"major\":null,\"minor\":null,\"did\":{},\"dsid\":{},\"segments\":[",
        document.did, document.dsid
    );
    let broken = if document.hostile {
        hostile::broken_segments()
    } else {
        Vec::new()
    };
    let shared = Arc::clone(world);
    let (index, places) = (pull.document, pull.places.clone());
    let segments = places
        .into_iter()
        .filter_map(move |place| paragraph(&shared.documents[index], place));
    answer::streamed(answer::joined(
        opening,
        broken.into_iter().chain(segments),
        "]}",
    ))
}

/// A whole paragraph, at the place of its first part; none at the other parts.
fn paragraph(document: &Document, place: u64) -> Option<Value> {
    let first = document.segment(place)?;
    if first.part > 0 {
        return None;
    }
    let mut parts: Vec<Segment> = Vec::new();
    for at in place + 1.. {
        match document.segment(at) {
            Some(part) if part.part > 0 => parts.push(part.into_owned()),
            _ => break,
        }
    }
    let mut texts = Map::new();
    for at in &document.locales {
        let mut text = first.texts[*at].clone().into_owned();
        for part in &parts {
            text.push(' ');
            text.push_str(&part.texts[*at]);
        }
        let status = i32::from(!text.trim().is_empty());
        let date = moment(first.changed);
        let cell = json!({ "v": text, "st": status, "bk": 0, "ed": 0, "dt": date, "cfs": [] });
        texts.insert(LOCALES[*at].0.into(), cell);
    }
    Some(json!({
        "key": first.key,
        "bsid": first.bsid,
        "component": first.component,
        "parent": null,
        "format": "text",
        "dt": moment(first.changed),
        "chmin": null,
        "chmax": null,
        "cfs": [],
        "texts": texts,
    }))
}
