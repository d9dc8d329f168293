//! Listings, page by page into the inbox.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;

use super::{send, tree};
use crate::api::{ApiError, Pages, Provider};
use crate::app::effect::{Load, RequestId};
use crate::app::msg::{Answer, Batch, InTree, Msg};
use crate::domain::{Cursor, Page, drill};
use crate::transfer::patient::Patient;

/// Asks and answers; listings answer once for each page.
pub(super) async fn run(
    provider: Arc<dyn Provider>,
    id: RequestId,
    what: Load,
    inbox: UnboundedSender<Msg>,
) {
    drill::point("load");
    let tell = |answer| send(&inbox, Msg::Loaded { id, answer });
    match what {
        Load::Containers => {
            pages(
                |cursor| provider.containers(cursor),
                |batch| tell(Answer::Containers(batch)),
            )
            .await;
        }
        Load::Segments(container) => {
            pages(
                |cursor| provider.segments(&container, cursor),
                |batch| tell(Answer::Segments(batch)),
            )
            .await;
        }
        Load::Assets(scope) => {
            pages(
                |cursor| provider.assets(&scope, cursor),
                |batch| tell(Answer::Assets(batch)),
            )
            .await;
        }
        Load::Tree {
            source,
            types,
            calls,
        } => {
            let tree = tree::list(&*provider, &source, &types, calls, |found| {
                tell(Answer::Tree(Ok(InTree::Found(found))));
            });
            tell(Answer::Tree(tree.await));
        }
        Load::Container(container) => tell(Answer::Container(provider.container(&container).await)),
        Load::SegmentTexts(container) => tell(Answer::SegmentTexts(
            provider.segment_texts(&container).await,
        )),
        Load::Marks(container, segments) => {
            tell(Answer::Marks(
                provider.assets_of_segments(&container, &segments).await,
            ));
        }
    }
}

/// The same account, whose lists wait out what passes and tell of each wait.
pub(super) fn patiently(
    provider: Arc<dyn Provider>,
    id: RequestId,
    inbox: UnboundedSender<Msg>,
) -> Arc<dyn Provider> {
    let patient = Patient::new(provider, move |pause| {
        let answer = Answer::Waits(pause.to_string());
        send(&inbox, Msg::Loaded { id, answer });
    });
    // It is signed in: what cannot be reached now was reached before.
    Arc::new(patient.reached())
}

/// The answer to such a request when it failed before it began.
pub(super) fn failed(what: &Load, error: ApiError) -> Answer {
    match what {
        Load::Containers => Answer::Containers(Err(error)),
        Load::Container(_) => Answer::Container(Err(error)),
        Load::Segments(_) => Answer::Segments(Err(error)),
        Load::SegmentTexts(_) => Answer::SegmentTexts(Err(error)),
        Load::Assets(_) => Answer::Assets(Err(error)),
        Load::Tree { .. } => Answer::Tree(Err(error)),
        Load::Marks(..) => Answer::Marks(Err(error)),
    }
}

/// Follows cursors to the end; one that comes back a second time ends it.
async fn pages<T, F>(ask: impl Fn(Option<Cursor>) -> F, tell: impl Fn(Result<Batch<T>, ApiError>))
where
    F: Future<Output = Result<Page<T>, ApiError>>,
{
    let (mut pages, mut cursor) = (Pages::default(), None);
    loop {
        let page = match ask(cursor).await {
            Ok(page) => page,
            Err(error) => return tell(Err(error)),
        };
        let Page {
            entries,
            next,
            total,
        } = page;
        let next = pages.next(next);
        tell(Ok(Batch {
            entries,
            more: !matches!(next, Ok(None)),
            total,
        }));
        match next {
            Ok(None) => return,
            Ok(next) => cursor = next,
            Err(error) => return tell(Err(error)),
        }
    }
}
