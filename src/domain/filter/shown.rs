//! A filter as a text that parses to the same.

use std::fmt;

use super::{Field, Filter, Sought, Test};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            let space = if at > 0 { " " } else { "" };
            let not = if term.not { "-" } else { "" };
            write!(f, "{space}{not}")?;
            match &term.test {
                Test::Word(word) => f.write_str(word.text())?,
                Test::Exact(text) => quote(f, text.text())?,
                Test::Text(field, sought) => {
                    let name = match field {
                        Field::Name => "name",
                        Field::Key => "key",
                        Field::Text => "text",
                        Field::Alt => "alt",
                        Field::Tag => "tag",
                        Field::Folder => "folder",
                        Field::Id => "id",
                    };
                    write!(f, "{name}:{sought}")?;
                }
                Test::Locale(sought) => write!(f, "locale:{sought}")?,
                Test::Type(sought) => write!(f, "type:{sought}")?,
                Test::Size(bound) => write!(f, "size:{bound}")?,
                Test::Changed(bound) => write!(f, "changed:{bound}")?,
                Test::Duplicate => f.write_str("is:duplicate")?,
                Test::Identical => f.write_str("is:identical")?,
                Test::Lookalike => f.write_str("is:lookalike")?,
                Test::Orphan => f.write_str("is:orphan")?,
                Test::HasAny(has) => write!(f, "{}:assets", has_word(*has))?,
                Test::HasNeutral(has) => write!(f, "{}:none", has_word(*has))?,
                Test::HasLocale(has, code) => {
                    write!(f, "{}:", has_word(*has))?;
                    quote(f, code.text())?;
                }
            }
        }
        Ok(())
    }
}

const fn has_word(has: bool) -> &'static str {
    if has { "has" } else { "missing" }
}

impl fmt::Display for Sought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Text(text) => quote(f, text.text()),
        }
    }
}

/// In quotes where it would be read as something else without.
fn quote(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
