//! The terminal's modes: taken over in one place, given back in one place, on every way out.

use std::fs::File;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::cursor::Show;
use crossterm::event::{
    DisableBracketedPaste, EnableBracketedPaste, KeyboardEnhancementFlags,
    PopKeyboardEnhancementFlags, PushKeyboardEnhancementFlags,
};
use crossterm::queue;
use crossterm::style::Print;
use crossterm::terminal::{
    EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use ratatui::Terminal;
use rustix::process::{Signal, getpgrp, getsid, kill_current_process_group};
use rustix::termios::{LocalModes, tcgetattr, tcgetpgrp};

use super::paper::Paper;
use super::report::Debt;
use crate::domain::SafeText;
use crate::ui::links::Links;

/// Why the screen cannot be shown, or went away.
#[derive(Debug, thiserror::Error)]
pub enum TuiError {
    #[error(
        "the screen needs a terminal for input and output; use the commands instead, see `--help`"
    )]
    NoTerminal,
    #[error(
        "this terminal cannot show the screen (TERM is {0}); set TERM to what it is, \
         for example xterm-256color, or use the commands, see `--help`"
    )]
    TooPlain(String),
    #[error(
        "keys are not read any more, by a mistake of assetdeck's own; \
         transfers that were queued go on with the next start"
    )]
    Deaf,
    #[error("the terminal failed: {0}")]
    Io(#[from] io::Error),
}

/// Says why there can be no screen, before anything is changed.
pub fn check(term: Option<&str>) -> Result<(), TuiError> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(TuiError::NoTerminal);
    }
    fit_for_screen(term)
}

fn fit_for_screen(term: Option<&str>) -> Result<(), TuiError> {
    match term {
        None | Some("") => Err(TuiError::TooPlain("not set".to_owned())),
        Some(term @ ("dumb" | "unknown")) => Err(TuiError::TooPlain(format!("“{term}”"))),
        _ => Ok(()),
    }
}

/// Gives the terminal back, once, from wherever: quit, error, panic, signal.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    taken: Arc<AtomicBool>,
    /// The mouse is left to the terminal.
    no_mouse: Arc<AtomicBool>,
    /// What the terminal was told beside the frames.
    debt: Debt,
    /// What takes our pictures out of the terminal's memory.
    farewell: Arc<Mutex<String>>,
}

impl Restore {
    /// Takes the terminal over. Modes are asked for without looking whether the terminal knows
    /// them: one that does not ignores them, and a question could wait for ever.
    fn take(&self) -> io::Result<()> {
        enable_raw_mode()?;
        self.taken.store(true, Ordering::SeqCst);
        let mut bytes = Vec::new();
        queue!(
            bytes,
            EnterAlternateScreen,
            EnableBracketedPaste,
            // Also tells Esc from the beginning of a sequence, where the terminal can.
            PushKeyboardEnhancementFlags(KeyboardEnhancementFlags::DISAMBIGUATE_ESCAPE_CODES),
        )?;
        bytes.extend_from_slice(FOCUS_ON);
        if !self.no_mouse.load(Ordering::SeqCst) {
            bytes.extend_from_slice(MOUSE_ON);
        }
        out().write_all(&bytes)
    }

    /// Gives it back; does nothing when that is done already. Errors are of no use: the terminal
    /// may be gone.
    pub fn give_back(&self) {
        if !self.taken.swap(false, Ordering::SeqCst) {
            return;
        }
        let mut bytes = Vec::new();
        // Not waited for: whoever panics may be the one who holds it.
        if let Ok(farewell) = self.farewell.try_lock() {
            bytes.extend_from_slice(farewell.as_bytes());
        }
        // The keyboard's flags belong to the alternate screen: they go before it does.
        let _ = queue!(bytes, EndSynchronizedUpdate, PopKeyboardEnhancementFlags);
        bytes.extend_from_slice(MOUSE_OFF);
        bytes.extend_from_slice(FOCUS_OFF);
        let _ = queue!(bytes, DisableBracketedPaste, LeaveAlternateScreen, Show);
        bytes.extend_from_slice(self.debt.settle().as_bytes());
        if in_front() {
            let _ = disable_raw_mode();
        } else if bars_others() {
            return;
        }
        let _ = out().write_all(&bytes);
    }

