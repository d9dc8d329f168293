//! The only place that prints. Everything that leaves through here is one line of safe text, or one
//! line of JSON in which nothing unseen is left unescaped.

mod block;
mod cell;
mod columns;
mod csv;
mod quiet;
mod speech;
mod standing;
mod table;
mod voice;

use std::io::{self, BufWriter, IsTerminal as _, Write};

pub use self::block::MARGIN;
pub use self::cell::Cell;
pub use self::columns::cut;
use self::standing::Standing;
pub use self::standing::{come_back, give_back};
pub use self::table::Table;
pub use self::voice::Voice;
use super::failure::Failure;
use crate::domain::SafeText;
use crate::domain::text::escape_json;
use crate::tui::report::Debt;

/// Standard output and standard error.
#[allow(clippy::struct_excessive_bools)] // independent facts, not states
pub struct Output {
    out: Box<dyn Write + Send>,
    err: Box<dyn Write + Send>,
    /// Columns of the terminal that standard output is; `None` when it is none.
    screen: Option<usize>,
    /// Columns and rows of the terminal that standard error is, if a block can be drawn on it.
    room: Option<fn() -> (usize, usize)>,
    standing: Standing,
    /// One thing after the other on plain lines, all on standard output.
    linear: bool,
    /// Somebody answers questions.
    asks: bool,
    /// Nobody else shows what is answered.
    echoes: bool,
    /// Only what was asked for and what went wrong is told.
    quiet: bool,
    /// What is told is for a program too: one object a line.
    objects: bool,
}

impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Output")
            .field("screen", &self.screen)
            .finish_non_exhaustive()
    }
}

impl Output {
    /// The process's own.
    pub fn standard() -> Self {
        let screen = io::stdout().is_terminal().then(terminal_columns);
        let mut output = Self::new(
            Box::new(BufWriter::new(io::stdout())),
            Box::new(io::stderr()),
            screen,
        );
        let term = std::env::var("TERM").unwrap_or_default();
        if io::stderr().is_terminal() && !matches!(term.as_str(), "" | "dumb" | "unknown") {
            output.room = Some(terminal_room);
        }
        output.standing = Standing::own();
        output.asks = io::stdin().is_terminal();
        output
    }

    /// The process's standard output alone, as one conversation: no columns, no block, no sequences.
    /// Questions are asked whatever standard input is, and where it is no terminal the answers are
    /// shown, so that the text is the same.
    pub fn linear() -> Self {
        let mut output = Self::new(
            Box::new(BufWriter::new(io::stdout())),
            Box::new(io::stdout()),
            Some(usize::MAX),
        );
        output.linear = true;
        output.asks = true;
        output.echoes = !io::stdin().is_terminal();
        output
    }

    fn new(out: Box<dyn Write + Send>, err: Box<dyn Write + Send>, screen: Option<usize>) -> Self {
        Self {
            out,
            err,
            screen,
            room: None,
            standing: Standing::default(),
            linear: false,
            asks: false,
            echoes: false,
            quiet: false,
            objects: false,
        }
    }

    /// Columns and rows of the terminal that a block can be drawn on, if there is one.
    pub fn room(&self) -> Option<(usize, usize)> {
        self.room.map(|room| room())
    }

    /// Draws lines below all that was printed, in place of those that were drawn before. Whatever is
    /// printed next takes them away first. Foreign text in them is safe already.
    pub fn draw(&mut self, lines: &[String]) {
        let Some(room) = self.room() else { return };
        let _ = self.out.flush();
        let mut stands = self.standing.lock();
        if !stands.away {
            let text = stands.block.draw(lines, room);
            let _ = self.err.write_all(text.as_bytes());
        }
    }

    /// Takes the lines away.
    pub fn lift(&mut self) {
        let Some((columns, _)) = self.room() else {
            return;
        };
        let mut stands = self.standing.lock();
        let text = stands.block.lift(columns);
        let _ = self.err.write_all(text.as_bytes());
    }

