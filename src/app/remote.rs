//! A value that comes from a service: not asked, loading with what was there before, there, failed.

mod face;

pub use face::Face;

use std::time::Instant;

use super::effect::RequestId;
use super::list::{List, Row, Store};
use super::msg::Came;
use crate::api::ApiError;
use crate::domain::{Cursor, Held};

/// What is known of a remote value. Old data stays while new data loads and after a failure.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Remote<T> {
    #[default]
    NotAsked,
    Loading {
        id: RequestId,
        since: Instant,
        old: Option<T>,
        /// What it waits for before it goes on.
        held: Option<Held>,
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
            held: None,
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

    /// It waits for what the service allows, or not any more.
    pub fn wait(&mut self, id: RequestId, why: Option<Held>) {
        if self.pending() == Some(id)
            && let Self::Loading { held, .. } = self
        {
            *held = why;
        }
    }

    /// What it waits for.
    pub const fn held(&self) -> Option<&Held> {
        match self {
            Self::Loading { held, .. } => held.as_ref(),
            _ => None,
        }
    }

    /// While it loads, this is there already.
    fn hold(&mut self, value: T) {
        if let Self::Loading { old, .. } = self {
            *old = Some(value);
        }
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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    pub at: Instant,
    pub total: Option<u64>,
    /// What the service said then of when the container changed last.
    pub seal: Option<String>,
}

/// A list and the request that fills it. On a first load rows show as they arrive; on a reload the
/// old ones stay until the last page is there, so that nothing jumps.
#[derive(Debug)]
pub struct Listing<R: Row> {
    pub remote: Remote<Fetched>,
    pub list: List<R>,
    incoming: Incoming<R::Rows>,
}

impl<R: Row> Default for Listing<R> {
    fn default() -> Self {
        Self {
            remote: Remote::NotAsked,
            list: List::default(),
            incoming: Incoming::default(),
        }
    }
}

/// Rows on their way into a list that may hold older ones.
#[derive(Debug)]
pub struct Incoming<S> {
    /// Of a reload that is not complete.
    rows: S,
    /// What the list holds stays until the last page is there.
    reload: bool,
    /// What it holds was kept from before.
    kept: bool,
    /// The page that comes next, of a listing that is not whole.
    next: Option<Cursor>,
}

impl<S: Store> Default for Incoming<S> {
    fn default() -> Self {
        Self {
            rows: S::default(),
            reload: false,
            kept: false,
            next: None,
        }
    }
}

/// What becomes of a list's rows.
pub enum Turn<S> {
    Append(S),
    Replace(S),
    Stay,
}

impl<S: Store> Incoming<S> {
    /// Begins to wait; `holds`: the list has rows. Where pages came before it was stopped, it goes on
    /// behind them.
    pub fn begin(&mut self, holds: bool) {
        if self.next.is_none() {
            *self = Self {
                reload: holds,
                ..Self::default()
            };
        }
    }

    /// Takes rows that were kept from before, unless the service was quicker; `holds`: the list has
    /// rows.
    pub fn recall(
        &mut self,
        remote: &mut Remote<Fetched>,
        holds: bool,
        page: Arrived<S>,
        now: Instant,
    ) -> Turn<S> {
        let Came::Kept(age) = page.came else {
            return Turn::Stay;
        };
        let nothing_yet = !holds && !matches!(remote, Remote::Loaded(_));
        if !nothing_yet && !self.kept {
            return Turn::Stay;
        }
        (self.reload, self.kept) = (true, true);
        let fetched = Fetched {
            at: now.checked_sub(age).unwrap_or(now),
            total: page.total,
            seal: page.seal,
        };
        match remote {
            Remote::Loading { old, .. } | Remote::Failed { old, .. } => *old = Some(fetched),
            Remote::NotAsked | Remote::Loaded(_) => *remote = Remote::Loaded(fetched),
        }
        Turn::Append(page.rows)
    }

    /// Takes an answer, if it is the awaited one: says what becomes of the rows.
    pub fn arrive(
        &mut self,
        remote: &mut Remote<Fetched>,
        id: RequestId,
        page: Result<Arrived<S>, ApiError>,
        now: Instant,
    ) -> Turn<S> {
        if remote.pending() != Some(id) {
            return Turn::Stay;
        }
        remote.wait(id, None);
        let page = match page {
            Err(error) => {
                if self.next.is_none() {
                    self.rows = S::default();
                }
                remote.answer(id, Err(error));
                return Turn::Stay;
            }
            Ok(page) => page,
        };
        let fetched = |at| Fetched {
            at,
            total: page.total,
            seal: page.seal,
        };
        match page.came {
            // The service was quicker, or the list holds newer rows.
            Came::Kept(_) if self.reload && !self.kept => Turn::Stay,
            Came::Kept(age) => {
                (self.reload, self.kept) = (true, true);
                remote.hold(fetched(now.checked_sub(age).unwrap_or(now)));
                Turn::Append(page.rows)
            }
            // Whatever the list holds says more.
            Came::Early if self.reload => Turn::Stay,
            Came::Early => {
                // Nothing is known of all: a list that ends here is cut off.
                self.reload = true;
                Turn::Append(page.rows)
            }
            Came::Anew => {
                *self = Self {
                    reload: true,
                    ..Self::default()
                };
                Turn::Stay
            }
            Came::Unchanged => {
                self.rows = S::default();
                remote.answer(id, Ok(fetched(now)));
                Turn::Stay
            }
            Came::Fresh => {
                self.next = page.next;
                if !page.more {
                    remote.answer(id, Ok(fetched(now)));
                }
                if !self.reload {
                    return Turn::Append(page.rows);
                }
                self.rows.append(page.rows);
                if page.more {
                    Turn::Stay
                } else {
                    Turn::Replace(std::mem::take(&mut self.rows))
                }
            }
        }
    }
}

/// One page of rows.
pub struct Arrived<S> {
    pub rows: S,
    /// Others follow.
    pub more: bool,
    pub next: Option<Cursor>,
    pub total: Option<u64>,
    pub came: Came,
    pub seal: Option<String>,
}

impl<R: Row> Listing<R> {
    pub fn face(&self) -> Face<'_> {
        // What is not there yet, or was not looked at, may match.
        let comes = self.remote.pending().is_some() && !self.is_whole();
        let may_match = comes || !self.list.is_found();
        let shown = self.list.shown().len() + usize::from(may_match);
        Face::of(&self.remote, self.list.len(), shown)
    }

    /// Begins to wait; returns the request that is now pointless.
    pub fn ask(&mut self, id: RequestId, now: Instant) -> Option<RequestId> {
        self.incoming.begin(!self.list.is_empty());
        self.remote.ask(id, now)
    }

    /// The page that a listing goes on with which was stopped.
    pub const fn next(&self) -> Option<&Cursor> {
        self.incoming.next.as_ref()
    }

    /// Every row of a listing that came to its end is there, however old.
    pub fn is_whole(&self) -> bool {
        // What was kept comes in parts as well.
        let lacks = |fetched: &Fetched| {
            let all = fetched.total.and_then(|all| usize::try_from(all).ok());
            self.incoming.kept && all.is_some_and(|all| self.list.len() < all)
        };
        let ended = self.reloads() || self.next().is_none();
        ended && self.remote.value().is_some_and(|it| !lacks(it))
    }

    /// It ended before its last page.
    pub fn is_cut_off(&self) -> bool {
        self.remote.pending().is_none() && !self.list.is_empty() && !self.is_whole()
    }

    /// The list holds older rows than those that come.
    pub const fn reloads(&self) -> bool {
        self.incoming.reload
    }

    /// So many rows came of a listing that was stopped.
    pub fn came(&self) -> usize {
        if self.incoming.reload {
            self.incoming.rows.len()
        } else {
            self.list.len()
        }
    }

    /// What came of a listing that was stopped is not gone on with.
    pub fn begin_anew(&mut self) {
        self.incoming = Incoming::default();
    }

    /// Takes one page, if it is of the awaited request.
    pub fn arrive(
        &mut self,
        id: RequestId,
        page: Result<Arrived<R::Rows>, ApiError>,
        now: Instant,
    ) {
        match self.incoming.arrive(&mut self.remote, id, page, now) {
            Turn::Append(rows) => self.list.append(rows),
            Turn::Replace(rows) => self.list.replace(rows),
            Turn::Stay => self.list.take_front(&self.incoming.rows),
        }
        if self.remote.pending().is_none() {
            self.list.complete();
        }
    }

    /// Shows rows that are already known, as old as they are.
    pub fn show(&mut self, rows: R::Rows, at: Instant) -> Option<RequestId> {
        let before = self.remote.pending();
        self.incoming.begin(true);
        self.list.replace(rows);
        self.list.complete();
        self.remote = Remote::Loaded(Fetched {
            at,
            total: None,
            seal: None,
        });
        before
    }
}
