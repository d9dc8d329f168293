//! Watches the terminal itself and the system's signals: when the terminal goes, or somebody asks us
//! to leave, the process is gone soon, whatever the main thread is doing.

use std::io::{self, PipeReader};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::terminal::Restore;
use crate::domain::drill;

/// The main thread's time to leave by itself, before the process is ended.
pub const PATIENCE: Duration = Duration::from_millis(1800);

/// The exit status of a program whose terminal is gone.
pub const STATUS: u8 = 129;

/// What the main loop has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Leave: the exit status that says why.
    Leave(u8),
    /// Stop until told to go on.
    Suspend,
    /// We were stopped, and go on.
    Resumed,
    /// The terminal has another size.
    Resized,
}

/// Ends the process when the main thread does not.
#[derive(Clone)]
pub struct LastResort {
    give_back: Arc<dyn Fn() + Send + Sync>,
    /// A signal other than a hang-up has asked to leave before.
    asked: Arc<AtomicBool>,
}

impl LastResort {
    /// `give_back` gives the terminal back without waiting for one that takes nothing.
    pub fn new(give_back: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            give_back: Arc::new(give_back),
            asked: Arc::default(),
        }
    }

    /// A signal asks to leave: `tell` hears it, and so long after that it ends. A second one means: at once.
    pub fn asked(&self, by: SignalKind, status: u8, patience: Duration, tell: impl FnOnce()) {
        // A hang-up is told twice, and by others as well.
        if by != SignalKind::hangup() && self.asked.swap(true, Ordering::SeqCst) {
            self.end(status);
        }
        tell();
        self.end_after(patience, status);
    }

    #[allow(clippy::disallowed_methods)] // The guard is run first; the main thread may be stuck.
    fn end(&self, status: u8) -> ! {
        (self.give_back)();
        std::process::exit(i32::from(status))
    }

    /// Ends it unless it has left by then.
    fn end_after(&self, patience: Duration, status: u8) {
        let last = self.clone();
        thread::spawn(move || {
            thread::sleep(patience);
            last.end(status);
        });
    }
}

/// Begins to watch. Must be called inside a runtime with worker threads.
pub fn watch(restore: Restore) -> io::Result<UnboundedReceiver<Notice>> {
    let (sender, receiver) = unbounded_channel();
    let last = LastResort::new(move || restore.give_back_quickly());
    signals(&sender, &last)?;
    terminal(sender, last)?;
    Ok(receiver)
}

/// A mistake while a signal is heeded must not cost the signal, and all that come after it.
struct Heed {
    sender: UnboundedSender<Notice>,
    status: u8,
}

impl Drop for Heed {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.sender.send(Notice::Leave(self.status));
        }
    }
}

/// All signals that end a process which does not heed them, and which it can heed, each with the status
/// that says so. Those of the processor are left: what they tell of goes on when they are heeded. A write into a
/// pipe without a reader, and one beyond the largest file, fail and say so instead.
pub fn endings() -> impl Iterator<Item = (SignalKind, u8)> {
    let named = [
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::TERM,
        Signal::TRAP,
        Signal::ABORT,
        Signal::USR1,
        Signal::USR2,
        Signal::ALARM,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
        Signal::SYS,
        #[cfg(target_os = "linux")]
        Signal::IO,
        #[cfg(target_os = "linux")]
        Signal::POWER,
        #[cfg(target_os = "linux")]
        Signal::STKFLT,
        #[cfg(target_vendor = "apple")]
        Signal::EMT,
    ];
    // Those without a name; the first of them are the C library's own.
    let unnamed = match cfg!(target_env = "musl") {
        _ if !cfg!(target_os = "linux") => 0..0,
        true => 35..65,
        false => 34..65,
    };
    let numbers = named.into_iter().map(Signal::as_raw).chain(unnamed);
    numbers.filter_map(|number| {
        let status = u8::try_from(128 + number).ok()?;
        Some((SignalKind::from_raw(number), status))
    })
}

