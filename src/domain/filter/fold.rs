//! Folding, so that case and accents make no difference, and looking for one text in another.

use memchr::memmem::Finder;
use memchr::{memchr, memchr3};
use unicode_normalization::UnicodeNormalization;

/// Stands between the texts of a row: nothing that is looked for reaches across it.
pub const BETWEEN: char = '\n';

/// How well a word fits a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// Its letters stand in this order within one word of the row, from where a part of it begins.
    Loose,
    /// It stands there as it is.
    Whole,
}

/// Appends a text in the form that is compared: lower case, without accents, wide forms and ligatures
/// in plain letters, every kind of blank a space.
pub fn fold_into(text: &str, out: &mut String) {
    if text.is_ascii() && !text.bytes().any(|byte| byte < b' ') {
        let from = out.len();
        out.push_str(text);
        if let Some(new) = out.get_mut(from..) {
            new.make_ascii_lowercase();
        }
        return;
    }
    for c in text.nfkd() {
        if ('\u{300}'..='\u{36f}').contains(&c) {
            continue;
        }
        for c in c.to_lowercase() {
            match c {
                // What lower case has made of a dotted capital I.
                '\u{300}'..='\u{36f}' => {}
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'ø' => out.push('o'),
                'ł' => out.push('l'),
                'đ' | 'ð' => out.push('d'),
                'ı' => out.push('i'),
                c if c.is_whitespace() || c.is_control() => out.push(' '),
                c => out.push(c),
            }
        }
    }
}

/// The folded form of a text.
pub fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out
}

/// Which letters a folded text has, a bit for each: a row that lacks one of a word's is not looked
/// at any further.
pub fn letters(folded: &str) -> u64 {
    folded.bytes().fold(0, |all, byte| all | bit(byte))
}

const fn bit(byte: u8) -> u64 {
    match byte {
        b'a'..=b'z' => 1 << (byte - b'a'),
        b'0'..=b'9' => 1 << (26 + byte - b'0'),
        b' ' | b'\n' => 0,
        other => 1 << (36 + other % 28),
    }
}

/// A text that is looked for.
#[derive(Debug, Clone)]
pub struct Needle {
    /// As it was typed.
    text: String,
    folded: String,
    letters: u64,
    /// It is letters and digits alone.
    may_spread: bool,
    finder: Box<Finder<'static>>,
}

impl PartialEq for Needle {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Needle {
    pub fn new(text: String) -> Self {
        let folded = fold(&text);
        Self {
            letters: letters(&folded),
            may_spread: folded.chars().all(char::is_alphanumeric),
            finder: Box::new(Finder::new(&folded).into_owned()),
            text,
            folded,
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// It may stand in a text that has these letters.
    pub const fn may_stand(&self, letters: u64) -> bool {
        self.letters & !letters == 0
    }

    /// It stands in this folded text, which has these letters.
    pub fn is_in(&self, folded: &str, letters: u64) -> bool {
        self.may_stand(letters) && self.finder.find(folded.as_bytes()).is_some()
    }

    /// It stands in this text, which is not folded yet.
    pub fn is_part_of(&self, text: &str) -> bool {
        self.finder.find(fold(text).as_bytes()).is_some()
    }

    /// How its letters stand in this folded text, which has these letters.
    pub fn fits(&self, folded: &str, letters: u64) -> Option<Fit> {
        if !self.may_stand(letters) {
            return None;
        }
        if self.finder.find(folded.as_bytes()).is_some() {
            return Some(Fit::Whole);
        }
        // Who types a dot or a dash types a name as it is: `hero.png` is not `hero@2x.png`.
        if !self.may_spread {
            return None;
        }
        let near = if self.folded.is_ascii() {
            spread(folded.as_bytes(), self.folded.as_bytes())
        } else {
            spread_wide(folded, &self.folded)
        };
        near.then_some(Fit::Loose)
    }
}

/// The letters of `word` stand in this order in `text`: with no space between them, and the first
/// where a part of a word begins.
fn spread(text: &[u8], word: &[u8]) -> bool {
    let Some((first, rest)) = word.split_first() else {
        return true;
    };
    let mut at = 0;
    'words: while let Some(found) = memchr(*first, &text[at..]) {
        at += found + 1;
        if at > 1 && is_inner(text[at - 2]) && is_inner(*first) {
            continue;
        }
        for wanted in rest {
            let Some(found) = memchr3(*wanted, b' ', b'\n', &text[at..]) else {
                return false;
            };
            at += found + 1;
            if text[at - 1] != *wanted {
                continue 'words;
            }
        }
        return true;
    }
    false
}

/// A letter or a digit: a part of a word goes on behind it.
const fn is_inner(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80
}

/// The same by characters: bytes of one must not make up another.
fn spread_wide(text: &str, word: &str) -> bool {
    text.split([' ', BETWEEN]).any(|run| {
        let begins = |(at, _): &(usize, char)| {
            let before = run.get(..*at).and_then(|before| before.chars().next_back());
            !before.is_some_and(char::is_alphanumeric)
        };
        run.char_indices().filter(begins).any(|(at, _)| {
            let mut left = run.get(at..).unwrap_or_default().chars();
            let mut wanted = word.chars();
            // The part has to begin with the word's first letter.
            wanted.next() == left.next() && wanted.all(|wanted| left.any(|c| c == wanted))
        })
    })
}
