//! One value of a row, and a row as it is read aloud.

use crate::domain::SafeText;

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Text(SafeText),
    /// A sentence of ours; foreign text in it is safe already.
    Said(String),
    /// Bytes: a number in a pipe, words on a terminal; nothing when it is not known.
    Bytes(Option<u64>),
    /// A moment, as the service wrote it; on a terminal in local time and to the minute.
    When(String),
}

impl Cell {
    /// A name, in which every character matters.
    pub fn name(text: &str) -> Self {
        Self::Text(SafeText::name(text))
    }

    /// Running text.
    pub fn prose(text: &str) -> Self {
        Self::Text(SafeText::prose(text))
    }

    /// Running text, or nothing.
    pub fn maybe(text: Option<&str>) -> Self {
        Self::prose(text.unwrap_or_default())
    }

    /// A moment, or none.
    pub fn when(text: Option<&str>) -> Self {
        Self::When(text.unwrap_or_default().to_owned())
    }

    pub(super) fn shown(&self, on_screen: bool) -> String {
        match self {
            Self::When(text) => match text.parse::<jiff::Timestamp>() {
                Ok(moment) if on_screen => moment
                    .to_zoned(jiff::tz::TimeZone::system())
                    .strftime("%Y-%m-%d %H:%M")
                    .to_string(),
                _ => SafeText::prose(text).into_string(),
            },
            Self::Text(text) => text.as_str().to_owned(),
            Self::Said(text) => SafeText::sentence(text).into_string(),
            Self::Bytes(None) => String::new(),
            Self::Bytes(Some(bytes)) if on_screen => crate::domain::size_words(*bytes),
            Self::Bytes(Some(bytes)) => bytes.to_string(),
        }
    }
}

/// A row as it is read aloud: its name, then each value behind its head. The ref is left out, since
/// the row's number stands for it.
pub(super) fn spoken(heads: &[String], cells: &[Cell]) -> String {
    let rows = heads.iter().zip(cells).skip(1);
    let parts = rows.filter_map(|(head, cell)| {
        let shown = cell.shown(true);
        match cell {
            _ if shown.is_empty() => None,
            Cell::Said(_) => Some(shown),
            _ if head == "NAME" => Some(shown),
            _ => Some(format!("{} {shown}", head.to_lowercase())),
        }
    });
    parts.collect::<Vec<_>>().join("; ")
}
