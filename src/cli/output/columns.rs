//! Texts in columns: how a table stands on a terminal of so many columns, and cutting what is wider by
//! whole characters. A ref is never cut: what is copied from it has to work.

use crate::domain::direction::ended;
use crate::domain::text::ascii_only;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// No column is cut below this: sizes stay whole.
const NARROW: usize = 9;

/// Columns that would be cut below this on average have the line for themselves.
const COMFORT: usize = 14;

/// Between two columns.
const GAP: usize = 2;

/// In front of what belongs to the line above.
const INDENT: &str = "  ";

/// How the rows of a table stand. The last cell is the ref.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// On one line each.
    Beside(Vec<usize>),
    /// The ref on a line of its own below the others.
    Below(Vec<usize>),
    /// In no columns: the first cell on a line, the others with their heads on those below it.
    Listed,
}

/// What decides how a table stands.
#[derive(Debug, Clone, Copy)]
pub struct Sheet<'a> {
    pub heads: &'a [String],
    /// Columns of sentences, which are never cut.
    pub whole: &'a [bool],
    /// Of the terminal.
    pub columns: usize,
}

impl Sheet<'_> {
    /// The widest column is cut first.
    pub fn layout(self, rows: &[Vec<String>]) -> Layout {
        let rows = || {
            { rows.iter().map(Vec::as_slice) }
                .filter(|row| self.fills(row))
                .chain([self.heads])
        };
        let widest = |column: usize| {
            let widths = rows().map(|row| row.get(column).map_or(0, |cell| cell.width()));
            widths.max().unwrap_or(0)
        };
        let count = self.heads.len().saturating_sub(1);
        let widths: Vec<usize> = (0..count).map(widest).collect();
        let least = |(at, width): (usize, &usize)| {
            let floor = if self.is_whole(at) { *width } else { NARROW };
            floor.min(*width)
        };
        let least: usize = widths.iter().enumerate().map(least).sum();
        let beside = self.columns.saturating_sub(widest(count) + GAP * count);
        let below = self.columns.saturating_sub(GAP * count.saturating_sub(1));
        let all: usize = widths.iter().sum();
        if all <= beside || (least <= beside && beside >= COMFORT * count) {
            Layout::Beside(self.shrunk(widths, beside))
        } else if least <= below {
            Layout::Below(self.shrunk(widths, below))
        } else {
            Layout::Listed
        }
    }

    /// A row with fewer cells is a sentence, and stands in no columns.
    fn fills(self, cells: &[String]) -> bool {
        cells.len() == self.heads.len()
    }

    fn is_whole(self, column: usize) -> bool {
        self.whole.get(column).copied().unwrap_or_default()
    }

    fn shrunk(self, mut widths: Vec<usize>, room: usize) -> Vec<usize> {
        while widths.iter().sum::<usize>() > room {
            let cells = widths.iter_mut().enumerate();
            let cut = cells.filter(|(at, _)| !self.is_whole(*at));
            let widest = cut.map(|(_, width)| width).max();
            let Some(width) = widest.filter(|width| **width > NARROW) else {
                break;
            };
            *width -= 1;
        }
        widths
    }

    /// The lines above the rows.
    pub fn head(self, layout: &Layout) -> Vec<String> {
        match layout {
            Layout::Listed => Vec::new(),
            _ => self.lines(layout, self.heads),
        }
    }

    /// The lines of a row.
    pub fn lines(self, layout: &Layout, cells: &[String]) -> Vec<String> {
        if !self.fills(cells) {
            return self.wrapped("", cells.concat().split(' '));
        }
        let (last, columns) = match cells.split_last() {
            Some((last, columns)) => (last.as_str(), columns),
            None => ("", cells),
        };
        let (mut lines, beside) = match layout {
            Layout::Beside(widths) => (vec![aligned(columns, widths)], true),
            Layout::Below(widths) => (vec![aligned(columns, widths)], false),
            Layout::Listed => (self.listed(columns), false),
        };
        if let [line] = lines.as_mut_slice()
            && beside
            && line.width() + last.width() <= self.columns
        {
            *line += last;
        } else if self.is_whole(columns.len()) {
            lines.extend(self.wrapped(INDENT, last.split(' ')));
        } else if !last.is_empty() {
            lines.push(format!("{INDENT}{last}"));
        }
        for line in &mut lines {
            line.truncate(line.trim_end().len());
        }
        lines
    }

    /// The first cell, and below it what the others say behind their heads.
    fn listed(self, cells: &[String]) -> Vec<String> {
        let first = cells.first().map_or("".into(), |cell| ended(cell));
        let mut lines = self.wrapped("", first.split(' '));
        let mut words = Vec::new();
        for (head, cell) in self.heads.iter().zip(cells).skip(1) {
            if cell.is_empty() {
                continue;
            }
            let end = if words.is_empty() { "" } else { "; " };
            words.push(format!("{end}{} {}", head.to_lowercase(), ended(cell)));
        }
        lines.extend(self.wrapped(INDENT, words.concat().split(' ')));
        lines
    }

    /// Words on lines, as many as there is room for on each; a longer one is left to the terminal.
    fn wrapped<'w>(self, indent: &str, words: impl Iterator<Item = &'w str>) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words {
            match lines.last_mut() {
                Some(line) if line.width() + 1 + word.width() <= self.columns => {
                    line.push(' ');
                    line.push_str(word);
                }
                Some(_) => lines.push(format!("{INDENT}{word}")),
                None => lines.push(format!("{indent}{word}")),
            }
        }
        lines
    }
}

/// The cells that stand in columns, with the gap behind each.
fn aligned(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (cell, width) in cells.iter().zip(widths) {
        let cut = cut(cell, *width);
        line += &ended(&cut);
        let fill = width.saturating_sub(cut.width()) + GAP;
        line.extend(std::iter::repeat_n(' ', fill));
    }
    line
}

/// Cuts whole characters as people see them, so that no part of one is left.
pub fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for grapheme in text.graphemes(true) {
        if out.width() + grapheme.width() + 1 > width {
            break;
        }
        out += grapheme;
    }
    out.push(if ascii_only() { '~' } else { '…' });
    out
}
