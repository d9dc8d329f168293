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
    pub by_locale: Vec<Totals>,
    pub by_folder: Vec<(String, Totals)>,
    /// When each segment's assets were seen; `None` as long as they were not asked.
    seen: Vec<Option<Instant>>,
    /// What is shown was asked again, or something was sent there: it is old until an answer comes.
    pub old: Vec<bool>,
    made_of: Option<MadeOf>,
}

/// What the rows were made of.
#[derive(Debug, PartialEq, Eq)]
struct MadeOf {
    rows: usize,
    /// When the texts came, which segments are called by.
    texts: Option<Instant>,
    locales: Vec<Locale>,
}

impl Matrix {
    /// Takes in what is newly known; says whether anything was.
    pub fn sync(&mut self, opened: &Opened) -> bool {
        let locales = opened.locales().unwrap_or_default();
        let list = opened.segments.list.rows();
        let texts = opened.texts.value().map(|it| it.at);
        let made_of = MadeOf {
            rows: list.len(),
            texts,
            locales: locales.to_vec(),
        };
        let mut changed = self.made_of.as_ref() != Some(&made_of);
        if changed {
            let same = |before: &MadeOf| {
                (before.texts, &before.locales) == (made_of.texts, &made_of.locales)
            };
            // A page more of a listing: what is there stays.
            let longer = self.made_of.as_ref().is_some_and(same) && self.begins(list);
            if !longer {
                *self = Self {
                    coverage: Coverage::new(locales.to_vec()),
                    ..Self::default()
                };
            }
            let more = list.read().skip(self.names.len());
            for segment in more {
                let heard = Heard::<[&Asset; 0]>::NotAsked;
                self.coverage.add(segment.id.clone(), heard);
                self.names.push(segment.name());
                self.seen.push(None);
                self.old.push(false);
            }
            self.made_of = Some(made_of);
        }
        for at in 0..self.names.len() {
            let Some((id, _)) = self.coverage.segments().get(at) else {
                break;
            };
            // What was dropped because it changes is shown as it was until its answer comes.
            let Some(known) = opened.known.get(id) else {
                let seen = self.seen.get(at).copied().flatten().is_some();
                if seen && !self.old[at] {
                    self.old[at] = true;
                    changed = true;
                }
                continue;
            };
            if self.seen[at] == Some(known.at) {
                continue;
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
            changed = true;
        }
        if changed {
            self.by_locale = self.coverage.by_locale();
            let all: Vec<usize> = (0..locales.len()).collect();
            self.by_folder = self.coverage.by_folder(&all).into_iter().collect();
        }
        changed
    }

    /// Whether these rows begin with the segments that are there, as far as their last one tells.
    fn begins(&self, list: &Shelf<Segment>) -> bool {
        let Some((end, _)) = self.coverage.segments().last() else {
            return true;
        };
        let read = |at: &usize| list.kind(*at).is_some();
        let mut read = (0..list.len()).filter(read);
        let there = read.nth(self.names.len() - 1);
        let there = there.and_then(|at| list.get(at));
        there
            .and_then(Entry::seen)
            .is_some_and(|segment| segment.id == *end)
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
