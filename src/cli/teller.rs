//! What is told of transfers: how far they are, and one line for each when it is over.

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use jiff::Timestamp;

use super::args::Shown;
use super::failure::{Failure, Tally};
use super::output::Output;
use super::progress::Progress;
use super::record::{ASSET_HEADS, Listing, Saving, asset_line, asset_ref, saved_line};
use super::session::Session;
use crate::api::ApiErrorKind;
use crate::domain::size_words;
use crate::domain::{AccountName, Entry, SafeText, file_words};
use crate::transfer::{
    DownloadRequest, Held, Job, JobId, JobState, Transfers, ends_all, is_unwritten,
};

/// What is said of a file whose record the service may or may not have.
pub const NOT_KNOWN: &str =
    "whether the service has it is not known, list the place before sending it again";

pub(super) enum Finish {
    Uploaded {
        json: bool,
    },
    /// With what was asked for, where each file gets an object.
    Saved(Option<HashMap<JobId, DownloadRequest>>),
    /// Nothing is said of what went well.
    Quiet,
}

/// Tells of transfers: how far they are, and how each ended.
pub(super) struct Teller<'a> {
    output: &'a mut Output,
    pub progress: Progress,
    finish: Finish,
    pub tally: &'a mut Tally,
    /// What failed on this machine and was told: of a full disk `None`, else its words.
    causes: Vec<Option<String>>,
    /// So many more failed by the same.
    alike: usize,
    /// Told that the journal did not take how a file ended.
    unwritten: bool,
}

impl<'a> Teller<'a> {
    pub(super) fn new(
        session: &Session,
        output: &'a mut Output,
        finish: Finish,
        shown: &Shown,
        tally: &'a mut Tally,
    ) -> Self {
        let json = matches!(
            finish,
            Finish::Uploaded { json: true } | Finish::Saved(Some(_))
        );
        Self {
            progress: Progress::new(session, output, json, shown),
            finish: if output.is_quiet() {
                Finish::Quiet
            } else {
                finish
            },
            output,
            tally,
            causes: Vec::new(),
            alike: 0,
            unwritten: false,
        }
    }

    /// A transfer was added or has changed.
    pub(super) fn tell(&mut self, job: &Job) {
        self.progress.job(self.output, job, Instant::now());
        if !job.state.is_over() {
            return;
        }
        for warning in &job.warnings {
            if is_unwritten(warning) && std::mem::replace(&mut self.unwritten, true) {
                continue;
            }
            let name = SafeText::name(&job.name);
            let warning = SafeText::sentence(warning);
            self.output.note(&format!("{name}: {warning}"));
        }
        if let Finish::Saved(Some(asked)) = &self.finish
            && let Some(request) = asked.get(&job.id)
        {
            // A reader that went away does not stop the files.
            let _ = saved_object(self.output, job, request);
        }
        if let JobState::Failed(error) = &job.state
            && ends_all(error)
        {
            // Files that end by the same have one message.
            let cause = (error.kind != ApiErrorKind::DiskFull).then(|| error.to_string());
            if self.causes.contains(&cause) {
                self.tally.failed += 1;
                self.alike += 1;
                return;
            }
            self.causes.push(cause);
        }
        told(self.output, job, &self.finish, self.tally);
    }

    pub(super) fn tick(&mut self, transfers: &Transfers) {
        self.progress.tick(self.output, transfers, Instant::now());
    }

    /// These accounts have to pause.
    pub(super) fn held(&mut self, held: &[Held]) {
        self.progress.held(self.output, held, Timestamp::now());
    }

    /// Another process works on the queue, and is stopped.
    pub(super) fn worker_stopped(&mut self, process: u32) {
        self.output.note(&format!(
            "another assetdeck {}; this one waits for it",
            crate::transfer::stopped_words(process)
        ));
    }

    /// Another process works on the queue, and nothing of this account begins there.
    pub(super) fn unopened(&mut self, account: &AccountName) {
        let name = SafeText::name(account.as_str());
        self.output.note(&format!(
            "nothing has begun: another assetdeck works on the queue and may want the key of {name}; \
             open the account there, or leave that one, and this one goes on"
        ));
    }

