//! Whether what a look shows is the file that was sent: where only name and size are the same, somebody
//! else may have put it there. Asked only when an answer was lost.

use jiff::{SignedDuration, Timestamp};

use super::contents::{self, Reader};
use super::job::{JobEvent, Showed, alike_words};
use super::replace::Found;
use super::send::Upload;
use crate::api::{ApiError, ApiErrorKind, Delivery, Receipt};
use crate::domain::Asset;

/// So many bytes are read back to be compared; of longer files the dates tell.
const READ_MOST: u64 = 16 << 20;

/// How much earlier than the call the service's date may be, and how much later: the clock there is
/// another one, and the call takes its time.
const EARLIER: SignedDuration = SignedDuration::from_secs(2);
const LATER: SignedDuration = SignedDuration::from_mins(1);

/// What came of looking for a file whose answer was lost.
pub(super) enum Proved {
    Ours(Box<Asset>),
    Absent,
    /// Another file of its name and size stands in its place.
    Theirs,
    /// A file of its name and size stands there, and nothing tells whether it is this one.
    Untold,
    /// For the user to look at. One sentence.
    Odd(String),
}

impl Upload<'_> {
    /// Looks for the file, and takes none for it that only looks like it.
    pub(super) async fn seek(&self, receipt: Option<&Receipt>) -> Result<Proved, ApiError> {
        let asset = match self.find(receipt).await? {
            Found::Alike(asset) => asset,
            Found::Listed(asset) => return Ok(Proved::Ours(asset)),
            Found::Absent { .. } => return Ok(Proved::Absent),
            Found::Odd(reason) => return Ok(Proved::Odd(reason)),
        };
        // That one of another size is there is told as such.
        if asset
            .size
            .is_some_and(|size| size != self.request.stamp.size)
        {
            return Ok(Proved::Ours(asset));
        }
        let ours = match self.has_same_bytes(&asset).await {
            Some(same) => Some(same),
            None => self.is_of_that_time(&asset).then_some(true),
        };
        Ok(match ours {
            Some(true) => Proved::Ours(asset),
            Some(false) => {
                self.handle.looked(Showed::Alike { other: true });
                Proved::Theirs
            }
            None => {
                self.handle.looked(Showed::Alike { other: false });
                Proved::Untold
            }
        })
    }

    /// Whether the asset holds what the file holds; `None` where that cannot be told, or would cost too
    /// much.
    async fn has_same_bytes(&self, asset: &Asset) -> Option<bool> {
        if self.request.stamp.size > READ_MOST {
            return None;
        }
        let request = self.request.clone();
        let own = move || contents::of_file(&request.path, &request.stamp);
        let own = tokio::task::spawn_blocking(own).await.ok()??;
        self.handle.opens().await;
        let mut reader = Reader::new(&**self.provider, &asset.scope);
        let there = reader.read(asset, |_| {}).await.ok()?;
        Some(own == there)
    }

    /// Whether the service stored it when the call that makes the record was made.
    fn is_of_that_time(&self, asset: &Asset) -> bool {
        let Some(begun) = self.handle.risked() else {
            return false;
        };
        let dates = [&asset.created, &asset.modified];
        let dates = dates.into_iter().flatten();
        let mut dates = dates.filter_map(|date| date.parse::<Timestamp>().ok());
        dates.any(|date| {
            let later = date.duration_since(begun);
            -EARLIER <= later && later <= LATER
        })
    }
}

/// How a try ends whose file was not found.
pub(super) fn in_doubt(found: Result<Proved, ApiError>, error: ApiError) -> JobEvent {
    JobEvent::InDoubt(match found {
        Ok(Proved::Odd(reason)) => return JobEvent::Unlisted { reason },
        Ok(Proved::Theirs) => other(error, true),
        Ok(Proved::Untold) => other(error, false),
        // Absence proves nothing where listings may leave things out or lag behind.
        Ok(Proved::Ours(_) | Proved::Absent) | Err(_) => error,
    })
}

/// The error with what stands in the file's place.
fn other(mut error: ApiError, known: bool) -> ApiError {
    let stands = format!("; {}", alike_words(known));
    if !error.message.ends_with(&stands) {
        error.message.push_str(&stands);
    }
    error
}

/// Why an upload stays in doubt that was to be tried once more.
pub(super) fn untold() -> ApiError {
    let message = "an answer of the service was lost";
    let mut error = ApiError::new("upload the file", ApiErrorKind::Transport, message);
    error.delivery = Delivery::Unknown;
    error.changes = true;
    other(error, false)
}
