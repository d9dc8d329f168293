//! The words of what changes assets that are there.

use clap::Args;

#[derive(Debug, Args)]
pub struct Edit {
    /// Refs as `ls` prints them; each gets the same texts
    #[arg(value_name = "REF", required = true)]
    pub references: Vec<String>,
    /// The image type, in the service's words
    #[arg(long, value_name = "TYPE")]
    pub image_type: Option<String>,
    /// Alternative text of a picture; "" takes it away
    #[arg(long, value_name = "TEXT")]
    pub alt: Option<String>,
    /// Description; "" takes it away
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
    /// A tag; give it once for each. They take the place of all that are there
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Take all tags away
    #[arg(long, conflicts_with = "tags")]
    pub no_tags: bool,
    /// One JSON object per asset, as it is now
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Move {
    /// A ref as `ls` prints it
    #[arg(value_name = "REF")]
    pub reference: String,
    /// Where to: ACCOUNT:CONTAINER or ACCOUNT:CONTAINER/SEGMENT [default: where it is]
    #[arg(value_name = "ADDRESS", required_unless_present_any = ["name", "locale", "folder"])]
    pub to: Option<String>,
    /// The name it gets [default: its own]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The locale it gets; none is an asset of no language [default: its own]
    #[arg(long, value_name = "LOCALE")]
    pub locale: Option<String>,
    /// The folder it gets inside the segment; "" is the top [default: its own]
    #[arg(long, value_name = "PATH")]
    pub folder: Option<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// One JSON object: the asset where it is now
    #[arg(long)]
    pub json: bool,
}
