//! Many downloads into one folder: where each file goes, what stands there already, and the list
//! that lets the same tree go back to where it came from.

mod alike;
mod back;
mod below;
mod extra;
mod layout;
mod manifest;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub(super) use self::alike::Alike;
pub use self::alike::{Pair, keep, origin};
pub use self::back::{Astray, Back, Batch, Used, composed};
pub use self::below::{Found, MANY_CALLS, SEGMENTS_AT_ONCE, Source, Walk};
pub use self::extra::{Extra, remove};
use self::layout::Layout;
pub use self::layout::{Top, pattern};
pub use self::manifest::{Kept, Manifest, NAME as MANIFEST};
use super::names::LocalPath;
use super::plan::OnClash;
use super::save::{Folder, PART, Stands, Target, barred, is_part, stands_in};
use super::work::DownloadRequest;
use crate::api::{ApiError, FileStamp, ProviderSpec};
use crate::domain::{AccountName, Asset, Ref, SafeText, twin_key};

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Nothing stands in its place: it is saved.
    New,
    /// The same is there already. Not fetched.
    Same,
    /// Another file has its name, and nobody decided yet. Not fetched.
    Clash(FileStamp),
    /// It takes the place of that file.
    Replace(FileStamp),
    /// Left out, as was decided.
    Skip,
    /// It cannot be saved; why, in one safe sentence.
    Problem(String),
}

impl Fate {
    /// The word in the commands: the same as that of a row that is sent.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Same => "same",
            Self::Clash(_) => "clash",
            Self::Replace(_) => "replace",
            Self::Skip => "skip",
            Self::Problem(_) => "problem",
        }
    }

    /// Whether the file is fetched.
    pub const fn is_saved(&self) -> bool {
        matches!(self, Self::New | Self::Replace(_))
    }
}

/// One file of the tree.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub asset: Asset,
    pub at: LocalPath,
    pub fate: Fate,
    /// Where it may stand beside what has its name, or a name that some disks take for it.
    beside: Option<LocalPath>,
    /// Something stands there that an ended program left of it.
    left: bool,
    exact: Vec<String>,
    /// What an earlier list says of them.
    alike: Option<Alike>,
}

/// Assets of one account on their way into one folder.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    pub root: PathBuf,
    pub account: AccountName,
    pub rows: Vec<Row>,
    /// What an earlier download wrote, perhaps nothing; `None` for files that have no list.
    earlier: Option<Manifest>,
}

impl Tree {
    /// A whole place: locale and folder become folders, and a list is kept. Reads the local disk.
    pub fn of_place(
        root: PathBuf,
        account: AccountName,
        spec: &ProviderSpec,
        found: Vec<(Vec<Top>, Asset)>,
    ) -> Result<Self, ApiError> {
        let earlier = match Folder::open(&root)? {
            Some(folder) => Manifest::read(&folder)?.unwrap_or_default(),
            None => Manifest::default(),
        };
        let mut known: HashMap<Ref, (LocalPath, Option<Alike>)> = HashMap::new();
        for kept in &earlier.files {
            known.insert(kept.reference.clone(), (kept.file.clone(), kept.alike));
        }
        let mut layout = Layout::new(&earlier);
        let rows = { found.into_iter() }.map(|(tops, asset)| {
            let reference = Ref::asset(account.clone(), &asset.scope, &asset.key);
            // Taken out: a ref that is listed twice is two files.
            let (at, alike) = known
                .remove(&reference)
                .unwrap_or_else(|| (layout.place(&tops, &asset, spec), None));
            let mut exact: Vec<String> = tops.into_iter().map(|top| top.id).collect();
            exact.extend(layout::exact(&asset, spec));
            Row {
                alike,
                ..Row::new(asset, at, exact)
            }
        });
        let rows = rows.collect();
        Self::looked(root, account, rows, layout, Some(earlier))
    }

    /// Some assets, beside each other in the folder, without a list. Reads the local disk.
    pub fn flat(root: PathBuf, account: AccountName, assets: Vec<Asset>) -> Result<Self, ApiError> {
        let mut layout = Layout::default();
        let rows = { assets.into_iter() }
            .map(|asset| {
                let at = layout.top(&asset.name);
                Row::new(asset, at, Vec::new())
            })
            .collect();
        Self::looked(root, account, rows, layout, None)
    }

