//! From what went wrong on the wire to an [`ApiError`]: status, the service's words, causes.

use std::error::Error as StdError;
use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER};
use url::Url;

use super::{safe_url, shown_host};
use crate::api::{ApiError, ApiErrorKind, Delivery};
use crate::domain::Secret;

/// Longest message taken over from a service, in characters.
const MAX_MESSAGE: usize = 400;
/// A service's wait beyond this, a year, is taken for this: it is beyond reason all the same.
const MAX_WAIT: u64 = 366 * 24 * 60 * 60;

/// An answer that is no success, for the adapter to read its own error body from.
#[derive(Debug)]
pub struct ErrorReply<'a> {
    pub status: u16,
    pub body: &'a str,
}

/// What an adapter found in an error body. Empty where it found nothing.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Where the body says more than the status does.
    pub kind: Option<ApiErrorKind>,
    pub code: Option<String>,
    pub message: Option<String>,
    /// Scopes that the key lacks.
    pub missing: Vec<String>,
}

/// Reads a service's error body.
pub type ReadError = fn(&ErrorReply<'_>) -> Reason;

/// What every error of one call has in common.
#[derive(Clone)]
pub(super) struct CallInfo {
    pub operation: &'static str,
    pub changes: bool,
    pub url: Url,
    pub read_error: ReadError,
    /// Texts that must not appear in an error, whoever wrote them there.
    pub hidden: Vec<Secret>,
}

impl CallInfo {
    /// An error of this call; what is secret is taken out of its texts.
    pub fn error(
        &self,
        kind: ApiErrorKind,
        delivery: Delivery,
        message: impl Into<String>,
    ) -> ApiError {
        let mut error = ApiError::new(self.operation, kind, message);
        error.delivery = delivery;
        error.changes = self.changes;
        error.url = Some(safe_url(&self.url));
        self.scrub(&mut error);
        error
    }

    /// A failure of the transport. Only a failed connection proves that nothing was sent.
    pub fn transport(&self, error: &reqwest::Error) -> ApiError {
        let causes = causes(error);
        let host = shown_host(&self.url);
        let (delivery, message) = if error.is_connect() {
            let why = causes.last().map_or("no connection", String::as_str);
            (Delivery::NotSent, format!("no connection to {host}: {why}"))
        } else if error.is_builder() {
            (
                Delivery::NotSent,
                "the request could not be made".to_owned(),
            )
        } else {
            (
                Delivery::Unknown,
                format!("the connection to {host} broke before the answer was whole"),
            )
        };
        let mut made = self.error(ApiErrorKind::Transport, delivery, message);
        made.chain = causes;
        self.scrub(&mut made);
        made
    }

    /// Nothing moved for too long, or too little.
    pub fn slow(&self, what: &str) -> ApiError {
        let message = format!("{} {what}", shown_host(&self.url));
        self.error(ApiErrorKind::Transport, Delivery::Unknown, message)
    }

    /// An answer that is no success.
    pub fn refusal(&self, status: u16, headers: &HeaderMap, body: &str) -> ApiError {
        if (300..400).contains(&status) {
            let message = match redirect_target(&self.url, headers) {
                Some(target) => format!(
                    "it answered with a redirect to {}, which is not followed",
                    shown_host(&target)
                ),
                None => "it answered with a redirect to nowhere, which is not followed".to_owned(),
            };
            let mut error = self.error(ApiErrorKind::Refused, Delivery::Answered, message);
            error.status = Some(status);
            return error;
        }
        let reason = if looks_like_page(body) {
            Reason::default()
        } else {
            (self.read_error)(&ErrorReply { status, body })
        };
        let after = retry_after(headers);
        let kind = reason.kind.unwrap_or(match status {
            401 => ApiErrorKind::Unauthorized,
            403 => ApiErrorKind::Forbidden {
                missing: reason.missing,
            },
            404 | 410 => ApiErrorKind::NotFound,
            408 => ApiErrorKind::Transport,
            409 | 412 => ApiErrorKind::Conflict,
            429 => ApiErrorKind::RateLimited { after },
            // A server that says when to come back is busy, not broken.
            503 if after.is_some() => ApiErrorKind::RateLimited { after },
            400..=499 => ApiErrorKind::Invalid,
            _ => ApiErrorKind::Server,
        });
        let message = reason
            .message
            .filter(|text| !text.trim().is_empty() && !looks_like_page(text))
            .map_or_else(|| generic(status, body).to_owned(), |text| cut(&text));
        let mut error = self.error(kind, Delivery::Answered, message);
        error.status = Some(status);
        error.code = reason.code.map(|code| cut(&code));
        error.request_id = request_id(headers);
        self.scrub(&mut error);
        error
    }

    fn scrub(&self, error: &mut ApiError) {
        let hide = |text: &mut String| {
            for secret in &self.hidden {
                let secret = secret.reveal();
                // A secret this short is none, and would tear words apart.
                if secret.len() >= 4 && text.contains(secret) {
                    *text = text.replace(secret, "•••");
                }
            }
        };
        hide(&mut error.message);
        error.chain.iter_mut().for_each(hide);
        let more = [&mut error.code, &mut error.request_id, &mut error.url];
        more.into_iter().flatten().for_each(hide);
        if let ApiErrorKind::Forbidden { missing } = &mut error.kind {
            missing.iter_mut().for_each(hide);
        }
    }
}

/// The causes of an error as text, outermost first. The error itself is left out, and any other of
/// reqwest's too: they print addresses.
pub(super) fn causes(error: &reqwest::Error) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        if !cause.is::<reqwest::Error>() {
            let text = cut(&cause.to_string());
            if !text.contains("://") && found.last() != Some(&text) {
                found.push(text);
            }
        }
        next = cause.source();
    }
    found
}

