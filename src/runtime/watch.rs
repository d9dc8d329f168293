//! Transfers into the inbox: every change of state, and bytes while something moves.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{MissedTickBehavior, interval};

use super::{Providers, send};
use crate::api::Connector;
use crate::app::msg::Msg;
use crate::transfer::job::{Job, JobId, JobState};
use crate::transfer::{Progress, Transfers};

/// How often bytes are told: as often as a screen may be redrawn while something moves.
const EVERY: Duration = Duration::from_millis(100);

/// Ends only with the engine or the inbox. At rest it does not wake.
pub(super) async fn forward(transfers: Transfers, inbox: UnboundedSender<Msg>) {
    let mut events = transfers.events();
    let mut running: HashSet<JobId> = HashSet::new();
    let mut told: HashMap<JobId, u64> = HashMap::new();
    // What an earlier run left; what went well then is no news.
    let mut jobs = transfers.jobs();
    jobs.retain(|job| !matches!(job.state, JobState::Done { .. } | JobState::Cancelled));
    if !jobs.is_empty() || !transfers.works() || transfers.is_closed() {
        send(&inbox, queue(&transfers, jobs));
    }
    let mut held = transfers.held();
    if !held.borrow_and_update().is_empty() {
        held.mark_changed();
    }
    let mut stopped = transfers.stopped();
    if stopped.borrow().is_some() {
        stopped.mark_changed();
    }
    let mut timer = interval(EVERY);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            biased;
            event = events.recv() => {
                let Some(job) = event else { return };
                if matches!(job.state, JobState::Running(_)) {
                    running.insert(job.id);
                } else {
                    running.remove(&job.id);
                    told.remove(&job.id);
                }
                send(&inbox, Msg::Job(job));
            }
            Ok(()) = held.changed() => {
                let held = held.borrow_and_update().clone();
                send(&inbox, Msg::Held(held));
            }
            Ok(()) = stopped.changed() => {
                let process = *stopped.borrow_and_update();
                send(&inbox, Msg::WorkerStopped(process));
            }
            _ = timer.tick(), if !running.is_empty() => {
                let Progress(counts) = transfers.progress();
                for (job, bytes) in counts {
                    if told.insert(job, bytes) != Some(bytes) {
                        send(&inbox, Msg::Progress { job, bytes });
                    }
                }
            }
        }
        if inbox.is_closed() {
            return;
        }
    }
}

/// How the queue stands.
pub(super) fn queue(transfers: &Transfers, jobs: Vec<Arc<Job>>) -> Msg {
    Msg::Queue {
        jobs,
        left: transfers.left(),
        works: transfers.works(),
        closed: transfers.is_closed(),
    }
}

/// Opens accounts for jobs that other processes have added. Where no key is at hand they wait until
/// the user opens the account. At rest it does not wake.
pub(super) async fn open_accounts(
    transfers: Transfers,
    connector: Arc<dyn Connector>,
    providers: Providers,
) {
    let mut wants = transfers.wants();
    while let Some(account) = wants.recv().await {
        let open = super::lock(&providers).get(&account).cloned();
        let provider = match open {
            Some(provider) => Some(provider),
            None => connector
                .connect(&account, None)
                .await
                .ok()
                .map(|it| it.provider),
        };
        if let Some(provider) = provider {
            super::lock(&providers)
                .entry(account.clone())
                .or_insert_with(|| provider.clone());
            transfers.attach_provider(&account, provider);
        }
    }
}
