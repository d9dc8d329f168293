//! Bytes that the demo keeps: small ones in memory, large uploads in a file that nobody else can see.

use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, IntoResponseParts, Response};
use futures_util::stream;
use sha2::{Digest, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};

use super::faults::Quirks;
use super::sign::{hex, sha256_hex};

/// So many bytes of an upload stay in memory; what is longer goes to a file.
const IN_MEMORY: usize = 1 << 20;
/// So much of a file's beginning is kept in memory too, for what is read from a picture's head.
const HEAD: usize = 256 << 10;
/// Files are read in pieces of so many bytes.
const PIECE: usize = 256 << 10;

/// Bytes with their digest. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Blob {
    /// All of it, or where there is a file its beginning.
    head: Bytes,
    file: Option<Arc<File>>,
    size: u64,
    /// SHA-256 in lower-case hexadecimal digits.
    pub sha256: Arc<str>,
    /// How many bytes came in: more than are kept where a fault shortened them.
    announced: u64,
    /// The size that lists show, where a fault made it a wrong one.
    listed: Option<u64>,
    /// How many lists still leave it out.
    lagging: Option<Arc<AtomicU64>>,
}

impl Blob {
    /// Takes bytes and digests them.
    pub fn new(bytes: Bytes) -> Self {
        let sha256 = sha256_hex(&bytes).into();
        let size = bytes.len() as u64;
        Self {
            head: bytes,
            file: None,
            size,
            sha256,
            announced: size,
            listed: None,
            lagging: None,
        }
    }

    /// Length in bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many bytes the client sent.
    pub fn announced(&self) -> u64 {
        self.announced
    }

    /// Length in bytes as lists show it.
    pub fn listed_size(&self) -> u64 {
        self.listed.unwrap_or(self.size)
    }

    /// Its first bytes: at least 256 KiB, or all of it.
    pub fn head(&self) -> &[u8] {
        &self.head
    }

    /// Does to it what faults ask for, beyond shortening (see [`Spool::finish`]).
    pub fn with(mut self, quirks: &Quirks) -> Self {
        if quirks.listed_smaller_by != 0 {
            self.listed = Some(self.size.saturating_add_signed(-quirks.listed_smaller_by));
        }
        if quirks.lists > 0 {
            self.lagging = Some(Arc::new(AtomicU64::new(quirks.lists)));
        }
        self
    }

    /// Whether the next list will leave it out.
    pub fn lags(&self) -> bool {
        self.lagging
            .as_ref()
            .is_some_and(|left| left.load(Ordering::Relaxed) > 0)
    }

    /// Whether this list leaves it out; asking counts as a list.
    pub fn skips_a_list(&self) -> bool {
        let less = |left: u64| left.checked_sub(1);
        self.lagging.as_ref().is_some_and(|left| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
                .is_ok()
        })
    }

    /// An answer with these headers whose body it is.
    pub fn answer(&self, headers: impl IntoResponseParts) -> Response {
        let Some(file) = &self.file else {
            let body = Body::from(self.head.clone());
            return (StatusCode::OK, headers, body).into_response();
        };
        let (file, size) = (Arc::clone(file), self.size);
        let pieces = stream::try_unfold(0_u64, move |at| {
            let file = Arc::clone(&file);
            async move {
                if at >= size {
                    return Ok::<_, io::Error>(None);
                }
                let piece = spawn_blocking(move || read(&file, at, size)).await??;
                let next = at + piece.len() as u64;
                Ok(Some((piece, next)))
            }
        });
        let body = Body::from_stream(pieces);
        let mut response = (StatusCode::OK, headers, body).into_response();
        // A stream does not say how long it is, and a download without a length is not what S3 sends.
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, size.into());
        response
    }
}

fn read(file: &File, at: u64, size: u64) -> io::Result<Bytes> {
    let left = usize::try_from(size.saturating_sub(at)).unwrap_or(usize::MAX);
    let mut piece = vec![0; left.min(PIECE)];
    file.read_exact_at(&mut piece, at)?;
    Ok(piece.into())
}

/// A file being received, digested on the way. Needs about 3 MiB, however long the file is.
#[derive(Debug, Default)]
pub struct Spool {
    buffer: Vec<u8>,
    head: Bytes,
    total: u64,
    writing: Option<JoinHandle<io::Result<Writer>>>,
}

