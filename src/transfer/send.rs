//! One upload: the adapter's steps, then a look at the service's own listing.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::job::JobEvent;
use super::proof::{Proved, in_doubt, untold};
use super::queue::Handle;
use super::replace::Found;
use crate::api::{ApiError, ApiErrorKind, Provider, Receipt, Step, UploadRequest, UploadWatch};
use crate::domain::Asset;

pub(super) struct Upload<'a> {
    pub provider: &'a Arc<dyn Provider>,
    pub request: &'a Arc<UploadRequest>,
    pub handle: &'a Handle,
    pub token: &'a CancellationToken,
}

/// What is known of a try before this one.
pub(super) enum Earlier {
    /// Nothing that could have left a record.
    None,
    /// One of unknown outcome: look before sending again.
    Unsettled(Option<Receipt>),
    /// The same, and nobody has decided yet that it may be sent again: a look is all, and where it
    /// does not show the file this stays true.
    Doubted(Option<Receipt>, JobEvent),
    /// The service listed it: only the asset that it replaces is left to be deleted.
    Listed(Option<Receipt>),
}

/// How far the adapter has come, for what has to be done when it stops.
#[derive(Default)]
struct Seen {
    step: Option<Step>,
    receipt: Option<Receipt>,
    /// The step that makes the record may be written down, and is not begun.
    announced: bool,
}

/// How long a call that makes a record may still answer after the job was cancelled.
const LAST_WORD: Duration = Duration::from_secs(10);

struct Watch<'a> {
    handle: &'a Handle,
    token: &'a CancellationToken,
    seen: Mutex<Seen>,
}

impl Watch<'_> {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A call that cannot be taken back is under way, or was.
    fn is_recording(&self) -> bool {
        self.seen().step.is_some_and(Step::may_leave_a_record)
    }
}

#[async_trait]
impl UploadWatch for Watch<'_> {
    async fn step(&self, step: Step, receipt: Option<&Receipt>) -> Result<(), ApiError> {
        if self.token.is_cancelled() {
            return Err(ApiError::cancelled("upload the file"));
        }
        self.seen().announced = step.makes_the_record();
        self.handle.step(step, receipt).await?;
        if self.token.is_cancelled() {
            return Err(ApiError::cancelled("upload the file"));
        }
        let mut seen = self.seen();
        seen.step = Some(step);
        seen.announced = false;
        if let Some(receipt) = receipt {
            seen.receipt = Some(receipt.clone());
        }
        Ok(())
    }

    fn bytes(&self, sent: u64) {
        self.handle.bytes(sent);
    }

    fn warning(&self, text: String) {
        self.handle.warn(text);
    }
}

