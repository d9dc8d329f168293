//! A terminal screen as an SVG picture, for the README.
//!
//! Frames are drawn as lines rather than set as text, so that they join in every font.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

const CELL_WIDTH: f32 = 8.4;
const CELL_HEIGHT: f32 = 18.0;
const BASELINE: f32 = 13.5;
const MARGIN: f32 = 14.0;
const FOREGROUND: &str = "#d8dee9";
const BACKGROUND: &str = "#16181d";

/// The sixteen named colours, as a common dark palette has them.
const NAMED: [&str; 16] = [
    "#3b4252", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#c8ccd4",
    "#6b7380", "#ff7b86", "#b5e890", "#ffd68a", "#7cc4ff", "#df8cf5", "#6fd3df", "#ffffff",
];

/// Draws the screen with this title for readers who cannot see it.
pub fn render(screen: &Screen, title: &str) -> String {
    let (rows, cols) = screen.size();
    let width = f32::from(cols.get()) * CELL_WIDTH + 2.0 * MARGIN;
    let height = f32::from(rows.get()) * CELL_HEIGHT + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" \
         width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n\
         <g font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\" fill=\"{FOREGROUND}\">\n",
        escape(title)
    );
    for row in 0..rows.get() {
        for run in runs(screen, row, cols.get()) {
            run.draw(row, &mut out);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Neighbouring cells of one style.
struct Run {
    from: u16,
    /// In columns.
    width: u16,
    text: String,
    style: Style,
}

#[derive(PartialEq, Clone)]
#[allow(clippy::struct_excessive_bools)] // As many as a terminal cell has.
struct Style {
    fg: String,
    bg: String,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

impl Style {
    fn of(cell: &Cell) -> Self {
        let (mut fg, mut bg) = (
            colour(cell.fgcolor(), FOREGROUND),
            colour(cell.bgcolor(), BACKGROUND),
        );
        if cell.inverse() {
            std::mem::swap(&mut fg, &mut bg);
        }
        Self {
            fg,
            bg,
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            underline: cell.underline(),
        }
    }
}

/// A row in pieces; wide characters and frame characters stand alone, so that nothing shifts.
fn runs(screen: &Screen, row: u16, cols: u16) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    let mut joinable = false;
    for col in 0..cols {
        let Some(cell) = screen.cell(row, col) else {
            continue;
        };
        if cell.is_wide_continuation() {
            continue;
        }
        let text = if cell.has_contents() {
            cell.contents()
        } else {
            " "
        };
        let style = Style::of(cell);
        let alone = cell.is_wide() || !text.is_ascii();
        match found.last_mut() {
            Some(last) if joinable && !alone && last.style == style => {
                last.text.push_str(text);
                last.width += 1;
            }
            _ => found.push(Run {
                from: col,
                width: if cell.is_wide() { 2 } else { 1 },
                text: text.to_owned(),
                style,
            }),
        }
        joinable = !alone;
    }
    found
}

impl Run {
    fn draw(&self, row: u16, out: &mut String) {
        let x = MARGIN + f32::from(self.from) * CELL_WIDTH;
        let y = MARGIN + f32::from(row) * CELL_HEIGHT;
        let width = f32::from(self.width) * CELL_WIDTH;
        let Style {
            fg,
            bg,
            bold,
            dim,
            italic,
            underline,
        } = &self.style;
        if bg != BACKGROUND {
            let _ = writeln!(
                out,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" \
                 height=\"{CELL_HEIGHT:.1}\" fill=\"{bg}\"/>"
            );
        }
        if self.text.trim().is_empty() {
            return;
        }
        let opacity = if *dim { " opacity=\"0.6\"" } else { "" };
        if let Some(shape) = shape(&self.text, x, y) {
            let _ = writeln!(
                out,
                "<path d=\"{}\" {}{opacity}/>",
                shape.path,
                shape.paint(fg)
            );
            return;
        }
        let mut extra = String::from(opacity);
        for (on, attribute) in [
            (*bold, " font-weight=\"bold\""),
            (*italic, " font-style=\"italic\""),
            (*underline, " text-decoration=\"underline\""),
        ] {
            if on {
                extra.push_str(attribute);
            }
        }
        // The length keeps columns straight whatever font the reader has.
        let _ = writeln!(
            out,
            "<text x=\"{x:.1}\" y=\"{:.1}\" fill=\"{fg}\" textLength=\"{width:.1}\" \
             lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"{extra}>{}</text>",
            y + BASELINE,
            escape(&self.text)
        );
    }
}

struct Shape {
    path: String,
    filled: bool,
}

impl Shape {
    fn paint(&self, fg: &str) -> String {
        if self.filled {
            format!("fill=\"{fg}\"")
        } else {
            format!("fill=\"none\" stroke=\"{fg}\" stroke-width=\"1.2\"")
        }
    }
}

/// Frame characters as lines from the middle of the cell, block characters as filled boxes.
fn shape(text: &str, x: f32, y: f32) -> Option<Shape> {
    let mut characters = text.chars();
    let (character, None) = (characters.next()?, characters.next()) else {
        return None;
    };
    // Up, right, down, left.
    let arms = match character {
        '─' | '━' => [false, true, false, true],
        '│' | '┃' => [true, false, true, false],
        '┌' | '╭' | '┏' => [false, true, true, false],
        '┐' | '╮' | '┓' => [false, false, true, true],
        '└' | '╰' | '┗' => [true, true, false, false],
        '┘' | '╯' | '┛' => [true, false, false, true],
        '├' => [true, true, true, false],
        '┤' => [true, false, true, true],
        '┬' => [false, true, true, true],
        '┴' => [true, true, false, true],
        '┼' => [true, true, true, true],
        _ => return block(character, x, y),
    };
    let (middle_x, middle_y) = (x + CELL_WIDTH / 2.0, y + CELL_HEIGHT / 2.0);
    let ends = [
        (middle_x, y),
        (x + CELL_WIDTH, middle_y),
        (middle_x, y + CELL_HEIGHT),
        (x, middle_y),
    ];
    let mut path = String::new();
    for (arm, (end_x, end_y)) in arms.into_iter().zip(ends) {
        if arm {
            let _ = write!(path, "M{middle_x:.1} {middle_y:.1}L{end_x:.1} {end_y:.1}");
        }
    }
    Some(Shape {
        path,
        filled: false,
    })
}

fn block(character: char, x: f32, y: f32) -> Option<Shape> {
    // Left, top, right, bottom, as parts of the cell.
    let (left, top, right, bottom) = match character {
        '█' => (0.0, 0.0, 1.0, 1.0),
        '▌' => (0.0, 0.0, 0.5, 1.0),
        '▐' => (0.5, 0.0, 1.0, 1.0),
        '▀' => (0.0, 0.0, 1.0, 0.5),
        '▄' => (0.0, 0.5, 1.0, 1.0),
        '▎' => (0.0, 0.0, 0.25, 1.0),
        _ => return None,
    };
    let path = format!(
        "M{:.1} {:.1}H{:.1}V{:.1}H{0:.1}Z",
        x + left * CELL_WIDTH,
        y + top * CELL_HEIGHT,
        x + right * CELL_WIDTH,
        y + bottom * CELL_HEIGHT
    );
    Some(Shape { path, filled: true })
}

fn colour(colour: Color, default: &str) -> String {
    match colour {
        Color::Default => default.to_owned(),
        Color::Idx(index @ 0..16) => NAMED[usize::from(index)].to_owned(),
        // The colour cube and the greys, as every terminal computes them.
        Color::Idx(index @ 16..232) => {
            let step = |part: u8| if part == 0 { 0 } else { 55 + 40 * part };
            let cube = index - 16;
            let (r, g, b) = (step(cube / 36), step(cube / 6 % 6), step(cube % 6));
            format!("#{r:02x}{g:02x}{b:02x}")
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
