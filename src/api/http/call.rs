//! One call: what is sent, and how long it may take.

use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use tokio::time::{Instant, sleep_until};
use url::Url;

use super::answer::{Answer, MAX_PAGE, Streaming, Watchdog, read_capped, seconds};
use super::failure::{CallInfo, redirect_target};
use super::hold;
use super::{Http, ReadError, encode};
use crate::api::body::Outgoing;
use crate::api::{ApiError, ApiErrorKind, Delivery};
use crate::domain::Secret;

/// As much of an error body as is worth reading, in bytes.
const MAX_ERROR_BODY: usize = 64 * 1024;
/// Redirects followed for a download without credentials.
const MAX_HOPS: usize = 5;

/// Told how many bytes of a file have been handed to the network.
pub type Progress<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// A call being put together. Nothing is sent before [`Call::answer`] or [`Call::stream`].
#[must_use = "nothing is sent before `answer` or `stream`"]
pub struct Call<'a> {
    http: &'a Http,
    operation: &'static str,
    method: Method,
    url: Result<Url, ApiError>,
    with_credentials: bool,
    headers: HeaderMap,
    hidden: Vec<Secret>,
    json: Option<Vec<u8>>,
    file: Option<(Outgoing, Progress<'a>)>,
    changes: bool,
    read_error: ReadError,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        http: &'a Http,
        operation: &'static str,
        method: Method,
        url: Result<Url, ApiError>,
        with_credentials: bool,
    ) -> Self {
        let mut call = Self {
            http,
            operation,
            method,
            url,
            with_credentials,
            headers: HeaderMap::new(),
            hidden: Vec::new(),
            json: None,
            file: None,
            changes: false,
            read_error: http.options.read_error,
        };
        if with_credentials {
            for (name, value) in &http.options.credentials {
                call = call.secret(name, value);
            }
        }
        call
    }

    /// Adds one pair to the query, percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        if let Ok(url) = &mut self.url {
            let pair = format!("{}={}", encode(name), encode(value));
            let query = match url.query() {
                Some(query) if !query.is_empty() => format!("{query}&{pair}"),
                _ => pair,
            };
            url.set_query(Some(&query));
        }
        self
    }

    /// A header of ours, for a name and a value that are fixed.
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
        self
    }

    /// A credential: never on a bare call, and never in an error.
    pub fn secret(self, name: &'static str, value: &Secret) -> Self {
        self.private(name, value).hide(value)
    }

    /// A header that goes to the configured origin only and into no log, but is no secret: it may
    /// well be part of the host's own name.
    pub fn private(mut self, name: &'static str, value: &Secret) -> Self {
        match HeaderValue::from_str(value.reveal()) {
            Ok(mut header) if self.with_credentials => {
                header.set_sensitive(true);
                self.headers.insert(HeaderName::from_static(name), header);
            }
            _ => {
                self.url = Err(ApiError::new(
                    self.operation,
                    ApiErrorKind::Refused,
                    format!("the value for {name} cannot be sent"),
                ));
            }
        }
        self
    }

    /// Keeps a text that the body carries out of errors.
    pub fn hide(mut self, value: &Secret) -> Self {
        self.hidden.push(value.clone());
        self
    }

    /// A JSON body.
    pub fn json(mut self, body: &impl Serialize) -> Self {
        match serde_json::to_vec(body) {
            Ok(bytes) => self.json = Some(bytes),
            Err(_) => {
                self.url = Err(ApiError::new(
                    self.operation,
                    ApiErrorKind::Invalid,
                    "what was to be sent is no JSON",
                ));
            }
        }
        self
    }

    /// A file as the body, with its exact length.
    pub fn file(mut self, file: Outgoing, progress: Progress<'a>) -> Self {
        self.file = Some((file, progress));
        self
    }

    /// The call changes something at the service: without an answer it is in doubt.
    pub fn changes(mut self) -> Self {
        self.changes = true;
        self
    }

    /// Reads error bodies in another way than the account's service writes them.
    pub fn errors(mut self, read_error: ReadError) -> Self {
        self.read_error = read_error;
        self
    }

    /// Sends it and reads the answer whole. Errors: `Refused` for any redirect, `Transport` after
    /// [`super::Patience::total`] or silence, `Limit` beyond [`MAX_PAGE`] decoded bytes, `Decode`
    /// for a web page, and what the status says.
    pub async fn answer(self) -> Result<Answer, ApiError> {
        let patience = self.http.options.patience;
        let is_transfer = self.file.is_some();
        let info = self.info()?;
        let all = self.whole(info.clone());
        if is_transfer {
            return all.await;
        }
        tokio::time::timeout(patience.total, all)
            .await
            .unwrap_or_else(|_| {
                let limit = seconds(patience.total);
                Err(info.slow(&format!("gave no whole answer within {limit}")))
            })
    }

    async fn whole(self, info: CallInfo) -> Result<Answer, ApiError> {
        let patience = self.http.options.patience;
        let mut response = self.send(&info).await?;
        let status = response.status().as_u16();
        let reading = read_capped(&info, &mut response, MAX_PAGE, patience.silence);
        let (body, more) = tokio::time::timeout(patience.total, reading)
            .await
            .map_err(|_| info.slow("drips its answer"))??;
        if more {
            return Err(info.error(
                ApiErrorKind::Limit,
                Delivery::Answered,
                format!("it answered with more than {MAX_PAGE} bytes"),
            ));
        }
        Answer::new(info, status, body)
    }

    /// Sends it and hands over the body as it comes, asked for uncompressed. A bare `GET` follows a
    /// few redirects, each judged like the first address; nothing else follows any.
    pub async fn stream(mut self) -> Result<Streaming, ApiError> {
        self.headers
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let http = self.http;
        let patience = http.options.patience;
        let follows = !self.with_credentials && self.method == Method::GET;
        let (operation, headers) = (self.operation, self.headers.clone());
        let mut info = self.info()?;
        let mut sent = self.exchange(&info).await?;
        let mut hops = 0;
        while follows && hops < MAX_HOPS && sent.status().is_redirection() {
            let Some(target) = redirect_target(&info.url, sent.headers()) else {
                break;
            };
            let url = http.foreign(operation, target.as_str())?;
            info.url = url.clone();
            let mut next = Call::new(http, operation, Method::GET, Ok(url), false);
            next.headers = headers.clone();
            sent = next.exchange(&info).await?;
            hops += 1;
        }
        let judged = judge(&info, sent, patience.silence).await;
        let response = judged.inspect_err(|error| http.hold.ask(error))?;
        Ok(Streaming::new(info, response, patience))
    }

    /// Sends it and gives the headers of whatever answer comes.
    pub(super) async fn headers(self) -> Result<HeaderMap, ApiError> {
        let info = self.info()?;
        Ok(self.exchange(&info).await?.headers().clone())
    }

    fn info(&self) -> Result<CallInfo, ApiError> {
        Ok(CallInfo {
            operation: self.operation,
            changes: self.changes,
            url: self.url.clone()?,
            read_error: self.read_error,
            hidden: self.hidden.clone(),
        })
    }

    async fn send(self, info: &CallInfo) -> Result<reqwest::Response, ApiError> {
        let silence = self.http.options.patience.silence;
        let http = self.http;
        let response = self.exchange(info).await?;
        let judged = judge(info, response, silence).await;
        judged.inspect_err(|error| http.hold.ask(error))
    }

    /// Sends the request and waits for the answer's head. The log gets neither query nor headers: they
    /// carry signatures and keys.
    async fn exchange(self, info: &CallInfo) -> Result<reqwest::Response, ApiError> {
        let (method, began) = (self.method.clone(), Instant::now());
        let result = self.exchanged(info).await;
        let status = result.as_ref().map(|answer| answer.status().as_u16());
        tracing::debug!(
            %method,
            host = info.url.host_str().unwrap_or_default(),
            path = info.url.path(),
            status = status.ok(),
            ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            "called"
        );
        result
    }

    async fn exchanged(self, info: &CallInfo) -> Result<reqwest::Response, ApiError> {
        let patience = self.http.options.patience;
        if let Some(left) = self.http.hold.left() {
            return Err(info.error(
                ApiErrorKind::RateLimited { after: Some(left) },
                Delivery::NotSent,
                hold::words(left),
            ));
        }
        let client = self
            .http
            .client(self.operation, &info.url, self.with_credentials)?;
        let mut headers = self.headers;
        headers
            .entry(ACCEPT)
            .or_insert(HeaderValue::from_static("*/*"));
        if !self.with_credentials {
            headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        }
        let mut request = client.request(self.method, info.url.clone());
        if let Some(json) = self.json {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request = request.body(json);
        }
        let Some((file, progress)) = self.file else {
            let sent = request.headers(headers).send();
            return match tokio::time::timeout(patience.silence, sent).await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(info.transport(&error)),
                Err(_) => Err(info.slow(&format!(
                    "answered nothing for {}",
                    seconds(patience.silence)
                ))),
            };
        };
        headers.insert(CONTENT_TYPE, file.content_type().clone());
        let size = file.file_size();
        let (body, mut flow) = file.into_body();
        let sending = request.headers(headers).body(body).send();
        tokio::pin!(sending);
        let mut watchdog = Watchdog::new(patience);
        let mut whole_at: Option<Instant> = None;
        let mut open = true;
        let outcome = loop {
            let deadline = match whole_at {
                Some(at) => at + patience.answer,
                None => watchdog.deadline(),
            };
            tokio::select! {
                biased;
                outcome = &mut sending => break outcome,
                moved = flow.sent.changed(), if open => {
                    open = moved.is_ok();
                    let bytes = *flow.sent.borrow_and_update();
                    watchdog.moved(bytes);
                    if bytes >= size && whole_at.is_none() {
                        whole_at = Some(Instant::now());
                    }
                    progress(bytes);
                }
                () = sleep_until(deadline) => {
                    if whole_at.is_some() {
                        let limit = seconds(patience.answer);
                        return Err(info.slow(&format!("took the file and gave no answer for {limit}")));
                    }
                    watchdog.check().map_err(|why| info.slow(&why))?;
                }
            }
        };
        // The file's own trouble explains whatever the network made of it.
        if let Some(mut error) = flow.failure() {
            error.operation = info.operation;
            return Err(error);
        }
        let sent = *flow.sent.borrow_and_update();
        let response = outcome.map_err(|error| info.transport(&error))?;
        if response.status().is_success() && sent < size {
            return Err(info.error(
                ApiErrorKind::Decode,
                Delivery::Answered,
                "it said yes before it had the whole file",
            ));
        }
        if response.status().is_success() {
            progress(sent);
        }
        Ok(response)
    }
}

/// Lets a success through; anything else becomes the error it is.
async fn judge(
    info: &CallInfo,
    mut response: reqwest::Response,
    silence: std::time::Duration,
) -> Result<reqwest::Response, ApiError> {
    if response.status().is_success() {
        return Ok(response);
    }
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    // A redirect's body is nobody's business, and a broken one says no less than the status.
    let body = if response.status().is_redirection() {
        Vec::new()
    } else {
        let reading = read_capped(info, &mut response, MAX_ERROR_BODY, silence);
        match tokio::time::timeout(silence, reading).await {
            Ok(Ok((body, _))) => body,
            _ => Vec::new(),
        }
    };
    Err(info.refusal(status, &headers, &String::from_utf8_lossy(&body)))
}
