//! `assetdeck.json`: which file of a downloaded tree came from where, so that it goes back there.

use std::io::{Read as _, Write as _};

use serde::{Deserialize, Serialize};

use super::alike::Alike;
use crate::api::ApiError;
use crate::domain::{AccountName, Asset, AssetPath, Locale, Ref};
use crate::transfer::names::LocalPath;
use crate::transfer::save::{Folder, Target, local, refuse};

/// Its name, at the top of the tree.
pub const NAME: &str = "assetdeck.json";

/// What this program writes; a file of a newer version is left alone.
const VERSION: u64 = 1;

/// Longer ones are not ours: room for some 200,000 files, in bytes.
const LONGEST: u64 = 64 << 20;

/// The files of a tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manifest {
    pub files: Vec<Kept>,
}

/// One file, and the asset that it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub file: LocalPath,
    pub reference: Ref,
    pub locale: Option<Locale>,
    pub folder: AssetPath,
    /// As the service has it, which the local name need not be. Foreign text.
    pub name: String,
    /// Bytes; `None` when the service named none.
    pub size: Option<u64>,
    /// The folders of the tree before they became local names: place, locale, folder.
    pub(super) exact: Vec<String>,
    /// What both were when they were the same; `None` where that is not known.
    pub(super) alike: Option<Alike>,
}

impl Kept {
    pub(super) fn new(
        account: AccountName,
        asset: &Asset,
        file: LocalPath,
        exact: Vec<String>,
    ) -> Self {
        Self {
            file,
            reference: Ref::asset(account, &asset.scope, &asset.key),
            locale: asset.locale.clone(),
            folder: asset.folder.clone(),
            name: asset.name.clone(),
            size: asset.size,
            exact,
            alike: None,
        }
    }

    pub(super) fn exact_folders(&self) -> &[String] {
        &self.exact
    }
}

/// What is read first: whose file it is.
#[derive(Deserialize)]
struct Head {
    assetdeck: u64,
}

#[derive(Serialize, Deserialize)]
struct File {
    /// The version; also says whose file it is.
    assetdeck: u64,
    files: Vec<Row>,
}

#[derive(Serialize, Deserialize)]
struct Row {
    file: String,
    #[serde(rename = "ref")]
    reference: String,
    locale: Option<String>,
    folder: String,
    name: String,
    size: Option<u64>,
    folders: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    alike: Option<Alike>,
}

impl Row {
    fn of(kept: &Kept) -> Self {
        Self {
            file: kept.file.to_string(),
            reference: kept.reference.to_string(),
            locale: kept.locale.as_ref().map(|it| it.as_str().to_owned()),
            folder: kept.folder.to_string(),
            name: kept.name.clone(),
            size: kept.size,
            folders: kept.exact.clone(),
            alike: kept.alike,
        }
    }

    /// `None` when it leads out of the tree, or is no ref of an asset.
    fn kept(self) -> Option<Kept> {
        let reference: Ref = self.reference.parse().ok()?;
        reference.key.as_ref()?;
        reference.address.scope()?;
        Some(Kept {
            file: LocalPath::read(&self.file)?,
            reference,
            locale: self.locale.and_then(Locale::new),
            folder: AssetPath::from_service(&self.folder),
            name: self.name,
            size: self.size,
            exact: self.folders,
            alike: self.alike,
        })
    }
}

impl Manifest {
    /// The one in this folder; `None` when there is none. A file of that name which is none of
    /// ours, or of a newer version, is an error: it is neither believed nor replaced.
    pub(in crate::transfer) fn read(folder: &Folder) -> Result<Option<Self>, ApiError> {
        let Some(file) = folder.read(NAME)? else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        file.take(LONGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(|error| local(&error))?;
        let not_ours = || {
            refuse(format!(
                "{NAME} in that folder is not the list that belongs to a download; move it away, or choose another folder"
            ))
        };
        if bytes.len() as u64 > LONGEST {
            return Err(not_ours());
        }
        let head: Head = serde_json::from_slice(&bytes).map_err(|_| not_ours())?;
        if head.assetdeck > VERSION {
            return Err(refuse(format!(
                "{NAME} in that folder was written by a newer assetdeck; update this one, or choose another folder"
            )));
        }
        let read: File = serde_json::from_slice(&bytes).map_err(|_| not_ours())?;
        let files: Option<Vec<Kept>> = read.files.into_iter().map(Row::kept).collect();
        Ok(Some(Self {
            files: files.ok_or_else(not_ours)?,
        }))
    }

    /// Puts it in the place of the one that was read, whole or not at all.
    pub(in crate::transfer) fn write(&self, root: &std::path::Path) -> Result<(), ApiError> {
        let at = LocalPath::new([NAME]);
        let target = Target::open(root, &at)?;
        let earlier = target.stamp()?;
        let mut part = target.create_part()?;
        let file = File {
            assetdeck: VERSION,
            files: self.files.iter().map(Row::of).collect(),
        };
        let mut text = serde_json::to_vec_pretty(&file)
            .map_err(|error| refuse(format!("{NAME} cannot be written: {error}")))?;
        text.push(b'\n');
        let written = part.file().write_all(&text);
        written
            .and_then(|()| part.file().sync_all())
            .map_err(|error| local(&error))?;
        part.publish(earlier.as_ref()).map(drop)
    }

    /// What an earlier download wrote stays, unless its file or its asset is in this one.
    #[must_use]
    pub(super) fn onto(mut self, earlier: Self) -> Self {
        use std::collections::HashSet;
        let files: HashSet<&LocalPath> = self.files.iter().map(|kept| &kept.file).collect();
        let refs: HashSet<&Ref> = self.files.iter().map(|kept| &kept.reference).collect();
        let stays = |kept: &Kept| !files.contains(&kept.file) && !refs.contains(&kept.reference);
        let mut all: Vec<Kept> = earlier.files.into_iter().filter(stays).collect();
        all.append(&mut self.files);
        all.sort_by(|one, other| one.file.cmp(&other.file));
        Self { files: all }
    }
}
