//! A container: what the first pane lists. Users see the service's own word for it.

use super::{ContainerId, Detail, Locale, RawJson, Sent};

/// A website or a document. Its noun comes from the provider's spec, not from here.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    pub id: ContainerId,
    /// The name for people, without its folders.
    pub name: String,
    /// Folders in front of the name, outermost first; empty where the service has none.
    pub folders: Vec<String>,
    /// How many segments the service says it has; `None` where it does not say.
    pub segments: Option<u64>,
    /// The languages it can hold, source language first; `None` until asked, or where there are none.
    pub locales: Option<Vec<Locale>>,
    /// When it last changed, as the service wrote it.
    pub modified: Option<String>,
    /// Plain-language facts beyond those above.
    pub details: Vec<Detail>,
    pub raw: RawJson,
}

impl Sent for Container {
    fn raw(&self) -> &RawJson {
        &self.raw
    }

    fn raw_mut(&mut self) -> &mut RawJson {
        &mut self.raw
    }
}

impl Container {
    /// One of which nothing is told but its name.
    pub fn bare(id: ContainerId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            folders: Vec::new(),
            segments: None,
            locales: None,
            modified: None,
            details: Vec::new(),
            raw: RawJson::new("{}"),
        }
    }
}
