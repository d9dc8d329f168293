//! Pictures: decoding them in a process of its own, and what a terminal is sent of them.

pub mod child;
mod decode;
mod draw;
mod framing;
mod iterm2;
mod kitty;
mod sixel;

pub use decode::decode;
pub use draw::{Drawn, Form, draw};
pub use framing::{Failure, Pixels};
pub use kitty::{delete as kitty_delete, placeholder as kitty_placeholder};

/// How pictures get onto the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The protocol that kitty made.
    Kitty,
    /// The same through a multiplexer: the picture hangs on characters that it moves about.
    KittyBehind,
    /// The protocol that iTerm2 made.
    Iterm2,
    /// The oldest one; so many colours at once.
    Sixel { colours: u16 },
    /// Two pixels a cell, by colours of text; `true`: any colour, else the 256 of the palette.
    Blocks { any_colour: bool },
}

/// Everything that decides how a picture is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Room {
    pub way: Way,
    /// Columns and rows that there are.
    pub cells: (u16, u16),
    /// A cell's width and height in pixels.
    pub cell: (u16, u16),
    /// At most so many bytes are sent to the terminal.
    pub send: usize,
}

impl Room {
    /// Pixels that can be shown, at least one.
    pub fn pixels(&self) -> (u32, u32) {
        let most = match self.way {
            Way::KittyBehind => kitty::MOST_CELLS,
            _ => u16::MAX,
        };
        let side = |cells: u16| u32::from(cells.clamp(1, most));
        let (columns, rows) = (side(self.cells.0), side(self.cells.1));
        if matches!(self.way, Way::Blocks { .. }) {
            return (columns, rows * 2);
        }
        let (width, height) = (u32::from(self.cell.0.max(1)), u32::from(self.cell.1.max(1)));
        ((columns * width).min(LARGEST), (rows * height).min(LARGEST))
    }

    /// Columns and rows that a picture of so many pixels takes.
    pub fn taken(&self, (width, height): (u32, u32)) -> (u16, u16) {
        let (across, down) = match self.way {
            Way::Blocks { .. } => (1, 2),
            _ => (u32::from(self.cell.0.max(1)), u32::from(self.cell.1.max(1))),
        };
        let cells = |pixels: u32, each: u32, most: u16| {
            let cells = u16::try_from(pixels.div_ceil(each)).unwrap_or(most);
            cells.clamp(1, most.max(1))
        };
        (
            cells(width, across, self.cells.0),
            cells(height, down, self.cells.1),
        )
    }
}

/// Which way is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// The best that the terminal can do.
    #[default]
    Auto,
    Kitty,
    Iterm2,
    Sixel,
    Blocks,
}

impl Choice {
    /// The words of the settings.
    pub const NAMES: [(&'static str, Self); 5] = [
        ("auto", Self::Auto),
        ("kitty", Self::Kitty),
        ("iterm2", Self::Iterm2),
        ("sixel", Self::Sixel),
        ("blocks", Self::Blocks),
    ];

    /// The one of this word.
    pub fn of(word: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(name, _)| *name == word);
        found.map(|(_, choice)| *choice)
    }
}

/// What the user set about pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// They are shown from the start.
    pub enabled: bool,
    pub choice: Choice,
    /// At most so many bytes are fetched for one.
    pub fetch: u64,
    /// At most so many bytes are sent to the terminal for one; `None`: by how far away it is.
    pub send: Option<usize>,
}

impl Default for Preference {
    fn default() -> Self {
        Self {
            enabled: true,
            choice: Choice::Auto,
            fetch: 10_000_000,
            send: None,
        }
    }
}

/// No side of what is drawn is longer, in pixels: no screen has more for one pane.
pub const LARGEST: u32 = 2048;

/// The size that fits into `most` with the shape of `of`; never larger than that.
pub fn fit(of: (u32, u32), most: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(of.0.max(1)), u64::from(of.1.max(1)));
    let (wide, high) = (u64::from(most.0.max(1)), u64::from(most.1.max(1)));
    let scaled = if width <= wide && height <= high {
        (width, height)
    } else if width * high > height * wide {
        (wide, (height * wide / width).max(1))
    } else {
        ((width * high / height).max(1), high)
    };
    let small = |side: u64| u32::try_from(side).unwrap_or(1);
    (small(scaled.0), small(scaled.1))
}

#[cfg(test)]
mod tests;
