//! The most memory that the screen ever has, as the system tells it (`VmHWM`), on its first start and on
//! one that begins with what was kept.

use anyhow::{Context as _, Result};

use crate::Args;
use crate::home::Home;
use crate::table::{Spread, row};
use crate::terminal::Terminal;
use crate::usage::peak;
use crate::world::{World, in_assets, in_segments};

pub fn measure(args: &Args) -> Result<()> {
    for rows in &args.assets {
        of(*rows, "assets", in_assets)?;
    }
    for rows in &args.segments {
        of(*rows, "segments", in_segments)?;
    }
    Ok(())
}

/// What lists of so many rows may take, in MiB.
const GOALS: [(usize, f64); 3] = [(10_000, 20.0), (100_000, 45.0), (1_000_000, 200.0)];

fn of(rows: usize, what: &str, open: fn(&Home, usize) -> Result<Terminal>) -> Result<()> {
    let world = World::start(&[("websites", 1), ("assets", rows), ("segments", rows)])?;
    let home = world.home()?;
    let goal = GOALS.iter().find(|(most, _)| rows <= *most);
    for start in ["the first start", "with what was kept"] {
        let terminal = open(&home, rows)?;
        let peak = peak(terminal.pty.pid()).context("the program is gone")? as f64 / 1024.0;
        terminal.leave()?;
        row(
            &format!("peak memory with {rows} {what}, {start}"),
            &[""],
            Spread::of([peak]),
            " MiB",
            goal.map(|(_, goal)| *goal),
        );
    }
    Ok(())
}
