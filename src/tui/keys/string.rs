//! What begins like a string of a terminal, with `ESC ]`, `ESC P`, `ESC _`, `ESC ^` or `ESC X`, and the
//! forms of such beginnings in one byte beyond ASCII.

use super::{Answer, BEL, ESC, Heard, LONGEST_ANSWER, Step, step, with_alt};

/// A string up to its end. What follows its beginning at once is never keys, also where it is no answer
/// to anything that was asked: a title that somebody asks the terminal for would be pressed.
pub(super) fn string(bytes: &[u8]) -> Step {
    let [_, kind, body @ ..] = bytes else {
        return Step::More;
    };
    // Alone it is Alt and that key.
    if body.is_empty() {
        return Step::More;
    }
    let mut at = 0;
    let (end, length) = loop {
        let rest = body.get(at..).unwrap_or_default();
        let Some(next) = rest
            .iter()
            .position(|byte| matches!(*byte, ESC | BEL | 0xc2))
        else {
            return Step::More;
        };
        let end = at + next;
        match body.get(end..).unwrap_or_default() {
            // What is carried through may have a bell in it.
            [BEL, ..] if *kind == b'P' => at = end + 1,
            [BEL, ..] => break (end, end + 1),
            [ESC, b'\\', ..] => break (end, end + 2),
            // tmux doubles those of what it carries.
            [ESC, ESC, ..] if body.starts_with(b"tmux;") => at = end + 2,
            [ESC | 0xc2] => return Step::More,
            // The one-byte form of the same, as UTF-8: alone that byte may be the middle of a letter.
            [0xc2, 0x9c, ..] => break (end, end + 2),
            [0xc2, ..] => at = end + 1,
            // The next key, or what cuts the string off.
            _ if end == 0 => return Step::Take(2, Some(with_alt(*kind))),
            _ => return Step::Take(2 + end, None),
        }
    };
    let text = body.get(..end).unwrap_or_default();
    let answer = (text.len() < LONGEST_ANSWER / 2)
        .then(|| Answer::of_string(*kind, text))
        .flatten();
    Step::Take(2 + length, answer.map(Heard::Answer))
}

/// A beginning in one byte, alone or as UTF-8: no key is that.
pub(super) fn eight_bit(bytes: &[u8]) -> Option<Step> {
    let (byte, length) = match bytes {
        [0xc2, byte, ..] => (*byte, 2),
        [byte, ..] => (*byte, 1),
        [] => return None,
    };
    if !(0x80..=0x9f).contains(&byte) {
        return None;
    }
    let rest = bytes.get(length..).unwrap_or_default();
    if !matches!(byte, 0x8f | 0x90 | 0x98 | 0x9b | 0x9d..=0x9f) {
        return Some(Step::Take(length, None));
    }
    // A key of its own it never is, unlike what begins with an escape.
    if rest.is_empty() {
        return Some(Step::More);
    }
    let long = [&[ESC, byte - 0x40], rest].concat();
    Some(match step(&long) {
        Step::Take(taken, heard) => Step::Take(taken + length - 2, heard),
        Step::Paste(taken) => Step::Paste(taken + length - 2),
        Step::More => Step::More,
    })
}
