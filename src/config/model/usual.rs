//! What holds for uploads and saves where nobody says otherwise: of all, of an account, of a container.

use super::{Fields, Problem};

/// As written, each with its line; whether a service has such a locale or folder, and whether the
/// patterns are any, is not for the settings to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usual {
    pub locale: Option<(String, usize)>,
    pub folder: Option<(String, usize)>,
    /// None are a word too: those of the account or of all do not hold then.
    pub patterns: Option<Vec<(String, usize)>>,
    /// Absolute, or below `~`.
    pub save_to: Option<String>,
}

impl Usual {
    /// With what another one says where this one says nothing.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            locale: self.locale.clone().or_else(|| other.locale.clone()),
            folder: self.folder.clone().or_else(|| other.folder.clone()),
            patterns: self.patterns.clone().or_else(|| other.patterns.clone()),
            save_to: self.save_to.clone().or_else(|| other.save_to.clone()),
        }
    }
}

/// Reads what the table says; which of the keys it may have is its owner's to say.
pub fn read(fields: &Fields<'_>) -> Result<Usual, Problem> {
    let text = |key: &str| -> Result<Option<(String, usize)>, Problem> {
        let text = fields.text(key)?;
        Ok(text.map(|(text, span)| (text, fields.doc.line(&span))))
    };
    let save_to = text("save_to")?;
    if let Some((folder, line)) = &save_to
        && !(folder.starts_with('/') || folder == "~" || folder.starts_with("~/"))
    {
        return Err(Problem {
            line: Some(*line),
            message: String::from(
                "`save_to` must begin with / or ~/, since commands run in many folders",
            ),
        });
    }
    let patterns = fields.texts("patterns")?;
    Ok(Usual {
        locale: text("locale")?,
        folder: text("folder")?,
        patterns: fields.table.contains_key("patterns").then_some(patterns),
        save_to: save_to.map(|(folder, _)| folder),
    })
}
