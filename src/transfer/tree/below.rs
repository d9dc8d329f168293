//! Everything below an address, or in several places: listed call by call.

use std::collections::VecDeque;

use super::Top;
use crate::api::{ApiError, Middle, Pages, Provider};
use crate::domain::{
    Address, Asset, AssetScope, Container, ContainerId, Cursor, Entry, Keepable, Page, Segment,
    SegmentId, Shelf,
};

/// Segments whose assets are asked for at once: one call of about 150 ids.
pub const SEGMENTS_AT_ONCE: usize = 150;

/// From so many calls on they are named and asked for: services allow about a thousand an hour.
pub const MANY_CALLS: usize = 100;

/// Places of one account that are saved as one tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Everything below an account, a container or a segment.
    Below(Address),
    /// Some containers, each with its name, which is foreign text.
    Containers(Vec<(ContainerId, String)>),
    /// Some segments of one container.
    Segments(ContainerId, Vec<SegmentId>),
}

impl Source {
    /// The one container that all of it is in.
    pub const fn container(&self) -> Option<&ContainerId> {
        match self {
            Self::Below(address) => address.container.as_ref(),
            Self::Segments(container, _) => Some(container),
            Self::Containers(_) => None,
        }
    }
}

/// What is found on the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// An asset, and the folders that stand for its place below the address.
    Asset(Vec<Top>, Box<Asset>),
    /// An entry that cannot be read, and why; foreign text.
    Unreadable(String),
    /// So many calls more will be made, as far as is known by now.
    Ahead(usize),
    /// One call was made; what it brought follows.
    Call,
}

/// What is left of a listing.
#[derive(Debug, Default)]
struct Listing {
    pages: Pages,
    cursor: Option<Cursor>,
}

/// One call, and what follows from its answer.
#[derive(Debug)]
enum Step {
    Containers {
        listing: Listing,
        found: Vec<(ContainerId, String)>,
    },
    Segments {
        container: ContainerId,
        tops: Vec<Top>,
        listing: Listing,
        found: Vec<SegmentId>,
    },
    /// Of so many segments as are asked for at once.
    OfSegments {
        container: ContainerId,
        segments: Vec<SegmentId>,
        tops: Vec<Top>,
    },
    Scope {
        scope: AssetScope,
        tops: Vec<Top>,
        listing: Listing,
    },
}

/// Goes through places, one after the other. Errors of a place end it: half a tree would look
/// whole.
pub struct Walk<'a> {
    provider: &'a dyn Provider,
    /// The next one first.
    steps: VecDeque<Step>,
    found: VecDeque<Found>,
}

impl<'a> Walk<'a> {
    /// Several places are laid out as they are in the whole that they are of: each in a folder of
    /// its own.
    pub fn new(provider: &'a dyn Provider, source: &Source) -> Self {
        let mut walk = Self {
            provider,
            steps: VecDeque::new(),
            found: VecDeque::new(),
        };
        match source {
            Source::Below(address) => match address.scope() {
                None => walk.steps.push_back(Step::Containers {
                    listing: Listing::default(),
                    found: Vec::new(),
                }),
                Some(AssetScope::Container(container)) => walk.container(container, Vec::new()),
                Some(scope) => walk.steps.push_back(Step::Scope {
                    scope,
                    tops: Vec::new(),
                    listing: Listing::default(),
                }),
            },
            Source::Containers(containers) => walk.containers(containers.clone()),
            Source::Segments(container, segments) => walk.segments(container, segments, &[]),
        }
        walk
    }

    /// The next thing; makes a call where none is left of the last one. `None` is the end.
    pub async fn next(&mut self) -> Result<Option<Found>, ApiError> {
        loop {
            if let Some(found) = self.found.pop_front() {
                return Ok(Some(found));
            }
            let Some(step) = self.steps.pop_front() else {
                return Ok(None);
            };
            self.take(step).await?;
        }
    }