fn signals(sender: &UnboundedSender<Notice>, last: &LastResort) -> io::Result<()> {
    // Or it would end us where nobody asks us to leave.
    drop(signal(SignalKind::from_raw(Signal::XFSZ.as_raw()))?);
    for (kind, status) in endings() {
        let mut stream = signal(kind)?;
        let sender = sender.clone();
        let last = last.clone();
        tokio::spawn(async move {
            let _heed = Heed {
                sender: sender.clone(),
                status,
            };
            while stream.recv().await.is_some() {
                drill::point("signal");
                last.asked(kind, status, PATIENCE, || {
                    let _ = sender.send(Notice::Leave(status));
                });
            }
        });
    }
    let raw = |signal: Signal| SignalKind::from_raw(signal.as_raw());
    for (kind, notice) in [
        (raw(Signal::TSTP), Notice::Suspend),
        (raw(Signal::CONT), Notice::Resumed),
        (SignalKind::window_change(), Notice::Resized),
    ] {
        let mut stream = signal(kind)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while stream.recv().await.is_some() && sender.send(notice).is_ok() {}
        });
    }
    Ok(())
}

/// A handle of its own on the terminal's input.
pub struct Tty(OwnedFd);

/// What there was to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    Input,
    /// Nobody wants any.
    Over,
    /// The time is over.
    Nothing,
    /// The terminal is gone, or this system cannot wait on terminals.
    Gone,
}

impl Tty {
    pub fn input() -> io::Result<Self> {
        Ok(Self(io::stdin().as_fd().try_clone_to_owned()?))
    }

    /// Waits until there is input, or for so long, or until the other end of `over` is closed.
    pub fn wait(&self, patience: Option<Duration>, over: &PipeReader) -> Waited {
        self.poll(PollFlags::IN, patience, Some(over))
    }

    /// Waits, without an end, until the terminal is gone.
    fn wait_gone(&self) {
        // An end and an error are told even when no event is asked for.
        self.poll(PollFlags::empty(), None, None);
    }

    fn poll(
        &self,
        events: PollFlags,
        patience: Option<Duration>,
        over: Option<&PipeReader>,
    ) -> Waited {
        let patience = patience.and_then(|it| Timespec::try_from(it).ok());
        loop {
            let ended = match over {
                Some(over) => PollFd::new(over, PollFlags::IN),
                None => PollFd::new(&self.0, PollFlags::empty()),
            };
            let mut watched = [PollFd::new(&self.0, events), ended];
            match poll(&mut watched, patience.as_ref()) {
                Err(Errno::INTR) => {}
                Err(_) => return Waited::Gone,
                Ok(0) => return Waited::Nothing,
                Ok(_) => {
                    let [tty, ended] = watched;
                    if over.is_some() && !ended.revents().is_empty() {
                        return Waited::Over;
                    }
                    let told = tty.revents();
                    let gone = told.intersects(PollFlags::HUP | PollFlags::ERR);
                    let input = told.contains(PollFlags::IN) && !gone;
                    return if input { Waited::Input } else { Waited::Gone };
                }
            }
        }
    }

    /// Reads what is there, after [`Self::wait`]; 0 bytes when that is nothing after all, and an
    /// error at the terminal's end.
    pub fn read(&self, bytes: &mut [u8]) -> io::Result<usize> {
        match rustix::io::read(&self.0, bytes) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => Ok(length),
            Err(Errno::INTR | Errno::AGAIN) => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}

/// Needed beside SIGHUP: that may be ignored, or sent to others only.
fn terminal(sender: UnboundedSender<Notice>, last: LastResort) -> io::Result<()> {
    let tty = Tty::input()?;
    thread::Builder::new()
        .name("hangup".to_owned())
        .spawn(move || {
            tty.wait_gone();
            drill::point("hangup");
            // Still a terminal: this system cannot wait on it, and SIGHUP has to do.
            if rustix::termios::tcgetattr(&tty.0).is_ok() {
                return;
            }
            let _ = sender.send(Notice::Leave(STATUS));
            thread::sleep(PATIENCE);
            last.end(STATUS)
        })?;
    Ok(())
}
