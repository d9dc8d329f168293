//! A key, a token or a passphrase: redacted wherever it could be printed, wiped when it goes.

use secrecy::{ExposeSecret, SecretString};

/// A secret. It has no `Display`, no `Serialize`, and its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct Secret(SecretString);

/// Why a text cannot be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    #[error("the key is empty")]
    Empty,
    #[error("the key holds a control character or a space at one of its ends; paste it again")]
    Characters,
}

impl SecretError {
    /// The same of something else than a key.
    pub fn of(self, what: &str) -> String {
        self.to_string().replacen("key", what, 1)
    }
}

/// A passphrase has at least so many characters.
const SEALS: usize = 8;

impl Secret {
    /// Takes a key as typed or stored; refuses what could not be sent in a header unchanged. What is
    /// refused is wiped, too.
    pub fn new(text: String) -> Result<Self, SecretError> {
        let secret = Self(text.into());
        let text = secret.reveal();
        if text.is_empty() {
            return Err(SecretError::Empty);
        }
        if text.trim() != text || text.chars().any(char::is_control) {
            return Err(SecretError::Characters);
        }
        Ok(secret)
    }

    /// Whether it is long enough for a passphrase that seals a file; else what is wrong with it.
    pub fn may_seal(&self) -> Result<(), String> {
        if self.reveal().chars().count() < SEALS {
            return Err(format!("the passphrase has fewer than {SEALS} characters"));
        }
        Ok(())
    }

    /// The secret itself, for the one header or body it belongs in.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.reveal() == other.reveal()
    }
}

/// A variable of the environment that is for us alone: one may hold a key, and no program that we start
/// gets any.
pub fn is_ours(variable: &std::ffi::OsStr) -> bool {
    variable.to_string_lossy().starts_with("ASSETDECK_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_it_is_printed() {
        let secret = Secret::new("sk_live_canary".to_owned()).unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn a_line_end_is_refused() {
        assert_eq!(
            Secret::new("abc\n".to_owned()),
            Err(SecretError::Characters)
        );
        assert_eq!(Secret::new(String::new()), Err(SecretError::Empty));
        let said = SecretError::Empty.of("passphrase");
        assert_eq!(said, "the passphrase is empty");
    }

    #[test]
    fn a_short_passphrase_seals_nothing() {
        let may = |text: &str| Secret::new(text.to_owned()).unwrap().may_seal();
        assert!(may("sieben!").unwrap_err().contains("8 characters"));
        assert_eq!(may("acht Zei"), Ok(()));
    }
}
