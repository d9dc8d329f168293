//! The one error of every call to a service: what was tried, what came back, what to do.

use std::fmt;
use std::time::Duration;

/// What the caller can do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiErrorKind {
    /// The key or token is not accepted.
    Unauthorized,
    /// The key is accepted, but not for this. Scopes the service named, if any.
    Forbidden {
        missing: Vec<String>,
    },
    NotFound,
    Conflict,
    /// The service refused what was sent.
    Invalid,
    /// Too many calls; the service's own wait, when it named one.
    RateLimited {
        after: Option<Duration>,
    },
    /// The service failed (5xx), or answered as no service of this kind does.
    Server,
    /// No connection, or it broke.
    Transport,
    /// An answer that could not be read.
    Decode,
    /// A limit of ours: too large, too slow, going in circles.
    Limit,
    /// Refused before anything was sent: another origin, plain http, a redirect.
    Refused,
    /// The account is read-only or protected: nothing was sent.
    Guarded,
    /// A local file could not be read, or changed on the way.
    File,
    /// There is no room on the local disk, or a quota is used up.
    DiskFull,
    Cancelled,
    /// The service cannot do this at all.
    Unsupported,
}

/// How far the request got: decides whether it may simply be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Nothing left this machine.
    NotSent,
    /// It was sent, and no whole answer came.
    Unknown,
    /// The service answered.
    Answered,
}

/// A failed call. Plain data: it may be kept, compared and shown. Texts of the service in it are
/// foreign: they are shown through `SafeText` only. It never holds an address's query or user part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// What was tried, in words that follow "could not": `list assets`.
    pub operation: &'static str,
    pub kind: ApiErrorKind,
    pub delivery: Delivery,
    /// The request that changes something at the service had been sent: see [`Self::in_doubt`].
    pub changes: bool,
    pub status: Option<u16>,
    /// The service's own code, such as `insufficient_scope`.
    pub code: Option<String>,
    /// One sentence: the service's message, or ours.
    pub message: String,
    pub request_id: Option<String>,
    /// Scheme, host, port and path.
    pub url: Option<String>,
    /// Causes, outermost first.
    pub chain: Vec<String>,
}

impl ApiError {
    /// An error before anything was sent; refine it with the fields.
    pub fn new(operation: &'static str, kind: ApiErrorKind, message: impl Into<String>) -> Self {
        Self {
            operation,
            kind,
            delivery: Delivery::NotSent,
            changes: false,
            status: None,
            code: None,
            message: message.into(),
            request_id: None,
            url: None,
            chain: Vec::new(),
        }
    }

    /// The service has no such thing.
    pub fn unsupported(operation: &'static str) -> Self {
        Self::new(
            operation,
            ApiErrorKind::Unsupported,
            "this service cannot do that",
        )
    }

    /// The user stopped it.
    pub fn cancelled(operation: &'static str) -> Self {
        Self::new(operation, ApiErrorKind::Cancelled, "stopped")
    }

    /// The task that worked on it panicked.
    pub fn panicked() -> Self {
        Self::new(
            "finish this",
            ApiErrorKind::Decode,
            "the program made a mistake; the log has more",
        )
    }

    /// The only judge of whether trying again by itself makes sense.
    pub fn is_transient(&self) -> bool {
        match self.kind {
            ApiErrorKind::RateLimited { .. } | ApiErrorKind::Transport => true,
            ApiErrorKind::Server => matches!(self.status, None | Some(500 | 502 | 503 | 504)),
            _ => self.status == Some(408),
        }
    }

    /// The service may have carried the change out although we were not told so: look before
    /// trying again.
    pub fn in_doubt(&self) -> bool {
        self.changes
            && match self.delivery {
                Delivery::NotSent => false,
                Delivery::Unknown => true,
                // A gateway's answer is not the service's. One that is broken or longer than is read
                // hides what it said, and so does one that leads to what became of the call.
                Delivery::Answered => match self.status {
                    Some(status) => {
                        status >= 500
                            || status == 408
                            || matches!(status, 302 | 303)
                            || (status < 300 && self.hides_the_answer())
                    }
                    None => self.hides_the_answer(),
                },
            }
    }

    fn hides_the_answer(&self) -> bool {
        matches!(self.kind, ApiErrorKind::Decode | ApiErrorKind::Limit)
    }

    /// Not signed in, or not allowed: exit code 4.
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.kind,
            ApiErrorKind::Unauthorized | ApiErrorKind::Forbidden { .. } | ApiErrorKind::Guarded
        )
    }

    /// What to do next, in one short sentence; empty when there is nothing to say.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            ApiErrorKind::Unauthorized => "Sign in again with a valid key.",
            ApiErrorKind::Forbidden { .. } => "Ask whoever made the key for the right to do this.",
            ApiErrorKind::NotFound => "It may have been deleted; refresh the list.",
            ApiErrorKind::Conflict => "Refresh the list and look at what is there now.",
            ApiErrorKind::RateLimited { .. } => "The service wants a pause; try again later.",
            ApiErrorKind::Server => "The service has a problem; try again later.",
            ApiErrorKind::Transport => "Check the connection and the address, then try again.",
            ApiErrorKind::Decode => {
                "The answer makes no sense; check that the address is the service's."
            }
            ApiErrorKind::Refused => "Check the account's base_url in the settings.",
            ApiErrorKind::DiskFull => "Make room on the disk, then go on with what waits.",
            _ => "",
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "could not {}: {}",
            self.operation,
            crate::domain::SafeText::prose(&self.message)
        )?;
        // Unless the service's own sentence names them already.
        if let ApiErrorKind::Forbidden { missing } = &self.kind
            && missing.iter().any(|scope| !self.message.contains(scope))
        {
            write!(
                f,
                " (the key lacks {})",
                crate::domain::SafeText::prose(&missing.join(", "))
            )?;
        }
        if let Some(status) = self.status {
            write!(f, " (HTTP {status})")?;
        }
        // What is refused on this side names it in its sentence.
        if let ApiErrorKind::RateLimited { after: Some(wait) } = self.kind
            && self.delivery == Delivery::Answered
        {
            let wait = crate::domain::time_words(wait);
            write!(f, "; it asks for a pause of {wait}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ApiError {}
