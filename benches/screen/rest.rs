//! What the program takes while nobody touches it.

use std::time::Duration;

use anyhow::Result;

use crate::Args;
use crate::table::{Spread, row};
use crate::world::{World, in_assets};

/// Rows of the list that it stands in.
const ROWS: usize = 10_000;
/// So long it sleeps before it counts as at rest: every notice has run out, every list is in.
const ASLEEP: Duration = Duration::from_secs(2);

pub fn measure(args: &Args) -> Result<()> {
    let world = World::start(&[("websites", 1), ("assets", ROWS), ("segments", ROWS)])?;
    let mut terminal = in_assets(&world.home()?, ROWS)?;
    terminal.rest(ASLEEP)?;
    let before = terminal.usage()?;
    let written = terminal.pty.written();
    terminal.settle(Duration::from_secs(args.rest));
    let after = terminal.usage()?;
    let what = |what: &str| format!("{} s at rest: {what}", args.rest);
    let line = |name: &str, value: f64, unit, goal| {
        row(&what(name), &[""], Spread::of([value]), unit, Some(goal));
    };
    line("bytes", (terminal.pty.written() - written) as f64, "", 0.0);
    line(
        "wake-ups of any thread",
        after.naps_since(&before) as f64,
        "",
        0.0,
    );
    line("threads", after.threads() as f64, "", 8.0);
    let used = after.processor_since(&before);
    let used = Spread::of([used.as_secs_f64() * 1e6]);
    row(&what("processor time"), &[""], used, " µs", None);
    terminal.leave()
}
