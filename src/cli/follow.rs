//! Following transfers to their end, or until the user says stop.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::Instant;

use super::failure::Tally;
use super::output::Output;
use super::stop::Stop;
use super::teller::Teller;
use crate::domain::{AccountName, file_words};
use crate::transfer::{Ask, Job, JobId, JobState, Transfers};

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

/// When nothing has happened for so long where another process works, and nothing has begun, the user is
/// told what may be missing. Longer than it takes until the place of one that was killed is taken.
const UNBEGUN: Duration = Duration::from_secs(4);

/// How following transfers ended.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Followed {
    /// So many wait for somebody to let them go on.
    held: usize,
    /// So many are not over, since the user said stop.
    stopped: Option<usize>,
    /// Another process goes on with them.
    elsewhere: bool,
    /// That one is stopped.
    asleep: bool,
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
    // It may have begun before anybody listened.
    let mut pauses = transfers.held();
    pauses.mark_changed();
    let mut worker = transfers.stopped();
    worker.mark_changed();
    let mut news = Vec::new();
    let mut unbegun = std::pin::pin!(tokio::time::sleep(UNBEGUN));
    let own = |job: &Arc<Job>| jobs.contains(&job.id).then(|| job.account.clone());
    let accounts: HashSet<AccountName> = transfers.jobs().iter().filter_map(own).collect();
    let mut looked = false;
    while !jobs.is_empty() {
        tokio::select! {
            count = events.recv_many(&mut news, usize::MAX) => {
                if count == 0 {
                    break;
                }
                for job in news.drain(..) {
                    if accounts.contains(&job.account) && job.state != JobState::Queued {
                        unbegun.as_mut().reset(Instant::now() + UNBEGUN);
                    }
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
            Ok(()) = pauses.changed() => teller.held(&pauses.borrow_and_update()),
            Ok(()) = worker.changed() => {
                if let Some(process) = *worker.borrow_and_update() {
                    teller.worker_stopped(process);
                }
            }
            () = beat.next() => teller.tick(transfers),
            () = &mut unbegun, if !looked => {
                looked = true;
                if let Some(account) = unopened(transfers, &jobs) {
                    teller.unopened(&account);
                }
            }
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
        asleep: elsewhere && transfers.stopped().borrow().is_some(),
    }
}

/// The account of jobs that another process should work on, where nothing of it happens there: it is
/// not open there, most likely for want of its key.
fn unopened(transfers: &Transfers, jobs: &HashSet<JobId>) -> Option<AccountName> {
    if transfers.works() || transfers.is_closed() || transfers.stopped().borrow().is_some() {
        return None;
    }
    let all = transfers.jobs();
    let mut own = all.iter().filter(|job| jobs.contains(&job.id));
    let account = own.next()?.account.clone();
    let held = transfers.held();
    let pauses = held.borrow().iter().any(|held| held.account == account);
    let of = |job: &&Arc<Job>| job.account == account;
    let moves = all.iter().filter(of).any(|job| {
        let begun = matches!(job.state, JobState::Running(_) | JobState::Waiting { .. });
        begun || (jobs.contains(&job.id) && job.state != JobState::Queued)
    });
    (!pauses && !moves).then_some(account)
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
    let latest = Instant::now() + STOPPING;
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
                "stopped waiting: {} {go} on in the other assetdeck{}; `assetdeck transfers pause` holds \
                 them",
                file_words(left),
                if self.asleep { " once that is let go on" } else { "" }
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

/// What becomes of files that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// They were told, and that is all.
    Forget,
    /// The queue remembers that they were sent.
    Keep,
}

/// Follows what this command added to its end, and leaves. What was cancelled is told and forgotten, and
/// so is what went well unless it is to be kept; the rest stays in the journal, where `transfers` finds
/// it. Answers what went well.
pub(super) async fn until_over(
    transfers: &Transfers,
    events: &mut UnboundedReceiver<Arc<Job>>,
    jobs: &HashSet<JobId>,
    stop: &mut Stop,
    mut teller: Teller<'_>,
    after: After,
) -> Vec<Arc<Job>> {
    let end = follow(transfers, events, jobs.clone(), false, stop, &mut teller).await;
    let (output, tally) = teller.end();
    // First, because a job that is over is not forgotten before its task has ended.
    end.drain(transfers).await;
    let mut told = transfers.jobs();
    told.retain(|job| {
        jobs.contains(&job.id) && matches!(job.state, JobState::Done { .. } | JobState::Cancelled)
    });
    let forgotten = told
        .iter()
        .filter(|job| after == After::Forget || matches!(job.state, JobState::Cancelled));
    let ids: Vec<JobId> = forgotten.map(|job| job.id).collect();
    transfers.clear(&ids);
    transfers.flush();
    end.tell(output, tally);
    told.retain(|job| matches!(job.state, JobState::Done { .. }));
    told
}
