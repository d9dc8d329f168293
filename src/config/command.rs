//! The command of an account that prints its key: what its line in the settings means, and who runs it.

use async_trait::async_trait;

use crate::domain::Secret;

/// Runs such commands.
#[async_trait]
pub trait KeyCommand: Send + Sync + std::fmt::Debug {
    /// The key that a program with these arguments prints; else why there is none, in one sentence
    /// with nothing of what was printed in it.
    async fn key(&self, words: &[String]) -> Result<Secret, String>;
}

/// Words parted by spaces; quotes, single or double, hold a word together. There is no shell behind it:
/// variables, pipes and wildcards are plain text.
pub fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote in it is not closed");
    }
    words.extend(word);
    match words.first() {
        Some(program) if !program.is_empty() => Ok(words),
        _ => Err("it names no program"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        words(text).unwrap()
    }

    #[test]
    fn words_are_parted_without_a_shell() {
        assert_eq!(split("pass show acme"), ["pass", "show", "acme"]);
        assert_eq!(split("  a 'b  c'\"d\" \"\" "), ["a", "b  cd", ""]);
        assert_eq!(split("echo $HOME|x *"), ["echo", "$HOME|x", "*"]);
        assert!(words("a 'b").is_err());
        assert!(words("  ").is_err());
        assert!(words("'' x").is_err());
    }
}
