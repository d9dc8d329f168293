//! The faults by name, with what can be told about each.

use serde::Deserialize;
use serde_json::Value;

use super::shape::Shape;

/// How long a stall lasts that says nothing about it: longer than any client waits.
const STALL_MS: u64 = 600_000;

/// What can be told to go wrong.
#[derive(Clone, Debug, Deserialize)]
#[serde(
    tag = "fault",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum Fault {
    /// Answer with this status; the service never sees the request.
    Status {
        status: u16,
        #[serde(default)]
        shape: Shape,
        code: Option<String>,
        message: Option<String>,
    },
    /// Answer 429, with a `Retry-After` where `wait` is given.
    Throttle {
        wait: Option<Value>,
        #[serde(default)]
        shape: Shape,
    },
    /// Answer with this status as soon as so many bytes of the body came in.
    FailAfter {
        bytes: u64,
        #[serde(default = "unavailable")]
        status: u16,
        #[serde(default)]
        shape: Shape,
    },
    /// Wait, then serve.
    Delay { ms: u64 },
    /// Stand still at some point, then go on.
    Stall {
        #[serde(default)]
        at: Point,
        #[serde(default)]
        after: u64,
        #[serde(default = "long")]
        ms: u64,
    },
    /// Break the connection after so many bytes.
    Cut {
        #[serde(default)]
        of: Span,
        after: u64,
        #[serde(default)]
        by: Way,
    },
    /// Serve, then lose the answer.
    Drop {
        way: Loss,
        #[serde(default = "long")]
        ms: u64,
    },
    /// End links or tokens just before the request is served.
    Expire {
        #[serde(default)]
        what: What,
    },
    /// Store less than was sent, or list another size than was stored.
    WrongSize {
        how: Wrong,
        #[serde(default = "one")]
        by: i64,
    },
    /// Leave what this request stores out of the next lists.
    Lag { lists: u64 },
}

/// Where a stall is.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Point {
    #[default]
    Head,
    Answer,
    Request,
}

/// What a cut counts.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    #[default]
    Answer,
    Wire,
    Request,
}

/// How a connection is broken.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    #[default]
    Reset,
    Close,
}

/// How an answer is lost.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    Reset,
    Close,
    #[serde(rename = "502")]
    BadGateway,
    #[serde(rename = "504")]
    GatewayTimeout,
    Half,
    Stall,
    Empty,
}

/// What is ended at once.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Sessions of the documents' service.
    #[default]
    Tokens,
    /// Presigned addresses given out so far.
    Links,
    /// File tokens that nobody attached yet.
    Uploads,
    /// All three.
    All,
}

/// Which size is wrong.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wrong {
    Stored,
    Listed,
}

fn unavailable() -> u16 {
    503
}

fn long() -> u64 {
    STALL_MS
}

fn one() -> i64 {
    1
}

impl Fault {
    /// Its name, as it is told.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Throttle { .. } => "throttle",
            Self::FailAfter { .. } => "fail-after",
            Self::Delay { .. } => "delay",
            Self::Stall { .. } => "stall",
            Self::Cut { .. } => "cut",
            Self::Drop { .. } => "drop",
            Self::Expire { .. } => "expire",
            Self::WrongSize { .. } => "wrong-size",
            Self::Lag { .. } => "lag",
        }
    }

    /// Whether the service still answers, so that a further fault may meet the same request.
    pub fn goes_on(&self) -> bool {
        matches!(
            self,
            Self::Delay { .. } | Self::Expire { .. } | Self::WrongSize { .. } | Self::Lag { .. }
        )
    }

    /// Refuses what its members cannot be.
    pub fn sound(&self) -> Result<(), String> {
        match self {
            Self::Status { status, .. } | Self::FailAfter { status, .. }
                if !(200..=599).contains(status) =>
            {
                Err(format!("status {status}: from 200 to 599"))
            }
            Self::Lag { lists: 0 } => Err("lists: 1 or more".into()),
            Self::WrongSize {
                how: Wrong::Stored,
                by: i64::MIN..=0,
            } => Err("by: what is stored can only be shorter, by 1 byte or more".into()),
            _ => Ok(()),
        }
    }
}
