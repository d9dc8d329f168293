//! How a pane looks that shows rows of a service, by what is known of them.

use std::time::Instant;

use super::{Fetched, Remote};
use crate::api::{ApiError, ApiErrorKind};
use crate::domain::Held;

/// How a pane looks. Every one differs from the others, and names the next useful key.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Face<'a> {
    /// Nothing was asked yet.
    NotAsked,
    /// Nothing there yet.
    Loading {
        since: Instant,
        held: Option<&'a Held>,
    },
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
    /// Rows to show. `error` is why they are old, `loading` that newer ones are on their way, `held` for
    /// what these wait.
    Rows {
        loading: bool,
        held: Option<&'a Held>,
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
            Remote::Loading { since, held, .. } if rows == 0 => Self::Loading {
                since: *since,
                held: held.as_ref(),
            },
            Remote::Failed { error, .. } if rows == 0 => Self::of_error(error),
            Remote::Loaded(_) if rows == 0 => Self::Empty,
            _ if shown == 0 => Self::NoMatch,
            _ => Self::Rows {
                loading: remote.pending().is_some(),
                held: remote.held(),
                error: remote.error(),
                at: remote.value().map(|fetched| fetched.at),
            },
        }
    }
}
