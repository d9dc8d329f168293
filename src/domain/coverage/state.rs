//! The states of a cell, how many cells are in each, and how an asset differs from its source.

use std::fmt;

/// How an asset differs from its source. Pixels where both tell theirs, else the content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Difference {
    /// Width and height are in another proportion.
    Shape,
    /// The same proportion in other pixels.
    Size,
    /// Another content type.
    Type,
}

impl Difference {
    /// The word in lines for programs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shape => "shape",
            Self::Size => "size",
            Self::Type => "type",
        }
    }
}

/// What a cell says of one segment's asset in one locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// It is there. In the source language an asset of no language counts as there.
    Present,
    /// There is a source, and nothing in this locale.
    Missing,
    /// It was stored before its source. Comes before a difference.
    Older,
    /// It is there, and differs from its source.
    Differs(Difference),
    /// Neither a source is there nor this locale's own: nothing says that it should be.
    NoSource,
    /// The segment has no asset at all, which is no gap.
    NoAssets,
    /// The segment's assets were not asked for yet.
    NotAsked,
    /// They were asked for in vain.
    Failed,
}

/// How many states there are, differences counted as one.
pub const STATES: usize = 8;

impl State {
    /// One of each, in the order of totals and legends. Any difference stands for all.
    pub const ALL: [Self; STATES] = [
        Self::Present,
        Self::Missing,
        Self::Older,
        Self::Differs(Difference::Shape),
        Self::NoSource,
        Self::NoAssets,
        Self::NotAsked,
        Self::Failed,
    ];

    /// The word of the commands, without a space.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Missing => "missing",
            Self::Older => "older",
            Self::Differs(_) => "differs",
            Self::NoSource => "no-source",
            Self::NoAssets => "no-assets",
            Self::NotAsked => "not-asked",
            Self::Failed => "failed",
        }
    }

    /// The state of this word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// What it means, for a legend.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Missing => "missing",
            Self::Older => "older than its source",
            Self::Differs(_) => "differs from its source",
            Self::NoSource => "no source",
            Self::NoAssets => "no assets",
            Self::NotAsked => "not asked",
            Self::Failed => "could not be asked",
        }
    }

    /// The sign in a table; each has one of its own, in ASCII too, and one column wide.
    pub const fn sign(self, ascii: bool) -> &'static str {
        match (self, ascii) {
            (Self::Present, false) => "●",
            (Self::Missing, false) => "○",
            (Self::Differs(_), false) => "≠",
            (Self::NoSource, false) => "–",
            (Self::NotAsked, false) => "·",
            (Self::Present, true) => "*",
            (Self::Missing, true) => "o",
            (Self::Older, _) => "<",
            (Self::Differs(_), true) => "#",
            (Self::NoSource, true) => "-",
            (Self::NoAssets, _) => " ",
            (Self::NotAsked, true) => ".",
            (Self::Failed, _) => "!",
        }
    }

    /// Somebody has to do something about it.
    pub const fn is_gap(self) -> bool {
        matches!(self, Self::Missing | Self::Older | Self::Differs(_))
    }

    /// The same state, whatever the difference.
    pub const fn is(self, other: Self) -> bool {
        self.place() == other.place()
    }

    const fn place(self) -> usize {
        match self {
            Self::Present => 0,
            Self::Missing => 1,
            Self::Older => 2,
            Self::Differs(_) => 3,
            Self::NoSource => 4,
            Self::NoAssets => 5,
            Self::NotAsked => 6,
            Self::Failed => 7,
        }
    }
}

impl fmt::Display for State {
    /// In words that say how it differs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Differs(by) => write!(f, "differs from its source in {}", by.word()),
            other => f.write_str(other.title()),
        }
    }
}

/// How many cells are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals([usize; STATES]);

impl Totals {
    pub const fn of(&self, state: State) -> usize {
        self.0[state.place()]
    }

    pub const fn count(&mut self, state: State) {
        self.0[state.place()] += 1;
    }

    /// One that was counted is not in this state any more.
    pub const fn take(&mut self, state: State) {
        self.0[state.place()] -= 1;
    }

    /// Counts what another counted as well.
    pub fn add(&mut self, other: &Self) {
        for (own, more) in self.0.iter_mut().zip(other.0) {
            *own += more;
        }
    }

    /// The states that any cell is in, with how many, in their order.
    pub fn told(&self) -> impl Iterator<Item = (State, usize)> {
        let all = State::ALL.into_iter();
        all.map(|state| (state, self.of(state)))
            .filter(|(_, many)| *many > 0)
    }

    /// Cells of all states.
    pub fn all(&self) -> usize {
        self.0.iter().sum()
    }

    /// What is to be done.
    pub const fn gaps(&self) -> usize {
        self.of(State::Missing) + self.of(State::Older) + self.of(State::Differs(Difference::Type))
    }
}
