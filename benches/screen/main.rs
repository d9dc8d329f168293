//! How fast, how calm and how large the screen is: the real program in a real pseudo-terminal.
//!
//! `cargo bench --bench screen` prints a table; what it measures and its flags are in
//! `benches/README.md`.

#![allow(clippy::print_stdout, reason = "its table is its purpose")]
#![allow(clippy::cast_precision_loss, reason = "far below 2^52")]

mod filter;
mod floor;
mod index;
mod keys;
mod memory;
mod relay;
mod rest;
mod start;
mod terminal;
mod world;

// What the tests stand on; they use the rest of it.
#[allow(dead_code)]
#[path = "../../tests/it/support/home.rs"]
mod home;
#[path = "../../tests/it/support/least.rs"]
mod least;
#[allow(dead_code)]
#[path = "../../tests/it/support/pty.rs"]
mod pty;
#[allow(dead_code)]
#[path = "../../tests/it/support/screen.rs"]
mod screen;
#[allow(dead_code)]
#[path = "../../tests/it/support/sequences.rs"]
mod sequences;
#[allow(dead_code)]
#[path = "../../tests/it/support/serving.rs"]
mod serving;
#[path = "../../tests/it/support/strings.rs"]
mod strings;
#[path = "../support/table.rs"]
mod table;
#[path = "../../tests/it/support/usage.rs"]
mod usage;
#[allow(dead_code)]
#[path = "../../tests/it/support/wait.rs"]
mod wait;
#[allow(dead_code)]
#[path = "../../tests/it/support/wire.rs"]
mod wire;

use anyhow::{Context as _, Result, bail};
use clap::{Parser, Subcommand};

const PROGRAM: &str = env!("CARGO_BIN_EXE_assetdeck");

#[derive(Parser)]
#[command(about = "Measures the screen in a pseudo-terminal")]
struct Args {
    /// What to measure: start, keys, rest, memory, index, filter
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Starts of each kind, and as often what is done at once
    #[arg(long, default_value_t = 15)]
    runs: usize,
    /// Keys of each kind
    #[arg(long, default_value_t = 200)]
    keys: usize,
    /// Lists of so many assets and segments, in which keys are pressed
    #[arg(long, value_delimiter = ',', default_value = "100,10000,100000")]
    rows: Vec<usize>,
    /// Lists of so many assets, whose memory is measured
    #[arg(long, value_delimiter = ',', default_value = "10000,100000,1000000")]
    assets: Vec<usize>,
    /// Lists of so many segments, whose memory is measured
    #[arg(long, value_delimiter = ',', default_value = "100000")]
    segments: Vec<usize>,
    /// Lists of so many assets, that are filtered
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    filtered: Vec<usize>,
    /// Documents of the world in which the program is started
    #[arg(long, default_value_t = 1000)]
    documents: usize,
    /// Segments of its largest document, and twice as many assets
    #[arg(long, default_value_t = 100_000)]
    world: usize,
    /// How long each of its answers is held back, in milliseconds
    #[arg(long, default_value_t = 40)]
    latency: u64,
    /// How long nothing is done, in seconds
    #[arg(long, default_value_t = 10)]
    rest: u64,
    /// Given by cargo
    #[arg(long, hide = true)]
    bench: bool,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What this program does in processes of its own.
#[derive(Subcommand)]
#[command(hide = true)]
enum Part {
    /// Says when, and becomes another program
    Launch {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<String>,
    },
}

fn main() -> Result<()> {
    // The floor does nothing that is not needed, and so does not read its arguments twice.
    if std::env::args().nth(1).as_deref() == Some(floor::NAME) {
        return floor::run();
    }
    let args = Args::parse();
    match &args.part {
        Some(Part::Launch { command }) => terminal::launch(command),
        None if args.bench => all(&args),
        None => bail!("run it by `cargo bench --bench screen`"),
    }
}

fn all(args: &Args) -> Result<()> {
    let parts = ["start", "keys", "rest", "memory", "index", "filter"];
    if let Some(unknown) = args
        .only
        .iter()
        .find(|only| !parts.contains(&only.as_str()))
    {
        bail!("no part is named {unknown}: {}", parts.join(", "));
    }
    let wanted = |name: &str| args.only.is_empty() || args.only.iter().any(|only| only == name);
    println!("{}\n", machine()?);
    table::head(&["the floor"]);
    if wanted("start") {
        start::measure(args)?;
    }
    if wanted("keys") {
        keys::measure(args)?;
    }
    if wanted("rest") {
        rest::measure(args)?;
    }
    if wanted("memory") {
        memory::measure(args)?;
    }
    if wanted("index") {
        index::measure(args)?;
    }
    if wanted("filter") {
        filter::measure(args)?;
    }
    Ok(())
}

fn machine() -> Result<String> {
    let read = |path| std::fs::read_to_string(path).context(path);
    let load = read("/proc/loadavg")?;
    let load: Vec<&str> = load.split_whitespace().take(3).collect();
    let cores = std::thread::available_parallelism()?;
    let kernel = read("/proc/sys/kernel/osrelease")?;
    let size = std::fs::metadata(PROGRAM)?.len() as f64 / 1024.0 / 1024.0;
    Ok(format!(
        "assetdeck {}, a program of {size:.1} MiB, in a terminal of 120×40; {cores} cores, Linux {}, load {} as this began",
        env!("CARGO_PKG_VERSION"),
        kernel.trim(),
        load.join(" "),
    ))
}
