//! A plan as a file: what it holds, in a documented form of one version, and reading it back.
//!
//! One JSON object: `assetdeck_plan` (the version of the form, 2), `account`, `provider`, and `rows`.
//! A row has `path` (absolute, through no link), `relative` (the parts that patterns read), `size` in
//! bytes, `modified` (when the file was changed, RFC 3339) and `inode`, `to` (the address of the
//! place), `name` (the one that is sent), the texts that were wished (`locale`, `folder`,
//! `asset_type`, `image_type`, `alt_text`, `description`, `tags`; left out where there are none),
//! `verdict` (what the plan said of it), and for `replace` what the service told of the asset that goes:
//! its `key`, `replaced_size`, `replaced_modified` (as the service wrote it) and `replaced_stored_as` (its
//! storage key), the last three where it told them. Version 1 kept only the first two: such a plan is
//! read, and cannot tell other bytes of the same number.
//!
//! Nothing in it is believed: files and places are looked at anew, and what differs from what the
//! file says is a problem of its row.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::fill;
use super::judge::{Expected, Replacing, Told};
use super::row::{OnClash, Row, Verdict};
use super::table::Plan;
use super::wishes::Wishes;
use crate::api::{FileStamp, ProviderSpec};
use crate::domain::{AccountName, Address, AssetKey, SafeText};
use crate::transfer::LocalFile;

/// The version of the form that is written.
const VERSION: u64 = 2;

/// The first one, which is read, too: what its rows replace is known by key and size alone.
const FIRST: u64 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    assetdeck_plan: u64,
    account: String,
    provider: String,
    rows: Vec<Line>,
}

/// Read first: another version may have other members.
#[derive(Debug, Deserialize)]
struct Version {
    assetdeck_plan: u64,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    path: PathBuf,
    relative: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modified: Option<jiff::Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inode: Option<u64>,
    to: String,
    name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    locale: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    folder: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    asset_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    image_type: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    alt_text: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    description: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    verdict: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_size: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_modified: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replaced_stored_as: Option<String>,
}

/// Why a text is no plan: one sentence, safe.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    #[error("it is no plan, or not a whole one: {0}")]
    Form(String),
    #[error(
        "it is a plan of version {0}, and this program reads {FIRST} to {VERSION}; make it anew"
    )]
    Version(u64),
    #[error("row {0} has an address that cannot be read; make the plan anew")]
    Address(usize),
    #[error("row {0} goes to another account than the plan; make the plan anew")]
    Account(usize),
    #[error("row {0} has the verdict “{1}”, which there is not; make the plan anew")]
    Verdict(usize, SafeText),
    #[error("“{0}” is not valid Unicode, which a plan cannot hold; rename it or leave it out")]
    Unicode(SafeText),
}

/// A plan that was read and not looked at yet.
#[derive(Debug)]
pub struct Saved {
    pub account: AccountName,
    /// The word of the service in the settings.
    pub provider: String,
    version: u64,
    rows: Vec<(Line, Address)>,
}

impl Plan {
    /// The plan as the text of a file. `resolve` gives the path of a file through no link, absolute.
    pub fn to_saved(&self, resolve: impl Fn(&Path) -> PathBuf) -> Result<String, SavedError> {
        let rows = self.rows().iter().map(|row| {
            let path = resolve(&row.path);
            if path.to_str().is_none() {
                let shown = SafeText::name(&path.to_string_lossy());
                return Err(SavedError::Unicode(shown));
            }
            let to = Address::of_scope(self.account().clone(), &row.scope);
            Ok(line(row, path, to.to_string()))
        });
        let form = Form {
            assetdeck_plan: VERSION,
            account: self.account().as_str().to_owned(),
            provider: self.spec().id.to_owned(),
            rows: rows.collect::<Result<_, _>>()?,
        };
        let text = serde_json::to_string_pretty(&form);
        text.map_err(|error| SavedError::Form(error.to_string()))
    }
}

fn line(row: &Row, path: PathBuf, to: String) -> Line {
    let stamp = row.file.as_ref().ok().map(|file| &file.stamp);
    let replaced = match row.verdict() {
        Verdict::Replace(asset) => Some(asset),
        _ => None,
    };
    let wishes = row.wishes.clone();
    Line {
        path,
        relative: row.relative.clone(),
        size: row.size(),
        modified: stamp.and_then(FileStamp::written),
        inode: stamp.and_then(FileStamp::inode),
        to,
        name: row.name().to_owned(),
        locale: wishes.locale,
        folder: wishes.folder,
        asset_type: wishes.asset_type,
        image_type: wishes.image_type,
        alt_text: wishes.alt_text,
        description: wishes.description,
        tags: wishes.tags,
        verdict: row.verdict().word().to_owned(),
        key: replaced.map(|asset| asset.key.as_str().to_owned()),
        replaced_size: replaced.and_then(|asset| asset.size),
        replaced_modified: replaced.and_then(|asset| asset.modified.clone()),
        replaced_stored_as: replaced.and_then(|asset| asset.stored_as.clone()),
    }
}

