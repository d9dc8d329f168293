//! Being told to stop: Ctrl-C, or the signal that asks a process to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;

/// Listens from when it is made.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
}

impl Stop {
    /// A hang-up is left to the system, so that `nohup` works.
    pub fn listen() -> Result<Self, Failure> {
        let failed = |error| Failure::failed(format!("could not listen for signals: {error}"));
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    /// The next request to stop.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Runs something that may simply be dropped when it is to stop.
    pub async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            result = work => result,
            () = self.asked() => Err(Failure::stopped()),
        }
    }
}
