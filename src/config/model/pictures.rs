//! The section `[pictures]`: whether, how, and how much of them.

use std::ops::RangeInclusive;

use super::{Fields, Problem};
use crate::domain::nearest;
use crate::picture::{Choice, Preference};

/// Its keys.
pub const KEYS: &[&str] = &["enabled", "protocol", "fetch_limit", "send_limit"];

/// Megabytes that may be fetched.
const FETCH: RangeInclusive<u64> = 1..=1000;
/// Kilobytes that may be sent.
const SEND: RangeInclusive<u64> = 5..=100_000;

/// Reads the section; what it does not say is as without it.
pub fn read(top: &Fields<'_>) -> Result<Preference, Problem> {
    let mut pictures = Preference::default();
    let Some(fields) = top.section("pictures", KEYS, "[pictures]")? else {
        return Ok(pictures);
    };
    if let Some(on) = fields.flag("enabled")? {
        pictures.enabled = on;
    }
    if let Some((word, span)) = fields.text("protocol")? {
        pictures.choice = Choice::of(&word).ok_or_else(|| {
            let words = Choice::NAMES.map(|(name, _)| name);
            let meant = nearest(&word, words)
                .map(|near| format!("; did you mean \"{near}\"?"))
                .unwrap_or_default();
            Problem {
                line: Some(fields.doc.line(&span)),
                message: format!("`protocol` is one of {}{meant}", super::list(&words)),
            }
        })?;
    }
    if let Some(megabytes) = fields.number("fetch_limit", FETCH)? {
        pictures.fetch = megabytes * 1_000_000;
    }
    if let Some(kilobytes) = fields.number("send_limit", SEND)? {
        pictures.send = usize::try_from(kilobytes * 1_000).ok();
    }
    Ok(pictures)
}
