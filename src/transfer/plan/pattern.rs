//! Path patterns: from a file's relative path to locale, folder and name, and back again.

mod parse;

use std::fmt;

pub use self::parse::PatternError;
use crate::domain::{AssetPath, Locale};

/// The folder that stands for "no locale" where a pattern wants a locale. No service lists a locale
/// of this name, and it reads as what it means.
pub const NO_LOCALE: &str = "no-locale";

/// What the part of a path that a pattern names becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slot {
    Locale,
    /// Any number of parts, none among them.
    Folder,
    /// The name that is sent; without its extension where the pattern has `{ext}`.
    Name,
    /// What follows the last dot of the name.
    Ext,
}

impl Slot {
    const ALL: [Self; 4] = [Self::Locale, Self::Folder, Self::Name, Self::Ext];

    /// The word between the braces.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Locale => "locale",
            Self::Folder => "folder",
            Self::Name => "name",
            Self::Ext => "ext",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Text(String),
    Slot(Slot),
}

/// One part between two slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Folder,
    Tokens(Vec<Token>),
}

/// What a pattern reads out of a path. Nothing is checked against a service yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filled {
    /// `None` where the pattern has no locale; `Some(None)` for an asset of no locale.
    pub locale: Option<Option<String>>,
    /// With slashes; empty at the top. `None` where the pattern has no folder.
    pub folder: Option<String>,
    /// The name that is sent.
    pub name: String,
}

/// Where locale, folder and name stand in a relative path, such as `{locale}/{folder}/{name}` or
/// `{name}.{locale}.{ext}`. `{{` and `}}` are plain braces; every other text stands for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    parts: Vec<Part>,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        parse::read(text)
    }
}

impl Pattern {
    /// `{locale}/{folder}/{name}`: the layout that downloads of a whole place keep, and that
    /// uploads back to where it came from.
    pub fn by_locale() -> Self {
        let slot = |slot| Part::Tokens(vec![Token::Slot(slot)]);
        Self {
            text: String::from("{locale}/{folder}/{name}"),
            parts: vec![slot(Slot::Locale), Part::Folder, slot(Slot::Name)],
        }
    }

    /// `{folder}/{name}`: folders stay folders. What holds where nothing else is said.
    pub fn by_folder() -> Self {
        Self {
            text: String::from("{folder}/{name}"),
            parts: vec![Part::Folder, Part::Tokens(vec![Token::Slot(Slot::Name)])],
        }
    }

    /// Whether it reads this out of a path.
    pub fn has(&self, slot: Slot) -> bool {
        self.parts.iter().any(|part| match part {
            Part::Folder => slot == Slot::Folder,
            Part::Tokens(tokens) => tokens.contains(&Token::Slot(slot)),
        })
    }

    /// Whether a locale is a whole part of the path, so that what stands there can be nothing else.
    pub fn has_locale_folder(&self) -> bool {
        let alone = [Token::Slot(Slot::Locale)];
        self.parts
            .iter()
            .any(|part| matches!(part, Part::Tokens(tokens) if *tokens == alone))
    }

    /// Reads a relative path, given by its parts. Where several readings fit, the one whose locale
    /// is listed wins (the longest such), else the one with the longest name. `None` when the path
    /// has another shape.
    pub fn fill(&self, path: &[impl AsRef<str>], known: Option<&[Locale]>) -> Option<Filled> {
        let folders = self.parts.contains(&Part::Folder);
        let fixed = self.parts.len() - usize::from(folders);
        let spare = path.len().checked_sub(fixed)?;
        if !folders && spare > 0 {
            return None;
        }
        let mut read = Values::default();
        let mut rest = path;
        for part in &self.parts {
            let take = if *part == Part::Folder { spare } else { 1 };
            let (here, behind) = rest.split_at_checked(take)?;
            rest = behind;
            match part {
                Part::Folder => {
                    let here: Vec<&str> = here.iter().map(AsRef::as_ref).collect();
                    read.folder = Some(here.join("/"));
                }
                Part::Tokens(tokens) => {
                    let text = here.first()?.as_ref();
                    let mut best: Option<Values> = None;
                    readings(tokens, text, &read, &mut |found| {
                        if best.as_ref().is_none_or(|best| {
                            known_length(&found, known) > known_length(best, known)
                        }) {
                            best = Some(found);
                        }
                    });
                    read = best?;
                }
            }
        }
        Some(read.filled())
    }

