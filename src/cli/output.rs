//! The only place that prints. Everything that leaves through here is one line of safe text, or one
//! line of JSON in which nothing unseen is left unescaped.

use std::borrow::Cow;
use std::io::{self, BufWriter, IsTerminal as _, Write};

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::failure::Failure;
use crate::domain::SafeText;
use crate::domain::text::escape_json;

/// How many rows decide the widths of a long table's columns.
const SAMPLE: usize = 500;

/// No column is cut below this: sizes stay whole.
const NARROW: usize = 9;

/// A row whose columns would be cut below this on average takes the whole line, and its ref goes on
/// to the next.
const COMFORT: usize = 14;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(SafeText),
    /// A sentence of ours; foreign text in it is safe already.
    Said(String),
    /// Bytes: a number in a pipe, words on a terminal; nothing when it is not known.
    Bytes(Option<u64>),
    /// A moment, as the service wrote it; on a terminal in local time and to the minute.
    When(String),
}

impl Cell {
    /// A name, in which every character matters.
    pub fn name(text: &str) -> Self {
        Self::Text(SafeText::name(text))
    }

    /// Running text.
    pub fn prose(text: &str) -> Self {
        Self::Text(SafeText::prose(text))
    }

    /// Running text, or nothing.
    pub fn maybe(text: Option<&str>) -> Self {
        Self::prose(text.unwrap_or_default())
    }

    /// A moment, or none.
    pub fn when(text: Option<&str>) -> Self {
        Self::When(text.unwrap_or_default().to_owned())
    }

    fn shown(&self, on_screen: bool) -> String {
        match self {
            Self::When(text) => match text.parse::<jiff::Timestamp>() {
                Ok(moment) if on_screen => moment
                    .to_zoned(jiff::tz::TimeZone::system())
                    .strftime("%Y-%m-%d %H:%M")
                    .to_string(),
                _ => SafeText::prose(text).into_string(),
            },
            Self::Text(text) => text.as_str().to_owned(),
            Self::Said(text) => settled(text).into_owned(),
            Self::Bytes(None) => String::new(),
            Self::Bytes(Some(bytes)) if on_screen => crate::domain::size_words(*bytes),
            Self::Bytes(Some(bytes)) => bytes.to_string(),
        }
    }
}

/// A table of one listing. In a pipe every row is one line at once: columns parted by tabs, no
/// header, the first column (the ref) first. On a terminal columns are aligned and cut to fit, and
/// the ref stands last and whole, so that it can be copied.
#[derive(Debug)]
pub struct Table {
    heads: &'static [&'static str],
    /// Rows held back until the widths are known.
    held: Vec<Vec<String>>,
    widths: Option<Vec<usize>>,
    rows: usize,
}

impl Table {
    /// The first head is the ref's.
    pub const fn new(heads: &'static [&'static str]) -> Self {
        Self {
            heads,
            held: Vec::new(),
            widths: None,
            rows: 0,
        }
    }
}

