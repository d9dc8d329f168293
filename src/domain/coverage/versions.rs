//! One segment's assets sorted into versions of one another, each compared with its source.

use std::collections::BTreeMap;

use super::state::{Difference, State};
use crate::domain::{Asset, AssetKey, AssetPath, Locale, twin_key};

/// What parts a locale from the rest of a name.
const PARTING: [char; 3] = ['.', '-', '_'];

/// One asset in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub state: State,
    /// The asset itself; in the source language the one of no language where it has no own.
    pub asset: Option<AssetKey>,
    /// Its name. Foreign text.
    pub name: Option<String>,
}

/// One asset of a segment in all its locales: one folder and one name, or names that only differ in
/// the locale that stands in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// As the source has it; without one, as the first that was found.
    pub folder: AssetPath,
    /// The same of the name. Foreign text.
    pub name: String,
    /// What the others are compared with: the asset of the source language, else of no language.
    pub source: Option<AssetKey>,
    /// One for each locale of the container, in its order.
    pub cells: Vec<Cell>,
    /// Which of the cells are in a locale that stands in the names, so that a new one's name has it,
    /// too: the name with a place for it.
    pattern: Option<Pattern>,
}

/// A name around its locale.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    before: String,
    after: String,
}

impl Versions {
    /// The name of the version in this locale, if there were one: like that of the source, and where
    /// a locale stands in that, with this one.
    pub fn name_in(&self, locale: &Locale) -> String {
        match &self.pattern {
            Some(Pattern { before, after }) => format!("{before}{}{after}", locale.as_str()),
            None => self.name.clone(),
        }
    }
}

/// Assets that share a folder and a name, or a name without its locale.
struct Group<'a> {
    /// By the locale's place among the container's; `None` is of no language.
    by_locale: BTreeMap<Option<usize>, &'a Asset>,
    /// The first that was found, of whatever locale: it names those that have no source.
    first: &'a Asset,
}

impl<'a> Group<'a> {
    const fn new(first: &'a Asset) -> Self {
        Self {
            by_locale: BTreeMap::new(),
            first,
        }
    }

    fn put(&mut self, at: Option<usize>, asset: &'a Asset) {
        let held = self.by_locale.entry(at).or_insert(asset);
        // Two in one place are one to the service: what was stored last is there.
        if (asset.stored(), &asset.key) > (held.stored(), &held.key) {
            *held = asset;
        }
    }

    /// The one of the source language, else of no language.
    fn source(&self) -> Option<&'a Asset> {
        let found = self.by_locale.get(&Some(0));
        found.or_else(|| self.by_locale.get(&None)).copied()
    }
}

type Spot = (String, String);

fn spot(asset: &Asset, name: &str) -> Spot {
    let parts: Vec<String> = asset.folder.parts().map(twin_key).collect();
    (parts.join("/"), twin_key(name))
}

/// Sorts the assets of one segment. `locales` are the container's, the source language first.
///
/// Those of one folder and name belong together, as the service compares them. What then is without a
/// source joins one whose name is the same without the locale that stands in it (`banner.de.png` and
/// `banner.png` or `banner.en.png`), and last one of which only the format differs (`banner.jpg`).
pub(super) fn sort<'a>(
    locales: &[Locale],
    assets: impl IntoIterator<Item = &'a Asset>,
) -> Vec<Versions> {
    let mut groups: BTreeMap<Spot, Group<'a>> = BTreeMap::new();
    for asset in assets {
        let group = groups.entry(spot(asset, &asset.name));
        let group = group.or_insert_with(|| Group::new(asset));
        match &asset.locale {
            None => group.put(None, asset),
            // One of a locale that the container does not have only shows that the place is there.
            Some(locale) => {
                if let Some(at) = number(locales, locale) {
                    group.put(Some(at), asset);
                }
            }
        }
    }
    join(locales, &mut groups, |_, name| name.to_owned());
    join(locales, &mut groups, picture);
    groups
        .into_values()
        .map(|group| versions(locales, &group))
        .collect()
}

/// The place of a locale among the container's, ignoring case as the service's storage does.
fn number(locales: &[Locale], locale: &Locale) -> Option<usize> {
    locales
        .iter()
        .position(|known| known.as_str().eq_ignore_ascii_case(locale.as_str()))
}

/// Lets what has no source join one that has, as far as `key` says that they are the same asset and
/// that has no version of this locale yet. `key` is asked with a name as it stands, and again with
/// the locale taken out of it.
fn join(
    locales: &[Locale],
    groups: &mut BTreeMap<Spot, Group<'_>>,
    key: impl Fn(&Asset, &str) -> String,
) {
    // Names that lead somewhere as they stand come before those that do without their locale.
    let mut lead: BTreeMap<Spot, Spot> = BTreeMap::new();
    for bare in [false, true] {
        for (at, group) in groups.iter() {
            let Some(source) = group.source() else {
                continue;
            };
            let name = if bare {
                { locales.first() }.and_then(|it| without_locale(&source.name, it))
            } else {
                Some(source.name.clone())
            };
            if let Some(name) = name {
                let from = spot(source, &key(source, &name));
                lead.entry(from).or_insert_with(|| at.clone());
            }
        }
    }
    let alone: Vec<Spot> = { groups.iter() }
        .filter(|(_, group)| group.source().is_none())
        .map(|(at, _)| at.clone())
        .collect();
    for at in alone {
        let Some(group) = groups.get(&at) else {
            continue;
        };
        let joining: Vec<(usize, &Asset, Spot)> = { group.by_locale.iter() }
            .filter_map(|(place, asset)| {
                let place = (*place)?;
                let name = without_locale(&asset.name, locales.get(place)?);
                let name = name.as_deref().unwrap_or(&asset.name);
                let to = lead.get(&spot(asset, &key(asset, name)))?;
                let free = !groups.get(to)?.by_locale.contains_key(&Some(place));
                free.then(|| (place, *asset, to.clone()))
            })
            .collect();
        for (place, asset, to) in joining {
            if let Some(group) = groups.get_mut(&to) {
                group.by_locale.insert(Some(place), asset);
            }
            if let Some(group) = groups.get_mut(&at) {
                group.by_locale.remove(&Some(place));
                if group.by_locale.is_empty() {
                    groups.remove(&at);
                }
            }
        }
    }
}

