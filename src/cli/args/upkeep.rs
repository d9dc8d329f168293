//! The words of what looks after the program itself.

use clap::Subcommand;

use super::examples;

#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// List every setting that has a value, and whether the file says it
    #[command(after_help = examples::CONFIG_SHOW)]
    Show {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// Say whether the settings can be used; if not, the file, the line and the nearest key
    #[command(after_help = examples::CONFIG_CHECK)]
    Check {
        /// One JSON object, with each fault that was found
        #[arg(long)]
        json: bool,
    },
    /// Print where the settings file is
    #[command(after_help = examples::CONFIG_PATH)]
    Path {
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write a settings file with one account, after some questions; one that is there is left alone
    #[command(after_help = examples::CONFIG_INIT)]
    Init,
}
