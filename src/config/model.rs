//! The settings file's keys and their meaning; everything else in it is refused.

mod accounts;
mod index;
mod keys;
mod network;
mod pictures;
mod terminal;
mod theme;
mod transfers;
mod usual;

use std::ops::{Range, RangeInclusive};

use toml::de::{DeTable, DeValue};

pub use self::accounts::{Account, account_name, key_variable};
#[cfg(test)]
pub(super) use self::accounts::{CONTAINER_KEYS, KEYS as ACCOUNT_KEYS, WEBSITE_KEYS};
pub use self::network::Network;
pub(super) use self::theme::parse as theme;
pub use self::transfers::Sending;
pub use self::usual::Usual;
use crate::domain::{KeyChoice, Reports, Shape, nearest};
use crate::picture::Preference;

/// Keys at the top of the file.
pub(super) const TOP_KEYS: &[&str] = &[
    "accounts",
    "terminal",
    "theme",
    "keys",
    "transfers",
    "network",
    "pictures",
    "index",
];
/// How many transfers of one account may run side by side; more would only be refused sooner.
const AT_ONCE: RangeInclusive<u64> = 1..=32;
/// What holds where the file says nothing.
pub(super) const AT_ONCE_DEFAULT: u64 = 3;

/// Words by which people try to put a key into the file.
const KEY_WORDS: [&str; 5] = ["key", "token", "secret", "password", "credential"];

/// All that the file says.
#[derive(Debug, Clone)]
pub(super) struct Model {
    /// In the order of the file.
    pub accounts: Vec<Account>,
    pub terminal: Reports,
    pub shape: Shape,
    /// The name of the theme and its line, if one is chosen.
    pub theme: Option<(String, usize)>,
    pub keys: KeyChoice,
    pub sending: Sending,
    pub network: Network,
    pub pictures: Preference,
    /// What was listed is kept on this machine.
    pub keep_index: bool,
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub line: Option<usize>,
    pub message: String,
}

/// Reads the whole file or says what is wrong with it first.
pub(super) fn parse(text: &str) -> Result<Model, Problem> {
    let doc = Doc(text);
    let root = DeTable::parse(text).map_err(|error| not_toml(&doc, &error))?;
    let top = doc.table(root.get_ref(), &root.span(), "the settings", TOP_KEYS)?;
    let (terminal, shape) = terminal::read(&top)?;
    let theme = theme::read(&top)?;
    let keys = keys::read(&top)?;
    let sending = transfers::read(&top)?;
    let network = network::read(&top)?;
    let pictures = pictures::read(&top)?;
    let keep_index = index::read(&top)?;
    let at_once = sending.at_once.unwrap_or(AT_ONCE_DEFAULT);
    let accounts = accounts::read(&doc, &top, at_once)?;
    Ok(Model {
        accounts,
        terminal,
        shape,
        theme,
        keys,
        sending,
        network,
        pictures,
        keep_index,
    })
}

/// What the parser says. Never its error's own display: it quotes the line, and people put keys where
/// they should not.
fn not_toml(doc: &Doc<'_>, error: &toml::de::Error) -> Problem {
    Problem {
        line: error.span().map(|span| doc.line(&span)),
        message: format!("it is not valid TOML here: {}", plain(error.message())),
    }
}

/// The parser's sentence on one line.
fn plain(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}

struct Doc<'a>(&'a str);

impl<'a> Doc<'a> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.0.get(..span.start).unwrap_or(self.0);
        1 + before.matches('\n').count()
    }

    /// A table whose keys are all known.
    fn table(
        &'a self,
        table: &'a DeTable<'a>,
        span: &Range<usize>,
        of: &'static str,
        known: &'static [&'static str],
    ) -> Result<Fields<'a>, Problem> {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let lower = name.to_lowercase();
            let mut message = format!("unknown key `{name}` in {of}");
            if let Some(near) = nearest(name, known.iter().copied()) {
                message = format!("{message}; did you mean `{near}`?");
            } else if KEY_WORDS.iter().any(|word| lower.contains(word)) {
                message += "; keys do not belong into this file, save yours with `assetdeck login \
                            NAME` and take it out here";
            } else {
                message = format!("{message}; known are {}", list(known));
            }
            return Err(Problem {
                line: Some(self.line(&key.span())),
                message,
            });
        }
        Ok(Fields {
            doc: self,
            table,
            span: span.clone(),
            of,
        })
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

