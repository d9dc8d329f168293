//! Being told to stop: Ctrl-C, or the signal that asks a process to end.

use std::sync::{LazyLock, Mutex, PoisonError};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::failure::{Exit, Failure};
use crate::tui::endings;

/// Listens from when it is made.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Option<Signal>,
    others: watch::Receiver<u8>,
    /// The one that asked, where it is none of those that everybody knows.
    by: Option<u8>,
}

/// Signals that end a process which does not hear them, by the status that they end it with; from
/// [`hear_all`] on.
static OTHERS: LazyLock<watch::Sender<u8>> = LazyLock::new(|| watch::Sender::new(0));

impl Stop {
    /// A hang-up is left to the system, so that `nohup` works.
    pub fn listen() -> Result<Self, Failure> {
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            hang_up: None,
            others: OTHERS.subscribe(),
            by: None,
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
            Ok(()) = self.others.changed() => self.by = Some(*self.others.borrow_and_update()),
        }
    }

    /// Runs something that may simply be dropped when it is to stop.
    pub async fn or<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            result = work => result,
            () = self.asked() => Err(match self.by {
                Some(status) => Failure::new(Exit::Signalled(status), "stopped"),
                None => Failure::stopped(),
            }),
        }
    }
}

/// From now on every signal that would end the process at once, and can be heard, is a request to stop:
/// for what must not be left as it is.
pub fn hear_all() -> Result<(), Failure> {
    static HEARD: Mutex<bool> = Mutex::new(false);
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    if *heard {
        return Ok(());
    }
    let known = [SignalKind::interrupt(), SignalKind::terminate()];
    for number in endings() {
        let kind = SignalKind::from_raw(number);
        let Ok(status) = u8::try_from(128 + number) else {
            continue;
        };
        if known.contains(&kind) {
            continue;
        }
        let mut stream = on(kind)?;
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                OTHERS.send_replace(status);
            }
        });
    }
    *heard = true;
    Ok(())
}

fn on(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::failed(format!("could not listen for signals: {error}")))
}
