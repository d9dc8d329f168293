//! The section `[index]`: whether what was listed is kept on this machine.

use super::{Fields, Problem};

/// Its keys.
pub const KEYS: &[&str] = &["keep"];

/// Whether it is; it is where nothing is said.
pub fn read(top: &Fields<'_>) -> Result<bool, Problem> {
    let Some(fields) = top.section("index", KEYS, "[index]")? else {
        return Ok(true);
    };
    Ok(fields.flag("keep")?.unwrap_or(true))
}
