//! The bytes that a terminal sends, taken apart: keys, pastes, the mouse, and its answers to what it
//! was asked. Reading them ourselves is what keeps an answer, however it is cut up on the way, from
//! being taken for keys.

mod sequence;
mod string;

use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use self::sequence::{application, mouse, sequence};
use self::string::{eight_bit, string};
use super::ask::Answer;
use super::copy::Copying;
use crate::runtime::tmux::Tmux;

/// A key that was pressed alone, or the beginning of a sequence: so long the rest is waited for.
const REST_OF_KEY: Duration = Duration::from_millis(25);
/// The rest of something that is no key; a line may be slow between two of its pieces.
const REST_OF_ANSWER: Duration = Duration::from_secs(1);
/// The longest answer that is kept; what exceeds it is thrown away up to its end.
const LONGEST_ANSWER: usize = 1024;
/// The largest paste that is kept, in bytes; what exceeds it is no list of files any more.
const LARGEST_PASTE: usize = 1 << 20;
const PASTE_END: &[u8] = b"\x1b[201~";
/// Nobody presses a key so soon behind a paste: what comes without such a pause was in what was pasted,
/// behind an end that a terminal which does not look at it (tmux among them) handed on.
const AFTER_PASTE: Duration = Duration::from_millis(100);
/// A paste whose rest does not come for so long may be left by Ctrl-C.
const REST_OF_PASTE: Duration = Duration::from_secs(1);
const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// One thing that the terminal sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    Event(Event),
    Answer(Answer),
    /// Not by the terminal, but of the same kind.
    Tmux(Tmux),
    /// Nobody reads the terminal any more.
    Deaf,
    /// A program did not take a copy: the terminal is the next to try.
    NotCopied(Copying),
}

/// Takes bytes as they come, however they are cut.
#[derive(Debug, Default)]
pub struct Keys {
    /// The beginning of something whose rest has not come.
    buffer: Vec<u8>,
    /// A paste that has not ended: its text.
    paste: Option<Vec<u8>>,
    /// The rest of it did not come for a while.
    stalled: bool,
    /// A paste has ended, and there was no pause since.
    pasted: bool,
}

/// What stands at the beginning of the buffer.
enum Step {
    /// So many bytes are this, or nothing that is used here.
    Take(usize, Option<Heard>),
    /// A paste begins after so many bytes.
    Paste(usize),
    /// More bytes are needed to know.
    More,
}

impl Keys {
    /// Takes bytes and gives what is whole.
    pub fn feed(&mut self, bytes: &[u8], mut give: impl FnMut(Heard)) {
        if std::mem::take(&mut self.stalled) && is_interrupt(bytes) {
            self.paste = None;
            self.buffer.clear();
            self.pasted = true;
            return;
        }
        self.buffer.extend_from_slice(bytes);
        loop {
            if let Some(text) = &mut self.paste {
                let Some(end) = find(&self.buffer, PASTE_END) else {
                    // The marker itself may be cut in two.
                    let whole = self.buffer.len().saturating_sub(PASTE_END.len() - 1);
                    keep(text, self.buffer.drain(..whole));
                    return;
                };
                keep(text, self.buffer.drain(..end));
                self.buffer.drain(..PASTE_END.len());
                let text = std::mem::take(text);
                self.paste = None;
                self.pasted = true;
                give(Heard::Event(Event::Paste(lossy(text))));
                continue;
            }
            match step(&self.buffer) {
                Step::Take(length, heard) => {
                    self.buffer.drain(..length);
                    if let Some(heard) = heard.filter(|heard| !(self.pasted && is_pressed(heard))) {
                        give(heard);
                    }
                }
                Step::Paste(length) => {
                    self.buffer.drain(..length);
                    self.paste = Some(Vec::new());
                }
                Step::More => break,
            }
        }
        if self.buffer.len() > LONGEST_ANSWER {
            // Its first bytes say what it is, its last one may be half of its end.
            let last = self.buffer.len() - 1;
            self.buffer.drain(LONGEST_ANSWER / 2..last);
        }
    }

