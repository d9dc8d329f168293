//! Reading a filter, and saying where it is wrong.

use std::fmt;
use std::ops::Range;

use super::facts::is_unique;
use super::fold::Needle;
use super::measure::{Bound, SIZES, Size, Unit, When};
use super::{Field, Filter, Sought, Term, Test};
use crate::domain::{SafeText, nearest};

/// Where a filter is wrong, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterError {
    /// Characters of the text, from 0.
    pub at: Range<usize>,
    /// In words, without a full stop; safe.
    pub message: String,
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.at.start + 1, self.at.end.max(self.at.start + 1));
        if from == to {
            write!(f, "the filter is wrong at column {from}: {}", self.message)
        } else {
            write!(
                f,
                "the filter is wrong at columns {from} to {to}: {}",
                self.message
            )
        }
    }
}

/// The words before a colon.
const FIELDS: [&str; 13] = [
    "name", "key", "text", "alt", "tag", "folder", "id", "locale", "type", "size", "changed",
    "has", "is",
];
const MISSING: &str = "missing";
/// What a row can be.
const STATES: [&str; 4] = ["duplicate", "identical", "lookalike", "orphan"];

struct Reader<'a> {
    chars: &'a [char],
    at: usize,
}

impl Reader<'_> {
    fn next(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip(&mut self, fits: impl Fn(char) -> bool) -> String {
        let from = self.at;
        while self.next().is_some_and(&fits) {
            self.at += 1;
        }
        self.chars
            .get(from..self.at)
            .unwrap_or_default()
            .iter()
            .collect()
    }

    /// Behind the opening quote up to the closing one, or the end: it may still be typed.
    fn quoted(&mut self) -> String {
        let mut text = String::new();
        while let Some(c) = self.next() {
            self.at += 1;
            match c {
                '"' => break,
                '\\' if matches!(self.next(), Some('"' | '\\')) => {
                    text.extend(self.next());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        text
    }

    /// The letters in front of a colon, which is passed as well.
    fn field(&mut self) -> Option<String> {
        let from = self.at;
        let name = self.skip(|c| c.is_ascii_alphabetic());
        if !name.is_empty() && self.next() == Some(':') {
            self.at += 1;
            return Some(name);
        }
        self.at = from;
        None
    }
}

pub fn parse(typed: &str) -> Result<Filter, FilterError> {
    let chars: Vec<char> = typed.chars().collect();
    let mut reader = Reader {
        chars: &chars,
        at: 0,
    };
    let mut terms = Vec::new();
    loop {
        reader.skip(char::is_whitespace);
        let from = reader.at;
        let Some(first) = reader.next() else {
            break;
        };
        let not = first == '-';
        reader.at += usize::from(not);
        let test = match reader.next() {
            None => return Err(alone(from)),
            Some(c) if c.is_whitespace() => return Err(alone(from)),
            Some('"') => {
                reader.at += 1;
                let text = reader.quoted();
                if text.is_empty() {
                    continue;
                }
                Test::Exact(Needle::new(text))
            }
            Some(_) => match reader.field() {
                Some(name) => value(&mut reader, &name)?,
                None => bare(reader.skip(|c| !c.is_whitespace())),
            },
        };
        terms.push(Term { not, test });
    }
    Ok(Filter { terms })
}

/// A word without a field. A whole unique id can only be meant as one.
fn bare(word: String) -> Test {
    let whole_id = is_unique(&word);
    let word = Needle::new(word);
    if whole_id {
        Test::Text(Field::Id, Sought::Text(word))
    } else {
        Test::Word(word)
    }
}

fn alone(at: usize) -> FilterError {
    FilterError {
        at: at..at + 1,
        message: "a - needs a word right behind it, such as -draft".to_owned(),
    }
}

/// What stands behind a field's colon.
fn value(reader: &mut Reader<'_>, name: &str) -> Result<Test, FilterError> {
    let from = reader.at;
    let begins = from - 1 - name.chars().count();
    let quoted = reader.next() == Some('"');
    let text = if quoted {
        reader.at += 1;
        reader.quoted()
    } else {
        reader.skip(|c| !c.is_whitespace())
    };
    let word = name.to_ascii_lowercase();
    let wrong = |at: Range<usize>, message: String| FilterError { at, message };
    if !FIELDS.contains(&word.as_str()) && word != MISSING {
        let shown = SafeText::name(name);
        let message = match nearest(&word, FIELDS.into_iter().chain([MISSING])) {
            Some(near) => format!("there is no field `{shown}`; did you mean `{near}`?"),
            None => format!("there is no field `{shown}`; a text with a colon goes into quotes"),
        };
        return Err(wrong(begins..from - 1, message));
    }
    if text.is_empty() {
        let message = format!(
            "`{word}:` needs a value right behind it, such as {}",
            such_as(&word)
        );
        return Err(wrong(begins..reader.at, message));
    }
    let all = from..reader.at;
    let none = !quoted && text.eq_ignore_ascii_case("none");
    let sought = |text: String| {
        if none {
            Sought::None
        } else {
            Sought::Text(Needle::new(text))
        }
    };
    Ok(match word.as_str() {
        "size" | "changed" if is_backwards(&word, &text) => {
            let message = format!("`{}` ends before it begins", SafeText::name(&text));
            return Err(wrong(all, message));
        }
        "size" => Test::Size(Bound::read(&text, Size::read).map_err(|unit| {
            let units = SIZES.map(|(unit, _)| unit);
            wrong(
                all,
                unit_words(
                    &text,
                    &unit,
                    &units,
                    "a size",
                    "B, kB, MB, GB, KiB, MiB, GiB",
                    &such_as("size"),
                ),
            )
        })?),
        "changed" => Test::Changed(Bound::read(&text, When::read).map_err(|unit| {
            if unit.starts_with('-') {
                let message = format!(
                    "`{}` is no day; write changed:>2026-01-31",
                    SafeText::name(&text)
                );
                return wrong(all, message);
            }
            let units = Unit::ALL.map(|(unit, _, _)| unit);
            wrong(
                all,
                unit_words(
                    &text,
                    &unit,
                    &units,
                    "a time",
                    "min, h, d, w, mo, y",
                    &such_as("changed"),
                ),
            )
        })?),
        "is" => match text.to_ascii_lowercase().as_str() {
            "duplicate" => Test::Duplicate,
            "identical" => Test::Identical,
            "lookalike" => Test::Lookalike,
            "orphan" => Test::Orphan,
            other => {
                let shown = SafeText::name(&text);
                let message = match nearest(other, STATES) {
                    Some(near) => format!("nothing is `{shown}`; did you mean `{near}`?"),
                    None => format!("nothing is `{shown}`; write is:{}", STATES.join(" or is:")),
                };
                return Err(wrong(all, message));
            }
        },
        "has" | MISSING => {
            let has = word == "has";
            match text.to_ascii_lowercase().as_str() {
                "assets" => Test::HasAny(has),
                _ if none => Test::HasNeutral(has),
                _ if is_code(&text) => Test::HasLocale(has, Needle::new(text)),
                _ => {
                    let shown = SafeText::name(&text);
                    let such = such_as(&word);
                    let message = format!("`{shown}` is no locale; write {word}:assets or {such}");
                    return Err(wrong(all, message));
                }
            }
        }
        "locale" => Test::Locale(sought(text)),
        "type" => Test::Type(sought(text)),
        "key" => Test::Text(Field::Key, sought(text)),
        "text" => Test::Text(Field::Text, sought(text)),
        "alt" => Test::Text(Field::Alt, sought(text)),
        "tag" => Test::Text(Field::Tag, sought(text)),
        "folder" => Test::Text(Field::Folder, sought(text)),
        "id" => Test::Text(Field::Id, sought(text)),
        _ => Test::Text(Field::Name, sought(text)),
    })
}

/// From more to less: nothing is between. Of ages either may come first.
fn is_backwards(field: &str, text: &str) -> bool {
    if field == "size" {
        let bound = Bound::read(text, Size::read);
        matches!(bound, Ok(Bound::Within(Some(from), Some(to))) if from.0 > to.0)
    } else {
        let bound = Bound::read(text, When::read);
        matches!(bound, Ok(Bound::Within(Some(When::Day(from)), Some(When::Day(to)))) if from > to)
    }
}

/// The letters of a code such as `pt-BR`.
fn is_code(text: &str) -> bool {
    text.len() <= 35
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn such_as(field: &str) -> String {
    let example = match field {
        "size" => "size:>1mb",
        "changed" => "changed:<7d or changed:>2026-01-31",
        "type" => "type:image",
        "locale" => "locale:de or locale:none",
        "has" => "has:fr",
        "is" => "is:duplicate",
        MISSING => "missing:fr",
        "folder" => "folder:public",
        field => return format!("{field}:hero"),
    };
    example.to_owned()
}

fn unit_words(
    text: &str,
    unit: &str,
    units: &[&str],
    what: &str,
    known: &str,
    such_as: &str,
) -> String {
    let (text, shown) = (SafeText::name(text), SafeText::name(unit));
    if unit.is_empty() {
        return format!("`{text}` is not {what}; write {such_as}");
    }
    match nearest(unit, units.iter().copied()) {
        Some(near) => format!("`{shown}` is no unit of {what}; did you mean `{near}`?"),
        None => format!("`{shown}` is no unit of {what}; units are {known}"),
    }
}

/// Codes are the same without regard to case and separator.
pub fn same_code(a: &str, b: &str) -> bool {
    let plain = |byte: u8| match byte {
        b'_' => b'-',
        byte => byte.to_ascii_lowercase(),
    };
    a.len() == b.len() && a.bytes().map(plain).eq(b.bytes().map(plain))
}
