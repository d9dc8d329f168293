//! Filling rows from their paths.

use std::collections::HashMap;

use super::pattern::{Filled, Pattern, Slot};
use super::row::Row;
use super::wishes::Wishes;
use crate::api::{Field, ProviderSpec};
use crate::domain::{FileName, Locale, SafeText};

/// Which patterns fill the rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fill {
    /// The first of these that fits; folders stay folders where none does.
    Standing(Vec<Pattern>),
    /// This one; a path that does not fit it is a problem.
    Only(Pattern),
    /// What is known of each path; another path is a problem.
    Each(HashMap<Vec<String>, Filled>),
    /// Why each path goes nowhere: one sentence, safe.
    Nowhere(HashMap<Vec<String>, String>),
}

/// Fills locale, folder and name of a row from its path. What the path does not give comes from
/// `base`, whose folder is the one in front of what the path gives; and what that does not say either
/// is as usual, unless the whole place of the file is known. What the service does not have is read
/// and left out.
pub(super) fn fill(
    row: &mut Row,
    by: &Fill,
    (base, usual): (&Wishes, &Wishes),
    spec: &ProviderSpec,
    locales: Option<&[Locale]>,
) {
    let filled = match by {
        Fill::Only(pattern) => pattern.fill(&row.relative, locales).ok_or_else(|| {
            format!(
                "its path “{}” does not fit the pattern “{}”; type locale and folder, or give another \
                 pattern",
                SafeText::name(&row.relative.join("/")),
                SafeText::name(&pattern.to_string())
            )
        }),
        Fill::Each(known) => known
            .get(&row.relative)
            .cloned()
            .ok_or_else(|| String::from("nothing is known of where it goes; give a pattern")),
        Fill::Nowhere(why) => Err(why.get(&row.relative).cloned().unwrap_or_default()),
        Fill::Standing(patterns) => Ok(first(row, patterns, base, spec, locales)),
    };
    let known = matches!(by, Fill::Each(_));
    let or_usual = |said: &String, usual: &String| {
        let holds = said.is_empty() && !known;
        if holds { usual } else { said }.clone()
    };
    row.refusal = None;
    let filled = match filled {
        Ok(filled) => filled,
        Err(reason) => {
            row.refusal = Some(reason);
            return;
        }
    };
    if spec.upload_field(Field::Locale).is_some() {
        row.wishes.locale = match filled.locale {
            Some(locale) => locale.unwrap_or_default(),
            None => or_usual(&base.locale, &usual.locale),
        };
    }
    if spec.upload_field(Field::Folder).is_some() {
        let front = or_usual(&base.folder, &usual.folder);
        let parts = [front.as_str(), filled.folder.as_deref().unwrap_or_default()];
        let parts = parts.map(|part| part.trim_matches(['/', '\\']));
        row.wishes.folder = parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("/");
    }
    rename(row, &filled.name);
}

/// Gives the file the name that is sent.
pub(super) fn rename(row: &mut Row, name: &str) {
    let Ok(file) = &mut row.file else { return };
    match FileName::parse(name) {
        Ok(name) => file.name = name,
        Err(error) => row.refusal = Some(format!("Name: {error}")),
    }
}

/// The first standing pattern that fits with a locale that is listed; then the first that fits with
/// something that can only be a locale. `hero.min.png` is no picture in the language `min`.
fn first(
    row: &Row,
    patterns: &[Pattern],
    base: &Wishes,
    spec: &ProviderSpec,
    locales: Option<&[Locale]>,
) -> Filled {
    let from_path = base.locale.is_empty() && spec.upload_field(Field::Locale).is_some();
    let fits: Vec<(&Pattern, Filled)> = patterns
        .iter()
        .filter(|pattern| from_path || !pattern.has(Slot::Locale))
        .filter_map(|pattern| Some((pattern, pattern.fill(&row.relative, locales)?)))
        .collect();
    let listed = |filled: &Filled| match (&filled.locale, locales) {
        (Some(Some(text)), Some(known)) => known.iter().any(|locale| locale.as_str() == text),
        _ => true,
    };
    let claimed = |(pattern, filled): &(&Pattern, Filled)| {
        let text = filled.locale.iter().flatten().next();
        pattern.has_locale_folder() || text.is_some_and(|text| same_language(text, locales))
    };
    let found = fits.iter().find(|(_, filled)| listed(filled));
    let found = found.or_else(|| fits.iter().find(|fit| claimed(fit)));
    match found {
        Some((_, filled)) => filled.clone(),
        None => Pattern::by_folder()
            .fill(&row.relative, None)
            .unwrap_or_default(),
    }
}

/// A listed locale in another spelling, or of another region.
fn same_language(text: &str, locales: Option<&[Locale]>) -> bool {
    let language = |text: &str| {
        let start = text.split(['-', '_']).next().unwrap_or_default();
        start.to_ascii_lowercase()
    };
    locales
        .unwrap_or_default()
        .iter()
        .any(|locale| language(locale.as_str()) == language(text))
}
