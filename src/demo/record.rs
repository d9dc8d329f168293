//! Keeps what went over the wire, so that tests can hold it against the contracts.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;

use super::store::{World, held};

/// One request and its answer, bodies whole.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// When it arrived, before any latency of the demo's own.
    pub arrived: Instant,
    /// Method, upper case.
    pub method: String,
    /// `segmentflow`, `wordbee` or `storage`.
    pub origin: String,
    /// Path as it came, still encoded.
    pub path: String,
    /// Query as it came, without the question mark; empty where there is none.
    pub query: String,
    /// Headers of the request, names in lower case.
    pub request_headers: Vec<(String, String)>,
    /// Body of the request, as far as it was read.
    pub request_body: Vec<u8>,
    /// Status of the answer.
    pub status: u16,
    /// Headers of the answer as the service set them (the length is added on the wire).
    pub response_headers: Vec<(String, String)>,
    /// Body of the answer.
    pub response_body: Vec<u8>,
}

/// Waits for the asked latency, answers, and keeps the exchange where that is asked for.
pub async fn through<F, A>(
    world: Arc<World>,
    origin: &'static str,
    request: Request,
    service: F,
) -> Response
where
    F: FnOnce(Arc<World>, Request) -> A,
    A: Future<Output = Response>,
{
    let arrived = Instant::now();
    if world.options.latency > Duration::ZERO {
        tokio::time::sleep(world.options.latency).await;
    }
    if !world.options.record {
        return service(world, request).await;
    }
    let (parts, body) = request.into_parts();
    let mut exchange = Exchange {
        arrived,
        method: parts.method.to_string(),
        origin: origin.into(),
        path: parts.uri.path().into(),
        query: parts.uri.query().unwrap_or("").into(),
        request_headers: texts(&parts.headers),
        request_body: Vec::new(),
        status: 0,
        response_headers: Vec::new(),
        response_body: Vec::new(),
    };
    // Copied while it passes, because a service may refuse before it reads.
    let seen: Arc<Mutex<Vec<u8>>> = Arc::default();
    let copy = Arc::clone(&seen);
    let stream = body.into_data_stream().map(move |chunk| {
        if let Ok(bytes) = &chunk {
            held(&copy).extend_from_slice(bytes);
        }
        chunk
    });
    let request = Request::from_parts(parts, Body::from_stream(stream));
    let response = service(Arc::clone(&world), request).await;
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX)
        .await
        .unwrap_or_default();
    exchange.request_body = std::mem::take(&mut *held(&seen));
    exchange.status = parts.status.as_u16();
    exchange.response_headers = texts(&parts.headers);
    exchange.response_body = bytes.to_vec();
    held(&world.exchanges).push(exchange);
    (parts, bytes).into_response()
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().into(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}
