//! What wakes a command that shows progress.

use tokio::time::Interval;

/// Wakes for the progress, or never.
pub struct Beat(pub(super) Option<Interval>);

impl Beat {
    /// The next time.
    pub async fn next(&mut self) {
        match &mut self.0 {
            Some(timer) => {
                timer.tick().await;
            }
            None => std::future::pending().await,
        }
    }
}
