//! How much is told beside what was asked for.

use super::Output;
use crate::cli::failure::Failure;
use crate::logging::Aloud;

impl Output {
    /// Tells only what was asked for and what went wrong, or all again; says how it was before.
    pub const fn hush(&mut self, quiet: bool) -> bool {
        std::mem::replace(&mut self.quiet, quiet)
    }

    /// Whether it was told to.
    pub const fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Draws no block: others write on standard error as well.
    pub const fn keep_to_lines(&mut self) {
        self.room = None;
    }

    /// Tells programs what people would be told: each sentence is an object on a line of its own.
    pub const fn speak_in_objects(&mut self) {
        self.objects = true;
    }

    /// Whether it does.
    pub const fn speaks_in_objects(&self) -> bool {
        self.objects
    }

    /// How the log is to be told beside what this tells.
    pub const fn log_form(&self) -> Aloud {
        if self.objects {
            Aloud::Json
        } else {
            Aloud::Text
        }
    }

    /// What is only good to know: nothing went wrong, and nothing is left to do. Not for who wants it
    /// quiet.
    pub fn mention(&mut self, text: &str) {
        if !self.quiet {
            self.note(text);
        }
    }

    /// What was done, where that is all there is to print: not for who wants it quiet.
    pub fn did(&mut self, text: &str) -> Result<(), Failure> {
        if self.quiet { Ok(()) } else { self.line(text) }
    }
}
