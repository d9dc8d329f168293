//! Flex documents: the list, one document, its components and languages.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::strings::Filter;
use super::{Refusal, document, moment, object, optional, query, visible};
use crate::demo::answer::{self, Call};
use crate::demo::seed::flex::{Document, LOCALES};
use crate::demo::seed::hostile;
use crate::demo::store::{User, World};

/// One page of the documents that the user may see.
pub async fn list(world: &World, user: User, call: &mut Call) -> Result<Response, Refusal> {
    let body = object(call).await?;
    let take = optional(&body, "take", Value::as_u64)?.unwrap_or(20);
    if !(1..=500).contains(&take) {
        return Err(Refusal::usual(
            "The parameter 'take' must be from 1 to 500.",
        ));
    }
    let skip = optional(&body, "skip", Value::as_u64)?.unwrap_or(0);
    let asked = optional(&body, "query", |value| {
        value.as_str().map(ToOwned::to_owned)
    })?;
    let mut rows: Vec<Value> = world
        .documents
        .iter()
        .filter(|document| visible(user, document))
        .map(|document| row(user, document))
        .collect();
    if world.options.hostile && user == User::Manager {
        rows.splice(
            1.min(rows.len())..1.min(rows.len()),
            hostile::broken_documents(),
        );
    }
    if let Some(text) = asked.filter(|text| !text.trim().is_empty()) {
        let condition = query::parse(&text).map_err(Refusal::usual)?;
        rows.retain(|row| condition.holds(row));
    }
    if let Some(keys) = optional(&body, "sort", |value| value.as_array().cloned())? {
        for key in keys.iter().rev() {
            let id = key
                .get("id")
                .and_then(Value::as_str)
                .ok_or_else(|| Refusal::usual("Invalid value of the parameter 'sort'."))?;
            let ascending = key.get("asc").and_then(Value::as_bool).unwrap_or(true);
            rows.sort_by(|a, b| {
                let order = query::order(&a[id], &b[id]);
                if ascending { order } else { order.reverse() }
            });
        }
    }
    let total = rows.len();
    let skip = usize::try_from(skip).unwrap_or(usize::MAX);
    let take = usize::try_from(take).unwrap_or(usize::MAX);
    let page: Vec<Value> = rows.into_iter().skip(skip).take(take).collect();
    let page = json!({ "total": total, "count": page.len(), "rows": page });
    Ok(answer::json(StatusCode::OK, &page))
}

fn row(user: User, document: &Document) -> Value {
    let source = source(document);
    let id = match document.jid {
        Some(job) if user == User::Worker => format!("j{job}"),
        _ => document.did.to_string(),
    };
    json!({
        "id": id,
        "did": document.did,
        "jid": document.jid,
        "name": document.name,
        "dtchange": moment(document.changed),
        "src": source.0,
        "srct": source.1,
        "paragraphs": document.paragraphs(),
        "segments": document.count(),
        "pid": document.pid,
        "preference": document.preference,
        "connector": null,
        "pstatus": 1,
        "pstatust": "In progress",
        "filterName": "JSON",
    })
}

/// A document with its languages and companion files.
pub fn one(world: &World, user: User, id: &str) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let (source, targets) = languages(document);
    let date = moment(document.changed);
    let shown = json!({
        "id": document.did,
        "dsid": document.dsid,
        "pid": document.pid,
        "name": document.name,
        "dtchange": date,
        "src": source,
        "trgs": targets,
        "filterName": "JSON",
        "files": [{ "name": "source.json", "date": date, "size": 48_213 }],
    });
    Ok(answer::json(StatusCode::OK, &shown))
}

/// The same in brief.
pub fn short(world: &World, user: User, id: &str) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let (source, targets) = languages(document);
    let shown = json!({
        "id": document.did,
        "dsid": document.dsid,
        "pid": document.pid,
        "name": document.name,
        "src": source,
        "trgs": targets,
        "isCodyt": false,
        "hasBranches": false,
        "hasBranchPropagation": false,
    });
    Ok(answer::json(StatusCode::OK, &shown))
}

/// Components with the number of segments that pass the filter.
pub async fn components(
    world: &World,
    user: User,
    id: &str,
    call: &mut Call,
) -> Result<Response, Refusal> {
    let document = document(world, user, id)?;
    let filter = Filter::read(&object(call).await?)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for at in 0..document.count() {
        if let Some(segment) = document.segment(at)
            && filter.holds(document.first_sid + at, &segment)
        {
            *counts.entry(segment.component.clone()).or_default() += 1;
        }
    }
    let list: Vec<Value> = counts
        .iter()
        .map(|(k, s)| json!({ "k": k, "s": s }))
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::Array(list)))
}

/// Languages of a project: those of all its documents.
pub fn locales(world: &World, user: User, pid: &str) -> Result<Response, Refusal> {
    let of_project: Vec<&Document> = world
        .documents
        .iter()
        .filter(|document| document.pid.to_string() == pid && visible(user, document))
        .collect();
    let first = of_project
        .first()
        .ok_or_else(|| Refusal::usual("The project does not exist."))?;
    let list: Vec<Value> = (0..LOCALES.len())
        .filter(|at| {
            of_project
                .iter()
                .any(|document| document.locales.contains(at))
        })
        .map(|at| {
            let source = first.locales.first() == Some(&at);
            json!({ "v": LOCALES[at].0, "t": LOCALES[at].1, "src": source })
        })
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::Array(list)))
}

fn source(document: &Document) -> (&'static str, &'static str) {
    LOCALES[document.locales.first().copied().unwrap_or(0)]
}

fn languages(document: &Document) -> (Value, Vec<Value>) {
    let mut all = document
        .locales
        .iter()
        .map(|at| json!({ "v": LOCALES[*at].0, "t": LOCALES[*at].1 }));
    (all.next().unwrap_or(Value::Null), all.collect())
}
