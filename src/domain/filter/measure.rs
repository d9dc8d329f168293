//! Sizes and times with their bounds: `>1mb`, `1mb..5mb`, `<7d`, `2026-01-01..2026-02-01`.

use std::fmt;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use super::Facts;
use crate::domain::size_words;

/// What a value is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound<T> {
    Less(T),
    AtMost(T),
    More(T),
    AtLeast(T),
    /// Both ends count; one may be open.
    Within(Option<T>, Option<T>),
    /// As exactly as it was given.
    About(T),
}

type Sign<T> = fn(T) -> Bound<T>;

impl<T: Copy> Bound<T> {
    /// Reads the signs around values that `read` reads. The error is of the value.
    pub fn read<E>(text: &str, read: impl Fn(&str) -> Result<T, E>) -> Result<Self, E> {
        let some = |part: &str| match part.trim() {
            "" => Ok(None),
            part => read(part).map(Some),
        };
        let signs: [(&str, Sign<T>); 5] = [
            ("<=", Self::AtMost),
            (">=", Self::AtLeast),
            ("<", Self::Less),
            (">", Self::More),
            ("=", Self::About),
        ];
        for (sign, bound) in signs {
            if let Some(value) = text.strip_prefix(sign) {
                return read(value.trim()).map(bound);
            }
        }
        match text.split_once("..") {
            Some((from, to)) if !(from.trim().is_empty() && to.trim().is_empty()) => {
                Ok(Self::Within(some(from)?, some(to)?))
            }
            _ => read(text.trim()).map(Self::About),
        }
    }

    /// Whether a value holds, by how it compares to one of the bound's.
    fn holds(self, order: impl Fn(T) -> std::cmp::Ordering, about: impl Fn(T) -> bool) -> bool {
        match self {
            Self::Less(than) => order(than).is_lt(),
            Self::AtMost(than) => order(than).is_le(),
            Self::More(than) => order(than).is_gt(),
            Self::AtLeast(than) => order(than).is_ge(),
            Self::Within(from, to) => {
                from.is_none_or(|from| order(from).is_ge()) && to.is_none_or(|to| order(to).is_le())
            }
            Self::About(what) => about(what),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Less(it) => write!(f, "<{it}"),
            Self::AtMost(it) => write!(f, "<={it}"),
            Self::More(it) => write!(f, ">{it}"),
            Self::AtLeast(it) => write!(f, ">={it}"),
            Self::About(it) => write!(f, "{it}"),
            Self::Within(from, to) => {
                if let Some(from) = from {
                    write!(f, "{from}")?;
                }
                f.write_str("..")?;
                to.as_ref().map_or(Ok(()), |to| write!(f, "{to}"))
            }
        }
    }
}

/// A number of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size(pub u64);

/// Units of sizes in any case, and their bytes: thousands as the lists have them, powers of two with
/// an `i`.
pub const SIZES: [(&str, u64); 15] = [
    ("tib", 1 << 40),
    ("tb", 1_000_000_000_000),
    ("gib", 1 << 30),
    ("gb", 1_000_000_000),
    ("mib", 1 << 20),
    ("mb", 1_000_000),
    ("kib", 1 << 10),
    ("kb", 1000),
    ("b", 1),
    ("t", 1_000_000_000_000),
    ("g", 1_000_000_000),
    ("m", 1_000_000),
    ("k", 1000),
    ("bytes", 1),
    ("byte", 1),
];

impl Size {
    /// `1.5mb`; without a unit it is bytes. The error is the unit that is none, empty when there is
    /// no number.
    pub fn read(text: &str) -> Result<Self, String> {
        let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        if number.is_empty() {
            return Err(String::new());
        }
        let unit = unit.trim().to_lowercase();
        let known = SIZES.into_iter().find(|(name, _)| *name == unit);
        let bytes = match known {
            Some((_, bytes)) => bytes,
            None if unit.is_empty() => 1,
            None => return Err(unit),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let none = |_| String::new();
        if whole.is_empty() || part.len() > 9 {
            return Err(String::new());
        }
        let whole: u128 = whole.parse().map_err(none)?;
        let fraction: u128 = if part.is_empty() {
            0
        } else {
            part.parse::<u128>().map_err(none)? * u128::from(bytes)
                / 10_u128.pow(u32::try_from(part.len()).unwrap_or(9))
        };
        let all = whole
            .saturating_mul(u128::from(bytes))
            .saturating_add(fraction);
        Ok(Self(u64::try_from(all).unwrap_or(u64::MAX)))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, unit): &&(&str, u64)| self.0.is_multiple_of(*unit) && self.0 >= *unit;
        match SIZES.iter().take(9).find(fits) {
            Some((name, unit)) => write!(f, "{}{name}", self.0 / unit),
            None => write!(f, "{}b", self.0),
        }
    }
}

