//! How the coverage sheet looks.

use std::time::Duration;

use super::{CoverageSheet, Filter};
use crate::app::State;
use crate::app::modal::confirm::{Answering, hint};
use crate::app::modal::view::{Block, Grid, GridRow, Hint, ModalView, Room, Tone, toned};
use crate::domain::SafeText;
use crate::domain::coverage::{Row, State as Standing};

/// How many rows around the cursor are made for one frame; more than any screen is high.
const AROUND: usize = 400;
/// How many rows decide how wide the columns are; always the first, so that none moves.
const MEASURED: usize = 200;
/// Rows of the screen from which on there is room for totals and a legend.
const ROOMY: u16 = 18;
/// What the age of a row takes.
const AGE: usize = 10;
/// Columns in front of those of the locales.
const NAMES: usize = 2;

impl CoverageSheet {
    pub(super) fn draw(&self, state: &State) -> ModalView {
        let ascii = state.options.ascii;
        let roomy = state.size.1 >= ROOMY;
        let mut blocks = vec![Block::Line(self.summary(state, roomy))];
        if roomy && !self.matrix.coverage.locales().is_empty() {
            blocks.push(Block::Pairs(self.totals(ascii)));
            blocks.push(Block::Blank);
        }
        blocks.push(Block::Grid(self.grid(state, ascii)));
        if self.question.is_none() {
            blocks.push(Block::Line(self.said(state)));
        }
        if let Some(why) = self.unlisted(state) {
            blocks.push(Block::Line(why));
        }
        if let Some(waits) = &self.asking.waits {
            blocks.push(Block::Line(vec![toned(waits.clone(), Tone::Warning)]));
        }
        let hints = match &self.question {
            None => self.hints(),
            Some(question) => {
                blocks.push(Block::Line(self.cost(roomy)));
                blocks.extend(question.buttons("Ask them", "Not now"));
                Answering::hints("ask them")
            }
        };
        ModalView {
            title: format!("Coverage of {}", SafeText::prose(&self.name)),
            room: Room::Full,
            danger: false,
            blocks,
            hints,
        }
    }

    fn grid(&self, state: &State, ascii: bool) -> Grid {
        let locales = self.matrix.coverage.locales();
        let mut heads = vec!["Segment".to_owned(), "Asset".to_owned()];
        heads.extend({ locales.iter() }.map(|it| SafeText::name(it.as_str()).into_string()));
        let measured = self.shown.iter().take(MEASURED);
        let mut widths = vec![0; NAMES];
        for row in measured {
            for (width, text) in widths.iter_mut().zip(self.named(*row)) {
                *width = text.chars().count().max(*width);
            }
        }
        // A sign and the mark behind it.
        widths.extend(locales.iter().map(|_| 2));
        let first = self.cursor.at.saturating_sub(AROUND);
        let part = self.shown.iter().skip(first).take(2 * AROUND);
        Grid {
            heads,
            widths,
            rows: part.map(|row| self.grid_row(*row, ascii)).collect(),
            first,
            total: self.shown.len(),
            cursor: self.cursor.at,
            column: NAMES + self.column,
            least: 4,
            says: if self.matrix.aged(self.now) > 0 {
                AGE
            } else {
                0
            },
            empty: self.empty(state),
        }
    }

    fn named(&self, row: (usize, usize)) -> [String; NAMES] {
        let segment = self.matrix.names.get(row.0).map_or("", String::as_str);
        let asset = match self.matrix.row(row) {
            Some(Row::Versions(it)) if it.folder.is_root() => {
                SafeText::name(&it.name).into_string()
            }
            // The folder stands behind the name, which stays when it is cut.
            Some(Row::Versions(it)) => {
                let folder = it.folder.to_string();
                format!(
                    "{} in {}",
                    SafeText::name(&it.name),
                    SafeText::name(&folder)
                )
            }
            Some(Row::Whole(state)) => state.title().to_owned(),
            None => String::new(),
        };
        [SafeText::prose(segment).into_string(), asset]
    }

    fn grid_row(&self, row: (usize, usize), ascii: bool) -> GridRow {
        let mut cells: Vec<String> = self.named(row).into();
        let mut marked = false;
        // Most of the time nothing is marked.
        let spot = if self.marked.is_empty() {
            None
        } else {
            self.matrix.spot(row)
        };
        for column in 0..self.matrix.coverage.locales().len() {
            let standing = self
                .matrix
                .row(row)
                .map_or(Standing::NotAsked, |it| it.state(column));
            let is_marked = spot.as_ref().is_some_and(|(segment, place)| {
                let spot = ((*segment).clone(), place.clone(), column);
                self.marked.contains(&spot)
            });
            marked |= is_marked;
            let mark = if is_marked { "✓" } else { "" };
            cells.push(format!("{}{mark}", standing.sign(ascii)));
        }
        let age = self.matrix.age(row.0, self.now);
        let old = self.matrix.old.get(row.0).copied().unwrap_or_default();
        let says = match age {
            _ if old => "asking …".to_owned(),
            Some(age) => ago(age),
            None => String::new(),
        };
        GridRow {
            marked,
            cells,
            says,
            tone: Tone::Dim,
        }
    }

    /// Why no row is there.
    fn empty(&self, state: &State) -> String {
        let one = self.spec.container.one;
        let Some(opened) = self.opened(state) else {
            return format!("This {one} is not open any more.");
        };
        if opened.segments.remote.pending().is_some() {
            return "Listing the segments …".to_owned();
        }
        if let Some(error) = opened.segments.remote.error() {
            return SafeText::prose(&error.to_string()).into_string();
        }
        match (opened.locales(), opened.container.error()) {
            (Some([]), _) => return format!("The service names no locale of this {one}."),
            (None, Some(error)) => return SafeText::prose(&error.to_string()).into_string(),
            (None, None) => return format!("Asking for the locales of this {one} …"),
            (Some(_), _) => {}
        }
        if self.matrix.names.is_empty() {
            return format!("This {one} has no segments.");
        }
        match self.filter {
            Filter::Gaps if self.asking.moves() => "No gap so far; still asking …".to_owned(),
            Filter::Gaps if self.matrix.asked() == 0 => {
                "No segment was asked yet; a asks.".to_owned()
            }
            _ => "No row is like that; f shows others.".to_owned(),
        }
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = vec![hint("Enter", "compare it"), hint("u", "upload here")];
        if !self.marked.is_empty() {
            hints[1] = hint("u", "upload into the marked");
        }
        hints.extend([hint("f", "filter"), hint("Space", "mark")]);
        if !self.asking.moves() && self.matrix.asked() < self.matrix.names.len() {
            hints.push(hint("a", "ask the rest"));
        }
        hints.extend([
            hint("h/l", "locale"),
            hint("n", "next gap"),
            hint("R", "ask those shown again"),
            hint("r", "ask for this one"),
            hint("V", "mark all of the locale"),
        ]);
        let leave = if !self.marked.is_empty() {
            "clear the marks"
        } else if self.asking.moves() {
            "stop asking"
        } else {
            "back"
        };
        hints.push(hint("Esc", leave));
        hints
    }
}

/// An age in whole minutes or hours.
fn ago(age: Duration) -> String {
    match age.as_secs() / 60 {
        minutes @ 0..60 => format!("{minutes} min ago"),
        minutes => format!("{} h ago", minutes / 60),
    }
}
