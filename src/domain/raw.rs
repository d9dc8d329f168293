//! What a service sent for one thing, kept as text so that no digit is lost.

use std::sync::Arc;

/// The JSON text of one entry, exactly as it was received.
#[derive(Clone, PartialEq, Eq)]
pub struct RawJson(Arc<str>);

impl RawJson {
    /// Keeps the text; it must be JSON, which the one who decoded it knows.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().into())
    }

    /// The text as received.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Indented for reading; the text itself when it does not parse.
    pub fn pretty(&self) -> String {
        serde_json::from_str::<serde_json::Value>(&self.0)
            .and_then(|value| serde_json::to_string_pretty(&value))
            .unwrap_or_else(|_| self.0.to_string())
    }
}

impl std::fmt::Debug for RawJson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RawJson({} bytes)", self.0.len())
    }
}
