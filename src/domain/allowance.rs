//! What a service allows in a while, and how fast a sweep may go: what is left of that, less what is
//! kept for people.

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

/// How much of an allowance work that can wait leaves to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    /// Listings and sweeps leave a tenth to the people who work meanwhile.
    Sweeps,
    /// What the screen asks for what is looked at leaves a twentieth to what is changed and sent.
    Looks,
}

/// Why a sweep may not make its next call yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// So many calls were made in the time of the allowance.
    pub made: u64,
    pub of: Allowance,
    pub until: Timestamp,
}

/// A time for people, in its largest unit that fits.
fn span(window: Duration) -> String {
    match window.as_secs() {
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// The longest time that calls are remembered for.
const HOUR: Duration = Duration::from_hours(1);

impl Allowance {
    /// A service allows so many calls an hour.
    pub fn hourly(calls: u32) -> Self {
        Self {
            calls: calls.into(),
            window: HOUR,
        }
    }

    /// Reads calls and a time up to an hour: `1000/1h`, `100/min`, `20/10s`.
    pub fn read(text: &str) -> Option<Self> {
        let (calls, time) = text.split_once('/')?;
        let calls = calls.trim().parse().ok().filter(|calls| *calls > 0)?;
        let time = time.trim();
        let (many, unit) = time.split_at(time.find(|c: char| !c.is_ascii_digit())?);
        let unit = match unit.trim() {
            "s" => 1,
            "min" => 60,
            "h" => HOUR.as_secs(),
            _ => return None,
        };
        let many: u64 = if many.is_empty() {
            1
        } else {
            many.parse().ok()?
        };
        let window = Duration::from_secs(many.checked_mul(unit)?);
        (!window.is_zero() && window <= HOUR).then_some(Self { calls, window })
    }

    /// The time as words go on after a number of calls: `an hour`, `in 10 s`.
    pub fn in_time(self) -> String {
        if self.window == HOUR {
            "an hour".to_owned()
        } else {
            format!("in {}", span(self.window))
        }
    }

    /// How many of them may be made before such work waits. Never none, or it would never end.
    pub fn open_to(self, share: Share) -> u64 {
        let part = match share {
            Share::Sweeps => 10,
            Share::Looks => 20,
        };
        (self.calls - self.calls.div_ceil(part)).max(1)
    }

    /// Calls until then do not count any more.
    pub fn since(self, now: Timestamp) -> Timestamp {
        now.checked_sub(self.window).unwrap_or(Timestamp::MIN)
    }

    /// `None` where one more call may be made after these, which are in the order of their time. What
    /// is in the future, where a clock was set back, counts as made now.
    pub fn pace(self, share: Share, spent: &[(Timestamp, u64)], now: Timestamp) -> Option<Held> {
        let most = self.open_to(share);
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
                    of: self,
                    until: at.checked_add(self.window).unwrap_or(Timestamp::MAX),
                });
            }
        }
        None
    }
}

impl Held {
    /// When it goes on, by the clock on the wall.
    pub fn clock(&self) -> String {
        let clock = self.until.to_zoned(TimeZone::system());
        // Rounded up: at the time that is said it goes on.
        let (round, form) = match self.of.window {
            HOUR => (59, "%H:%M"),
            _ => (1, "%H:%M:%S"),
        };
        let round = SignedDuration::from_secs(round);
        let clock = clock.checked_add(round).unwrap_or(clock);
        clock.strftime(form).to_string()
    }
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { made, of, .. } = self;
        let last = match of.window {
            HOUR => "hour".to_owned(),
            window => span(window),
        };
        let (of, clock) = (of.calls, self.clock());
        write!(
            f,
            "{made} of {of} calls of the last {last} are made, and the rest is kept for other work; \
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
            of: hour,
            until: at(10_000),
        });
        // Two go, and there is room for one more.
        assert_eq!(hour.pace(Share::Sweeps, &spent, at(300)), wait);
        assert_eq!(hour.pace(Share::Sweeps, &spent, at(9_999)), wait);
        assert_eq!(hour.pace(Share::Sweeps, &spent, at(10_000)), None);
        assert_eq!(hour.pace(Share::Sweeps, &[], at(0)), None);
        // What is looked at leaves less to others.
        let spent = [(at(0), 18)];
        assert_eq!(hour.pace(Share::Looks, &spent, at(1)), None);
        assert!(hour.pace(Share::Sweeps, &spent, at(1)).is_some());
        let spent = [(at(0), 19)];
        assert!(hour.pace(Share::Looks, &spent, at(1)).is_some());
    }

    #[test]
    fn calls_and_a_time_up_to_an_hour_are_read() {
        let read = |text: &str| Allowance::read(text).map(|it| (it.calls, it.window.as_secs()));
        assert_eq!(read("1000/1h"), Some((1000, 3600)));
        assert_eq!(read("1000 / h"), Some((1000, 3600)));
        assert_eq!(read("100/min"), Some((100, 60)));
        assert_eq!(read("20/10s"), Some((20, 10)));
        for wrong in [
            "",
            "1000",
            "1000/",
            "0/1h",
            "-1/h",
            "10/2h",
            "10/0s",
            "10/d",
            "x/h",
            "10/61min",
            "10/99999999999999999999s",
            "10/1h2",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wait_names_the_time_that_the_allowance_is_for() {
        let said = |text: &str| {
            let of = Allowance::read(text).unwrap();
            let until = at(0);
            Held { made: 9, of, until }.to_string()
        };
        assert!(said("10/h").contains("9 of 10 calls of the last hour are made"));
        assert!(said("10/2min").contains("9 of 10 calls of the last 2 min are made"));
        assert!(said("10/90s").contains("of the last 90 s are made"));
        let in_time = |text: &str| Allowance::read(text).unwrap().in_time();
        assert_eq!(in_time("10/60min"), "an hour");
        assert_eq!(in_time("10/1min"), "in 1 min");
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
                if let Some(Held { until, made, .. }) = hour.pace(Share::Sweeps, &spent, at(now)) {
                    prop_assert!(until > at(now) && made >= hour.open_to(Share::Sweeps));
                    now = until.as_millisecond() - at(0).as_millisecond();
                }
                prop_assert_eq!(hour.pace(Share::Sweeps, &spent, at(now)), None);
                spent.push((at(now), 1));
                let since = hour.since(at(now));
                let within = spent.iter().filter(|it| it.0 > since).count() as u64;
                prop_assert!(within <= hour.open_to(Share::Sweeps));
                prop_assert!(hour.open_to(Share::Sweeps) <= (calls - calls.div_ceil(10)).max(1));
            }
        }
    }
}