    /// The relative path, part by part, that [`fill`](Self::fill) reads these out of. `None` where
    /// the pattern cannot hold them: a name without an extension and a pattern with `{ext}`, or a
    /// folder and a pattern without one. Foreign text goes through unchanged: before it becomes a
    /// local path, each part has to go through the maker of local names.
    pub fn render(
        &self,
        locale: Option<&Locale>,
        folder: &AssetPath,
        name: &str,
    ) -> Option<Vec<String>> {
        if !folder.is_root() && !self.has(Slot::Folder)
            || locale.is_some() && !self.has(Slot::Locale)
        {
            return None;
        }
        let (stem, ext) = if self.has(Slot::Ext) {
            name.rsplit_once('.')
                .filter(|(stem, ext)| !stem.is_empty() && !ext.is_empty())?
        } else {
            (name, "")
        };
        let mut path = Vec::new();
        for part in &self.parts {
            match part {
                Part::Folder => path.extend(folder.parts().map(str::to_owned)),
                Part::Tokens(tokens) => path.push(
                    tokens
                        .iter()
                        .map(|token| match token {
                            Token::Text(text) => text,
                            Token::Slot(Slot::Locale) => locale.map_or(NO_LOCALE, Locale::as_str),
                            Token::Slot(Slot::Name) => stem,
                            Token::Slot(_) => ext,
                        })
                        .collect(),
                ),
            }
        }
        Some(path)
    }
}

#[derive(Debug, Clone, Default)]
struct Values {
    locale: Option<String>,
    folder: Option<String>,
    name: String,
    ext: Option<String>,
}

impl Values {
    fn set(&self, slot: Slot, text: &str) -> Self {
        let mut values = self.clone();
        match slot {
            Slot::Locale => values.locale = Some(text.to_owned()),
            Slot::Folder => values.folder = Some(text.to_owned()),
            Slot::Name => text.clone_into(&mut values.name),
            Slot::Ext => values.ext = Some(text.to_owned()),
        }
        values
    }

    fn filled(self) -> Filled {
        Filled {
            locale: self
                .locale
                .map(|locale| (locale != NO_LOCALE).then_some(locale)),
            folder: self.folder,
            name: match self.ext {
                Some(ext) => format!("{}.{ext}", self.name),
                None => self.name,
            },
        }
    }
}

/// How long the locale is if it is listed; 0 when it is not.
fn known_length(values: &Values, known: Option<&[Locale]>) -> usize {
    let Some(text) = &values.locale else { return 0 };
    let listed = known
        .unwrap_or_default()
        .iter()
        .any(|locale| locale.as_str() == text);
    if listed || text == NO_LOCALE {
        text.len()
    } else {
        0
    }
}

/// Hands out every reading of one part; those with the longest first values first, except that a
/// locale is taken as short as can be.
fn readings(tokens: &[Token], text: &str, so_far: &Values, out: &mut dyn FnMut(Values)) {
    match tokens {
        [] if text.is_empty() => out(so_far.clone()),
        [] => {}
        [Token::Text(literal), rest @ ..] => {
            if let Some(behind) = text.strip_prefix(literal.as_str()) {
                readings(rest, behind, so_far, out);
            }
        }
        [Token::Slot(slot), rest @ ..] => {
            let fits = |end: &usize| {
                let value = &text[..*end];
                !value.is_empty() && (*slot != Slot::Ext || !value.contains('.'))
            };
            let mut ends: Vec<usize> = match rest.first() {
                None => vec![text.len()],
                Some(Token::Text(next)) => {
                    let ends = text.char_indices().map(|(at, _)| at);
                    ends.filter(|at| text[*at..].starts_with(next.as_str()))
                        .collect()
                }
                Some(Token::Slot(_)) => Vec::new(),
            };
            ends.retain(fits);
            if *slot != Slot::Locale {
                ends.reverse();
            }
            for end in ends {
                let values = so_far.set(*slot, &text[..end]);
                readings(rest, &text[end..], &values, out);
            }
        }
    }
}

#[cfg(test)]
#[path = "tests/pattern.rs"]
mod tests;
