//! How the sheet that saves whole places looks.

use super::question::Question;
use super::{Listing, Stage, TreeSheet};
use crate::app::modal::confirm::hint;
use crate::app::modal::view::{
    self, Block, Hint, ModalView, Room, RowView, Tone, quote, say, toned,
};
use crate::app::msg::{Found, Listed};
use crate::domain::{SafeText, file_words, size_words};
use crate::transfer::OnClash;
use crate::transfer::tree::Fate;

/// How many files that cannot be saved are named one by one.
const NAMED: usize = 6;
/// How many rows around the cursor are made for one frame; more than any screen is high.
const AROUND: usize = 400;

impl TreeSheet {
    pub(super) fn draw(&self) -> ModalView {
        let name = SafeText::prose(&self.places.name);
        let mut blocks = vec![Block::Line(vec![say("Everything in "), quote(&name)])];
        blocks.extend(self.progress());
        let mut danger = false;
        let hints = match &self.stage {
            Stage::Form => {
                blocks.push(Block::Blank);
                let mut form = self.form.clone();
                let (button, enabled) = self.button();
                form.button = button;
                blocks.extend(form.blocks(enabled));
                let leaves = match self.listing {
                    Listing::Running(_) => "stop and leave",
                    _ => "leave",
                };
                vec![
                    hint("C-s", "go on"),
                    hint("Tab", "next"),
                    hint("Esc", leaves),
                ]
            }
            Stage::Looking(folder) => {
                let folder = SafeText::name(&folder.to_string_lossy());
                blocks.push(Block::Line(vec![
                    say("Looking what stands in "),
                    quote(&folder),
                    say(" …"),
                ]));
                vec![hint("Esc", "back")]
            }
            Stage::Ask(question) => {
                danger = question.totals().replaced > 0;
                question.draw(&mut blocks)
            }
        };
        ModalView {
            title: "Save everything".to_owned(),
            room: match &self.stage {
                Stage::Ask(question) if !question.clashes.is_empty() => Room::Full,
                _ => Room::Wide,
            },
            danger,
            blocks,
            hints,
        }
    }

    /// What the button does now, and whether it does anything.
    fn button(&self) -> (String, bool) {
        let text = match &self.listing {
            Listing::Running(_) if self.chosen.is_some() => "Goes on when the list is complete",
            Listing::Running(_) => "Go on when the list is complete",
            Listing::Costs(calls) => return (format!("Make the {calls} calls"), true),
            Listing::Failed(_) => "List it again",
            Listing::Done(listed) if listed.assets.is_empty() => {
                return ("There is nothing to save".to_owned(), false);
            }
            Listing::Done(_) => "See what would be saved",
        };
        (text.to_owned(), self.chosen.is_none())
    }

    fn progress(&self) -> Vec<Block> {
        let line = |text: String, tone| Block::Line(vec![toned(text, tone)]);
        match &self.listing {
            Listing::Running(found) => {
                let mut blocks = vec![line(
                    format!("Listing it: {} so far …", counted(found)),
                    Tone::Plain,
                )];
                let waits = self.waits.iter();
                blocks.extend(waits.map(|waits| line(waits.clone(), Tone::Warning)));
                blocks
            }
            Listing::Costs(calls) => vec![line(
                format!(
                    "Listing it takes {calls} calls to the service, which may allow only so many an hour"
                ),
                Tone::Warning,
            )],
            Listing::Failed(why) => {
                vec![line(format!("It could not be listed: {why}"), Tone::Bad)]
            }
            Listing::Done(listed) => {
                let mut blocks = vec![line(done(listed), Tone::Plain)];
                blocks.extend(unreadable(listed.unreadable));
                blocks
            }
        }
    }
}

fn done(listed: &Listed) -> String {
    if listed.assets.is_empty() {
        "There are no assets in it".to_owned()
    } else {
        format!("Listed: {}", counted(&listed.found))
    }
}

/// `12 files, 3.4 MB, 2 calls`
fn counted(found: &Found) -> String {
    format!(
        "{}, {}, {}",
        file_words(found.files),
        size_words(found.bytes),
        calls(found.calls)
    )
}

