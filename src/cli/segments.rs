//! The segments of a container, for listing them and for asking what they have: those that were kept as
//! long as the service says that nothing changed, else what it lists now.

use std::collections::HashSet;
use std::time::Duration;

use crate::api::{ApiErrorKind, Provider};
use crate::cli::failure::Failure;
use crate::cli::find::{self, Walk};
use crate::cli::output::Output;
use crate::cli::series::Series;
use crate::cli::stop::Stop;
use crate::domain::{Container, ContainerId, Entry, Segment, SegmentId, SegmentTexts, Shelf};
use crate::index::{Before, Index, Owner, Place};
use crate::transfer::patient::Patient;

/// After this a person is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is waited for then.
const PREPARES: &str = "the service prepares the texts of the segments, which may take a while";

/// How long what was listed may take to be on disk where the list does not end.
const DISK: Duration = Duration::from_secs(5);

/// Where they come from.
pub struct Listing<'a> {
    pub patient: &'a Patient,
    pub index: &'a Index,
    pub owner: Owner,
    /// As the service told of it now.
    pub container: &'a Container,
}

impl Listing<'_> {
    /// All of them, or this one, with their names, and how many of the list could not be read.
    pub async fn segments(
        &self,
        output: &mut Output,
        stop: &mut Stop,
        only: Option<&SegmentId>,
    ) -> Result<(Vec<Segment>, usize), Failure> {
        let (provider, id) = (self.patient, &self.container.id);
        let mut kept = stop.or(self.kept(output)).await?;
        if let (Some(entries), Some(only)) = (&mut kept, only) {
            entries.retain(|entry| entry.read().is_some_and(|it| it.id == *only));
        }
        let mut entries = match (kept, only) {
            (Some(entries), None) => entries,
            (Some(entries), Some(_)) if !entries.is_empty() => entries,
            (_, Some(only)) => {
                let segment = stop.or(find::segment(provider, id, only)).await?;
                let mut entries = vec![Entry::Read(segment)];
                let named = async { Ok(self.name(output, &mut entries).await) };
                stop.or(named).await?;
                entries
            }
            (None, None) => {
                let listed = stop.or(self.listed(output, false)).await;
                if listed.is_err() {
                    // The next one goes on behind what came.
                    self.index.settle(DISK);
                }
                listed?
            }
        };
        let all = entries.len();
        entries.retain(|entry| entry.read().is_some());
        let unread = all - entries.len();
        let read = entries.into_iter().filter_map(Entry::into_read);
        Ok((read.collect(), unread))
    }

    /// All of them, what could not be read too. `raw`: with what the service sent, which is not kept.
    pub async fn entries(
        &self,
        output: &mut Output,
        raw: bool,
    ) -> Result<Vec<Entry<Segment>>, Failure> {
        if !raw && let Some(entries) = self.kept(output).await? {
            return Ok(entries);
        }
        self.listed(output, raw).await
    }

    /// Those that were kept, where the service says that they are still those, with the texts that
    /// changed since.
    async fn kept(&self, output: &mut Output) -> Result<Option<Vec<Entry<Segment>>>, Failure> {
        let (index, seal) = (self.index, &self.container.modified);
        let place = Place::Segments(self.container.id.clone());
        let (mut entries, mut positions) = (Vec::new(), HashSet::new());
        let head = index.recall(&self.owner, &place, |_, rows: Shelf<Segment>| {
            positions.extend(rows.read().map(|segment| segment.position));
            entries.extend(rows);
        });
        let Some(before) = head.map(|head| Before::new(head, positions)) else {
            return Ok(None);
        };
        if seal.is_none() || before.seal.is_none() {
            return Ok(None);
        }
        if before.seal != *seal {
            let (patient, mut series) = Series::of(self.patient);
            let changes = before.changes(&patient, &self.container.id);
            let changes = series
                .call(output, Some(PREPARES.to_owned()), changes)
                .await;
            output.lift();
            let Some(texts) = changes else {
                return Ok(None);
            };
            find::with_texts(&mut entries, &texts, |segment, text| {
                segment.tell(text);
            });
            index.keep_texts(&self.owner, &self.container.id, texts);
        }
        // Who kept them may have been stopped before their texts came.
        if let Some(texts) = self.name(output, &mut entries).await {
            index.keep_texts(&self.owner, &self.container.id, texts);
        }
        index.renew(&self.owner, place, seal.clone());
        Ok(Some(entries))
    }

    /// All that the service lists now, which is kept under what it says of the last change. A list that was
    /// not read to its end goes on where it was left, unless all is wanted that the service sends.
    async fn listed(&self, output: &mut Output, raw: bool) -> Result<Vec<Entry<Segment>>, Failure> {
        let (id, seal) = (&self.container.id, &self.container.modified);
        let place = Place::Segments(id.clone());
        let anew = || {
            let keeper = self.index.keep(&self.owner, place.clone(), seal.clone());
            (keeper, Walk::default())
        };
        let mut entries = Vec::new();
        let draft = seal.as_deref().filter(|_| !raw).and_then(|seal| {
            let tell = |rows| entries.extend::<Shelf<Segment>>(rows);
            self.index.go_on(&self.owner, &place, seal, tell)
        });
        let mut left = draft.as_ref().map(|draft| draft.total);
        let (mut keeper, mut walk) = match draft {
            Some(draft) => (draft.keeper, Walk::behind(draft.next)),
            None => anew(),
        };
        if left.is_some() {
            let before = entries.len();
            output.mention(&format!("{before} segments were listed before"));
        }
        let mut all = left.flatten().or(self.container.segments);
        let (patient, mut series) = Series::of(self.patient);
        while !walk.is_over() {
            let of = all.map_or_else(String::new, |all| format!(" of {all}"));
            let progress = format!("{}{of} segments listed", entries.len());
            let page = patient.segments(id, walk.cursor());
            let page = series.call(output, Some(progress), page).await;
            let left = left.take();
            let page = match page {
                // It is not the list that was left.
                Ok(page) if left.is_some_and(|total| total != page.total) => None,
                Err(error) if left.is_some() && error.kind == ApiErrorKind::Invalid => None,
                page => Some(page?),
            };
            let Some(page) = page else {
                entries.clear();
                (keeper, walk) = anew();
                continue;
            };
            all = page.total.or(all);
            for entry in page.entries {
                keeper.entry(&entry);
                entries.push(entry);
            }
            walk.turn(page.next)?;
            if let Some(next) = walk.cursor() {
                keeper.so_far(&next, page.total);
            }
        }
        output.lift();
        keeper.end();
        if let Some(texts) = self.name(output, &mut entries).await {
            self.index.keep_texts(&self.owner, id, texts);
        }
        Ok(entries)
    }

    /// Gives those their keys and texts that were listed without; what it took for that.
    async fn name(
        &self,
        output: &mut Output,
        entries: &mut [Entry<Segment>],
    ) -> Option<SegmentTexts> {
        let nameless = |entry: &Entry<Segment>| {
            let segment = entry.read();
            segment.is_some_and(|it| it.key.is_none() && it.text.is_none())
        };
        if !entries.iter().any(nameless) {
            return None;
        }
        let texts = texts_of(self.patient, output, &self.container.id).await;
        find::join_texts(entries, &texts);
        Some(texts)
    }
}

/// The texts of a container's segments, as far as the service tells them by a call of their own.
/// Without them the ids are there all the same. Some services prepare them first: what is waited for is drawn,
/// or said to a person where nothing can be drawn.
pub async fn texts_of(
    patient: &Patient,
    output: &mut Output,
    container: &ContainerId,
) -> SegmentTexts {
    if !patient.spec().capabilities.segment_texts {
        return SegmentTexts::default();
    }
    let (patient, mut series) = Series::of(patient);
    let line = || Some(PREPARES.to_owned());
    let mut texts = std::pin::pin!(patient.segment_texts(container, None));
    let early = series.call(output, line(), texts.as_mut());
    let early = tokio::time::timeout(PATIENCE, early).await;
    let texts = if let Ok(texts) = early {
        texts
    } else {
        if output.on_screen() && output.room().is_none() {
            output.mention(&format!("{PREPARES}; Ctrl-C stops"));
        }
        series.call(output, line(), texts).await
    };
    output.lift();
    texts.unwrap_or_else(|error| {
        output.note(&format!("the texts are missing: {error}"));
        SegmentTexts::default()
    })
}
