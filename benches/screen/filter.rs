//! A key of the filter in the real program: until the first rows change on the screen, and the last.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::Args;
use crate::table::{Spread, row};
use crate::terminal::RESTED;
use crate::world::{World, in_assets};

/// Typed letter by letter.
const WORD: &str = "hero";
/// So long after the first rows, the last: in lists of up to so many rows, in milliseconds.
const GOALS: [(usize, f64); 2] = [(100_000, 16.0), (1_000_000, 60.0)];
/// Until the first rows.
const FIRST: f64 = 16.0;

pub fn measure(args: &Args) -> Result<()> {
    for rows in &args.filtered {
        let world = World::start(&[("websites", 1), ("assets", *rows), ("segments", 100)])?;
        let home = world.home()?;
        let mut terminal = in_assets(&home, *rows)?;
        let mut keys = vec![(Vec::new(), Vec::new()); WORD.len()];
        for _ in 0..args.runs {
            terminal.press("/", RESTED);
            // What is looked through is made now.
            terminal.rest(RESTED)?;
            for (letter, (first, all)) in WORD.chars().zip(&mut keys) {
                let reply = terminal.press(&letter.to_string(), 2 * RESTED);
                let changes = reply.changes(list);
                first.push(*changes.first().context("nothing was found")?);
                all.push(*changes.last().context("nothing was found")?);
            }
            terminal.press("\x1b", RESTED);
            terminal.rest(RESTED)?;
        }
        let goal = GOALS.iter().find(|(most, _)| rows <= most);
        for (typed, (first, all)) in (1..).zip(&keys) {
            let what = |what: &str| format!("{rows} assets: /{}: {what}", &WORD[..typed]);
            let ms = |times: &[Duration]| Spread::of(times.iter().map(|it| it.as_secs_f64() * 1e3));
            row(&what("first rows"), &[""], ms(first), " ms", Some(FIRST));
            let goal = goal.map(|(_, goal)| *goal);
            row(&what("all rows"), &[""], ms(all), " ms", goal);
        }
        terminal.leave()?;
    }
    Ok(())
}

/// The second of three panes, and the number in its title.
fn list(screen: &str) -> Vec<String> {
    let title = screen.lines().nth(1).unwrap_or_default();
    let count = title.split_once("Assets").map_or("", |(_, rest)| rest);
    let count = count.split('─').next().unwrap_or_default();
    let rows = screen.lines().filter_map(|line| line.split('│').nth(3));
    std::iter::once(count)
        .chain(rows)
        .map(str::to_owned)
        .collect()
}
