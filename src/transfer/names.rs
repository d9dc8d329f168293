//! The one maker of local names: from a service's file name to a name that is safe in a folder.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::{SafeText, composed, text};

/// The longest name that file systems commonly hold, less room for nothing: bytes.
const MAX_BYTES: usize = 255;

/// Turns a service's name into one component of a local path. The result is never empty, never
/// `.` or `..`, holds no separator, no control or direction character, no leading dot (a saved
/// file must not become a settings file of another program) and fits the file system.
pub fn local_name(name: &str) -> String {
    let mut out: String = composed(name)
        .chars()
        .map(|c| {
            if text::is_unseen(c) && c != '\u{3000}' || r#"/\:*?"<>|"#.contains(c) {
                '_'
            } else {
                c
            }
        })
        .collect();
    // Dots and spaces at the end vanish on some file systems, and with them the difference.
    let kept = out.trim_end_matches(['.', ' ']).len();
    let dropped = out.split_off(kept);
    out.extend(dropped.chars().map(|_| '_'));
    let dots = out.chars().take_while(|c| *c == '.').count();
    out.replace_range(..dots, &"_".repeat(dots));
    if out.starts_with(' ') {
        out.replace_range(..1, "_");
    }
    if out.is_empty() {
        out.push_str("unnamed");
    }
    if crate::domain::is_reserved_name(&out) {
        out.insert(0, '_');
    }
    shorten(out)
}

/// The same name with a number before its extension, for a second file of that name.
pub(super) fn numbered(name: &str, number: usize) -> String {
    let dot = name
        .rfind('.')
        .filter(|at| *at > 0 && name.len() - at <= 16);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let number = format!("~{number}");
    let mut end = stem.len().min(MAX_BYTES - number.len() - extension.len());
    // One of full length that ends in this number would come back as it is.
    if stem.get(end..) == Some(&number) {
        end -= 1;
    }
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{number}{extension}", &stem[..end])
}

/// A file below a chosen folder: folders, outermost first, and a name, each of which
/// [`local_name`] made; so it cannot lead out of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LocalPath {
    folders: Vec<String>,
    name: String,
}

impl LocalPath {
    /// Makes a safe name of each part; the last one is the file's.
    pub fn new(parts: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let mut folders: Vec<String> = { parts.into_iter() }
            .map(|part| local_name(part.as_ref()))
            .collect();
        let name = folders.pop().unwrap_or_else(|| local_name(""));
        Self { folders, name }
    }

    /// Reads the written form. `None` when it is not one that was written: a part of it is no safe
    /// name as it stands.
    pub fn read(text: &str) -> Option<Self> {
        let made = Self::new(text.split('/'));
        (made.to_string() == text).then_some(made)
    }

    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is, below that folder.
    pub fn below(&self, root: &Path) -> PathBuf {
        let mut path = root.to_owned();
        path.extend(&self.folders);
        path.push(&self.name);
        path
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for folder in &self.folders {
            write!(f, "{folder}/")?;
        }
        f.write_str(&self.name)
    }
}

/// Cuts a long name in its middle, so that the extension stays.
fn shorten(name: String) -> String {
    if name.len() <= MAX_BYTES {
        return name;
    }
    let extension = name
        .rfind('.')
        .map(|at| name[at..].to_owned())
        .filter(|e| e.len() <= 16)
        .unwrap_or_default();
    let mut end = MAX_BYTES - extension.len() - "…".len();
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…{extension}", &name[..end])
}

/// The name for a message.
pub fn shown(name: &str) -> SafeText {
    SafeText::name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_names_become_plain_ones() {
        assert_eq!(local_name("../../etc/passwd"), "___.._etc_passwd");
        assert_eq!(local_name(".bashrc"), "_bashrc");
        assert_eq!(local_name(".."), "__");
        assert_eq!(local_name(""), "unnamed");
        assert_eq!(local_name("a\u{202e}gnp.exe"), "a_gnp.exe");
        assert_eq!(local_name("nul.txt"), "_nul.txt");
        assert_eq!(local_name("ヒーロー.png"), "ヒーロー.png");
        assert!(local_name(&("x".repeat(400) + ".png")).ends_with("….png"));
    }

    #[test]
    fn a_number_makes_another_name_of_the_longest_that_has_it_already() {
        let longest = format!("{}~2.png", "x".repeat(MAX_BYTES - 6));
        let second = numbered(&longest, 2);
        assert!(second != longest && second.ends_with("x~2.png"), "{second}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_local_name_is_one_plain_component(name in "[\\x00-\\x{10FFFF}]{0,300}") {
            let made = local_name(&name);
            prop_assert!(!made.is_empty() && made.len() <= MAX_BYTES);
            prop_assert!(!made.contains(['/', '\\', '\0']) && !made.starts_with('.'));
            let mut parts = std::path::Path::new(&made).components();
            prop_assert!(matches!(parts.next(), Some(std::path::Component::Normal(_))));
            prop_assert!(parts.next().is_none());
            prop_assert_eq!(local_name(&made), made.clone());
            let second = numbered(&made, 2);
            prop_assert_eq!(local_name(&second), second.clone());
            prop_assert!(second != made && second.len() <= MAX_BYTES);
        }

        #[test]
        fn a_local_path_reads_back_and_never_climbs(parts in prop::collection::vec(".{0,12}", 1..5), typed in "[./a~]{0,12}") {
            let made = LocalPath::new(&parts);
            prop_assert_eq!(LocalPath::read(&made.to_string()), Some(made.clone()));
            for path in [Some(made), LocalPath::read(&typed)].into_iter().flatten() {
                let below = path.below(Path::new("/x"));
                let steps = below.components().skip(2);
                prop_assert!(steps.clone().all(|step| matches!(step, std::path::Component::Normal(_))));
                prop_assert_eq!(steps.count(), path.folders().len() + 1);
            }
        }
    }
}
