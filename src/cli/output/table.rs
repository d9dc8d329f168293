//! Tables: rows for a pipe at once, for a terminal in columns.

use super::Output;
use super::cell::{Cell, spoken};
use super::columns::{Layout, Sheet};
use crate::cli::failure::Failure;
use crate::domain::SafeText;

/// How many rows decide the widths of a long table's columns.
pub(super) const SAMPLE: usize = 500;

/// A table of one listing. In a pipe every row is one line at once: columns parted by tabs, no
/// header, the first column (the ref) first. On a terminal columns are aligned and cut to fit, and
/// the ref stands last and whole, so that it can be copied: below the others where there is no room
/// beside them. Sentences are whole, too; where columns have no room at all, each row is a short list.
#[derive(Debug)]
pub struct Table {
    heads: Vec<String>,
    /// Rows held back until the widths are known.
    held: Vec<Vec<String>>,
    layout: Option<Layout>,
    /// Columns of sentences, in the order of the terminal.
    whole: Vec<bool>,
    rows: usize,
    /// The number in front of the first row of a linear output.
    first: usize,
}

impl Table {
    /// The first head is the ref's.
    pub fn new(heads: &[&str]) -> Self {
        Self {
            heads: heads.iter().map(|head| (*head).to_owned()).collect(),
            held: Vec::new(),
            layout: None,
            whole: vec![false; heads.len()],
            rows: 0,
            first: 1,
        }
    }

    /// The rows of a linear output are counted from here.
    pub const fn count_from(&mut self, first: usize) {
        self.first = first;
    }
}

impl Output {
    /// One row of a table.
    pub fn row(&mut self, table: &mut Table, cells: &[Cell]) -> Result<(), Failure> {
        self.lift();
        table.rows += 1;
        if self.linear {
            let number = table.first + table.rows - 1;
            return Ok(writeln!(
                self.out,
                "{number}. {}",
                spoken(&table.heads, cells)
            )?);
        }
        let Some(columns) = self.screen else {
            let cells: Vec<String> = cells.iter().map(|cell| cell.shown(false)).collect();
            return Ok(writeln!(self.out, "{}", cells.join("\t"))?);
        };
        if cells.len() == table.heads.len() && table.layout.is_none() {
            for (at, cell) in cells.iter().enumerate() {
                let place = (at + cells.len() - 1) % cells.len();
                table.whole[place] |= matches!(cell, Cell::Said(_));
            }
        }
        let mut cells: Vec<String> = cells.iter().map(|cell| cell.shown(true)).collect();
        cells.rotate_left(1);
        if table.layout.is_some() {
            return self.put(table, columns, &[cells]);
        }
        table.held.push(cells);
        if table.held.len() == SAMPLE {
            self.release(table, columns)?;
        }
        Ok(())
    }

    /// The end of a table; `nothing` is told when it had no row, but to a person only.
    pub fn end(&mut self, mut table: Table, nothing: &str) -> Result<(), Failure> {
        self.lift();
        if let Some(columns) = self.screen {
            self.release(&mut table, columns)?;
        }
        self.flush()?;
        if table.rows == 0 && self.on_screen() && !nothing.is_empty() {
            self.tell(&SafeText::sentence(nothing));
        }
        Ok(())
    }

    fn release(&mut self, table: &mut Table, columns: usize) -> Result<(), Failure> {
        if table.held.is_empty() {
            return Ok(());
        }
        let held = std::mem::take(&mut table.held);
        self.put(table, columns, &held)
    }

    /// Prints rows of a table; the first ones decide how it stands.
    fn put(
        &mut self,
        table: &mut Table,
        columns: usize,
        rows: &[Vec<String>],
    ) -> Result<(), Failure> {
        let mut heads = table.heads.clone();
        heads.rotate_left(1);
        let sheet = Sheet {
            heads: &heads,
            whole: &table.whole,
            columns,
        };
        let mut head = Vec::new();
        let layout = table.layout.take().unwrap_or_else(|| {
            let layout = sheet.layout(rows);
            head = sheet.head(&layout);
            layout
        });
        let rows = rows.iter().flat_map(|row| sheet.lines(&layout, row));
        for line in head.into_iter().chain(rows) {
            writeln!(self.out, "{line}")?;
        }
        table.layout = Some(layout);
        Ok(())
    }
}
