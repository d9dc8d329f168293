//! Effects: requests for I/O, as data. Only the runtime carries them out.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::api::{KeyEntry, Metadata, ProviderSpec, UploadRequest};
use crate::app::msg::Listed;
use crate::domain::filter::Filter;
use crate::domain::{
    AccountName, Asset, AssetScope, ContainerId, Cursor, Segment, SegmentId, Share, Shelf,
    TypeChoice,
};
use crate::picture::Room;
use crate::transfer::job::JobId;
use crate::transfer::tree::{Source, Tree};

/// Names one request, so that a late answer to an earlier one is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u64);

/// What to ask a service.
#[derive(Debug, Clone, PartialEq)]
pub enum Load {
    /// All pages; answered page by page.
    Containers,
    /// One container with its locales.
    Container(ContainerId),
    /// All pages; answered page by page. With what the service said of the container's last change
    /// when those that are shown were listed: where it still says so, that is the answer. A listing that
    /// was stopped goes on with this page, unless the container changed meanwhile. Those that are shown
    /// give their keys and texts to the new ones.
    Segments(ContainerId, Option<String>, Option<Cursor>, Shelf<Segment>),
    /// Keys and texts for these.
    SegmentTexts(ContainerId, Shelf<Segment>),
    /// All pages; answered page by page. A listing that was stopped goes on there, unless that is long ago.
    Assets(AssetScope, Option<Cursor>),
    /// The assets of these segments.
    Marks(ContainerId, Vec<SegmentId>),
    /// The same as a part of a sweep.
    Sweep(ContainerId, Vec<SegmentId>),
    /// The same as far as it was kept: asks no service.
    Kept(ContainerId, Vec<SegmentId>),
    /// What was read of the assets of a scope before, as far as it was kept: asks no service.
    Digests(AssetScope),
    /// What these assets of one scope hold; answered one by one.
    Contents(AssetScope, Arc<Vec<Asset>>),
    /// The ids of all that may use assets.
    Uses,
    /// What these use; answered one by one.
    Scan(Vec<String>),
    /// Everything in these places; answered call by call.
    Tree {
        source: Source,
        /// Only assets of these types; none stands for all.
        types: Vec<TypeChoice>,
        /// From so many calls on that are still to be made, they are told instead.
        calls: usize,
    },
}

impl Load {
    /// What it leaves to others of what the service allows; `None` for what asks no service.
    pub const fn share(&self) -> Option<Share> {
        match self {
            Self::Containers
            | Self::Segments(..)
            | Self::SegmentTexts(..)
            | Self::Sweep(..)
            | Self::Contents(..)
            | Self::Uses
            | Self::Scan(_)
            | Self::Tree { .. } => Some(Share::Sweeps),
            Self::Container(_) | Self::Assets(..) | Self::Marks(..) => Some(Share::Looks),
            Self::Kept(..) | Self::Digests(_) => None,
        }
    }
}

/// One request for I/O.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Find the account's key, or take the one given. Answered by `Msg::Connected`.
    Connect {
        account: AccountName,
        entry: Option<KeyEntry>,
    },
    /// Answered by `Msg::Loaded`. `patient`: what passes (a busy service, a lost connection) is waited
    /// out, and told of meanwhile. `recall`: what was kept of it comes first.
    Load {
        id: RequestId,
        account: AccountName,
        what: Load,
        patient: bool,
        recall: bool,
    },
    /// Look for this in all that was listed before, the best so many. Answered by `Msg::Found`.
    Find {
        id: RequestId,
        filter: Filter,
        most: usize,
    },
    /// Nobody looks any more.
    EndFind,
    /// Nobody waits for this answer any more.
    Cancel(RequestId),
    /// List a local folder. Answered by `Msg::Files`.
    ReadFolder {
        id: RequestId,
        path: PathBuf,
    },
    /// Look whether these local files can be sent to such a service, and which of them are folders. Answered by `Msg::Inspected`.
    Inspect {
        id: RequestId,
        paths: Vec<PathBuf>,
        spec: &'static ProviderSpec,
    },
    /// Look at these local files and at all that the folders among them hold. Answered by
    /// `Msg::Gathered`, part by part.
    Gather {
        id: RequestId,
        paths: Vec<PathBuf>,
        spec: &'static ProviderSpec,
    },
    /// Tell what is remembered of the uploads into these containers. Answered by `Msg::Memory`.
    ReadMemory {
        account: AccountName,
        containers: BTreeSet<ContainerId>,
    },
    /// Queue these files, one job each.
    Upload {
        account: AccountName,
        requests: Vec<UploadRequest>,
    },
    /// Queue a download into this folder.
    Save {
        account: AccountName,
        asset: Box<Asset>,
        folder: PathBuf,
    },
    /// Give each file of a tree its place in this folder, and look what stands there. Answered by
    /// `Msg::LaidOut`.
    LayOut {
        id: RequestId,
        account: AccountName,
        spec: &'static ProviderSpec,
        listed: Arc<Listed>,
        folder: PathBuf,
    },
    /// Write the list of the tree and queue the downloads that were decided for.
    SaveTree {
        account: AccountName,
        tree: Box<Tree>,
    },
    CancelJob(JobId),
    RetryJob(JobId),
    PauseJob(JobId),
    /// Ends a pause, or begins what an earlier run left.
    GoOnJob(JobId),
    PauseAll,
    GoOnAll,
    /// Goes on with what an earlier run left and nobody has paused.
    Resume,
    /// Looks whether the service lists a file in doubt; sends nothing.
    LookAgain(JobId),
    /// The user says that a file in doubt is there.
    CallDone(JobId),
    /// These two change places in the queue.
    SwapJobs(JobId, JobId),
    /// In front of all others, or behind them.
    ReorderJob {
        job: JobId,
        first: bool,
    },
    /// Takes in what another process did with the queue. Answered by `Msg::Queue`.
    RefreshQueue,
    /// Forget finished jobs.
    ClearJobs(Vec<JobId>),
    /// Change an asset's texts. Answered by `Msg::Loaded` with `Answer::Updated`.
    Update {
        id: RequestId,
        account: AccountName,
        asset: Box<Asset>,
        change: Metadata,
    },
    /// Delete exactly this asset. Answered by `Msg::Loaded` with `Answer::Deleted`.
    Delete {
        id: RequestId,
        account: AccountName,
        asset: Box<Asset>,
    },
    /// Fetch an asset of at most so many bytes and draw it. Answered by `Msg::Loaded` with
    /// `Answer::Picture`.
    Picture {
        id: RequestId,
        account: AccountName,
        asset: Box<Asset>,
        room: Room,
        fetch: u64,
    },
    /// The name of this protected account was typed. Comes before what waited for it.
    Consent(AccountName),
    /// Open a web address on the desktop. Answered by `Msg::Desktop`.
    Open {
        url: String,
    },
    /// Copy to the user's clipboard, wherever that is. The text holds no control characters but line
    /// ends of our own. Answered by `Msg::Desktop`.
    Copy {
        text: String,
        what: String,
    },
    /// The terminal reports clicks and the wheel, or leaves the mouse to itself.
    Mouse(bool),
    /// Back to the shell until resumed.
    Suspend,
    /// Draw everything again.
    Redraw,
    Quit,
}

impl Effect {
    /// It changes something at a service: it may only ever come from a sheet.
    pub const fn is_destructive(&self) -> bool {
        matches!(
            self,
            Self::Upload { .. } | Self::Update { .. } | Self::Delete { .. }
        )
    }
}
