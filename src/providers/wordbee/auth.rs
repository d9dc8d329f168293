//! The session token: asked for once by one task, renewed when it lapses, kept in memory only.
//!
//! A token lapses after 30 minutes without a call (documented). The refusal comes as 401 (seen in a
//! client) or as 400 with the title "Token invalid or expired." (documented); both reach this file
//! as `Unauthorized`.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::reply;
use crate::api::http::{Call, Http, Method};
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::Secret;

/// After a refused key the service is left alone for this long.
const REST: Duration = Duration::from_secs(30);
/// What leaving may take at most.
const LEAVE: Duration = Duration::from_secs(2);

/// A token, and which sign-in it came from.
#[derive(Clone)]
pub(super) struct Token {
    value: Secret,
    generation: u64,
}

/// How far a call has come: the token of its first attempt, once that was refused.
#[derive(Default)]
pub(super) struct Turn(Option<Token>);

#[derive(Default)]
struct State {
    token: Option<Token>,
    generation: u64,
    used_at: Option<Instant>,
    /// The refusal of a key, and when it came.
    refused: Option<(Instant, ApiError)>,
}

pub(super) struct Session {
    account: Secret,
    key: Secret,
    /// See `Pace::idle`.
    idle: Duration,
    state: Mutex<State>,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Session(…)")
    }
}

impl Session {
    pub fn new(account: Secret, key: Secret, idle: Duration) -> Self {
        Self {
            account,
            key,
            idle,
            state: Mutex::default(),
        }
    }

    /// Adds both headers of a signed-in call.
    pub fn sign<'a>(&self, call: Call<'a>, token: &Token) -> Call<'a> {
        call.secret("x-auth-token", &token.value)
            .private("x-auth-accountid", &self.account)
            .hide(&self.key)
    }

    /// A token for the first attempt of a call, or a newer one for the second.
    pub async fn token_for(&self, http: &Http, turn: &mut Turn) -> Result<Token, ApiError> {
        let token = match &turn.0 {
            None => self.token(http).await?,
            Some(refused) => self.renewed(http, refused.generation).await?,
        };
        Ok(token)
    }

    /// Looks at what came of an attempt. `None` asks for the second one: only a refused token does,
    /// and only once. A second refusal is the answer.
    pub async fn judge<T>(
        &self,
        turn: &mut Turn,
        token: Token,
        outcome: Result<T, ApiError>,
    ) -> Option<Result<T, ApiError>> {
        let error = match &outcome {
            Err(error) if error.kind == ApiErrorKind::Unauthorized => error,
            _ => return Some(outcome),
        };
        if turn.0.is_none() {
            turn.0 = Some(token);
            return None;
        }
        let mut state = self.state.lock().await;
        // A fresh token that is refused: signing in again would not help, and hammering hurts.
        if state.generation == token.generation {
            state.token = None;
            state.refused = Some((Instant::now(), error.clone()));
        }
        Some(outcome)
    }

    /// The token in use, or a new one when there is none or it has lain idle.
    async fn token(&self, http: &Http) -> Result<Token, ApiError> {
        let mut state = self.state.lock().await;
        let idle = state.used_at.is_none_or(|at| at.elapsed() >= self.idle);
        state.used_at = Some(Instant::now());
        match &state.token {
            Some(token) if !idle => Ok(token.clone()),
            _ => self.sign_in(http, &mut state).await,
        }
    }

    /// A token newer than the refused one: made by this task, or by another meanwhile.
    async fn renewed(&self, http: &Http, refused: u64) -> Result<Token, ApiError> {
        let mut state = self.state.lock().await;
        match &state.token {
            Some(token) if token.generation > refused => Ok(token.clone()),
            _ => self.sign_in(http, &mut state).await,
        }
    }

    /// Signs in; the caller holds the lock, so there is one at a time.
    async fn sign_in(&self, http: &Http, state: &mut State) -> Result<Token, ApiError> {
        if let Some((at, error)) = &state.refused {
            if at.elapsed() < REST {
                return Err(error.clone());
            }
            state.refused = None;
        }
        state.token = None;
        let body = serde_json::json!({
            "accountid": self.account.reveal(),
            "key": self.key.reveal(),
        });
        let answer = http
            .call("sign in", Method::POST, &["api", "auth", "token"])
            .hide(&self.key)
            .json(&body)
            .errors(reply::read_sign_in_error)
            .answer()
            .await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                if error.is_refusal() {
                    state.refused = Some((Instant::now(), error.clone()));
                }
                return Err(error);
            }
        };
        let value = reply::token(&answer)?;
        state.generation += 1;
        let token = Token {
            value,
            generation: state.generation,
        };
        state.token = Some(token.clone());
        state.used_at = Some(Instant::now());
        Ok(token)
    }

    /// Drops the token at the service, if there is one. Nobody waits for long on the way out.
    pub async fn sign_out(&self, http: &Http) {
        let Some(token) = self.state.lock().await.token.take() else {
            return;
        };
        let call = http.call("sign out", Method::DELETE, &["api", "auth", "token"]);
        let leaving = self.sign(call, &token).answer();
        // Errors are of no use to anyone: the token lapses by itself.
        let _ = tokio::time::timeout(LEAVE, leaving).await;
    }
}