fn calls(count: usize) -> String {
    if count == 1 {
        "1 call".to_owned()
    } else {
        format!("{count} calls")
    }
}

fn unreadable(count: usize) -> Option<Block> {
    let text = match count {
        0 => return None,
        1 => "1 entry of the list cannot be read and is left out".to_owned(),
        _ => format!("{count} entries of the list cannot be read and are left out"),
    };
    Some(Block::Line(vec![toned(text, Tone::Warning)]))
}

impl Question {
    fn draw(&self, blocks: &mut Vec<Block>) -> Vec<Hint> {
        let totals = self.totals();
        let line = |text: String, tone| Block::Line(vec![toned(text, tone)]);
        let root = SafeText::name(&self.tree().root.to_string_lossy());
        blocks.push(Block::Line(vec![
            say("goes into "),
            quote(&root),
            say(", with its list in assetdeck.json for the way back"),
        ]));
        blocks.push(Block::Blank);
        let mut text = format!(
            "Saves {}, {}, with {}",
            file_words(totals.saved),
            size_words(totals.bytes),
            calls(totals.saved)
        );
        if totals.unsized_files > 0 {
            let more = file_words(totals.unsized_files);
            text = format!("{text}; how large {more} are is not known");
        }
        blocks.push(line(text, Tone::Strong));
        if totals.same > 0 {
            let text = format!(
                "{} there already and the same: not fetched",
                file_words(totals.same)
            );
            blocks.push(line(text, Tone::Dim));
        }
        self.problems(blocks);
        let mut hints = vec![hint("y", "save")];
        if !self.clashes.is_empty() {
            let text = format!(
                "{} there by these names, which differ: {} kept, {} replaced",
                file_words(self.clashes.len()),
                totals.kept,
                totals.replaced
            );
            blocks.push(line(text, Tone::Warning));
            blocks.push(self.list());
            hints.extend([
                hint("r", "replace"),
                hint("b", "keep both"),
                hint("x", "leave it"),
                hint("R", "replace all"),
                hint("B", "keep all"),
                hint("X", "leave all"),
            ]);
        }
        blocks.push(Block::Blank);
        blocks.extend(self.answering.buttons("Save", "Back"));
        hints.extend([hint("Tab/Enter", "choose"), hint("Esc", "back")]);
        hints
    }

    fn problems(&self, blocks: &mut Vec<Block>) {
        let rows = self.tree().rows.iter();
        let problems: Vec<_> = rows
            .filter_map(|row| match &row.fate {
                Fate::Problem(why) => Some((row, why)),
                _ => None,
            })
            .collect();
        for (row, why) in problems.iter().take(NAMED) {
            blocks.push(Block::Line(vec![
                quote(&SafeText::name(&row.asset.name)),
                toned(format!("  {why}"), Tone::Bad),
            ]));
        }
        if problems.len() > NAMED {
            let more = format!("and {} more that cannot be saved", problems.len() - NAMED);
            blocks.push(Block::Line(vec![toned(more, Tone::Bad)]));
        }
    }

    /// The files whose names are taken.
    fn list(&self) -> Block {
        let first = self.cursor.at.saturating_sub(AROUND);
        let part = self.clashes.iter().skip(first).take(2 * AROUND);
        let rows = part.filter_map(|(at, rule)| {
            let row = self.tree().rows.get(*at)?;
            let here = match &row.fate {
                Fate::Clash(stamp) => size_words(stamp.size),
                _ => String::new(),
            };
            let there = row.asset.size.map_or("unknown".to_owned(), size_words);
            let (word, tone) = match rule {
                OnClash::Replace => ("replace", Tone::Warning),
                OnClash::Keep => ("keep both", Tone::Plain),
                _ => ("leave", Tone::Dim),
            };
            Some(RowView {
                left: SafeText::name(&row.at.to_string()).into_string(),
                right: format!("{word}   {here} here, {there} there"),
                tone,
                ..RowView::default()
            })
        });
        Block::List {
            rows: view::Listing::part(rows.collect(), first, self.clashes.len()),
            cursor: self.cursor.at,
            focused: true,
            empty: String::new(),
        }
    }
}
