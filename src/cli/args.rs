//! The command line: what clap knows of it. Words only; what they do stands in the commands' files.

mod changing;
mod coverage;
mod demo;
mod examples;
mod finding;
mod listing;
mod queue;
mod syncing;
mod upkeep;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

pub use self::changing::{Edit, Move};
pub use self::coverage::Coverage;
pub use self::demo::Demo;
pub use self::finding::Find;
pub use self::listing::Ls;
pub use self::queue::{Queue, QueueCommand};
pub use self::syncing::{Sync, Watch};
pub use self::upkeep::ConfigCommand;
use crate::domain::{Keeping, Shape};
use crate::transfer::OnClash;

/// A terminal asset manager for websites and translation documents.
///
/// Without a command it opens the screen.
#[derive(Debug, Parser)]
#[command(name = "assetdeck", version, after_help = examples::PROGRAM)]
pub struct Cli {
    /// The settings file [default: `ASSETDECK_CONFIG`, else ~/.config/assetdeck/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Say only what went wrong; what was asked for is printed all the same
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Tell on standard error what is done, each call to a service among it; keys and signed links
    /// are never in it. The screen keeps a log instead: `ASSETDECK_LOG`=debug
    #[arg(long, short, global = true, conflicts_with = "quiet")]
    pub verbose: bool,

    /// Change nothing at any service, whatever is asked for here; what another assetdeck has put in the
    /// queue still goes its way
    #[arg(long, global = true)]
    pub read_only: bool,

    /// Go on with a protected account, or with one whose address changed, without being asked for
    /// its name
    #[arg(long, global = true, value_name = "ACCOUNT")]
    pub confirm: Vec<String>,

    #[command(flatten)]
    pub screen: Screen,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// How the screen is shown.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Screen {
    /// Draw the screen in ASCII alone, and spell other characters of names as \u{e9} [default: where
    /// the locale is not UTF-8]
    #[arg(long)]
    pub ascii: bool,
    /// Redraw what moves twice a second instead of ten times, for slow lines [default: when the
    /// terminal takes long]
    #[arg(long)]
    pub slow: bool,
    /// No screen but a conversation: numbered lists and questions on plain lines, for screen
    /// readers and slow lines; `help` says at each question what can be typed, `back` and `quit`
    /// leave it
    #[arg(long, conflicts_with_all = ["ascii", "slow"])]
    pub plain: bool,
}

impl Screen {
    /// The same as the settings have it.
    pub const fn shape(self) -> Shape {
        Shape {
            ascii: self.ascii,
            slow: self.slow,
            no_mouse: false,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check an account's key at the service and save it: in the OS keyring, or where you say
    #[command(after_help = examples::LOGIN)]
    Login(Login),
    /// Remove an account's key from wherever it is saved, and what was listed with it from this machine
    #[command(after_help = examples::LOGOUT)]
    Logout {
        /// The account's name in the settings
        #[arg(value_name = "ACCOUNT")]
        name: String,
    },
    /// List the accounts and where their keys are
    #[command(after_help = examples::ACCOUNTS)]
    Accounts {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
    },
    /// List what is at an address; without one, the accounts
    #[command(after_help = examples::ls())]
    Ls(Ls),
    /// Show all that the service tells of one thing
    #[command(after_help = examples::SHOW)]
    Show {
        /// A ref as `ls` prints it
        #[arg(value_name = "REF")]
        reference: String,
        /// One JSON object, with what the service sent as `raw`
        #[arg(long)]
        json: bool,
    },
    /// Show which assets of a document are there in which locale, and which are missing or older than
    /// their source
    #[command(after_help = examples::COVERAGE)]
    Coverage(Coverage),
    /// Find words in all that was listed before, on every account; the services are not asked
    #[command(after_help = examples::FIND)]
    Find(Find),
    /// Upload files to a website or a segment
    #[command(after_help = examples::UPLOAD)]
    Upload(Box<Upload>),
    /// Save assets, or everything below an address, to this machine
    #[command(after_help = examples::GET)]
    Get(Get),
    /// Make a place as a folder is, or the folder as the place is; what was changed on the other side
    /// meanwhile is never lost by it without a word
    #[command(after_help = examples::SYNC)]
    Sync(Sync),
    /// Upload what appears in a folder or changes there, once each, until it is stopped
    #[command(after_help = examples::WATCH)]
    Watch(Watch),
    /// List the transfers, and go on with those that an earlier run left
    #[command(after_help = examples::TRANSFERS)]
    Transfers(Queue),
    /// Delete assets, after asking
    #[command(after_help = examples::RM)]
    Rm {
        /// Refs as `ls` prints them
        #[arg(value_name = "REF", required = true)]
        references: Vec<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
        /// One JSON object per asset, whatever became of it
        #[arg(long)]
        json: bool,
    },
    /// Change the texts of assets: alt text, description, image type, tags
    #[command(after_help = examples::EDIT)]
    Edit(Edit),
    /// Move an asset to another name or place: by download, upload, a look, and then a delete
    #[command(after_help = examples::MV)]
    Mv(Move),
    /// Print the web address of an asset
    #[command(after_help = examples::URL)]
    Url {
        /// A ref as `ls` prints it
        #[arg(value_name = "REF")]
        reference: String,
        /// One JSON object, with the ref beside the address
        #[arg(long)]
        json: bool,
    },
    /// Open the web address of an asset in the desktop's browser; without a desktop it is shown
    #[command(after_help = examples::OPEN)]
    Open {
        /// A ref as `ls` prints it
        #[arg(value_name = "REF")]
        reference: String,
        /// One JSON object, with the address and whether it was opened
        #[arg(long)]
        json: bool,
    },
    /// Say what works here and what does not, why, and what to do
    #[command(after_help = examples::DOCTOR)]
    Doctor {
        /// One JSON object per line
        #[arg(long)]
        json: bool,
        /// A text for whoever helps you; no key is in it
        #[arg(long, conflicts_with = "json")]
        report: bool,
    },
    /// Show, check or begin the settings
    #[command(after_help = examples::CONFIG)]
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print the JSON Schema of every line that --json prints
    #[command(after_help = examples::SCHEMA)]
    Schema,
    /// Print the completions of a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        #[arg(value_name = "SHELL")]
        shell: Shell,
    },
    /// Print what the last of these words may become, for the scripts of `completions`
    #[command(hide = true)]
    CompleteWords {
        /// The words behind the program's name; the last is the one that is typed
        #[arg(
            value_name = "WORD",
            trailing_var_arg = true,
            allow_hyphen_values = true
        )]
        words: Vec<String>,
    },
    /// Print the manual page of the program, or of a command
    #[command(after_help = examples::MAN)]
    Man {
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
    /// Open the screen on a server of its own, with made-up content; nothing of yours is touched
    #[command(after_help = examples::DEMO)]
    Demo(Demo),
}

