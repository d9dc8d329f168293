//! Templates of the websites' service: the list, and one with its definition.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{Refusal, show_website};
use crate::demo::answer::{self, Call};
use crate::demo::seed::minutes_ago;
use crate::demo::seed::web::Template;
use crate::demo::store::{World, held};

const STATUSES: [&str; 2] = ["Active", "Archived"];
const PURPOSES: [&str; 5] = [
    "General",
    "Newsletter",
    "Promotional",
    "Transactional",
    "LeadMagnetDelivery",
];

/// All templates, or those of the asked states and purpose, as a bare array.
pub fn list(world: &World, call: &Call) -> Result<Response, Refusal> {
    let asked = |name: &str| -> Vec<&str> {
        call.query
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .collect()
    };
    let (statuses, purposes) = (asked("status"), asked("purpose"));
    if statuses.iter().any(|status| !STATUSES.contains(status)) {
        return Err(Refusal::form("status: Active or Archived"));
    }
    if purposes.len() > 1 || purposes.iter().any(|purpose| !PURPOSES.contains(purpose)) {
        return Err(Refusal::form(format!(
            "purpose: one of {}",
            PURPOSES.join(", ")
        )));
    }
    let rows: Vec<Value> = world
        .web
        .templates
        .iter()
        .filter(|row| statuses.is_empty() || statuses.contains(&row.status))
        .filter(|row| purposes.is_empty() || purposes.contains(&row.purpose))
        .map(|row| {
            let (website_id, website) = show_website(world, row.website);
            let mut shown = common(world, row);
            shown.insert("status".into(), row.status.into());
            shown.insert("purpose".into(), row.purpose.into());
            shown.insert("isComplete".into(), true.into());
            shown.insert("lastGeneratedAt".into(), Value::Null);
            shown.insert("lastGenerationError".into(), Value::Null);
            shown.insert("websiteId".into(), website_id);
            shown.insert("website".into(), website);
            Value::Object(shown)
        })
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::Array(rows)))
}

/// One template with its definition, in which the addresses of assets stand.
pub fn one(world: &World, id: &str) -> Result<Response, Refusal> {
    let row = world
        .web
        .templates
        .iter()
        .find(|row| row.id.eq_ignore_ascii_case(id))
        .ok_or_else(|| Refusal::missing("template"))?;
    let mut elements = Map::new();
    let mut children = Vec::new();
    {
        let library = held(&world.library);
        // A deleted asset keeps its place here: mails that were sent still point at it.
        for (n, sequence) in row.uses.iter().enumerate() {
            let name = format!("image-{n}");
            let url = world
                .web_asset(&library, *sequence)
                .map_or_else(String::new, |asset| world.object_url(&asset.key));
            elements.insert(
                name.clone(),
                json!({ "type": "Image", "data": { "props": { "url": url, "alt": row.name } } }),
            );
            children.push(name);
        }
    }
    elements.insert(
        "root".into(),
        json!({ "type": "EmailLayout", "data": { "childrenIds": children } }),
    );
    let mut shown = common(world, row);
    shown.insert("senderProfileId".into(), Value::Null);
    shown.insert("brandKitId".into(), Value::Null);
    shown.insert("currentSnapshotId".into(), Value::Null);
    shown.insert(
        "definition".into(),
        json!({
            "from": "hello@acme.example",
            "subject": row.name,
            "body": { "root": "root", "elements": elements },
            "replyTo": "hello@acme.example",
            "preheader": "",
            "renderVariables": {},
            "sensitiveTransactionalVariablePaths": [],
        }),
    );
    Ok(answer::json(StatusCode::OK, &Value::Object(shown)))
}

fn common(world: &World, row: &Template) -> Map<String, Value> {
    let at = format!("{:.3}", minutes_ago(9_000));
    [
        ("id", json!(row.id)),
        ("organizationId", json!(world.organization())),
        ("name", json!(row.name)),
        ("type", json!("email")),
        ("language", json!(row.language)),
        ("createdAt", json!(at)),
        ("updatedAt", json!(at)),
        ("defaultSegmentId", Value::Null),
        ("source", Value::Null),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
