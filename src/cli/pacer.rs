//! What a sweep of a command may spend, and how it tells that it waits.

use std::sync::Arc;

use crate::cli::output::Output;
use crate::domain::Held;
use crate::index::{Index, Meter};
use crate::runtime::pace;

/// What a sweep may spend, and where what was spent is kept.
pub struct Pacer {
    pub meter: Option<Arc<Meter>>,
    pub index: Index,
}

impl Pacer {
    /// Waits until one more call may be made, and says why and until when.
    pub async fn go(&self, output: &mut Output) {
        if let Some(meter) = &self.meter {
            let tell = |held: &Held| output.note(&held.to_string());
            pace::room(meter, &self.index, tell).await;
        }
    }
}
