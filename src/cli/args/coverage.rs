//! The words of coverage.

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::domain::coverage::State;

#[allow(clippy::struct_excessive_bools)] // independent flags, not states
#[derive(Debug, Args)]
pub struct Coverage {
    /// ACCOUNT:CONTAINER for a whole document, or ACCOUNT:CONTAINER/SEGMENT
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// Only these of the document's locales, parted by commas [default: all]
    #[arg(long, value_name = "LOCALE", value_delimiter = ',')]
    pub locales: Vec<String>,
    /// Only rows in which a locale is in one of these states, parted by commas
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = states())]
    pub state: Vec<State>,
    /// Segments without any asset, too
    #[arg(long)]
    pub all: bool,
    /// Exit with 5 when a locale of any row is in one of these states, parted by commas
    #[arg(long, value_name = "STATE", value_delimiter = ',', value_parser = states())]
    pub fail_on: Vec<State>,
    /// Take answers that are at most so many minutes old from this machine instead of asking for
    /// them; an interrupted run goes on so
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    pub max_age: u32,
    /// Do not ask before making a hundred calls to the service or more
    #[arg(long)]
    pub yes: bool,
    /// Draw the table in ASCII alone
    #[arg(long)]
    pub ascii: bool,
    /// One JSON object per row, then one for each locale and each folder with its totals
    #[arg(long)]
    pub json: bool,
    /// Comma-separated values with a line of heads; what a spreadsheet would take for a formula has
    /// an apostrophe in front
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

fn states() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::word))
        .try_map(|word| State::of(&word).ok_or("it is none of these words"))
}
