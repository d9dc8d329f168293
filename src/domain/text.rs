//! The one way from foreign text (a service's, a file's name) to something that may be shown.
//!
//! Nothing is dropped, since two names must not come to look alike: what cannot be seen is shown as
//! a mark, `⟨1B⟩`, with the character's number. A `⟨` in the text is itself marked, so that marks
//! cannot be forged.
//!
//! Direction characters are marked like the rest, so foreign text turns nothing around. A name in a
//! right-to-left script keeps its letters in their order; that it does not run on into its neighbours
//! is the business of whoever puts it beside others, see [`direction`](super::direction).

use std::fmt::{self, Write as _};

/// Whether names are spelled in ASCII: the terminal shows nothing else.
#[cfg(not(test))]
static ASCII_ONLY: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
#[cfg(test)]
thread_local! {
    static ASCII_ONLY: std::sync::atomic::AtomicBool = const { std::sync::atomic::AtomicBool::new(false) };
}

/// Whether the locale's variables speak of a terminal that knows more than ASCII. A locale that is set
/// and is not UTF-8 does not; one that is not set at all says nothing, and terminals of today speak
/// UTF-8.
pub fn speaks_utf8(var: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| var(name).filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// From now on safe text is ASCII: what is not is spelled by its number, `\u{e9}`. Said once, by
/// whoever takes the terminal, before anything is shown.
pub fn spell_in_ascii() {
    #[cfg(not(test))]
    ASCII_ONLY.store(true, std::sync::atomic::Ordering::Relaxed);
    #[cfg(test)]
    ASCII_ONLY.with(|it| it.store(true, std::sync::atomic::Ordering::Relaxed));
}

/// Whether that was said.
pub fn ascii_only() -> bool {
    #[cfg(not(test))]
    return ASCII_ONLY.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(test)]
    return ASCII_ONLY.with(|it| it.load(std::sync::atomic::Ordering::Relaxed));
}