    /// What else is to be written before the terminal is given back.
    pub fn farewell(&self, text: String) {
        *self.farewell.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// As [`Self::give_back`], but does not wait for a terminal that takes nothing any more.
    pub fn give_back_quickly(&self) {
        let restore = self.clone();
        in_a_moment(move || restore.give_back());
    }
}

/// Does it, but waits for no longer than a moment: the terminal may take nothing any more.
pub fn in_a_moment(work: impl FnOnce() + Send + 'static) {
    let done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&done);
    thread::spawn(move || {
        work();
        done.store(true, Ordering::SeqCst);
    });
    for _ in 0..20 {
        if seen.load(Ordering::SeqCst) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
}

/// Clicks, the wheel, and movements while a button is held, without the flood of all others that
/// crossterm's own command asks for.
const MOUSE_ON: &[u8] = b"\x1b[?1002h\x1b[?1006h";
const MOUSE_OFF: &[u8] = b"\x1b[?1006l\x1b[?1002l";

/// Whether somebody looks at this terminal: it tells of each change.
const FOCUS_ON: &[u8] = b"\x1b[?1004h";
const FOCUS_OFF: &[u8] = b"\x1b[?1004l";

/// The terminal without `Stdout`'s line buffer and lock: a panic may come while that is held.
fn terminal_file() -> io::Result<File> {
    Ok(io::stdout().as_fd().try_clone_to_owned()?.into())
}

fn out() -> Box<dyn io::Write> {
    match terminal_file() {
        Ok(file) => Box::new(file),
        // No handle left for another one.
        Err(_) => Box::new(io::stdout()),
    }
}

/// Whether the terminal is ours to change and to read: it stops all of a group in the background that
/// tries, for a shell to find it like that. Where none tells who is in front, nobody is stopped.
pub fn in_front() -> bool {
    tcgetpgrp(io::stdin()).map_or(true, |front| front == getpgrp())
}

/// Whether it stops those in the background even when they only write, which few users want.
fn bars_others() -> bool {
    tcgetattr(io::stdout()).is_ok_and(|it| it.local_modes.contains(LocalModes::TOSTOP))
}

/// Whether there is one to go back to: stopped without it, started by the terminal itself, nobody could
/// ever make us go on.
pub fn has_shell() -> bool {
    getsid(None).is_ok_and(|session| session != getpgrp())
}

/// The terminal while it is ours.
pub struct Screen {
    pub terminal: Terminal<Paper>,
    restore: Restore,
}

impl Screen {
    /// Takes the terminal over. The calling thread is its owner: see [`install_hook`].
    pub fn open(debt: Debt, links: Links, mouse: bool) -> Result<Self, TuiError> {
        let restore = Restore {
            debt,
            no_mouse: Arc::new(AtomicBool::new(!mouse)),
            ..Restore::default()
        };
        let terminal = Terminal::new(Paper::new(terminal_file()?, links))?;
        install_hook(restore.clone());
        let mut screen = Self { terminal, restore };
        screen.restore.take()?;
        // Not every terminal has another screen, and what one is known to show need not be written.
        screen.forget()?;
        Ok(screen)
    }

    pub fn restore(&self) -> Restore {
        self.restore.clone()
    }

    /// Writes sequences beside the frames, at once.
    pub fn aside(&mut self, text: &str) -> io::Result<()> {
        self.terminal.backend_mut().send(Print(text))
    }

    /// Takes the mouse, or leaves it to the terminal.
    pub fn mouse(&mut self, on: bool) -> io::Result<()> {
        self.restore.no_mouse.store(!on, Ordering::SeqCst);
        let bytes = if on { MOUSE_ON } else { MOUSE_OFF };
        self.aside(&String::from_utf8_lossy(bytes))
    }

    /// Everything is drawn anew with the next frame.
    pub fn forget(&mut self) -> io::Result<()> {
        self.terminal.backend_mut().forget();
        self.terminal.clear()
    }

    /// Takes the terminal over again after others had it.
    pub fn reopen(&mut self) -> io::Result<()> {
        self.restore.give_back();
        self.restore.take()?;
        self.forget()
    }

    /// Gives the terminal back and stops the process group. It is to be opened again when that goes
    /// on. `Ok(false)`: there is no shell to go back to.
    pub fn suspend(&mut self) -> io::Result<bool> {
        if !has_shell() {
            return Ok(false);
        }
        self.restore.give_back();
        // The whole group, since the shell waits for all of it. Not SIGTSTP, which we handle.
        kill_current_process_group(Signal::STOP)?;
        Ok(true)
    }

    /// Stops the process group as the terminal does with those that want it from behind a shell.
    pub fn stop_behind() -> io::Result<()> {
        Ok(kill_current_process_group(Signal::TTOU)?)
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.restore.give_back();
    }
}

/// A panic of the thread that owns the terminal gives it back and says what happened. One of another
/// thread leaves the screen as it is and goes to the log; whoever waits for that thread is told by
/// the runtime and the transfers.
fn install_hook(restore: Restore) {
    let owner = thread::current().id();
    std::panic::set_hook(Box::new(move |info| {
        let what = info.payload_as_str().map_or_else(
            || "no message".to_owned(),
            |text| SafeText::prose(text).into_string(),
        );
        let place = info
            .location()
            .map(|place| format!(" ({}:{})", place.file(), place.line()))
            .unwrap_or_default();
        tracing::error!(%what, %place, "panic");
        if thread::current().id() == owner {
            restore.give_back();
            // Not through Stderr's lock: the panic may have come while it was held.
            let text = format!(
                "assetdeck stopped by a mistake of its own: {what}{place}\n\
                 Transfers that were queued go on with the next start.\n"
            );
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_terminal_gets_a_sentence() {
        for term in [None, Some("dumb"), Some("")] {
            let told = fit_for_screen(term).unwrap_err().to_string();
            assert!(told.contains("set TERM"), "{told}");
        }
        assert!(fit_for_screen(Some("xterm-256color")).is_ok());
    }
}
