//! The one place in the suite that sleeps: waiting for a condition, with a deadline.

use std::time::{Duration, Instant};

/// Asks again and again until the condition holds; false when the time is over.
pub fn until(within: Duration, mut condition: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + within;
    loop {
        if condition() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Watches for a while that something does not happen. The time is the measurement itself.
pub fn never(window: Duration, happened: impl FnMut() -> bool) -> bool {
    !until(window, happened)
}