    async fn take(&mut self, step: Step) -> Result<(), ApiError> {
        match step {
            Step::Containers { mut listing, found } => {
                let page = self.provider.containers(listing.cursor.take()).await?;
                self.containers_came(page, listing, found)
            }
            Step::Segments {
                container,
                tops,
                mut listing,
                found,
            } => {
                let cursor = listing.cursor.take();
                let page = self.provider.segments(&container, cursor).await?;
                self.segments_came(page, container, tops, listing, found)
            }
            Step::OfSegments {
                container,
                segments,
                tops,
            } => {
                let entries = self.provider.assets_of_segments(&container, &segments);
                let entries = entries.await?;
                self.found.push_back(Found::Call);
                for entry in entries {
                    self.entry(entry, |asset| {
                        let segment = asset.scope.segment().map(|id| Top::id(id.as_str()));
                        tops.iter().cloned().chain(segment).collect()
                    });
                }
                Ok(())
            }
            Step::Scope {
                scope,
                tops,
                mut listing,
            } => {
                let page = self.provider.assets(&scope, listing.cursor.take()).await?;
                self.found.push_back(Found::Call);
                for entry in page.entries {
                    self.entry(entry, |_| tops.clone());
                }
                if listing.goes_on(page.next)? {
                    self.steps.push_front(Step::Scope {
                        scope,
                        tops,
                        listing,
                    });
                }
                Ok(())
            }
        }
    }

    fn containers_came(
        &mut self,
        page: Page<Container>,
        mut listing: Listing,
        mut found: Vec<(ContainerId, String)>,
    ) -> Result<(), ApiError> {
        self.found.push_back(Found::Call);
        let read = self.readable(page.entries);
        found.extend(read.into_iter().map(|it| (it.id, it.name)));
        if listing.goes_on(page.next)? {
            self.steps.push_front(Step::Containers { listing, found });
        } else {
            self.containers(found);
        }
        Ok(())
    }

    fn segments_came(
        &mut self,
        page: Page<Segment>,
        container: ContainerId,
        tops: Vec<Top>,
        mut listing: Listing,
        mut found: Vec<SegmentId>,
    ) -> Result<(), ApiError> {
        self.found.push_back(Found::Call);
        found.extend(self.readable(page.entries).into_iter().map(|it| it.id));
        if listing.goes_on(page.next)? {
            self.steps.push_front(Step::Segments {
                container,
                tops,
                listing,
                found,
            });
        } else {
            self.segments(&container, &found, &tops);
        }
        Ok(())
    }

    fn containers(&mut self, containers: Vec<(ContainerId, String)>) {
        self.found.push_back(Found::Ahead(containers.len()));
        for (id, label) in containers.into_iter().rev() {
            let top = Top {
                id: id.as_str().to_owned(),
                label,
            };
            self.container(id, vec![top]);
        }
    }

    /// Puts a container in front of what is to be done.
    fn container(&mut self, container: ContainerId, tops: Vec<Top>) {
        let listing = Listing::default();
        self.steps.push_front(match self.provider.spec().middle {
            Middle::Types => Step::Scope {
                scope: AssetScope::Container(container),
                tops,
                listing,
            },
            Middle::Segments => Step::Segments {
                container,
                tops,
                listing,
                found: Vec::new(),
            },
        });
    }

    /// Puts these segments in front of what is to be done.
    fn segments(&mut self, container: &ContainerId, segments: &[SegmentId], tops: &[Top]) {
        let calls = segments.len().div_ceil(SEGMENTS_AT_ONCE);
        self.found.push_back(Found::Ahead(calls));
        for some in segments.chunks(SEGMENTS_AT_ONCE).rev() {
            self.steps.push_front(Step::OfSegments {
                container: container.clone(),
                segments: some.to_vec(),
                tops: tops.to_vec(),
            });
        }
    }

    fn entry(&mut self, entry: Entry<Asset>, tops: impl FnOnce(&Asset) -> Vec<Top>) {
        self.found.push_back(match entry {
            Entry::Read(asset) => Found::Asset(tops(&asset), Box::new(asset)),
            Entry::Unreadable(what) => Found::Unreadable(what.reason),
        });
    }

    fn readable<T: Keepable>(&mut self, entries: Shelf<T>) -> Vec<T> {
        let mut read = Vec::new();
        for entry in entries {
            match entry {
                Entry::Read(thing) => read.push(thing),
                Entry::Unreadable(what) => self.found.push_back(Found::Unreadable(what.reason)),
            }
        }
        read
    }
}

impl Listing {
    /// Goes to the next page, if there is one; a page that comes back is an error.
    fn goes_on(&mut self, next: Option<Cursor>) -> Result<bool, ApiError> {
        self.cursor = self.pages.next(next)?;
        Ok(self.cursor.is_some())
    }
}
