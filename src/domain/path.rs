//! Folders and file names on a service: what may be sent, and what came back.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

/// Why a folder or a file name cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    #[error("a name cannot be empty")]
    Empty,
    #[error("the folder has an empty part; write it like public/images")]
    EmptyPart,
    #[error("`.` and `..` cannot be part of a folder; write it like public/images")]
    Steps,
    #[error("“{0}” holds a character that cannot be seen; rename it")]
    Hidden(String),
    #[error("“{0}” holds `{1}`, which the service's storage cannot hold; rename it")]
    Character(String, char),
    #[error("“{0}” ends with a dot or a space, which the service's storage drops; rename it")]
    End(String),
    #[error("“{0}” is a name that the service's storage reserves; rename it")]
    Reserved(String),
    #[error("“{0}” is longer than {MAX_PART_BYTES} bytes; shorten it")]
    Long(String),
}

/// The longest part that file systems commonly hold.
const MAX_PART_BYTES: usize = 255;

/// The rule for one part of a path, whether folder or file. The set of characters is what
/// Windows-like storage refuses, which is inferred of one of the services.
fn check_part(part: &str) -> Result<(), PathError> {
    let shown = || super::SafeText::name(part).to_string();
    if part.is_empty() {
        return Err(PathError::Empty);
    }
    if part == "." || part == ".." {
        return Err(PathError::Steps);
    }
    if part.chars().any(super::text::is_control_or_direction) {
        return Err(PathError::Hidden(shown()));
    }
    if let Some(found) = part.chars().find(|c| r#"<>:"|?*/\"#.contains(*c)) {
        return Err(PathError::Character(shown(), found));
    }
    if part.ends_with(['.', ' ']) {
        return Err(PathError::End(shown()));
    }
    if is_reserved(part) {
        return Err(PathError::Reserved(shown()));
    }
    if part.len() > MAX_PART_BYTES {
        let start: String = part.chars().take(40).collect();
        return Err(PathError::Long(format!(
            "{}…",
            super::SafeText::name(&start)
        )));
    }
    Ok(())
}

/// A text in composed Unicode (NFC). Most names are plain, and are it already.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    text.nfc().collect()
}

/// How the letters of a text are written in Unicode, for the one who has to tell apart names that look
/// the same; it goes behind *its letters are*.
pub fn composition(text: &str) -> &'static str {
    if composed(text) == text {
        "composed (é is one character)"
    } else if text.nfd().eq(text.chars()) {
        "decomposed (é is e and an accent)"
    } else {
        "partly decomposed (some é are e and an accent)"
    }
}

/// The form in which two names are the same to storage that ignores case and composition. For
/// comparing only: it is neither sent nor shown.
pub fn twin_key(name: &str) -> String {
    // Composed already, as most names are: a listing of thousands is compared name by name.
    if name.is_ascii() {
        return name.trim_end_matches(['.', ' ']).to_ascii_lowercase();
    }
    name.nfc()
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .trim_end_matches(['.', ' '])
        .nfc()
        .collect()
}

/// Device names of Windows, with or without an extension.
pub fn is_reserved(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    matches!(
        stem.as_str(),
        "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$"
    ) || ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|rest| {
            matches!(
                rest,
                "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³"
            )
        })
    })
}

/// A folder inside a scope: relative, without parent steps. The root is the empty path.
///
/// Held as the one text that is sent, since every job of a long queue and every listed asset has one.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct AssetPath(Option<Arc<str>>);

impl AssetPath {
    /// The top of the scope.
    pub const fn root() -> Self {
        Self(None)
    }