    /// How long the rest of what has begun is waited for, if something has.
    pub fn patience(&self) -> Option<Duration> {
        if self.paste.is_some() {
            return (!self.stalled).then_some(REST_OF_PASTE);
        }
        match self.buffer.as_slice() {
            [] | [ESC] | [ESC, ESC] if self.pasted => Some(AFTER_PASTE),
            [] => None,
            [ESC] | [ESC, ESC] => Some(REST_OF_KEY),
            _ => Some(REST_OF_ANSWER),
        }
    }

    /// The rest did not come: what is there is a key of its own, or nothing.
    pub fn give_up(&mut self, mut give: impl FnMut(Heard)) {
        if self.paste.is_some() {
            self.stalled = true;
            return;
        }
        let begun = std::mem::take(&mut self.buffer);
        if std::mem::take(&mut self.pasted) {
            return;
        }
        match begun.as_slice() {
            [ESC] => give(key(KeyCode::Esc, KeyModifiers::NONE)),
            [ESC, ESC] => {
                give(key(KeyCode::Esc, KeyModifiers::NONE));
                give(key(KeyCode::Esc, KeyModifiers::NONE));
            }
            [ESC, byte] if byte.is_ascii() => give(with_alt(*byte)),
            _ => {}
        }
    }
}

/// What somebody did with a hand, and what would do something here.
const fn is_pressed(heard: &Heard) -> bool {
    matches!(heard, Heard::Event(Event::Key(_) | Event::Mouse(_)))
}

/// Ctrl-C and nothing else.
fn is_interrupt(bytes: &[u8]) -> bool {
    match step(bytes) {
        Step::Take(length, Some(heard)) => length == bytes.len() && heard == plain(3),
        _ => false,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

/// Adds to a paste, up to what is kept of one.
fn keep(text: &mut Vec<u8>, more: impl Iterator<Item = u8>) {
    let room = LARGEST_PASTE.saturating_sub(text.len());
    let mut more = more;
    text.extend(more.by_ref().take(room));
    more.for_each(drop);
}

/// A paste that was cut at its largest size may end within a character.
fn lossy(bytes: Vec<u8>) -> String {
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let whole = error.utf8_error().error_len().is_none();
            let end = error.utf8_error().valid_up_to();
            let bytes = error.into_bytes();
            let kept = if whole { bytes.get(..end) } else { None };
            String::from_utf8_lossy(kept.unwrap_or(&bytes)).into_owned()
        }
    }
}

fn key(code: KeyCode, modifiers: KeyModifiers) -> Heard {
    Heard::Event(Event::Key(KeyEvent::new(code, modifiers)))
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [ESC] | [ESC, ESC] => Step::More,
        [ESC, b'[', rest @ ..] => csi(rest),
        [ESC, b'O', rest @ ..] => match rest.first() {
            None => Step::More,
            Some(byte) => Step::Take(3, application(*byte)),
        },
        [ESC, b']' | b'P' | b'_' | b'^' | b'X', ..] => string(bytes),
        // Some terminals put Alt in front of a whole sequence.
        [ESC, ESC, b'[' | b'O', ..] => match step(&bytes[1..]) {
            Step::Take(length, Some(Heard::Event(Event::Key(mut event)))) => {
                event.modifiers |= KeyModifiers::ALT;
                Step::Take(length + 1, Some(Heard::Event(Event::Key(event))))
            }
            Step::Take(length, other) => Step::Take(length + 1, other),
            Step::Paste(length) => Step::Paste(length + 1),
            Step::More => Step::More,
        },
        [ESC, ESC, ..] => Step::Take(1, Some(key(KeyCode::Esc, KeyModifiers::NONE))),
        [ESC, rest @ ..] => match step(rest) {
            Step::Take(length, Some(Heard::Event(Event::Key(mut event)))) => {
                event.modifiers |= KeyModifiers::ALT;
                Step::Take(length + 1, Some(Heard::Event(Event::Key(event))))
            }
            Step::Take(length, other) => Step::Take(length + 1, other),
            other => other,
        },
        [byte, ..] if byte.is_ascii() => Step::Take(1, Some(plain(*byte))),
        _ => eight_bit(bytes).unwrap_or_else(|| character(bytes)),
    }
}

