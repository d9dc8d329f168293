//! What can be done with transfers: with the one under the pane's cursor, or with all of them.

use std::time::Instant;

use super::{Action, Context};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::modal::confirm::Confirm;
use crate::app::modal::doubt::DoubtSheet;
use crate::app::modal::error::ErrorSheet;
use crate::transfer::job::{Job, JobId, JobState};

const CLOSED: &str = "open the transfers first (t) and choose one";
const NONE: &str = "there are no transfers";
const RECORDING: &str = "the service is just recording it, and stopping would only lose its answer; wait a moment, \
     then delete it if it is not wanted";
const ELSEWHERE: &str = "another assetdeck works on the queue, and keeps its order";

pub static ACTIONS: &[Action] = &[
    Action {
        name: "transfer-why",
        title: "why",
        help: "Show all that is known of the transfer under the cursor, and what can be done.",
        keys: &["enter", "right", "l"],
        context: Context::Transfers,
        enabled: |s| current(s).map(drop),
        run: |s, now| {
            if let Ok(job) = current(s) {
                why(s, &job, now);
            }
            Vec::new()
        },
    },
    Action {
        name: "transfer-pause",
        title: "pause or go on",
        help: "Keep the transfer under the cursor from beginning, or let it go on.",
        keys: &["space"],
        context: Context::Transfers,
        enabled: |s| {
            let job = current(s)?;
            if job.state.is_over() && !s.transfers.is_left(job.id) {
                return Err("it is over");
            }
            Ok(())
        },
        run: |s, _| {
            let Ok(job) = current(s) else {
                return Vec::new();
            };
            if job.paused || s.transfers.is_left(job.id) {
                s.transfers.goes_on(Some(job.id));
                vec![Effect::GoOnJob(job.id)]
            } else {
                vec![Effect::PauseJob(job.id)]
            }
        },
    },
    Action {
        name: "pause-all",
        title: "pause all",
        help: "Keep every transfer from beginning, new ones too; what a service is just recording is finished.",
        keys: &["P"],
        context: Context::Transfers,
        enabled: |s| {
            let counts = s.transfers.counts();
            if !s.transfers.closed || counts.unfinished() > counts.paused {
                Ok(())
            } else {
                Err("all is paused")
            }
        },
        run: |s, _| {
            s.transfers.closed = true;
            vec![Effect::PauseAll]
        },
    },
    Action {
        name: "go-on-all",
        title: "go on with all",
        help: "End every pause, and begin what an earlier run left.",
        keys: &["O"],
        context: Context::Transfers,
        enabled: |s| {
            let transfers = &s.transfers;
            if transfers.closed || transfers.counts().paused > 0 || transfers.left_count() > 0 {
                Ok(())
            } else {
                Err("nothing is paused")
            }
        },
        run: |s, _| {
            s.transfers.goes_on(None);
            s.transfers.closed = false;
            vec![Effect::GoOnAll]
        },
    },
    Action {
        name: "transfer-retry",
        title: "try again",
        help: "Try the transfer under the cursor again; one in doubt is asked about first.",
        keys: &["r"],
        context: Context::Transfers,
        enabled: |s| {
            let job = current(s)?;
            if can_retry(&job) {
                Ok(())
            } else {
                Err("it has not failed")
            }
        },
        run: |s, now| match current(s) {
            // What it may have left at the service is the user's to judge.
            Ok(job) if is_doubted(&job) => {
                s.open_modal(DoubtSheet::new(job.id, now));
                Vec::new()
            }
            Ok(job) => vec![Effect::RetryJob(job.id)],
            Err(_) => Vec::new(),
        },
    },
    Action {
        name: "retry-all",
        title: "try all failed again",
        help: "Try every failed transfer again; those in doubt are left to you.",
        keys: &["R"],
        context: Context::Transfers,
        enabled: |s| {
            if s.transfers.counts().failed > 0 {
                Ok(())
            } else {
                Err("none has failed")
            }
        },
        run: |s, _| {
            let failed = |job: &Job| matches!(job.state, JobState::Failed(_));
            ids(s, failed).into_iter().map(Effect::RetryJob).collect()
        },
    },
    Action {
        name: "transfer-up",
        title: "move up",
        help: "Put the transfer under the cursor in front of the one above it.",
        keys: &["K"],
        context: Context::Transfers,
        enabled: |s| movable(s, true),
        run: |s, _| step(s, true),
    },
    Action {
        name: "transfer-down",
        title: "move down",
        help: "Put the transfer under the cursor behind the one below it.",
        keys: &["J"],
        context: Context::Transfers,
        enabled: |s| movable(s, false),
        run: |s, _| step(s, false),
    },
    Action {
        name: "transfer-first",
        title: "move to the front",
        help: "Put the transfer under the cursor in front of all others.",
        keys: &["<"],
        context: Context::Transfers,
        enabled: |s| movable(s, true),
        run: |s, _| to_end(s, true),
    },
    Action {
        name: "transfer-last",
        title: "move to the end",
        help: "Put the transfer under the cursor behind all others.",
        keys: &[">"],
        context: Context::Transfers,
        enabled: |s| movable(s, false),
        run: |s, _| to_end(s, false),
    },
    Action {
        name: "transfer-cancel",
        title: "cancel",
        help: "Stop the transfer under the cursor; what the service may have of it is looked for.",
        keys: &["x"],
        context: Context::Transfers,
        enabled: |s| {
            let job = current(s)?;
            if job.state.is_over() && !is_doubted(&job) {
                Err("it is over")
            } else if job.is_being_recorded() {
                Err(RECORDING)
            } else {
                Ok(())
            }
        },
        run: |s, _| {
            let job = current(s);
            job.map_or_else(|_| Vec::new(), |job| vec![Effect::CancelJob(job.id)])
        },
    },
    Action {
        name: "cancel-all",
        title: "cancel all",
        help: "Stop every transfer that is not over; asks first.",
        keys: &["X"],
        context: Context::Transfers,
        enabled: |s| {
            if s.transfers.unfinished() > 0 {
                Ok(())
            } else {
                Err("nothing is under way")
            }
        },
        run: |s, now| {
            let open = s.transfers.all().filter(|job| !job.state.is_over());
            let open = open.cloned().collect();
            s.open_modal(Confirm::cancel_all(open, now));
            Vec::new()
        },
    },
    Action {
        name: "clear-finished",
        title: "clear finished",
        help: "Take finished and cancelled transfers off the list; the files are not touched.",
        keys: &["c"],
        context: Context::Transfers,
        enabled: |s| {
            let counts = s.transfers.counts();
            if counts.done + counts.cancelled > 0 {
                Ok(())
            } else {
                Err("none is finished")
            }
        },
        run: |s, _| vec![Effect::ClearJobs(s.transfers.clear())],
    },
];

