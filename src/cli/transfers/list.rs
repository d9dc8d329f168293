//! The queue as a table, or as JSON.

use std::sync::Arc;

use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Table};
use crate::domain::{Address, SafeText};
use crate::transfer::{Direction, Job, JobState};

const HEADS: &[&str] = &["ID", "STATE", "NAME", "SIZE", "TO OR FROM", "REASON"];

/// All jobs, one a row.
pub(super) fn list(output: &mut Output, jobs: &[Arc<Job>], as_json: bool) -> Result<(), Failure> {
    if as_json {
        for job in jobs {
            output.json(&line(job))?;
        }
        return Ok(());
    }
    let mut table = Table::new(HEADS);
    for job in jobs {
        let state = if is_paused(job) {
            "paused"
        } else {
            job.state.word()
        };
        let place = Address::of_scope(job.account.clone(), &job.scope).to_string();
        let cells = [
            Cell::name(&job.id.0.to_string()),
            Cell::name(state),
            Cell::name(&job.name),
            Cell::Bytes(job.size),
            Cell::name(format!("{place} {}", job.place).trim_end()),
            Cell::Said(reason(job).unwrap_or_default()),
        ];
        output.row(&mut table, &cells)?;
    }
    output.end(table, "No transfers.")
}

/// Going on has no meaning for one that is over, however it was held before.
const fn is_paused(job: &Job) -> bool {
    job.paused && !job.state.is_over()
}

fn reason(job: &Job) -> Option<String> {
    match &job.state {
        JobState::Failed(error) | JobState::InDoubt(error) | JobState::Waiting { error, .. } => {
            Some(error.to_string())
        }
        JobState::Unlisted { reason } => Some(SafeText::prose(reason).into_string()),
        _ => None,
    }
}

fn line(job: &Job) -> serde_json::Value {
    let step = match &job.state {
        JobState::Running(step) => Some(step.label()),
        _ => None,
    };
    let (until, attempt) = match &job.state {
        JobState::Waiting { until, attempt, .. } => (Some(until.to_string()), Some(*attempt)),
        _ => (None, None),
    };
    let warnings: Vec<String> = job
        .warnings
        .iter()
        .map(|text| SafeText::sentence(text).into_string())
        .collect();
    json!({
        "id": job.id.0,
        "state": job.state.word(),
        "step": step,
        "paused": is_paused(job),
        "direction": match job.direction { Direction::Up => "up", Direction::Down => "down" },
        "name": &*job.name,
        "size": job.size,
        "account": job.account.as_str(),
        "address": Address::of_scope(job.account.clone(), &job.scope).to_string(),
        "place": &*job.place,
        "until": until,
        "attempt": attempt,
        "reason": reason(job),
        "warnings": warnings,
    })
}
