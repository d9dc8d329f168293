//! What `find` is told.

use clap::Args;

#[derive(Debug, Args)]
pub struct Find {
    /// Words, "exact text", or fields such as locale:de, as in the screen's filter; behind -- also -word
    #[arg(value_name = "TEXT", required = true)]
    pub text: Vec<String>,
    /// Only of this account
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<String>,
    /// The most that are shown, the best first
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
}
