//! How often what only turns or counts is drawn: ten times a second, twice on a slow line.

use std::time::{Duration, Instant};

/// Between two frames of what only turns or counts.
const USUAL: Duration = Duration::from_millis(100);
const SLOW: Duration = Duration::from_millis(500);
/// A terminal that takes longer than this to take a frame is at the end of a slow line.
const LONG: Duration = Duration::from_millis(150);
/// So long a line counts as slow after the last frame that took long.
const REMEMBERED: Duration = Duration::from_secs(30);

/// The pace of redraws.
#[derive(Debug)]
pub struct Pace {
    /// The user says that the line is slow.
    told: bool,
    /// When it last proved slow by itself.
    proved: Option<Instant>,
}

impl Pace {
    pub const fn new(slow: bool) -> Self {
        Self {
            told: slow,
            proved: None,
        }
    }

    /// The terminal took a frame in this time. Says whether the line is slow for the first time.
    pub fn took(&mut self, time: Duration, now: Instant) -> bool {
        if time < LONG {
            return false;
        }
        let news = !self.told && self.proved.is_none();
        self.proved = Some(now);
        news
    }

    /// Between two frames of what only turns or counts.
    pub fn pulse(&self, now: Instant) -> Duration {
        let proved = self.proved.is_some_and(|at| now < at + REMEMBERED);
        if self.told || proved { SLOW } else { USUAL }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_line_is_noticed_told_once_and_forgotten() {
        let start = Instant::now();
        let mut pace = Pace::new(false);
        assert!(!pace.took(Duration::from_millis(3), start));
        assert_eq!(pace.pulse(start), USUAL);
        assert!(pace.took(Duration::from_millis(400), start));
        assert_eq!(pace.pulse(start), SLOW);
        assert!(!pace.took(Duration::from_millis(400), start));
        assert_eq!(pace.pulse(start + REMEMBERED), USUAL);
    }

    #[test]
    fn what_the_user_says_holds() {
        let now = Instant::now();
        let mut pace = Pace::new(true);
        assert_eq!(pace.pulse(now), SLOW);
        assert!(!pace.took(Duration::from_secs(1), now), "it is no news");
    }
}
