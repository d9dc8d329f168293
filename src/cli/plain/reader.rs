//! Reading a list page by page, so that its beginning is said before its end has come.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Talk;
use super::load::{Level, Place};
use super::rows::Rows;
use crate::api::Provider as _;
use crate::cli::failure::Failure;
use crate::cli::find::{self, Walk};
use crate::cli::ls;
use crate::cli::output::Output;
use crate::cli::segments;
use crate::cli::session::Session;
use crate::domain::{Keepable, Page, SegmentTexts, Shelf};
use crate::transfer::patient::Patient;

/// So often a word is said while a list is read.
const TELL: Duration = Duration::from_secs(10);

/// What is left to read of a list.
pub(super) struct Rest {
    provider: Arc<Patient>,
    walk: Walk,
    /// How many the service says there are in all, where it does.
    pub total: Option<u64>,
    /// The segments' texts, once they were asked for.
    texts: Option<SegmentTexts>,
}

impl Rest {
    /// Nothing was read yet; `None` where there is nothing to read.
    async fn whole(session: &Session, place: &Place<'_>) -> Result<Option<Self>, Failure> {
        let Some(known) = place.known() else {
            return Ok(None);
        };
        Ok(Some(Self {
            provider: session.ready(known).await?,
            walk: Walk::default(),
            total: None,
            texts: None,
        }))
    }

    /// Takes note of a page; its rows.
    fn page<T: Keepable>(&mut self, page: Page<T>) -> (Shelf<T>, Result<(), Failure>) {
        self.total = page.total.or(self.total);
        (page.entries, self.walk.turn(page.next))
    }
}

impl<'a> Talk<'a, '_> {
    /// Reads a level until it holds so many rows, or all.
    pub(super) async fn read(&mut self, level: &mut Level<'a>, many: usize) -> Result<(), Failure> {
        if level.rows.is_none() {
            let whole = Rest::whole(self.session, &level.place);
            level.rest = self.stop.or(whole).await?;
            level.rows = level.place.rows();
        }
        let mut told = Instant::now();
        while let (Some(rows), Some(rest)) = (&mut level.rows, &mut level.rest)
            && rows.lacks(many)
        {
            let more = next(self.output, &level.place, rows, rest);
            let read = self.stop.or(more).await;
            if rest.walk.is_over() {
                level.rest = None;
            }
            if let Err(failure) = read {
                if rows.read() == 0 {
                    // Nothing of it can be shown.
                    level.forget();
                }
                return Err(failure);
            }
            if level.rest.is_some() && told.elapsed() >= TELL {
                told = Instant::now();
                self.output.note(&level.progress());
            }
        }
        if let (Some(rows), None) = (&mut level.rows, &level.rest) {
            rows.count();
        }
        Ok(())
    }
}

/// Reads one page more.
async fn next(
    output: &mut Output,
    place: &Place<'_>,
    rows: &mut Rows<'_>,
    rest: &mut Rest,
) -> Result<(), Failure> {
    let cursor = rest.walk.cursor();
    let provider = Arc::clone(&rest.provider);
    let first = cursor.is_none();
    match rows {
        Rows::Accounts(_) => Ok(()),
        Rows::Containers(_, all) => {
            let (page, turned) = rest.page(provider.containers(cursor).await?);
            all.extend(page);
            turned
        }
        Rows::Segments(_, id, all) => {
            let (page, turned) = match provider.segments(id, cursor).await {
                Ok(page) => rest.page(page),
                Err(error) => {
                    find::container(provider.as_ref(), id).await?;
                    return Err(error.into());
                }
            };
            let mut page: Vec<_> = page.into();
            if page.is_empty() && first {
                // An empty list is also what a service says of a place that does not exist.
                find::container(provider.as_ref(), id).await?;
            } else if rest.texts.is_none() {
                rest.texts = Some(segments::texts_of(provider.as_ref(), output, id).await);
            }
            if let Some(texts) = &rest.texts {
                find::join_texts(&mut page, texts);
            }
            all.extend(page);
            turned
        }
        Rows::Types(_, all) | Rows::Assets(_, all) => {
            let Some((scope, choice)) = place.assets() else {
                return Ok(());
            };
            let listed = provider.assets(&scope, cursor).await;
            // Of one page of several there may be none of this place.
            let nothing = listed.as_ref().map_or(first, |page| {
                all.is_empty() && page.entries.is_empty() && page.next.is_none()
            });
            if nothing {
                ls::exists(provider.as_ref(), &scope).await?;
            }
            let (page, turned) = rest.page(listed?);
            let kept = page.into_iter().filter(|entry| choice.keeps(entry));
            kept.for_each(|entry| all.push(entry));
            turned
        }
    }
}
