//! The matrix behind the coverage sheet, kept in step with what is known of the document.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use crate::app::browse::Opened;
use crate::domain::coverage::{Coverage, Heard, Row, Totals};
use crate::domain::{Asset, Entry, Locale, Segment, SegmentId, Shelf};

/// What was seen longer ago than this is shown with its age.
const FRESH: Duration = Duration::from_mins(1);

/// The matrix, and of when each of its segments is.
#[derive(Debug, Default)]
pub(super) struct Matrix {
    pub coverage: Coverage,
    /// What segments are called, in the order of the matrix; foreign text.
    pub names: Vec<String>,
    pub by_folder: Vec<(String, Totals)>,
    /// Where each of the segments stands in the list, among what could not be read.
    places: Vec<usize>,
    /// So many entries of the list were read.
    read: usize,
    /// When each segment's assets were seen; `None` as long as they were not asked.
    seen: Vec<Option<Instant>>,
    /// What is shown was asked again, or something was sent there: it is old until an answer comes.
    pub old: Vec<bool>,
    made_of: Option<MadeOf>,
    /// How much was learned of the segments when it was looked at last.
    learned: u64,
}

/// What the rows were made of.
#[derive(Debug, PartialEq, Eq)]
struct MadeOf {
    rows: usize,
    /// When all of them came.
    listed: Option<Instant>,
    /// When the texts came, which segments are called by.
    texts: Option<Instant>,
    locales: Vec<Locale>,
}

impl Matrix {
    /// Takes in what is newly known; says whether anything was. It looks at what is new alone, since
    /// each page and each answer of a long document comes by here.
    pub fn sync(&mut self, opened: &Opened) -> bool {
        let locales = opened.locales().unwrap_or_default();
        let list = opened.segments.list.rows();
        let made_of = MadeOf {
            rows: list.len(),
            listed: opened.segments.remote.value().map(|it| it.at),
            texts: opened.texts.value().map(|it| it.at),
            locales: locales.to_vec(),
        };
        let mut changed = self.made_of.as_ref() != Some(&made_of);
        let mut learned = opened.learned.since(self.learned);
        if changed {
            if !self.goes_on(&made_of, list) {
                *self = Self {
                    coverage: Coverage::new(locales.to_vec()),
                    ..Self::default()
                };
                learned = None;
            }
            self.made_of = Some(made_of);
        }
        let before = self.names.len();
        self.add_new(list);
        self.learned = opened.learned.count();
        changed |= match learned {
            None => (0..before).fold(false, |any, at| self.hear(at, opened) | any),
            Some(idents) => {
                let places = list.places(&idents);
                let found = places.filter_map(|place| self.places.binary_search(&place).ok());
                let found: Vec<usize> = found.filter(|at| *at < before).collect();
                { found.into_iter() }.fold(false, |any, at| self.hear(at, opened) | any)
            }
        };
        for at in before..self.names.len() {
            changed |= self.hear(at, opened);
        }
        if changed {
            let all: Vec<usize> = (0..locales.len()).collect();
            self.by_folder = self.coverage.by_folder(&all).into_iter().collect();
        }
        changed
    }

    /// Whether these rows are those that are there, and maybe others behind them.
    fn goes_on(&self, new: &MadeOf, list: &Shelf<Segment>) -> bool {
        let Some(before) = &self.made_of else {
            return false;
        };
        let same = (before.texts, &before.locales) == (new.texts, &new.locales);
        if !same || new.rows < before.rows {
            return false;
        }
        if before.listed != new.listed {
            // A list that came whole may be another one.
            let segments = self.coverage.segments().iter();
            return list.begins_with(segments.map(|(id, _)| id.as_str()));
        }
        let (Some(end), Some((lowest, _))) = (self.places.last(), self.coverage.segments().last())
        else {
            return true;
        };
        let there = list.get(*end).and_then(Entry::seen);
        there.is_some_and(|segment| segment.id == *lowest)
    }

    /// Adds the segments behind those that were read.
    fn add_new(&mut self, list: &Shelf<Segment>) {
        for (place, entry) in (self.read..).zip(list.iter_from(self.read)) {
            let Some(segment) = Entry::seen(entry) else {
                continue;
            };
            let heard = Heard::<[&Asset; 0]>::NotAsked;
            self.coverage.add(segment.id.clone(), heard);
            self.names.push(segment.name());
            self.places.push(place);
            self.seen.push(None);
            self.old.push(false);
        }
        self.read = list.len();
    }

    /// Takes in what is known of one segment; says whether that is new.
    fn hear(&mut self, at: usize, opened: &Opened) -> bool {
        let Some((id, _)) = self.coverage.segments().get(at) else {
            return false;
        };
        // What was dropped because it changes is shown as it was until its answer comes.
        let Some(known) = opened.known.get(id) else {
            let gone = self.seen[at].is_some() && !self.old[at];
            self.old[at] |= gone;
            return gone;
        };
        if self.seen[at] == Some(known.at) {
            return false;
        }
        let read: Vec<Cow<'_, Asset>>;
        let heard = match &known.result {
            Ok(entries) => {
                read = entries.read().collect();
                Heard::Assets(read.iter().map(AsRef::as_ref))
            }
            Err(_) => Heard::Failed,
        };
        self.seen[at] = Some(known.at);
        self.old[at] = false;
        self.coverage.set(at, heard);
        true
    }

    pub fn row(&self, (segment, row): (usize, usize)) -> Option<&Row> {
        self.coverage.segments().get(segment)?.1.get(row)
    }

    /// The segment of a row and the place of its asset, which stay the same when others come.
    pub fn spot(&self, row: (usize, usize)) -> Option<(&SegmentId, String)> {
        let (segment, _) = self.coverage.segments().get(row.0)?;
        let place = match self.row(row)? {
            Row::Whole(_) => String::new(),
            Row::Versions(versions) => format!("{}/{}", versions.folder, versions.name),
        };
        Some((segment, place))
    }

    /// How many segments were asked.
    pub fn asked(&self) -> usize {
        self.seen.iter().filter(|seen| seen.is_some()).count()
    }

    /// Segments of which nothing is known.
    pub fn not_asked(&self) -> Vec<SegmentId> {
        let segments = self.coverage.segments().iter().zip(&self.seen);
        segments
            .filter(|(_, seen)| seen.is_none())
            .map(|((id, _), _)| id.clone())
            .collect()
    }

    /// The age of a segment's row, where it is worth telling.
    pub fn age(&self, at: usize, now: Instant) -> Option<Duration> {
        let seen = self.seen.get(at).copied().flatten()?;
        let age = now.saturating_duration_since(seen);
        (age >= FRESH).then_some(age)
    }

    /// How many segments' rows are old.
    pub fn aged(&self, now: Instant) -> usize {
        (0..self.seen.len())
            .filter(|at| self.age(*at, now).is_some())
            .count()
    }
}
