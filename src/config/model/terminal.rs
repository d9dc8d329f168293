//! The section `[terminal]`: what the terminal is told beside the screen, and what it can show.

use super::{Fields, Problem};
use crate::domain::{Notify, Reports, Shape, nearest};

/// Its keys.
pub const KEYS: &[&str] = &["title", "progress", "notify", "ascii", "slow", "mouse"];

/// Reads the section; what it does not say is as without it.
pub fn read(top: &Fields<'_>) -> Result<(Reports, Shape), Problem> {
    let (mut reports, mut shape) = (Reports::default(), Shape::default());
    let Some(fields) = top.section("terminal", KEYS, "[terminal]")? else {
        return Ok((reports, shape));
    };
    if let Some(on) = fields.flag("title")? {
        reports.title = on;
    }
    if let Some(on) = fields.flag("progress")? {
        reports.progress = on;
    }
    if let Some((word, span)) = fields.text("notify")? {
        reports.notify = Notify::of(&word).ok_or_else(|| {
            let meant = nearest(&word, Notify::WORDS)
                .map(|near| format!("; did you mean \"{near}\"?"))
                .unwrap_or_default();
            Problem {
                line: Some(fields.doc.line(&span)),
                message: format!("`notify` is \"bell\", \"osc9\" or \"off\"{meant}"),
            }
        })?;
    }
    shape.ascii = fields.flag("ascii")?.unwrap_or_default();
    shape.slow = fields.flag("slow")?.unwrap_or_default();
    shape.no_mouse = !fields.flag("mouse")?.unwrap_or(true);
    Ok((reports, shape))
}
