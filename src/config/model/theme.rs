//! The section `[theme]` and the files of themes: which one, and what it says of each role.

use toml::de::DeTable;

use super::{Doc, Fields, Problem, not_toml};
use crate::domain::{Looks, Role, When};

/// Its keys.
pub const KEYS: &[&str] = &["name"];

/// What a theme file may hold: the roles, and tables with those that differ.
const FILE_KEYS: &[&str] = &{
    let mut keys = [""; Role::COUNT + 2];
    let (roles, tables) = keys.split_at_mut(Role::COUNT);
    roles.copy_from_slice(&Role::NAMES);
    tables.copy_from_slice(&["light", "dark"]);
    keys
};

/// The name of the theme and its line, if one is chosen.
pub fn read(top: &Fields<'_>) -> Result<Option<(String, usize)>, Problem> {
    let Some(fields) = top.section("theme", KEYS, "[theme]")? else {
        return Ok(None);
    };
    let name = fields.text("name")?;
    Ok(name.map(|(name, span)| (name, fields.doc.line(&span))))
}

/// Reads a theme file: what it does not say is as in the theme `terminal`.
pub fn parse(text: &str) -> Result<Looks, Problem> {
    let doc = Doc(text);
    let root = DeTable::parse(text).map_err(|error| not_toml(&doc, &error))?;
    let top = doc.table(root.get_ref(), &root.span(), "the theme", FILE_KEYS)?;
    let mut looks = Looks::terminal();
    roles(&top, When::Always, &mut looks)?;
    for (key, of, when) in [
        ("light", "[light]", When::Light),
        ("dark", "[dark]", When::Dark),
    ] {
        if let Some(fields) = top.section(key, &Role::NAMES, of)? {
            roles(&fields, when, &mut looks)?;
        }
    }
    Ok(looks)
}

fn roles(fields: &Fields<'_>, when: When, looks: &mut Looks) -> Result<(), Problem> {
    for name in Role::NAMES {
        let (Some((text, span)), Some(role)) = (fields.text(name)?, Role::of(name)) else {
            continue;
        };
        let look = text.parse().map_err(|error| Problem {
            line: Some(fields.doc.line(&span)),
            message: format!("{error}"),
        })?;
        looks.set(role, when, look);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Colour;

    #[test]
    fn a_theme_says_what_differs() {
        let text = "warning = \"bold bright-yellow\"\n[light]\nwarning = \"#803000\"\n";
        let looks = parse(text).unwrap();
        let ink = |light| looks.look(Role::Warning, light).ink;
        assert_eq!(ink(None), Colour::Palette(11));
        assert_eq!(ink(Some(true)), Colour::Rgb(0x80, 0x30, 0));
        assert_eq!(
            looks.look(Role::Bad, None),
            Looks::terminal().look(Role::Bad, None)
        );
    }

    #[test]
    fn what_is_wrong_names_its_line_and_the_nearest_word() {
        for (text, line, said) in [
            ("\nwaring = \"red\"\n", 2, "did you mean `warning`?"),
            ("bad = \"blod red\"\n", 1, "did you mean `bold`?"),
            ("[light]\ncursr = \"red\"\n", 2, "did you mean `cursor`?"),
            ("bad = 3\n", 1, "text in quotes"),
            ("light = \"red\"\n", 1, "write it as [light]"),
            ("bad = \n", 1, "not valid TOML"),
        ] {
            let Problem { line: at, message } = parse(text).unwrap_err();
            assert_eq!(at, Some(line), "{text}");
            assert!(message.contains(said), "{text}: {message}");
        }
        assert!(FILE_KEYS.starts_with(&Role::NAMES));
    }
}
