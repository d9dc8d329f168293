//! From changed cells to the fewest bytes that paint them: over a slow line the bytes of a key are
//! what the user waits for.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::layout::{Rect, Size};
use ratatui::style::{Color, Modifier};

use super::pen::Pen;
use crate::ui::links::Links;
use crate::ui::text::width;

/// Unchanged cells are written again instead of jumping over them, up to so many.
const NEAR: usize = 4;
/// From so many blanks on, erasing is shorter than writing them.
const ERASE: usize = 5;
/// The same where the cursor has to jump behind what was erased.
const ERASE_AND_JUMP: usize = 12;
/// So many lines further down, going there line by line may be shorter than a jump.
const DOWN: u16 = 4;

/// A cell and its column and line.
type At<'a> = (u16, u16, &'a Cell);

/// What the terminal is known to show, and how the next bytes would look there.
#[derive(Default)]
pub struct Ink {
    size: Size,
    /// `None` where it is not known, as under the right half of a wide character.
    shown: Vec<Option<Cell>>,
    pen: Pen,
    /// Where links lead.
    links: Links,
    /// One is open.
    linked: bool,
    /// Where the next character goes, as far as that is certain: its line, and mostly its column.
    at: Option<(Option<u16>, u16)>,
}

impl Ink {
    /// Writes links as they are told there.
    pub fn with(links: Links) -> Self {
        Self {
            links,
            ..Self::default()
        }
    }

    /// Becomes another pen; a link is open while its pen is in use.
    fn change(&mut self, out: &mut Vec<u8>, to: Pen) {
        if self.pen.link != to.link {
            let open = |mark| self.links.find(mark);
            // Writing to a buffer cannot fail.
            let _ = match open(to.link) {
                Some((number, address)) => write!(out, "\x1b]8;id={number:x};{address}\x1b\\"),
                None if self.linked => write!(out, "\x1b]8;;\x1b\\"),
                None => Ok(()),
            };
            self.linked = open(to.link).is_some();
        }
        self.pen.change(out, to);
    }

    /// Nothing is known of what the terminal shows.
    pub fn forget(&mut self) {
        self.shown.clear();
        self.size = Size::default();
        self.at = None;
    }

    /// The terminal was cleared, with a plain pen.
    pub fn cleared(&mut self, size: Size) {
        self.size = size;
        self.at = None;
        self.shown.clear();
        let cells = usize::from(size.width) * usize::from(size.height);
        self.shown.resize(cells, Some(Cell::EMPTY));
    }

    /// What these cells show is none of our characters.
    pub fn covered(&mut self, area: Rect) {
        for at in area.rows().flat_map(Rect::columns) {
            self.keep(at.x, at.y, None);
        }
    }

    /// Something else was written in between.
    pub const fn lost(&mut self) {
        self.at = None;
    }

