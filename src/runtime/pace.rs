//! Holding a sweep back to what its service allows, less what people need meanwhile.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::Held;
use crate::index::{Index, Meter};

/// The least wait: never busy, whatever the clock does.
const BREATH: Duration = Duration::from_millis(10);

/// Waits until a sweep may make one more call, and tells why and until when.
pub async fn room(meter: &Arc<Meter>, index: &Index, mut tell: impl FnMut(&Held)) {
    loop {
        let (meter, index) = (Arc::clone(meter), index.clone());
        let held = tokio::task::spawn_blocking(move || meter.pace(&index)).await;
        // A panic there is told where it happened.
        let Ok(Some(held)) = held else {
            return;
        };
        tell(&held);
        let wait = held.until.duration_since(Timestamp::now());
        let wait = Duration::try_from(wait).unwrap_or_default().max(BREATH);
        tokio::time::sleep(wait).await;
    }
}
