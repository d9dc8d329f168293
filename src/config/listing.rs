//! The settings one by one: what holds, and whether the file says it or it is the default.

use toml::de::{DeTable, DeValue};

/// Its uncommented lines are the defaults; `tests` hold that.
pub(super) const EXAMPLE: &str = include_str!("../../config.example.toml");

/// One setting that has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `terminal.title`, or `accounts.NAME.base_url`.
    pub key: String,
    /// As it stands in a settings file.
    pub value: String,
    /// The file says it; else it is the default.
    pub written: bool,
}

/// Every setting with a value, in the order of the example, then what else the file says.
pub fn settings(text: &str) -> Vec<Setting> {
    let written = read(text);
    let mut settings: Vec<Setting> = Vec::new();
    for (key, default) in read(EXAMPLE) {
        if key.starts_with("accounts.") {
            continue;
        }
        let own = written.iter().find(|(known, _)| *known == key);
        settings.push(Setting {
            value: own.map_or(default, |(_, value)| value.clone()),
            written: own.is_some(),
            key,
        });
    }
    for (key, value) in written {
        if settings.iter().all(|setting| setting.key != key) {
            settings.push(Setting {
                key,
                value,
                written: true,
            });
        }
    }
    settings
}

/// Lists of tables of which each is named by one of its keys: its rows stand by that name.
const NAMED: &[(&str, &str)] = &[("accounts", "name"), ("containers", "id")];

/// The keys of a file and how their values are written. A file that was refused has none.
fn read(text: &str) -> Vec<(String, String)> {
    let Ok(root) = DeTable::parse(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    rows(text, "", root.get_ref(), &mut found);
    found.sort_by_key(|(at, _, _)| *at);
    found
        .into_iter()
        .map(|(_, key, value)| (key, value))
        .collect()
}

fn rows(text: &str, section: &str, table: &DeTable<'_>, found: &mut Vec<(usize, String, String)>) {
    for (key, value) in table {
        let key = key.get_ref();
        let key_of = |name: &str| match section {
            "" => name.to_owned(),
            section => format!("{section}.{name}"),
        };
        let by = NAMED.iter().find(|(list, _)| list == key);
        match (value.get_ref(), by) {
            (DeValue::Table(table), _) => {
                rows(text, &key_of(key), table, found);
                continue;
            }
            (DeValue::Array(items), Some((_, by))) => {
                for item in items {
                    if let DeValue::Table(table) = item.get_ref() {
                        let name = match table.get(*by).map(toml::Spanned::get_ref) {
                            Some(DeValue::String(name)) => name.as_ref(),
                            _ => "",
                        };
                        rows(text, &key_of(&format!("{key}.{name}")), table, found);
                    }
                }
                continue;
            }
            _ => {}
        }
        let span = value.span();
        let written = text.get(span.clone()).unwrap_or_default();
        // On one line, whatever the file made of it.
        let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
        found.push((span.start, key_of(key), written));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::model;

    #[test]
    fn what_the_file_says_comes_before_the_default() {
        let text = "[[accounts]]\nname = \"a\"\nprovider = \"p\"\n[[accounts.containers]]\nid = \"7\"\nlocale = \"de\"\n\n[terminal]\ntitle = false\n\n[keys]\nupload = [\n  \"u\",\n]\n";
        let settings = settings(text);
        let find = |key: &str| {
            settings
                .iter()
                .find(|it| it.key == key)
                .map(|it| (it.value.as_str(), it.written))
        };
        assert_eq!(find("terminal.title"), Some(("false", true)));
        assert_eq!(find("terminal.notify"), Some(("\"bell\"", false)));
        assert_eq!(find("keys.upload"), Some(("[ \"u\", ]", true)));
        assert_eq!(find("accounts.a.provider"), Some(("\"p\"", true)));
        assert_eq!(
            find("accounts.a.containers.7.locale"),
            Some(("\"de\"", true))
        );
        assert_eq!(find("pictures.send_limit"), None, "it has no value");
    }

    #[test]
    fn the_examples_values_are_the_defaults() {
        let defaults = model::parse("").unwrap();
        let example = model::parse(EXAMPLE).unwrap();
        assert_eq!(example.terminal, defaults.terminal);
        assert_eq!(example.shape, defaults.shape);
        assert_eq!(example.pictures, defaults.pictures);
        assert_eq!(example.keep_index, defaults.keep_index);
        assert_eq!(example.sending.at_once.unwrap(), model::AT_ONCE_DEFAULT);
        assert_eq!(example.sending.usual, model::Usual::default());
    }
}