    /// Paints cells, which come line by line and from left to right, and leaves a plain pen.
    pub fn paint<'a>(
        &mut self,
        out: &mut Vec<u8>,
        size: Size,
        cells: impl Iterator<Item = At<'a>>,
    ) {
        if self.size != size {
            self.forget();
            self.size = size;
            let cells = usize::from(size.width) * usize::from(size.height);
            self.shown.resize(cells, None);
        }
        // A link that is broken over lines is opened once: its address is longer than any jump.
        let mut linked: Vec<(Color, Vec<At<'a>>)> = Vec::new();
        let plain = cells.filter(|(x, y, cell)| {
            let mark = Pen::of(cell).link;
            if mark == Pen::PLAIN || self.links.find(mark).is_none() {
                return true;
            }
            match linked.iter_mut().find(|(known, _)| *known == mark) {
                Some((_, cells)) => cells.push((*x, *y, cell)),
                None => linked.push((mark, vec![(*x, *y, cell)])),
            }
            false
        });
        let plain: Vec<_> = plain.collect();
        self.lines(out, plain);
        for (_, cells) in linked {
            self.lines(out, cells);
        }
        self.change(out, Pen::default());
    }

    fn lines(&mut self, out: &mut Vec<u8>, cells: Vec<At<'_>>) {
        let mut line: Vec<(u16, &Cell)> = Vec::new();
        let mut row = 0;
        for (x, y, cell) in cells {
            if y != row {
                self.line(out, row, &line);
                line.clear();
                row = y;
            }
            line.push((x, cell));
        }
        self.line(out, row, &line);
    }

    fn index(&self, x: u16, y: u16) -> usize {
        usize::from(y) * usize::from(self.size.width) + usize::from(x)
    }

    /// Keeps in mind what a cell shows now.
    fn keep(&mut self, x: u16, y: u16, cell: Option<&Cell>) {
        let at = self.index(x, y);
        if x < self.size.width
            && let Some(shown) = self.shown.get_mut(at)
        {
            *shown = cell.cloned();
        }
    }

    fn line(&mut self, out: &mut Vec<u8>, y: u16, changed: &[(u16, &Cell)]) {
        let wiped = self.wiped(y, changed);
        let wiped_away = self.stays(y, &wiped, changed);
        let stays = wiped_away.iter().map(|(x, cell)| (*x, cell));
        let mut line: Vec<(u16, &Cell)> = changed.iter().copied().chain(stays).collect();
        line.sort_by_key(|(x, _)| *x);
        // Erasing goes by what the line will show: all of it is known before the first byte.
        for (x, cell) in &line {
            self.keep(*x, y, Some(*cell));
            if width(cell.symbol()) > 1 {
                self.keep(x + 1, y, None);
            }
        }
        let mut wiped = wiped.into_iter().peekable();
        let tail = self.blank_tail(y);
        let mut next = 0;
        while let Some((x, cell)) = line.get(next).copied() {
            self.go(out, x, y);
            if x >= tail {
                self.change(out, self.pen.for_blank(cell));
                out.extend_from_slice(b"\x1b[K");
                return;
            }
            let blanks = blanks(&line[next..]);
            let more = next + blanks < line.len();
            let worth = if more { ERASE_AND_JUMP } else { ERASE };
            if blanks >= worth {
                self.change(out, self.pen.for_blank(cell));
                // Writing to a buffer cannot fail.
                let _ = write!(out, "\x1b[{blanks}X");
                next += blanks;
                continue;
            }
            while wiped.next_if(|(_, to)| *to <= x).is_some() {}
            if let Some((_, to)) = wiped.next_if(|(from, _)| *from <= x) {
                self.change(out, Pen::default());
                let _ = write!(out, "\x1b[{}X", to - x);
            }
            self.put(out, x, y, cell);
            next += 1;
        }
    }

    /// From where to where a line is wiped with a plain pen before it is written: terminals paint the other
    /// half of what is overwritten with the pen of now.
    fn wiped(&self, y: u16, line: &[(u16, &Cell)]) -> Vec<(u16, u16)> {
        let mut all: Vec<(u16, u16)> = Vec::new();
        for (x, cell) in line {
            let columns = match (is_narrow(cell.symbol()), self.is_wide(*x, y)) {
                (false, _) if self.is_wide(x + 1, y) => 3,
                (_, true) => 2,
                _ => continue,
            };
            if Pen::of(cell) == Pen::default() {
                continue;
            }
            let to = (x + columns).min(self.size.width);
            match all.last_mut() {
                Some(last) if *x <= last.1 => last.1 = to.max(last.1),
                _ => all.push((*x, to)),
            }
        }
        all
    }

    /// What is wiped there, has not changed and is not covered either.
    fn stays(&self, y: u16, wiped: &[(u16, u16)], line: &[(u16, &Cell)]) -> Vec<(u16, Cell)> {
        let columns = wiped.iter().flat_map(|(from, to)| *from..*to);
        let written = |at: &u16, cell: &Cell| *at..=*at + u16::from(width(cell.symbol()) > 1);
        let stays =
            columns.filter(|x| { line.iter() }.all(|(at, cell)| !written(at, cell).contains(x)));
        stays
            .filter_map(|x| Some((x, self.shown.get(self.index(x, y))?.clone()?)))
            .collect()
    }

    /// What stands there may take two columns.
    fn is_wide(&self, x: u16, y: u16) -> bool {
        let shown = self.shown.get(self.index(x, y));
        shown.is_some_and(|cell| cell.as_ref().is_some_and(|it| !is_narrow(it.symbol())))
    }

    /// From where on the line shows nothing but blanks that erasing paints; its width if nowhere
    /// or not worth it.
    fn blank_tail(&self, y: u16) -> u16 {
        let mut tail = self.size.width;
        while tail > 0 {
            let cell = self.shown.get(self.index(tail - 1, y));
            if !cell.is_some_and(|cell| cell.as_ref().is_some_and(is_blank)) {
                break;
            }
            tail -= 1;
        }
        if self.size.width - tail < 4 {
            self.size.width
        } else {
            tail
        }
    }

    /// Moves the cursor the shortest way that is certain.
    fn go(&mut self, out: &mut Vec<u8>, x: u16, y: u16) {
        let here = self.at.replace((Some(x), y));
        if let Some((Some(from), line)) = here
            && line == y
            && (from == x || from < x && self.again(out, from, x, y))
        {
            return;
        }
        let jump = match x {
            0 => format!("\x1b[{}H", y + 1),
            _ => format!("\x1b[{};{}H", y + 1, x + 1),
        };
        let near = here.and_then(|(from, line)| {
            let down = y.checked_sub(line).filter(|down| *down <= DOWN)?;
            let across = match (x, from) {
                (0, _) => "\r".to_owned(),
                (_, Some(from)) => across(from, x),
                (_, None) => format!("\x1b[{}G", x + 1),
            };
            Some(across + &"\n".repeat(down.into()))
        });
        let shorter = near.filter(|near| near.len() < jump.len());
        out.extend_from_slice(shorter.unwrap_or(jump).as_bytes());
    }

    /// Writes what stands between two places once more, where that is shorter than a jump.
    fn again(&self, out: &mut Vec<u8>, from: u16, to: u16, y: u16) -> bool {
        if usize::from(to - from) > NEAR {
            return false;
        }
        let between: Option<Vec<&Cell>> = (from..to)
            .map(|x| self.shown.get(self.index(x, y))?.as_ref())
            .collect();
        let Some(between) = between else { return false };
        let same = |cell: &&Cell| {
            let fits = Pen::of(cell) == self.pen
                || (is_blank(cell) && self.pen == self.pen.for_blank(cell));
            fits && cell.symbol().is_ascii() && cell.symbol().len() == 1
        };
        if !between.iter().all(same) {
            return false;
        }
        for cell in between {
            out.extend_from_slice(cell.symbol().as_bytes());
        }
        true
    }

    fn put(&mut self, out: &mut Vec<u8>, x: u16, y: u16, cell: &Cell) {
        let pen = if is_blank(cell) {
            self.pen.for_blank(cell)
        } else {
            Pen::of(cell)
        };
        self.change(out, pen);
        out.extend_from_slice(cell.symbol().as_bytes());
        let next = x + 1;
        // Behind the last column terminals differ in where they are; behind what is not certainly one
        // column wide in the column alone, where it is not so wide that some go on in the next line.
        let widest = u16::try_from(2 * cell.symbol().chars().count()).unwrap_or(u16::MAX);
        self.at = if is_narrow(cell.symbol()) {
            (next < self.size.width).then_some((Some(next), y))
        } else {
            (x.saturating_add(widest) < self.size.width).then_some((None, y))
        };
    }
}

