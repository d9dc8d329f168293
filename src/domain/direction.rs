//! Where right-to-left text ends, for terminals that turn it around.
//!
//! Cells and columns are written from left to right, a right-to-left name in them in the order of its
//! letters. A terminal that knows such scripts turns each run of them around, and takes what stands
//! between two of them for a part of the run: blanks, numbers, the frame. Two names beside each other
//! would change places, and the frame with them. A left-to-right mark behind such a name ends its
//! run; it takes no column, and it is the only direction character that we ever write, since those of
//! foreign text are shown as marks (see [`SafeText`](super::SafeText)). Isolates would say the same, but
//! more terminals draw those as a box. What goes into a pipe or a file is left as it is.

use std::borrow::Cow;

/// The left-to-right mark.
pub const END: char = '\u{200e}';

/// Letters of scripts that are written from right to left.
pub fn is_right_to_left(c: char) -> bool {
    matches!(u32::from(c),
        0x0590..=0x08FF | 0xFB1D..=0xFDFF | 0xFE70..=0xFEFC | 0x10800..=0x10FFF | 0x1E800..=0x1EFFF)
}

/// The text with a mark behind it, if it would run on into what comes next.
pub fn ended(text: &str) -> Cow<'_, str> {
    let strong = |c: &char| c.is_alphabetic() || is_right_to_left(*c);
    match text.chars().rev().find(strong) {
        Some(last) if is_right_to_left(last) => Cow::Owned(format!("{text}{END}")),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_would_run_on_is_ended() {
        for text in ["hero.png", "ヒーロー", "לוגו.svg", "12", ""] {
            assert_eq!(ended(text), text);
        }
        assert_eq!(ended("שלום 2"), "שלום 2\u{200e}");
        assert_eq!(ended("hero شعار"), "hero شعار\u{200e}");
    }
}
