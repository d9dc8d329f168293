//! Holding a sweep back to what its service allows, less what people need meanwhile.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::output::Output;
use crate::index::{Allowance, Index, Meter};

/// The least wait: never busy, whatever the clock does.
const BREATH: Duration = Duration::from_millis(10);

/// What a sweep may spend, and where what was spent is kept.
pub struct Pacer {
    /// What the service allows, if that is known.
    pub allowance: Option<Allowance>,
    pub meter: Option<Arc<Meter>>,
    pub index: Index,
}

impl Pacer {
    /// Waits until one more call may be made, and says why and until when.
    pub async fn go(&self, output: &mut Output) {
        let (Some(allowance), Some(meter)) = (self.allowance, &self.meter) else {
            return;
        };
        loop {
            let (meter, index) = (Arc::clone(meter), self.index.clone());
            let held = tokio::task::spawn_blocking(move || meter.pace(&index, allowance)).await;
            // A panic there is told where it happened.
            let Ok(Some(held)) = held else {
                return;
            };
            output.note(&held.to_string());
            let wait = held.until.duration_since(Timestamp::now());
            let wait = Duration::try_from(wait).unwrap_or_default().max(BREATH);
            tokio::time::sleep(wait).await;
        }
    }
}
