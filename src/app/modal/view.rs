//! What a modal looks like, as data: one drawer in `ui` draws them all.

use std::sync::Arc;

use crate::domain::{AccountName, Colour, SafeText, WebLink, mixed_letters};

/// How a piece of text is meant; the theme decides how it looks. Never the only carrier of meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Plain,
    Strong,
    Dim,
    Good,
    Warning,
    Bad,
    Link,
    /// The name of an account, in the colour that the settings give it.
    Account(Option<Colour>),
}

/// A piece of a line. Foreign text enters as [`SafeText`]; our own words are `&'static str` or
/// formatted from numbers and safe texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub tone: Tone,
    /// Where a click on it leads, in terminals that know links.
    pub link: Option<Arc<str>>,
}

/// One line of text; the drawer wraps it.
pub type Words = Vec<Piece>;

/// Our own words.
pub fn say(text: impl Into<String>) -> Piece {
    Piece {
        text: text.into(),
        tone: Tone::Plain,
        link: None,
    }
}

/// Our own words in a tone.
pub fn toned(text: impl Into<String>, tone: Tone) -> Piece {
    Piece {
        text: text.into(),
        tone,
        link: None,
    }
}

/// A foreign name or text.
pub fn quote(text: &SafeText) -> Piece {
    Piece {
        text: text.as_str().to_owned(),
        tone: Tone::Strong,
        link: None,
    }
}

/// That a name may not be the one it looks like, since its words mix alphabets: said behind the name
/// wherever something is deleted, replaced or changed.
pub fn mixing(name: &str) -> Option<Piece> {
    let mixed = SafeText::prose(&mixed_letters(name)?);
    Some(toned(format!("  ! mixes {mixed}"), Tone::Warning))
}

/// The name of an account.
pub fn account(name: &AccountName, colour: Option<Colour>) -> Piece {
    let name = SafeText::name(name.as_str()).into_string();
    toned(name, Tone::Account(colour))
}

/// A foreign address: a link where it is one that may be opened, and shown with its host in punycode.
/// One that is signed is only text: where a click takes it is not for us to know.
pub fn linked(address: &str) -> Piece {
    match WebLink::parse(address) {
        Ok(link) => Piece {
            text: SafeText::name(link.as_str()).into_string(),
            tone: Tone::Link,
            link: (!link.signed()).then(|| link.as_str().into()),
        },
        Err(_) => say(SafeText::name(address).into_string()),
    }
}

/// A text field as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    pub label: &'static str,
    /// The value, made safe; dots when it is a secret.
    pub value: String,
    /// Column of the cursor in `value`, in characters, when it has the focus.
    pub cursor: Option<usize>,
    pub placeholder: String,
    /// What is wrong with it, if anything.
    pub error: Option<String>,
    /// What it will become, or what it is for.
    pub hint: Option<String>,
}

/// One row of a list in a modal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowView {
    /// Marked by the user.
    pub marked: bool,
    pub left: String,
    pub right: String,
    pub tone: Tone,
    /// Why it cannot be chosen, if so.
    pub refused: Option<String>,
}

/// The rows of a list: all of them, or of a long one those around its cursor, so that a frame does
/// not make rows that nobody sees.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing {
    rows: Vec<RowView>,
    first: usize,
    total: usize,
}

impl Listing {
    /// The rows from `first` on, of `total`. The cursor's row and as many on both sides of it as
    /// the screen is high have to be among them.
    pub const fn part(rows: Vec<RowView>, first: usize, total: usize) -> Self {
        Self { rows, first, total }
    }

    /// How many rows there are in all.
    pub const fn len(&self) -> usize {
        self.total
    }

    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Rows with their numbers, from this number on.
    pub fn from(&self, from: usize) -> impl Iterator<Item = (usize, &RowView)> {
        let numbered = self.rows.iter().enumerate();
        let numbered = numbered.map(|(at, row)| (self.first + at, row));
        numbered.skip(from.saturating_sub(self.first))
    }
}

impl FromIterator<RowView> for Listing {
    fn from_iter<T: IntoIterator<Item = RowView>>(rows: T) -> Self {
        let rows: Vec<RowView> = rows.into_iter().collect();
        let total = rows.len();
        Self::part(rows, 0, total)
    }
}

/// One row of a table in a modal.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GridRow {
    /// Marked by the user.
    pub marked: bool,
    pub cells: Vec<String>,
    /// What stands behind the cells, cut where there is no room.
    pub says: String,
    pub tone: Tone,
}

/// A table of cells with a cursor that moves both ways.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Grid {
    pub heads: Vec<String>,
    /// Characters that each column would like.
    pub widths: Vec<usize>,
    /// Those around the cursor, from row `first` on, of `total`; as many on both sides as the
    /// screen is high.
    pub rows: Vec<GridRow>,
    pub first: usize,
    pub total: usize,
    pub cursor: usize,
    /// The cell of the cursor's row that a key edits.
    pub column: usize,
    /// No column is narrower than this while others have room.
    pub least: usize,
    /// Columns that the words behind the cells get at least.
    pub says: usize,
    pub empty: String,
}

/// A square of modules, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matrix {
    pub side: usize,
    pub dark: Vec<bool>,
}

/// One block of a modal, drawn from top to bottom.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    Line(Words),
    Blank,
    Heading(String),
    /// Label and value in two aligned columns.
    Pairs(Vec<(String, Words)>),
    Field(FieldView),
    /// One of several values: `◂ value ▸`, with all of them shown where there is room.
    Choice {
        label: &'static str,
        options: Vec<String>,
        chosen: usize,
        focused: bool,
        hint: Option<String>,
        error: Option<String>,
    },
    /// A button-like line: what Enter does here.
    Button {
        label: String,
        focused: bool,
        enabled: bool,
    },
    /// A list that takes the room that is left.
    List {
        rows: Listing,
        cursor: usize,
        focused: bool,
        empty: String,
    },
    /// A table that takes the room that is left.
    Grid(Grid),
    /// Preformatted lines that scroll (raw JSON, a long text); `top` is the first line shown.
    Scroll {
        lines: Vec<String>,
        top: usize,
    },
    /// A code for the camera of a phone.
    Code(Matrix),
    Progress {
        ratio: f64,
        label: String,
    },
}

/// How much of the screen a modal wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// As high as its blocks, about 64 columns.
    Small,
    /// As high as its blocks, about 90 columns.
    Wide,
    /// Nearly the whole screen.
    Full,
}

impl ModalView {
    /// Letters are typed into a field.
    pub fn is_typing(&self) -> bool {
        let typed = |block: &Block| {
            matches!(
                block,
                Block::Field(FieldView {
                    cursor: Some(_),
                    ..
                })
            )
        };
        self.blocks.iter().any(typed)
    }
}

/// A key and what it does, for the last line of a modal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    pub keys: String,
    pub does: String,
}

/// A whole modal.
#[derive(Debug, Clone, PartialEq)]
pub struct ModalView {
    pub title: String,
    pub room: Room,
    /// Something will be deleted or replaced.
    pub danger: bool,
    pub blocks: Vec<Block>,
    pub hints: Vec<Hint>,
}
