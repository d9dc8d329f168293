//! Line editing: the keys of the shell, and pastes that are only ever text.

use tui_input::{Input, InputRequest};

use super::key::{Code, Key};

/// The longest paste that is taken, in characters.
const PASTE: usize = 20_000;

/// Edits a line by one key; says whether the text changed.
pub fn key(line: &mut Input, key: Key) -> bool {
    let request = match (key.code, key.ctrl, key.alt) {
        (Code::Char(c), false, false) => InputRequest::InsertChar(c),
        (Code::Char('a'), true, _) | (Code::Home, ..) => InputRequest::GoToStart,
        (Code::Char('e'), true, _) | (Code::End, ..) => InputRequest::GoToEnd,
        (Code::Char('u'), true, _) => InputRequest::DeleteFromStart,
        (Code::Char('k'), true, _) => InputRequest::DeleteTillEnd,
        (Code::Char('w') | Code::Backspace, true, _) => InputRequest::DeletePrevWord,
        (Code::Backspace, ..) | (Code::Char('h'), true, _) => InputRequest::DeletePrevChar,
        (Code::Delete, ..) => InputRequest::DeleteNextChar,
        (Code::Left, true, _) => InputRequest::GoToPrevWord,
        (Code::Right, true, _) => InputRequest::GoToNextWord,
        (Code::Left, ..) => InputRequest::GoToPrevChar,
        (Code::Right, ..) => InputRequest::GoToNextChar,
        _ => return false,
    };
    line.handle(request).is_some_and(|changed| changed.value)
}

/// Puts pasted text in at the cursor: line ends and tabs become spaces, control characters go.
pub fn paste(line: &mut Input, text: &str) {
    let clean: String = text
        .trim_end_matches(['\r', '\n'])
        .chars()
        .map(|c| if matches!(c, '\n' | '\t') { ' ' } else { c })
        .filter(|c| !c.is_control())
        .take(PASTE)
        .collect();
    let before: String = line.value().chars().take(line.cursor()).collect();
    let after: String = line.value().chars().skip(line.cursor()).collect();
    let cursor = line.cursor() + clean.chars().count();
    *line = Input::new(format!("{before}{clean}{after}")).with_cursor(cursor);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paste_is_one_line_without_controls() {
        let mut line = Input::new("ab".to_owned()).with_cursor(1);
        paste(&mut line, "x\x1b[31m\ny\r\n");
        assert_eq!(line.value(), "ax[31m yb");
        assert_eq!(line.cursor(), 8);
    }

    #[test]
    fn the_shells_keys_edit() {
        let mut line = Input::new("one two".to_owned());
        assert!(key(&mut line, Key::ctrl('w')));
        assert_eq!(line.value(), "one ");
        assert!(!key(&mut line, Key::ctrl('a')));
        assert!(key(&mut line, Key::char('G')));
        assert_eq!(line.value(), "Gone ");
        assert!(!key(&mut line, Key::ctrl('d')));
    }
}