impl Saved {
    /// Reads the text of a saved plan, whole or not at all.
    pub fn read(text: &str) -> Result<Self, SavedError> {
        let form = |error: serde_json::Error| {
            SavedError::Form(SafeText::prose(&error.to_string()).into_string())
        };
        let Version { assetdeck_plan } = serde_json::from_str(text).map_err(form)?;
        if !(FIRST..=VERSION).contains(&assetdeck_plan) {
            return Err(SavedError::Version(assetdeck_plan));
        }
        let read: Form = serde_json::from_str(text).map_err(form)?;
        let account = AccountName::new(&read.account)
            .ok_or_else(|| SavedError::Form(String::from("it names no account")))?;
        let mut rows = Vec::new();
        for (at, line) in read.rows.into_iter().enumerate() {
            let address: Address = line.to.parse().map_err(|_| SavedError::Address(at + 1))?;
            if address.scope().is_none() {
                return Err(SavedError::Address(at + 1));
            }
            if address.account != account {
                return Err(SavedError::Account(at + 1));
            }
            expected(&line, assetdeck_plan)
                .map_err(|()| SavedError::Verdict(at + 1, SafeText::name(&line.verdict)))?;
            rows.push((line, address));
        }
        Ok(Self {
            account,
            provider: read.provider,
            version: assetdeck_plan,
            rows,
        })
    }

    /// The paths of its files, in the order of the rows.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.rows.iter().map(|(line, _)| line.path.as_path())
    }

    /// The plan, with what a look at each file found now, in the order of [`paths`](Self::paths).
    /// Locales and listings are still to be told.
    pub fn plan(
        self,
        spec: &'static ProviderSpec,
        looks: impl IntoIterator<Item = Result<LocalFile, String>>,
    ) -> Plan {
        let mut plan = Plan::new(self.account, spec, Wishes::default(), OnClash::Fail);
        let count = self.rows.len();
        for ((line, address), look) in self.rows.into_iter().zip(looks) {
            // An address without a place was refused when it was read.
            let Some(scope) = address.scope() else {
                continue;
            };
            let expected = expected(&line, self.version).unwrap_or_default();
            let mut row = Row {
                file: look.and_then(|file| unchanged(file, &line)),
                path: line.path,
                relative: line.relative,
                scope,
                wishes: Wishes {
                    locale: line.locale,
                    folder: line.folder,
                    asset_type: line.asset_type,
                    image_type: line.image_type,
                    alt_text: line.alt_text,
                    description: line.description,
                    tags: line.tags,
                },
                left_out: line.verdict == "skip",
                decision: match &expected {
                    Some(Expected::Replace(_)) => Some(OnClash::Replace),
                    _ => None,
                },
                refusal: None,
                verdict: Verdict::Looking,
                expected,
            };
            fill::rename(&mut row, &line.name);
            plan.push(row);
        }
        plan.settle(0..count);
        plan
    }
}

/// What the plan said; nothing of what it could not send then.
fn expected(line: &Line, version: u64) -> Result<Option<Expected>, ()> {
    Ok(match line.verdict.as_str() {
        "new" => Some(Expected::New),
        "same" => Some(Expected::Same),
        "replace" => {
            let key = line.key.as_deref().and_then(AssetKey::new).ok_or(())?;
            Some(Expected::Replace(Replacing {
                key,
                size: line.replaced_size,
                told: (version > FIRST).then(|| Told {
                    modified: line.replaced_modified.clone(),
                    stored_as: line.replaced_stored_as.clone(),
                }),
            }))
        }
        "skip" | "problem" | "clash" | "looking" => None,
        _ => return Err(()),
    })
}

/// The file that the plan was made of, or what became of it.
fn unchanged(file: LocalFile, line: &Line) -> Result<LocalFile, String> {
    let stamp = &file.stamp;
    // A row that could not be sent then has no stamp.
    let Some(size) = line.size else {
        return Ok(file);
    };
    let what = if stamp.size != size {
        format!("it had {size} bytes and has {}", stamp.size)
    } else if line.modified != stamp.written() {
        String::from("it was changed")
    } else if line.inode.is_some() && stamp.inode().is_some() && line.inode != stamp.inode() {
        String::from("it was exchanged for another file")
    } else {
        return Ok(file);
    };
    Err(format!(
        "since the plan was saved {what}; make the plan anew"
    ))
}

#[cfg(test)]
#[path = "tests/saved.rs"]
mod tests;