impl Bound<Size> {
    pub fn holds_size(self, bytes: u64) -> bool {
        self.holds(
            |size| bytes.cmp(&size.0),
            // As the lists show it.
            |size| size_words(bytes) == size_words(size.0),
        )
    }
}

/// How large a row is and when it changed, in sixteen bytes: what a long list keeps of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// In bytes; the greatest number is none.
    size: u64,
    /// In seconds; the least is none.
    changed: i64,
}

impl Default for Measure {
    /// Nothing is told.
    fn default() -> Self {
        Self {
            size: u64::MAX,
            changed: i64::MIN,
        }
    }
}

impl From<&Facts<'_>> for Measure {
    fn from(facts: &Facts<'_>) -> Self {
        let none = Self::default();
        Self {
            size: facts.size().unwrap_or(none.size),
            changed: facts.changed().map_or(none.changed, |time| {
                // Down, so that it stays on its day before 1970, too.
                time.as_second() - i64::from(time.subsec_nanosecond() < 0)
            }),
        }
    }
}

impl Measure {
    pub fn size(self) -> Option<u64> {
        (self.size != Self::default().size).then_some(self.size)
    }

    pub fn changed(self) -> Option<Timestamp> {
        // The least is far before all times.
        Timestamp::from_second(self.changed).ok()
    }
}

/// A moment as a filter names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So many units ago.
    Ago(u32, Unit),
    /// A day, as UTC counts them.
    Day(civil::Date),
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    /// Each with its word and its seconds.
    pub const ALL: [(&'static str, Self, i64); 6] = [
        ("min", Self::Minute, 60),
        ("h", Self::Hour, 3600),
        ("d", Self::Day, 86_400),
        ("w", Self::Week, 7 * 86_400),
        ("mo", Self::Month, 30 * 86_400),
        ("y", Self::Year, 365 * 86_400),
    ];

    fn entry(self) -> (&'static str, i64) {
        let found = Self::ALL.iter().find(|(_, unit, _)| *unit == self);
        found.map_or(("d", 86_400), |(word, _, seconds)| (word, *seconds))
    }
}

impl When {
    /// `7d`, `2026-01-31`. The error is the unit that is none, empty when there is no number.
    pub fn read(text: &str) -> Result<Self, String> {
        if let Ok(day) = text.parse::<civil::Date>() {
            return Ok(Self::Day(day));
        }
        let digits = text.find(|c: char| !c.is_ascii_digit());
        let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
        let number: u32 = number.parse().map_err(|_| String::new())?;
        let unit = unit.trim().to_lowercase();
        let known = Unit::ALL.into_iter().find(|(word, _, _)| *word == unit);
        known
            .map(|(_, unit, _)| Self::Ago(number, unit))
            .ok_or(unit)
    }

    /// How this time compares to it; of ages, how old it is.
    fn order(self, time: Timestamp, now: Timestamp) -> std::cmp::Ordering {
        match self {
            Self::Ago(count, unit) => {
                let age = now.as_second() - time.as_second();
                age.cmp(&(i64::from(count) * unit.entry().1))
            }
            Self::Day(day) => time.to_zoned(TimeZone::UTC).date().cmp(&day),
        }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ago(count, unit) => write!(f, "{count}{}", unit.entry().0),
            Self::Day(day) => write!(f, "{day}"),
        }
    }
}

impl Bound<When> {
    /// Whether a time holds: the signs speak of its age where the bound is one, else of its day.
    pub fn holds_time(self, time: Timestamp, now: Timestamp) -> bool {
        self.holds(
            |when| when.order(time, now),
            |when| match when {
                // Within the last so many.
                When::Ago(..) => when.order(time, now).is_le(),
                When::Day(_) => when.order(time, now).is_eq(),
            },
        )
    }
}
