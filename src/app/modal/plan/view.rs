//! How the plan sheet looks.

use super::cell::{Cell, Target};
use super::{PlanSheet, Stage};
use crate::api::{Field, Replace};
use crate::app::State;
use crate::app::modal::confirm::{Answering, hint};
use crate::app::modal::view::{
    Block, Grid, GridRow, Hint, ModalView, Piece, Room, Tone, Words, mixing, quote, say, toned,
};
use crate::app::words;
use crate::domain::{Asset, SafeText, file_words, size_words};
use crate::transfer::plan::{Row, Totals, Verdict};

/// How many rows around the cursor are made for one frame; more than any screen is high.
const AROUND: usize = 400;
/// How many rows decide how wide the columns are; always the first, so that none moves.
const MEASURED: usize = 200;
/// No column is narrower than this while others have room.
const LEAST: usize = 6;
/// What the words behind the cells get at least.
const SAYS: usize = 18;
/// How many replaced assets are named one by one.
const NAMED: usize = 6;
/// Rows of the screen from which on there is room for more than the table.
const ROOMY: u16 = 18;

impl PlanSheet {
    pub(super) fn draw(&self, state: &State) -> ModalView {
        let mut blocks = vec![Block::Line(self.summary())];
        // On a low screen the rows need every line.
        if state.size.1 >= ROOMY {
            let lists = self.said.iter();
            blocks.extend(lists.map(|said| Block::Line(vec![toned(said.clone(), Tone::Dim)])));
            blocks.push(Block::Blank);
        }
        blocks.push(Block::Grid(self.grid()));
        if let Some(row) = self.row() {
            let locales = self.goal.spec.capabilities.locales;
            blocks.push(Block::Line(said(row, locales)));
        }
        if let Some(waits) = &self.looking.waits {
            blocks.push(Block::Line(vec![toned(waits.clone(), Tone::Warning)]));
        }
        let mut danger = false;
        let hints = match &self.stage {
            Stage::Table => self.hints(),
            Stage::Edit(editing) => {
                blocks.push(Block::Blank);
                // The button has no use where Enter sets the one field.
                blocks.extend(editing.form.blocks(true).into_iter().take(1));
                let rows = editing.rows.len();
                let does = match editing.target {
                    Target::Pattern => format!("fill {}", count(rows)),
                    Target::Cell(_) => format!("set it in {}", count(rows)),
                };
                vec![hint("Enter", &does), hint("Esc", "leave it")]
            }
            Stage::Looking => {
                blocks.push(Block::Line(vec![say(
                    "Looking at the service what is there now …",
                )]));
                vec![hint("Esc", "do not send")]
            }
            Stage::Ask(answering) => {
                danger = true;
                blocks.push(Block::Blank);
                blocks.extend(self.question());
                blocks.extend(answering.buttons("Send", "Back to the table"));
                Answering::hints("send")
            }
            Stage::Leave => {
                blocks.push(Block::Line(vec![toned(
                    "Leave and lose what you changed here? y leaves, any other key stays.",
                    Tone::Warning,
                )]));
                vec![hint("y", "leave"), hint("other", "stay")]
            }
        };
        ModalView {
            title: format!("Plan for {}", SafeText::prose(&self.goal.place)),
            room: Room::Full,
            danger,
            blocks,
            hints,
        }
    }

    /// `12 new · 1 replace · 2 same · 1 problem — sends 13 files, 34 MB`
    fn summary(&self) -> Words {
        let totals = self.plan.totals();
        let counts = [
            (totals.looking, "looking", Tone::Dim),
            (totals.new, "new", Tone::Plain),
            (totals.replace, "replace", Tone::Warning),
            (totals.same, "same", Tone::Dim),
            (totals.skip, "skip", Tone::Dim),
            (totals.clash, "clash", Tone::Warning),
            (totals.problem, "problem", Tone::Bad),
        ];
        let mut line: Vec<Piece> = Vec::new();
        for (many, word, tone) in counts {
            if many > 0 {
                let gap = if line.is_empty() { "" } else { " · " };
                line.push(say(gap));
                line.push(toned(format!("{many} {word}"), tone));
            }
        }
        line.push(toned(
            format!(
                "   sends {}, {}",
                file_words(totals.sent()),
                size_words(totals.bytes)
            ),
            Tone::Strong,
        ));
        if !self.marked.is_empty() {
            line.push(toned(
                format!("   {} marked", self.marked.len()),
                Tone::Plain,
            ));
        }
        if self.open_only {
            line.push(toned("   only open rows", Tone::Plain));
        }
        line
    }