/// From one column of a line to another.
fn across(from: u16, to: u16) -> String {
    let way = if from < to { 'C' } else { 'D' };
    match from.abs_diff(to) {
        0 => String::new(),
        1 => format!("\x1b[{way}"),
        by => format!("\x1b[{by}{way}"),
    }
}

/// How many of the first cells are neighbours and blanks that erasing paints.
fn blanks(line: &[(u16, &Cell)]) -> usize {
    let Some((first, _)) = line.first() else {
        return 0;
    };
    let neighbours = line.iter().zip(*first..);
    neighbours
        .take_while(|((x, cell), at)| x == at && is_blank(cell))
        .count()
}

/// Nothing of it can be seen but the terminal's own background.
fn is_blank(cell: &Cell) -> bool {
    let seen = Modifier::UNDERLINED | Modifier::REVERSED | Modifier::CROSSED_OUT;
    cell.symbol() == " " && cell.bg == Pen::PLAIN && !cell.modifier.intersects(seen)
}

/// One column wide on every terminal that is worth its name. What is not sure of that costs a jump.
fn is_narrow(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(first), None) = (chars.next(), chars.next()) else {
        return false;
    };
    matches!(first, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{2ff}' | '\u{370}'..='\u{377}'
        | '\u{384}'..='\u{482}' | '\u{2010}'..='\u{2027}' | '\u{2190}'..='\u{21ff}'
        | '\u{2500}'..='\u{25fc}' | '\u{2713}' | '\u{2717}' | '\u{2800}'..='\u{28ff}')
}

#[cfg(test)]
mod tests;
