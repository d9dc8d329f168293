//! What a made-up answer looks like: as the service would word it, or as something between would.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

use crate::demo::{segmentflow, storage, wordbee};

/// In which form a made-up answer comes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The service's own error.
    #[default]
    Service,
    /// A page, as a proxy or a portal sends it.
    Html,
    /// Bytes that claim to be JSON.
    Garbage,
    /// Nothing.
    Empty,
}

/// An answer with this status; `code` and `message` are the service's own words where none are given.
pub fn answer(
    origin: &str,
    path: &str,
    status: u16,
    shape: Shape,
    code: Option<&str>,
    message: Option<&str>,
) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match shape {
        Shape::Empty => status.into_response(),
        Shape::Html => {
            let reason = status.canonical_reason().unwrap_or("Error");
            let title = format!("{} {reason}", status.as_u16());
            let page = format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n\
                 <body><center><h1>{title}</h1></center><hr><center>gateway</center></body></html>\n"
            );
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (status, kind, page).into_response()
        }
        Shape::Garbage => {
            let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
            let bytes: &[u8] = b"{\"success\":true,\"asset\":{\"id\":\"\xff\xfe\x00";
            (status, kind, Body::from(bytes)).into_response()
        }
        Shape::Service => {
            let message = message.unwrap_or_else(|| words(status.as_u16()));
            match origin {
                "segmentflow" => segmentflow::refusal(status, code, message),
                "wordbee" => wordbee::refusal(status, message),
                _ => storage::told(path, status.as_u16(), code, message),
            }
        }
    }
}

/// 429 with or without the word when to come back, which may be any text.
pub fn throttled(origin: &str, path: &str, shape: Shape, wait: Option<&Value>) -> Response {
    let mut response = answer(origin, path, 429, shape, None, None);
    let wait = wait.map(|wait| match wait {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    if let Some(Ok(wait)) = wait.map(|wait| HeaderValue::from_str(&wait)) {
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}

fn words(status: u16) -> &'static str {
    match status {
        400 => "The request is not valid",
        401 => "Token invalid or expired.",
        403 => "Access denied",
        404 => "Not found",
        409 => "Another caller is at the same thing",
        429 => "API calls quota exceeded!",
        500 => "An internal error occurred",
        503 => "Please reduce your request rate",
        _ => "Refused because a fault was asked for",
    }
}
