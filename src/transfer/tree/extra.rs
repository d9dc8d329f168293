//! Files of a tree that its place does not have: found, and removed when that is wanted.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use super::alike::Alike;
use super::manifest::NAME;
use super::{Tree, composed, path_shown};
use crate::api::{ApiError, FileStamp};
use crate::domain::twin_key;
use crate::transfer::save::{Folder, refuse};
use crate::transfer::walk::{Seen, Walk};

/// A file below the root of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// Its folders, outermost first, and its name.
    pub relative: Vec<String>,
    /// What identified it when it was found.
    pub stamp: FileStamp,
    /// It is not known to be as it was when there was an asset of it: what it is now may be nowhere else.
    pub changed: bool,
}

impl Extra {
    pub fn below(&self, root: &Path) -> PathBuf {
        let mut path = root.to_owned();
        path.extend(&self.relative);
        path
    }
}

impl Tree {
    /// The files below its root that are none of its rows, whatever becomes of those. Hidden ones, links
    /// and the list are not among them. An error says what could not be looked at. Reads the local
    /// disk.
    pub fn extra(&self) -> Result<Vec<Extra>, ApiError> {
        let own: HashSet<Vec<String>> = { self.rows.iter() }
            .map(|row| {
                let parts = row.at.folders().iter().map(String::as_str);
                twin_path(parts.chain([row.at.name()]))
            })
            .collect();
        let listed = self.earlier.iter().flat_map(|list| &list.files);
        let listed: HashMap<String, Option<Alike>> = listed
            .map(|kept| (kept.file.to_string(), kept.alike))
            .collect();
        let mut extra = Vec::new();
        for seen in Walk::new(&self.root) {
            let found = match seen {
                Seen::File(found) => found,
                Seen::Link(_) | Seen::Hidden(_) => continue,
                Seen::Unread(found, reason) => {
                    let shown = path_shown(&found.path);
                    return Err(refuse(format!("{shown}: {reason}")));
                }
            };
            let parts: Option<Vec<String>> = { found.relative.iter() }
                .map(|part| part.to_str().map(str::to_owned))
                .collect();
            let Some(relative) = parts else {
                let shown = path_shown(&found.path);
                return Err(refuse(format!(
                    "{shown}: a name in its path is not valid Unicode; rename it"
                )));
            };
            let is_list = matches!(relative.as_slice(), [name] if name == NAME);
            if is_list || own.contains(&twin_path(relative.iter().map(String::as_str))) {
                continue;
            }
            // One that vanished meanwhile, or is no file, is nothing to remove.
            if let Ok(metadata) = std::fs::symlink_metadata(&found.path)
                && metadata.is_file()
            {
                let stamp = FileStamp::of(&metadata);
                let known = listed.get(&composed(&relative));
                let same = |alike: &Option<Alike>| alike.is_some_and(|it| it.is_file(&stamp));
                extra.push(Extra {
                    changed: known.is_some_and(|alike| !same(alike)),
                    relative,
                    stamp,
                });
            }
        }
        Ok(extra)
    }
}

fn twin_path<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<String> {
    parts.map(twin_key).collect()
}

/// Removes a file that is still the one that was found, and the folders that it leaves empty; never
/// through a link. One that is gone already is no error.
pub fn remove(root: &Path, extra: &Extra) -> Result<(), ApiError> {
    let Some((name, folders)) = extra.relative.split_last() else {
        return Ok(());
    };
    let mut way = Vec::new();
    let mut here = Folder::open(root)?;
    for folder in folders {
        let Some(above) = here else { return Ok(()) };
        here = above.enter(folder)?;
        way.push((above, folder));
    }
    let Some(here) = here else { return Ok(()) };
    here.remove(name, &extra.stamp)?;
    for (above, folder) in way.into_iter().rev() {
        if !above.remove_empty(folder) {
            break;
        }
    }
    Ok(())
}
