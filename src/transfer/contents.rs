//! Reading what assets hold: each file streamed once through a digest, nothing of it on disk.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt as _;
use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::patient::Pause;
use super::retry::{self, Verdict};
use crate::api::{ApiError, ApiErrorKind, Download, FileStamp, Pages, Provider};
use crate::domain::{Asset, AssetKey, AssetScope, Cursor, Digest, Entry, file_words, size_words};

const DOING: &str = "read the file";

/// So many files in a row that cannot be reached end the reading: each has waited out what may pass.
pub const IN_VAIN: usize = 3;

/// How often it is told how much of a file came.
const BEAT: Duration = Duration::from_millis(200);

/// A word about a file on its way.
#[derive(Debug)]
pub enum Word<'a> {
    /// So many bytes of it came.
    Bytes(u64),
    /// It is asked for again after a while.
    Waits(Pause<'a>),
}

/// Reads assets of one place, one after the other.
pub struct Reader<'a> {
    provider: &'a dyn Provider,
    scope: &'a AssetScope,
    /// The place as it is listed now: asked for once an address turned out to be gone.
    listed: Option<HashMap<AssetKey, Asset>>,
    /// So many of the last files in a row could not be reached.
    in_vain: usize,
}

/// What reading so many files of so many bytes takes.
pub fn cost_words(files: usize, bytes: u64) -> String {
    let calls = if files == 1 { "call" } else { "calls" };
    format!(
        "Reading {} of a size that others have, {}, takes {files} {calls}",
        file_words(files),
        size_words(bytes)
    )
}

impl<'a> Reader<'a> {
    pub const fn new(provider: &'a dyn Provider, scope: &'a AssetScope) -> Self {
        Self {
            provider,
            scope,
            listed: None,
            in_vain: 0,
        }
    }

    /// Whether there is no use in asking for more.
    pub const fn is_in_vain(&self) -> bool {
        self.in_vain >= IN_VAIN
    }

    /// The digest of an asset as it was listed. What passes is waited out and tried again.
    pub async fn read(
        &mut self,
        asset: &Asset,
        tell: impl FnMut(Word<'_>),
    ) -> Result<Digest, ApiError> {
        let read = self.patiently(asset, tell).await;
        let passing = read.as_ref().is_err_and(ApiError::is_transient);
        self.in_vain = if passing { self.in_vain + 1 } else { 0 };
        read
    }

    async fn patiently(
        &mut self,
        asset: &Asset,
        mut tell: impl FnMut(Word<'_>),
    ) -> Result<Digest, ApiError> {
        let (first, mut attempt) = (Instant::now(), 1);
        loop {
            let error = match self.once(asset, &mut tell).await {
                Ok(digest) => return Ok(digest),
                Err(error) => error,
            };
            if self.may_be_gone(&error) {
                // The address may have ended since it was listed, or never have been kept.
                self.list().await?;
                continue;
            }
            let verdict = retry::decide(&error, attempt, first.elapsed(), retry::jitter());
            let Verdict::Again { after, .. } = verdict else {
                return Err(error);
            };
            attempt += 1;
            tell(Word::Waits(Pause {
                why: &error,
                after,
                attempt,
            }));
            tokio::time::sleep(after).await;
        }
    }

    fn may_be_gone(&self, error: &ApiError) -> bool {
        self.listed.is_none() && (error.kind == ApiErrorKind::NotFound || error.is_refusal())
    }

    async fn list(&mut self) -> Result<(), ApiError> {
        let (mut pages, mut cursor): (_, Option<Cursor>) = (Pages::default(), None);
        let mut listed = HashMap::new();
        loop {
            let page = self.provider.assets(self.scope, cursor).await?;
            let read = page.entries.into_iter().filter_map(Entry::into_read);
            listed.extend(read.map(|asset| (asset.key.clone(), asset)));
            // Pages that go in circles end like those that end.
            cursor = pages.next(page.next).unwrap_or_default();
            if cursor.is_none() {
                self.listed = Some(listed);
                return Ok(());
            }
        }
    }

    /// The asset as it is asked for: the same file that was listed, or the reading would be of another.
    fn asked<'b>(&'b self, asset: &'b Asset) -> Result<&'b Asset, ApiError> {
        let Some(listed) = &self.listed else {
            return Ok(asset);
        };
        let now = listed.get(&asset.key).ok_or_else(|| {
            let message = "the service does not list it any more";
            ApiError::new(DOING, ApiErrorKind::NotFound, message)
        })?;
        if now.size != asset.size || now.modified != asset.modified {
            return Err(refuse("it was changed meanwhile".to_owned()));
        }
        Ok(now)
    }

    async fn once(
        &self,
        asset: &Asset,
        tell: &mut impl FnMut(Word<'_>),
    ) -> Result<Digest, ApiError> {
        let asked = self.asked(asset)?;
        let Download { mut bytes, .. } = self.provider.download(asked).await?;
        let mut hasher = Sha256::new();
        let (mut received, mut told) = (0_u64, Instant::now());
        let wrong = |message: String| Err(refuse(message));
        let size = asset.size.unwrap_or_default();
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            received += chunk.len() as u64;
            if received > size {
                return wrong(format!("more bytes came than the {size} listed"));
            }
            hasher.update(&chunk);
            if told.elapsed() >= BEAT {
                told = Instant::now();
                tell(Word::Bytes(received));
            }
        }
        if received < size {
            return wrong(format!("only {received} of {size} bytes came"));
        }
        Ok(Digest(hasher.finalize().into()))
    }
}

/// The digest of a file on this machine; `None` when it is not the one of this stamp any more. Reads the
/// local disk.
pub(super) fn of_file(path: &Path, stamp: &FileStamp) -> Option<Digest> {
    // A pipe that took its place would be waited for.
    let flags = OFlags::NONBLOCK.bits().cast_signed();
    let mut file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(path)
        .ok()?;
    let is_it = |file: &File| file.metadata().is_ok_and(|it| FileStamp::of(&it) == *stamp);
    if !is_it(&file) {
        return None;
    }
    let (mut hasher, mut part) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut part).ok()? {
            0 => break,
            count => hasher.update(&part[..count]),
        }
    }
    is_it(&file).then(|| Digest(hasher.finalize().into()))
}

fn refuse(message: String) -> ApiError {
    ApiError::new(DOING, ApiErrorKind::File, message)
}
