//! The storage behind presigned addresses: S3's rules and S3's words, on an origin of its own.
//!
//! As strict as S3, or it would hide what the real one shows: no chunked body, no body without a
//! length, one kind of credentials, and answers in XML.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use percent_encoding::percent_decode_str;

use super::answer;
use super::blob::{Blob, Spool};
use super::faults::Quirks;
use super::sign::Denied;
use super::store::{BUCKET, Object, World, held};

/// The largest single PUT that S3 takes.
const LARGEST: u64 = 5 << 30;

/// Answers a request to the storage.
pub async fn respond(world: &Arc<World>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    match route(world, request).await {
        Ok(response) => response,
        Err(denied) => {
            *held(&world.storage)
                .refused
                .entry(denied.code.into())
                .or_default() += 1;
            refusal(&path, &denied)
        }
    }
}

async fn route(world: &Arc<World>, request: Request) -> Result<Response, Denied> {
    let decoded = percent_decode_str(request.uri().path())
        .decode_utf8_lossy()
        .into_owned();
    let (bucket, key) = decoded
        .trim_start_matches('/')
        .split_once('/')
        .unwrap_or((&decoded, ""));
    if bucket != BUCKET {
        return Err(Denied::new(
            404,
            "NoSuchBucket",
            "The specified bucket does not exist",
        ));
    }
    match *request.method() {
        Method::PUT => put(world, key.to_owned(), request).await,
        Method::GET | Method::HEAD => get(world, key),
        _ => Err(Denied::new(
            405,
            "MethodNotAllowed",
            "The specified method is not allowed against this resource.",
        )),
    }
}

async fn put(world: &World, key: String, request: Request) -> Result<Response, Denied> {
    let (parts, body) = request.into_parts();
    let admitted = admit(&parts.headers).and_then(|length| {
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or(""));
        world
            .signer
            .check("PUT", path, query, &parts.headers, Timestamp::now())?;
        if held(&world.storage).lapsed.contains(&key) {
            return Err(Denied::new(403, "AccessDenied", "Request has expired"));
        }
        Ok(length)
    });
    let length = match admitted {
        Ok(length) => length,
        Err(denied) => {
            answer::drain(body).await;
            return Err(denied);
        }
    };
    let quirks: Quirks = parts.extensions.get().cloned().unwrap_or_default();
    let blob = receive(body, length, &quirks).await?;
    let content_type = parts
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("binary/octet-stream")
        .to_owned();
    let tag = entity_tag(&blob);
    let mut storage = held(&world.storage);
    storage.gone.remove(&key);
    storage.objects.insert(
        key,
        Object {
            blob,
            content_type,
            modified: Timestamp::now(),
        },
    );
    Ok((StatusCode::OK, [(header::ETAG, tag)]).into_response())
}

/// The checks that come before the signature; answers the declared length in bytes.
fn admit(headers: &HeaderMap) -> Result<u64, Denied> {
    if headers.contains_key(header::TRANSFER_ENCODING) {
        return Err(Denied::new(
            501,
            "NotImplemented",
            "A header you provided implies functionality that is not implemented",
        ));
    }
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(Denied::new(
            400,
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, \
             Signature query string parameter or the Authorization header should be specified",
        ));
    }
    // Not a rule of S3: a key of the API that reaches another origin is the worst that a client can do.
    for name in ["x-api-key", "x-auth-token", "cookie"] {
        if headers.contains_key(name) {
            let message = format!("The header {name} must not be sent here");
            return Err(Denied::new(400, "InvalidArgument", &message));
        }
    }
    let missing = || {
        Denied::new(
            411,
            "MissingContentLength",
            "You must provide the Content-Length HTTP header.",
        )
    };
    let length = headers.get(header::CONTENT_LENGTH).ok_or_else(missing)?;
    let length: u64 = length
        .to_str()
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(missing)?;
    if length > LARGEST {
        return Err(Denied::new(
            400,
            "EntityTooLarge",
            "Your proposed upload exceeds the maximum allowed size",
        ));
    }
    Ok(length)
}

/// Takes the body as it comes, up to the declared length; nothing is stored of a body that breaks off.
async fn receive(body: Body, length: u64, quirks: &Quirks) -> Result<Blob, Denied> {
    let incomplete = || {
        Denied::new(
            400,
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
        )
    };
    let full = |_| Denied::new(500, "InternalError", "We encountered an internal error.");
    let mut spool = Spool::default();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| incomplete())?;
        if spool.total() + chunk.len() as u64 > length {
            return Err(incomplete());
        }
        spool.push(&chunk).await.map_err(full)?;
    }
    if spool.total() < length {
        return Err(incomplete());
    }
    let blob = spool.finish(quirks.shorter_by).await.map_err(full)?;
    Ok(blob.with(quirks))
}

/// Objects are public to read, as the addresses in the asset list are.
fn get(world: &World, key: &str) -> Result<Response, Denied> {
    let object = world
        .object(key)
        .ok_or_else(|| Denied::new(404, "NoSuchKey", "The specified key does not exist."))?;
    let modified = object.modified.to_zoned(TimeZone::UTC);
    let headers = [
        (header::CONTENT_TYPE, object.content_type.clone()),
        (header::ETAG, entity_tag(&object.blob)),
        (
            header::LAST_MODIFIED,
            modified.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        ),
    ];
    Ok(object.blob.answer(headers))
}

/// S3 promises an opaque tag only; this one is cut from the SHA-256.
fn entity_tag(blob: &Blob) -> String {
    format!("\"{}\"", blob.sha256.get(..32).unwrap_or(&blob.sha256))
}

/// A made-up refusal: S3's code for this status, unless another one is given.
pub fn told(path: &str, status: u16, code: Option<&str>, message: &str) -> Response {
    let usual = match status {
        400 => "InvalidRequest",
        403 => "AccessDenied",
        404 => "NoSuchKey",
        409 => "OperationAborted",
        429 => "TooManyRequests",
        503 => "SlowDown",
        _ => "InternalError",
    };
    xml(path, status, code.unwrap_or(usual), message, "")
}

fn refusal(path: &str, denied: &Denied) -> Response {
    let more: Vec<String> = denied
        .more
        .iter()
        .map(|(name, text)| format!("<{name}>{}</{name}>", escape(text)))
        .collect();
    let more = more.concat();
    xml(path, denied.status, denied.code, &denied.message, &more)
}

fn xml(path: &str, status: u16, code: &str, message: &str, more: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>\
         {more}<Resource>{}</Resource><RequestId>DEMO0000DEMO0000</RequestId></Error>",
        escape(code),
        escape(message),
        escape(path),
    );
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [
        (header::CONTENT_TYPE, "application/xml"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, body).into_response()
}

fn escape(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace('"', "&quot;")
}
