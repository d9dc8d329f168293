//! The service's answers that are about the call itself: the token, and its error bodies.

use serde_json::value::RawValue;

use crate::api::http::{Answer, ErrorReply, Reason, looks_like_page};
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::Secret;
use crate::providers::fields::Fields;

/// The longest token believed, in bytes. Published samples have 32.
const MAX_TOKEN: usize = 4096;

/// The token: a quoted JSON string in the clients that were seen, a bare word just in case.
pub(super) fn token(answer: &Answer) -> Result<Secret, ApiError> {
    let text = answer.text().trim();
    let text = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
    let sound = !text.is_empty()
        && text.len() <= MAX_TOKEN
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>{}[]\"".contains(&byte));
    sound
        .then(|| Secret::new(text).ok())
        .flatten()
        .ok_or_else(|| answer.broken("it answered with something that is no token"))
}

/// The service's usual error body: `{error: {title, details, messages}, reason}`; a throttling error
/// has `{error: {type, message}, reason}` instead.
pub(super) fn read_error(reply: &ErrorReply<'_>) -> Reason {
    let Some((error, reason)) = error_parts(reply.body) else {
        return Reason::default();
    };
    let title = error.title.as_deref().unwrap_or_default();
    let reason_text = reason.as_deref().unwrap_or_default();
    let expired = matches!(reply.status, 400 | 401)
        && (title.eq_ignore_ascii_case("Token invalid or expired.")
            || title.eq_ignore_ascii_case("Token invalid or expired")
            || reason_text
                .to_ascii_lowercase()
                .starts_with("not authenticated"));
    Reason {
        kind: expired.then_some(ApiErrorKind::Unauthorized),
        code: error.kind,
        message: error.sentence.or(reason),
        missing: Vec::new(),
    }
}

/// The same for signing in, where the documented failure is 400 for whatever was wrong.
pub(super) fn read_sign_in_error(reply: &ErrorReply<'_>) -> Reason {
    let mut reason = read_error(reply);
    if matches!(reply.status, 400 | 401 | 403 | 404) && !looks_like_page(reply.body) {
        let is_ours = reason.message.is_some() || reply.status == 401;
        if is_ours {
            reason.kind = Some(ApiErrorKind::Unauthorized);
        }
    }
    reason
}

struct ErrorParts {
    title: Option<String>,
    kind: Option<String>,
    sentence: Option<String>,
}

fn error_parts(body: &str) -> Option<(ErrorParts, Option<String>)> {
    let raw = serde_json::from_str::<&RawValue>(body.trim()).ok()?;
    let fields = Fields::read(raw).ok()?;
    let reason = fields.full_text("reason");
    let error = fields.object("error");
    let text = |name: &str| error.as_ref()?.full_text(name);
    let title = text("title");
    let first_message = || {
        let message = *error.as_ref()?.list_of("messages").first()?;
        Fields::read(message).ok()?.full_text("title")
    };
    let sentence = match (&title, text("details")) {
        (Some(title), Some(details)) if *title != details => {
            Some(format!("{} {details}", title.trim_end()))
        }
        (Some(title), _) => Some(title.clone()),
        (None, details) => text("message").or(details).or_else(first_message),
    };
    Some((
        ErrorParts {
            title,
            kind: text("type"),
            sentence,
        },
        reason,
    ))
}
