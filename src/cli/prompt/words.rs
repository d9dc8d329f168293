//! The words that are understood at every question of a conversation, however phones capitalise them.

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Help,
    Back,
    Quit,
}

/// What they do, said behind what a question's own answers are.
pub(super) const HELP: [&str; 3] = [
    "back: leave the form, nothing is done.",
    "quit, Ctrl-C or the end of the input: leave, nothing is done.",
    "What is itself called help, back or quit is typed in quotes: 'help'.",
];

impl Word {
    pub fn of(answer: &str) -> Option<Self> {
        Some(match answer.to_lowercase().as_str() {
            "help" | "?" => Self::Help,
            "back" => Self::Back,
            "quit" | "exit" => Self::Quit,
            _ => return None,
        })
    }
}

/// What stands in one pair of quotes.
pub fn unquoted(answer: &str) -> Option<&str> {
    let within = |quote: char| answer.strip_prefix(quote)?.strip_suffix(quote);
    within('\'').or_else(|| within('"'))
}

/// The answer, without the quotes that only say that it is none of the words.
pub(super) fn meant(answer: &str) -> &str {
    let word = unquoted(answer).filter(|within| Word::of(within).is_some());
    word.unwrap_or(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_in_quotes_is_a_value() {
        for (answer, word) in [
            ("help", Word::Help),
            ("?", Word::Help),
            ("Back", Word::Back),
            ("QUIT", Word::Quit),
            ("Exit", Word::Quit),
        ] {
            assert_eq!(Word::of(answer), Some(word));
        }
        for answer in ["'help'", "./help", "helpful", "", "quit it"] {
            assert_eq!(Word::of(answer), None, "{answer}");
        }
        assert_eq!(meant("'help'"), "help");
        assert_eq!(meant("\"Quit\""), "Quit");
        for same in ["'a b'", "'help", "'", "'a' 'b'", "./help"] {
            assert_eq!(meant(same), same);
        }
    }
}
