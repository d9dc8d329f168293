//! What a key costs in a list: bytes on the line, beside the least there can be, and time.

use anyhow::{Context as _, Result};

use crate::home::Home;
use crate::table::{Spread, row};
use crate::terminal::{QUIET, RESTED, Reply, SIZE, Terminal};
use crate::world::{World, in_assets, in_segments};
use crate::{Args, least};

/// So many rows down, and up again: none of these keys scrolls.
const WINDOW: usize = 25;
/// Pressed at once.
const QUEUED: usize = 100;

pub fn measure(args: &Args) -> Result<()> {
    let nobody = Home::new();
    let mut floor = Terminal::floor(&nobody)?;
    floor.settle(RESTED);
    let floor = moves(&mut floor, args.keys);
    let floor = Waits::of(&floor)?;
    for rows in &args.rows {
        let world = World::start(&[("websites", 1), ("assets", *rows), ("segments", *rows)])?;
        let home = world.home()?;
        let mut terminal = in_assets(&home, *rows)?;
        let what = |what: &str| format!("{rows} assets: {what}");
        moving(&mut terminal, args, &what);
        details(&mut terminal, args, &what);
        scrolling(&mut terminal, args, *rows, &what);
        times(&mut terminal, args, &floor, &what)?;
        terminal.leave()?;
        let mut terminal = in_segments(&home, *rows)?;
        let what = |what: &str| format!("{rows} segments: {what}");
        moving(&mut terminal, args, &what);
        scrolling(&mut terminal, args, *rows, &what);
        terminal.leave()?;
    }
    Ok(())
}

/// How long a key waits for its first byte, in milliseconds.
struct Waits {
    all: Spread,
    late: f64,
}

impl Waits {
    fn of(replies: &[Reply]) -> Result<Self> {
        let mut waits: Vec<f64> = { replies.iter() }
            .filter_map(|reply| Some(reply.first()?.as_secs_f64() * 1000.0))
            .collect();
        waits.sort_by(f64::total_cmp);
        let late = waits.get((waits.len() * 99).div_ceil(100).saturating_sub(1));
        Ok(Self {
            late: *late.context("no key was answered")?,
            all: Spread::of(waits),
        })
    }
}

/// Goes down and up again, a row at a time.
fn moves(terminal: &mut Terminal, keys: usize) -> Vec<Reply> {
    let key = |at: usize| {
        if (at / WINDOW).is_multiple_of(2) {
            "j"
        } else {
            "k"
        }
    };
    (0..keys).map(|at| terminal.press(key(at), QUIET)).collect()
}

fn written(replies: &[Reply]) -> Spread {
    Spread::of(replies.iter().map(|reply| reply.written.len() as f64))
}

/// What was written beside the least for the same cells; where links lead is not in those.
fn beside_least(replies: &[Reply]) -> Spread {
    Spread::of(replies.iter().map(|reply| {
        let least = least::change(&reply.before, &reply.after) + links(&reply.written);
        reply.written.len() as f64 / least as f64
    }))
}

/// Bytes of the links in what was written.
fn links(written: &[u8]) -> usize {
    let text = String::from_utf8_lossy(written);
    let links = text.split("\x1b]8;").skip(1);
    links
        .filter_map(|rest| Some("\x1b]8;".len() + rest.find("\x1b\\")? + "\x1b\\".len()))
        .sum()
}

fn mean(replies: &[Reply]) -> f64 {
    let bytes: usize = replies.iter().map(|reply| reply.written.len()).sum();
    bytes as f64 / replies.len().max(1) as f64
}

fn top(terminal: &mut Terminal) {
    terminal.press("gg", 2 * RESTED);
}

/// What a figure is of.
type What<'a> = &'a dyn Fn(&str) -> String;

fn bytes(what: &str, replies: Spread, goal: f64) {
    row(what, &[""], replies, " B", Some(goal));
}

