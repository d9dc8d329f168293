//! The section `[keys]`: a preset, and the keys of actions by their names.

use toml::de::DeValue;

use super::{Fields, Problem};
use crate::domain::{GivenKeys, KeyChoice};

/// Its keys that are no actions.
pub const KEYS: &[&str] = &["preset"];

/// Reads the section; names of actions are taken as they come.
pub fn read(top: &Fields<'_>) -> Result<KeyChoice, Problem> {
    let mut choice = KeyChoice::default();
    let Some(value) = top.table.get("keys") else {
        return Ok(choice);
    };
    let DeValue::Table(table) = value.get_ref() else {
        return Err(Problem {
            line: Some(top.doc.line(&value.span())),
            message: "`keys` must be a table; write it as [keys]".to_owned(),
        });
    };
    let fields = Fields {
        doc: top.doc,
        table,
        span: value.span(),
        of: "[keys]",
    };
    for (name, value) in table {
        let line = fields.doc.line(&name.span());
        let name = name.get_ref().as_ref();
        if KEYS.contains(&name) {
            choice.preset = fields.text(name)?.map(|(text, _)| (text, line));
            continue;
        }
        let keys = match value.get_ref() {
            DeValue::String(text) => vec![(text.clone().into_owned(), line)],
            _ => fields.texts(name)?,
        };
        choice.given.push(GivenKeys {
            action: name.to_owned(),
            line,
            keys,
        });
    }
    Ok(choice)
}
