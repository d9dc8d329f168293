//! The screen: everything it needs is put together here.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::{Exit, Failure};
use super::session::Session;
use crate::api::Connector;
use crate::transfer::Transfers;
use crate::tui::{self, Start};

/// Runs the screen until it is left, then signs out.
pub async fn run(session: Arc<Session>, files_at: PathBuf) -> Result<(), Failure> {
    let start = Start {
        connector: Arc::clone(&session) as Arc<dyn Connector>,
        transfers: Transfers::new(),
        files_at,
        notice: session.how_to_begin(),
    };
    let left = tui::run(start).await;
    session.close().await;
    match left {
        Ok(tui::Exit::Quit) => Ok(()),
        Ok(tui::Exit::Signalled(status)) => Err(Failure::silent(Exit::Signalled(status))),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}
