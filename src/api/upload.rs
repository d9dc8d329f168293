//! One upload as it is asked for, and how it tells what it is doing.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use std::time::SystemTime;

use async_trait::async_trait;

use super::ApiError;
use crate::domain::{Asset, AssetKey, AssetPath, AssetScope, FileName, Locale};

/// What identifies the file that was chosen: a file that differs in any of these is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileStamp {
    /// Bytes.
    pub size: u64,
    pub modified: Option<SystemTime>,
    /// Device and inode; `None` where the system has none.
    pub identity: Option<(u64, u64)>,
}

impl FileStamp {
    /// Reads the stamp of an open or named file.
    pub fn of(metadata: &std::fs::Metadata) -> Self {
        #[cfg(unix)]
        let identity = {
            use std::os::unix::fs::MetadataExt as _;
            Some((metadata.dev(), metadata.ino()))
        };
        #[cfg(not(unix))]
        let identity = None;
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            identity,
        }
    }

    /// When the file was written; `None` where the system does not tell, or a time that is none.
    pub fn written(&self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::try_from(self.modified?).ok()
    }

    /// Which file it is. Without the device, whose number may be another after a restart.
    pub fn inode(&self) -> Option<u64> {
        self.identity.map(|(_, inode)| inode)
    }
}

/// The texts of an asset; `None` leaves a field alone, `Some("")` empties it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    pub image_type: Option<String>,
    pub alt_text: Option<String>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
}

impl Metadata {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// For a request. Those of most files of a long queue are empty, and one and the same.
    pub fn shared(self) -> Arc<Self> {
        static EMPTY: LazyLock<Arc<Metadata>> = LazyLock::new(Arc::default);
        if self.is_empty() {
            EMPTY.clone()
        } else {
            Arc::new(self)
        }
    }
}

/// The asset that an upload takes the place of, as it was listed when that was decided. It is in
/// the upload's own scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    pub key: AssetKey,
    /// Foreign text.
    pub name: String,
    /// Bytes.
    pub size: Option<u64>,
    /// As the service wrote it.
    pub modified: Option<String>,
    pub stored_as: Option<String>,
}

impl Replaced {
    /// What identifies this version of an asset.
    pub fn of(asset: &Asset) -> Self {
        Self {
            key: asset.key.clone(),
            name: asset.name.clone(),
            size: asset.size,
            modified: asset.modified.clone(),
            stored_as: asset.stored_as.clone(),
        }
    }

    /// Whether this is the asset as it was then, unchanged as far as the service tells.
    pub fn is_still(&self, listed: &Asset) -> bool {
        *self == Self::of(listed)
    }
}

/// A file and the place it shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRequest {
    pub scope: AssetScope,
    pub path: PathBuf,
    pub stamp: FileStamp,
    /// The name it gets at the service.
    pub name: FileName,
    /// By its first bytes, else by its name.
    pub content_type: Cow<'static, str>,
    pub locale: Option<Locale>,
    pub folder: AssetPath,
    pub asset_type: Option<String>,
    pub metadata: Arc<Metadata>,
    /// `None` when it is new there. What becomes of the old one: [`Replace`](super::Replace).
    pub replaces: Option<Box<Replaced>>,
    /// The user wants it beside what has its name there already; else such a name is a clash.
    pub beside: bool,
}

/// What an upload is about to do. A service uses those it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Asking for an upload link.
    AskLink,
    /// Sending the bytes.
    Send,
    /// Creating the record of the stored file.
    Record,
    /// Attaching the stored file to its segment.
    Attach,
    /// Setting alt text, description and tags.
    Texts,
    /// The service took it: looking whether it lists it.
    Confirm,
    /// Whether the service took it is not known: looking whether it lists it.
    Look,
    /// It is listed; the asset that it replaces is deleted.
    Remove,
}

impl Step {
    /// From here on the service may hold a record of the file, whatever happens to the answer.
    pub const fn may_leave_a_record(self) -> bool {
        matches!(
            self,
            Self::Record | Self::Attach | Self::Texts | Self::Confirm | Self::Look | Self::Remove
        )
    }

    /// Its answer decides whether there is a record at all.
    pub const fn makes_the_record(self) -> bool {
        matches!(self, Self::Record | Self::Attach)
    }

    /// It changes nothing at the service.
    pub const fn only_looks(self) -> bool {
        matches!(self, Self::Confirm | Self::Look)
    }

    /// The word on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::AskLink => "asking for a link",
            Self::Send => "sending",
            Self::Record => "recording",
            Self::Attach => "attaching",
            Self::Texts => "setting texts",
            Self::Confirm => "confirming",
            Self::Look => "looking for it",
            Self::Remove => "deleting the old one",
        }
    }
}

/// What names the stored bytes at the service, and may be kept: never a link or a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub storage_key: String,
}

/// What looking for an upload in the service's own listing showed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The asset, where it is listed.
    pub asset: Option<Asset>,
    /// Nothing of it names the upload itself: only place, name and size are the same.
    pub by_name: bool,
    /// How many assets were looked through.
    pub among: u64,
}

/// An upload that may have left something behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    pub request: Arc<UploadRequest>,
    pub receipt: Option<Receipt>,
}

/// Told about an upload while it runs.
#[async_trait]
pub trait UploadWatch: Send + Sync {
    /// The step that comes next. It is not begun before this returns, and not at all on an error.
    async fn step(&self, step: Step, receipt: Option<&Receipt>) -> Result<(), ApiError>;

    /// Bytes handed to the network so far, from the file's start; goes back to 0 on a new try.
    fn bytes(&self, sent: u64);

    /// The asset is stored, but something that was asked beside it failed.
    fn warning(&self, text: String);
}
