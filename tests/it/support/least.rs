//! The fewest bytes that a plain encoder of changed cells needs from one screen to the next: what a
//! program wrote for a key is held against it.
//!
//! It moves the cursor, sets colours, writes text and erases; it neither scrolls nor repeats. Where
//! links lead is no cell and costs nothing here.

use vt100::{Color, Screen};

/// So many bytes turn the one screen into the other.
pub fn change(before: &Screen, after: &Screen) -> usize {
    diff(&lines(before), &lines(after), Pen::default())
}

/// So many bytes paint the screen when nothing is known of what stands there: it is cleared first.
pub fn anew(screen: &Screen) -> usize {
    let lines = lines(screen);
    let cells = || lines.iter().flatten();
    let blank = |cell: &&Cell<'_>| cell.text == " " && cell.pen.marks == 0;
    let mut papers: Vec<Color> = cells().filter(blank).map(|cell| cell.pen.paper).collect();
    papers.push(Color::Default);
    papers.sort_by_key(|paper| format!("{paper:?}"));
    papers.dedup();
    let painted = papers.into_iter().map(|paper| {
        let pen = Pen {
            paper,
            ..Pen::default()
        };
        let cleared: Vec<Line<'_>> = lines
            .iter()
            .map(|line| vec![Cell { text: " ", pen }; line.len()])
            .collect();
        let clear = "\x1b[2J\x1b[H".len() + Pen::default().to(pen);
        clear + diff(&cleared, &lines, pen)
    });
    painted.min().unwrap_or(0)
}

const BOLD: u8 = 1;
const DIM: u8 = 2;
const ITALIC: u8 = 4;
const UNDERLINED: u8 = 8;
const REVERSED: u8 = 16;
/// What is seen of a blank, too.
const SEEN: u8 = UNDERLINED | REVERSED;
/// Unchanged cells are written again instead of jumping over them, up to so many.
const NEAR: usize = 8;
/// From so many blanks on, erasing and a jump are shorter than writing them.
const ERASE: usize = 12;

/// How characters look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pen {
    ink: Color,
    paper: Color,
    marks: u8,
}

impl Pen {
    /// As near to this one as a blank allows.
    const fn for_blank(self, blank: Self) -> Self {
        Self {
            ink: self.ink,
            paper: blank.paper,
            marks: self.marks & !SEEN,
        }
    }

    /// Bytes of the shortest sequence that leads to that pen.
    fn to(self, to: Self) -> usize {
        if self == to {
            return 0;
        }
        let gone = self.marks & !to.marks;
        let mut come = to.marks & !self.marks;
        let mut delta = 2 * (gone & !(BOLD | DIM)).count_ones() as usize;
        let mut numbers = (gone & !(BOLD | DIM)).count_ones() as usize;
        if gone & (BOLD | DIM) != 0 {
            // One number turns off both.
            come |= to.marks & (BOLD | DIM);
            delta += 2;
            numbers += 1;
        }
        let colours = [(self.ink, to.ink, 30), (self.paper, to.paper, 40)];
        let changed = colours.iter().filter(|(from, to, _)| from != to);
        delta += come.count_ones() as usize;
        numbers += come.count_ones() as usize;
        for (_, to, base) in changed {
            delta += number(*to, *base);
            numbers += 1;
        }
        let mut anew = to.marks.count_ones() as usize * 2;
        for (_, to, base) in colours {
            if to != Color::Default {
                anew += 1 + number(to, base);
            }
        }
        "\x1b[m".len() + anew.min(delta + numbers.saturating_sub(1))
    }
}

/// Characters of a colour's number.
fn number(colour: Color, base: u8) -> usize {
    let text = match colour {
        Color::Default => (base + 9).to_string(),
        Color::Idx(index @ 0..=7) => (base + index).to_string(),
        Color::Idx(index @ 8..=15) => (base + 52 + index).to_string(),
        Color::Idx(index) => format!("{};5;{index}", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue}", base + 8),
    };
    text.len()
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Cell<'a> {
    /// Empty behind a wide character.
    text: &'a str,
    pen: Pen,
}

impl Cell<'_> {
    fn is_plain_blank(&self) -> bool {
        self.text == " " && self.pen.marks == 0
    }
}

type Line<'a> = Vec<Cell<'a>>;

fn lines(screen: &Screen) -> Vec<Line<'_>> {
    let (rows, cols) = screen.size();
    let cell = |y, x| {
        let Some(cell) = screen.cell(y, x) else {
            return Cell {
                text: " ",
                pen: Pen::default(),
            };
        };
        let marks = [
            (cell.bold(), BOLD),
            (cell.dim(), DIM),
            (cell.italic(), ITALIC),
            (cell.underline(), UNDERLINED),
            (cell.inverse(), REVERSED),
        ];
        let marks = marks.iter().filter(|(on, _)| *on);
        let pen = Pen {
            ink: cell.fgcolor(),
            paper: cell.bgcolor(),
            marks: marks.fold(0, |all, (_, mark)| all | mark),
        };
        match cell.contents() {
            _ if cell.is_wide_continuation() => Cell { text: "", pen },
            "" | " " if pen.marks & SEEN == 0 => Cell {
                text: " ",
                pen: Pen::default().for_blank(pen),
            },
            "" => Cell { text: " ", pen },
            text => Cell { text, pen },
        }
    };
    let line = |y| (0..cols.get()).map(|x| cell(y, x)).collect();
    (0..rows.get()).map(line).collect()
}

