//! Messages: everything that may change the state.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::effect::RequestId;
use super::files::{Folder, FolderError, LocalKind};
use super::key::Input;
use super::pictures::Means;
use crate::api::{ApiError, ConnectError, KeyReport};
use crate::domain::filter::Usage;
use crate::domain::{
    AccountName, Asset, Container, Cursor, Digest, Digests, Entry, Hits, Keepable, Segment,
    SegmentId, Shelf,
};
use crate::picture::Drawn;
use crate::transfer::job::{Job, JobId};
use crate::transfer::known::Memory;
use crate::transfer::tree::{Top, Tree};
use crate::transfer::{Chosen, Held};

/// One message. Answers carry the id of the request; one that is not awaited any more is dropped.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    Input(Input),
    /// The state's deadline has passed.
    Tick,
    /// Nothing else waits, and a long list was not looked at to its end.
    GoOn,
    /// An answer, or one page of it.
    Loaded {
        id: RequestId,
        answer: Answer,
    },
    /// How the queue stands: at the start with the jobs that earlier runs left, later without.
    Queue {
        jobs: Vec<Arc<Job>>,
        /// Those that begin only when the user says so.
        left: Vec<JobId>,
        /// This process works on the queue; else another one does.
        works: bool,
        /// All is paused, and what is added is paused too.
        closed: bool,
    },
    /// The outcome of [`Effect::Find`](super::Effect::Find).
    Found {
        id: RequestId,
        hits: Result<Hits, String>,
    },
    /// A part of the containers that were kept of an account from before.
    Recalled {
        account: AccountName,
        batch: Batch<Container>,
    },
    /// A transfer was added or changed its state.
    Job(Arc<Job>),
    /// The accounts whose service wants a pause, all of them, where this process works on the queue.
    Held(Vec<Held>),
    /// The process that works on the queue is stopped, where that is another one; or goes on.
    WorkerStopped(Option<u32>),
    /// Bytes of a running transfer so far; goes back to 0 on a new try.
    Progress {
        job: JobId,
        bytes: u64,
    },
    /// The outcome of opening or copying.
    Desktop {
        did: Desktop,
        result: Result<(), String>,
    },
    /// The outcome of [`Effect::Connect`](super::Effect::Connect).
    Connected {
        account: AccountName,
        result: Result<KeyReport, ConnectError>,
    },
    /// The outcome of [`Effect::ReadFolder`](super::Effect::ReadFolder).
    Files {
        id: RequestId,
        result: Result<Folder, FolderError>,
    },
    /// The outcome of [`Effect::Inspect`](super::Effect::Inspect), in the order asked: a file that
    /// can be sent or a folder, or in one sentence why it cannot be chosen (its name is not part of it).
    Inspected {
        id: RequestId,
        found: Vec<(PathBuf, Result<LocalKind, String>)>,
    },
    /// The outcome of [`Effect::ReadMemory`](super::Effect::ReadMemory).
    Memory {
        account: AccountName,
        memory: Memory,
    },
    /// A part of what [`Effect::Gather`](super::Effect::Gather) found.
    Gathered {
        id: RequestId,
        part: Gathered,
        /// Another part with the same id follows.
        more: bool,
    },
    /// The outcome of [`Effect::LayOut`](super::Effect::LayOut); else why not, in one safe sentence.
    LaidOut {
        id: RequestId,
        result: Result<Box<Tree>, String>,
    },
    /// Transfers that the transfer engine would not even queue: how many, and why.
    Refused {
        count: usize,
        reason: String,
    },
    /// What was kept of lists is lost, or nothing can be kept, in one safe sentence.
    IndexTrouble(String),
    /// What the terminal can do about pictures is known, or known better.
    Means(Means),
    /// Columns and rows that the details have for a picture now; `None` while they show none.
    PictureRoom(Option<(u16, u16)>),
}

/// Files for a plan, and what was passed over on the way to them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gathered {
    /// What was chosen, in its order; the first may go on with the last of the part before.
    pub chosen: Vec<Chosen>,
    /// Links, which may lead anywhere.
    pub links: usize,
    pub hidden: usize,
}

impl Gathered {
    /// How many files there are.
    pub fn count(&self) -> usize {
        self.chosen.iter().map(|one| one.files.len()).sum()
    }

    /// Takes the next part.
    pub fn join(&mut self, part: &Self) {
        for next in &part.chosen {
            match self.chosen.last_mut().filter(|last| last.path == next.path) {
                Some(last) => last.files.extend(next.files.iter().cloned()),
                None => self.chosen.push(next.clone()),
            }
        }
        self.links += part.links;
        self.hidden += part.hidden;
    }
}

