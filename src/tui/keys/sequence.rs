//! What the sequences of keys and of the mouse mean.

use crossterm::event::{
    Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent, MouseEventKind,
};

use super::{Heard, key};

/// `ESC O` and a byte: keys of a keypad in application mode.
pub(super) fn application(byte: u8) -> Option<Heard> {
    let code = match byte {
        b'M' => KeyCode::Enter,
        b'P'..=b'S' => KeyCode::F(byte - b'P' + 1),
        _ => arrow(byte)?,
    };
    Some(key(code, KeyModifiers::NONE))
}

const fn arrow(byte: u8) -> Option<KeyCode> {
    Some(match byte {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'H' => KeyCode::Home,
        b'F' => KeyCode::End,
        _ => return None,
    })
}

/// A key, the mouse or the focus, by the parameters and the last byte of its sequence.
pub(super) fn sequence(text: &str, last: u8) -> Option<Heard> {
    if let Some(report) = text.strip_prefix('<') {
        let mut numbers = report.split(';').map(|number| number.parse::<u16>().ok());
        let (state, column, row) = (numbers.next()??, numbers.next()??, numbers.next()??);
        // Counted from 1; some terminals report 0 for what lies outside.
        let at = |place: u16| place.saturating_sub(1);
        return match last {
            b'M' => mouse(state, at(column), at(row), false),
            b'm' => mouse(state, at(column), at(row), true),
            _ => None,
        };
    }
    if text.starts_with(|c: char| !c.is_ascii_digit() && c != ';') {
        return None;
    }
    let mut parts = text.split(';');
    let number = parts.next().unwrap_or_default();
    let number = number.split(':').next().unwrap_or_default();
    let number: u32 = if number.is_empty() {
        1
    } else {
        number.parse().ok()?
    };
    let mut held = parts.next().unwrap_or_default().split(':');
    let modifiers = modifiers(held.next().unwrap_or_default());
    let kind = match held.next() {
        Some("2") => KeyEventKind::Repeat,
        Some("3") => KeyEventKind::Release,
        _ => KeyEventKind::Press,
    };
    let (code, more) = match last {
        b'I' => return Some(Heard::Event(Event::FocusGained)),
        b'O' => return Some(Heard::Event(Event::FocusLost)),
        b'Z' => (KeyCode::BackTab, KeyModifiers::SHIFT),
        b'P'..=b'S' if number == 1 => (KeyCode::F(last - b'P' + 1), KeyModifiers::NONE),
        b'~' => (numbered(number)?, KeyModifiers::NONE),
        b'u' => (unicode(number, modifiers)?, KeyModifiers::NONE),
        _ => (arrow(last)?, KeyModifiers::NONE),
    };
    let event = KeyEvent::new_with_kind(code, modifiers | more, kind);
    Some(Heard::Event(Event::Key(event)))
}

fn modifiers(text: &str) -> KeyModifiers {
    let bits = text.parse::<u16>().unwrap_or(1).saturating_sub(1);
    let all = [
        KeyModifiers::SHIFT,
        KeyModifiers::ALT,
        KeyModifiers::CONTROL,
        KeyModifiers::SUPER,
        KeyModifiers::HYPER,
        KeyModifiers::META,
    ];
    // Beyond these stand Caps Lock and Num Lock, which change no key of ours.
    let held = |(at, one): (usize, KeyModifiers)| (bits & (1 << at) != 0).then_some(one);
    all.into_iter().enumerate().filter_map(held).collect()
}

fn numbered(number: u32) -> Option<KeyCode> {
    let f = |first: u32, at: u32| u8::try_from(number - first + at).ok().map(KeyCode::F);
    Some(match number {
        1 | 7 => KeyCode::Home,
        2 => KeyCode::Insert,
        3 => KeyCode::Delete,
        4 | 8 => KeyCode::End,
        5 => KeyCode::PageUp,
        6 => KeyCode::PageDown,
        11..=15 => f(11, 1)?,
        17..=21 => f(17, 6)?,
        23..=26 => f(23, 11)?,
        28..=29 => f(28, 15)?,
        31..=34 => f(31, 17)?,
        _ => return None,
    })
}

/// A key by its number in the keyboard protocol that tells keys apart.
fn unicode(number: u32, modifiers: KeyModifiers) -> Option<KeyCode> {
    const KEYPAD: &[u8] = b"0123456789./*-+\r=,";
    Some(match number {
        9 => KeyCode::Tab,
        13 | 57_414 => KeyCode::Enter,
        27 => KeyCode::Esc,
        127 => KeyCode::Backspace,
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        57_399..=57_416 => {
            let at = usize::try_from(number - 57_399).ok()?;
            KeyCode::Char(char::from(*KEYPAD.get(at)?))
        }
        // Modifiers and media keys.
        57_344..=63_743 => return None,
        _ => {
            let c = char::from_u32(number)?;
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(upper), None) if modifiers.contains(KeyModifiers::SHIFT) => {
                    KeyCode::Char(upper)
                }
                _ => KeyCode::Char(c),
            }
        }
    })
}

/// A report of the mouse at this column and row, counted from 0.
pub(super) fn mouse(state: u16, column: u16, row: u16, released: bool) -> Option<Heard> {
    let number = (state & 0b11) | ((state & 0b1100_0000) >> 4);
    let button = match number {
        0 => Some(MouseButton::Left),
        1 => Some(MouseButton::Middle),
        2 => Some(MouseButton::Right),
        _ => None,
    };
    let moves = state & 0b10_0000 != 0;
    let kind = match (number, button) {
        (_, Some(button)) if released => MouseEventKind::Up(button),
        (_, Some(button)) if moves => MouseEventKind::Drag(button),
        (_, Some(button)) => MouseEventKind::Down(button),
        (3, None) if moves => MouseEventKind::Moved,
        (3, None) => MouseEventKind::Up(MouseButton::Left),
        (4, None) => MouseEventKind::ScrollUp,
        (5, None) => MouseEventKind::ScrollDown,
        (6, None) => MouseEventKind::ScrollLeft,
        (7, None) => MouseEventKind::ScrollRight,
        _ => return None,
    };
    let held = [
        (0b100, KeyModifiers::SHIFT),
        (0b1000, KeyModifiers::ALT),
        (0b1_0000, KeyModifiers::CONTROL),
    ];
    let modifiers = held
        .into_iter()
        .filter_map(|(bit, one)| (state & bit != 0).then_some(one))
        .collect();
    Some(Heard::Event(Event::Mouse(MouseEvent {
        kind,
        column,
        row,
        modifiers,
    })))
}
