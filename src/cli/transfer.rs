//! Following transfers to their end: one line for each when it is over.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::args::Shown;
use super::failure::{Failure, Tally};
use super::output::Output;
use super::progress::{Came, Progress};
use super::record::{ASSET_HEADS, Listing, Saving, asset_line, asset_ref, saved_line};
use super::session::Session;
use super::stop::Stop;
use crate::api::ApiErrorKind;
use crate::domain::size_words;
use crate::domain::{Entry, SafeText, file_words};
use crate::transfer::{
    Ask, DownloadRequest, Job, JobId, JobState, Transfers, ends_all, is_unwritten,
};

/// How long it may take until what runs has ended once the user said stop.
const STOPPING: Duration = Duration::from_secs(2);

/// How long tasks whose jobs are over may take to end.
const WIND_DOWN: Duration = Duration::from_secs(20);

/// How long those may take that are left behind: for what they write down last.
const HURRY: Duration = Duration::from_millis(300);

/// Of more than so many what happens is told together after a moment each: being woken for each step
/// of each file would take its time from those that send.
const FEW: usize = 8;
const LULL: Duration = Duration::from_millis(10);

/// How following transfers ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Followed {
    /// So many wait for somebody to let them go on.
    held: usize,
    /// So many are not over, since the user said stop.
    stopped: Option<usize>,
    /// Another process goes on with them.
    elsewhere: bool,
}

/// Waits until all jobs are over. Being asked to stop leaves in the queue what is not; asked again
/// it leaves at once. `onlooker`: as long as another process works on the queue, its files go on there
/// all the same.
pub(super) async fn follow(
    transfers: &Transfers,
    events: &mut UnboundedReceiver<Arc<Job>>,
    mut jobs: HashSet<JobId>,
    onlooker: bool,
    stop: &mut Stop,
    teller: &mut Teller<'_>,
) -> Followed {
    let mut held = 0;
    let mut stopped = None;
    let mut elsewhere = false;
    let mut beat = teller.progress.beat();
    let mut news = Vec::new();
    while !jobs.is_empty() {
        tokio::select! {
            count = events.recv_many(&mut news, usize::MAX) => {
                if count == 0 {
                    break;
                }
                for job in news.drain(..) {
                    if !jobs.contains(&job.id) {
                        continue;
                    }
                    teller.tell(&job);
                    // Somebody holds it, or a full disk: it does not end in this run.
                    let waits = matches!(job.state, JobState::Queued | JobState::Waiting { .. });
                    let parked = job.paused && waits;
                    if parked || job.state.is_over() {
                        jobs.remove(&job.id);
                        held += usize::from(parked);
                    }
                }
                if jobs.len() > FEW {
                    tokio::time::sleep(LULL).await;
                }
            }
            came = beat.next() => teller.tick(transfers, came),
            () = stop.asked() => {
                elsewhere = onlooker && !transfers.works();
                if !elsewhere {
                    wind_up(transfers, events, &mut jobs, stop, teller).await;
                }
                stopped = Some(jobs.len());
                break;
            }
        }
    }
    Followed {
        held,
        stopped,
        elsewhere,
    }
}

