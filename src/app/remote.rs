//! A value that comes from a service: not asked, loading with what was there before, there, failed.

use std::time::Instant;

use super::effect::RequestId;
use super::list::{List, Row};
use crate::api::{ApiError, ApiErrorKind};

/// What is known of a remote value. Old data stays while new data loads and after a failure.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Remote<T> {
    #[default]
    NotAsked,
    Loading {
        id: RequestId,
        since: Instant,
        old: Option<T>,
    },
    Loaded(T),
    Failed {
        error: ApiError,
        old: Option<T>,
    },
}

impl<T> Remote<T> {
    /// The value, however old.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Loaded(value) => Some(value),
            Self::Loading { old, .. } | Self::Failed { old, .. } => old.as_ref(),
            Self::NotAsked => None,
        }
    }

    /// The request that is awaited.
    pub const fn pending(&self) -> Option<RequestId> {
        match self {
            Self::Loading { id, .. } => Some(*id),
            _ => None,
        }
    }

    pub const fn error(&self) -> Option<&ApiError> {
        match self {
            Self::Failed { error, .. } => Some(error),
            _ => None,
        }
    }

    /// Begins to wait for this request; what was there stays. Returns the request that is now
    /// pointless.
    pub fn ask(&mut self, id: RequestId, now: Instant) -> Option<RequestId> {
        let before = self.pending();
        let old = self.take();
        *self = Self::Loading {
            id,
            since: now,
            old,
        };
        before
    }

    /// Takes an answer, if it is the awaited one.
    pub fn answer(&mut self, id: RequestId, result: Result<T, ApiError>) -> bool {
        if self.pending() != Some(id) {
            return false;
        }
        let old = self.take();
        *self = match result {
            Ok(value) => Self::Loaded(value),
            Err(error) => Self::Failed { error, old },
        };
        true
    }

    /// Stops waiting; goes back to what was there.
    pub fn give_up(&mut self) {
        if self.pending().is_some() {
            *self = self.take().map_or(Self::NotAsked, Self::Loaded);
        }
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::NotAsked => None,
            Self::Loading { old, .. } | Self::Failed { old, .. } => old,
            Self::Loaded(value) => Some(value),
        }
    }
}

/// When rows came, for their age; how many there are, where the service says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetched {
    pub at: Instant,
    pub total: Option<u64>,
}

/// How a pane looks. Every one differs from the others, and names the next useful key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Face<'a> {
    /// Nothing was asked yet.
    NotAsked,
    /// Nothing there yet.
    Loading { since: Instant },
    /// The service has none.
    Empty,
    /// There are rows, but the filter hides them all.
    NoMatch,
    /// Nothing to show but the reason.
    Failed(&'a ApiError),
    /// The key is not accepted.
    SignIn(&'a ApiError),
    /// The key is accepted, but not for this.
    Forbidden(&'a ApiError),
    /// Rows to show. `error` is why they are old, `loading` that newer ones are on their way.
    Rows {
        loading: bool,
        error: Option<&'a ApiError>,
        at: Option<Instant>,
    },
}

impl<'a> Face<'a> {
    /// The face of an error when there is nothing else to show.
    pub const fn of_error(error: &'a ApiError) -> Self {
        match error.kind {
            ApiErrorKind::Unauthorized => Self::SignIn(error),
            ApiErrorKind::Forbidden { .. } => Self::Forbidden(error),
            _ => Self::Failed(error),
        }
    }

    /// The face of some rows and what is known of where they come from.
    pub fn of(remote: &'a Remote<Fetched>, rows: usize, shown: usize) -> Self {
        match remote {
            Remote::NotAsked if rows == 0 => Self::NotAsked,
            Remote::Loading { since, .. } if rows == 0 => Self::Loading { since: *since },
            Remote::Failed { error, .. } if rows == 0 => Self::of_error(error),
            Remote::Loaded(_) if rows == 0 => Self::Empty,
            _ if shown == 0 => Self::NoMatch,
            _ => Self::Rows {
                loading: remote.pending().is_some(),
                error: remote.error(),
                at: remote.value().map(|fetched| fetched.at),
            },
        }
    }
}

/// A list and the request that fills it. On a first load rows show as they arrive; on a reload the
/// old ones stay until the last page is there, so that nothing jumps.
#[derive(Debug)]
pub struct Listing<R: Row> {
    pub remote: Remote<Fetched>,
    pub list: List<R>,
    /// Rows of a reload that is not complete.
    incoming: Vec<R>,
    reload: bool,
}

impl<R: Row> Default for Listing<R> {
    fn default() -> Self {
        Self {
            remote: Remote::NotAsked,
            list: List::default(),
            incoming: Vec::new(),
            reload: false,
        }
    }
}

/// One page of rows.
pub struct Rows<R> {
    pub rows: Vec<R>,
    /// Others follow.
    pub more: bool,
    pub total: Option<u64>,
}

impl<R: Row> Listing<R> {
    pub fn face(&self) -> Face<'_> {
        Face::of(&self.remote, self.list.len(), self.list.shown().len())
    }

    /// Begins to wait; returns the request that is now pointless.
    pub fn ask(&mut self, id: RequestId, now: Instant) -> Option<RequestId> {
        self.incoming.clear();
        self.reload = !self.list.is_empty();
        self.remote.ask(id, now)
    }

    /// Takes one page, if it is of the awaited request.
    pub fn arrive(&mut self, id: RequestId, page: Result<Rows<R>, ApiError>, now: Instant) -> bool {
        if self.remote.pending() != Some(id) {
            return false;
        }
        match page {
            Err(error) => {
                self.incoming.clear();
                self.remote.answer(id, Err(error));
            }
            Ok(page) => {
                if self.reload {
                    self.incoming.extend(page.rows);
                } else {
                    self.list.append(page.rows);
                }
                if !page.more {
                    if self.reload {
                        self.list.replace(std::mem::take(&mut self.incoming));
                    }
                    let total = page.total;
                    self.remote.answer(id, Ok(Fetched { at: now, total }));
                }
            }
        }
        true
    }

    /// Shows rows that are already known, as old as they are.
    pub fn show(&mut self, rows: Vec<R>, at: Instant) -> Option<RequestId> {
        let before = self.remote.pending();
        self.incoming.clear();
        self.list.replace(rows);
        self.remote = Remote::Loaded(Fetched { at, total: None });
        before
    }
}
