//! What wakes a command that shows progress.

use tokio::signal::unix::Signal;
use tokio::time::Interval;

/// What wakes a command that shows progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    Time,
    /// It was stopped, and goes on; others may have used the terminal.
    Back,
}

/// Wakes for the progress, or never.
pub struct Beat(pub(super) Option<(Interval, Option<Signal>)>);

impl Beat {
    /// The next of them.
    pub async fn next(&mut self) -> Came {
        let Some((timer, back)) = &mut self.0 else {
            return std::future::pending().await;
        };
        let back = async {
            match back {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = timer.tick() => Came::Time,
            _ = back => Came::Back,
        }
    }
}
