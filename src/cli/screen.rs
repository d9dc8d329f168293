//! The screen: everything it needs is put together here.

use std::path::PathBuf;
use std::sync::Arc;

use super::failure::Failure;
use super::session::Session;

/// Runs the screen until it is left, then signs out.
pub async fn run(session: Arc<Session>, files_at: PathBuf) -> Result<(), Failure> {
    let notice = session.how_to_begin();
    let _ = (notice, files_at);
    session.close().await;
    Err(Failure::failed("placeholder"))
}
