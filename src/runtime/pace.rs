//! Counting calls before they are made, and holding back what can wait to what its service allows, less
//! what people need meanwhile.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::api::{AccountInfo, Toll, Waits};
use crate::index::{Index, Meter};

/// The least wait: never busy, whatever the clock does.
const BREATH: Duration = Duration::from_millis(10);

/// Where the index is, once it is needed.
type Open = Arc<dyn Fn() -> Index + Send + Sync>;

/// Counts the calls of one account.
pub struct Pacer {
    meter: Arc<Meter>,
    index: Open,
}

impl fmt::Debug for Pacer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.meter.fmt(f)
    }
}

impl Pacer {
    /// `None` where nothing is known of an allowance. The index is opened beside the first call.
    pub fn new(
        info: &AccountInfo,
        index: impl Fn() -> Index + Send + Sync + 'static,
    ) -> Option<Self> {
        Some(Self {
            meter: Arc::new(Meter::new(info)?),
            index: Arc::new(index),
        })
    }

    /// What was counted ahead and not made counts no more.
    pub fn give_back(&self, index: &Index) {
        self.meter.give_back(index);
    }
}

impl Toll for Pacer {
    fn pass<'a>(&'a self, waits: Option<&'a Waits>) -> BoxFuture<'a, ()> {
        async move {
            loop {
                let (meter, index) = (Arc::clone(&self.meter), Arc::clone(&self.index));
                let Some(waits) = waits else {
                    if meter.count() {
                        // Behind the call, which does not wait for the disk.
                        drop(tokio::task::spawn_blocking(move || meter.note(&index())));
                    }
                    return;
                };
                let share = waits.share;
                let entered = move || meter.enter(&index(), share);
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
