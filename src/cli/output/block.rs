//! The block of lines below all others on a terminal, which is drawn again in its place and taken
//! away before anything else is printed.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use super::cut;

/// Columns that are left free: some terminals go on to the next line behind the last one, and what
/// the user types, such as `^C`, is echoed behind the block.
pub const MARGIN: usize = 3;

/// What stands on the terminal now. The cursor is behind its last character.
#[derive(Debug, Default)]
pub struct Block {
    /// Widths of the lines.
    shown: Vec<usize>,
}

impl Block {
    /// What draws these lines, whose text is safe already, in place of the last ones, on a terminal
    /// of so many columns and rows.
    pub fn draw(&mut self, lines: &[String], (columns, rows): (usize, usize)) -> String {
        let width = columns.saturating_sub(MARGIN).max(1);
        let most = rows.saturating_sub(1).max(1);
        let lines: Vec<String> = lines[lines.len().saturating_sub(most)..]
            .iter()
            .map(|line| cut(line, width))
            .collect();
        let mut text = self.home(columns);
        for (at, line) in lines.iter().enumerate() {
            let end = if at + 1 < lines.len() { "\r\n" } else { "" };
            // What is left of the old line goes only when the new one stands: nothing flickers.
            let _ = write!(text, "{line}\x1b[K{end}");
        }
        text.push_str("\x1b[J");
        self.shown = lines.iter().map(|line| line.width()).collect();
        text
    }

    /// What takes it away; empty when there is none.
    pub fn lift(&mut self, columns: usize) -> String {
        if self.shown.is_empty() {
            return String::new();
        }
        let mut text = self.home(columns);
        text.push_str("\x1b[J");
        self.shown.clear();
        text
    }

    /// Others have written since: the next one is drawn below, and nothing of theirs is touched.
    pub fn forget(&mut self) {
        self.shown.clear();
    }

    /// To the beginning of its first line.
    fn home(&self, columns: usize) -> String {
        if self.shown.is_empty() {
            return "\r".to_owned();
        }
        if self.shown.iter().any(|width| *width >= columns) {
            // The window became narrower than a line. Terminals differ in what they do then, so
            // where the block begins is not known; what stands above it must not be lost.
            return "\r\n".to_owned();
        }
        match self.shown.len() - 1 {
            0 => "\r".to_owned(),
            up => format!("\r\x1b[{up}A"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terminal(rows: u16, columns: u16) -> vt100::Parser {
        let some = |count| std::num::NonZero::new(count).unwrap();
        vt100::Parser::new(some(rows), some(columns), 0)
    }

    fn lines(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn it_is_drawn_in_its_place_and_goes_without_a_trace() {
        let mut terminal = terminal(6, 20);
        let mut block = Block::default();
        terminal.process(b"above\r\n");
        for count in [3, 1, 4, 2] {
            let texts: Vec<String> = (0..count).map(|at| format!("{count} line {at}")).collect();
            terminal.process(block.draw(&texts, (20, 6)).as_bytes());
            let shown = format!("above\n{}", texts.join("\n"));
            assert_eq!(terminal.screen().contents(), shown);
        }
        terminal.process(block.lift(20).as_bytes());
        terminal.process(b"below\r\n");
        assert_eq!(terminal.screen().contents(), "above\nbelow");
        assert_eq!(block.lift(20), "");
    }

    #[test]
    fn nothing_wraps_on_a_narrow_terminal() {
        let mut terminal = terminal(3, 20);
        let mut block = Block::default();
        terminal.process(b"above\r\n");
        let texts = lines(&[
            "日本語のとても長いファイル名.png  41 %",
            "a\u{301}".repeat(40).as_str(),
        ]);
        for _ in 0..3 {
            terminal.process(block.draw(&texts, (20, 3)).as_bytes());
            let shown = terminal.screen().contents();
            assert!(shown.starts_with("above\n日本語のとても長…\n"), "{shown:?}");
            assert_eq!(shown.lines().count(), 3);
        }
        // One column, one row.
        for (columns, rows) in [(1, 1), (0, 0), (2, 1)] {
            let _ = Block::default().draw(&texts, (columns, rows));
        }
    }

    #[test]
    fn more_lines_than_rows_lose_the_first() {
        let mut terminal = terminal(3, 20);
        let mut block = Block::default();
        let texts = lines(&["one", "two", "three", "total"]);
        for _ in 0..2 {
            terminal.process(block.draw(&texts, (20, 3)).as_bytes());
            assert_eq!(terminal.screen().contents(), "three\ntotal");
        }
    }

    #[test]
    fn a_window_that_became_narrower_keeps_what_stands_above() {
        let mut block = Block::default();
        block.draw(&lines(&["a line of some length", "total"]), (80, 24));
        let drawn = block.draw(&lines(&["x", "y"]), (10, 24));
        assert!(
            drawn.starts_with("\r\n") && !drawn.contains('A'),
            "{drawn:?}"
        );
        // A wider one is no trouble.
        assert!(
            block
                .draw(&lines(&["x"]), (200, 24))
                .starts_with("\r\x1b[1A")
        );
    }
}
