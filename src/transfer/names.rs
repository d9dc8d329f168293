//! The one maker of local names: from a service's file name to a name that is safe in a folder.

use unicode_normalization::UnicodeNormalization;

use crate::domain::{SafeText, text};

/// The longest name that file systems commonly hold, less room for nothing: bytes.
const MAX_BYTES: usize = 255;

/// Turns a service's name into one component of a local path. The result is never empty, never
/// `.` or `..`, holds no separator, no control or direction character, no leading dot (a saved
/// file must not become a settings file of another program) and fits the file system.
pub fn local_name(name: &str) -> String {
    let composed: String = name.nfc().collect();
    let mut out: String = composed
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
        }
    }
}