    fn grid(&self) -> Grid {
        let rows = self.plan.rows();
        let widths = |cell: &Cell| {
            let texts = rows
                .iter()
                .take(MEASURED)
                .map(|row| cell.text(row, &self.segments));
            texts.map(|text| text.chars().count()).max().unwrap_or(0)
        };
        let first = self.cursor.at.saturating_sub(AROUND);
        let anchored = self.anchor.map(|anchor| {
            let at = self.cursor.at;
            anchor.min(at)..=anchor.max(at)
        });
        let part = self.shown.iter().enumerate().skip(first).take(2 * AROUND);
        Grid {
            heads: { self.cells.iter() }
                .map(|cell| cell.label().to_owned())
                .collect(),
            widths: self.cells.iter().map(widths).collect(),
            rows: part
                .filter_map(|(place, number)| {
                    let row = rows.get(*number)?;
                    let ranged = anchored.as_ref().is_some_and(|it| it.contains(&place));
                    let (says, tone) = verdict(row);
                    Some(GridRow {
                        marked: ranged || self.marked.contains(number),
                        cells: { self.cells.iter() }
                            .map(|cell| cell.text(row, &self.segments))
                            .collect(),
                        says,
                        tone,
                    })
                })
                .collect(),
            first,
            total: self.shown.len(),
            cursor: self.cursor.at,
            column: self.column,
            least: LEAST,
            says: SAYS,
            empty: if self.open_only {
                let why = nothing_to_send(self.plan.totals());
                let why = why.unwrap_or("Every row can be sent");
                format!("{why}; f shows all of them.")
            } else {
                "There is no file here.".to_owned()
            },
        }
    }

    /// What happens on yes.
    fn question(&self) -> Vec<Block> {
        let totals = self.plan.totals();
        let mut blocks = vec![Block::Line(vec![say(format!(
            "{} will be sent, {}.",
            file_words(totals.sent()),
            size_words(totals.bytes)
        ))])];
        let replaced = self
            .plan
            .rows()
            .iter()
            .filter_map(|row| match row.verdict() {
                Verdict::Replace(asset) => Some(asset),
                _ => None,
            });
        for asset in replaced.take(NAMED) {
            let mut line = vec![toned("! replaces ", Tone::Warning)];
            line.extend(there(asset));
            blocks.push(Block::Line(line));
        }
        if totals.replace > NAMED {
            let more = totals.replace - NAMED;
            blocks.push(Block::Line(vec![toned(
                format!("! and {more} more"),
                Tone::Warning,
            )]));
        }
        if totals.replace > 0 {
            let how = self.goal.spec.capabilities.replace.sentence();
            blocks.push(Block::Line(vec![say(format!("How: {how}."))]));
            if self.goal.spec.upload_field(Field::AltText).is_some() && !self.plan.is_as_typed() {
                let text = "Texts and tags that the table has none of stay those of the old one.";
                blocks.push(Block::Line(vec![say(text)]));
            }
        }
        let behind = totals.clash + totals.problem;
        if behind > 0 {
            let how = if behind == 1 {
                "cannot be sent as it is and is left out."
            } else {
                "cannot be sent as they are and are left out."
            };
            blocks.push(Block::Line(vec![toned(
                format!("{} {how}", count(behind)),
                Tone::Warning,
            )]));
        }
        blocks
    }

    fn hints(&self) -> Vec<Hint> {
        let mut hints = vec![hint("C-s", "start"), hint("e", "edit")];
        if matches!(
            self.row().map(Row::verdict),
            Some(Verdict::Clash(_) | Verdict::Same(_))
        ) {
            hints.push(hint("r", "replace"));
            if self.goal.spec.capabilities.replace == Replace::ByDelete {
                hints.push(hint("b", "keep both"));
            }
        }
        hints.extend([
            hint("=", "copy down"),
            hint("x", "leave out"),
            hint("h/l", "column"),
            hint("Space", "mark"),
        ]);
        if self.goal.spec.capabilities.locales {
            hints.push(hint("L", "locale"));
        }
        hints.extend([
            hint("P", "pattern"),
            hint(
                "f",
                if self.open_only {
                    "all rows"
                } else {
                    "only open rows"
                },
            ),
            hint("v", "mark a range"),
            hint("V", "mark all"),
            hint("*", "mark the others"),
            hint("Esc", "leave"),
        ]);
        hints
    }
}

