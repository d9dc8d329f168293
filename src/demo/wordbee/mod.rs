//! The documents' service: sessions, and the way from a path to its answer.
//!
//! The service's usual failure is 400 with an envelope whose title names the cause; so it is here.

mod assets;
mod documents;
mod media;
mod query;
mod segments;
mod strings;

pub use assets::show as show_asset;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::answer::{self, Call};
use super::seed::flex::Document;
use super::store::{ACCOUNT_ID, Session, User, World, held};

/// A token lapses after so long without a call (documented).
pub const IDLE: Duration = Duration::from_mins(30);

/// A refusal in the service's envelope.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    title: String,
    reason: String,
}

impl Refusal {
    /// The usual failure.
    fn usual(title: impl Into<String>) -> Self {
        let title = title.into();
        Self {
            status: StatusCode::BAD_REQUEST,
            reason: title.clone(),
            title,
        }
    }

    /// The user lacks the right.
    fn right(title: &str) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            ..Self::usual(title)
        }
    }

    fn missing(title: &str) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::usual(title)
        }
    }

    /// The title and the reason's beginning are documented, the status is told in two ways.
    fn token(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::UNAUTHORIZED),
            title: "Token invalid or expired.".into(),
            reason: "Not authenticated: the token is invalid or expired.".into(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({
            "error": {
                "operation": null,
                "date": moment(Timestamp::now()),
                "title": self.title,
                "details": null,
                "errorurl": null,
                "messages": [],
            },
            "reason": self.reason,
        });
        answer::json(self.status, &body)
    }
}

/// A made-up refusal. 429 has the shape of the throttling chapter.
pub fn refusal(status: StatusCode, message: &str) -> Response {
    if status == StatusCode::TOO_MANY_REQUESTS {
        return quota(message);
    }
    let refusal = Refusal::usual(message);
    Refusal { status, ..refusal }.into_response()
}

fn quota(message: &str) -> Response {
    let error = json!({ "type": "Throttling", "message": message });
    let body = json!({ "error": error, "reason": "Too many requests" });
    answer::json(StatusCode::TOO_MANY_REQUESTS, &body)
}

/// A point in time as this service writes it: UTC, seven fraction digits.
fn moment(at: Timestamp) -> String {
    let zoned = at.to_zoned(TimeZone::UTC);
    format!(
        "{}.{:07}Z",
        zoned.strftime("%Y-%m-%dT%H:%M:%S"),
        at.subsec_nanosecond() / 100
    )
}

/// Answers a call to any path that belongs to no other service.
pub async fn answer(world: &Arc<World>, mut call: Call) -> Response {
    match route(world, &mut call).await {
        Ok(response) => response,
        Err(refusal) => {
            answer::drain(call.body).await;
            refusal.into_response()
        }
    }
}

async fn route(world: &Arc<World>, call: &mut Call) -> Result<Response, Refusal> {
    let path = std::mem::take(&mut call.path);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let method = call.method.as_str().to_owned();
    match (path.as_slice(), method.as_str()) {
        (["api", "auth", "token"], "POST") => return sign_in(world, call).await,
        (["api", "auth", "token"], "DELETE") => {
            signed_in(world, call)?;
            held(&world.flex).tokens.remove(call.header("x-auth-token"));
            return Ok(StatusCode::OK.into_response());
        }
        _ => {}
    }
    let user = signed_in(world, call)?;
    if let Some(response) = throttled(world) {
        return Ok(response);
    }
    let route = (path.get(1..).unwrap_or_default(), method.as_str());
    match route {
        (["apps", "wbflex", "list"], "POST") => documents::list(world, user, call).await,
        (["apps", "wbflex", "documents", id], "GET") => documents::one(world, user, id),
        (["apps", "wbflex", "documents", id, "short"], "GET") => documents::short(world, user, id),
        (["apps", "wbflex", "documents", id, "components"], "POST") => {
            documents::components(world, user, id, call).await
        }
        (["apps", "wbflex", "documents", id, "contents", "pull"], "POST") => {
            segments::pull(world, user, id, call).await
        }
        (["apps", "wbflex", "documents", id, "assets", "list"], "GET") => {
            assets::list_many(world, user, id, call)
        }
        (["apps", "wbflex", "documents", id, "assets", sid, "list"], "GET") => {
            assets::list_one(world, user, id, sid)
        }
        (["apps", "wbflex", "documents", id, "assets", sid], "POST") => {
            assets::attach(world, user, id, sid, call).await
        }
        (["apps", "wbflex", "documents", id, "assets", sid], "GET") => {
            assets::download(world, user, id, sid, call)
        }
        (["apps", "wbflex", "documents", id, "assets", sid], "DELETE") => {
            assets::delete(world, user, id, sid, call)
        }
        (["projects", pid, "locales"], "GET") => documents::locales(world, user, pid),
        (["resources", "segments", "search"], "POST") => segments::search(world, user, call).await,
        (["resources", "segments", "search", "item", sid], "POST") => {
            segments::item(world, user, sid, call).await
        }
        (["media", "upload"], "POST") => media::upload(world, user, call).await,
        (["media", "get", token], "GET") => media::get(world, token),
        (["trm", "status"], "GET") => media::status(world, call),
        _ => Err(Refusal::missing("Unknown method.")),
    }
}

