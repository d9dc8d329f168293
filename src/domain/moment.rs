//! A service's time as text, read leniently.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

/// A time of a service, as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Exact(Timestamp),
    /// Without an offset: nobody says whose clock it was, so it is shown as it stands.
    Civil(civil::DateTime),
    Day(civil::Date),
}

impl Moment {
    /// `None` when it is no time that we can read.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(exact) = text.parse::<Timestamp>() {
            return Some(Self::Exact(exact));
        }
        if text.len() <= "2026-01-31".len() {
            return text.parse::<civil::Date>().ok().map(Self::Day);
        }
        text.parse::<civil::DateTime>().ok().map(Self::Civil)
    }

    /// The instant, where a clock that was not told is that of UTC; `None` beyond what is counted.
    pub fn instant(self) -> Option<Timestamp> {
        let civil = match self {
            Self::Exact(exact) => return Some(exact),
            Self::Civil(civil) => civil,
            Self::Day(day) => day.at(0, 0, 0, 0),
        };
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(zoned.timestamp())
    }
}