#[derive(Debug)]
struct Writer {
    file: File,
    digest: Sha256,
    /// Handed back empty, so that two buffers do for a whole upload.
    spare: Vec<u8>,
}

impl Spool {
    /// How many bytes came so far.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Takes a piece. Fails where the temporary file cannot be written.
    pub async fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(piece);
        self.total += piece.len() as u64;
        if self.buffer.len() > IN_MEMORY {
            self.write_out().await?;
        }
        Ok(())
    }

    /// Ends the file, `shorter` bytes before the end of what came in.
    pub async fn finish(mut self, shorter: u64) -> io::Result<Blob> {
        let size = self.total.saturating_sub(shorter);
        if self.writing.is_none() {
            self.buffer
                .truncate(usize::try_from(size).unwrap_or(usize::MAX));
            return Ok(Blob {
                announced: self.total,
                ..Blob::new(self.buffer.into())
            });
        }
        self.write_out().await?;
        let Writer { file, digest, .. } = self.writer().await?;
        let (file, digest) = spawn_blocking(move || {
            if shorter == 0 {
                return Ok((file, digest));
            }
            let mut digest = Sha256::new();
            let mut at = 0;
            while at < size {
                let piece = read(&file, at, size)?;
                digest.update(&piece);
                at += piece.len() as u64;
            }
            file.set_len(size)?;
            Ok::<_, io::Error>((file, digest))
        })
        .await??;
        let shown = usize::try_from(size).unwrap_or(usize::MAX);
        self.head.truncate(shown);
        Ok(Blob {
            head: self.head,
            file: Some(Arc::new(file)),
            size,
            sha256: hex(&digest.finalize()).into(),
            announced: self.total,
            listed: None,
            lagging: None,
        })
    }

    async fn writer(&mut self) -> io::Result<Writer> {
        match self.writing.take() {
            Some(writing) => writing.await?,
            // Without a name from the start: it is gone with the process, however that ends.
            None => Ok(Writer {
                file: tempfile::tempfile()?,
                digest: Sha256::new(),
                spare: Vec::with_capacity(IN_MEMORY),
            }),
        }
    }

    /// Writes and digests on another thread while the next bytes come in.
    async fn write_out(&mut self) -> io::Result<()> {
        let mut writer = self.writer().await?;
        let mut full = std::mem::replace(&mut self.buffer, std::mem::take(&mut writer.spare));
        if self.head.is_empty() {
            self.head = Bytes::copy_from_slice(full.get(..HEAD).unwrap_or(&full));
        }
        self.writing = Some(spawn_blocking(move || {
            writer.digest.update(&full);
            writer.file.write_all(&full)?;
            full.clear();
            writer.spare = full;
            Ok(writer)
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken(bytes: &[u8], shorter: u64) -> Blob {
        let mut spool = Spool::default();
        for piece in bytes.chunks(7_919) {
            spool.push(piece).await.expect("room in the temp folder");
        }
        spool.finish(shorter).await.expect("written")
    }

    async fn whole(blob: &Blob) -> Vec<u8> {
        let body = blob.answer([(header::CONTENT_TYPE, "a/b")]).into_body();
        let bytes = axum::body::to_bytes(body, usize::MAX).await;
        bytes.expect("readable").to_vec()
    }

    fn made(length: usize) -> Vec<u8> {
        (0..length)
            .map(|n| u8::try_from(n * 31 % 251).expect("small"))
            .collect()
    }

    #[tokio::test]
    async fn long_files_leave_memory_and_come_back_the_same() {
        for length in [0, 1, IN_MEMORY, IN_MEMORY + 1, 5 * IN_MEMORY + 17] {
            let bytes = made(length);
            for shorter in [0, 3] {
                let blob = taken(&bytes, shorter).await;
                let kept = &bytes[..length.saturating_sub(usize::try_from(shorter).expect("3"))];
                assert_eq!(blob.size(), kept.len() as u64);
                assert_eq!(blob.announced(), length as u64);
                assert_eq!(*blob.sha256, *sha256_hex(kept));
                assert_eq!(blob.file.is_some(), length > IN_MEMORY, "{length}");
                assert!(blob.head().len() <= IN_MEMORY);
                assert!(kept.starts_with(blob.head()));
                assert!(whole(&blob).await == kept, "{length} less {shorter}");
            }
        }
    }
}
