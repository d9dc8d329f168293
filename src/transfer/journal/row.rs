//! Rows of the journal as JSON: a form of its own, so that no change elsewhere alters what is on
//! disk. No link, token or key has a field here: links are asked for again, storage keys are kept.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use crate::api::{FileStamp, Metadata, Replaced, UploadRequest};
use crate::domain::{
    Asset, AssetKey, AssetPath, AssetScope, ContainerId, FileName, Locale, SegmentId, number,
};
use crate::transfer::names::LocalPath;
use crate::transfer::work::{DownloadRequest, Work};

/// A path as text where it is some, else as bytes.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum PathRow {
    Text(String),
    Bytes(Vec<u8>),
}

impl PathRow {
    pub(super) fn of(path: &Path) -> Self {
        match path.to_str() {
            Some(text) => Self::Text(text.to_owned()),
            None => Self::Bytes(path.as_os_str().as_bytes().to_vec()),
        }
    }

    pub(super) fn path(self) -> PathBuf {
        match self {
            Self::Text(text) => text.into(),
            Self::Bytes(bytes) => OsString::from_vec(bytes).into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub(super) struct AssetRow {
    container: String,
    segment: Option<String>,
    key: String,
    name: String,
    locale: Option<String>,
    folder: String,
    size: Option<u64>,
    /// Older journals have none.
    modified: Option<String>,
    stored_as: Option<String>,
}

fn scope(container: &str, segment: Option<&String>) -> Option<AssetScope> {
    let container = ContainerId::new(container)?;
    Some(match segment {
        None => AssetScope::Container(container),
        Some(segment) => AssetScope::Segment(container, SegmentId::new(segment)?),
    })
}

fn segment_text(scope: &AssetScope) -> Option<String> {
    scope.segment().map(|id| id.as_str().to_owned())
}

impl AssetRow {
    pub(super) fn of(asset: &Asset) -> Self {
        Self {
            container: asset.scope.container().as_str().to_owned(),
            segment: segment_text(&asset.scope),
            key: asset.key.as_str().to_owned(),
            name: asset.name.clone(),
            locale: asset.locale.as_ref().map(|it| it.as_str().to_owned()),
            folder: asset.folder.to_string(),
            size: asset.size,
            modified: asset.modified.clone(),
            stored_as: asset.stored_as.clone(),
        }
    }

    pub(super) fn asset(self) -> Option<Asset> {
        let scope = scope(&self.container, self.segment.as_ref())?;
        Some(Asset {
            locale: self.locale.and_then(Locale::new),
            folder: AssetPath::from_service(&self.folder),
            size: self.size,
            modified: self.modified,
            stored_as: self.stored_as,
            ..Asset::bare(scope, AssetKey::new(self.key)?, self.name)
        })
    }
}

#[derive(Serialize, Deserialize)]
struct ReplacedRow {
    key: String,
    name: String,
    size: Option<u64>,
    modified: Option<String>,
    stored_as: Option<String>,
}

impl ReplacedRow {
    fn of(old: &Replaced) -> Self {
        Self {
            key: old.key.as_str().to_owned(),
            name: old.name.clone(),
            size: old.size,
            modified: old.modified.clone(),
            stored_as: old.stored_as.clone(),
        }
    }

    fn replaced(self) -> Option<Replaced> {
        Some(Replaced {
            key: AssetKey::new(self.key)?,
            name: self.name,
            size: self.size,
            modified: self.modified,
            stored_as: self.stored_as,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WorkRow {
    Up {
        container: String,
        segment: Option<String>,
        path: PathRow,
        size: u64,
        modified: Option<TimeRow>,
        identity: Option<(u64, u64)>,
        name: String,
        content_type: String,
        locale: Option<String>,
        folder: String,
        asset_type: Option<String>,
        image_type: Option<String>,
        alt_text: Option<String>,
        description: Option<String>,
        tags: Option<Vec<String>>,
        /// Rows of version 1 have none.
        replaces: Option<Box<ReplacedRow>>,
        /// Older rows of version 2 have none.
        #[serde(default)]
        beside: bool,
    },
    Down {
        asset: AssetRow,
        folder: PathRow,
        /// The file below the folder; where there is none, it has the asset's name.
        at: Option<String>,
        replaces: Option<StampRow>,
    },
}

#[derive(Serialize, Deserialize)]
struct StampRow {
    size: u64,
    modified: Option<TimeRow>,
    identity: Option<(u64, u64)>,
}

/// Before or after the epoch, and how long: exact to what the file system tells.
type TimeRow = (bool, Duration);

fn write_time(time: SystemTime) -> TimeRow {
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => (true, after),
        Err(before) => (false, before.duration()),
    }
}

fn read_time((after, by): TimeRow) -> Option<SystemTime> {
    if after {
        SystemTime::UNIX_EPOCH.checked_add(by)
    } else {
        SystemTime::UNIX_EPOCH.checked_sub(by)
    }
}

impl StampRow {
    fn of(stamp: &FileStamp) -> Self {
        Self {
            size: stamp.size,
            modified: stamp.modified.map(write_time),
            identity: stamp.identity,
        }
    }

    fn stamp(self) -> FileStamp {
        FileStamp {
            size: self.size,
            modified: self.modified.and_then(read_time),
            identity: self.identity,
        }
    }
}

/// A job's work as it is written.
pub(super) fn write_work(work: &Work) -> String {
    let row = match work {
        Work::Up(request) => WorkRow::Up {
            container: request.scope.container().as_str().to_owned(),
            segment: segment_text(&request.scope),
            path: PathRow::of(&request.path),
            size: request.stamp.size,
            modified: request.stamp.modified.map(write_time),
            identity: request.stamp.identity,
            name: request.name.as_str().to_owned(),
            content_type: request.content_type.to_string(),
            locale: request.locale.as_ref().map(|it| it.as_str().to_owned()),
            folder: request.folder.to_string(),
            asset_type: request.asset_type.clone(),
            image_type: request.metadata.image_type.clone(),
            alt_text: request.metadata.alt_text.clone(),
            description: request.metadata.description.clone(),
            tags: request.metadata.tags.clone(),
            replaces: request
                .replaces
                .as_deref()
                .map(|old| Box::new(ReplacedRow::of(old))),
            beside: request.beside,
        },
        Work::Down(request) => WorkRow::Down {
            asset: AssetRow::of(&request.asset),
            folder: PathRow::of(&request.root),
            at: Some(request.at.to_string()),
            replaces: request.replaces.as_ref().map(StampRow::of),
        },
    };
    json(&row)
}

/// The work of a row; `None` when it is not one of ours.
pub(super) fn read_work(text: &str) -> Option<Work> {
    Some(match serde_json::from_str(text).ok()? {
        WorkRow::Up {
            container,
            segment,
            path,
            size,
            modified,
            identity,
            name,
            content_type,
            locale,
            folder,
            asset_type,
            image_type,
            alt_text,
            description,
            tags,
            replaces,
            beside,
        } => Work::Up(Arc::new(UploadRequest {
            scope: scope(&container, segment.as_ref())?,
            path: path.path(),
            stamp: FileStamp {
                size,
                modified: match modified {
                    None => None,
                    Some(time) => Some(read_time(time)?),
                },
                identity,
            },
            name: FileName::parse(&name).ok()?,
            content_type: content_type.into(),
            locale: locale.and_then(Locale::new),
            folder: AssetPath::parse(&folder).ok()?,
            asset_type,
            metadata: Metadata {
                image_type,
                alt_text,
                description,
                tags,
            }
            .shared(),
            replaces: match replaces {
                // Without it the file would stand beside the old one: no longer what was asked.
                Some(row) => Some(Box::new(row.replaced()?)),
                None => None,
            },
            beside,
        })),
        WorkRow::Down {
            asset,
            folder,
            at,
            replaces,
        } => {
            let flat = DownloadRequest::flat(asset.asset()?, folder.path());
            Work::Down(Arc::new(DownloadRequest {
                // Whatever stands in the row, it leads to no other place than into the folder.
                at: match at {
                    Some(at) => LocalPath::new(at.split('/')),
                    None => flat.at.clone(),
                },
                replaces: replaces.map(StampRow::stamp),
                ..flat
            }))
        }
    })
}

/// Plain data of ours always turns into JSON; an empty row would fail its check when read.
pub(super) fn json(row: &impl Serialize) -> String {
    serde_json::to_string(row).unwrap_or_default()
}

/// A checksum over a row: `SQLite` itself does not notice a flipped bit in a text.
pub(super) fn sum(id: u64, part: u64, texts: &[&str]) -> i64 {
    let mut hash = number::START;
    let mut take = |byte: u8| hash = number::mixed(hash, byte);
    id.to_le_bytes().into_iter().for_each(&mut take);
    part.to_le_bytes().into_iter().for_each(&mut take);
    for text in texts {
        text.bytes().for_each(&mut take);
        take(0xff);
    }
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_comes_back_and_an_older_row_still_opens() {
        let older = r#"{"down":{"asset":{"container":"c","segment":"s","key":"k","name":"../a.png","locale":"de","folder":"x/y","size":4,"stored_as":null},"folder":"/in"}}"#;
        let Some(Work::Down(flat)) = read_work(older) else {
            panic!("{older}");
        };
        assert_eq!(flat.path(), Path::new("/in/___a.png"));
        assert_eq!(flat.replaces, None);
        let work = Work::Down(Arc::new(DownloadRequest {
            at: LocalPath::new(["de", "x", "a.png"]),
            replaces: Some(FileStamp {
                size: 3,
                modified: Some(SystemTime::UNIX_EPOCH - Duration::from_nanos(5)),
                identity: Some((1, u64::MAX)),
            }),
            ..flat.as_ref().clone()
        }));
        assert_eq!(read_work(&write_work(&work)), Some(work.clone()));
        // A row that somebody else wrote leads nowhere else either.
        let climbing = write_work(&work).replace("de/x/a.png", "../../a.png");
        let Some(Work::Down(kept)) = read_work(&climbing) else {
            panic!("{climbing}");
        };
        assert_eq!(kept.path(), Path::new("/in/__/__/a.png"));
    }
}