    /// Sequences of ours for the terminal that standard error is, unless somebody else has it.
    pub fn aside(&mut self, told: impl FnOnce() -> String) {
        let stands = self.standing.lock();
        if !stands.away {
            let _ = self.err.write_all(told().as_bytes());
        }
    }

    /// What the terminal is told by [`Self::aside`] is taken back when this ends.
    pub fn owe(&mut self, debt: Debt) {
        self.standing.lock().debt = debt;
    }

    /// Takes it back now.
    pub fn settle(&mut self) {
        let stands = self.standing.lock();
        let text = stands.debt.settle();
        let _ = self.err.write_all(text.as_bytes());
    }

    /// What happens, for programs: one object on one line of standard error.
    pub fn event(&mut self, object: &serde_json::Value) {
        let _ = self.out.flush();
        self.tell(&escape_json(&object.to_string()));
    }

    /// Whether a person reads it.
    pub const fn on_screen(&self) -> bool {
        self.screen.is_some()
    }

    /// Whether it is a conversation on plain lines.
    pub const fn is_linear(&self) -> bool {
        self.linear
    }

    /// Whether a question would be answered.
    pub const fn can_ask(&self) -> bool {
        self.asks
    }

    /// Nobody answers any more.
    pub const fn ask_no_more(&mut self) {
        self.asks = false;
    }

    /// Whether a conversation is at its end: nobody answers any more, or nobody hears it.
    pub fn is_over(&mut self) -> bool {
        !self.asks || self.flush().is_err()
    }

    /// One line of ours, seen before the command goes on; foreign text in it is safe already.
    pub fn line(&mut self, text: &str) -> Result<(), Failure> {
        if self.objects {
            self.note(text);
            return Ok(());
        }
        self.lift();
        writeln!(self.out, "{}", SafeText::sentence(text))?;
        self.flush()
    }

    /// Text of our own of several lines, such as the help.
    pub fn page(&mut self, text: &str) -> Result<(), Failure> {
        self.lift();
        for line in SafeText::lines(text) {
            writeln!(self.out, "{line}")?;
        }
        self.flush()
    }

    /// One object on one line.
    pub fn json(&mut self, object: &impl serde::Serialize) -> Result<(), Failure> {
        self.lift();
        let line = serde_json::to_string(object)
            .map_err(|error| Failure::failed(format!("could not write JSON: {error}")))?;
        Ok(writeln!(self.out, "{}", escape_json(&line))?)
    }

    /// A label and its value, which is safe already.
    pub fn fact(&mut self, label: &str, value: &str) -> Result<(), Failure> {
        self.lift();
        let value = SafeText::sentence(value);
        let label = SafeText::prose(label);
        if self.linear {
            Ok(writeln!(self.out, "{label}: {value}")?)
        } else if self.on_screen() {
            Ok(writeln!(self.out, "{label:<14} {value}")?)
        } else {
            Ok(writeln!(self.out, "{label}\t{value}")?)
        }
    }

    /// What was answered, where nobody else shows it.
    pub fn answered(&mut self, answer: &str) {
        if self.echoes {
            self.tell(&SafeText::prose(answer));
        }
    }

    pub fn flush(&mut self) -> Result<(), Failure> {
        self.lift();
        Ok(self.out.flush()?)
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.lift();
        self.settle();
    }
}

fn terminal_room() -> (usize, usize) {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stderr());
    let told = |number: u16, else_: usize| match number {
        0 => else_,
        number => usize::from(number),
    };
    size.map_or((80, 24), |size| {
        (told(size.ws_col, 80), told(size.ws_row, 24))
    })
}

fn terminal_columns() -> usize {
    if let Ok(size) = rustix::termios::tcgetwinsize(rustix::stdio::stdout())
        && size.ws_col > 0
    {
        return usize::from(size.ws_col);
    }
    std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(80)
}

#[cfg(test)]
pub mod tests;
