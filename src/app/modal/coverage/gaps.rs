//! From a cell to its assets, and from gaps to an upload that is aimed at them.

use std::time::Instant;

use super::CoverageSheet;
use crate::app::State;
use crate::app::browse::Pane;
use crate::app::modal::browser::FileBrowser;
use crate::app::modal::goal::Goal;
use crate::app::modal::view::Tone;
use crate::app::modal::{Outcome, Reply};
use crate::domain::coverage::Row;
use crate::domain::{AssetPath, AssetScope};
use crate::transfer::plan::Gap;

impl CoverageSheet {
    /// Shows the asset of this cell beside its source; where one of both is missing, the other one; where
    /// there is none, the segment.
    pub(super) fn open_pair(&mut self, state: &mut State, now: Instant) -> Reply {
        let Some(row) = self.shown.get(self.cursor.at).copied() else {
            return Reply::stay();
        };
        let (Some((segment, _)), Some(found)) = (self.matrix.spot(row), self.matrix.row(row))
        else {
            return Reply::stay();
        };
        let segment = segment.clone();
        let own = found.versions().map(|versions| {
            let cell = versions.cells.get(self.column);
            let own = cell.and_then(|cell| Some((cell.asset.clone()?, cell.name.clone()?)));
            let source = || Some((versions.source.clone()?, versions.name.clone()));
            (own.or_else(source), versions.source.clone())
        });
        let Some(container) = state.browse.open().map(|opened| opened.id.clone()) else {
            return Reply::stay();
        };
        let Some((Some((key, name)), source)) = own else {
            let effects = state.go_to_segment(segment, now);
            state.focus(Pane::Assets, now);
            return Reply::close().with(effects);
        };
        let pair = source.is_some_and(|source| source != key);
        let scope = AssetScope::Segment(container, segment);
        let mut effects = state.visit_asset(&scope, key, name, now);
        if pair {
            effects.extend(state.show_beside(now));
        }
        Reply::close().with(effects)
    }

    /// Uploads into the marked gaps, or into this cell.
    pub(super) fn fill(&mut self, state: &mut State, now: Instant) -> Reply {
        if let Err(why) = state.may_change() {
            state
                .notices
                .say(Tone::Warning, format!("upload: {why}"), now);
            return Reply::stay();
        }
        let gaps: Vec<Gap> = if self.marked.is_empty() {
            let here = self.shown.get(self.cursor.at);
            let here = here.and_then(|row| self.gap(*row, self.column));
            here.into_iter().collect()
        } else {
            self.marked_gaps()
        };
        let (to, place) = match gaps.as_slice() {
            [] => return Reply::stay(),
            [gap] => {
                let locale = gap.locale.as_str();
                let place = format!("{} / {} ({locale})", self.name, gap.segment);
                (gap.scope.clone(), place)
            }
            several => (
                AssetScope::Container(self.container.clone()),
                format!("{} gaps of {}", several.len(), self.name),
            ),
        };
        let goal = Goal {
            account: self.account.clone(),
            spec: self.spec,
            to: Some(to),
            place,
            gaps,
        };
        let (browser, effects) = FileBrowser::open(state, goal);
        Reply::of(Outcome::Open(Box::new(browser))).with(effects)
    }

    fn marked_gaps(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        for (at, (_, rows)) in self.matrix.coverage.segments().iter().enumerate() {
            for number in 0..rows.len() {
                let row = (at, number);
                let Some((segment, place)) = self.matrix.spot(row) else {
                    continue;
                };
                let of_row = (segment.clone(), place);
                let columns = 0..self.matrix.coverage.locales().len();
                gaps.extend(columns.filter_map(|column| {
                    let spot = (of_row.0.clone(), of_row.1.clone(), column);
                    self.marked.contains(&spot).then(|| self.gap(row, column))?
                }));
            }
        }
        gaps
    }

    /// What an upload would fill here.
    pub(super) fn gap(&self, row: (usize, usize), column: usize) -> Option<Gap> {
        let (segment, _) = self.matrix.spot(row)?;
        let locale = self.matrix.coverage.locales().get(column)?;
        let (folder, name) = match self.matrix.row(row)? {
            Row::Whole(_) => (AssetPath::root(), None),
            Row::Versions(versions) => {
                // What is there keeps its name, so that it is replaced and not doubled.
                let own = versions.cells.get(column)?.name.clone();
                let name = own.unwrap_or_else(|| versions.name_in(locale));
                (versions.folder.clone(), Some(name))
            }
        };
        Some(Gap {
            scope: AssetScope::Segment(self.container.clone(), segment.clone()),
            segment: self.matrix.names.get(row.0)?.clone(),
            locale: locale.clone(),
            folder,
            name,
        })
    }
}