/// The name without its ending, and what kind of file it is: a picture of another format is still the
/// same picture, and no film.
fn picture(asset: &Asset, name: &str) -> String {
    let kind = asset.content_type.as_deref().unwrap_or_default();
    let kind = kind.split('/').next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}/{kind}")
}

/// What stands before and behind a locale in a name, parting characters included, where it stands
/// apart from the rest: the last time it does.
fn around(name: &str, locale: &Locale) -> Option<(String, String)> {
    let spelled = |text: &str| text.to_ascii_lowercase().replace('_', "-");
    let (all, code) = (spelled(name), spelled(locale.as_str()));
    let starts = all.match_indices(&code).map(|(at, _)| at);
    let apart = |at: &usize| {
        let (before, after) = (&name[..*at], &name[at + code.len()..]);
        let open = before.is_empty() || before.ends_with(PARTING);
        // A name that is nothing but the locale has nothing to share.
        let closed = after.is_empty() || after.starts_with(PARTING);
        open && closed && (!before.is_empty() || after.starts_with(['-', '_']))
    };
    let at = starts.filter(apart).last()?;
    let (before, after) = (&name[..at], &name[at + code.len()..]);
    Some((before.to_owned(), after.to_owned()))
}

/// The name without this locale and one of the characters that parted it, where it stands in it.
pub fn without_locale(name: &str, locale: &Locale) -> Option<String> {
    let (before, after) = around(name, locale)?;
    Some(match before.strip_suffix(PARTING) {
        Some(before) => format!("{before}{after}"),
        None => after.trim_start_matches(PARTING).to_owned(),
    })
}

fn versions(locales: &[Locale], group: &Group<'_>) -> Versions {
    let source = group.source();
    let cells = (0..locales.len()).map(|at| {
        let own = group.by_locale.get(&Some(at)).copied();
        // In its own language an asset of no language is there.
        let own = own.or_else(|| source.filter(|_| at == 0));
        let state = match (own, source) {
            (Some(own), Some(source)) => compared(own, source),
            (Some(_), None) => State::Present,
            (None, Some(_)) => State::Missing,
            (None, None) => State::NoSource,
        };
        Cell {
            state,
            asset: own.map(|asset| asset.key.clone()),
            name: own.map(|asset| asset.name.clone()),
        }
    });
    let named = source.unwrap_or(group.first);
    Versions {
        folder: named.folder.clone(),
        name: named.name.clone(),
        source: source.map(|asset| asset.key.clone()),
        cells: cells.collect(),
        pattern: pattern(locales, group, named),
    }
}

/// How a new version is called, where the others have their locale in the name.
fn pattern(locales: &[Locale], group: &Group<'_>, named: &Asset) -> Option<Pattern> {
    let of_locale = { group.by_locale.iter() }
        .filter_map(|(at, asset)| Some((locales.get(*at.as_ref()?)?, *asset)));
    let others = || of_locale.clone().filter(|it| it.1.key != named.key);
    let alike = |(_, asset): (&Locale, &Asset)| twin_key(&asset.name) == twin_key(&named.name);
    if others().any(alike) {
        return None;
    }
    let own = of_locale.clone().filter(|it| it.1.key == named.key);
    others().chain(own).find_map(|(locale, asset)| {
        let (before, after) = around(&asset.name, locale)?;
        Some(Pattern { before, after })
    })
}

/// What one that is there is to its source.
fn compared(own: &Asset, source: &Asset) -> State {
    if own.key == source.key {
        return State::Present;
    }
    if let (Some(own), Some(source)) = (own.stored(), source.stored())
        && own < source
    {
        return State::Older;
    }
    match difference(own, source) {
        Some(by) => State::Differs(by),
        None => State::Present,
    }
}

/// How two assets differ; nothing where neither pixels nor types are known of both.
fn difference(own: &Asset, source: &Asset) -> Option<Difference> {
    if let (Some(own), Some(source)) = (own.dimensions, source.dimensions) {
        let wide = |(width, height): (u64, u64)| (u128::from(width), u128::from(height));
        let ((a, b), (c, d)) = (wide(own), wide(source));
        return match () {
            () if own == source => None,
            () if a * d == b * c => Some(Difference::Size),
            () => Some(Difference::Shape),
        };
    }
    let kind = |asset: &Asset| {
        let text = asset.content_type.as_deref()?;
        let kind = text.split(';').next().unwrap_or_default().trim();
        (!kind.is_empty()).then(|| kind.to_ascii_lowercase())
    };
    match (kind(own), kind(source)) {
        (Some(own), Some(source)) if own != source => Some(Difference::Type),
        _ => None,
    }
}
