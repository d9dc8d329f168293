//! How fast a sweep may go: what is left of a service's allowance, less what is kept for people.

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// So many calls within any stretch of time of this length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    pub calls: u64,
    pub window: Duration,
}

/// Why a sweep may not make its next call yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// So many calls of the last hour are made,
    pub made: u64,
    /// of so many that the service allows.
    pub of: u64,
    pub until: Timestamp,
}

impl Allowance {
    /// A service allows so many calls an hour.
    pub fn hourly(calls: u32) -> Self {
        Self {
            calls: calls.into(),
            window: Duration::from_hours(1),
        }
    }

    /// How many of them a sweep may make: a tenth is kept for the people who work meanwhile. Never
    /// none, or a sweep would never end.
    pub fn for_sweeps(self) -> u64 {
        (self.calls - self.calls.div_ceil(10)).max(1)
    }

    /// Calls until then do not count any more.
    pub fn since(self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.window).unwrap_or(Timestamp::MIN)
    }

    /// `None` where one more call may be made after these, which are in the order of their time. What
    /// is in the future, where a clock was set back, counts as made now.
    pub fn pace(self, spent: &[(Timestamp, u64)], now: Timestamp) -> Option<Held> {
        let most = self.for_sweeps();
        let since = self.since(now);
        let counted: Vec<(Timestamp, u64)> = { spent.iter() }
            .filter(|(at, _)| *at > since)
            .map(|(at, calls)| ((*at).min(now), *calls))
            .collect();
        let made: u64 = counted.iter().map(|it| it.1).sum();
        let mut left = made;
        for (at, calls) in counted {
            if left < most {
                break;
            }
            left = left.saturating_sub(calls);
            if left < most {
                return Some(Held {
                    made,
                    of: self.calls,
                    until: at.checked_add(self.window).unwrap_or(Timestamp::MAX),
                });
            }
        }
        None
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, of, until } = self;
        let clock = until.to_zoned(TimeZone::system());
        // Rounded up: at the minute that is said it goes on.
        let clock = clock
            .checked_add(SignedDuration::from_secs(59))
            .unwrap_or(clock);
        let clock = clock.strftime("%H:%M");
        write!(
            f,
            "{made} of {of} calls of the last hour are made, and the rest is kept for other work; \
             going on at {clock}"
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap()
    }

    #[test]
    fn a_full_hour_waits_for_its_oldest_calls() {
        let hour = Allowance {
            calls: 20,
            window: Duration::from_secs(10),
        };
        let spent = [(at(0), 2), (at(100), 15), (at(200), 2)];
        let wait = Some(Held {
            made: 19,
            of: 20,
            until: at(10_000),
        });
        // Two go, and there is room for one more.
        assert_eq!(hour.pace(&spent, at(300)), wait);
        assert_eq!(hour.pace(&spent, at(9_999)), wait);
        assert_eq!(hour.pace(&spent, at(10_000)), None);
        assert_eq!(hour.pace(&[], at(0)), None);
    }

    proptest! {
        /// A sweep that asks at any times, goes on when it may, and is held up by others.
        #[test]
        fn no_window_ever_holds_more_than_is_open_to_sweeps(
            calls in 1_u64..60,
            window in 1_u64..500,
            gaps in prop::collection::vec(0_i64..40, 1..300),
        ) {
            let hour = Allowance { calls, window: Duration::from_millis(window) };
            let mut spent: Vec<(Timestamp, u64)> = Vec::new();
            let mut now = 0;
            for gap in gaps {
                now += gap;
                if let Some(Held { until, made, .. }) = hour.pace(&spent, at(now)) {
                    prop_assert!(until > at(now) && made >= hour.for_sweeps());
                    now = until.as_millisecond() - at(0).as_millisecond();
                }
                prop_assert_eq!(hour.pace(&spent, at(now)), None);
                spent.push((at(now), 1));
                let since = hour.since(at(now));
                let within = spent.iter().filter(|it| it.0 > since).count() as u64;
                prop_assert!(within <= hour.for_sweeps());
                prop_assert!(hour.for_sweeps() <= (calls - calls.div_ceil(10)).max(1));
            }
        }
    }
}
