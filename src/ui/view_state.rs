//! What drawing remembers between frames: scroll offsets, and where things were put for the mouse.
//! Update never reads it.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::layout::{Position, Rect};

use super::layout::NARROWEST;
use super::links::Links;
use super::modal::ModalScroll;
use super::table::Seen;
use super::text::Clock;
use super::theme::Theme;
use crate::app::Pane;
use crate::app::browse::Widths;
use crate::app::key::Target;
use crate::picture::Drawn;

/// A place that the mouse can hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub area: Rect,
    pub target: Target,
    /// Where its rows are, and the number of the first one.
    pub rows: Option<(Rect, usize)>,
}

/// A picture that is to be seen here.
#[derive(Debug, Clone)]
pub struct Placed {
    pub area: Rect,
    pub drawn: Arc<Drawn>,
}

/// Memory of the screen.
#[derive(Debug)]
pub struct ViewState {
    pub theme: Theme,
    /// The wall clock that times are told against: set it before a frame.
    pub clock: Clock,
    /// Where cells of the last frame lead.
    pub links: Links,
    /// The table of each pane.
    seen: [Seen; 4],
    /// Of each modal on the stack, the bottom one first.
    pub(super) modals: Vec<ModalScroll>,
    /// Pictures of the last frame that nothing lies above.
    pub pictures: Vec<Placed>,
    /// Columns and rows that there were for each.
    pub picture_room: Option<(u16, u16)>,
    /// Later ones lie above earlier ones.
    pub(super) hits: Vec<Hit>,
    /// The panes of the last frame, left to right.
    panes: Vec<(Pane, Rect)>,
    /// The mouse holds the divider behind this pane.
    grabbed: Option<Pane>,
}

impl ViewState {
    /// A screen that was not drawn yet.
    pub fn new(theme: Theme, zone: TimeZone) -> Self {
        Self {
            theme,
            clock: Clock {
                now: Timestamp::UNIX_EPOCH,
                zone,
            },
            links: Links::default(),
            seen: <[Seen; 4]>::default(),
            modals: Vec::new(),
            pictures: Vec::new(),
            picture_room: None,
            hits: Vec::new(),
            panes: Vec::new(),
            grabbed: None,
        }
    }

    /// What is remembered of a pane's table.
    pub fn seen(&mut self, pane: Pane) -> &mut Seen {
        let [places, middle, assets, details] = &mut self.seen;
        match pane {
            Pane::Places => places,
            Pane::Middle => middle,
            Pane::Assets => assets,
            Pane::Details => details,
        }
    }

    /// Panes side by side, with a divider between each two: the border that they have there.
    pub(super) fn divide(&mut self, panes: Vec<(Pane, Rect)>) {
        for pair in panes.windows(2) {
            if let [(left, area), _] = pair {
                self.hits.push(Hit {
                    area: Rect {
                        x: area.right().saturating_sub(1),
                        width: 2,
                        ..*area
                    },
                    target: Target::Divider(*left),
                    rows: None,
                });
            }
        }
        self.panes = panes;
    }

    /// The button went down on this, or up.
    pub fn grab(&mut self, target: Option<Target>) {
        self.grabbed = match target {
            Some(Target::Divider(pane)) => Some(pane),
            _ => None,
        };
    }

    /// How wide the panes are if the divider that is held goes to this column.
    pub fn dragged(&self, column: u16) -> Option<Widths> {
        let grabbed = self.grabbed?;
        let at = self.panes.iter().position(|(pane, _)| *pane == grabbed)?;
        let [(_, left), (_, right), ..] = self.panes.get(at..)? else {
            return None;
        };
        let both = left.width + right.width;
        let most = both
            .checked_sub(NARROWEST)
            .filter(|most| *most >= NARROWEST)?;
        let width = (column + 1).saturating_sub(left.x).clamp(NARROWEST, most);
        let mut widths = Widths::default();
        for (number, (pane, area)) in self.panes.iter().enumerate() {
            let columns = match number {
                _ if number == at => width,
                _ if number == at + 1 => both - width,
                _ => area.width,
            };
            widths.set(*pane, columns);
        }
        Some(widths)
    }

    /// What lies at these columns and rows of the last frame: the target, and the number of its row.
    pub fn hit(&self, column: u16, row: u16) -> Option<(Target, Option<usize>)> {
        let at = Position::new(column, row);
        // A modal takes the whole screen from what lies below it.
        let modal = self.hits.iter().any(|hit| hit.target == Target::Modal);
        let hit = self
            .hits
            .iter()
            .rev()
            .filter(|hit| !modal || hit.target == Target::Modal)
            .find(|hit| hit.area.contains(at))?;
        let row = hit
            .rows
            .filter(|(rows, _)| rows.contains(at))
            .map(|(rows, first)| first + usize::from(row - rows.y));
        Some((hit.target, row))
    }
}
