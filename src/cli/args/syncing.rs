//! The words of keeping a folder and a place alike: once, and as files come.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::Shown;
use crate::transfer::OnClash;

#[allow(clippy::struct_excessive_bools)] // independent flags, not states
#[derive(Debug, Args)]
pub struct Sync {
    /// The folder: below it as `get` saves it, locale and folder as folders
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// ACCOUNT:CONTAINER or ACCOUNT:CONTAINER/SEGMENT; a document alone, or ACCOUNT:, for a folder that
    /// came from there
    #[arg(value_name = "ADDRESS")]
    pub address: String,
    /// Change what is at ADDRESS; DIR stays as it is (default)
    #[arg(long, conflicts_with = "down")]
    pub up: bool,
    /// Change what is in DIR; ADDRESS stays as it is
    #[arg(long)]
    pub down: bool,
    /// Also delete, on the side that is changed, what the other one does not have: last, and only when
    /// all else went well
    #[arg(long)]
    pub delete: bool,
    /// What to do where both sides differ and it is not known that only the one taken from was changed
    /// [default: ask on a terminal, else fail]
    #[arg(long, value_name = "WHAT", value_parser = on_clash())]
    pub on_clash: Option<OnClash>,
    /// Show what would happen, row by row, and do nothing; exits 3 when some rows cannot be done, 1 when
    /// none can
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// One JSON object per asset that was sent, or file that was saved, and one for each that was
    /// deleted; progress as JSON on standard error; with --dry-run one object per row
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    #[command(flatten)]
    pub shown: Shown,
}

#[derive(Debug, Args)]
pub struct Watch {
    /// The folder, with all below it but hidden entries and links
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Where to: ACCOUNT:CONTAINER of a website, or ACCOUNT:CONTAINER/SEGMENT
    #[arg(long, value_name = "ADDRESS")]
    pub to: String,
    /// How locale, folder and name stand in the path below the folder, as of `upload`
    #[arg(long, value_name = "PATTERN")]
    pub pattern: Option<String>,
    /// One of the document's locales, for what the path names none of; none is an asset of no
    /// language [default: that of the settings, else none]
    #[arg(long, value_name = "LOCALE")]
    pub locale: Option<String>,
    /// The folder inside the segment, or "" for the top; folders of the path go into it [default:
    /// that of the settings, else the top]
    #[arg(long, value_name = "PATH")]
    pub folder: Option<String>,
    /// What to do with a file whose name something has there that was not sent from here
    /// [default: fail]
    #[arg(long, value_name = "WHAT", value_parser = unasked())]
    pub on_clash: Option<OnClash>,
    /// Milliseconds that a file must not change before it is sent
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(100..=3_600_000))]
    pub settle: u32,
    /// Look at the folder every so many seconds instead of being told by the system: for a folder of the
    /// network, of which it does not tell what other machines do
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub poll: Option<u64>,
    /// One JSON object per uploaded asset, and on standard error one per event
    #[arg(long, conflicts_with = "quiet")]
    pub json: bool,
    #[command(flatten)]
    pub shown: Shown,
}

/// Nobody sits there who could be asked.
fn unasked() -> impl TypedValueParser<Value = OnClash> {
    words(|it| it != OnClash::Ask)
}

/// Both at once would never become alike.
fn on_clash() -> impl TypedValueParser<Value = OnClash> {
    words(|it| it != OnClash::Keep)
}

/// The words of what to do about a name that is taken.
pub(super) fn words(fits: impl Fn(OnClash) -> bool) -> impl TypedValueParser<Value = OnClash> {
    let words = OnClash::ALL.into_iter().filter(|it| fits(*it));
    PossibleValuesParser::new(words.map(OnClash::word))
        .try_map(|word| OnClash::of(&word).ok_or("it is none of these words"))
}
