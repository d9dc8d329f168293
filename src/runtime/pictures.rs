//! Fetching what is looked at, and having it decoded by a process of its own.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;

use crate::api::Provider;
use crate::domain::{AccountName, Asset, AssetKey, AssetScope, size_words};
use crate::picture::{Drawn, Failure, Pixels, Room, child, draw};

/// How long decoding may take by the clock on the wall.
const TIME: Duration = Duration::from_secs(2);
/// So many bytes of files are kept, so that another size of one is not fetched again.
const KEPT: usize = 8 << 20;

/// What makes a file another one.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    account: AccountName,
    scope: AssetScope,
    key: AssetKey,
    size: Option<u64>,
    modified: Option<String>,
}

/// Where pictures come from. Cloning shares what is kept.
#[derive(Debug, Clone)]
pub(super) struct Pictures {
    /// This program itself: it decodes when it is called that way.
    program: PathBuf,
    /// The one used last at the end.
    files: Arc<Mutex<Vec<(Name, Bytes)>>>,
    numbers: Arc<AtomicU32>,
}

impl Pictures {
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            files: Arc::default(),
            // Other programs number their pictures too, mostly from 1.
            numbers: Arc::new(AtomicU32::new(std::process::id().wrapping_mul(7919))),
        }
    }

    /// A picture for this room, or why there is none, in one sentence. Leaves no file behind;
    /// dropping the future ends whatever it started.
    pub async fn draw(
        &self,
        provider: Arc<dyn Provider>,
        account: AccountName,
        asset: &Asset,
        room: Room,
        fetch: u64,
    ) -> Result<Arc<Drawn>, String> {
        let name = Name {
            account,
            scope: asset.scope.clone(),
            key: asset.key.clone(),
            size: asset.size,
            modified: asset.modified.clone(),
        };
        let file = if let Some(file) = self.kept(&name) {
            file
        } else {
            let file = get(provider, asset, fetch).await?;
            self.keep(name, file.clone());
            file
        };
        let pixels = decode(&self.program, file, room.pixels()).await;
        let pixels = pixels.map_err(|failure| failure.to_string())?;
        // 24 bits, and never 0: a number may have to travel as a colour.
        let number = self.numbers.fetch_add(1, Ordering::Relaxed) & 0x00ff_ffff;
        draw(pixels, &room, number.max(1))
            .map(Arc::new)
            .ok_or_else(|| "it could not be made small enough to send".to_owned())
    }

    fn kept(&self, name: &Name) -> Option<Bytes> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let at = files.iter().position(|(it, _)| it == name)?;
        let entry = files.remove(at);
        let file = entry.1.clone();
        files.push(entry);
        Some(file)
    }

    fn keep(&self, name: Name, file: Bytes) {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.push((name, file));
        let mut bytes: usize = files.iter().map(|(_, file)| file.len()).sum();
        while bytes > KEPT && !files.is_empty() {
            bytes -= files.remove(0).1.len();
        }
    }
}

async fn get(provider: Arc<dyn Provider>, asset: &Asset, most: u64) -> Result<Bytes, String> {
    let too_large = || {
        format!(
            "it is larger than the {} fetched for a preview",
            size_words(most)
        )
    };
    let mut download = provider
        .download(asset)
        .await
        .map_err(|error| error.to_string())?;
    if download.size.is_some_and(|size| size > most) {
        return Err(too_large());
    }
    let mut file = BytesMut::new();
    while let Some(piece) = download.bytes.next().await {
        let piece = piece.map_err(|error| error.to_string())?;
        if file.len() as u64 + piece.len() as u64 > most {
            return Err(too_large());
        }
        file.extend_from_slice(&piece);
    }
    Ok(file.freeze())
}

/// Has a file decoded by a process that is given the bytes and nothing else: no environment, no
/// arguments but two numbers, no open file.
pub(super) async fn decode(
    program: &std::path::Path,
    file: Bytes,
    most: (u32, u32),
) -> Result<Pixels, Failure> {
    let work = async {
        let mut process = Command::new(program)
            .args(child::arguments(most))
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| {
                tracing::warn!(%error, "no process to decode a picture");
                Failure::NoProcess
            })?;
        let (input, output) = (process.stdin.take(), process.stdout.take());
        let give = async move {
            if let Some(mut input) = input {
                // It may have ended before it has read everything.
                let _ = input.write_all(&file).await;
            }
        };
        let take = async move {
            let mut bytes = Vec::new();
            if let Some(output) = output {
                let mut output = output.take(child::longest_answer(most) + 1);
                let _ = output.read_to_end(&mut bytes).await;
            }
            bytes
        };
        let ((), bytes) = tokio::join!(give, take);
        child::answer(bytes, most)
    };
    match tokio::time::timeout(TIME, work).await {
        Ok(result) => result,
        Err(_) => Err(Failure::OverLimit),
    }
}

#[cfg(test)]
mod tests;
