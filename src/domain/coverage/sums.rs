//! How many cells are in which state, kept while rows come and go: adding up a long document anew for
//! each answer takes longer than a frame.

use std::collections::BTreeMap;

use super::{Row, State, Totals};
use crate::domain::twin_key;

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sums {
    /// Of each locale.
    pub by_locale: Vec<Totals>,
    /// Of each folder that an asset is in, by what the service takes for one name.
    folders: BTreeMap<String, Folder>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Folder {
    /// As it was met first.
    path: String,
    rows: usize,
    by_locale: Vec<Totals>,
}

impl Sums {
    pub fn new(locales: usize) -> Self {
        Self {
            by_locale: vec![Totals::default(); locales],
            folders: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, row: &Row) {
        turn(&mut self.by_locale, row, Totals::count);
        let Some(versions) = row.versions() else {
            return;
        };
        let path = versions.folder.to_string();
        let locales = self.by_locale.len();
        let folder = self.folders.entry(twin_key(&path));
        let folder = folder.or_insert_with(|| Folder {
            path,
            rows: 0,
            by_locale: vec![Totals::default(); locales],
        });
        folder.rows += 1;
        turn(&mut folder.by_locale, row, Totals::count);
    }

    pub fn take_away(&mut self, row: &Row) {
        turn(&mut self.by_locale, row, Totals::take);
        let Some(versions) = row.versions() else {
            return;
        };
        let key = twin_key(&versions.folder.to_string());
        if let Some(folder) = self.folders.get_mut(&key) {
            folder.rows -= 1;
            turn(&mut folder.by_locale, row, Totals::take);
            if folder.rows == 0 {
                self.folders.remove(&key);
            }
        }
    }

    /// Of each folder, over these locales, by its path.
    pub fn by_folder(&self, locales: &[usize]) -> BTreeMap<String, Totals> {
        let sum = |folder: &Folder| {
            let mut sum = Totals::default();
            for totals in locales.iter().filter_map(|at| folder.by_locale.get(*at)) {
                sum.add(totals);
            }
            sum
        };
        let folders = self.folders.values();
        folders.map(|it| (it.path.clone(), sum(it))).collect()
    }
}

/// Counts each cell of a row, or counts it no more.
fn turn(totals: &mut [Totals], row: &Row, by: fn(&mut Totals, State)) {
    for (at, total) in totals.iter_mut().enumerate() {
        by(total, row.state(at));
    }
}
