//! What the index costs: bytes on disk, opening it, and the calls that going into a document takes.

use std::time::Instant;

use anyhow::{Result, bail, ensure};
use assetdeck::index::{Index, Standing};

use crate::Args;
use crate::home::Home;
use crate::relay::Relay;
use crate::table::{Spread, row};
use crate::world::{World, into_segments, started};

/// What asks for the assets of many segments.
const MARKS: &str = "/assets/list?segmentIds=";

pub fn measure(args: &Args) -> Result<()> {
    let rows = args.world;
    let world = World::start(&[("segments", rows), ("assets", rows)])?;
    let relay = Relay::start(world.serving.origin())?;
    let home = world.home_at(&relay.origin())?;
    let line = |what: &str, figure: f64, unit, goal| {
        let figure = Spread::of([figure]);
        row(
            &format!("{rows} segments: {what}"),
            &[""],
            figure,
            unit,
            Some(goal),
        );
    };
    let (asked, marks) = calls(&home, &relay, rows)?;
    line("calls until they are there", asked as f64, "", 250.0);
    line(
        "calls for the assets of those in view",
        marks as f64,
        "",
        1.0,
    );
    let (again, _) = calls(&home, &relay, rows)?;
    line(
        "calls on the next start, nothing changed",
        again as f64,
        "",
        5.0,
    );

    let folder = home.path().join(".cache/assetdeck");
    let Standing::Ours(bytes) = Index::look(&folder)? else {
        bail!("no index in {}", folder.display());
    };
    line(
        "bytes on disk, each",
        bytes as f64 / rows as f64,
        " B",
        200.0,
    );
    let opened = (0..args.runs).map(|_| {
        let begun = Instant::now();
        let (index, note) = Index::open(&folder);
        let took = begun.elapsed();
        ensure!(index.keeps(), "{}", note.unwrap_or_default());
        Ok(took.as_secs_f64() * 1000.0)
    });
    let opened = Spread::of(opened.collect::<Result<Vec<f64>>>()?);
    let what = format!("{rows} segments: opening the index");
    row(&what, &[""], opened, " ms", Some(2.0));
    Ok(())
}

/// How many calls going into the document took, and how many of those in view were asked for their assets.
fn calls(home: &Home, relay: &Relay, rows: usize) -> Result<(usize, usize)> {
    let mut terminal = started(home)?;
    let count = || {
        let asked = relay.asked();
        let marks = asked.iter().filter(|it| it.contains(MARKS)).count();
        (asked.len() - marks, marks)
    };
    let before = count();
    into_segments(&mut terminal, rows)?;
    let now = count();
    terminal.leave()?;
    Ok((now.0 - before.0, now.1 - before.1))
}