/// Every character that is not ASCII by its number. A backslash that could be taken for the beginning
/// of one is spelled, too, so that two texts never look alike.
fn spelled(text: &str, ends: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let inner = text.trim_matches(' ').len();
    let leading = text.len() - text.trim_start_matches(' ').len();
    for (at, c) in text.char_indices() {
        let begins = || text.get(at..).is_some_and(|rest| rest.starts_with("\\u{"));
        let edge = ends && c == ' ' && !(leading..leading + inner).contains(&at);
        if !c.is_ascii() || is_unseen(c) || edge || (c == '\\' && begins()) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// How many combining marks one character may carry before the rest is counted instead of shown.
const MAX_MARKS: usize = 8;

/// Text that may go to a terminal, a pipe or a log: one line, no control, direction or invisible
/// characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SafeText(String);

impl SafeText {
    /// A name or other text in which every character matters: spaces at its ends are marked too.
    pub fn name(text: &str) -> Self {
        Self(clean(text, true))
    }

    /// Running text: line ends and tabs become a space, everything else unseen is marked.
    pub fn prose(text: &str) -> Self {
        let one_line: String = text
            .chars()
            .map(|c| {
                if matches!(c, '\n' | '\r' | '\t') {
                    ' '
                } else {
                    c
                }
            })
            .collect();
        Self(clean(&one_line, false))
    }

    /// A sentence of ours with foreign text in it that was made safe when it was put in: marking its
    /// marks again would only confuse. Should something unseen be left all the same, all is marked.
    pub fn sentence(text: &str) -> Self {
        let unmarked = text.replace('⟨', "");
        if Self::prose(&unmarked).as_str() == unmarked {
            Self(text.to_owned())
        } else {
            Self::prose(text)
        }
    }

    /// Text of several lines, such as indented JSON: one safe text a line.
    pub fn lines(text: &str) -> Vec<Self> {
        text.lines().map(|line| Self(clean(line, false))).collect()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Display for SafeText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AsRef<str> for SafeText {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

fn clean(text: &str, ends: bool) -> String {
    if ascii_only() {
        return spelled(text, ends);
    }
    // Most names: nothing of them is unseen, and a frame has hundreds.
    let seen = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if seen && !(ends && (text.starts_with(' ') || text.ends_with(' '))) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut marks = 0_usize;
    let mut hidden_marks = 0_usize;
    let mut before: Option<char> = None;
    let trimmed_end = text.trim_end_matches(' ').len();
    let mut chars = text.char_indices().peekable();
    let mut leading = true;
    while let Some((at, c)) = chars.next() {
        if is_combining(c) {
            marks += 1;
            if marks > MAX_MARKS {
                hidden_marks += 1;
                continue;
            }
        } else {
            flush_marks(&mut out, &mut hidden_marks);
            marks = 0;
        }
        let next = chars.peek().map(|(_, c)| *c);
        leading &= c == ' ';
        let edge_space = ends && c == ' ' && (leading || at >= trimmed_end);
        let starts_with_mark = is_combining(c) && before.is_none();
        if c == '⟨'
            || edge_space
            || starts_with_mark
            || (is_unseen(c) && !joins_emoji(before, c, next))
        {
            mark(&mut out, c);
        } else {
            out.push(c);
        }
        before = Some(c);
    }
    flush_marks(&mut out, &mut hidden_marks);
    out
}

fn mark(out: &mut String, c: char) {
    // Writing to a String cannot fail.
    let _ = write!(out, "⟨{:02X}⟩", u32::from(c));
}

fn flush_marks(out: &mut String, hidden: &mut usize) {
    if *hidden > 0 {
        let _ = write!(out, "⟨+{hidden} marks⟩");
        *hidden = 0;
    }
}

/// A joiner or a presentation selector that does its proper work inside an emoji.
fn joins_emoji(before: Option<char>, c: char, next: Option<char>) -> bool {
    match c {
        '\u{200D}' => {
            before.is_some_and(|b| is_emoji(b) || b == '\u{FE0F}') && next.is_some_and(is_emoji)
        }
        '\u{FE0F}' => before.is_some_and(is_emoji),
        _ => false,
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x2190..=0x21FF | 0x2300..=0x27BF | 0x2900..=0x297F | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF)
}

/// Marks that draw over the character before them.
fn is_combining(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Control and direction characters: what drives a terminal or turns text around.
pub fn is_control_or_direction(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c),
            0x061C | 0x200E | 0x200F | 0x2028..=0x202E | 0x2066..=0x2069)
}

/// Characters that draw nothing, or nothing that tells them from a space or from each other.
pub fn is_unseen(c: char) -> bool {
    is_control_or_direction(c)
        || matches!(u32::from(c),
            0x00A0 | 0x00AD | 0x034F | 0x0600..=0x0605 | 0x06DD | 0x070F | 0x0890..=0x0891 | 0x08E2
            | 0x115F..=0x1160 | 0x1680 | 0x17B4..=0x17B5 | 0x180B..=0x180F
            | 0x2000..=0x200D | 0x202F | 0x205F..=0x2065 | 0x206A..=0x206F | 0x2800 | 0x3000 | 0x3164
            | 0xE000..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFB | 0xFFFE..=0xFFFF
            | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
            | 0xE0000..=0x10_FFFF)
}

/// Whether a character by itself shows what it is: neither unseen, nor a mark on the one before.
pub fn is_seen_alone(c: char) -> bool {
    !is_unseen(c) && !is_combining(c)
}

/// Text for the clipboard. Wherever it is pasted it runs nothing and turns nothing around: control and
/// direction characters are marks in it, line ends too. Everything else stays as it is.
pub fn pastable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_control_or_direction(c) {
            mark(&mut out, c);
        } else {
            out.push(c);
        }
    }
    out
}

/// Rewrites JSON text so that it can go to a terminal: unseen characters, which JSON allows only
/// inside strings, become `\u` escapes. The value stays the same.
pub fn escape_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut units = [0_u16; 2];
    for c in json.chars() {
        if is_unseen(c) {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_sentence_keeps_the_marks_that_are_in_it_unless_something_is_unseen() {
        let said = format!("“{}” is gone", SafeText::name(" a\x1b"));
        assert_eq!(SafeText::sentence(&said).as_str(), "“⟨20⟩a⟨1B⟩” is gone");
        assert_eq!(SafeText::sentence("⟨20⟩\x1b").as_str(), "⟨27E8⟩20⟩⟨1B⟩");
    }

    #[test]
    fn what_cannot_be_seen_is_marked() {
        assert_eq!(SafeText::name("a\x1b[31mb").as_str(), "a⟨1B⟩[31mb");
        assert_eq!(
            SafeText::name("x\u{202e}gnp.exe").as_str(),
            "x⟨202E⟩gnp.exe"
        );
        assert_eq!(SafeText::name(" a ").as_str(), "⟨20⟩a⟨20⟩");
        assert_eq!(SafeText::name("⟨1B⟩").as_str(), "⟨27E8⟩1B⟩");
        assert_eq!(SafeText::prose("a\nb").as_str(), "a b");
    }

    #[test]
    fn emoji_and_scripts_stay_whole() {
        for text in ["ヒーロー画像.png", "شعار.png", "👩‍💻.png", "⚙️.png", "café"]
        {
            assert_eq!(SafeText::name(text).as_str(), text);
        }
    }

    #[test]
    fn a_pile_of_marks_is_counted() {
        let pile = format!("a{}b", "\u{301}".repeat(20_000));
        let shown = SafeText::name(&pile).into_string();
        assert!(shown.len() < 60, "{shown}");
        assert!(shown.ends_with("⟨+19992 marks⟩b"));
    }

    #[test]
    fn in_ascii_two_names_never_look_alike() {
        let names = [
            "caf\u{e9}",
            "cafe\u{301}",
            "caf\\u{e9}",
            "caf?",
            "a\u{2013}b",
            "a-b",
            "a\u{1b}b",
            "a<1B>b",
            "a\u{2026}",
            "a~",
            " a",
            "a ",
            "a",
        ];
        let shown: std::collections::HashSet<String> =
            names.iter().map(|name| spelled(name, true)).collect();
        assert_eq!(shown.len(), names.len(), "{shown:?}");
        assert!(
            shown
                .iter()
                .all(|it| it.is_ascii() && !it.chars().any(char::is_control))
        );
        assert!(shown.contains("caf\\u{e9}") && shown.contains("caf\\u{5c}u{e9}"));
    }

    #[test]
    fn what_is_pasted_runs_nothing() {
        assert_eq!(pastable("a\nb\x1b[201~\u{202e}c"), "a⟨0A⟩b⟨1B⟩[201~⟨202E⟩c");
        assert_eq!(
            pastable("ヒーロー\u{3000}画像 .png "),
            "ヒーロー\u{3000}画像 .png "
        );
    }

    #[test]
    fn json_keeps_its_value() {
        let value = serde_json::json!({ "name": "a\u{202e}\u{e0041}\u{9b}b" });
        let escaped = escape_json(&value.to_string());
        assert!(escaped.is_ascii());
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&escaped).unwrap(),
            value
        );
    }

    proptest! {
        #[test]
        fn nothing_unseen_gets_through(text in "\\PC{0,20}|[\\x00-\\x{10FFFF}]{0,20}") {
            let shown = SafeText::name(&text).into_string();
            let mut before = None;
            let chars: Vec<char> = shown.chars().collect();
            for (at, c) in chars.iter().enumerate() {
                let next = chars.get(at + 1).copied();
                prop_assert!(!is_unseen(*c) || joins_emoji(before, *c, next), "{:?}", shown);
                before = Some(*c);
            }
        }

        #[test]
        fn two_names_never_look_alike(a in "[a⟨⟩0-9AB\u{1b}\u{202e} ]{0,6}", b in "[a⟨⟩0-9AB\u{1b}\u{202e} ]{0,6}") {
            prop_assert_eq!(a == b, SafeText::name(&a) == SafeText::name(&b));
        }
    }
}
