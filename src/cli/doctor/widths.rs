//! How many columns this terminal gives to what terminals disagree about, against our tables.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{IsTerminal as _, Read as _, Write as _};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::Check;
use crate::cli::prompt::echo::Echo;

const OF: &str = "terminal";
const NAME: &str = "widths";

/// Each kind with one of it.
const SAMPLES: [(&str, &str); 7] = [
    ("lines, dots and arrows", "·…→"),
    ("Chinese, Japanese and Korean", "漢字"),
    ("combining marks", "e\u{301}"),
    ("emoji", "🎉"),
    ("emoji by a selector", "\u{2764}\u{fe0f}"),
    ("joined emoji", "👩‍💻"),
    ("flags", "🇩🇪"),
];

/// All answers come within this, also over a slow line, or none does.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Asks the terminal, if there is one that this program may ask.
pub fn check(var: impl Fn(&str) -> Option<String>) -> Option<Check> {
    let dumb = matches!(var("TERM").as_deref(), None | Some("dumb" | "unknown"));
    if dumb || !std::io::stderr().is_terminal() {
        return None;
    }
    Some(judge(&ask()?))
}

fn judge(drawn: &[usize]) -> Check {
    if drawn.len() < SAMPLES.len() {
        return Check::limited(OF, NAME, "the terminal does not say where its cursor is")
            .advice("If columns look shifted where names hold emoji, use --ascii.");
    }
    let others: Vec<String> = SAMPLES
        .iter()
        .zip(drawn)
        .filter(|((_, text), drawn)| ours(text) != **drawn)
        .map(|((kind, text), drawn)| format!("{kind} ({drawn} columns for {})", ours(text)))
        .collect();
    if others.is_empty() {
        return Check::works(
            OF,
            NAME,
            "it draws as wide as our tables say, emoji among that",
        );
    }
    Check::limited(OF, NAME, format!("it draws other widths than our tables: {}", others.join(", "))).advice(
        "Columns are shifted where names hold these. Set the terminal's ambiguous characters to narrow, take a \
         newer terminal or tmux, or use --ascii.",
    )
}

/// As the screen counts.
fn ours(text: &str) -> usize {
    text.graphemes(true).map(str::width).sum()
}

/// Draws each sample at the beginning of a line and asks where the cursor is then; takes all of it
/// away. `None` where nobody may be asked.
fn ask() -> Option<Vec<usize>> {
    let mut terminal = File::options()
        .read(true)
        .write(true)
        .open("/dev/tty")
        .ok()?;
    // In the background asking would stop this program.
    if rustix::termios::tcgetpgrp(&terminal).ok()? != rustix::process::getpgrp() {
        return None;
    }
    let _unseen = Echo::by_byte();
    let mut question = String::new();
    for (_, text) in SAMPLES {
        // Writing to a String cannot fail.
        let _ = write!(question, "\r{text}\x1b[6n");
    }
    question.push_str("\r\x1b[K");
    terminal.write_all(question.as_bytes()).ok()?;
    let until = Instant::now() + PATIENCE;
    let mut heard = Vec::new();
    let mut columns = Vec::new();
    while columns.len() < SAMPLES.len() {
        let left = until.saturating_duration_since(Instant::now());
        let left = Timespec::try_from(left).ok()?;
        let mut ready = [PollFd::new(&terminal, PollFlags::IN)];
        match poll(&mut ready, Some(&left)) {
            Ok(1..) => {}
            Err(rustix::io::Errno::INTR) => continue,
            Ok(0) | Err(_) => break,
        }
        let mut some = [0; 256];
        match terminal.read(&mut some) {
            Ok(count @ 1..) => heard.extend_from_slice(&some[..count]),
            _ => break,
        }
        columns = read(&heard);
    }
    Some(columns)
}

/// The columns before the cursor by each answer, `ESC [ row ; column R`.
fn read(heard: &[u8]) -> Vec<usize> {
    let text = String::from_utf8_lossy(heard);
    let answers = text.split("\x1b[").filter_map(|part| {
        let (numbers, _) = part.split_once('R')?;
        let (row, column) = numbers.split_once(';')?;
        row.parse::<usize>().ok()?;
        column.parse::<usize>().ok()?.checked_sub(1)
    });
    answers.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn what_is_drawn_otherwise_is_named() {
        let mut drawn: Vec<usize> = SAMPLES.iter().map(|(_, text)| ours(text)).collect();
        assert_eq!(drawn, [3, 4, 1, 2, 2, 2, 2]);
        assert_eq!(judge(&drawn).state, State::Works);
        (drawn[0], drawn[5]) = (6, 4);
        let other = judge(&drawn);
        assert_eq!(other.state, State::Limited);
        assert!(
            other
                .found
                .contains("arrows (6 columns for 3), joined emoji (4 columns for 2)"),
            "{other:?}"
        );
        assert!(judge(&drawn[..3]).found.contains("does not say"));
    }

    #[test]
    fn answers_are_read_whatever_stands_between_them() {
        assert_eq!(read(b"\x1b[12;4Rx\x1b[A\x1b[12;5R\x1b[1"), [3, 4]);
        assert_eq!(read(b"\x1b[;R\x1b[x;2R\x1b[1;0R"), [0_usize; 0]);
    }
}