async fn sign_in(world: &World, call: &mut Call) -> Result<Response, Refusal> {
    let body = object(call).await?;
    let given = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or("");
    let user = match (given("accountid"), given("key")) {
        (ACCOUNT_ID, key) if key == world.key("acme-loc") => Some(User::Manager),
        (ACCOUNT_ID, key) if key == world.key("guest-loc") => Some(User::Worker),
        _ => None,
    };
    let mut flex = held(&world.flex);
    let Some(user) = user else {
        flex.refused_logins += 1;
        return Err(Refusal::usual(
            "The account code or the API key is not valid.",
        ));
    };
    flex.logins += 1;
    let token = world.seed.hex("token", flex.logins);
    flex.tokens.insert(
        token.clone(),
        Session {
            user,
            used: Instant::now(),
        },
    );
    Ok(answer::json(StatusCode::OK, &Value::String(token)))
}

/// Who calls. A token that was not used for its lifetime is dropped here.
fn signed_in(world: &World, call: &Call) -> Result<User, Refusal> {
    let lifetime = world.options.token_lifetime.unwrap_or(IDLE);
    let mut flex = held(&world.flex);
    let token = call.header("x-auth-token");
    let account = call.header("x-auth-accountid");
    let user = flex
        .tokens
        .get_mut(token)
        .filter(|_| account == ACCOUNT_ID)
        .and_then(|session| {
            let fresh = session.used.elapsed() < lifetime;
            session.used = Instant::now();
            fresh.then_some(session.user)
        });
    if let Some(user) = user {
        flex.calls += 1;
        return Ok(user);
    }
    flex.refused_tokens += 1;
    if account == ACCOUNT_ID {
        flex.tokens.remove(token);
    }
    // No account header at all is the documented 400; for the rest the option decides.
    let status = if account.is_empty() {
        400
    } else {
        world.options.expired_as
    };
    Err(Refusal::token(status))
}

/// The hourly allowance, where one is set. The token calls are not counted.
fn throttled(world: &World) -> Option<Response> {
    let allowance = world.options.calls_per_hour?;
    let mut flex = held(&world.flex);
    let (began, calls) = match flex.hour {
        Some((began, calls)) if began.elapsed() < world.options.hour => (began, calls + 1),
        _ => (Instant::now(), 1),
    };
    flex.hour = Some((began, calls));
    flex.throttled += u64::from(calls > allowance);
    drop(flex);
    (calls > allowance).then(|| {
        let message = format!("API calls quota exceeded! maximum admitted {allowance} per hour.");
        quota(&message)
    })
}

/// The body as an object; an empty one stands for an empty object.
async fn object(call: &mut Call) -> Result<Value, Refusal> {
    Ok(call
        .json()
        .await
        .map_err(Refusal::usual)?
        .unwrap_or_else(|| json!({})))
}

/// The document that an `id` of the list names: its number, or a job's with a letter before it.
fn document<'a>(world: &'a World, user: User, id: &str) -> Result<&'a Document, Refusal> {
    let named = |document: &&Document| {
        let job = id.strip_prefix(['j', 'c']).and_then(|job| job.parse().ok());
        id == document.did.to_string() || (job.is_some() && document.jid == job)
    };
    world
        .documents
        .iter()
        .find(named)
        .filter(|document| visible(user, document))
        .ok_or_else(|| Refusal::usual("The document does not exist."))
}

/// Workers see the documents of their own running jobs: here the first two projects.
fn visible(user: User, document: &Document) -> bool {
    user == User::Manager || document.pid <= 701
}

/// A member that is left out, null, or of this type.
fn optional<T>(
    body: &Value,
    name: &str,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(Refusal::usual(format!(
                "Invalid value of the parameter '{name}'."
            ))),
        },
    }
}
