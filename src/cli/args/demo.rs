//! The words of the demo.

use clap::Args;

use super::Screen;
use crate::domain::Allowance;

#[derive(Debug, Args)]
pub struct Demo {
    /// Run only the server: print one line of JSON that says how to use it, and wait
    #[arg(long)]
    pub serve: bool,
    /// The port on this machine [default: a free one]
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// How many documents
    #[arg(long, value_name = "N")]
    pub documents: Option<usize>,
    /// How many segments the largest document has
    #[arg(long, value_name = "N")]
    pub segments: Option<usize>,
    /// How many assets
    #[arg(long, value_name = "N")]
    pub assets: Option<usize>,
    /// Make those of the largest document pictures in its locales, with gaps
    #[arg(long)]
    pub localised: bool,
    /// How many websites
    #[arg(long, value_name = "N")]
    pub websites: Option<usize>,
    /// How many calls the documents' service allows in which time, before it refuses: 1000/1h, 20/10s
    #[arg(long, value_name = "CALLS/TIME", value_parser = allowance)]
    pub allowance: Option<Allowance>,
    /// Milliseconds that every answer is held back
    #[arg(long, value_name = "N")]
    pub latency_ms: Option<u64>,
    /// The same seed makes the same content
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    #[command(flatten)]
    pub screen: Screen,
}

fn allowance(text: &str) -> Result<Allowance, &'static str> {
    Allowance::read(text).ok_or("a number of calls and a time up to an hour, as in 1000/1h")
}
