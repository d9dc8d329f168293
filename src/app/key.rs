//! What comes from the terminal, as far as we use it: keys, pastes, sizes, mouse targets.

use std::fmt;
use std::str::FromStr;

use super::browse::{Pane, Widths};
use crate::domain::SafeText;
use crate::domain::text::is_seen_alone;

/// One event of the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// A bracketed paste, whole and untouched. It only ever enters text.
    Paste(String),
    /// Columns and rows.
    Resize(u16, u16),
    /// A click or wheel turn, already turned into what it hit.
    Mouse(MouseInput),
}

/// Where the mouse hit, by the last frame's boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Pane(Pane),
    /// The line between this pane and the next one.
    Divider(Pane),
    /// The topmost modal.
    Modal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseInput {
    /// `row` counts the shown rows of the target's list from 0.
    Click {
        target: Target,
        row: Option<usize>,
    },
    Wheel {
        target: Target,
        down: bool,
    },
    /// A divider was drawn along: how wide that makes the panes.
    Drag(Widths),
}

/// A key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// As typed: an upper-case letter is itself, without `shift`.
    Char(char),
    Enter,
    Esc,
    Tab,
    /// Shift and Tab.
    BackTab,
    Backspace,
    Delete,
    Insert,
    Home,
    End,
    PageUp,
    PageDown,
    Up,
    Down,
    Left,
    Right,
    F(u8),
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    /// Never set for characters and for `BackTab`, which carry it themselves.
    pub shift: bool,
}

impl Key {
    pub const fn plain(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
            shift: false,
        }
    }

    /// Brings what terminals report in different ways to one spelling.
    #[must_use]
    pub const fn normal(mut self) -> Self {
        match self.code {
            Code::Char(c) => {
                // Terminals report Ctrl with a letter in either case, with or without Shift.
                if self.ctrl {
                    self.code = Code::Char(c.to_ascii_lowercase());
                }
                self.shift = false;
            }
            Code::Tab if self.shift => {
                self.code = Code::BackTab;
                self.shift = false;
            }
            Code::BackTab => self.shift = false,
            _ => {}
        }
        self
    }

    /// The character it types into a field, if it does.
    pub const fn typed(&self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }
}

/// Words of keys that are not one character.
const NAMES: &[(&str, &str, Code)] = &[
    ("enter", "Enter", Code::Enter),
    ("esc", "Esc", Code::Esc),
    ("tab", "Tab", Code::Tab),
    ("shift-tab", "S-Tab", Code::BackTab),
    ("backspace", "Backspace", Code::Backspace),
    ("delete", "Del", Code::Delete),
    ("insert", "Ins", Code::Insert),
    ("home", "Home", Code::Home),
    ("end", "End", Code::End),
    ("pageup", "PgUp", Code::PageUp),
    ("pagedown", "PgDn", Code::PageDown),
    ("up", "↑", Code::Up),
    ("down", "↓", Code::Down),
    ("left", "←", Code::Left),
    ("right", "→", Code::Right),
    ("space", "Space", Code::Char(' ')),
];

/// The function keys that terminals know.
const FUNCTION_KEYS: std::ops::RangeInclusive<u8> = 1..=35;

/// Control characters that are the code of another key: a terminal does not tell the two apart.
const SAME: &[(char, &str)] = &[('m', "enter"), ('i', "tab"), ('[', "esc")];

/// A text that names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("`{0}` is no key; write it like `a`, `ctrl-x`, `space`, `f5` or `g g`")]
    Unknown(SafeText),
    #[error("`{0}` arrives as `{1}` from a terminal; write that")]
    Same(SafeText, &'static str),
    #[error("`{0}`: Shift makes another character of it; write the one that it types")]
    Shifted(SafeText),
    #[error("`{0}` holds a control character; write the key as a word: `{1}`")]
    Control(SafeText, String),
    #[error(
        "`{0}` holds a character that nobody sees by itself, so no hint could show it; write another key"
    )]
    Unseen(SafeText),
}

/// How the key is written that a terminal tells of by this control character.
fn word_of_control(c: char) -> Option<String> {
    let word = match u8::try_from(c).ok()? {
        b'\r' | b'\n' => "enter".to_owned(),
        b'\t' => "tab".to_owned(),
        0x1b => "esc".to_owned(),
        0x08 | 0x7f => "backspace".to_owned(),
        0 => "ctrl-space".to_owned(),
        code @ 1..=0x1f => format!("ctrl-{}", char::from(code + 0x40).to_ascii_lowercase()),
        _ => return None,
    };
    Some(word)
}

impl FromStr for Key {
    type Err = KeyError;

    /// Reads `a`, `G`, `ctrl-d`, `alt-x`, `space`, `f5`, `shift-tab`; `shift-x` is `X`.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bad = || KeyError::Unknown(SafeText::name(text));
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        let code = loop {
            if let Some((_, _, code)) = NAMES.iter().find(|(name, ..)| *name == rest) {
                break *code;
            }
            let mut chars = rest.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                if let Some(word) = word_of_control(c) {
                    return Err(KeyError::Control(SafeText::name(text), word));
                }
                if !is_seen_alone(c) {
                    return Err(KeyError::Unseen(SafeText::name(text)));
                }
                break Code::Char(c);
            }
            if let Some(number) = rest.strip_prefix('f').and_then(|n| n.parse::<u8>().ok()) {
                break { FUNCTION_KEYS.contains(&number) }
                    .then_some(Code::F(number))
                    .ok_or_else(bad)?;
            }
            if let Some(more) = rest.strip_prefix("ctrl-") {
                (ctrl, rest) = (true, more);
            } else if let Some(more) = rest.strip_prefix("alt-") {
                (alt, rest) = (true, more);
            } else if let Some(more) = rest.strip_prefix("shift-") {
                (shift, rest) = (true, more);
            } else {
                return Err(bad());
            }
        };
        let code = match code {
            Code::Char(c) if ctrl => match SAME.iter().find(|it| it.0 == c.to_ascii_lowercase()) {
                Some((_, same)) => return Err(KeyError::Same(SafeText::name(text), same)),
                None => code,
            },
            Code::Char(c) if shift => match (c.is_lowercase(), c.to_uppercase().next()) {
                (true, Some(upper)) => Code::Char(upper),
                _ if c.is_uppercase() => code,
                _ => return Err(KeyError::Shifted(SafeText::name(text))),
            },
            _ => code,
        };
        Ok(Self {
            code,
            ctrl,
            alt,
            shift,
        }
        .normal())
    }
}

