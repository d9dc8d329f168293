//! Gaps that are to be filled, and which of some files fills which: by name, locale and segment; pure.

use std::collections::{BTreeMap, HashMap};

use super::fill::Fill;
use super::pattern::Filled;
use super::row::Candidate;
use crate::domain::coverage::without_locale;
use crate::domain::{AssetPath, AssetScope, FileName, Locale, twin_key};
use crate::transfer::tree::Batch;

/// An asset that should be in a locale and is not, or is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The segment.
    pub scope: AssetScope,
    /// What the segment is called; foreign text.
    pub segment: String,
    pub locale: Locale,
    pub folder: AssetPath,
    /// What the asset is to be called; `None` where nothing says so.
    pub name: Option<String>,
}

impl Gap {
    /// The name that a file gets which fills it: the one that it has to have, with the ending of the
    /// file.
    pub fn name_for(&self, own: &str) -> String {
        let Some(name) = &self.name else {
            return own.to_owned();
        };
        match (name.rsplit_once('.'), own.rsplit_once('.')) {
            (Some((stem, wanted)), Some((_, ending))) if twin_key(wanted) != twin_key(ending) => {
                format!("{stem}.{ending}")
            }
            _ => name.clone(),
        }
    }

    /// The same as the file is found, unless that cannot be sent.
    pub fn rename(&self, file: &mut Candidate) {
        if let Ok(found) = &mut file.file
            && let Ok(name) = FileName::parse(&self.name_for(found.name.as_str()))
        {
            found.name = name;
        }
    }

    fn filled(&self, own: &str) -> Filled {
        Filled {
            locale: Some(Some(self.locale.as_str().to_owned())),
            folder: Some(self.folder.to_string()),
            name: self.name_for(own),
        }
    }

    /// Whether a file of this name may be it; `format`: also one in another format.
    fn is_called(&self, own: &str, format: bool) -> bool {
        let Some(name) = &self.name else {
            return false;
        };
        let bare = |name: &str| {
            let bare = without_locale(name, &self.locale);
            let bare = twin_key(bare.as_deref().unwrap_or(name));
            match bare.rsplit_once('.') {
                Some((stem, _)) if format => stem.to_owned(),
                _ => bare,
            }
        };
        bare(own) == bare(name)
    }
}

/// What a path says of a locale or a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    This,
    Another,
    Nothing,
}

/// How many files were matched to gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Matched {
    pub files: usize,
    pub of: usize,
    /// Gaps that no file fills.
    pub open: usize,
}

/// The files by the segment whose gap each fills. A file fills the gap of its name; where several have
/// it, a folder or the name has to say the locale or the segment (`de/hero.png`, `hero.de.png`), and
/// what says another one of `locales` does not fill it. What
/// fills none, or may fill several, goes to `rest` and says why.
pub fn matched(
    files: Vec<Candidate>,
    gaps: &[Gap],
    locales: &[Locale],
    rest: &AssetScope,
) -> (Vec<Batch>, Matched) {
    let mut by_scope: BTreeMap<AssetScope, (Vec<Candidate>, HashMap<_, _>)> = BTreeMap::new();
    let (mut lost, mut nowhere) = (Vec::new(), HashMap::new());
    let mut told = Matched {
        of: files.len(),
        ..Matched::default()
    };
    let mut filled = vec![false; gaps.len()];
    for file in files {
        let own = file.relative.last().cloned().unwrap_or_default();
        let why = match fitting(&file, gaps, locales).as_slice() {
            [at] => {
                let gap = &gaps[*at];
                told.files += 1;
                filled[*at] = true;
                let (files, known) = by_scope.entry(gap.scope.clone()).or_default();
                known.insert(file.relative.clone(), gap.filled(&own));
                files.push(file);
                continue;
            }
            [] => "no marked gap is called that".to_owned(),
            several => {
                let mut locales: Vec<&str> = { several.iter() }
                    .map(|at| gaps[*at].locale.as_str())
                    .collect();
                locales.dedup();
                if locales.len() > 1 {
                    let first = crate::domain::SafeText::name(locales[0]);
                    format!(
                        "it fits {} marked gaps; say the locale by a folder or in the name, like \
                         {first}/ or .{first}., or type it here",
                        several.len(),
                    )
                } else {
                    format!(
                        "it fits marked gaps of {} segments; put it into a folder that is called \
                         like its segment, or type the segment here",
                        several.len()
                    )
                }
            }
        };
        nowhere.insert(file.relative.clone(), why);
        lost.push(file);
    }
    told.open = filled.iter().filter(|filled| !**filled).count();
    let mut batches = Batch::each(by_scope);
    if !lost.is_empty() {
        batches.push(Batch {
            scope: rest.clone(),
            files: lost,
            fill: Fill::Nowhere(nowhere),
        });
    }
    (batches, told)
}

/// The gaps that a file may fill: of its very name before those of another format.
fn fitting(file: &Candidate, gaps: &[Gap], locales: &[Locale]) -> Vec<usize> {
    let Some((own, folders)) = file.relative.split_last() else {
        return Vec::new();
    };
    for format in [false, true] {
        let called: Vec<usize> = (0..gaps.len())
            .filter(|at| gaps[*at].is_called(own, format))
            .collect();
        let named = |at: usize, says: Says| {
            says_locale(own, folders, &gaps[at].locale, locales) == says
                || says_segment(folders, &gaps[at], gaps) == says
        };
        let possible: Vec<usize> = { called.iter().copied() }
            .filter(|at| !named(*at, Says::Another))
            .collect();
        // What a path says outright is meant before what it does not contradict.
        let sure: Vec<usize> = { possible.iter().copied() }
            .filter(|at| named(*at, Says::This))
            .collect();
        match (sure.len(), possible.len()) {
            (_, 0) => {}
            (0, _) => return possible,
            _ => return sure,
        }
    }
    Vec::new()
}

/// Whether a folder or the name says this locale, or another one of the container's.
fn says_locale(own: &str, folders: &[String], locale: &Locale, all: &[Locale]) -> Says {
    let spelled = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let named = |locale: &Locale| {
        let code = spelled(locale.as_str());
        folders.iter().any(|part| spelled(part) == code) || without_locale(own, locale).is_some()
    };
    if named(locale) {
        Says::This
    } else if all.iter().any(named) {
        Says::Another
    } else {
        Says::Nothing
    }
}

/// The same of the segment, by its name or its id.
fn says_segment(folders: &[String], gap: &Gap, gaps: &[Gap]) -> Says {
    let named = |gap: &Gap| {
        let id = gap.scope.segment().map_or("", |id| id.as_str());
        let name = twin_key(&gap.segment);
        folders
            .iter()
            .any(|part| part == id || twin_key(part) == name)
    };
    if named(gap) {
        Says::This
    } else if gaps.iter().any(named) {
        Says::Another
    } else {
        Says::Nothing
    }
}

#[cfg(test)]
#[path = "tests/gaps.rs"]
mod tests;