/// A word about what is in places that are saved as a tree.
#[derive(Debug, Clone, PartialEq)]
pub enum InTree {
    /// So much so far; more follows.
    Found(Found),
    /// So many calls more are to be made, and were not.
    Costs(usize),
    All(Arc<Listed>),
}

/// A word about the reading of what assets hold.
#[derive(Debug, Clone, PartialEq)]
pub enum InContents {
    /// So many bytes of the one on its way came.
    Came(u64),
    /// The next of them is read, or why it could not be; more follow.
    Read(Result<Digest, ApiError>),
    /// That was the last that is read; others may be left.
    End,
}

/// A word about a scan of what uses assets.
#[derive(Debug, Clone, PartialEq)]
pub enum InScan {
    /// So many were read; more follow.
    Read(usize),
    All(Arc<Usage>),
}

/// What a listing found, and what it took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Found {
    pub files: usize,
    /// As far as sizes are known.
    pub bytes: u64,
    pub calls: usize,
}

/// Everything in places that are saved as a tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Listed {
    /// Each with the folders that stand for its place.
    pub assets: Vec<(Vec<Top>, Asset)>,
    /// Entries that could not be read.
    pub unreadable: usize,
    pub found: Found,
}

/// What was done on the desktop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Desktop {
    Opened,
    Copied {
        what: String,
        text: String,
        way: CopyWay,
    },
}

/// How a copy went to the user's clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyWay {
    /// To the desktop's, by this program.
    Desktop(&'static str),
    /// To the terminal's. No answer ever comes, so whether it took it is not known.
    Terminal,
    /// The same through tmux.
    Tmux,
    /// To tmux's own buffer only: it is set to leave the terminal's alone.
    TmuxBuffer,
    /// To the terminal's through screen.
    Screen,
}

/// One page of a listing on its way in.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch<T: Keepable> {
    pub entries: Shelf<T>,
    /// Another batch with the same request id follows.
    pub more: bool,
    /// Where the next page begins, for who stops here and goes on later.
    pub next: Option<Cursor>,
    /// How many there are in all, where the service says.
    pub total: Option<u64>,
    pub came: Came,
    /// What the service said of when the container changed last, where it says; with the last page.
    pub seal: Option<String>,
}

/// Where a page comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Came {
    /// From its service, now.
    #[default]
    Fresh,
    /// The same, but only some, and these come again with all others.
    Early,
    /// From what was kept so long ago; the service is still asked.
    Kept(Duration),
    /// The service says that nothing changed: what is shown holds.
    Unchanged,
    /// What came before it was stopped does not hold any more: all pages come again.
    Anew,
}

impl<T: Keepable> Batch<T> {
    /// All there is, in one page of the service's.
    pub fn whole(entries: impl Into<Shelf<T>>) -> Self {
        Self {
            entries: entries.into(),
            more: false,
            next: None,
            total: None,
            came: Came::Fresh,
            seal: None,
        }
    }

    /// What came before does not hold any more: all pages come again.
    pub fn anew() -> Self {
        Self {
            more: true,
            came: Came::Anew,
            ..Self::whole(Vec::new())
        }
    }
}

/// The answer to one [`Effect::Load`](super::Effect::Load), `Update` or `Delete`.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Containers(Result<Batch<Container>, ApiError>),
    Container(Result<Container, ApiError>),
    Segments(Result<Batch<Segment>, ApiError>),
    /// The segments that were given, with their keys and texts.
    SegmentTexts(Result<Shelf<Segment>, ApiError>),
    /// The segments that were given, of which some have other keys and texts by now.
    ChangedTexts(Shelf<Segment>),
    Assets(Result<Batch<Asset>, ApiError>),
    /// Assets of all the segments asked for.
    Marks(Result<Vec<Entry<Asset>>, ApiError>),
    /// What was kept of the assets of some of them, and how long ago; the service is still asked.
    KeptMarks(Vec<(SegmentId, Duration, Vec<Entry<Asset>>)>),
    Tree(Result<InTree, ApiError>),
    Digests(Digests),
    Contents(Result<InContents, ApiError>),
    /// The ids of all that may use assets, and how many of them a scan has read that did not end.
    Uses(Result<(Vec<String>, usize), ApiError>),
    Scanned(Result<InScan, ApiError>),
    /// A patient request waits before it is made again: why and for how long, in one safe sentence.
    Waits(String),
    /// A listing waits for what its service allows.
    Held(crate::domain::Held),
    Updated(Result<Box<Asset>, ApiError>),
    Deleted(Result<(), ApiError>),
    /// Else why there is none, in one sentence.
    Picture(Result<Arc<Drawn>, String>),
}

impl Answer {
    /// What is waited for as a sentence, for who has room for one.
    #[must_use]
    pub fn in_words(self) -> Self {
        match self {
            Self::Held(held) => Self::Waits(held.to_string()),
            other => other,
        }
    }
}
