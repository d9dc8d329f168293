//! What a file and its asset were when they were one and the same: which of them was changed since.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::layout;
use super::manifest::{Kept, Manifest};
use crate::api::{ApiError, FileStamp, Middle, ProviderSpec};
use crate::domain::{Address, Asset, Ref};
use crate::transfer::known::is_kept;
use crate::transfer::names::LocalPath;
use crate::transfer::save::Folder;

/// Sizes and dates of both, at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alike {
    /// Bytes, of the one and the other.
    size: u64,
    /// When the service stored the asset; `None` where it does not tell.
    stored: Option<jiff::Timestamp>,
    /// When the file was written.
    modified: jiff::Timestamp,
}

impl Alike {
    /// `None` where they differ in size, or the disk keeps no times.
    pub(in crate::transfer) fn of(asset: &Asset, stamp: &FileStamp) -> Option<Self> {
        let modified = stamp.written()?;
        (asset.size == Some(stamp.size)).then_some(Self {
            size: stamp.size,
            stored: asset.stored(),
            modified,
        })
    }

    /// As a download leaves them, which sets the file's time to the asset's.
    pub(super) fn downloaded(asset: &Asset) -> Option<Self> {
        let stored = asset.stored()?;
        (stored <= jiff::Timestamp::now()).then_some(Self {
            size: asset.size?,
            stored: Some(stored),
            modified: stored,
        })
    }

    /// Nobody changed the asset since, as far as its service tells.
    pub(in crate::transfer) fn is_asset(&self, asset: &Asset) -> bool {
        self.is_size(asset) && asset.stored() == self.stored
    }

    pub(in crate::transfer) fn is_size(&self, asset: &Asset) -> bool {
        asset.size == Some(self.size)
    }

    /// Nobody changed the file since.
    pub(in crate::transfer) fn is_file(&self, stamp: &FileStamp) -> bool {
        stamp.size == self.size && stamp.written().is_some_and(|at| is_kept(self.modified, at))
    }
}

/// A file of a tree, and the asset that it is.
#[derive(Debug, Clone)]
pub struct Pair {
    pub file: LocalPath,
    /// Of the file as it was when it was compared, saved or sent; a later one may be another.
    pub stamp: FileStamp,
    pub asset: Asset,
    /// The one was made of the other just now; else they were only found to look the same, which what
    /// is known of an earlier time may contradict.
    pub sure: bool,
}

/// Writes into the list of the tree at `root`, which stands for what is below `address`, that these
/// are the same now, and takes out what `gone` is said of. Reads and writes the local disk.
pub fn keep(
    root: &Path,
    address: &Address,
    spec: &ProviderSpec,
    pairs: &[Pair],
    gone: impl Fn(&LocalPath, &Ref) -> bool,
) -> Result<(), ApiError> {
    let Some(folder) = Folder::open(root)? else {
        return Ok(());
    };
    let before = Manifest::read(&folder)?;
    let mut earlier = before.clone().unwrap_or_default();
    earlier
        .files
        .retain(|kept| !gone(&kept.file, &kept.reference));
    let known: HashMap<Ref, Alike> = { earlier.files.iter() }
        .filter_map(|kept| Some((kept.reference.clone(), kept.alike?)))
        .collect();
    let mut seen = HashSet::new();
    let files = pairs.iter().map(|pair| (pair, pair.kept(address, spec)));
    let files = files
        .filter(|(pair, kept)| pair.may_be(known.get(&kept.reference)) && seen.insert(&pair.file));
    let now = Manifest {
        files: files.map(|(_, kept)| kept).collect(),
    };
    let now = now.onto(earlier);
    if before.unwrap_or_default() != now {
        now.write(root)?;
    }
    Ok(())
}

/// Where else than at `address` a file of the list in the tree at `root` came from: trees of another
/// address have other folders, and would become a second one beside the first. `Ok(None)` where it fits,
/// or where there is no list. `elsewhere`: it may be of another place, if that is a single one too.
/// Reads the local disk.
pub fn origin(
    root: &Path,
    address: &Address,
    spec: &ProviderSpec,
    elsewhere: bool,
) -> Result<Option<Address>, ApiError> {
    let Some(folder) = Folder::open(root)? else {
        return Ok(None);
    };
    let single = |it: &Address| it.scope().is_some_and(|scope| !spec.is_whole(&scope));
    let fits = |it: &Address| it == address || (elsewhere && single(it) && single(address));
    let list = Manifest::read(&folder)?.unwrap_or_default();
    let mut origins = list.files.iter().map(|kept| kept.origin(spec));
    Ok(origins.find(|origin| !fits(origin)))
}

impl Kept {
    /// The address that was saved when this was one file of it.
    fn origin(&self, spec: &ProviderSpec) -> Address {
        let own = layout::folders(self.locale.as_ref(), &self.folder, spec).len();
        let above = self.exact.len().saturating_sub(own);
        let mut origin = self.reference.address.clone();
        if above > 0 && origin.segment.take().is_some() && above == 1 {
            return origin;
        }
        if above > 0 {
            origin.container = None;
        }
        origin
    }
}

impl Pair {
    /// Whether nothing that is known of an earlier time speaks against it.
    fn may_be(&self, earlier: Option<&Alike>) -> bool {
        let unchanged = |it: &Alike| it.is_asset(&self.asset) && it.is_file(&self.stamp);
        let downloaded = || Alike::downloaded(&self.asset);
        self.sure
            || earlier.is_none_or(unchanged)
            || downloaded().is_some_and(|it| it.is_file(&self.stamp))
    }

    fn kept(&self, address: &Address, spec: &ProviderSpec) -> Kept {
        let asset = &self.asset;
        let mut exact = Vec::new();
        if address.container.is_none() {
            exact.push(asset.scope.container().as_str().to_owned());
        }
        if let Some(segment) = asset.scope.segment()
            && spec.middle == Middle::Segments
            && address.segment.is_none()
        {
            exact.push(segment.as_str().to_owned());
        }
        exact.extend(layout::exact(asset, spec));
        Kept {
            alike: Alike::of(asset, &self.stamp),
            ..Kept::new(address.account.clone(), asset, self.file.clone(), exact)
        }
    }
}
