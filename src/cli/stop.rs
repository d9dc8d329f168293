//! Being told to end: Ctrl-C, or any other signal that asks a process to. Without it the terminal would be
//! left with what a command has put on it.

use std::io::{self, IsTerminal as _};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::failure::{Exit, Failure};
use super::suspend;
use crate::tui::{LastResort, PATIENCE, endings};

/// Where somebody is there to read how it ended, ending may take longer than behind a terminal that is
/// gone.
const LONGER: Duration = Duration::from_secs(5);

/// Listens from when it is made.
#[derive(Debug)]
pub struct Stop {
    interrupt: Signal,
    terminate: Signal,
    others: watch::Receiver<u8>,
    heard: bool,
}

/// The status of the last signal that asked to end and is none of the two that everybody knows; from
/// [`hear_others`] on.
static OTHERS: LazyLock<watch::Sender<u8>> = LazyLock::new(|| watch::Sender::new(0));

impl Stop {
    /// What whoever started us wants ignored is ignored, so that `nohup` works.
    pub fn listen() -> Result<Self, Failure> {
        hear_others()?;
        Ok(Self {
            interrupt: on(SignalKind::interrupt())?,
            terminate: on(SignalKind::terminate())?,
            others: OTHERS.subscribe(),
            heard: false,
        })
    }

    /// The next request to stop.
    pub async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            Ok(()) = self.others.changed() => {}
        }
        self.heard = true;
    }

    /// Whether it was to stop by now, whatever became of what ran then: nothing more is to begin.
    pub const fn was_asked(&self) -> bool {
        self.heard
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

/// The exit of a command that was stopped says by which signal.
pub fn by_signal(exit: Exit) -> Exit {
    match (exit, *OTHERS.borrow()) {
        (Exit::Stopped, status @ 1..) => Exit::Signalled(status),
        _ => exit,
    }
}

/// From now on every signal that would end the process at once, and can be heard, is a request to stop.
/// One that does not stop it soon, or comes again, ends it all the same.
fn hear_others() -> Result<(), Failure> {
    static HEARD: Mutex<bool> = Mutex::new(false);
    let mut heard = HEARD.lock().unwrap_or_else(PoisonError::into_inner);
    if *heard {
        return Ok(());
    }
    let ignored = ignored();
    let last = LastResort::new(suspend::give_back);
    let known = [SignalKind::interrupt(), SignalKind::terminate()];
    for (kind, status) in endings() {
        if known.contains(&kind) || ignored(kind.as_raw_value()) {
            continue;
        }
        let mut stream = on(kind)?;
        let last = last.clone();
        let patience = if kind == SignalKind::hangup() {
            PATIENCE
        } else {
            LONGER
        };
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                last.asked(kind, status, patience, || {
                    OTHERS.send_replace(status);
                });
            }
        });
    }
    if !ignored(Number::TSTP.as_raw()) {
        suspend::heed(
            on(SignalKind::from_raw(Number::TSTP.as_raw()))?,
            on(SignalKind::from_raw(Number::CONT.as_raw()))?,
        );
    }
    *heard = true;
    Ok(())
}

/// Which signals whoever started us wants ignored, as `nohup` does and a shell's `trap ''`. Where the
/// system does not tell, a hang-up is taken for one of them unless there is a terminal to tidy up.
fn ignored() -> impl Fn(i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let told = { status.lines() }
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let unsure = told.is_none() && !io::stderr().is_terminal();
    move |number| match told {
        Some(mask) => mask >> (number - 1) & 1 == 1,
        None => unsure && number == Number::HUP.as_raw(),
    }
}

fn on(kind: SignalKind) -> Result<Signal, Failure> {
    signal(kind).map_err(|error| Failure::failed(format!("could not listen for signals: {error}")))
}
