//! A file on its way out: streamed with its exact length, and never as a mixture of two states.
//!
//! The last piece is held back until the open file has been compared with what was chosen. A file
//! that changed on the way therefore breaks the request instead of completing it.

mod read;

use std::fmt::Write as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use reqwest::header::HeaderValue;
use tokio::sync::watch;

use self::read::Pieces;
use super::{ApiError, ApiErrorKind, FileStamp};
use crate::api::http::encode;

/// A file ready to be sent.
pub struct Outgoing {
    /// What stands before the file's bytes and behind them; empty for nothing.
    head: Bytes,
    pieces: Pieces,
    tail: Bytes,
    file_size: u64,
    content_type: HeaderValue,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Outgoing({} bytes)", self.file_size)
    }
}

impl Outgoing {
    /// The file's bytes alone. `File` when it is not the one that was chosen, or no regular file.
    pub async fn file(
        operation: &'static str,
        path: &Path,
        stamp: &FileStamp,
        content_type: &str,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            head: Bytes::new(),
            pieces: Pieces::open(operation, path, stamp).await?,
            tail: Bytes::new(),
            file_size: stamp.size,
            content_type: header_type(content_type),
        })
    }

    /// The file as the one part, named `file`, of a multipart form. The framing is ours, because a
    /// writer that leaves line ends or quotes in a file name lets the name forge parts: here the
    /// name is percent-encoded, and the real one has to travel in the query.
    pub async fn form(
        operation: &'static str,
        path: &Path,
        stamp: &FileStamp,
        content_type: &str,
        name: &str,
    ) -> Result<Self, ApiError> {
        let pieces = Pieces::open(operation, path, stamp).await?;
        let boundary = boundary(operation)?;
        let part_type = header_type(content_type);
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            encode(name),
            part_type.to_str().unwrap_or(UNKNOWN_TYPE),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let value = format!("multipart/form-data; boundary={boundary}");
        Ok(Self {
            head: head.into(),
            pieces,
            tail: tail.into(),
            file_size: stamp.size,
            content_type: HeaderValue::try_from(value).map_err(|_| no_boundary(operation))?,
        })
    }

    /// Bytes of the file, framing not counted.
    pub(super) fn file_size(&self) -> u64 {
        self.file_size
    }

    pub(super) fn content_type(&self) -> &HeaderValue {
        &self.content_type
    }

    /// The body for the wire, and what tells of it.
    pub(super) fn into_body(self) -> (reqwest::Body, Flow) {
        let (sent, receiver) = watch::channel(0);
        let failure = Arc::new(OnceLock::new());
        let framing = (self.head.len() + self.tail.len()) as u64;
        let body = ExactBody {
            head: self.head,
            pieces: Some(self.pieces),
            tail: self.tail,
            left: self.file_size + framing,
            sent,
            failure: failure.clone(),
        };
        let flow = Flow {
            sent: receiver,
            failure,
        };
        (reqwest::Body::wrap(body), flow)
    }
}

/// What a body tells of itself while it is sent.
pub(super) struct Flow {
    /// Bytes of the file that the network took.
    pub sent: watch::Receiver<u64>,
    failure: Arc<OnceLock<ApiError>>,
}

impl Flow {
    /// Why the file could not be sent on.
    pub fn failure(&self) -> Option<ApiError> {
        self.failure.get().cloned()
    }
}

/// A body with an exact size hint: without one the request would be chunked, which S3 refuses. It
/// does not say beforehand that it is at its end, since hyper then leaves out a length of 0 as well.
struct ExactBody {
    head: Bytes,
    /// `None` once the file has gone out, or has failed.
    pieces: Option<Pieces>,
    tail: Bytes,
    /// Bytes for the wire.
    left: u64,
    sent: watch::Sender<u64>,
    failure: Arc<OnceLock<ApiError>>,
}

impl ExactBody {
    fn frame(&mut self, bytes: Bytes) -> Poll<Option<Result<Frame<Bytes>, ApiError>>> {
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl http_body::Body for ExactBody {
    type Data = Bytes;
    type Error = ApiError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ApiError>>> {
        let this = &mut *self;
        if !this.head.is_empty() {
            let head = std::mem::take(&mut this.head);
            return this.frame(head);
        }
        if let Some(pieces) = &mut this.pieces {
            match ready!(pieces.poll_next(context)) {
                Some(Ok(piece)) => {
                    this.sent.send_modify(|sent| *sent += piece.len() as u64);
                    return this.frame(piece);
                }
                Some(Err(error)) => {
                    this.pieces = None;
                    // A failed file must not be closed like a whole one.
                    this.tail = Bytes::new();
                    let _ = this.failure.set(error.clone());
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.pieces = None,
            }
        }
        if this.tail.is_empty() {
            return Poll::Ready(None);
        }
        let tail = std::mem::take(&mut this.tail);
        this.frame(tail)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

const UNKNOWN_TYPE: &str = "application/octet-stream";

/// A media type that can stand in a header as it is, or the one that says nothing.
fn header_type(text: &str) -> HeaderValue {
    let plain = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte));
    plain
        .then(|| HeaderValue::from_str(text).ok())
        .flatten()
        .unwrap_or(HeaderValue::from_static(UNKNOWN_TYPE))
}

/// 128 random bits: what no file can hold by design.
fn boundary(operation: &'static str) -> Result<String, ApiError> {
    let mut random = [0_u8; 16];
    rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut random)
        .map_err(|_| no_boundary(operation))?;
    let mut text = "assetdeck".to_owned();
    for byte in random {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    Ok(text)
}

fn no_boundary(operation: &'static str) -> ApiError {
    ApiError::new(
        operation,
        ApiErrorKind::File,
        "this machine gave no random numbers",
    )
}

#[cfg(test)]
mod tests;