/// Alt and this byte.
fn with_alt(byte: u8) -> Heard {
    match plain(byte) {
        Heard::Event(Event::Key(mut event)) => {
            event.modifiers |= KeyModifiers::ALT;
            Heard::Event(Event::Key(event))
        }
        other => other,
    }
}

/// A byte below 128 that stands alone.
fn plain(byte: u8) -> Heard {
    let ctrl = |c: u8| key(KeyCode::Char(char::from(c)), KeyModifiers::CONTROL);
    match byte {
        b'\r' => key(KeyCode::Enter, KeyModifiers::NONE),
        b'\t' => key(KeyCode::Tab, KeyModifiers::NONE),
        0x7f => key(KeyCode::Backspace, KeyModifiers::NONE),
        ESC => key(KeyCode::Esc, KeyModifiers::NONE),
        0 => ctrl(b' '),
        1..=26 => ctrl(byte - 1 + b'a'),
        28..=31 => ctrl(byte - 28 + b'4'),
        _ => letter(char::from(byte)),
    }
}

fn letter(c: char) -> Heard {
    let shift = if c.is_uppercase() {
        KeyModifiers::SHIFT
    } else {
        KeyModifiers::NONE
    };
    key(KeyCode::Char(c), shift)
}

fn character(bytes: &[u8]) -> Step {
    let head = bytes.get(..bytes.len().min(4)).unwrap_or(bytes);
    match std::str::from_utf8(head) {
        Ok(text) => match text.chars().next() {
            Some(c) => Step::Take(c.len_utf8(), Some(letter(c))),
            None => Step::More,
        },
        Err(error) if error.valid_up_to() > 0 => {
            let text = head
                .get(..error.valid_up_to())
                .and_then(|part| std::str::from_utf8(part).ok())
                .and_then(|part| part.chars().next());
            match text {
                Some(c) => Step::Take(c.len_utf8(), Some(letter(c))),
                None => Step::Take(1, None),
            }
        }
        Err(error) => match error.error_len() {
            Some(length) => Step::Take(length, None),
            None => Step::More,
        },
    }
}

/// What follows `ESC [`; lengths count those two bytes.
fn csi(rest: &[u8]) -> Step {
    match rest {
        [b'[', byte, ..] => {
            let code = matches!(byte, b'A'..=b'E').then(|| KeyCode::F(byte - b'A' + 1));
            return Step::Take(4, code.map(|code| key(code, KeyModifiers::NONE)));
        }
        [b'M', state, column, row, ..] => {
            let at = |byte: u8| u16::from(byte.saturating_sub(33));
            let state = u16::from(state.saturating_sub(32));
            return Step::Take(6, mouse(state, at(*column), at(*row), false));
        }
        [b'M' | b'[', ..] => return Step::More,
        _ => {}
    }
    let Some(end) = rest.iter().position(|byte| !matches!(byte, 0x20..=0x3f)) else {
        return Step::More;
    };
    let (Some(text), Some(last)) = (rest.get(..end), rest.get(end)) else {
        return Step::More;
    };
    if !matches!(last, 0x40..=0x7e) {
        // Cut off by whatever begins here.
        return Step::Take(2 + end, None);
    }
    let length = 2 + end + 1;
    if (text, *last) == (b"200", b'~') {
        return Step::Paste(length);
    }
    let text = std::str::from_utf8(text).unwrap_or_default();
    let heard = sequence(text, *last)
        .or_else(|| Answer::of_sequence(text, char::from(*last)).map(Heard::Answer));
    Step::Take(length, heard)
}

#[cfg(test)]
mod tests;
