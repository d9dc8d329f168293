//! What stands on the terminal and is to go before somebody else gets it: the block, and what it was told
//! beside it. Also taken back from outside the command, when the process is stopped or has to end.

use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread;
use std::time::Duration;

use super::block::Block;
use super::terminal_room;
use crate::tui::report::Debt;

/// On the terminal that this process's standard error is.
static OWN: LazyLock<Standing> = LazyLock::new(Standing::default);

/// Who writes gets so many looks of [`PAUSE`] to end. One that the terminal holds does not.
const LOOKS: usize = 10;
const PAUSE: Duration = Duration::from_millis(10);

#[derive(Debug, Clone, Default)]
pub struct Standing(Arc<Mutex<Stands>>);

#[derive(Debug, Default)]
pub(super) struct Stands {
    pub block: Block,
    pub debt: Debt,
    /// Somebody else has the terminal: nothing may be put on it.
    pub away: bool,
}

impl Standing {
    pub(super) fn own() -> Self {
        OWN.clone()
    }

    /// Held while what is taken from it is written, so that all is on the terminal that stands here.
    pub(super) fn lock(&self) -> MutexGuard<'_, Stands> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for those who must not wait for ever.
    fn lock_soon(&self) -> Option<MutexGuard<'_, Stands>> {
        for _ in 0..LOOKS {
            match self.0.try_lock() {
                Ok(stands) => return Some(stands),
                Err(TryLockError::Poisoned(stands)) => return Some(stands.into_inner()),
                Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            }
        }
        None
    }
}

/// Takes all back, and lets nothing be put on the terminal any more before [`come_back`].
pub fn give_back() {
    let Some(mut stands) = OWN.lock_soon() else {
        return;
    };
    stands.away = true;
    let text = stands.block.lift(terminal_room().0) + &stands.debt.settle();
    if !text.is_empty() {
        // The terminal may be gone.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}

/// The terminal is ours again. What was on it stands somewhere above, with what others wrote below.
pub fn come_back() {
    let mut stands = OWN.lock();
    stands.away = false;
    stands.block.forget();
}
