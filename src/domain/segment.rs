//! A segment of a container: one string of a document, the place that assets hang on.

use super::{RawJson, SegmentId, Sent};

/// One segment as its listing gives it. Texts may come later, by `position`.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub id: SegmentId,
    /// Running number in the container, from 1, which a [`SegmentText`] also carries.
    pub position: u64,
    /// Part of a split string, from 0.
    pub part: u64,
    /// The string's id in the customer's own system.
    pub key: Option<String>,
    /// The text in the source language.
    pub text: Option<String>,
    pub raw: RawJson,
}

impl Sent for Segment {
    fn raw_mut(&mut self) -> &mut RawJson {
        &mut self.raw
    }
}

impl Segment {
    /// What to call it: its key, else its text, else its number.
    pub fn name(&self) -> String {
        let named = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        named(&self.key)
            .or_else(|| named(&self.text))
            .unwrap_or_else(|| match self.part {
                0 => format!("#{}", self.position),
                part => format!("#{}.{part}", self.position),
            })
    }
}

/// Key and text of the string at a position, from the content extraction.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentText {
    pub position: u64,
    pub key: Option<String>,
    pub text: Option<String>,
}
