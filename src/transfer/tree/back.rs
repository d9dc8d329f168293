//! The way back: where each file of a downloaded tree goes when the tree is uploaded.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::path::Path;

use super::alike::Alike;
use super::manifest::{Kept, Manifest, NAME};
use crate::api::{ApiError, ProviderSpec};
use crate::domain::{
    self, AccountName, Address, Asset, AssetPath, AssetScope, Locale, Ref, file_words,
};
use crate::transfer::known::Memory;
use crate::transfer::names::local_name;
use crate::transfer::plan::pattern::NO_LOCALE;
use crate::transfer::plan::{Candidate, Fill, Filled};
use crate::transfer::save::Folder;

/// Told of a file in a folder that the list says nothing of.
const UNKNOWN: &str = "assetdeck.json does not say where the files of its folder belong; put it beside a file of the \
     tree, or give a pattern";

/// A tree and the list that its download wrote.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    /// By the path in the tree.
    files: HashMap<String, Kept>,
    /// By the folder in the tree: where a file goes that was put there since.
    folders: HashMap<String, Place>,
    /// By the folder in the tree that holds the folders of the locales.
    locales: HashMap<String, AssetScope>,
    /// What files and assets were when they were the same; `None` where that is not known.
    alike: HashMap<Ref, Option<Alike>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Place {
    scope: AssetScope,
    filled: Filled,
}

/// By the path in the tree: what the list says.
type Known = HashMap<Vec<String>, Filled>;

/// Files of a tree that go to one place, and what the list says of each.
#[derive(Debug)]
pub struct Batch {
    pub scope: AssetScope,
    pub files: Vec<Candidate>,
    pub fill: Fill,
}

impl Batch {
    /// Files of which each is told what it becomes, one batch for each place.
    pub(in crate::transfer) fn each(
        by_scope: BTreeMap<AssetScope, (Vec<Candidate>, Known)>,
    ) -> Vec<Self> {
        { by_scope.into_iter() }
            .map(|(scope, (files, known))| Self {
                scope,
                files,
                fill: Fill::Each(known),
            })
            .collect()
    }
}

/// What a list was good for, in numbers of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    pub listed: usize,
    /// Not in the list, beside files that are.
    pub beside: usize,
    /// In the list, and not there.
    pub gone: usize,
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} where {NAME} in it says", file_words(self.listed))?;
        if self.beside > 0 {
            write!(f, "; {} beside those", file_words(self.beside))?;
        }
        if self.gone > 0 {
            write!(f, "; {} of its files not there", self.gone)?;
        }
        Ok(())
    }
}

/// Why a tree cannot go there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Astray {
    /// Its files are of so many places, and one was named.
    Many(usize),
    /// It is not of the account or container that was named alone.
    Elsewhere(Address),
    /// The account alone was named, and nothing says where in it a file belongs.
    Nowhere,
}

impl Back {
    /// Reads the list at the top of a folder; `None` when there is none. One that no download wrote,
    /// or a newer version of this program, is an error.
    pub fn open(root: &Path) -> Result<Option<Self>, ApiError> {
        let Some(folder) = Folder::open(root)? else {
            return Ok(None);
        };
        Ok(Manifest::read(&folder)?.map(Self::of))
    }

    /// Whether this file is the list itself, which is never sent.
    pub fn is_list(file: &Candidate) -> bool {
        matches!(file.relative.as_slice(), [name] if name == NAME)
    }

    /// Whether nobody changed an asset since a file of the tree was the same: what the file is now
    /// may take its place.
    pub fn is_unchanged(&self, account: &AccountName, asset: &Asset) -> bool {
        let reference = Ref::asset(account.clone(), &asset.scope, &asset.key);
        let alike = self.alike.get(&reference).copied().flatten();
        alike.is_some_and(|alike| alike.is_asset(asset))
    }

    /// What the list says of files and assets that were the same.
    pub fn memory(&self, account: &AccountName) -> Memory {
        let mut memory = Memory::default();
        for (reference, alike) in &self.alike {
            let (Some(scope), Some(key), Some(alike)) =
                (reference.address.scope(), &reference.key, alike)
            else {
                continue;
            };
            if reference.address.account == *account {
                memory.learn(scope, key.clone(), (*alike).into());
            }
        }
        memory
    }

    /// Tells of assets whether they are not known to be as they were when there was a file of them, or
    /// took the place of one that is in the list: what they are now may be nowhere else.
    pub fn changed(&self) -> impl Fn(&AccountName, &Asset) -> bool {
        let place = |address: &Address, locale: Option<&Locale>, folder: &AssetPath, name: &str| {
            let locale = locale.map(|it| it.as_str().to_owned());
            (
                address.to_string(),
                locale,
                folder.to_string(),
                name.to_owned(),
            )
        };
        let places = self.files.values().map(|it| {
            place(
                &it.reference.address,
                it.locale.as_ref(),
                &it.folder,
                &it.name,
            )
        });
        let places: HashSet<_> = places.collect();
        move |account, asset| {
            let reference = Ref::asset(account.clone(), &asset.scope, &asset.key);
            if self.alike.contains_key(&reference) {
                return !self.is_unchanged(account, asset);
            }
            let locale = asset.locale.as_ref();
            places.contains(&place(
                &reference.address,
                locale,
                &asset.folder,
                &asset.name,
            ))
        }
    }

