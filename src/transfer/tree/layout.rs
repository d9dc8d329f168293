//! The shape of a downloaded tree: one local path for each asset, which no two of them share.

use std::collections::{HashMap, HashSet};

use super::manifest::{self, Manifest};
use crate::api::ProviderSpec;
use crate::domain::{Asset, AssetPath, Locale, twin_key};
use crate::transfer::names::{LocalPath, local_name, numbered};
use crate::transfer::plan::Pattern;

/// Deeper than this, what is left of a folder becomes one name.
const DEEPEST: usize = 32;

/// A folder that stands for a place of the service: what tells it apart, and what to call it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Top {
    pub id: String,
    pub label: String,
}

impl Top {
    /// One that is called by its id.
    pub fn id(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: id.to_owned(),
        }
    }
}

/// Names that are given out, folder by folder. Two that equal each other but for case or
/// composition are one file on some disks: the second gets a number.
#[derive(Debug, Default)]
pub(super) struct Layout {
    /// By the folder's local path: the twin keys of what is in it.
    taken: HashMap<String, HashSet<String>>,
    /// By the parent's local path and the exact name: the folder's local name.
    folders: HashMap<(String, String), String>,
}

impl Layout {
    /// One that keeps what an earlier download of the same tree was called.
    pub(super) fn new(earlier: &Manifest) -> Self {
        let mut layout = Self::default();
        layout.take("", manifest::NAME);
        for kept in &earlier.files {
            let mut parent = String::new();
            let exact = kept.exact_folders();
            for (at, local) in kept.file.folders().iter().enumerate() {
                layout.take(&parent, local);
                // Only where the two run side by side; else the folder is named anew.
                if exact.len() == kept.file.folders().len() {
                    let key = (parent.clone(), exact[at].clone());
                    layout.folders.entry(key).or_insert_with(|| local.clone());
                }
                push(&mut parent, local);
            }
            layout.take(&parent, kept.file.name());
        }
        layout
    }

    /// Below the folders of its place: by locale and folder where the service has them.
    pub(super) fn place(&mut self, tops: &[Top], asset: &Asset, spec: &ProviderSpec) -> LocalPath {
        let mut path: Vec<Top> = tops.to_vec();
        path.extend(exact(asset, spec).iter().map(|part| Top::id(part)));
        let mut parent = String::new();
        let mut parts = Vec::new();
        for part in path {
            let local = self.folder(&parent, &part);
            push(&mut parent, &local);
            parts.push(local);
        }
        parts.push(self.free(&parent, &asset.name));
        LocalPath::new(parts)
    }

    /// At the top, whatever its place is.
    pub(super) fn top(&mut self, name: &str) -> LocalPath {
        LocalPath::new([self.free("", name)])
    }

    /// The same with a number, for a file beside one that is there.
    pub(super) fn beside(&mut self, at: &LocalPath, there: impl Fn(&str) -> bool) -> LocalPath {
        let parent = at.folders().join("/");
        let mut name = at.name().to_owned();
        for number in 2.. {
            name = numbered(at.name(), number);
            if !there(&twin_key(&name)) && self.take(&parent, &name) {
                break;
            }
        }
        LocalPath::new(at.folders().iter().chain([&name]))
    }

    fn folder(&mut self, parent: &str, part: &Top) -> String {
        let key = (parent.to_owned(), part.id.clone());
        if let Some(known) = self.folders.get(&key) {
            return known.clone();
        }
        let local = self.free(parent, &part.label);
        self.folders.insert(key, local.clone());
        local
    }

    fn free(&mut self, parent: &str, name: &str) -> String {
        let first = local_name(name);
        let mut local = first.clone();
        let mut number = 1;
        while !self.take(parent, &local) {
            number += 1;
            local = numbered(&first, number);
        }
        local
    }

    /// Gives a name out; false when it is taken.
    fn take(&mut self, parent: &str, name: &str) -> bool {
        let names = self.taken.entry(parent.to_owned()).or_default();
        names.insert(twin_key(name))
    }
}

fn push(parent: &mut String, name: &str) {
    if !parent.is_empty() {
        parent.push('/');
    }
    parent.push_str(name);
}

/// Where locale, folder and name stand in the path of a file below its place.
pub fn pattern(spec: &ProviderSpec) -> Pattern {
    if spec.capabilities.locales {
        Pattern::by_locale()
    } else {
        Pattern::by_folder()
    }
}

/// Locale and folder of an asset as folders: what an upload by [`pattern`] reads them out of.
pub(super) fn exact(asset: &Asset, spec: &ProviderSpec) -> Vec<String> {
    folders(asset.locale.as_ref(), &asset.folder, spec)
}

/// The same of an asset of which no more is known.
pub(super) fn folders(
    locale: Option<&Locale>,
    folder: &AssetPath,
    spec: &ProviderSpec,
) -> Vec<String> {
    let locale = locale.filter(|_| spec.capabilities.locales);
    let path = pattern(spec).render(locale, folder, "");
    let mut path = path.unwrap_or_default();
    path.pop();
    if path.len() > DEEPEST {
        let rest = path.split_off(DEEPEST - 1);
        path.push(rest.join("/"));
    }
    path
}
