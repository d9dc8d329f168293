//! Files on their way in and out: multipart upload, fetching by token, state of an operation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use serde_json::json;

use super::segments::{extracted, finished, running};
use super::{Refusal, answer, held};
use crate::demo::answer::Call;
use crate::demo::blob::Spool;
use crate::demo::store::{User, World};

/// The platform's own limit in bytes; a hard one is documented, its figure is not. Here it leaves room
/// for measuring with large files.
const LARGEST: u64 = 5 << 30;
/// Polls must be so far apart (documented).
const INTERVAL: Duration = Duration::from_secs(5);

/// Takes one file and gives a token for it, good for one attachment.
pub async fn upload(world: &World, user: User, call: &mut Call) -> Result<Response, Refusal> {
    if user == User::Worker {
        return Err(Refusal::right("You do not have the right to upload files."));
    }
    if call.media_type() != "multipart/form-data" {
        return Err(Refusal::usual(
            "The file must be sent as multipart/form-data.",
        ));
    }
    let limit = match call.item("maxsize") {
        None => LARGEST,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| *limit >= 1)
            .ok_or_else(|| Refusal::usual("Invalid value of the parameter 'maxsize'."))?,
    };
    let asked = match call.item("filename") {
        Some("") => {
            return Err(Refusal::usual(
                "The parameter 'filename' must not be empty.",
            ));
        }
        other => other.map(ToOwned::to_owned),
    };
    let mut request = Request::new(std::mem::take(&mut call.body));
    *request.headers_mut() = call.headers.clone();
    DefaultBodyLimit::disable().apply(&mut request);
    let full = |_| Refusal {
        status: StatusCode::INTERNAL_SERVER_ERROR,
        ..Refusal::usual("The file could not be stored.")
    };
    let broken = || Refusal::usual("The multipart body is not valid.");
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken())?;
    let mut file: Option<(String, Spool)> = None;
    while let Some(mut field) = form.next_field().await.map_err(|_| broken())? {
        let extended = extended_name(field.headers());
        let named = extended.or_else(|| field.file_name().map(ToOwned::to_owned));
        if file.is_some() {
            return Err(Refusal::usual("Exactly one file must be sent."));
        }
        let mut spool = Spool::default();
        while let Some(chunk) = field.chunk().await.map_err(|_| broken())? {
            let total = spool.total() + chunk.len() as u64;
            if total > LARGEST {
                let usual = Refusal::usual("The file is larger than the platform accepts.");
                return Err(Refusal {
                    status: StatusCode::PAYLOAD_TOO_LARGE,
                    ..usual
                });
            }
            if total > limit {
                return Err(Refusal::usual("The file is larger than 'maxsize'."));
            }
            spool.push(&chunk).await.map_err(full)?;
        }
        file = Some((named.unwrap_or_default(), spool));
    }
    let (part_name, spool) = file.ok_or_else(|| Refusal::usual("No file was sent."))?;
    let name = asked.unwrap_or(part_name);
    if name.is_empty() {
        return Err(Refusal::usual("The file has no name."));
    }
    let blob = spool.finish(call.quirks.shorter_by).await.map_err(full)?;
    let blob = blob.with(&call.quirks);
    let mut flex = held(&world.flex);
    flex.upload_count += 1;
    let token = world.seed.hex("file", flex.upload_count);
    flex.uploads.insert(token.clone(), (name.clone(), blob));
    let shown = json!({ "result": { "token": token, "name": name } });
    Ok(answer::json(StatusCode::OK, &shown))
}

/// The name in `filename*=UTF-8''…` (RFC 5987), which services of this kind read and the form reader
/// does not.
fn extended_name(headers: &HeaderMap) -> Option<String> {
    let whole = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let value = whole
        .split(';')
        .find_map(|part| part.trim().strip_prefix("filename*="))?;
    let (charset, rest) = value.split_once('\'')?;
    let (_, encoded) = rest.split_once('\'')?;
    let name = percent_decode_str(encoded).decode_utf8().ok()?;
    charset
        .eq_ignore_ascii_case("utf-8")
        .then(|| name.into_owned())
}

/// The file that an operation left behind.
pub fn get(world: &Arc<World>, token: &str) -> Result<Response, Refusal> {
    let pull = held(&world.flex).pulls.get(token).cloned();
    let pull = pull.ok_or_else(|| Refusal::usual("The file token is not valid."))?;
    Ok(extracted(world, &pull))
}

/// Where an operation stands: executing at the first poll, finished at the second.
pub fn status(world: &World, call: &Call) -> Result<Response, Refusal> {
    let number: u64 = call
        .item("requestid")
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Refusal::usual("The parameter 'requestid' is mandatory."))?;
    let mut flex = held(&world.flex);
    let operation = flex
        .operations
        .get_mut(&number)
        .ok_or_else(|| Refusal::usual("The operation does not exist."))?;
    let early = operation.last.elapsed() < INTERVAL;
    operation.last = Instant::now();
    operation.polls += 1;
    let shown = if operation.polls == 1 {
        running(number, "Executing")
    } else {
        let pull = operation.pull.clone();
        let token = world.seed.hex("pull", number);
        let count = pull.places.len();
        flex.pulls.insert(token.clone(), pull);
        finished(&token, count)
    };
    // The real platform may switch the API off for such a caller; tests look at this number.
    flex.poll_violations += u64::from(early);
    Ok(answer::json(StatusCode::OK, &shown))
}