/// The job under the pane's cursor.
fn current(state: &State) -> Result<std::sync::Arc<Job>, &'static str> {
    if state.transfers.is_empty() {
        return Err(NONE);
    }
    if !state.transfers.open {
        return Err(CLOSED);
    }
    state.transfers.current().cloned().ok_or(NONE)
}

fn ids(state: &State, fits: impl Fn(&Job) -> bool) -> Vec<JobId> {
    let fitting = state.transfers.all().filter(|job| fits(job));
    fitting.map(|job| job.id).collect()
}

const fn is_doubted(job: &Job) -> bool {
    matches!(job.state, JobState::InDoubt(_) | JobState::Unlisted { .. })
}

const fn can_retry(job: &Job) -> bool {
    is_doubted(job) || matches!(job.state, JobState::Failed(_) | JobState::Cancelled)
}

fn why(state: &mut State, job: &Job, now: Instant) {
    if is_doubted(job) {
        state.open_modal(DoubtSheet::new(job.id, now));
    } else {
        let sheet = ErrorSheet::transfer(state, job);
        state.open_modal(sheet);
    }
}

fn movable(state: &State, up: bool) -> Result<(), &'static str> {
    let job = current(state)?;
    if state.transfers.elsewhere {
        return Err(ELSEWHERE);
    }
    if job.state.is_over() {
        return Err("it is over");
    }
    let row = state.transfers.cursor_row();
    match up {
        true if row == 0 => Err("it is the first"),
        false if row + 1 == state.transfers.len() => Err("it is the last"),
        _ => Ok(()),
    }
}

fn step(state: &mut State, up: bool) -> Vec<Effect> {
    let row = state.transfers.cursor_row();
    let beside = if up {
        row.checked_sub(1)
    } else {
        Some(row + 1)
    };
    let beside = beside.and_then(|row| state.transfers.at(row));
    match (state.transfers.current(), beside) {
        (Some(job), Some(other)) => vec![Effect::SwapJobs(job.id, other.id)],
        _ => Vec::new(),
    }
}

fn to_end(state: &mut State, first: bool) -> Vec<Effect> {
    let job = state.transfers.current().map(|job| job.id);
    job.map_or_else(Vec::new, |job| vec![Effect::ReorderJob { job, first }])
}