/// The encoder, at work: where its cursor is, what its pen looks like, and what it wrote.
struct Writer {
    bytes: usize,
    pen: Pen,
    row: Option<usize>,
    /// Nobody knows it behind the last column.
    column: Option<usize>,
}

impl Writer {
    fn take(&mut self, pen: Pen) {
        self.bytes += self.pen.to(pen);
        self.pen = pen;
    }

    fn go(&mut self, line: &Line<'_>, x: usize, y: usize) {
        self.bytes += match (self.row, self.column) {
            (Some(row), Some(from)) if row == y => {
                let jump = match x - from {
                    0 => 0,
                    1 => "\x1b[C".len(),
                    gap => format!("\x1b[{gap}C").len(),
                };
                let between = &line[from..x];
                let again: usize = between.iter().map(|cell| cell.text.len()).sum();
                let fits = between.iter().all(|cell| {
                    let blank = cell.is_plain_blank() && self.pen.marks & SEEN == 0;
                    cell.pen == self.pen || (blank && cell.pen.paper == self.pen.paper)
                });
                if between.len() <= NEAR && again <= jump && fits {
                    again
                } else {
                    jump
                }
            }
            (Some(row), _) if x == 0 && row + 1 == y => "\r\n".len(),
            _ if x == 0 => format!("\x1b[{}H", y + 1).len(),
            _ => format!("\x1b[{};{}H", y + 1, x + 1).len(),
        };
        (self.row, self.column) = (Some(y), Some(x));
    }

    /// Writes the changed cells of a line.
    fn line(&mut self, y: usize, before: &Line<'_>, now: &Line<'_>) {
        let tail = blank_tail(now);
        let mut changed = (0..now.len())
            .filter(|x| before.get(*x) != now.get(*x))
            .peekable();
        'runs: while let Some(&start) = changed.peek() {
            self.go(now, start, y);
            if start >= tail {
                self.take(self.pen.for_blank(now[start].pen));
                self.bytes += "\x1b[K".len();
                return;
            }
            let mut x = start;
            while changed.peek() == Some(&x) && x < tail {
                let cell = now[x];
                let blanks = now[x..tail].iter().take_while(|it| **it == cell).count();
                if cell.is_plain_blank() && blanks > ERASE {
                    self.take(self.pen.for_blank(cell.pen));
                    self.bytes += format!("\x1b[{blanks}X").len();
                    // The cursor stays in front of them.
                    self.column = Some(x);
                    while changed.next_if(|at| *at < x + blanks).is_some() {}
                    continue 'runs;
                }
                if cell.text == " " && cell.pen.marks & SEEN == 0 {
                    self.take(self.pen.for_blank(cell.pen));
                } else {
                    self.take(cell.pen);
                }
                self.bytes += cell.text.len();
                x += 1;
                changed.next();
            }
            self.column = (x < now.len()).then_some(x);
        }
    }
}

/// From where on the line shows nothing but blanks of one colour; its width where that is not worth it.
fn blank_tail(line: &Line<'_>) -> usize {
    let Some(last) = line.last().filter(|cell| cell.is_plain_blank()) else {
        return line.len();
    };
    let blanks = line.iter().rev().take_while(|cell| *cell == last).count();
    if blanks < 4 {
        line.len()
    } else {
        line.len() - blanks
    }
}

fn diff(before: &[Line<'_>], after: &[Line<'_>], pen: Pen) -> usize {
    let mut writer = Writer {
        bytes: 0,
        pen,
        row: None,
        column: None,
    };
    for (y, (before, after)) in before.iter().zip(after).enumerate() {
        writer.line(y, before, after);
    }
    writer.take(Pen::default());
    writer.bytes
}

#[test]
fn the_least_is_that_of_known_changes() {
    let screen = |text: &str| {
        let size = |number| std::num::NonZeroU16::new(number).unwrap();
        let mut parser = vt100::Parser::new(size(4), size(40), 0);
        parser.process(text.as_bytes());
        parser.screen().clone()
    };
    let least = |before: &str, after: &str| change(&screen(before), &screen(after));
    assert_eq!(least("same", "same"), 0);
    assert_eq!(least("", "\x1b[2;3Hab"), "\x1b[2;3Hab".len());
    assert_eq!(least("", "\r\nab\r\ncd"), "\x1b[2Hab\r\ncd".len());
    // A bar that moves one row down.
    let bar = "\x1b[7mone                                     \x1b[m\r\ntwo";
    let moved = "one\r\n\x1b[7mtwo                                     \x1b[m";
    let written = "\x1b[1Hone\x1b[K\r\n\x1b[7mtwo                                     \x1b[m";
    assert_eq!(least(bar, moved), written.len());
    // What is near is written again, what is far is jumped over.
    assert_eq!(least("a-c", "x-z"), "\x1b[1Hx-z".len());
    assert_eq!(
        least("a---------c", "x---------z"),
        "\x1b[1Hx\x1b[9Cz".len()
    );
    let filled = format!("a{}b", "x".repeat(20));
    let blank = format!("a{}b", " ".repeat(20));
    assert_eq!(least(&filled, &blank), "\x1b[1;2H\x1b[20X".len());
    // A colour by its change or anew, whichever is shorter.
    let coloured = "\x1b[1;38;5;200mab\x1b[22mcd\x1b[m";
    assert_eq!(least("", coloured), "\x1b[1H".len() + coloured.len());
    let wide = "\x1b[1H資料 x";
    assert_eq!(least("", wide), wide.len());
    assert_eq!(anew(&screen("ab")), "\x1b[2J\x1b[H\x1b[1Hab".len());
}
