//! Watches the terminal itself and the system's signals: when the terminal goes, or somebody asks us
//! to leave, the process is gone soon, whatever the main thread is doing.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::terminal::Restore;

/// The main thread's time to leave by itself, before the process is ended.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What the main loop has to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Leave: the exit status that says why.
    Leave(u8),
    /// Stop until told to go on.
    Suspend,
    /// We were stopped, and go on.
    Resumed,
}

/// Ends the process when the main thread does not.
#[derive(Clone)]
struct LastResort {
    restore: Restore,
    /// There once somebody asked to leave.
    asked: Arc<std::sync::atomic::AtomicBool>,
}

impl LastResort {
    /// `true` for the first request to leave.
    fn first(&self) -> bool {
        !self.asked.swap(true, std::sync::atomic::Ordering::SeqCst)
    }

    #[allow(clippy::disallowed_methods)] // The guard is run first; the main thread may be stuck.
    fn end(&self, status: u8) -> ! {
        self.restore.give_back_quickly();
        std::process::exit(i32::from(status))
    }
}

/// Begins to watch. Must be called inside a runtime with worker threads.
pub fn watch(restore: Restore) -> std::io::Result<UnboundedReceiver<Notice>> {
    let (sender, receiver) = unbounded_channel();
    let last = LastResort {
        restore,
        asked: Arc::default(),
    };
    #[cfg(unix)]
    {
        signals(&sender, &last)?;
        terminal(sender, last)?;
    }
    #[cfg(not(unix))]
    drop((sender, last));
    Ok(receiver)
}

#[cfg(unix)]
fn signals(sender: &UnboundedSender<Notice>, last: &LastResort) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    for (kind, status) in [
        (SignalKind::interrupt(), 130),
        (SignalKind::terminate(), 143),
        (SignalKind::hangup(), 129),
        (SignalKind::quit(), 131),
    ] {
        let mut stream = signal(kind)?;
        let sender = sender.clone();
        let last = last.clone();
        tokio::spawn(async move {
            while stream.recv().await.is_some() {
                // A second one means: at once.
                if !last.first() {
                    last.end(status);
                }
                let _ = sender.send(Notice::Leave(status));
                let last = last.clone();
                thread::spawn(move || {
                    thread::sleep(PATIENCE);
                    last.end(status);
                });
            }
        });
    }
    let stop = SignalKind::from_raw(rustix::process::Signal::TSTP.as_raw());
    let go_on = SignalKind::from_raw(rustix::process::Signal::CONT.as_raw());
    for (kind, notice) in [(stop, Notice::Suspend), (go_on, Notice::Resumed)] {
        let mut stream = signal(kind)?;
        let sender = sender.clone();
        tokio::spawn(async move {
            while stream.recv().await.is_some() && sender.send(notice).is_ok() {}
        });
    }
    Ok(())
}

/// Waits on the terminal for nothing but its end. Needed beside SIGHUP: that may be ignored or sent
/// to others only, and crossterm's reader spins on a terminal that is gone.
#[cfg(unix)]
fn terminal(sender: UnboundedSender<Notice>, last: LastResort) -> std::io::Result<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;
    use std::os::fd::AsFd as _;

    let input = std::io::stdin().as_fd().try_clone_to_owned()?;
    thread::Builder::new()
        .name("hangup".to_owned())
        .spawn(move || {
            loop {
                // No event is asked for: an end and an error are told all the same, input is not.
                let mut watched = [PollFd::new(&input, PollFlags::empty())];
                match poll(&mut watched, None) {
                    Err(Errno::INTR) => {}
                    // A system that cannot poll terminals; SIGHUP remains.
                    Err(_) => return,
                    Ok(_) => {
                        let [watched] = watched;
                        let told = watched.revents();
                        if told.intersects(PollFlags::HUP | PollFlags::ERR) {
                            break;
                        }
                        if !told.is_empty() {
                            return;
                        }
                    }
                }
            }
            last.first();
            let _ = sender.send(Notice::Leave(129));
            // Less than for a signal: the reader spins meanwhile, and nobody is there to see.
            thread::sleep(Duration::from_millis(700));
            last.end(129)
        })?;
    Ok(())
}
