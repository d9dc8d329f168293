//! Counting calls before they are made, and holding back what can wait to what its service allows, less
//! what people need meanwhile.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::api::{AccountInfo, Toll, Waits};
use crate::index::{Calls, Meter};

/// The least wait: never busy, whatever the clock does.
const BREATH: Duration = Duration::from_millis(10);

/// Counts the calls of one account.
#[derive(Debug)]
pub struct Pacer {
    meter: Arc<Meter>,
    calls: Calls,
}

impl Pacer {
    /// `None` where nothing is known of an allowance.
    pub fn new(info: &AccountInfo, calls: Calls) -> Option<Self> {
        Some(Self {
            meter: Arc::new(Meter::new(info)?),
            calls,
        })
    }

    /// What was counted ahead and not made counts no more.
    pub fn give_back(&self) {
        self.meter.give_back(&self.calls);
    }
}

impl Toll for Pacer {
    fn pass<'a>(&'a self, waits: Option<&'a Waits>) -> BoxFuture<'a, ()> {
        async move {
            loop {
                let (meter, calls) = (Arc::clone(&self.meter), self.calls.clone());
                let Some(waits) = waits else {
                    if meter.count() {
                        // Behind the call, which does not wait for the disk.
                        drop(tokio::task::spawn_blocking(move || meter.note(&calls)));
                    }
                    return;
                };
                let share = waits.share;
                let entered = move || meter.enter(&calls, share);
                let entered = tokio::task::spawn_blocking(entered).await;
                // A panic there is told where it happened.
                let Ok(Some(held)) = entered else {
                    return;
                };
                waits.tell(&held);
                let wait = held.until.duration_since(Timestamp::now());
                let wait = Duration::try_from(wait).unwrap_or_default().max(BREATH);
                tokio::time::sleep(wait).await;
            }
        }
        .boxed()
    }
}