/// Where a redirect would have led.
#[expect(
    clippy::disallowed_methods,
    reason = "only its host is shown, or judged by the caller"
)]
pub(super) fn redirect_target(from: &Url, headers: &HeaderMap) -> Option<Url> {
    let location = headers.get(reqwest::header::LOCATION)?.to_str().ok()?;
    from.join(location).ok()
}

/// A web page, whatever its declared type: what portals and proxies answer.
pub fn looks_like_page(text: &str) -> bool {
    let start: String = text
        .trim_start_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
        .chars()
        .take(9)
        .collect::<String>()
        .to_ascii_lowercase();
    ["<!doctype", "<html", "<head", "<body", "<!--"]
        .iter()
        .any(|tag| start.starts_with(tag))
}

fn generic(status: u16, body: &str) -> &'static str {
    if looks_like_page(body) {
        return "it answered with a web page instead of data";
    }
    match status {
        401 => "the key or token is not accepted",
        403 => "this key is not allowed to do that",
        404 | 410 => "there is no such thing",
        408 => "the service waited too long for the request",
        409 | 412 => "somebody else changed it at the same time",
        413 => "it is larger than the service takes",
        429 => "too many calls",
        400..=499 => "the service refused the request",
        _ => "the service failed",
    }
}

fn cut(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(MAX_MESSAGE) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// The wait a service names, as seconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = if let Ok(seconds) = text.parse::<u64>() {
        seconds
    } else {
        let read = |text: &str| jiff::fmt::rfc2822::parse(text).ok();
        let until = read(text)?.timestamp().as_second();
        // The service's own clock where it shows it: ours may be wrong.
        let now = headers
            .get(reqwest::header::DATE)
            .and_then(|date| read(date.to_str().ok()?))
            .map_or_else(jiff::Timestamp::now, |date| date.timestamp())
            .as_second();
        u64::try_from(until - now).ok()?
    };
    Some(Duration::from_secs(seconds.min(MAX_WAIT)))
}

fn request_id(headers: &HeaderMap) -> Option<String> {
    [
        "x-request-id",
        "x-amz-request-id",
        "request-id",
        "x-correlation-id",
    ]
    .iter()
    .find_map(|name| headers.get(*name)?.to_str().ok())
    .map(cut)
}
