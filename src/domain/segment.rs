//! A segment of a container: one string of a document, the place that assets hang on.

use std::borrow::Cow;

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
    fn raw(&self) -> &RawJson {
        &self.raw
    }

    fn raw_mut(&mut self) -> &mut RawJson {
        &mut self.raw
    }
}

impl Segment {
    /// Takes key and text from an extraction, where it has them. Says whether they are others than
    /// before.
    pub fn tell(&mut self, told: &SegmentText) -> bool {
        let mut changed = false;
        for (own, told) in [(&mut self.key, &told.key), (&mut self.text, &told.text)] {
            if told.is_some() && own != told {
                own.clone_from(told);
                changed = true;
            }
        }
        changed
    }

    /// Takes key and text of the same segment as it was listed before, where the listing tells
    /// neither. Says whether it did.
    pub fn inherit(&mut self, old: Self) -> bool {
        if self.key.is_some() || self.text.is_some() {
            return false;
        }
        (self.key, self.text) = (old.key, old.text);
        self.key.is_some() || self.text.is_some()
    }

    /// What to call it: its key, else its text, else its number.
    pub fn name(&self) -> String {
        self.called().into_owned()
    }

    /// The same, without a copy where there is something to borrow.
    pub fn called(&self) -> Cow<'_, str> {
        let told = [self.key.as_deref(), self.text.as_deref()];
        let named = told.into_iter().flatten().find(|it| !it.trim().is_empty());
        named.map_or_else(
            || match self.part {
                0 => format!("#{}", self.position).into(),
                part => format!("#{}.{part}", self.position).into(),
            },
            Cow::Borrowed,
        )
    }
}

/// Key and text of the string at a position, from the content extraction.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentText {
    pub position: u64,
    pub key: Option<String>,
    pub text: Option<String>,
}
