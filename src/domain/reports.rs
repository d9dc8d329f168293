//! What a terminal is told beside what it shows, as the user wants it.

/// What tells the user that a run of transfers is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notify {
    /// The terminal's bell.
    #[default]
    Bell,
    /// A notification of the desktop, by the terminals that take OSC 9.
    Osc9,
    Off,
}

impl Notify {
    /// The words of the settings.
    pub const WORDS: [&str; 3] = ["bell", "osc9", "off"];

    /// What a word of the settings means.
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "bell" => Some(Self::Bell),
            "osc9" => Some(Self::Osc9),
            "off" => Some(Self::Off),
            _ => None,
        }
    }
}

/// What the terminal may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reports {
    /// The window's title.
    pub title: bool,
    /// The terminal's own progress bar.
    pub progress: bool,
    pub notify: Notify,
}

impl Default for Reports {
    fn default() -> Self {
        Self {
            title: true,
            progress: true,
            notify: Notify::default(),
        }
    }
}

/// How the screen is shown and used, beside its colours and keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shape {
    /// By ASCII alone, also where the locale would allow more.
    pub ascii: bool,
    /// The line is slow: what only turns or counts is drawn less often.
    pub slow: bool,
    /// The mouse is left to the terminal.
    pub no_mouse: bool,
}

impl Shape {
    /// What either of them asks for.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self {
            ascii: self.ascii || other.ascii,
            slow: self.slow || other.slow,
            no_mouse: self.no_mouse || other.no_mouse,
        }
    }
}
