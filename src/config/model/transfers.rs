//! The section `[transfers]`: how files go up and down.

use std::ops::RangeInclusive;

use super::usual::{self, Usual};
use super::{AT_ONCE, Fields, Problem};

/// Its keys.
pub const KEYS: &[&str] = &["patterns", "save_to", "at_once", "listed_within"];

/// How many seconds a file may be looked for; 0 is one look.
const LISTED_WITHIN: RangeInclusive<u64> = 0..=300;

/// The section as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sending {
    /// What holds for uploads and saves where neither container nor account says otherwise.
    pub usual: Usual,
    /// How many transfers of one account run side by side, where the account does not say.
    pub at_once: Option<u64>,
    /// For so many seconds a file is looked for that the service took and does not list yet.
    pub listed_within: Option<u64>,
}

/// Reads the section; what it does not say is as without it.
pub fn read(top: &Fields<'_>) -> Result<Sending, Problem> {
    let Some(fields) = top.section("transfers", KEYS, "[transfers]")? else {
        return Ok(Sending::default());
    };
    Ok(Sending {
        usual: usual::read(&fields)?,
        at_once: fields.number("at_once", AT_ONCE)?,
        listed_within: fields.number("listed_within", LISTED_WITHIN)?,
    })
}