#[derive(Debug, Args)]
pub struct Login {
    /// The account's name in the settings
    #[arg(value_name = "ACCOUNT")]
    pub name: String,
    /// Read the key from standard input instead of asking
    #[arg(long)]
    pub key_stdin: bool,
    /// Where to keep it: in the OS keyring; until-reboot, in the kernel's store, which also forgets
    /// what was not used for three days (Linux); in an encrypted-file, whose passphrase is asked for
    /// whenever the key is needed (or comes from `ASSETDECK_PASSPHRASE`); or not at all, session
    /// [default: where the last login of the account put it, else keyring; where that does not
    /// work, a terminal is asked]
    #[arg(long, value_name = "WHERE", value_parser = keeping())]
    pub store: Option<Keeping>,
}

/// The words of the places that keep keys.
fn keeping() -> impl TypedValueParser<Value = Keeping> {
    PossibleValuesParser::new(Keeping::HERE.iter().map(|it| it.word()))
        .try_map(|word| Keeping::of(&word).ok_or("it is none of these words"))
}

#[derive(Debug, Default, Args)]
pub struct Upload {
    /// Files and folders; of a folder everything but hidden entries and links
    #[arg(value_name = "FILE|DIR", required_unless_present = "plan")]
    pub files: Vec<PathBuf>,
    /// Where to: ACCOUNT:CONTAINER or ACCOUNT:CONTAINER/SEGMENT; a document alone, or ACCOUNT:, for
    /// what `get` saved of it
    #[arg(long, value_name = "ADDRESS", required_unless_present = "plan")]
    pub to: Option<String>,
    /// How locale, folder and name stand in the path below the folder that is uploaded, such as
    /// {locale}/{folder}/{name} or {name}.{locale}.{ext} [default: those of the settings, else
    /// {folder}/{name}]
    #[arg(long, value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// What to do with a file whose name is taken there; keep is for websites, which hold both
    /// [default: ask on a terminal, else fail]
    #[arg(long, value_name = "WHAT", value_parser = ["ask", "skip", "replace", "keep", "fail"])]
    pub on_clash: Option<String>,
    /// Show what would happen, row by row, and send nothing; exits 3 when some rows cannot be
    /// sent, 1 when none can
    #[arg(long)]
    pub dry_run: bool,
    /// Write the plan into a file instead of sending
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub save_plan: Option<PathBuf>,
    /// Send a saved plan; files and places are looked at anew, and what differs is not sent
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "files", "to", "pattern", "on_clash", "save_plan", "locale", "folder", "asset_type",
        "image_type", "alt", "description", "tags",
    ])]
    pub plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// One of the document's locales, for what the path names none of; none is an asset of no
    /// language [default: that of the settings, else none]
    #[arg(long, value_name = "LOCALE")]
    pub locale: Option<String>,
    /// The folder inside the segment, such as public/images, or "" for the top; folders of the path
    /// go into it [default: that of the settings, else the top]
    #[arg(long, value_name = "PATH")]
    pub folder: Option<String>,
    /// The asset type, in the service's words
    #[arg(long = "type", value_name = "TYPE")]
    pub asset_type: Option<String>,
    /// The image type, in the service's words
    #[arg(long, value_name = "TYPE")]
    pub image_type: Option<String>,
    /// Alternative text of a picture
    #[arg(long, value_name = "TEXT")]
    pub alt: Option<String>,
    /// Description
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// A tag; give it once for each
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// One JSON object per uploaded asset, and on standard error one per event, progress among
    /// them; with --dry-run one per row of the plan
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    #[command(flatten)]
    pub shown: Shown,
}

/// How much is told while files go up or down.
#[derive(Debug, Default, Args)]
pub struct Shown {
    /// Show no progress, only how each file ended
    #[arg(long)]
    pub no_progress: bool,
}

#[derive(Debug, Args)]
pub struct Get {
    /// Refs of assets as `ls` prints them; or one address, for everything below it
    #[arg(value_name = "REF|ADDRESS", required = true)]
    pub references: Vec<String>,
    /// The folder to save to [default: `save_to` of the settings, else the working folder]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// What to do when another file has the name [default: ask on a terminal, else fail]
    #[arg(long, value_name = "WHAT", value_parser = syncing::words(|_| true))]
    pub on_clash: Option<OnClash>,
    /// Do not ask before making a hundred calls to the service or more
    #[arg(long)]
    pub yes: bool,
    /// One JSON object per file, whatever became of it; progress as JSON on standard error
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub shown: Shown,
}

#[cfg(test)]
mod tests;
