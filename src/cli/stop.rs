//! Being told to stop: Ctrl-C, or the signal that asks a process to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::failure::Failure;

/// Listens from when it is made.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Option<Signal>,
}

impl Stop {
    /// A hang-up is left to the system, so that `nohup` works.
    pub fn listen() -> Result<Self, Failure> {
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hang_up: None,
        })
    }

    /// Hears a hang-up too: for what has to tidy up behind itself.
    pub fn listen_to_hangup() -> Result<Self, Failure> {
        Ok(Self {
            hang_up: Some(on(SignalKind::hangup())?),
            ..Self::listen()?
        })
    }

    /// The next request to stop.
    pub async fn asked(&mut self) {
        let hang_up = async {
            match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = hang_up => {}
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

/// Hears this signal from now on.
pub fn on(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::failed(format!("could not listen for signals: {error}")))
}
