//! The words of `transfers`.

use clap::{Args, Subcommand};

use super::{Shown, examples};

#[derive(Debug, Args)]
pub struct Queue {
    #[command(subcommand)]
    pub command: Option<QueueCommand>,
    /// One JSON object per line
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum QueueCommand {
    /// List all of them, finished ones too
    #[command(after_help = examples::TRANSFERS_LIST)]
    List,
    /// Go on with what is left, also after a full disk; what is in doubt is only looked for
    #[command(after_help = examples::TRANSFERS_RESUME)]
    Resume {
        #[command(flatten)]
        shown: Shown,
    },
    /// Try again what failed; what is in doubt is only looked for, and sent again by its number
    #[command(after_help = examples::TRANSFERS_RETRY)]
    Retry {
        /// Numbers as the list shows them; one in doubt may be there twice then [default: all that
        /// failed]
        #[arg(value_name = "ID")]
        ids: Vec<u64>,
        #[command(flatten)]
        shown: Shown,
    },
    /// Keep transfers from beginning until `resume`; what a service is just recording is finished
    #[command(after_help = examples::TRANSFERS_PAUSE)]
    Pause {
        /// Numbers as the list shows them [default: all that are not finished]
        #[arg(value_name = "ID")]
        ids: Vec<u64>,
    },
    /// Give up what is left
    #[command(after_help = examples::TRANSFERS_CANCEL)]
    Cancel {
        /// Numbers as the list shows them [default: all that are not finished]
        #[arg(value_name = "ID")]
        ids: Vec<u64>,
    },
    /// Forget what is finished
    #[command(after_help = examples::TRANSFERS_CLEAR)]
    Clear {
        /// Numbers as the list shows them [default: all that are done or cancelled]
        #[arg(value_name = "ID")]
        ids: Vec<u64>,
    },
}
