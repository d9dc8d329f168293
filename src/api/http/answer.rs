//! What came back: a small answer read whole under a cap, or a stream under the watchdog.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::Patience;
use super::failure::{CallInfo, looks_like_page};
use crate::api::{ApiError, ApiErrorKind, Delivery, Download};

/// Largest answer that is read whole, in bytes after decompression.
pub const MAX_PAGE: usize = 16 * 1024 * 1024;
/// Most entries of one page.
pub const MAX_ENTRIES: usize = 10_000;

/// A successful answer, read whole.
pub struct Answer {
    pub(super) info: CallInfo,
    pub status: u16,
    body: String,
    /// The body was not UTF-8; what could not be read stands as U+FFFD.
    lossy: bool,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.status, self.body.len())
    }
}

impl Answer {
    pub(super) fn new(info: CallInfo, status: u16, body: Vec<u8>) -> Result<Self, ApiError> {
        let (body, lossy) = match String::from_utf8(body) {
            Ok(body) => (body, false),
            Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
        };
        let answer = Self {
            info,
            status,
            body,
            lossy,
        };
        if looks_like_page(&answer.body) {
            return Err(answer.broken("it answered with a web page instead of data"));
        }
        Ok(answer)
    }

    /// The body as text.
    pub fn text(&self) -> &str {
        self.body.trim_start_matches('\u{FEFF}')
    }

    /// This answer makes no sense: `Decode`.
    pub fn broken(&self, message: impl Into<String>) -> ApiError {
        let mut error = self
            .info
            .error(ApiErrorKind::Decode, Delivery::Answered, message);
        error.status = Some(self.status);
        error
    }

    /// The body as one piece of JSON.
    pub fn raw(&self) -> Result<&RawValue, ApiError> {
        if self.text().trim().is_empty() {
            return Err(self.broken("it answered with nothing"));
        }
        serde_json::from_str(self.text()).map_err(|error| self.unreadable(&error))
    }

    /// The body read into a type; the error names the field.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        serde_json::from_str(self.raw()?.get()).map_err(|error| self.unreadable(&error))
    }

    /// The entries of a JSON array, each as it was sent. `Limit` beyond [`MAX_ENTRIES`].
    pub fn entries<'a>(&self, array: &'a RawValue) -> Result<Vec<&'a RawValue>, ApiError> {
        let read: Entries<'a> =
            serde_json::from_str(array.get()).map_err(|error| self.unreadable(&error))?;
        if read.too_many {
            return Err(self.info.error(
                ApiErrorKind::Limit,
                Delivery::Answered,
                format!("it answered with more than {MAX_ENTRIES} entries on one page"),
            ));
        }
        Ok(read.list)
    }

    /// An entry holds text that was not UTF-8: its ids could not be sent back unchanged.
    pub fn is_damaged(&self, entry: &RawValue) -> bool {
        self.lossy && entry.get().contains('\u{FFFD}')
    }

    fn unreadable(&self, error: &serde_json::Error) -> ApiError {
        self.broken(format!("its answer could not be read: {error}"))
    }
}

/// A list that stops growing at the cap, so that ten million tiny entries cost nothing.
struct Entries<'a> {
    list: Vec<&'a RawValue>,
    too_many: bool,
}

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while list.len() < MAX_ENTRIES {
                    match seq.next_element::<&'de RawValue>()? {
                        Some(entry) => list.push(entry),
                        None => {
                            return Ok(Entries {
                                list,
                                too_many: false,
                            });
                        }
                    }
                }
                let mut too_many = false;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    too_many = true;
                }
                Ok(Entries { list, too_many })
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

/// Watches that bytes keep moving. Time is monotonic.
#[derive(Debug)]
pub(super) struct Watchdog {
    patience: Patience,
    moved_at: Instant,
    window_at: Instant,
    /// Bytes at the start of the window.
    window_bytes: u64,
    bytes: u64,
    /// When the reader went away to do something else.
    left_at: Option<Instant>,
}

impl Watchdog {
    pub fn new(patience: Patience) -> Self {
        let now = Instant::now();
        Self {
            patience,
            moved_at: now,
            window_at: now,
            window_bytes: 0,
            bytes: 0,
            left_at: None,
        }
    }

    /// The reader is busy with what it got: its time is not the service's.
    fn leave(&mut self) {
        self.left_at = Some(Instant::now());
    }

