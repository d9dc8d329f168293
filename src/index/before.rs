//! The segments of a container as they were listed before, and whether they still are those.

use std::collections::HashSet;

use super::Head;
use crate::api::Provider;
use crate::domain::{ContainerId, SegmentText, SegmentTexts};

/// What is known of segments that were kept.
#[derive(Debug)]
pub struct Before {
    /// What the service said then of when the container changed last.
    pub seal: Option<String>,
    /// How many there were.
    count: u64,
    positions: HashSet<u64>,
}

impl Before {
    /// Those of a list that was kept.
    pub fn new(head: Head, positions: HashSet<u64>) -> Self {
        Self {
            seal: head.seal,
            count: head.count,
            positions,
        }
    }

    /// The texts that changed since the container was last changed then, if nothing but texts did: else
    /// all are listed again.
    pub async fn changes(
        &self,
        provider: &dyn Provider,
        container: &ContainerId,
    ) -> Option<SegmentTexts> {
        let since = self.seal.as_deref()?;
        if !provider.spec().capabilities.segment_texts {
            return None;
        }
        let texts = provider.segment_texts(container, Some(since)).await.ok()?;
        let first = provider.segments(container, None).await.ok()?;
        self.holds(&texts, first.total).then_some(texts)
    }

    /// Whether these changes are of segments that are known, and there are still as many.
    fn holds(&self, changes: &SegmentTexts, total: Option<u64>) -> bool {
        let known = |text: SegmentText| self.positions.contains(&text.position);
        total == Some(self.count) && changes.iter().all(known)
    }
}