/// Ends what runs: what the service is recording gets a moment to end well, the rest goes back to
/// the queue. Those that are over afterwards are told and taken out.
async fn wind_up(
    transfers: &Transfers,
    events: &mut UnboundedReceiver<Arc<Job>>,
    jobs: &mut HashSet<JobId>,
    stop: &mut Stop,
    teller: &mut Teller<'_>,
) {
    // Those that another process works on: it would send them all the same, and what is said of them
    // is true only once it has heard.
    let mut unheard = HashSet::new();
    if !transfers.works() {
        let ids: Vec<JobId> = jobs.iter().copied().collect();
        transfers.ask(Ask::Pause, &ids);
        unheard.clone_from(jobs);
    }
    let mut over = |job: &Job| {
        // One in doubt stays too: going on looks for it.
        let stays = matches!(job.state, JobState::InDoubt(_));
        if job.state.is_over() && !stays && jobs.remove(&job.id) {
            teller.tell(job);
        }
    };
    let latest = tokio::time::Instant::now() + STOPPING;
    while !unheard.is_empty() {
        tokio::select! {
            biased;
            () = stop.asked() => break,
            job = events.recv() => match job {
                Some(job) => {
                    over(&job);
                    if job.paused || job.state.is_over() {
                        unheard.remove(&job.id);
                    }
                }
                None => break,
            },
            () = tokio::time::sleep_until(latest) => break,
        }
    }
    let mut ended = std::pin::pin!(transfers.drain(STOPPING));
    loop {
        tokio::select! {
            biased;
            () = stop.asked() => break,
            job = events.recv() => match job {
                Some(job) => over(&job),
                None => break,
            },
            () = &mut ended => break,
        }
    }
    while let Ok(job) = events.try_recv() {
        over(&job);
    }
}

impl Followed {
    /// Waits for the tasks behind the jobs, but not for those that were left behind.
    pub(super) async fn drain(self, transfers: &Transfers) {
        let patience = if self.stopped.is_some() {
            HURRY
        } else {
            WIND_DOWN
        };
        transfers.drain(patience).await;
    }

    /// Says what became of those that are not over.
    pub(super) fn tell(self, output: &mut Output, tally: &mut Tally) {
        let left = self.stopped.unwrap_or_default();
        tally.failed += self.held + left;
        if left > 0 && self.elsewhere {
            tally.stopped = true;
            let go = if left == 1 { "goes" } else { "go" };
            output.note(&format!(
                "stopped waiting: {} {go} on in the other assetdeck; `assetdeck transfers pause` holds \
                 them",
                file_words(left)
            ));
        } else if left > 0 {
            tally.stopped = true;
            let stay = if left == 1 { "stays" } else { "stay" };
            output.note(&format!(
                "stopped: {} {stay} in the queue; `assetdeck transfers resume` goes on, \
                 `assetdeck transfers cancel` drops what is left",
                file_words(left)
            ));
        }
        if self.held > 0 {
            let wait = if self.held == 1 { "waits" } else { "wait" };
            output.note(&format!(
                "{} {wait} in the queue; `assetdeck transfers resume` goes on",
                file_words(self.held)
            ));
        }
    }
}

/// What went well or was cancelled has been told, and is forgotten; the rest stays in the journal,
/// where `transfers` finds it.
pub(super) async fn leave(
    transfers: &Transfers,
    jobs: &HashSet<JobId>,
    end: Followed,
    output: &mut Output,
    tally: &mut Tally,
) {
    // First, because a job that is over is not forgotten before its task has ended.
    end.drain(transfers).await;
    let told = transfers.jobs().into_iter().filter(|job| {
        jobs.contains(&job.id) && matches!(job.state, JobState::Done { .. } | JobState::Cancelled)
    });
    let told: Vec<JobId> = told.map(|job| job.id).collect();
    transfers.clear(&told);
    transfers.flush();
    end.tell(output, tally);
}

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
            output,
            finish: if shown.quiet { Finish::Quiet } else { finish },
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
            let warning = SafeText::prose(warning);
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

    pub(super) fn tick(&mut self, transfers: &Transfers, came: Came) {
        self.progress
            .tick(self.output, transfers, came, Instant::now());
    }

    /// Nothing more will be told.
    pub(super) fn end(mut self) {
        self.progress.end(self.output, Instant::now());
        if self.alike > 0 {
            let alike = file_words(self.alike);
            self.output
                .note(&format!("{alike} more failed by the same"));
        }
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
            output.note(&format!("{name}: {error}; {NOT_KNOWN}"));
        }
        JobState::Unlisted { reason } => {
            tally.failed += 1;
            let reason = SafeText::prose(reason).into_string();
            output.note(&format!("{name}: sent, but not confirmed: {reason}"));
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
    let path = request.path();
    let done = matches!(job.state, JobState::Done { .. });
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
