//! What is typed is not shown, and is again however the question ends.

use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::cli::failure::Failure;
use crate::cli::stop;

/// The terminal as it was before, as long as it does not echo.
static BEFORE: Mutex<Option<(File, Termios)>> = Mutex::new(None);

/// The terminal's settings, put back when the first of these goes.
pub struct Echo {
    first: bool,
}

impl Echo {
    pub fn off() -> Result<Self, Failure> {
        Self::without(LocalModes::ECHO)
    }

    /// Also what is typed is not waited for until its line ends: for answers of the terminal itself.
    pub fn by_byte() -> Result<Self, Failure> {
        Self::without(LocalModes::ECHO | LocalModes::ICANON)
    }

    fn without(modes: LocalModes) -> Result<Self, Failure> {
        // Whatever else would end the process must not leave the terminal so.
        stop::hear_all()?;
        let mut before = lock(&BEFORE);
        if before.is_some() {
            return Ok(Self { first: false });
        }
        *before = File::open("/dev/tty").ok().and_then(|terminal| {
            let settings = tcgetattr(&terminal).ok()?;
            // Before the question is seen: what is typed or pasted at once must not be.
            let mut quiet = settings.clone();
            quiet.local_modes.remove(modes);
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
