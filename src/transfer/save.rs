//! One download: a temporary name in the target folder, checked, then given its real name.

mod folder;
mod part;
mod target;

pub(super) use self::folder::{Folder, resolved};
use self::part::Part;
pub(super) use self::part::{MARK as PART, is_part};
pub(super) use self::target::{Stands, Target, barred, stands_in};

use std::io::Write as _;
use std::path::PathBuf;

use futures_util::StreamExt as _;
use tokio_util::sync::CancellationToken;

use super::job::JobEvent;
use super::names::shown;
use super::queue::Handle;
use super::work::DownloadRequest;
use crate::api::{ApiError, ApiErrorKind, Download, Pages, Provider, Step};
use crate::domain::{Asset, Entry, SafeText};

/// Most bytes that are taken when neither the listing nor the answer says how many there are.
const UNDECLARED_MAX: u64 = 2 << 30;

const DOING: &str = "save the file";

/// One try of a download.
pub(super) struct Save<'a> {
    pub provider: &'a dyn Provider,
    pub request: &'a DownloadRequest,
    pub handle: &'a Handle,
    pub token: &'a CancellationToken,
}

impl Save<'_> {
    /// Saves the file. `anew`: with the asset as the service lists it now, since its link may be
    /// gone or never have been kept.
    pub(super) async fn run(&self, anew: bool) -> JobEvent {
        if let Err(error) = self.handle.step(Step::Send, None).await {
            return JobEvent::Failed(error);
        }
        let saving = async {
            if anew {
                let asset = listed(self.provider, &self.request.asset).await?;
                self.save(&asset).await
            } else {
                self.save(&self.request.asset).await
            }
        };
        let outcome = tokio::select! {
            biased;
            () = self.token.cancelled() => return JobEvent::Cancelled,
            outcome = saving => outcome,
        };
        match outcome {
            Ok(path) => JobEvent::Done { asset: None, path },
            Err(error) => JobEvent::Failed(error),
        }
    }

    /// Answers where the file stands, as far as that is known.
    async fn save(&self, asset: &Asset) -> Result<Option<PathBuf>, ApiError> {
        let request = self.request;
        let target = Target::open_resolved(&request.root, &request.at)?;
        match target.stands(asset)? {
            Stands::Nothing => {}
            // What was given up is fetched anew, also where it looks the same.
            Stands::Same if request.replaces.is_some() && target.stamp()? == request.replaces => {}
            Stands::Same => {
                let what = "it was there already with the same size, and was not fetched again";
                self.handle.warn(what.to_owned());
                target.clear();
                return Ok(Some(request.path()));
            }
            Stands::Other(stamp) if request.replaces.as_ref() == Some(&stamp) => {}
            stands => return Err(target.taken(&stands)),
        }
        let mut part = target.create_part()?;
        let Download { size, bytes } = self.provider.download(asset).await?;
        if let (Some(listed), Some(announced)) = (asset.size, size)
            && listed != announced
        {
            return Err(refuse(format!(
                "the service lists {listed} bytes, but sends {announced}"
            )));
        }
        let expected = asset.size.or(size);
        self.fill(&mut part, bytes, expected).await?;
        let stored = asset.stored();
        if let Some(stored) = stored.filter(|it| *it <= jiff::Timestamp::now()) {
            // So that the file is not taken for a younger one when its tree goes back. A disk that
            // keeps no times keeps the file.
            let _ = part.file().set_modified(stored.into());
        }
        // Syncing may take seconds on a busy disk: not on a thread that others need.
        let file = part.file().try_clone().map_err(|error| local(&error))?;
        let synced = tokio::task::spawn_blocking(move || file.sync_all()).await;
        synced
            .map_err(|_| refuse("it could not be synced".to_owned()))?
            .map_err(|error| local(&error))?;
        let stands = part.publish(request.replaces.as_ref())?;
        if stands.as_deref() != Some(request.path().as_path()) {
            let to = stands
                .as_deref()
                .map(|it| format!(" to {}", path_shown(it)));
            let to = to.unwrap_or_default();
            self.handle
                .warn(format!("its folder was moved{to} while it was saved"));
        }
        if request.at.name() != asset.name {
            self.handle.warn(format!(
                "“{}” is saved as “{}”",
                shown(&asset.name),
                shown(request.at.name())
            ));
        }
        Ok(stands)
    }

    async fn fill(
        &self,
        part: &mut Part<'_>,
        mut bytes: futures_util::stream::BoxStream<'static, Result<bytes::Bytes, ApiError>>,
        expected: Option<u64>,
    ) -> Result<(), ApiError> {
        let mut received = 0_u64;
        while let Some(chunk) = bytes.next().await {
            let chunk = chunk?;
            received += chunk.len() as u64;
            if received > expected.unwrap_or(UNDECLARED_MAX) {
                return Err(refuse(format!(
                    "more bytes came than the {} announced",
                    expected.unwrap_or(UNDECLARED_MAX)
                )));
            }
            part.file()
                .write_all(&chunk)
                .map_err(|error| local(&error))?;
            self.handle.bytes(received);
        }
        match expected {
            Some(expected) if expected != received => {
                Err(refuse(format!("only {received} of {expected} bytes came")))
            }
            Some(_) => Ok(()),
            None => {
                let what =
                    "unverified: the service named no size, so its completeness is not proven";
                self.handle.warn(what.to_owned());
                Ok(())
            }
        }
    }
}

/// The asset as the service lists it now.
async fn listed(provider: &dyn Provider, asset: &Asset) -> Result<Asset, ApiError> {
    let (mut pages, mut cursor) = (Pages::default(), None);
    loop {
        let page = provider.assets(&asset.scope, cursor).await?;
        let found = page.entries.into_iter().filter_map(Entry::into_read);
        if let Some(found) = { found }.find(|it| it.key == asset.key) {
            return Ok(found);
        }
        // Pages that go in circles end like those that end.
        cursor = pages.next(page.next).unwrap_or_default();
        if cursor.is_none() {
            let message = "the service does not list it any more";
            return Err(ApiError::new(DOING, ApiErrorKind::NotFound, message));
        }
    }
}

pub(super) fn refuse(message: String) -> ApiError {
    ApiError::new(DOING, ApiErrorKind::File, message)
}

/// What the local disk said.
pub(super) fn local(error: &std::io::Error) -> ApiError {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    let mut refused = refuse(super::inspect::io_reason(error));
    if matches!(error.kind(), StorageFull | QuotaExceeded) {
        refused.kind = ApiErrorKind::DiskFull;
    }
    refused
}

/// A folder or file in the words of a message.
fn path_shown(path: &std::path::Path) -> SafeText {
    shown(&path.to_string_lossy())
}
