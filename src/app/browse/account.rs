//! An account in the first pane: its connection, its key, its containers.

use std::sync::Arc;
use std::time::Instant;

use crate::api::{AccountInfo, ApiError, ConnectError, KeyReport};
use crate::app::effect::RequestId;
use crate::app::remote::{Arrived, Face, Fetched, Incoming, Remote, Turn};
use crate::domain::filter::Usage;
use crate::domain::{Container, Entry};

/// How an account stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Link {
    /// Its key is being looked for.
    Connecting,
    /// Which key is in use. Whether the service takes it, its lists show.
    Ready(KeyReport),
    /// No place has a key, or the settings cannot be used.
    Failed(ConnectError),
}

#[derive(Debug)]
pub struct Account {
    pub info: AccountInfo,
    pub link: Link,
    /// The state of `rows`.
    pub containers: Remote<Fetched>,
    pub rows: Vec<Entry<Container>>,
    /// Where its assets are used, once that was scanned for.
    pub usage: Option<Arc<Usage>>,
    incoming: Incoming<Vec<Entry<Container>>>,
}

impl Account {
    pub fn new(info: AccountInfo) -> Self {
        Self {
            info,
            link: Link::Connecting,
            containers: Remote::NotAsked,
            rows: Vec::new(),
            usage: None,
            incoming: Incoming::default(),
        }
    }

    /// How its containers look. [`Link`] comes first: see [`Self::ready`].
    pub fn face(&self) -> Face<'_> {
        Face::of(&self.containers, self.rows.len(), self.rows.len())
    }

    /// It has a key and may be asked.
    pub const fn ready(&self) -> bool {
        matches!(self.link, Link::Ready(_))
    }

    /// The next useful thing is to type a key.
    pub fn wants_key(&self) -> bool {
        match &self.link {
            Link::Failed(
                ConnectError::NoKey { .. }
                | ConnectError::Sealed { .. }
                | ConnectError::Moved { .. }
                | ConnectError::Api(_),
            ) => true,
            Link::Failed(ConnectError::Settings(_)) | Link::Connecting => false,
            Link::Ready(_) => self
                .containers
                .error()
                .is_some_and(|error| error.kind == crate::api::ApiErrorKind::Unauthorized),
        }
    }

    /// Begins to wait for containers; returns the request that is now pointless.
    pub fn ask(&mut self, id: RequestId, now: Instant) -> Option<RequestId> {
        self.incoming.begin(!self.rows.is_empty());
        self.containers.ask(id, now)
    }

    /// Takes one page of containers, if it is of the awaited request.
    pub fn arrive(
        &mut self,
        id: RequestId,
        page: Result<Arrived<Vec<Entry<Container>>>, ApiError>,
        now: Instant,
    ) {
        let turn = self.incoming.arrive(&mut self.containers, id, page, now);
        self.turn(turn);
    }

    /// Shows containers that were kept, unless the service was quicker.
    pub fn recall(&mut self, page: Arrived<Vec<Entry<Container>>>, now: Instant) {
        let holds = !self.rows.is_empty();
        let turn = { &mut self.incoming }.recall(&mut self.containers, holds, page, now);
        self.turn(turn);
    }

    fn turn(&mut self, turn: Turn<Vec<Entry<Container>>>) {
        match turn {
            Turn::Append(rows) => self.rows.extend(rows),
            Turn::Replace(rows) => self.rows = rows,
            Turn::Stay => {}
        }
    }
}