    /// Nothing more will be told: gives back what it told by.
    pub(super) fn end(mut self) -> (&'a mut Output, &'a mut Tally) {
        self.progress.end(self.output, Instant::now());
        if self.alike > 0 {
            let alike = file_words(self.alike);
            self.output
                .note(&format!("{alike} more failed by the same"));
        }
        (self.output, self.tally)
    }
}

/// One line for a job that is over: on standard output when it is done, else on standard error. A
/// reader that went away does not stop the files.
fn told(output: &mut Output, job: &Job, finish: &Finish, tally: &mut Tally) {
    let name = SafeText::name(&job.name).into_string();
    match &job.state {
        JobState::Done { asset, path } => {
            tally.done += 1;
            // A reader that went away does not stop the files.
            let _ = match (finish, asset, path) {
                (Finish::Quiet | Finish::Saved(Some(_)), ..) => Ok(()),
                (Finish::Saved(None), _, Some(path)) => saved(output, path),
                (Finish::Uploaded { json }, Some(asset), _) => {
                    let account = &job.account;
                    if *json {
                        output
                            .json(&asset_line(asset_ref(account, asset), asset))
                            .and_then(|()| output.flush())
                    } else if output.on_screen() {
                        let size = asset.size.or(job.size).map(size_words).unwrap_or_default();
                        let reference = asset_ref(account, asset);
                        output.line(&format!("{name}: done, {size}, {reference}"))
                    } else {
                        let mut listing = Listing::new(output, false, ASSET_HEADS);
                        let row = Entry::Read(asset.as_ref().clone());
                        listing.asset(account, &row).and_then(|()| listing.end(""))
                    }
                }
                _ => output.line(&format!("{name}: done")),
            };
        }
        JobState::Failed(error) => {
            let mut failure = Failure::from((**error).clone());
            tally.count(&failure);
            failure.message = format!("{name}: {}", failure.message);
            output.fail(&failure);
        }
        JobState::InDoubt(error) => {
            tally.failed += 1;
            tally.stopped |= error.kind == ApiErrorKind::Cancelled;
            output.fail(&Failure::failed(format!("{name}: {error}; {NOT_KNOWN}")));
        }
        JobState::Unlisted { reason } => {
            tally.failed += 1;
            let reason = SafeText::prose(reason).into_string();
            let why = format!("{name}: sent, but not confirmed: {reason}");
            output.fail(&Failure::failed(why));
        }
        JobState::Cancelled => {
            tally.failed += 1;
            tally.stopped = true;
            output.note(&format!("{name}: stopped"));
        }
        JobState::Queued | JobState::Running(_) | JobState::Waiting { .. } => {}
    }
}

/// The object of a file that was to be saved, as it stands now.
pub(super) fn saved_object(
    output: &mut Output,
    job: &Job,
    request: &DownloadRequest,
) -> Result<(), Failure> {
    let (done, path) = match &job.state {
        // Its folder may have been moved meanwhile.
        JobState::Done { path, .. } => (true, path.clone()),
        _ => (false, None),
    };
    let path = path.unwrap_or_else(|| request.path());
    let bytes = done.then(|| std::fs::metadata(&path).ok().map(|it| it.len()));
    let object = saved_line(Saving {
        reference: asset_ref(&job.account, &request.asset),
        asset: &request.asset,
        path: &path,
        bytes: bytes.flatten(),
        state: job.state.word(),
        reason: match &job.state {
            JobState::Failed(error) | JobState::Waiting { error, .. } => Some(error.to_string()),
            _ => None,
        },
    });
    output.json(&object)?;
    output.flush()
}

fn saved(output: &mut Output, path: &Path) -> Result<(), Failure> {
    let path = SafeText::name(&path.to_string_lossy()).into_string();
    if output.on_screen() {
        output.line(&format!("saved {path}"))
    } else {
        output.line(&path)
    }
}
