//! The screen: everything it needs is put together here.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::failure::{Exit, Failure};
use super::output::Output;
use super::session::Session;
use crate::api::Connector;
use crate::domain::SafeText;
use crate::transfer::{Job, JobState, Transfers};
use crate::tui::{self, Start};

/// How long the service may take to say what it has of the files that were being recorded.
const LAST_LOOK: Duration = Duration::from_secs(20);

/// Says of each file that was under way what is known of it, now that the terminal is ours to print
/// on. A user who quits waits for the service's word; one whose terminal is gone does not.
async fn settle(transfers: &Transfers, patient: bool) {
    let mut output = Output::standard();
    let unsettled =
        |job: &Job| matches!(job.state, JobState::Running(step) if step.may_leave_a_record());
    let left: Vec<Job> = transfers.jobs().into_iter().filter(unsettled).collect();
    if patient && !left.is_empty() {
        let many = left.len();
        output.note(&format!(
            "asking the service what it has of {many} unfinished; Ctrl-C leaves"
        ));
        tokio::select! {
            () = transfers.drain(LAST_LOOK) => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    let asked: HashSet<_> = left.iter().map(|job| job.id).collect();
    for job in transfers.jobs() {
        let name = SafeText::name(&job.name);
        match job.state {
            JobState::Done { .. } if asked.contains(&job.id) => output.note(&format!("{name}: done")),
            JobState::Running(step) if step.may_leave_a_record() => output.note(&format!(
                "{name}: whether the service has it is not known, list the place before sending it again"
            )),
            JobState::InDoubt(_) => output.note(&format!(
                "{name}: whether the service has it is not known, list the place before sending it again"
            )),
            JobState::Queued | JobState::Running(_) => output.note(&format!("{name}: stopped")),
            _ => {}
        }
    }
}

/// Runs the screen until it is left, then signs out.
pub async fn run(session: Arc<Session>, files_at: PathBuf) -> Result<(), Failure> {
    let transfers = Transfers::new();
    let start = Start {
        connector: Arc::clone(&session) as Arc<dyn Connector>,
        transfers: transfers.clone(),
        files_at,
        notice: session.how_to_begin(),
    };
    let left = tui::run(start).await;
    settle(&transfers, matches!(left, Ok(tui::Exit::Quit))).await;
    session.close().await;
    match left {
        Ok(tui::Exit::Quit) => Ok(()),
        Ok(tui::Exit::Signalled(status)) => Err(Failure::silent(Exit::Signalled(status))),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}
