//! What is typed is not shown, and is again however the question ends, and while the process is stopped.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// The terminal, as long as it does not echo.
static OFF: Mutex<Option<Off>> = Mutex::new(None);
/// Nobody else has it any more.
static BACK: Condvar = Condvar::new();

/// A terminal keeps no longer line, in bytes.
pub const LONGEST: usize = if cfg!(target_vendor = "apple") {
    1024
} else {
    4096
};

struct Off {
    terminal: File,
    /// Its settings before, and those without an echo.
    before: Termios,
    quiet: Termios,
    /// Somebody else has the terminal.
    away: bool,
    /// What is being answered.
    question: Option<String>,
}

/// The terminal's settings, put back when the first of these goes.
pub struct Echo {
    first: bool,
}

impl Echo {
    /// The end of a line is shown all the same.
    pub fn off() -> Self {
        Self::without(LocalModes::ECHO, LocalModes::ECHONL)
    }

    /// Also what is typed is not waited for until its line ends: for answers of the terminal itself.
    pub fn by_byte() -> Self {
        Self::without(LocalModes::ECHO | LocalModes::ICANON, LocalModes::empty())
    }

    fn without(modes: LocalModes, with: LocalModes) -> Self {
        let mut off = lock();
        if off.is_some() {
            return Self { first: false };
        }
        *off = terminal().ok().and_then(|terminal| {
            let before = tcgetattr(&terminal).ok()?;
            // Before the question is seen: what is typed or pasted at once must not be.
            let mut quiet = before.clone();
            quiet.local_modes.remove(modes);
            quiet.local_modes.insert(with);
            let _ = tcsetattr(&terminal, OptionalActions::Now, &quiet);
            Some(Off {
                terminal,
                before,
                quiet,
                away: false,
                question: None,
            })
        });
        Self { first: true }
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        if self.first
            && let Some(mut off) = lock().take()
        {
            if off.question.is_some() {
                // It stays without an answer, and what is said next is not said behind it.
                let _ = off.terminal.write_all(b"\n");
            }
            // Without a terminal there is nothing to put back.
            let _ = tcsetattr(off.terminal, OptionalActions::Now, &off.before);
        }
    }
}

/// Lets the terminal echo, for somebody else who has it meanwhile.
pub fn show() {
    if let Some(off) = lock().as_mut() {
        off.away = true;
        let _ = tcsetattr(&off.terminal, OptionalActions::Now, &off.before);
    }
}

/// It is ours again. What had been typed is gone, so the question begins anew.
pub fn hide() {
    if let Some(off) = lock().as_mut()
        && std::mem::take(&mut off.away)
    {
        let _ = tcsetattr(&off.terminal, OptionalActions::Now, &off.quiet);
        if let Some(question) = &off.question {
            let _ = off.terminal.write_all(question.as_bytes());
        }
        BACK.notify_all();
    }
}

/// Asks, and reads a line of which nothing is shown; `None` at the end of the input.
pub fn ask(question: &str) -> io::Result<Option<Vec<u8>>> {
    let mut terminal = terminal()?;
    if let Some(off) = lock().as_mut() {
        off.question = Some(question.to_owned());
    }
    terminal.write_all(question.as_bytes())?;
    let line = line(&mut terminal);
    let mut off = lock();
    if let Some(off) = off.as_mut() {
        off.question = None;
    }
    // What was typed while we were stopped is read as soon as we go on. Nothing is said or asked until the terminal
    // is ours again: who answers that would be echoed.
    let away = |off: &mut Option<Off>| off.as_ref().is_some_and(|off| off.away);
    drop(BACK.wait_while(off, away));
    line
}

/// The terminal itself keeps the line and obeys the keys that edit it, stop us and end us.
fn line(terminal: &mut File) -> io::Result<Option<Vec<u8>>> {
    // As large as it can be: nothing of it is left behind where it had been before.
    let mut line = vec![0; LONGEST];
    let mut length = 0;
    while length < LONGEST {
        match terminal.read(&mut line[length..]) {
            Ok(0) if length == 0 => return Ok(None),
            // The key that ends the input, behind something; or the terminal is gone, and says so for ever.
            Ok(0) => break,
            Ok(count) => {
                length += count;
                if line[length - 1] == b'\n' {
                    length -= 1;
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    line.truncate(length);
    Ok(Some(line))
}

fn terminal() -> io::Result<File> {
    File::options().read(true).write(true).open("/dev/tty")
}

fn lock() -> MutexGuard<'static, Option<Off>> {
    OFF.lock().unwrap_or_else(PoisonError::into_inner)
}
