//! Segments and their keys and texts, which come apart: joined beside the screen.

use super::Request;
use crate::api::{ApiError, Provider};
use crate::domain::{Changing, ContainerId, Seeker, Segment, SegmentTexts, Shelf};

impl Request {
    /// Asks for the keys and texts of these segments, and gives them to them.
    pub(super) async fn texts(
        &self,
        provider: &dyn Provider,
        container: &ContainerId,
        rows: &Shelf<Segment>,
    ) -> Result<Shelf<Segment>, ApiError> {
        let texts = provider.segment_texts(container, None).await?;
        if let Some(archive) = &self.archive {
            archive.keep_texts(container, texts.clone());
        }
        Ok(join(rows, &texts).await)
    }
}

/// A page of segments, with the keys and texts of those that were listed before.
pub(super) fn inherit(page: Shelf<Segment>, old: &mut Seeker<Segment>) -> Shelf<Segment> {
    if old.is_empty() {
        return page;
    }
    let mut changing = Changing::new(page);
    loop {
        let inherited = changing.step(|segment| {
            let nameless = segment.key.is_none() && segment.text.is_none();
            let old = nameless.then(|| old.find(segment.id.as_str())).flatten();
            old.is_some_and(|old| segment.inherit(old))
        });
        if let Some(rows) = inherited {
            return rows;
        }
    }
}

/// The segments with these keys and texts.
pub(super) async fn join(rows: &Shelf<Segment>, texts: &SegmentTexts) -> Shelf<Segment> {
    let mut reader = texts.reader();
    let mut changing = Changing::new(rows.clone());
    loop {
        let told = changing.step(|segment| {
            let text = reader.get(segment.position);
            text.is_some_and(|text| segment.tell(text))
        });
        if let Some(told) = told {
            return told;
        }
        // Others have their turn, and who has ended the request is heard.
        tokio::task::yield_now().await;
    }
}