    fn looked(
        root: PathBuf,
        account: AccountName,
        mut rows: Vec<Row>,
        mut layout: Layout,
        earlier: Option<Manifest>,
    ) -> Result<Self, ApiError> {
        let mut by_folder: HashMap<Vec<String>, Vec<usize>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            by_folder
                .entry(row.at.folders().to_vec())
                .or_default()
                .push(at);
        }
        for (folders, own) in by_folder {
            look(&root, &folders, &own, &mut rows, &mut layout)?;
        }
        Ok(Self {
            root,
            account,
            rows,
            earlier,
        })
    }

    /// The files whose names are taken by others.
    pub fn clashes(&self) -> impl Iterator<Item = usize> + '_ {
        let clash = |at: &usize| matches!(self.rows[*at].fate, Fate::Clash(_));
        (0..self.rows.len()).filter(clash)
    }

    /// The files that cannot have their names, and could have others.
    pub fn barred(&self) -> impl Iterator<Item = usize> + '_ {
        let barred = |at: &usize| self.rows[*at].is_barred();
        (0..self.rows.len()).filter(barred)
    }

    /// Decides what needs no decision: a file that nobody changed since it was the asset makes room
    /// for what the asset is now, and stays where that did not change either.
    pub fn take_changes(&mut self) {
        for row in &mut self.rows {
            let Fate::Clash(stamp) = &row.fate else {
                continue;
            };
            let Some(alike) = row.alike.filter(|alike| alike.is_file(stamp)) else {
                continue;
            };
            row.fate = if alike.is_asset(&row.asset) {
                Fate::Same
            } else {
                Fate::Replace(stamp.clone())
            };
        }
    }

    /// Decides about one file whose name is taken; asking leaves it as it is.
    pub fn decide(&mut self, at: usize, rule: OnClash) {
        let root = &self.root;
        let Some(row) = self.rows.get_mut(at) else {
            return;
        };
        let is_barred = row.is_barred();
        let stamp = match &row.fate {
            Fate::Clash(stamp) => Some(stamp.clone()),
            _ if is_barred => None,
            _ => return,
        };
        row.fate = match (rule, stamp) {
            (OnClash::Ask, _) | (OnClash::Replace | OnClash::Fail, None) => return,
            (OnClash::Skip, _) => Fate::Skip,
            (OnClash::Replace, Some(stamp)) => Fate::Replace(stamp),
            (OnClash::Keep, _) => {
                if let Some(beside) = row.beside.take() {
                    row.at = beside;
                }
                Fate::New
            }
            (OnClash::Fail, Some(_)) => Fate::Problem(format!(
                "“{}” is there already, and differs; nothing was replaced",
                path_shown(&row.at.below(root))
            )),
        };
    }

    /// How many are fetched, and how many bytes those have as far as it is known.
    pub fn saved(&self) -> (usize, u64) {
        let saved = self.rows.iter().filter(|row| row.fate.is_saved());
        saved.fold((0, 0), |(count, bytes), row| {
            (count + 1, bytes + row.asset.size.unwrap_or(0))
        })
    }

    /// The downloads that were decided for, after the list of the tree is on disk: so that what a
    /// killed program had begun still knows where it came from.
    pub fn requests(self) -> Result<Vec<DownloadRequest>, ApiError> {
        if let Some(earlier) = self.earlier {
            let listed = self
                .rows
                .iter()
                .filter(|row| row.fate.is_saved() || row.fate == Fate::Same);
            let files = listed.map(|row| Kept {
                alike: match row.fate {
                    Fate::New => Alike::downloaded(&row.asset),
                    // Until it is fetched, what stands there is the one before.
                    _ => row.alike,
                },
                ..Kept::new(
                    self.account.clone(),
                    &row.asset,
                    row.at.clone(),
                    row.exact.clone(),
                )
            });
            let list = Manifest {
                files: files.collect(),
            };
            if !list.files.is_empty() {
                list.onto(earlier).write(&self.root)?;
            }
        }
        let root = self.root;
        let left = self.rows.iter().filter(|row| row.left);
        // What is fetched makes room by itself.
        for row in left.filter(|row| !row.fate.is_saved()) {
            Target::sweep(&root, &row.at);
        }
        let saved = self.rows.into_iter().filter(|row| row.fate.is_saved());
        Ok(saved
            .map(|row| DownloadRequest {
                asset: row.asset,
                root: root.clone(),
                at: row.at,
                replaces: match row.fate {
                    Fate::Replace(stamp) => Some(stamp),
                    _ => None,
                },
            })
            .collect())
    }
}

impl Row {
    const fn new(asset: Asset, at: LocalPath, exact: Vec<String>) -> Self {
        Self {
            asset,
            at,
            fate: Fate::New,
            beside: None,
            left: false,
            exact,
            alike: None,
        }
    }

    /// Something has its name that is not replaced.
    const fn is_barred(&self) -> bool {
        matches!(self.fate, Fate::Problem(_)) && self.beside.is_some()
    }
}

/// Looks what stands in one folder of the tree, which is read once.
fn look(
    root: &Path,
    folders: &[String],
    own: &[usize],
    rows: &mut [Row],
    layout: &mut Layout,
) -> Result<(), ApiError> {
    let mut folder = Folder::open(root)?;
    for name in folders {
        let Some(parent) = folder else { return Ok(()) };
        folder = match parent.enter(name) {
            Ok(found) => found,
            Err(error) => {
                for at in own {
                    rows[*at].fate = Fate::Problem(error.message.clone());
                }
                return Ok(());
            }
        };
    }
    let Some(folder) = folder else { return Ok(()) };
    let mut there: HashMap<String, Vec<String>> = HashMap::new();
    let mut parts = Vec::new();
    for name in folder.names()? {
        if name.starts_with('.') && name.contains(PART) {
            parts.push(name.clone());
        }
        there.entry(twin_key(&name)).or_default().push(name);
    }
    for at in own {
        let row = &mut rows[*at];
        row.left = parts.iter().any(|left| is_part(left, row.at.name()));
        let twins = there.get(&twin_key(row.at.name())).cloned();
        let twins = twins.unwrap_or_default().into_iter();
        row.fate = match stands_in(
            &folder,
            row.at.name(),
            twins,
            &row.asset,
            row.alike.as_ref(),
        ) {
            Ok(Stands::Nothing) => Fate::New,
            Ok(Stands::Same) => Fate::Same,
            Ok(Stands::Other(stamp)) => {
                row.beside = Some(layout.beside(&row.at, |key| there.contains_key(key)));
                Fate::Clash(stamp)
            }
            Ok(Stands::Barred(taken)) => {
                let folder = folder_path(root, folders);
                row.beside = Some(layout.beside(&row.at, |key| there.contains_key(key)));
                Fate::Problem(barred(&taken, row.at.name(), &folder))
            }
            Err(error) => Fate::Problem(error.message),
        };
    }
    Ok(())
}

fn folder_path(root: &Path, folders: &[String]) -> PathBuf {
    let mut path = root.to_owned();
    path.extend(folders);
    path
}

fn path_shown(path: &Path) -> SafeText {
    SafeText::name(&path.to_string_lossy())
}
