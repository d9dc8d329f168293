//! Transfers into the inbox: every change of state, and bytes while something moves.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{MissedTickBehavior, interval};

use super::send;
use crate::app::msg::Msg;
use crate::transfer::job::{JobId, JobState};
use crate::transfer::{Progress, Transfers};

/// How often bytes are told: as often as a screen may be redrawn while something moves.
const EVERY: Duration = Duration::from_millis(100);

/// Ends only with the engine or the inbox. At rest it does not wake.
pub(super) async fn forward(transfers: Transfers, inbox: UnboundedSender<Msg>) {
    let mut events = transfers.events();
    let mut running: HashSet<JobId> = HashSet::new();
    let mut told: HashMap<JobId, u64> = HashMap::new();
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