struct Fields<'a> {
    doc: &'a Doc<'a>,
    table: &'a DeTable<'a>,
    span: Range<usize>,
    of: &'static str,
}

impl<'a> Fields<'a> {
    /// A text; a value of another kind is never quoted, it may be a key in the wrong place.
    fn text(&self, key: &str) -> Result<Option<(String, Range<usize>)>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        let problem = |message: String| Problem {
            line: Some(self.doc.line(&value.span())),
            message,
        };
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => Err(problem(format!(
                "`{key}` is empty; fill it in or leave it out"
            ))),
            DeValue::String(text) => Ok(Some((text.clone().into_owned(), value.span()))),
            _ => Err(problem(format!("`{key}` must be a text in quotes"))),
        }
    }

    fn required(&self, key: &str) -> Result<(String, Range<usize>), Problem> {
        self.text(key)?.ok_or_else(|| Problem {
            line: Some(self.doc.line(&self.span)),
            message: format!("{} has no `{key}`; add it", self.of),
        })
    }

    /// A switch.
    fn flag(&self, key: &str) -> Result<Option<bool>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Boolean(on) => Ok(Some(*on)),
            _ => Err(Problem {
                line: Some(self.doc.line(&value.span())),
                message: format!("`{key}` must be true or false, without quotes"),
            }),
        }
    }

    /// A whole number of this range.
    fn number(&self, key: &str, range: RangeInclusive<u64>) -> Result<Option<u64>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        let number = match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number.filter(|number| range.contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(Problem {
                line: Some(self.doc.line(&value.span())),
                message: format!(
                    "`{key}` must be a whole number from {} to {}",
                    range.start(),
                    range.end()
                ),
            }),
        }
    }

    /// A table of its own, if it is there.
    fn section(
        &self,
        key: &str,
        known: &'static [&'static str],
        of: &'static str,
    ) -> Result<Option<Fields<'a>>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(None);
        };
        match value.get_ref() {
            DeValue::Table(table) => self.doc.table(table, &value.span(), of, known).map(Some),
            _ => Err(Problem {
                line: Some(self.doc.line(&value.span())),
                message: format!("`{key}` must be a table; write it as [{key}]"),
            }),
        }
    }

    /// A list of texts with their lines, perhaps empty.
    fn texts(&self, key: &str) -> Result<Vec<(String, usize)>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(Vec::new());
        };
        let problem = |span: &Range<usize>| Problem {
            line: Some(self.doc.line(span)),
            message: format!("`{key}` must be a list of texts in quotes; write it as [\"…\"]"),
        };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(problem(&value.span()));
        };
        let text = |item: &toml::Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::String(text) => Ok((text.clone().into_owned(), self.doc.line(&item.span()))),
            _ => Err(problem(&item.span())),
        };
        items.iter().map(text).collect()
    }

    /// A list of tables, perhaps empty.
    fn tables(
        &self,
        key: &str,
        form: &str,
    ) -> Result<Vec<(&'a DeTable<'a>, Range<usize>)>, Problem> {
        let Some(value) = self.table.get(key) else {
            return Ok(Vec::new());
        };
        let problem = |span: &Range<usize>| Problem {
            line: Some(self.doc.line(span)),
            message: format!("`{key}` must be a list of tables; write it as {form}"),
        };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(problem(&value.span()));
        };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::Table(table) => Ok((table, item.span())),
                _ => Err(problem(&item.span())),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