    /// Reads a folder as a user writes it: slashes either way, in composed Unicode. Slashes at the
    /// ends are dropped; everything else that the service could not hold is refused.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        // Neither stands at an end of what is shown or sent, so neither is taken from there.
        let inner = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '\\'));
        if inner.is_empty() {
            return Ok(Self::root());
        }
        let mut parts = Vec::new();
        for part in inner.split(['/', '\\']) {
            if part.is_empty() {
                return Err(PathError::EmptyPart);
            }
            let part = composed(part);
            check_part(&part)?;
            parts.push(part);
        }
        Ok(Self::of(&parts))
    }

    /// Reads a folder as a service wrote it: nothing is refused, since it names what is there.
    /// Turned into a local path only by the one maker of local names.
    pub fn from_service(text: &str) -> Self {
        let parts = text.split(['/', '\\']).filter(|part| !part.is_empty());
        Self::of(&parts.collect::<Vec<_>>())
    }

    /// From parts that are not empty and hold no slash.
    fn of<T: Borrow<str>>(parts: &[T]) -> Self {
        Self((!parts.is_empty()).then(|| parts.join("/").into()))
    }

    /// The path with forward slashes, none at either end; empty for the root.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Outermost first.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.as_deref().into_iter().flat_map(|it| it.split('/'))
    }

    pub const fn is_root(&self) -> bool {
        self.0.is_none()
    }
}

impl fmt::Display for AssetPath {
    /// With forward slashes, none at either end: the form that is sent. For a screen, wrap it in
    /// [`SafeText`](super::SafeText).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AssetPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AssetPath({:?})", self.0.as_deref().unwrap_or_default())
    }
}

/// A file name that a service can hold, in composed Unicode.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName(Arc<str>);

impl FileName {
    /// Checks the name of a file that is to be sent.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let text = composed(text);
        check_part(&text)?;
        Ok(Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text itself, for whoever keeps it too.
    pub fn shared(&self) -> Arc<str> {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_folder_is_sent_with_forward_slashes() {
        assert_eq!(
            AssetPath::parse("/public\\images/").unwrap().to_string(),
            "public/images"
        );
        assert!(AssetPath::parse("").unwrap().is_root());
    }

    #[test]
    fn what_the_storage_cannot_hold_is_refused() {
        for text in [
            "..",
            "a/../b",
            "a//b",
            "a/./b",
            "nul",
            "com1.txt",
            "a:b",
            "x ",
            "x.",
            "a\u{202e}b",
            "a\nb",
        ] {
            let folder = format!("top/{text}/end");
            assert!(AssetPath::parse(&folder).is_err(), "{text:?}");
        }
        assert!(AssetPath::parse("..").is_err());
    }

    #[test]
    fn a_decomposed_name_is_composed() {
        assert_eq!(
            FileName::parse("cafe\u{301}.png").unwrap().as_str(),
            "café.png"
        );
    }

    #[test]
    fn twins_have_one_key() {
        assert_eq!(twin_key("Cafe\u{301}.PNG"), twin_key("café.png"));
        assert_ne!(twin_key("a.png"), twin_key("b.png"));
    }

    proptest! {
        #[test]
        fn a_plain_name_has_the_key_that_it_has_among_others(name in "[ -~]{0,12}[. ]{0,2}") {
            let among_others = twin_key(&format!("é{name}"));
            prop_assert_eq!(among_others, format!("é{}", twin_key(&name)));
        }

        #[test]
        fn blanks_and_slashes_at_an_end_are_not_taken(at in "[ /\\\\]{0,5}", name in "[a-c]{1,3}") {
            let path = AssetPath::parse(&format!("{at}{name}{at}")).unwrap();
            prop_assert_eq!(path.to_string(), name);
        }

        #[test]
        fn what_parses_never_climbs(text in ".{0,40}") {
            if let Ok(path) = AssetPath::parse(&text) {
                for part in path.parts() {
                    prop_assert!(!part.is_empty() && part != "." && part != "..");
                    prop_assert!(!part.contains(['/', '\\', '\0']));
                }
                prop_assert_eq!(AssetPath::parse(&path.to_string()).unwrap(), path);
            }
        }
    }
}
