//! Texts in columns: how wide each may be, and cutting what is wider by whole characters.

use crate::domain::direction::ended;
use crate::domain::text::ascii_only;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// No column is cut below this: sizes stay whole.
const NARROW: usize = 9;

/// A row whose columns would be cut below this on average takes the whole line, and its ref goes on
/// to the next.
const COMFORT: usize = 14;

/// Widths of all columns but the last, which is never cut. The widest is cut first.
pub fn fit(rows: &[Vec<String>], columns: usize) -> Vec<usize> {
    let count = rows.first().map_or(0, Vec::len);
    let widest = |column: usize| {
        let width = |row: &Vec<String>| row.get(column).map_or(0, |cell| cell.width());
        rows.iter().map(width).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..count.saturating_sub(1)).map(widest).collect();
    let last = widest(count.saturating_sub(1));
    let whole = columns.saturating_sub(2 * widths.len());
    let beside = whole.saturating_sub(last);
    let room = if beside < COMFORT * widths.len() {
        whole
    } else {
        beside
    };
    while widths.iter().sum::<usize>() > room {
        let Some(width) = widths.iter_mut().max().filter(|width| **width > NARROW) else {
            break;
        };
        *width -= 1;
    }
    widths
}

pub fn aligned(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        match widths.get(at) {
            Some(width) => {
                let cut = cut(cell, *width);
                line += &ended(&cut);
                let fill = width.saturating_sub(cut.width()) + 2;
                line.extend(std::iter::repeat_n(' ', fill));
            }
            None => line += cell,
        }
    }
    line.truncate(line.trim_end().len());
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
