//! A file on its way out: streamed with its exact length, and never as a mixture of two states.
//!
//! The last piece is held back until the open file has been compared with what was chosen. A file
//! that changed on the way therefore breaks the request instead of completing it.

use std::fmt::Write as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt as _};
use http_body::{Frame, SizeHint};
use reqwest::header::HeaderValue;
use tokio::io::AsyncReadExt as _;
use tokio::sync::watch;

use super::{ApiError, ApiErrorKind, FileStamp};
use crate::api::http::encode;

/// Bytes read at a time, and so what a transfer costs in memory.
const CHUNK: usize = 128 * 1024;

/// Bytes for the wire, and how many of them are the file's.
type Piece = (Bytes, u64);

/// A file ready to be sent.
pub struct Outgoing {
    pieces: BoxStream<'static, Result<Piece, ApiError>>,
    /// Bytes on the wire, framing included.
    total: u64,
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
        let file = open(operation, path, stamp).await?;
        Ok(Self {
            pieces: pieces(operation, file, stamp.clone()),
            total: stamp.size,
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
        let file = open(operation, path, stamp).await?;
        let boundary = boundary(operation)?;
        let part_type = header_type(content_type);
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\n\
             Content-Type: {}\r\n\r\n",
            encode(name),
            part_type.to_str().unwrap_or(UNKNOWN_TYPE),
        );
        let tail = format!("\r\n--{boundary}--\r\n");
        let total = stamp.size + (head.len() + tail.len()) as u64;
        let once = |text: String| futures_util::stream::iter([Ok((Bytes::from(text), 0))]);
        let framed = once(head)
            .chain(pieces(operation, file, stamp.clone()))
            .chain(once(tail));
        // A failed file must not be closed like a whole one.
        let framed = framed.scan(false, |failed, piece| {
            let go_on = !*failed;
            *failed = piece.is_err();
            std::future::ready(go_on.then_some(piece))
        });
        let value = format!("multipart/form-data; boundary={boundary}");
        Ok(Self {
            pieces: framed.boxed(),
            total,
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
        let body = ExactBody {
            pieces: Mutex::new(self.pieces),
            left: self.total,
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
    /// Locked by nobody: a stream is `Send` only, and a body must be `Sync`.
    pieces: Mutex<BoxStream<'static, Result<Piece, ApiError>>>,
    left: u64,
    sent: watch::Sender<u64>,
    failure: Arc<OnceLock<ApiError>>,
}

impl http_body::Body for ExactBody {
    type Data = Bytes;
    type Error = ApiError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ApiError>>> {
        let pieces = self
            .pieces
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        match pieces.as_mut().poll_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Ok((bytes, of_file)))) => {
                self.left = self.left.saturating_sub(bytes.len() as u64);
                self.sent.send_modify(|sent| *sent += of_file);
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Poll::Ready(Some(Err(error))) => {
                let _ = self.failure.set(error.clone());
                Poll::Ready(Some(Err(error)))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Opens the file that was chosen, or says why it is not that one any more. Links are followed: the
/// user chose what they lead to. A pipe does not block, even if it took the file's place just now.
async fn open(
    operation: &'static str,
    path: &Path,
    stamp: &FileStamp,
) -> Result<tokio::fs::File, ApiError> {
    let fail = |message: String| ApiError::new(operation, ApiErrorKind::File, message);
    let unreadable = |error: std::io::Error| fail(format!("the file cannot be read: {error}"));
    let found = tokio::fs::metadata(path).await.map_err(unreadable)?;
    check_kind(&found).map_err(|what| fail(what.to_owned()))?;
    let mut options = tokio::fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    if let Ok(flag) = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()) {
        options.custom_flags(flag);
    }
    let mut file = options.open(path).await.map_err(unreadable)?;
    file.set_max_buf_size(CHUNK);
    let opened = file.metadata().await.map_err(unreadable)?;
    check_kind(&opened).map_err(|what| fail(what.to_owned()))?;
    if FileStamp::of(&opened) != *stamp {
        return Err(fail("the file changed after it was chosen".into()));
    }
    Ok(file)
}

fn check_kind(metadata: &std::fs::Metadata) -> Result<(), &'static str> {
    if metadata.is_dir() {
        Err("it is a folder, not a file")
    } else if metadata.is_file() {
        Ok(())
    } else {
        Err("it is a device, a pipe or a socket, not a file")
    }
}

struct Reading {
    file: tokio::fs::File,
    stamp: FileStamp,
    left: u64,
}

fn pieces(
    operation: &'static str,
    file: tokio::fs::File,
    stamp: FileStamp,
) -> BoxStream<'static, Result<Piece, ApiError>> {
    let left = stamp.size;
    let reading = Reading { file, stamp, left };
    futures_util::stream::try_unfold(reading, move |mut reading| async move {
        if reading.left == 0 {
            return Ok(None);
        }
        let piece = reading
            .next()
            .await
            .map_err(|message| ApiError::new(operation, ApiErrorKind::File, message))?;
        let size = piece.len() as u64;
        Ok(Some(((piece, size), reading)))
    })
    .boxed()
}

impl Reading {
    async fn next(&mut self) -> Result<Bytes, String> {
        const GREW: &str = "the file grew while it was sent";
        let unreadable = |error: std::io::Error| format!("the file cannot be read: {error}");
        let mut buffer = BytesMut::with_capacity(CHUNK);
        let read = self.file.read_buf(&mut buffer).await.map_err(unreadable)? as u64;
        if read == 0 {
            return Err("the file shrank while it was sent".into());
        }
        if read > self.left {
            return Err(GREW.into());
        }
        self.left -= read;
        if self.left == 0 {
            let mut more = [0; 1];
            if self.file.read(&mut more).await.map_err(unreadable)? > 0 {
                return Err(GREW.into());
            }
            let now = self.file.metadata().await.map_err(unreadable)?;
            if FileStamp::of(&now) != self.stamp {
                return Err("the file changed while it was sent".into());
            }
        }
        Ok(buffer.freeze())
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
