//! Filters over segments, as the extraction and the component call share them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, civil};
use serde_json::Value;

use super::{Refusal, optional};
use crate::demo::seed::flex::Segment;

/// Lists in a filter hold at most so many entries (documented).
const LONGEST: usize = 500;

/// A text filter.
#[derive(Debug)]
struct Pattern {
    mode: Mode,
    value: String,
    ignore_case: bool,
}

#[derive(Clone, Copy, Debug)]
enum Mode {
    Plain,
    Prefix,
    Suffix,
    Infix,
    Wildcards,
    Empty,
}

/// Which segments are wanted. What is left out wants all.
#[derive(Debug)]
pub struct Filter {
    keys: Option<Vec<String>>,
    key: Option<Pattern>,
    components: Option<Vec<String>>,
    component: Option<Pattern>,
    sids: Option<Vec<u64>>,
    first: Option<u64>,
    last: Option<u64>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Filter {
    /// Reads the members of a request that filter; the others are none of its business.
    pub fn read(body: &Value) -> Result<Self, Refusal> {
        let texts = |value: &Value| -> Option<Vec<String>> {
            let list = value.as_array().filter(|list| list.len() <= LONGEST)?;
            list.iter()
                .map(|text| text.as_str().map(ToOwned::to_owned))
                .collect()
        };
        let numbers = |value: &Value| -> Option<Vec<u64>> {
            value
                .as_array()
                .filter(|list| list.len() <= LONGEST)?
                .iter()
                .map(Value::as_u64)
                .collect()
        };
        let whole = |value: &Value| value.as_u64().filter(|number| *number >= 1);
        let (since, until) = match optional(body, "dtchange", |value| value.as_object().cloned())? {
            None => (None, None),
            Some(dates) => dates_of(&Value::Object(dates))?,
        };
        let lower = |keys: Vec<String>| keys.iter().map(|key| key.to_lowercase()).collect();
        Ok(Self {
            keys: optional(body, "keys", texts)?.map(lower),
            key: pattern(body, "key", true)?,
            components: optional(body, "components", texts)?,
            component: pattern(body, "component", false)?,
            sids: optional(body, "segments", numbers)?,
            first: optional(body, "bsidMin", whole)?,
            last: optional(body, "bsidMax", whole)?,
            since,
            until,
        })
    }

    /// Whether a segment is wanted.
    pub fn holds(&self, sid: u64, segment: &Segment) -> bool {
        let key = || segment.key.to_lowercase();
        self.first.is_none_or(|first| segment.bsid >= first)
            && self.last.is_none_or(|last| segment.bsid <= last)
            && self.sids.as_ref().is_none_or(|sids| sids.contains(&sid))
            && self.keys.as_ref().is_none_or(|keys| keys.contains(&key()))
            && self
                .key
                .as_ref()
                .is_none_or(|pattern| pattern.holds(&segment.key))
            && self
                .components
                .as_ref()
                .is_none_or(|list| list.contains(&segment.component))
            && self
                .component
                .as_ref()
                .is_none_or(|pattern| pattern.holds(&segment.component))
            && self.since.is_none_or(|since| segment.changed >= since)
            && self.until.is_none_or(|until| segment.changed <= until)
    }
}

impl Pattern {
    fn holds(&self, text: &str) -> bool {
        let lowered = if self.ignore_case {
            text.to_lowercase()
        } else {
            text.to_owned()
        };
        let text = lowered.as_str();
        let value = self.value.as_str();
        match self.mode {
            Mode::Plain => text == value,
            Mode::Prefix => text.starts_with(value),
            Mode::Suffix => text.ends_with(value),
            Mode::Infix => text.contains(value),
            Mode::Wildcards => wildcards(value, text),
            Mode::Empty => text.is_empty(),
        }
    }
}

/// `*` for any run of characters, `?` for one.
fn wildcards(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            // Back to the last star, which takes one character more.
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

/// A string filter of a request.
fn pattern(body: &Value, name: &str, ignore_case: bool) -> Result<Option<Pattern>, Refusal> {
    let Some(filter) = optional(body, name, |value| value.as_object().cloned())? else {
        return Ok(None);
    };
    let mode = match filter.get("mode").and_then(Value::as_str) {
        Some("Plain") => Mode::Plain,
        Some("Prefix") => Mode::Prefix,
        Some("Suffix") => Mode::Suffix,
        Some("Infix") => Mode::Infix,
        Some("Wildcards") => Mode::Wildcards,
        Some("Empty") => Mode::Empty,
        // The one mode that the demo does not offer: it has no engine for it, and says so.
        Some("Regex") => return Err(Refusal::usual("The filter mode Regex is not available.")),
        _ => {
            return Err(Refusal::usual(format!(
                "Invalid mode of the filter '{name}'."
            )));
        }
    };
    let value = filter.get("value").and_then(Value::as_str).unwrap_or("");
    let value = if ignore_case {
        value.to_lowercase()
    } else {
        value.to_owned()
    };
    Ok(Some(Pattern {
        mode,
        value,
        ignore_case,
    }))
}

fn dates_of(filter: &Value) -> Result<(Option<Timestamp>, Option<Timestamp>), Refusal> {
    let date = |value: &Value| {
        let text = value.as_str()?;
        let as_utc = || {
            let plain: civil::DateTime = text.parse().ok()?;
            Some(plain.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        text.parse().ok().or_else(as_utc)
    };
    let back = |hours: u64| {
        let length = SignedDuration::from_hours(i64::try_from(hours).ok()?);
        Timestamp::now().checked_sub(length).ok()
    };
    let mut since = optional(filter, "min", date)?;
    if let Some(hours) = optional(filter, "hours", Value::as_u64)? {
        since = since.or_else(|| back(hours));
    }
    if let Some(days) = optional(filter, "days", Value::as_u64)? {
        since = since.or_else(|| back(days.saturating_mul(24)));
    }
    Ok((since, optional(filter, "max", date)?))
}

#[cfg(test)]
mod tests {
    use super::wildcards;

    #[test]
    fn wildcards_match_whole_texts() {
        for (pattern, text) in [
            ("a*c", "abc"),
            ("*", ""),
            ("?ö*", "höher"),
            ("a*b*", "aab"),
            ("**", "x"),
        ] {
            assert!(wildcards(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*c", "abcd"), ("?", ""), ("", "a"), ("a", "A")] {
            assert!(!wildcards(pattern, text), "{pattern} {text}");
        }
    }
}