    fn of(list: Manifest) -> Self {
        let mut back = Self {
            files: HashMap::new(),
            folders: HashMap::new(),
            locales: HashMap::new(),
            alike: HashMap::new(),
        };
        for kept in list.files {
            back.learn(&kept);
            back.alike.insert(kept.reference.clone(), kept.alike);
            back.files.insert(kept.file.to_string(), kept);
        }
        back
    }

    /// Learns what a file's folders stand for; nothing where they are not called what they are.
    fn learn(&mut self, kept: &Kept) {
        let Some(scope) = kept.reference.address.scope() else {
            return;
        };
        let mut here = kept.file.folders();
        let mut parts: Vec<String> = kept.folder.parts().map(str::to_owned).collect();
        while let Some(part) = parts.last() {
            let Some((local, above)) = here.split_last() else {
                return;
            };
            if *local != local_name(part) {
                return;
            }
            self.insert(here, &scope, kept, &parts);
            here = above;
            parts.pop();
        }
        match (&kept.locale, here.split_last()) {
            (Some(locale), Some((local, above))) if *local == local_name(locale.as_str()) => {
                self.locales.entry(above.join("/")).or_insert(scope.clone());
            }
            (Some(_), _) => return,
            (None, _) => {}
        }
        self.insert(here, &scope, kept, &parts);
    }

    fn insert(&mut self, folder: &[String], scope: &AssetScope, kept: &Kept, parts: &[String]) {
        let place = || Place {
            scope: scope.clone(),
            filled: Filled {
                locale: Some(kept.locale.as_ref().map(|it| it.as_str().to_owned())),
                folder: Some(parts.join("/")),
                name: String::new(),
            },
        };
        let known = self.folders.entry(folder.join("/"));
        known.or_insert_with(place);
    }

    /// Where a file goes that is not in the list.
    fn beside(&self, relative: &[String]) -> Option<Place> {
        let (name, folders) = relative.split_last()?;
        for depth in (0..=folders.len()).rev() {
            let (above, below) = folders.split_at(depth);
            let above = composed(above);
            if let Some(place) = self.folders.get(&above) {
                let mut place = place.clone();
                let start = place.filled.folder.iter().filter(|it| !it.is_empty());
                let parts: Vec<&str> = start.chain(below).map(String::as_str).collect();
                place.filled.folder = Some(parts.join("/"));
                place.filled.name.clone_from(name);
                return Some(place);
            }
            if let (Some(scope), [locale, folder @ ..]) = (self.locales.get(&above), below) {
                let filled = Filled {
                    locale: Some((locale != NO_LOCALE).then(|| locale.clone())),
                    folder: Some(folder.join("/")),
                    name: name.clone(),
                };
                let scope = scope.clone();
                return Some(Place { scope, filled });
            }
        }
        None
    }

    /// Sorts the files of the tree by where they go: all to the place that was named, or, where that
    /// only holds such places, each to its own.
    pub fn batches(
        &self,
        files: Vec<Candidate>,
        to: &Address,
        spec: &ProviderSpec,
    ) -> Result<(Vec<Batch>, Used), Astray> {
        let named = to.scope().filter(|scope| !spec.is_whole(scope));
        let mut used = Used::default();
        let mut places: HashSet<Address> = HashSet::new();
        let mut by_scope: BTreeMap<AssetScope, (Vec<Candidate>, Known)> = BTreeMap::new();
        let mut lost = Vec::new();
        for mut file in files {
            let listed = self.files.get(&composed(&file.relative));
            let place = match listed {
                Some(kept) => kept.reference.address.scope().map(|scope| Place {
                    scope,
                    filled: Filled {
                        locale: Some(kept.locale.as_ref().map(|it| it.as_str().to_owned())),
                        folder: Some(kept.folder.to_string()),
                        name: kept.name.clone(),
                    },
                }),
                None => self.beside(&file.relative),
            };
            let Some(Place { scope, filled }) = place else {
                file.file = file.file.and(Err(UNKNOWN.to_owned()));
                lost.push(file);
                continue;
            };
            if let Some(kept) = listed {
                used.listed += 1;
                let address = &kept.reference.address;
                if named.is_none() && !to.holds(address) {
                    return Err(Astray::Elsewhere(address.clone()));
                }
                places.insert(address.clone());
            } else {
                used.beside += 1;
            }
            let scope = named.clone().unwrap_or(scope);
            let (files, known) = by_scope.entry(scope).or_default();
            known.insert(file.relative.clone(), filled);
            files.push(file);
        }
        if named.is_some() && places.len() > 1 {
            return Err(Astray::Many(places.len()));
        }
        used.gone = self.files.len().saturating_sub(used.listed);
        let mut batches = Batch::each(by_scope);
        if !lost.is_empty() {
            // They are told of, and take part in nothing.
            let first = batches.first().map(|batch| batch.scope.clone());
            batches.push(Batch {
                scope: first.or(to.scope()).ok_or(Astray::Nowhere)?,
                files: lost,
                fill: Fill::Each(HashMap::new()),
            });
        }
        Ok((batches, used))
    }
}

/// The path as the list writes it: some disks give names back in another composition.
pub fn composed(parts: &[String]) -> String {
    domain::composed(&parts.join("/")).into_owned()
}
