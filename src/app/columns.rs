//! Columns of the tables: what a row shows, sorts and filters by.

/// A value as a table knows it; `ui::text` turns it into words.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub enum Value {
    /// Foreign or own text, not yet made safe.
    Text(String),
    /// Bytes.
    Bytes(u64),
    /// A time as the service wrote it.
    When(String),
    /// Nothing there, which is shown as a dash.
    Absent,
}

/// How wide a column wants to be, in terminal columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Exactly this.
    Fixed(u16),
    /// At least this; shares what is left.
    Grow(u16),
}

/// One column of a table of `T`.
#[derive(Debug)]
pub struct Column<T: 'static> {
    pub name: &'static str,
    pub width: Width,
    /// Numbers and dates stand at the right.
    pub right: bool,
    /// The lower, the longer it stays when the pane gets narrow; 0 always stays.
    pub rank: u8,
    pub value: fn(&T) -> Value,
}
