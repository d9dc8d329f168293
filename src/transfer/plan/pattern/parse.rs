//! Reading a pattern from its text, with errors that point at the place.

use super::{Part, Pattern, Slot, Token};
use crate::domain::{SafeText, nearest};

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the pattern “{}” is wrong at character {}: {message}", SafeText::name(text), at + 1)]
pub struct PatternError {
    pub text: String,
    /// Characters in front of the place.
    pub at: usize,
    /// One sentence with the fix; foreign text in it is safe already.
    pub message: String,
}

/// Reads a whole pattern, or says where it is wrong.
pub(super) fn read(text: &str) -> Result<Pattern, PatternError> {
    let mut reader = Reader {
        text,
        parts: Vec::new(),
        seen: Vec::new(),
    };
    let mut start = 0;
    for piece in text.split('/') {
        let part = reader.part(start, piece)?;
        reader.parts.push(part);
        start += piece.chars().count() + 1;
    }
    reader.whole()?;
    Ok(Pattern {
        text: text.to_owned(),
        parts: reader.parts,
    })
}

struct Reader<'a> {
    text: &'a str,
    parts: Vec<Part>,
    seen: Vec<Slot>,
}

impl Reader<'_> {
    fn refuse<T>(&self, at: usize, message: impl Into<String>) -> Result<T, PatternError> {
        Err(PatternError {
            text: self.text.to_owned(),
            at,
            message: message.into(),
        })
    }

    fn part(&mut self, start: usize, piece: &str) -> Result<Part, PatternError> {
        if piece.is_empty() {
            return self.refuse(
                start,
                "a part is empty; write it like {locale}/{folder}/{name}",
            );
        }
        if piece == "." || piece == ".." {
            return self.refuse(start, "`.` and `..` cannot be part of a pattern");
        }
        let mut tokens: Vec<Token> = Vec::new();
        let mut literal = String::new();
        let mut chars = piece.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            let at = start + at;
            let doubled = chars.peek().is_some_and(|(_, next)| *next == c);
            match c {
                '{' | '}' if doubled => {
                    chars.next();
                    literal.push(c);
                }
                '}' => return self.refuse(at, "this `}` closes nothing; write }} for a plain one"),
                '{' => {
                    let mut word = String::new();
                    let closed = loop {
                        match chars.next() {
                            Some((_, '}')) => break true,
                            Some((_, c)) => word.push(c),
                            None => break false,
                        }
                    };
                    if !closed {
                        return self.refuse(at, "this `{` is not closed; write {{ for a plain one");
                    }
                    let slot = self.slot(at, &word)?;
                    if !literal.is_empty() {
                        tokens.push(Token::Text(std::mem::take(&mut literal)));
                    }
                    if matches!(tokens.last(), Some(Token::Slot(_))) {
                        return self.refuse(
                            at,
                            "nothing parts it from what stands in front; put a character between them",
                        );
                    }
                    if slot == Slot::Folder && (at != start || piece != "{folder}") {
                        return self.refuse(at, "{folder} has to stand alone between slashes");
                    }
                    tokens.push(Token::Slot(slot));
                }
                c => literal.push(c),
            }
        }
        if !literal.is_empty() {
            tokens.push(Token::Text(literal));
        }
        if tokens == [Token::Slot(Slot::Folder)] {
            return Ok(Part::Folder);
        }
        Ok(Part::Tokens(tokens))
    }

    fn slot(&mut self, at: usize, word: &str) -> Result<Slot, PatternError> {
        let Some(slot) = Slot::ALL.into_iter().find(|slot| slot.word() == word) else {
            let known = Slot::ALL.map(Slot::word);
            let fix = match nearest(word, known) {
                Some(near) => format!("did you mean {{{near}}}?"),
                None => String::from("there are {locale}, {folder}, {name} and {ext}"),
            };
            let shown = SafeText::name(word);
            return self.refuse(at, format!("there is no {{{shown}}}; {fix}"));
        };
        if self.seen.contains(&slot) {
            return self.refuse(at, format!("{{{word}}} stands there twice"));
        }
        self.seen.push(slot);
        Ok(slot)
    }

    /// The name comes last, so that it keeps its extension.
    fn whole(&self) -> Result<(), PatternError> {
        let end = self.text.chars().count();
        if !self.seen.contains(&Slot::Name) {
            return self.refuse(end, "it has no {name}; end it with {name}");
        }
        let last = match self.parts.last() {
            Some(Part::Tokens(tokens)) => tokens.last(),
            _ => None,
        };
        let wanted = if self.seen.contains(&Slot::Ext) {
            Slot::Ext
        } else {
            Slot::Name
        };
        if last == Some(&Token::Slot(wanted)) {
            return Ok(());
        }
        self.refuse(
            end,
            match wanted {
                Slot::Ext => "it has to end with {ext}",
                _ => "it has to end with {name}, or hold {name} and end with {ext}",
            },
        )
    }
}
