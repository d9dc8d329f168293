//! What both APIs share on the wire: a request taken apart, a JSON answer, an array that streams.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use url::form_urlencoded;

use super::faults::Quirks;

/// Larger JSON bodies are refused: nothing documented comes near.
const JSON_LIMIT: usize = 4 << 20;

/// A request taken apart.
#[derive(Debug)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path segments after decoding; a slash inside one stays inside it.
    pub path: Vec<String>,
    /// Query items in their order.
    pub query: Vec<(String, String)>,
    /// Length of the query as it came, in bytes.
    pub query_length: usize,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, unread.
    pub body: Body,
    /// What a fault does to the thing it stores.
    pub quirks: Quirks,
}

impl Call {
    /// Takes a request apart.
    pub fn new(request: Request) -> Self {
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or("");
        Self {
            method: parts.method,
            path: parts.uri.path().split('/').skip(1).map(decode).collect(),
            query: form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
            query_length: query.len(),
            headers: parts.headers,
            body,
            quirks: parts.extensions.get().cloned().unwrap_or_default(),
        }
    }

    /// The first query item of this name; names are compared as they are.
    pub fn item(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A header as text; empty where it is missing or not text.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// The media type of the body without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let whole = self.header("content-type");
        whole
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase()
    }

    /// The body as JSON: none where it is empty, else an object, else why not.
    pub async fn json(&mut self) -> Result<Option<Value>, String> {
        let body = std::mem::take(&mut self.body);
        let bytes = read(body, JSON_LIMIT)
            .await
            .ok_or("the body could not be read")?;
        if bytes.is_empty() {
            return Ok(None);
        }
        if self.media_type() != "application/json" {
            return Err("the body must be sent as application/json".into());
        }
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| format!("the body is not JSON: {error}"))?;
        if value.is_object() {
            Ok(Some(value))
        } else {
            Err("the body must be an object".into())
        }
    }
}

/// A whole body of at most `limit` bytes.
pub async fn read(body: Body, limit: usize) -> Option<Bytes> {
    axum::body::to_bytes(body, limit).await.ok()
}

/// Takes in and forgets what is left of a body, up to 64 MiB. A refusal that is sent while the client
/// still sends can be lost on the way: the connection is reset before the client reads it.
pub async fn drain(body: Body) {
    let mut left = 64_usize << 20;
    let mut stream = body.into_data_stream();
    while let Some(Ok(chunk)) = stream.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
    }
}

/// A JSON answer.
pub fn json(status: StatusCode, value: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (status, kind, value.to_string()).into_response()
}

/// A JSON answer that is written while it is computed, so that a large one costs no memory.
pub fn streamed(parts: impl Iterator<Item = String> + Send + 'static) -> Response {
    let parts = parts.map(|part| Ok::<_, Infallible>(Bytes::from(part)));
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (kind, Body::from_stream(stream::iter(parts))).into_response()
}

/// Joins pieces of JSON with commas, `count` to a part, between an opening and a closing text.
pub fn joined(
    opening: String,
    pieces: impl Iterator<Item = Value> + Send + 'static,
    closing: &'static str,
) -> impl Iterator<Item = String> + Send + 'static {
    let mut first = true;
    let mut pieces = pieces.peekable();
    let middle = std::iter::from_fn(move || {
        pieces.peek()?;
        let mut part = String::new();
        for piece in pieces.by_ref().take(200) {
            if !std::mem::take(&mut first) {
                part.push(',');
            }
            part.push_str(&piece.to_string());
        }
        Some(part)
    });
    std::iter::once(opening)
        .chain(middle)
        .chain(std::iter::once(closing.to_owned()))
}

fn decode(segment: &str) -> String {
    percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
