//! How the next characters look on the terminal, and the shortest sequence that changes it.

use std::io::Write as _;

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Colours and attributes as the terminal has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pen {
    ink: Color,
    paper: Color,
    /// Where a click leads, as [`Links`](crate::ui::links::Links) marks it.
    pub link: Color,
    marks: Modifier,
}

/// Each attribute, the number that turns it on, and the one that turns it off.
const MARKS: [(Modifier, u8, u8); 8] = [
    (Modifier::BOLD, 1, 22),
    (Modifier::DIM, 2, 22),
    (Modifier::ITALIC, 3, 23),
    (Modifier::UNDERLINED, 4, 24),
    (Modifier::SLOW_BLINK, 5, 25),
    (Modifier::REVERSED, 7, 27),
    (Modifier::HIDDEN, 8, 28),
    (Modifier::CROSSED_OUT, 9, 29),
];

impl Pen {
    /// The terminal's own colour.
    pub const PLAIN: Color = Color::Reset;

    /// The pen that paints this cell.
    pub const fn of(cell: &Cell) -> Self {
        Self {
            ink: cell.fg,
            paper: cell.bg,
            link: cell.underline_color,
            marks: cell.modifier,
        }
    }

    /// As near to this one as a blank allows: of a blank only the background is seen.
    pub const fn for_blank(self, cell: &Cell) -> Self {
        let seen = Modifier::UNDERLINED
            .union(Modifier::REVERSED)
            .union(Modifier::CROSSED_OUT);
        Self {
            paper: cell.bg,
            marks: self.marks.difference(seen),
            // What is blank leads nowhere.
            link: Self::PLAIN,
            ..self
        }
    }

    /// Becomes another pen, by what has to change or from a plain one, whichever is shorter.
    pub fn change(&mut self, out: &mut Vec<u8>, to: Self) {
        let link = to.link;
        // The link is not ours to write.
        self.link = link;
        if *self == to {
            return;
        }
        let delta = self.delta(to);
        let mut anew = vec![Vec::new()];
        anew.extend(Self::default().delta(to));
        // `\x1b[m` is `\x1b[0m`; in front of others the empty number counts as 0, too.
        let written = |numbers: &[Vec<u8>]| numbers.join(&b';');
        let (delta, anew) = (written(&delta), written(&anew));
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(if delta.len() <= anew.len() {
            &delta
        } else {
            &anew
        });
        out.push(b'm');
        *self = to;
    }

    /// The numbers that lead from this pen to that one.
    fn delta(self, to: Self) -> Vec<Vec<u8>> {
        let mut numbers: Vec<Vec<u8>> = Vec::new();
        let gone = self.marks.difference(to.marks);
        let mut come = to.marks.difference(self.marks);
        let mut last_off = 0;
        for (mark, _, off) in MARKS {
            if gone.contains(mark) && off != last_off {
                numbers.push(number(off));
                last_off = off;
            }
        }
        // One number turns off both.
        let weight = Modifier::BOLD | Modifier::DIM;
        if gone.intersects(weight) {
            come |= to.marks & weight;
        }
        for (mark, on, _) in MARKS {
            if come.contains(mark) {
                numbers.push(number(on));
            }
        }
        for (from, to, base) in [(self.ink, to.ink, 30), (self.paper, to.paper, 40)] {
            if from != to {
                numbers.push(colour(to, base));
            }
        }
        numbers
    }
}

fn number(number: u8) -> Vec<u8> {
    number.to_string().into_bytes()
}

/// The numbers of a colour; `base` is 30 for text, 40 for the background.
fn colour(colour: Color, base: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let palette = |index: u8| match index {
        0..=7 => (base + index).to_string(),
        8..=15 => (base + 60 + index - 8).to_string(),
        _ => format!("{};5;{index}", base + 8),
    };
    // Writing to a buffer cannot fail.
    let _ = match colour {
        Color::Reset => write!(out, "{}", base + 9),
        Color::Black => write!(out, "{}", palette(0)),
        Color::Red => write!(out, "{}", palette(1)),
        Color::Green => write!(out, "{}", palette(2)),
        Color::Yellow => write!(out, "{}", palette(3)),
        Color::Blue => write!(out, "{}", palette(4)),
        Color::Magenta => write!(out, "{}", palette(5)),
        Color::Cyan => write!(out, "{}", palette(6)),
        Color::Gray => write!(out, "{}", palette(7)),
        Color::DarkGray => write!(out, "{}", palette(8)),
        Color::LightRed => write!(out, "{}", palette(9)),
        Color::LightGreen => write!(out, "{}", palette(10)),
        Color::LightYellow => write!(out, "{}", palette(11)),
        Color::LightBlue => write!(out, "{}", palette(12)),
        Color::LightMagenta => write!(out, "{}", palette(13)),
        Color::LightCyan => write!(out, "{}", palette(14)),
        Color::White => write!(out, "{}", palette(15)),
        Color::Indexed(index) => write!(out, "{}", palette(index)),
        Color::Rgb(red, green, blue) => write!(out, "{};2;{red};{green};{blue}", base + 8),
    };
    out
}
