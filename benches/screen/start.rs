//! How long it takes from exec until something is on the screen, with an index and without.

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::Args;
use crate::home::Home;
use crate::relay::Relay;
use crate::table::{Spread, row};
use crate::terminal::Terminal;
use crate::world::{DOCUMENT, LARGE_AT, World, command};

/// Milliseconds of many.
fn spread(times: &[Duration]) -> Spread {
    Spread::of(times.iter().map(|time| time.as_secs_f64() * 1000.0))
}

fn something(screen: &str) -> bool {
    !screen.trim().is_empty()
}

fn rows(screen: &str) -> bool {
    screen.contains(DOCUMENT)
}

pub fn measure(args: &Args) -> Result<()> {
    let world = World::start(&[
        ("documents", args.documents),
        ("segments", args.world),
        ("assets", args.world * 2),
        ("latency-ms", usize::try_from(args.latency)?),
    ])?;
    let kept = world.home()?;
    let website = world.serving.state()["segmentflow"]["websites"][0]["id"].clone();
    let website = format!("acme-web:{}", website.as_str().context("a website")?);
    for address in ["acme-loc:", LARGE_AT, "acme-web:", &website] {
        command(&kept, &["ls", address])?;
    }
    let nobody = Home::new();
    let (mut floors, mut frames, mut with) = (Vec::new(), Vec::new(), Vec::new());
    let (mut first_frames, mut without) = (Vec::new(), Vec::new());
    // In turns, so that what disturbs one disturbs all. What goes on behind the rows is not waited for: of
    // 200,000 assets it takes two thousand answers.
    for _ in 0..args.runs {
        let mut floor = Terminal::floor(&nobody)?;
        floor.wait("a frame", something)?;
        floors.push(floor.shown(something).context("a frame")?);
        drop(floor);

        let mut started = Terminal::start(&kept)?;
        started.wait("kept rows", rows)?;
        frames.push(started.shown(something).context("a frame")?);
        with.push(started.shown(rows).context("rows")?);
        started.leave()?;

        let relay = Relay::start(world.serving.origin())?;
        let fresh = world.home_at(&relay.origin())?;
        let mut started = Terminal::start(&fresh)?;
        started.wait("rows", rows)?;
        first_frames.push(started.shown(something).context("a frame")?);
        let shown = started.shown_at(rows).context("rows")?;
        let answered = relay.answered(DOCUMENT).context("an answer")?;
        without.push(shown.saturating_duration_since(answered));
        started.leave()?;
    }
    let floor = format!("{:.2} ms", spread(&floors).median);
    let line = |what: &str, times: &[Duration], goal| {
        row(what, &[&floor], spread(times), " ms", Some(goal));
    };
    line("start with an index: first frame", &frames, 10.0);
    line("start with an index: first frame with rows", &with, 15.0);
    line("first start: first frame", &first_frames, 10.0);
    let what = "first start: first rows after the answer that has them";
    row(what, &[""], spread(&without), " ms", Some(20.0));
    Ok(())
}
