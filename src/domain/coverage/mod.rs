//! Coverage: which asset of which segment is there in which locale, and how it stands to its source.
//! Pure: what the service said goes in, a matrix comes out.

mod state;
mod sums;
#[cfg(test)]
mod tests;
mod versions;

use std::collections::BTreeMap;

pub use self::state::{Difference, STATES, State, Totals};
use self::sums::Sums;
pub use self::versions::{Cell, Versions, without_locale};
use super::{Asset, Locale, SegmentId};

/// What is known of one segment's assets.
#[derive(Debug, Clone, Copy)]
pub enum Heard<I> {
    NotAsked,
    Failed,
    Assets(I),
}

/// One row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// All cells are in one state: not asked, failed, or no assets.
    Whole(State),
    /// One asset of the segment. Boxed, since most segments of a long document have none.
    Versions(Box<Versions>),
}

impl Row {
    /// The rows of one segment: one for each asset that it has, else a single one. `locales` are the
    /// container's, the source language first.
    pub fn of<'a>(
        locales: &[Locale],
        heard: Heard<impl IntoIterator<Item = &'a Asset>>,
    ) -> Vec<Self> {
        let assets = match heard {
            Heard::NotAsked => return vec![Self::Whole(State::NotAsked)],
            Heard::Failed => return vec![Self::Whole(State::Failed)],
            Heard::Assets(assets) => assets,
        };
        let found = versions::sort(locales, assets);
        if found.is_empty() {
            return vec![Self::Whole(State::NoAssets)];
        }
        { found.into_iter() }
            .map(|it| Self::Versions(Box::new(it)))
            .collect()
    }

    /// The state in the locale at this place.
    pub fn state(&self, locale: usize) -> State {
        match self {
            Self::Whole(state) => *state,
            Self::Versions(versions) => {
                let cell = versions.cells.get(locale);
                cell.map_or(State::NoSource, |cell| cell.state)
            }
        }
    }

    pub fn versions(&self) -> Option<&Versions> {
        match self {
            Self::Whole(_) => None,
            Self::Versions(versions) => Some(versions),
        }
    }

    /// Whether any of these locales is in any of these states; all of them where none is named.
    pub fn is_any(&self, locales: &[usize], states: &[State]) -> bool {
        let named = |state: State| states.iter().any(|wanted| wanted.is(state));
        states.is_empty() || locales.iter().any(|at| named(self.state(*at)))
    }
}

/// The matrix of a container's segments and locales.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Coverage {
    locales: Vec<Locale>,
    segments: Vec<(SegmentId, Vec<Row>)>,
    sums: Sums,
}

impl Coverage {
    /// `locales` are the container's, the source language first.
    pub fn new(locales: Vec<Locale>) -> Self {
        Self {
            segments: Vec::new(),
            sums: Sums::new(locales.len()),
            locales,
        }
    }

    /// Adds the next segment.
    pub fn add<'a>(
        &mut self,
        segment: SegmentId,
        heard: Heard<impl IntoIterator<Item = &'a Asset>>,
    ) {
        let rows = Row::of(&self.locales, heard);
        for row in &rows {
            self.sums.add(row);
        }
        self.segments.push((segment, rows));
    }

    /// Takes what is newly known of the segment that was added as this one.
    pub fn set<'a>(&mut self, at: usize, heard: Heard<impl IntoIterator<Item = &'a Asset>>) {
        if let Some((_, rows)) = self.segments.get_mut(at) {
            for row in rows.iter() {
                self.sums.take_away(row);
            }
            *rows = Row::of(&self.locales, heard);
            for row in rows.iter() {
                self.sums.add(row);
            }
        }
    }

    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    /// Every segment in its order, with its rows, of which each has at least one.
    pub fn segments(&self) -> &[(SegmentId, Vec<Row>)] {
        &self.segments
    }

    /// Every row, with the place of its segment.
    pub fn rows(&self) -> impl Iterator<Item = (usize, &Row)> {
        let segments = self.segments.iter().enumerate();
        segments.flat_map(|(at, (_, rows))| rows.iter().map(move |row| (at, row)))
    }

    /// How many cells of each locale are in which state.
    pub fn by_locale(&self) -> &[Totals] {
        &self.sums.by_locale
    }

    /// The same of each folder that an asset is in, over these locales, by the folder's path. What
    /// belongs to no asset is in no folder; folders that the service takes for one are one, under the
    /// name that was met first.
    pub fn by_folder(&self, locales: &[usize]) -> BTreeMap<String, Totals> {
        self.sums.by_folder(locales)
    }
}
