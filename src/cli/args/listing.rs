//! The words of `ls`.

use clap::Args;

#[derive(Debug, Args)]
pub struct Ls {
    /// ACCOUNT: or ACCOUNT:CONTAINER or ACCOUNT:CONTAINER/SEGMENT
    #[arg(value_name = "ADDRESS")]
    pub address: Option<String>,
    /// Only rows that fit, by the words of the screen's filter; see below
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub filter: Option<String>,
    /// Where the filter asks what segments have, take answers that are at most so many minutes old from
    /// this machine instead of asking for them
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    pub max_age: u32,
    /// Do not ask before making a hundred calls to the service or more
    #[arg(long)]
    pub yes: bool,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
}