    fn resume(&mut self) {
        if let Some(left_at) = self.left_at.take() {
            self.moved_at = Instant::now();
            self.window_at += left_at.elapsed();
        }
    }

    /// Notes how many bytes have gone in all.
    pub fn moved(&mut self, bytes: u64) {
        if bytes != self.bytes {
            self.bytes = bytes;
            self.moved_at = Instant::now();
        }
    }

    /// When to look again at the latest.
    pub fn deadline(&self) -> Instant {
        (self.moved_at + self.patience.silence).min(self.window_at + self.patience.window)
    }

    /// Looks; the reason it gives follows the host's name.
    pub fn check(&mut self) -> Result<(), String> {
        let now = Instant::now();
        if now >= self.moved_at + self.patience.silence {
            return Err(format!(
                "moved nothing for {}",
                seconds(self.patience.silence)
            ));
        }
        if now >= self.window_at + self.patience.window {
            if self.bytes - self.window_bytes < self.patience.floor {
                return Err(format!(
                    "moved less than {} bytes in {}",
                    self.patience.floor,
                    seconds(self.patience.window)
                ));
            }
            self.window_at = now;
            self.window_bytes = self.bytes;
        }
        Ok(())
    }
}

pub(super) fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f32())
}

/// Reads up to `cap` bytes; the second value says that there was more.
pub(super) async fn read_capped(
    info: &CallInfo,
    response: &mut reqwest::Response,
    cap: usize,
    silence: Duration,
) -> Result<(Vec<u8>, bool), ApiError> {
    let mut body = Vec::new();
    loop {
        let chunk = tokio::time::timeout(silence, response.chunk())
            .await
            .map_err(|_| info.slow(&format!("moved nothing for {}", seconds(silence))))?
            .map_err(|error| info.transport(&error))?;
        let Some(chunk) = chunk else {
            return Ok((body, false));
        };
        if body.len() + chunk.len() > cap {
            return Ok((body, true));
        }
        body.extend_from_slice(&chunk);
    }
}

/// A successful answer whose body is still to come.
pub struct Streaming {
    pub(super) info: CallInfo,
    pub(super) response: reqwest::Response,
    pub(super) watchdog: Watchdog,
    pub(super) received: u64,
}

impl std::fmt::Debug for Streaming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Streaming({} bytes so far)", self.received)
    }
}

impl Streaming {
    pub(super) fn new(info: CallInfo, response: reqwest::Response, patience: Patience) -> Self {
        Self {
            info,
            response,
            watchdog: Watchdog::new(patience),
            received: 0,
        }
    }

    /// Bytes announced; `None` when the service did not say, or sends it compressed all the same.
    pub fn size(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// The declared media type, lower case, without parameters.
    pub fn content_type(&self) -> Option<String> {
        let value = self.response.headers().get(reqwest::header::CONTENT_TYPE)?;
        let value = value.to_str().ok()?;
        Some(value.split(';').next()?.trim().to_ascii_lowercase())
    }

    /// This answer makes no sense: `Decode`.
    pub fn broken(&self, message: impl Into<String>) -> ApiError {
        let mut error = self
            .info
            .error(ApiErrorKind::Decode, Delivery::Answered, message);
        error.status = Some(self.response.status().as_u16());
        error
    }

    /// A limit of ours was passed.
    pub fn too_large(&self, message: impl Into<String>) -> ApiError {
        self.info
            .error(ApiErrorKind::Limit, Delivery::Answered, message)
    }

    /// The next bytes; `None` at the end. A body that ends before its announced length is an error.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ApiError> {
        self.watchdog.resume();
        loop {
            let deadline = self.watchdog.deadline();
            match tokio::time::timeout_at(deadline, self.response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    self.received += chunk.len() as u64;
                    self.watchdog.moved(self.received);
                    self.look()?;
                    self.watchdog.leave();
                    return Ok(Some(chunk));
                }
                Ok(Ok(None)) => return Ok(None),
                Ok(Err(error)) => return Err(self.info.transport(&error)),
                Err(_) => self.look()?,
            }
        }
    }

    fn look(&mut self) -> Result<(), ApiError> {
        self.watchdog.check().map_err(|why| self.info.slow(&why))
    }

    /// The same as a download for the transfer engine.
    pub fn into_download(self) -> Download {
        Download {
            size: self.size(),
            bytes: futures_util::stream::try_unfold(self, |mut stream| async move {
                Ok(stream.chunk().await?.map(|chunk| (chunk, stream)))
            })
            .boxed(),
        }
    }
}