/// One row further, before anything follows.
fn moving(terminal: &mut Terminal, args: &Args, what: What<'_>) {
    top(terminal);
    let keys = moves(terminal, args.keys.min(2 * WINDOW));
    bytes(&what("one row further"), written(&keys), 180.0);
    let ratio = beside_least(&keys);
    row(&what("the same ÷ the least"), &[""], ratio, "×", None);
    let worst = Spread::of([ratio.most]);
    row(
        &what("the same, of the worst key"),
        &[""],
        worst,
        "×",
        Some(1.4),
    );
}

/// One row further, and what stands beside the list after it.
fn details(terminal: &mut Terminal, args: &Args, what: What<'_>) {
    top(terminal);
    let keys: Vec<Reply> = (0..args.keys.min(WINDOW))
        .map(|_| terminal.press("j", RESTED))
        .collect();
    let name = what("one row further and its details");
    bytes(&name, written(&keys), 260.0);
    let ratio = beside_least(&keys);
    row(&what("the same ÷ the least"), &[""], ratio, "×", Some(1.4));
}

/// A row and a page further in what is not in view yet, and everything.
fn scrolling(terminal: &mut Terminal, args: &Args, rows: usize, what: What<'_>) {
    // Down to the last line, from which on every key scrolls.
    top(terminal);
    let lines = usize::from(SIZE.1);
    terminal.press(&"j".repeat(lines), RESTED);
    let keys: Vec<Reply> = (0..args.keys.min(60).min(rows.saturating_sub(2 * lines)))
        .map(|_| terminal.press("j", QUIET))
        .collect();
    let scrolled = Spread {
        median: mean(&keys),
        ..written(&keys)
    };
    bytes(&what("scrolling, a key in the mean"), scrolled, 400.0);

    top(terminal);
    let pages: Vec<Reply> = (0..args.keys.min(25).min(rows / lines))
        .map(|_| terminal.press("\x1b[6~", QUIET))
        .collect();
    bytes(&what("a page further"), written(&pages), 1600.0);

    let mut drawn = Vec::new();
    for _ in 0..args.runs.min(5) {
        terminal.resize((SIZE.0 - 20, SIZE.1 - 5));
        drawn.push(terminal.resize(SIZE));
    }
    bytes(&what("everything drawn anew"), written(&drawn), 8000.0);
    let ratio = Spread::of(drawn.iter().map(|reply| {
        let least = least::anew(&reply.after) + links(&reply.written);
        reply.written.len() as f64 / least as f64
    }));
    row(&what("the same ÷ the least"), &[""], ratio, "×", None);
}

fn times(terminal: &mut Terminal, args: &Args, floor: &Waits, what: What<'_>) -> Result<()> {
    top(terminal);
    let before = terminal.usage()?;
    let keys = moves(terminal, args.keys);
    let used = terminal.usage()?.processor_since(&before);
    let waits = Waits::of(&keys)?;
    let ms = |value: f64| format!("{value:.2} ms");
    let first = "a key's first byte";
    row(
        &what(first),
        &[&ms(floor.all.median)],
        waits.all,
        " ms",
        Some(1.5),
    );
    let late = Spread::of([waits.late]);
    let name = what("the same, at the 99th percentile");
    row(&name, &[&ms(floor.late)], late, " ms", Some(5.0));
    let each = used.as_secs_f64() * 1e6 / keys.len().max(1) as f64;
    let name = what("processor time a key");
    row(&name, &[""], Spread::of([each]), " µs", None);

    let mut queued = Vec::new();
    for at in 0..args.runs {
        let key = if at % 2 == 0 { "j" } else { "k" };
        queued.push(terminal.press(&key.repeat(QUEUED), QUIET));
        terminal.settle(RESTED);
    }
    let each = queued
        .iter()
        .map(|reply| reply.written.len() as f64 / QUEUED as f64);
    let name = what("100 keys at once, a key");
    row(&name, &[""], Spread::of(each), " B", Some(40.0));
    let last = queued.iter().filter_map(Reply::last);
    let done = Spread::of(last.map(|last| last.as_secs_f64() * 1000.0));
    row(
        &what("100 keys at once, until done"),
        &[""],
        done,
        " ms",
        Some(15.0),
    );
    Ok(())
}
