//! The pause that a service asked an account for: until it is over no call leaves this machine, whoever
//! makes it.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Zoned};

use crate::api::{ApiError, ApiErrorKind, Delivery, KeptPause, PauseTold};
use crate::domain::time_words;

/// A pause is kept no longer than this: beyond it a person decides.
pub(super) const LONGEST: Duration = Duration::from_mins(5);

#[derive(Default)]
pub(super) struct Hold {
    asked: Mutex<Option<Asked>>,
    /// Hears of each pause that is kept.
    told: OnceLock<PauseTold>,
}

#[derive(Clone, Copy)]
struct Asked {
    /// As long as calls are refused here.
    kept: Instant,
    /// As long as the service wants none.
    until: Instant,
}

impl Hold {
    /// Keeps to the pause that the answer asked for, if it did.
    pub fn ask(&self, error: &ApiError) {
        let ApiErrorKind::RateLimited { after: Some(wait) } = error.kind else {
            return;
        };
        if error.delivery == Delivery::Answered {
            self.begin(KeptPause {
                ago: Duration::ZERO,
                left: wait,
            });
            // Beyond the longest the user decides, by the next command.
            if let (Some(told), true) = (self.told.get(), wait <= LONGEST) {
                told(wait);
            }
        }
    }

    /// Keeps to a pause that another process was asked for, and tells of those that come.
    pub fn keep(&self, pause: Option<KeptPause>, told: PauseTold) {
        if let Some(pause) = pause {
            self.begin(pause);
        }
        // Told to one, which is there from the beginning.
        let _ = self.told.set(told);
    }

    fn begin(&self, KeptPause { ago, left }: KeptPause) {
        let now = Instant::now();
        let kept = now + left.min(LONGEST.saturating_sub(ago));
        let until = now + left;
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let old = asked.unwrap_or(Asked { kept, until });
        *asked = Some(Asked {
            kept: old.kept.max(kept),
            until: old.until.max(until),
        });
    }

    /// How long the service wants no call still; `None` where one may be made.
    pub fn left(&self) -> Option<Duration> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let asked = asked.filter(|asked| asked.kept > now)?;
        Some(asked.until.saturating_duration_since(now))
    }
}

/// How long a pause lasts still, and until when.
pub(super) fn words(left: Duration) -> String {
    let left = Duration::from_secs(left.as_secs() + 1);
    let until = Zoned::now().saturating_add(SignedDuration::try_from(left).unwrap_or_default());
    let day = if left < Duration::from_hours(12) {
        "%H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M"
    };
    format!(
        "the service asked for a pause until {}, which is {} from now",
        until.strftime(day),
        time_words(left)
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    fn limited(seconds: u64) -> ApiError {
        let after = Some(Duration::from_secs(seconds));
        let mut error = ApiError::new("list", ApiErrorKind::RateLimited { after }, "too many");
        error.delivery = Delivery::Answered;
        error
    }

    #[test]
    fn a_long_pause_is_told_as_long_as_it_is_and_left_to_the_user() {
        let hold = Hold::default();
        hold.ask(&limited(3600));
        let left = hold.left().unwrap();
        assert!(left > Duration::from_secs(3500), "{left:?}");
        assert!(words(left).ends_with("1 h 00 min from now"), "{left:?}");
    }

    #[test]
    fn only_what_is_kept_is_told_and_one_of_before_is_kept_as_long_as_one_of_our_own() {
        let hold = Hold::default();
        let told = Arc::new(AtomicU64::new(0));
        let heard = Arc::clone(&told);
        let minutes = Duration::from_mins;
        let pause = |ago, left| KeptPause {
            ago: minutes(ago),
            left: minutes(left),
        };
        hold.keep(
            Some(pause(4, 100)),
            Box::new(move |wait| {
                heard.fetch_add(wait.as_secs(), Ordering::Relaxed);
            }),
        );
        assert!(hold.left().unwrap() > minutes(99));
        hold.ask(&limited(301));
        assert_eq!(told.load(Ordering::Relaxed), 0);
        hold.ask(&limited(300));
        assert_eq!(told.load(Ordering::Relaxed), 300);
        let over = Hold::default();
        over.keep(Some(pause(5, 100)), Box::new(|_| {}));
        assert_eq!(over.left(), None, "somebody may try");
    }
}