/// Standard output and standard error.
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// Columns of the terminal that standard output is; `None` when it is none.
    screen: Option<usize>,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("screen", &self.screen)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// The process's own.
    pub fn standard() -> Self {
        let screen = io::stdout().is_terminal().then(terminal_columns);
        Self::new(
            Box::new(BufWriter::new(io::stdout())),
            Box::new(io::stderr()),
            screen,
        )
    }

    fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, screen: Option<usize>) -> Self {
        Self { out, err, screen }
    }

    /// Whether a person reads it.
    pub const fn on_screen(&self) -> bool {
        self.screen.is_some()
    }

    /// One line of ours, seen before the command goes on; foreign text in it is safe already.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        writeln!(self.out, "{}", settled(text))?;
        self.flush()
    }

    /// Text of our own of several lines, such as the help.
    pub fn page(&mut self, text: &str) -> Result<(), Failure> {
        for line in SafeText::lines(text) {
            writeln!(self.out, "{line}")?;
        }
        self.flush()
    }

    /// The same, to standard error.
    pub fn complain(&mut self, text: &str) {
        for line in SafeText::lines(text) {
            // There is nowhere left to tell that this failed.
            let _ = writeln!(self.err, "{line}");
        }
    }

    /// One object on one line.
    pub fn json(&mut self, object: &impl serde::Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(object)
            .map_err(|error| Failure::failed(format!("could not write JSON: {error}")))?;
        Ok(writeln!(self.out, "{}", escape_json(&line))?)
    }

    /// A label and its value, which is safe already.
    pub fn fact(&mut self, label: &str, value: &str) -> Result<(), Failure> {
        let value = settled(value);
        let label = SafeText::prose(label);
        if self.on_screen() {
            Ok(writeln!(self.out, "{label:<14} {value}")?)
        } else {
            Ok(writeln!(self.out, "{label}\t{value}")?)
        }
    }

    /// One row of a table.
    pub fn row(&mut self, table: &mut Table, cells: &[Cell]) -> Result<(), Failure> {
        table.rows += 1;
        let Some(columns) = self.screen else {
            let cells: Vec<String> = cells.iter().map(|cell| cell.shown(false)).collect();
            return Ok(writeln!(self.out, "{}", cells.join("\t"))?);
        };
        let mut cells: Vec<String> = cells.iter().map(|cell| cell.shown(true)).collect();
        cells.rotate_left(1);
        if let Some(widths) = &table.widths {
            return Ok(writeln!(self.out, "{}", aligned(&cells, widths))?);
        }
        table.held.push(cells);
        if table.held.len() == SAMPLE {
            self.release(table, columns)?;
        }
        Ok(())
    }

    /// The end of a table; `nothing` is told when it had no row, but to a person only.
    pub fn end(&mut self, mut table: Table, nothing: &str) -> Result<(), Failure> {
        if let Some(columns) = self.screen {
            self.release(&mut table, columns)?;
        }
        self.flush()?;
        if table.rows == 0 && self.on_screen() && !nothing.is_empty() {
            let _ = writeln!(self.err, "{}", settled(nothing));
        }
        Ok(())
    }

    fn release(&mut self, table: &mut Table, columns: usize) -> Result<(), Failure> {
        if table.held.is_empty() {
            return Ok(());
        }
        let mut heads: Vec<String> = table.heads.iter().map(|head| (*head).to_owned()).collect();
        heads.rotate_left(1);
        let mut held = std::mem::take(&mut table.held);
        held.insert(0, heads);
        let widths = fit(&held, columns);
        for row in &held {
            writeln!(self.out, "{}", aligned(row, &widths))?;
        }
        table.widths = Some(widths);
        Ok(())
    }

    /// Why the command did not end well: one line.
    pub fn fail(&mut self, failure: &Failure) {
        if !failure.message.is_empty() {
            let message = failure.message.trim_end_matches('.');
            let text = match failure.hint.as_str() {
                "" => message.to_owned(),
                hint => format!("{message}. {hint}"),
            };
            self.note(&text);
        }
    }

    /// Something beside the result: one line on standard error. Foreign text in it is safe already.
    pub fn note(&mut self, text: &str) {
        // What was printed comes first, where both go to one place.
        let _ = self.out.flush();
        let _ = writeln!(self.err, "assetdeck: {}", settled(text));
    }

    /// A question on the terminal; the answer follows on the same line.
    pub fn ask(&mut self, question: &str) {
        let _ = self.out.flush();
        let _ = write!(self.err, "{} ", settled(question));
        let _ = self.err.flush();
    }

    pub fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }
}

/// A sentence of ours with foreign text in it that was made safe when it was put in: marking its
/// marks again would only confuse. Should something unseen be left all the same, all is marked.
fn settled(text: &str) -> Cow<'_, str> {
    let unmarked = text.replace('⟨', "");
    if SafeText::prose(&unmarked).as_str() == unmarked {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(SafeText::prose(text).into_string())
    }
}

fn terminal_columns() -> usize {
    if let Ok(size) = rustix::termios::tcgetwinsize(rustix::stdio::stdout())
        && size.ws_col > 0
    {
        return usize::from(size.ws_col);
    }
    std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(80)
}

/// Widths of all columns but the last, which is never cut. The widest is cut first.
fn fit(rows: &[Vec<String>], columns: usize) -> Vec<usize> {
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

fn aligned(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (at, cell) in cells.iter().enumerate() {
        match widths.get(at) {
            Some(width) => {
                let cut = cut(cell, *width);
                line += &cut;
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
fn cut(text: &str, width: usize) -> String {
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
    out.push('…');
    out
}

#[cfg(test)]
pub mod tests;
