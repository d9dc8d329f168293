//! The screen: everything it needs is put together here.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::{Exit, Failure};
use super::session::Session;
use crate::api::Connector;
use crate::transfer::{Job, JobState, Transfers};
use crate::tui::{self, Start};

/// Runs the screen until it is left, then signs out.
pub async fn run(
    session: Arc<Session>,
    transfers: Transfers,
    files_at: PathBuf,
) -> Result<(), Failure> {
    let start = Start {
        connector: Arc::clone(&session) as Arc<dyn Connector>,
        notice: notice(&session, &transfers),
        transfers,
        files_at,
    };
    let left = tui::run(start).await;
    session.close().await;
    match left {
        Ok(tui::Exit::Quit) => Ok(()),
        Ok(tui::Exit::Signalled(status)) => Err(Failure::silent(Exit::Signalled(status))),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}

/// What there is to say at the beginning: the journal's news before all else.
fn notice(session: &Session, transfers: &Transfers) -> Option<String> {
    let unfinished = |job: &&Job| !job.state.is_over() || matches!(job.state, JobState::InDoubt(_));
    let left = transfers.jobs().iter().filter(unfinished).count();
    let mut notes = transfers.notes().to_vec();
    if !transfers.works() {
        notes
            .push("Another assetdeck works on the transfers; this one hands them over.".to_owned());
    } else if left > 0 {
        notes.push(format!(
            "{left} transfers of an earlier run go on as soon as their account is open; t shows them."
        ));
    }
    notes.extend(session.how_to_begin());
    (!notes.is_empty()).then(|| notes.join(" "))
}
