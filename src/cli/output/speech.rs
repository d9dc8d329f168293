//! What is said beside the result, on standard error: sentences for people, objects for programs.

use std::fmt::Display;
use std::io::Write as _;

use serde_json::{Value, json};

use super::Output;
use crate::cli::failure::Failure;
use crate::domain::SafeText;

impl Output {
    /// One line beside the result, written at once: an echo, or what another process tells, comes before or behind
    /// it. It is safe already.
    pub(super) fn tell(&mut self, line: &impl Display) {
        // There is nowhere left to tell that this failed.
        let _ = self.err.write_all(format!("{line}\n").as_bytes());
    }

    /// Text of our own of several lines.
    pub fn complain(&mut self, text: &str) {
        if self.objects {
            let text = text.strip_prefix("error: ").unwrap_or(text);
            // What is wrong, an empty line, and what could be done.
            let (wrong, advice) = text.split_once("\n\n").unwrap_or((text, ""));
            let message = in_one_line(wrong, " ");
            let hint = in_one_line(advice, " · ");
            return self.fail(&Failure::usage(message).hint(hint));
        }
        self.lift();
        for line in SafeText::lines(text) {
            self.tell(&line);
        }
    }

    /// Why the command did not end well: one line.
    pub fn fail(&mut self, failure: &Failure) {
        if !failure.message.is_empty() {
            let message = failure.message.trim_end_matches('.');
            if self.objects {
                let (message, hint) = (
                    SafeText::sentence(message),
                    SafeText::sentence(&failure.hint),
                );
                let exit = failure.exit.code();
                return self.event(&json!({
                    "event": "error", "message": message.as_str(), "hint": hint.as_str(), "exit": exit,
                }));
            }
            let text = match failure.hint.as_str() {
                "" => message.to_owned(),
                hint => format!("{message}. {hint}"),
            };
            self.note(&text);
        }
    }

    /// Something beside the result: one line on standard error. Foreign text in it is safe already.
    pub fn note(&mut self, text: &str) {
        if self.objects {
            return self.event(&said("note", text));
        }
        self.lift();
        // What was printed comes first, where both go to one place.
        let _ = self.out.flush();
        // In a conversation it is clear who speaks.
        let speaker = if self.linear { "" } else { "assetdeck: " };
        self.tell(&format_args!("{speaker}{}", SafeText::sentence(text)));
    }

    /// A question on the terminal; the answer follows on the same line. Where nobody can see it, it is
    /// not asked.
    pub fn ask(&mut self, question: &str) -> Result<(), Failure> {
        if self.objects {
            self.event(&said("question", question));
            return Ok(());
        }
        self.lift();
        let _ = self.out.flush();
        let question = format!("{} ", SafeText::sentence(question));
        let asked = self.err.write_all(question.as_bytes());
        let Err(error) = asked.and_then(|()| self.err.flush()) else {
            return Ok(());
        };
        self.ask_no_more();
        // The questions of a conversation are its output.
        Err(if self.linear {
            error.into()
        } else {
            Failure::failed(format!("could not ask: {error}"))
        })
    }
}

/// A sentence of ours, for programs.
pub(super) fn said(event: &str, text: &str) -> Value {
    json!({ "event": event, "message": SafeText::sentence(text).as_str() })
}

fn in_one_line(text: &str, between: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.collect::<Vec<_>>().join(between)
}
