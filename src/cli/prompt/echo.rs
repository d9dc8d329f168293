//! What is typed is not shown, and is again however the question ends.

use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::process::Signal;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::SignalKind;

use crate::cli::failure::Failure;
use crate::cli::stop;
use crate::tui::endings;

/// The terminal as it was before, as long as it does not echo.
static BEFORE: Mutex<Option<(File, Termios)>> = Mutex::new(None);
/// Signals are listened to from the first question on, once.
static LISTENING: Mutex<bool> = Mutex::new(false);

/// The terminal's settings, put back when the first of these goes.
pub(super) struct Echo {
    first: bool,
}

impl Echo {
    pub(super) fn off() -> Result<Self, Failure> {
        listen()?;
        let mut before = lock(&BEFORE);
        if before.is_some() {
            return Ok(Self { first: false });
        }
        *before = File::open("/dev/tty").ok().and_then(|terminal| {
            let settings = tcgetattr(&terminal).ok()?;
            // Before the question is seen: what is typed or pasted at once must not be.
            let mut quiet = settings.clone();
            quiet.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(&terminal, OptionalActions::Now, &quiet);
            Some((terminal, settings))
        });
        Ok(Self { first: true })
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if self.first {
            put_back();
        }
    }
}

fn put_back() {
    if let Some((terminal, settings)) = lock(&BEFORE).take() {
        // Without a terminal there is nothing to put back.
        let _ = tcsetattr(terminal, OptionalActions::Now, &settings);
    }
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts the settings back before any signal ends the process that can be heeded; those that stop a
/// command have its own way to end. Once listened to, such a signal ends nothing by itself any more, so
/// this does, as long as the process lives.
#[allow(clippy::disallowed_methods)] // What it skips was never set up, or was just done.
fn listen() -> Result<(), Failure> {
    let mut listening = lock(&LISTENING);
    if std::mem::replace(&mut *listening, true) {
        return Ok(());
    }
    let stops = [Signal::INT.as_raw(), Signal::TERM.as_raw()];
    for number in endings().filter(|number| !stops.contains(number)) {
        let mut stream = stop::on(SignalKind::from_raw(number))?;
        tokio::spawn(async move {
            if stream.recv().await.is_some() {
                put_back();
                std::process::exit(128 + number);
            }
        });
    }
    Ok(())
}
