//! The place of one file: what stands there already, and what that means for a download.

use std::path::Path;

use super::folder::Under;
use super::part::{self, Part};
use super::{Folder, path_shown, refuse};
use crate::api::{ApiError, FileStamp};
use crate::domain::{Asset, SafeText, twin_key};
use crate::transfer::known::is_saved;
use crate::transfer::names::LocalPath;
use crate::transfer::tree::Alike;

/// What stands at a place before anything is saved there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::transfer) enum Stands {
    Nothing,
    /// A file of the asset's size that was not changed since, as far as can be told.
    Same,
    /// Another file of this name.
    Other(FileStamp),
    /// A file of this name in another case or composition, or something that is no file: only the
    /// user can make room.
    Barred(String),
}

/// The folder of one file, held open, and the name the file shall have in it.
#[derive(Debug)]
pub(in crate::transfer) struct Target<'a> {
    pub(super) folder: Folder,
    pub(super) name: &'a str,
}

impl<'a> Target<'a> {
    /// Opens the folder, made if need be. Links on the way to its root are the user's.
    pub(in crate::transfer) fn open(root: &Path, at: &'a LocalPath) -> Result<Self, ApiError> {
        Self::below(Folder::make(root)?, at)
    }

    /// The same of a download, whose root was resolved when it was chosen: perhaps long ago, by
    /// another process.
    pub(super) fn open_resolved(root: &Path, at: &'a LocalPath) -> Result<Self, ApiError> {
        Self::below(Folder::make_resolved(root)?, at)
    }

    fn below(mut folder: Folder, at: &'a LocalPath) -> Result<Self, ApiError> {
        for name in at.folders() {
            folder = folder.enter_or_make(name)?;
        }
        Ok(Self {
            folder,
            name: at.name(),
        })
    }

    /// The same without making anything; `None` where the folder is not there.
    fn reopen(root: &Path, at: &'a LocalPath) -> Result<Option<Self>, ApiError> {
        let mut folder = Folder::open_resolved(root)?;
        for name in at.folders() {
            let Some(inside) = folder else { break };
            folder = inside.enter(name)?;
        }
        Ok(folder.map(|folder| Self {
            folder,
            name: at.name(),
        }))
    }

    /// Removes what an ended program left of this file.
    pub(in crate::transfer) fn sweep(root: &Path, at: &'a LocalPath) {
        // Nothing is promised where the folder is gone or cannot be entered.
        if let Ok(Some(target)) = Self::reopen(root, at) {
            part::sweep(&target.folder.handle, target.name);
        }
    }

    /// What stands there. Names in another case or composition are the same file to some storage.
    pub(in crate::transfer) fn stands(&self, asset: &Asset) -> Result<Stands, ApiError> {
        let twins = self.folder.names()?.filter(|it| twins(it, self.name));
        stands_in(&self.folder, self.name, twins, asset, None)
    }

    /// What identifies the file that has its name, if one has.
    pub(in crate::transfer) fn stamp(&self) -> Result<Option<FileStamp>, ApiError> {
        Ok(match self.folder.under(self.name)? {
            Under::File(stamp) => Some(stamp),
            Under::Nothing | Under::Other => None,
        })
    }

    /// Removes what an ended program left beside the file: it was killed when all was done but that.
    pub(super) fn clear(&self) {
        part::sweep(&self.folder.handle, self.name);
    }

    /// Why nothing is saved there.
    pub(super) fn taken(&self, stands: &Stands) -> ApiError {
        refuse(match stands {
            Stands::Barred(there) => barred(there, self.name, &self.folder.path),
            _ => format!(
                "“{}” is already in {}; nothing was replaced",
                SafeText::name(self.name),
                path_shown(&self.folder.path)
            ),
        })
    }

    pub(in crate::transfer) fn create_part(self) -> Result<Part<'a>, ApiError> {
        Part::create(self)
    }
}

/// Why what is called so is in the way of a file, and not even replaced.
pub(in crate::transfer) fn barred(there: &str, name: &str, folder: &Path) -> String {
    let (shown, folder) = (SafeText::name(there), path_shown(folder));
    if there == name {
        return format!(
            "“{shown}” in {folder} is a link or a folder, and only a file is replaced; nothing was \
             replaced"
        );
    }
    format!(
        "“{shown}” is already in {folder}, one file with it to some disks; nothing was replaced"
    )
}

/// What stands under a name, given the names in its folder that equal it but for case and
/// composition, and what the list of the tree says of both.
pub(in crate::transfer) fn stands_in(
    folder: &Folder,
    name: &str,
    twins: impl Iterator<Item = String>,
    asset: &Asset,
    alike: Option<&Alike>,
) -> Result<Stands, ApiError> {
    let mut exact = false;
    for there in twins {
        if there != name {
            return Ok(Stands::Barred(there));
        }
        exact = true;
    }
    if !exact {
        return Ok(Stands::Nothing);
    }
    Ok(match folder.under(name)? {
        Under::Nothing => Stands::Nothing,
        Under::Other => Stands::Barred(name.to_owned()),
        Under::File(stamp) if is_saved(alike, &stamp, asset) => Stands::Same,
        Under::File(stamp) => Stands::Other(stamp),
    })
}

fn twins(one: &str, other: &str) -> bool {
    if one.is_ascii() && other.is_ascii() {
        let trim = |name| str::trim_end_matches(name, ['.', ' ']);
        return trim(one).eq_ignore_ascii_case(trim(other));
    }
    twin_key(one) == twin_key(other)
}