impl Key {
    /// Reads what [`Display`](fmt::Display) writes.
    fn shown(text: &str) -> Option<Self> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        key.code = loop {
            if let Some((_, _, code)) = NAMES.iter().find(|(_, shown, _)| *shown == rest) {
                break *code;
            }
            let mut chars = rest.chars();
            if let (Some(c), None) = (chars.next(), chars.next()) {
                break Code::Char(c);
            }
            if let Some(number) = rest.strip_prefix('F').and_then(|n| n.parse().ok()) {
                break Code::F(number);
            }
            let (held, more) = rest.split_once('-')?;
            match held {
                "C" => key.ctrl = true,
                "M" => key.alt = true,
                "S" => key.shift = true,
                _ => return None,
            }
            rest = more;
        };
        Some(key)
    }
}

impl fmt::Display for Key {
    /// As people write it: `C-d`, `Space`, `↓`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("C-")?;
        }
        if self.alt {
            f.write_str("M-")?;
        }
        if self.shift {
            f.write_str("S-")?;
        }
        if let Some((_, shown, _)) = NAMES.iter().find(|(_, _, code)| *code == self.code) {
            return f.write_str(shown);
        }
        match self.code {
            Code::Char(c) => write!(f, "{c}"),
            Code::F(n) => write!(f, "F{n}"),
            _ => Ok(()),
        }
    }
}

/// Keys pressed one after the other, `g g`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chord(pub Vec<Key>);

impl FromStr for Chord {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let keys: Result<Vec<Key>, KeyError> = text.split_whitespace().map(str::parse).collect();
        let keys = keys?;
        if keys.is_empty() {
            return Err(KeyError::Unknown(SafeText::name(text)));
        }
        Ok(Self(keys))
    }
}

impl Chord {
    /// Reads what is shown of it, `C-s` or `g p`; `None` for other words about keys.
    pub fn shown(text: &str) -> Option<Self> {
        let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::shown).collect();
        keys.filter(|keys| !keys.is_empty()).map(Self)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str(" ")?;
            }
            write!(f, "{key}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_shown() {
        for (text, shown) in [
            ("a", "a"),
            ("G", "G"),
            ("ctrl-d", "C-d"),
            ("space", "Space"),
            ("shift-tab", "S-Tab"),
            ("f5", "F5"),
            ("-", "-"),
            ("down", "↓"),
        ] {
            let key = text.parse::<Key>().unwrap();
            assert_eq!(key.to_string(), shown);
            assert_eq!(Chord::shown(shown), Some(Chord(vec![key])));
        }
        assert_eq!("g g".parse::<Chord>().unwrap().to_string(), "g g");
        assert!("hyper-x".parse::<Key>().is_err());
        assert!(" ".parse::<Chord>().is_err());
        assert_eq!(Chord::shown("g p"), "g p".parse().ok());
        for words in ["", "h/l", "Tab/Enter", "paste", "other"] {
            assert_eq!(Chord::shown(words), None, "{words}");
        }
    }

    #[test]
    fn a_key_that_a_terminal_tells_otherwise_is_that_one_or_refused() {
        assert_eq!("shift-x".parse(), Ok(Key::char('X')));
        assert_eq!("alt-shift-x".parse::<Key>().unwrap().to_string(), "M-X");
        for (text, part) in [
            ("ctrl-m", "arrives as `enter`"),
            ("ctrl-I", "arrives as `tab`"),
            ("ctrl-[", "arrives as `esc`"),
            ("shift-1", "Shift makes another"),
            ("f0", "is no key"),
            ("f255", "is no key"),
        ] {
            let error = text.parse::<Key>().unwrap_err().to_string();
            assert!(error.contains(part) && error.contains(text), "{error}");
        }
        for (text, part) in [
            ("\u{1b}", "as a word: `esc`"),
            ("ctrl-\u{1b}", "as a word: `esc`"),
            ("\0", "`ctrl-space`"),
            ("\u{7}", "`ctrl-g`"),
            ("\u{7f}", "`backspace`"),
            ("\u{9b}", "nobody sees"),
            ("\u{202e}", "nobody sees"),
            ("\u{200b}", "nobody sees"),
            ("alt-\u{301}", "nobody sees"),
        ] {
            let error = text.parse::<Chord>().unwrap_err().to_string();
            assert!(error.contains(part), "{text:?}: {error}");
            assert!(!error.contains(|c: char| c.is_control()), "{error:?}");
        }
        for text in ["é", "日", "¬", "🙂"] {
            assert!(text.parse::<Key>().is_ok(), "{text}");
        }
        assert!("f35".parse::<Key>().is_ok());
    }

    #[test]
    fn a_control_letter_has_one_spelling() {
        let shifted = Key {
            shift: true,
            ..Key::ctrl('D')
        };
        assert_eq!(shifted.normal(), Key::ctrl('d'));
    }
}
