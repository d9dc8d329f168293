//! Words that are no look, and what was meant by them.

use std::fmt;

use super::{Attribute, COLOURS};
use crate::domain::{SafeText, nearest};

/// A word that is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ColourError(pub(super) String);

impl fmt::Display for ColourError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = SafeText::name(&self.0);
        match nearest(&self.0, COLOURS) {
            Some(near) => write!(f, "`{word}` is no colour; did you mean `{near}`?"),
            None => write!(
                f,
                "`{word}` is no colour; colours are {}, each also as bright-…, 0 to 255 and #rrggbb",
                COLOURS.join(", ")
            ),
        }
    }
}

/// Why words are no look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LookError {
    /// It is neither a colour nor an attribute.
    Word(String),
    /// Behind `on` stands something else than a colour.
    Paper(ColourError),
    /// Nothing does.
    NoPaper,
}

impl fmt::Display for LookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self {
            Self::Word(word) => word,
            Self::Paper(error) => {
                return write!(f, "behind `on` stands the background's colour: {error}");
            }
            Self::NoPaper => {
                return f.write_str(
                    "behind `on` the background's colour is missing; write it as `red on black`",
                );
            }
        };
        let near = nearest_word(word);
        let word = SafeText::name(word);
        let attributes = Attribute::ALL.map(|(name, _)| name);
        match near {
            Some(near) => write!(
                f,
                "`{word}` is no colour and no attribute; did you mean `{near}`?"
            ),
            None => write!(
                f,
                "`{word}` is no colour and no attribute; colours are default, {}, each also as \
                 bright-…, 0 to 255 and #rrggbb, attributes are {}; write them as `bold red on black`",
                COLOURS.join(", "),
                attributes.join(", ")
            ),
        }
    }
}

fn nearest_word(word: &str) -> Option<&'static str> {
    let attributes = Attribute::ALL.map(|(name, _)| name);
    let known = COLOURS.into_iter().chain(attributes);
    nearest(word, known.chain(["default", "on"]))
}