fn count(rows: usize) -> String {
    if rows == 1 {
        "1 row".to_owned()
    } else {
        format!("{rows} rows")
    }
}

/// The last column.
fn verdict(row: &Row) -> (String, Tone) {
    let verdict = row.verdict();
    let word = verdict.word();
    match verdict {
        Verdict::Looking => ("looking …".to_owned(), Tone::Dim),
        Verdict::New => (word.to_owned(), Tone::Good),
        Verdict::Same(_) => ("same, is there".to_owned(), Tone::Dim),
        Verdict::Replace(_) => (word.to_owned(), Tone::Warning),
        Verdict::Clash(_) => ("clash: is there".to_owned(), Tone::Warning),
        Verdict::Skip(reason) => (format!("skip: {reason}"), Tone::Dim),
        Verdict::Problem(reason) => (format!("problem: {reason}"), Tone::Bad),
    }
}

/// The row under the cursor in one sentence.
fn said(row: &Row, locales: bool) -> Words {
    let mut words = outcome(row);
    // The way out that mends all rows at once.
    let by_path = row.relative.len() > 1 && row.wishes.locale.is_empty();
    if matches!(row.verdict(), Verdict::Problem(_)) && row.file.is_ok() && by_path && locales {
        words.push(toned(
            ". P reads locale and folder from the paths",
            Tone::Bad,
        ));
    }
    // Sent under another name: which file it is can be seen nowhere else.
    let own = row.relative.last().map(String::as_str);
    if let Some(own) = own.filter(|own| row.verdict().is_sent() && *own != row.name()) {
        words.push(toned(" with the file ", Tone::Dim));
        words.push(quote(&SafeText::name(own)));
    }
    words
}

/// What stands there now.
fn there(asset: &Asset) -> Words {
    let mut line = vec![
        quote(&SafeText::name(&asset.name)),
        say(format!("  {}", words::place_and_size(asset))),
    ];
    line.extend(mixing(&asset.name));
    line
}

fn outcome(row: &Row) -> Words {
    match row.verdict() {
        Verdict::Looking => vec![toned("Looking what is there …", Tone::Dim)],
        Verdict::New => vec![toned(
            format!("New; {}", row.size().map(size_words).unwrap_or_default()),
            Tone::Dim,
        )],
        Verdict::Same(asset) => {
            let mut line = vec![toned(
                "There already, of the same size, so not sent: ",
                Tone::Dim,
            )];
            line.extend(there(asset));
            line
        }
        Verdict::Replace(asset) => {
            let mut line = vec![toned("Replaces ", Tone::Warning)];
            line.extend(there(asset));
            line
        }
        Verdict::Clash(asset) => {
            let mut line = vec![toned("There already: ", Tone::Warning)];
            line.extend(there(asset));
            line.push(toned(
                ". r replaces it, x leaves the file out",
                Tone::Warning,
            ));
            line
        }
        Verdict::Skip(reason) => vec![toned(format!("Not sent: {reason}"), Tone::Dim)],
        Verdict::Problem(reason) => vec![toned(format!("✗ {reason}"), Tone::Bad)],
    }
}

/// Why a plan without a row to decide on sends nothing; `None` when it sends something, or when its
/// rows say it themselves.
pub(super) const fn nothing_to_send(totals: Totals) -> Option<&'static str> {
    if totals.sent() + totals.looking + totals.clash + totals.problem > 0 {
        return None;
    }
    Some(match (totals.same, totals.skip) {
        (0, 0) => return None,
        (_, 0) => "Nothing to send: every file is there already, with the same size",
        (0, _) => "Nothing to send: every row is left out",
        _ => "Nothing to send: what is not left out is there already, with the same size",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_that_sends_nothing_says_why() {
        let totals = |new, same, skip, problem| Totals {
            new,
            same,
            skip,
            problem,
            ..Totals::default()
        };
        let says = |totals| nothing_to_send(totals).unwrap_or_default();
        assert!(says(totals(0, 3, 0, 0)).contains("every file is there already"));
        assert!(says(totals(0, 0, 2, 0)).contains("every row is left out"));
        assert!(says(totals(0, 1, 2, 0)).contains("what is not left out"));
        for some in [totals(1, 3, 0, 0), totals(0, 3, 0, 1), totals(0, 0, 0, 0)] {
            assert_eq!(nothing_to_send(some), None);
        }
    }
}