impl Upload<'_> {
    /// Runs to how it ended.
    pub(super) async fn run(&self, earlier: Earlier) -> JobEvent {
        let (receipt, doubt) = match earlier {
            Earlier::None => return self.send().await,
            Earlier::Unsettled(receipt) => (receipt, None),
            Earlier::Doubted(receipt, doubt) => (receipt, Some(doubt)),
            Earlier::Listed(receipt) => return self.go_on_removing(receipt.as_ref()).await,
        };
        let step = match &doubt {
            Some(JobEvent::Unlisted { .. }) => Step::Confirm,
            _ => Step::Look,
        };
        if let Err(error) = self.handle.step(step, receipt.as_ref()).await {
            return doubt.unwrap_or(JobEvent::InDoubt(error));
        }
        let looked = tokio::select! {
            biased;
            () = self.token.cancelled() => Err(ApiError::cancelled("look for the upload")),
            looked = self.seek(receipt.as_ref()) => looked,
        };
        match (looked, doubt) {
            (Ok(Proved::Ours(asset)), _) => self.settle(*asset, receipt.as_ref()).await,
            (Ok(Proved::Odd(reason)), _) => JobEvent::Unlisted { reason },
            (found, Some(JobEvent::InDoubt(error))) => in_doubt(found, error),
            (Ok(Proved::Untold), None) => JobEvent::InDoubt(untold()),
            // Who wants it sent all the same is told by the service whether its place is free.
            (Ok(Proved::Absent | Proved::Theirs), None) => self.send().await,
            (Ok(_) | Err(_), Some(doubt)) => doubt,
            (Err(error), None) if self.is_left(&error) => JobEvent::Interrupted,
            (Err(error), None) => JobEvent::InDoubt(error),
        }
    }

    async fn send(&self) -> JobEvent {
        let watch = Watch {
            handle: self.handle,
            token: self.token,
            seen: Mutex::default(),
        };
        let outcome = {
            let mut work = std::pin::pin!(self.provider.upload(self.request, &watch));
            let outcome = tokio::select! {
                biased;
                () = self.token.cancelled() => None,
                outcome = &mut work => Some(outcome),
            };
            match outcome {
                // Cutting off the call that makes the record would not unmake the record.
                None if watch.is_recording() => {
                    tokio::time::timeout(LAST_WORD, &mut work).await.ok()
                }
                outcome => outcome,
            }
        };
        let seen = watch
            .seen
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        let receipt = seen.receipt;
        let stopped = if seen.announced {
            JobEvent::NotBegun
        } else {
            JobEvent::Cancelled
        };
        let recorded = seen.step.is_some_and(Step::may_leave_a_record);
        match outcome {
            Some(Ok(asset)) => self.confirm(asset, receipt.as_ref()).await,
            Some(Err(error)) if error.in_doubt() => self.look(error, receipt.as_ref()).await,
            Some(Err(error)) if error.kind == ApiErrorKind::Cancelled => stopped,
            // A step behind the record could not be written down: the record is there all the same.
            Some(Err(error)) if error.kind == ApiErrorKind::File && recorded => {
                self.look(error, receipt.as_ref()).await
            }
            Some(Err(error)) => JobEvent::Failed(error),
            // Stopped while a record was being made: it may exist.
            None if recorded => {
                let mut error = ApiError::cancelled("upload the file");
                error.message =
                    String::from("it was stopped while the service was recording the file");
                match self.seek(receipt.as_ref()).await {
                    Ok(Proved::Ours(asset)) => self.finish(*asset, receipt.as_ref()).await,
                    found => in_doubt(found, error),
                }
            }
            None => stopped,
        }
    }

    /// The answer was lost: only the service's listing can tell.
    async fn look(&self, error: ApiError, receipt: Option<&Receipt>) -> JobEvent {
        if self.handle.step(Step::Look, receipt).await.is_err() {
            return JobEvent::InDoubt(error);
        }
        match self.seek(receipt).await {
            Ok(Proved::Ours(asset)) => self.settle(*asset, receipt).await,
            Err(stopped) if self.is_left(&stopped) => JobEvent::Interrupted,
            found => in_doubt(found, error),
        }
    }

    /// An upload of unknown outcome was found listed: its texts may be missing.
    async fn settle(&self, asset: Asset, receipt: Option<&Receipt>) -> JobEvent {
        if let Some(wrong) = self.wrong_size(&asset) {
            return wrong;
        }
        let wanted = &self.request.metadata;
        let has_texts = !wanted.is_empty() && self.provider.spec().capabilities.metadata;
        if has_texts {
            let begun = self.handle.step(Step::Texts, None).await;
            let set = match begun {
                Ok(()) => self.provider.update(&asset, wanted).await,
                Err(error) => Err(error),
            };
            match set {
                Ok(asset) => return self.finish(asset, receipt).await,
                Err(error) => self.handle.warn(format!(
                    "the file is listed, but its texts were not set: {error}"
                )),
            }
        }
        self.finish(asset, receipt).await
    }

    pub(super) fn wrong_size(&self, listed: &Asset) -> Option<JobEvent> {
        let (size, wanted) = (listed.size?, self.request.stamp.size);
        (size != wanted).then(|| JobEvent::Unlisted {
            reason: format!("the service lists it with {size} bytes instead of {wanted}"),
        })
    }

    /// "Done" means that the service itself lists it.
    async fn confirm(&self, sent: Asset, receipt: Option<&Receipt>) -> JobEvent {
        // The service has it, whether or not that is written down.
        if let Err(error) = self.handle.step(Step::Confirm, receipt).await {
            self.handle.warn(error.to_string());
        }
        match self.find(receipt).await {
            Ok(Found::Listed(listed) | Found::Alike(listed)) => match self.wrong_size(&listed) {
                Some(wrong) => wrong,
                None => self.finish(*listed, receipt).await,
            },
            Ok(Found::Odd(reason)) => JobEvent::Unlisted { reason },
            Ok(Found::Absent { .. }) => JobEvent::Unlisted {
                reason: format!(
                    "the service took “{}”, but {}",
                    crate::domain::SafeText::name(&sent.name),
                    self.absence()
                ),
            },
            Err(error) if self.is_left(&error) => JobEvent::Interrupted,
            Err(error) => JobEvent::Unlisted {
                reason: format!("the service took it, but then {error}"),
            },
        }
    }

    /// The program ends while it is looked for: whoever goes on looks once more.
    pub(super) fn is_left(&self, error: &ApiError) -> bool {
        error.kind == ApiErrorKind::Cancelled && !self.token.is_cancelled()
    }
}
