//! One row of a plan: a file, where it goes, and what is to become of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::Wishes;
use crate::api::Field;
use crate::domain::{Asset, AssetScope};
use crate::transfer::LocalFile;

/// What to do with a file whose name is taken where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnClash {
    /// Leave it to the user: the row is a [`Verdict::Clash`] until it is decided.
    Ask,
    /// Leave the file out.
    Skip,
    /// Put it in the place of what is there.
    Replace,
    /// Send it beside what is there; only where the service tells them apart.
    Keep,
    /// The row is a problem.
    Fail,
}

impl OnClash {
    /// All of them, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Ask, Self::Skip, Self::Replace, Self::Keep, Self::Fail];

    /// The word of the commands and of saved plans.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Skip => "skip",
            Self::Replace => "replace",
            Self::Keep => "keep",
            Self::Fail => "fail",
        }
    }

    /// The one of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.word() == word)
    }
}

/// What a row will do. Sentences are ours; foreign text in them is safe already.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Its place is not listed yet.
    Looking,
    /// Nothing of its name is there: it is sent.
    New,
    /// The service has it: same name, place and size, and the file was not changed since. Not sent.
    Same(Arc<Asset>),
    /// It is sent, and takes the place of this.
    Replace(Arc<Asset>),
    /// This is there under its name, and nobody decided yet. Not sent.
    Clash(Arc<Asset>),
    /// Left out; why.
    Skip(String),
    /// It cannot be sent; why, and what to do.
    Problem(String),
}

impl Verdict {
    /// The word on screen, in the commands and in saved plans.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Looking => "looking",
            Self::New => "new",
            Self::Same(_) => "same",
            Self::Replace(_) => "replace",
            Self::Clash(_) => "clash",
            Self::Skip(_) => "skip",
            Self::Problem(_) => "problem",
        }
    }

    /// Whether the file is sent.
    pub const fn is_sent(&self) -> bool {
        matches!(self, Self::New | Self::Replace(_))
    }
}

/// A file that is to become a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Where it is, as it was named.
    pub path: PathBuf,
    /// Its path within the folder that was chosen, part by part, the name last; only the name where
    /// the file itself was chosen. What patterns read.
    pub relative: Vec<String>,
    /// What a look at it found, or why it cannot be sent: one sentence, safe.
    pub file: Result<LocalFile, String>,
}

/// One row. Its fields are read freely and changed through [`Plan`](super::Plan) only, which judges.
#[derive(Debug, Clone)]
pub struct Row {
    pub path: PathBuf,
    pub relative: Vec<String>,
    /// The name in it is the one that is sent.
    pub file: Result<LocalFile, String>,
    pub scope: AssetScope,
    /// Locale, folder and the rest, as typed or filled.
    pub wishes: Wishes,
    pub left_out: bool,
    /// What was decided for this row; the plan's own rule where nothing was.
    pub decision: Option<OnClash>,
    /// Why what was filled in or typed cannot be used: one sentence, safe. Gone with the next edit
    /// of locale, folder or name.
    pub refusal: Option<String>,
    /// What a saved plan says of it; an edit takes that back.
    pub(super) expected: Option<super::judge::Expected>,
    pub(super) verdict: Verdict,
}

impl Row {
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// The name that is sent; that of the file where it cannot be sent. Foreign text.
    pub fn name(&self) -> &str {
        match &self.file {
            Ok(file) => file.name.as_str(),
            Err(_) => self.relative.last().map_or("", String::as_str),
        }
    }

    /// What clashes with it: one sentence, safe. It says so where the names are not the very same.
    pub fn clash(&self) -> Option<String> {
        match &self.verdict {
            Verdict::Clash(asset) => Some(super::judge::taken(self, asset)),
            _ => None,
        }
    }

    /// Bytes, where they are known.
    pub fn size(&self) -> Option<u64> {
        self.file.as_ref().ok().map(|file| file.stamp.size)
    }
}

/// An edit of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Sets a field to a text as typed; tags parted by commas. Empty text is no wish.
    Field(Field, String),
    /// Sends it to another container or segment of the same account.
    Scope(AssetScope),
    /// Sends it under another name.
    Name(String),
    /// Leaves it out, or takes it in again.
    LeftOut(bool),
    /// Decides a clash; `None` goes back to the plan's rule.
    Decision(Option<OnClash>),
}

/// How many rows of which verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    pub looking: usize,
    pub new: usize,
    pub same: usize,
    pub replace: usize,
    pub clash: usize,
    pub skip: usize,
    pub problem: usize,
    /// Bytes of what is sent.
    pub bytes: u64,
}

impl Totals {
    /// How many are sent.
    pub const fn sent(&self) -> usize {
        self.new + self.replace
    }

    pub(super) fn count(&mut self, row: &Row, by: Count) {
        let counter = match &row.verdict {
            Verdict::Looking => &mut self.looking,
            Verdict::New => &mut self.new,
            Verdict::Same(_) => &mut self.same,
            Verdict::Replace(_) => &mut self.replace,
            Verdict::Clash(_) => &mut self.clash,
            Verdict::Skip(_) => &mut self.skip,
            Verdict::Problem(_) => &mut self.problem,
        };
        let bytes = row.size().filter(|_| row.verdict.is_sent()).unwrap_or(0);
        match by {
            Count::In => {
                *counter += 1;
                self.bytes += bytes;
            }
            Count::Out => {
                *counter -= 1;
                self.bytes -= bytes;
            }
        }
    }
}

/// Whether a row comes into the totals or leaves them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    In,
    Out,
}
