//! Events and errors of the journal as JSON.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::row::{AssetRow, PathRow, json};
use crate::api::{ApiError, ApiErrorKind, Delivery, Receipt, Step};
use crate::transfer::job::{JobEvent, Look, Showed};

/// What calls were tried, in words; an error read back has one of these.
const OPERATIONS: [&str; 13] = [
    "upload the file",
    "attach the file",
    "record the file",
    "send the file",
    "save the file",
    "look for the upload",
    "ask for an upload link",
    "record the asset",
    "set the texts",
    "list assets",
    "delete the asset",
    "connect",
    "sign in",
];

#[derive(Serialize, Deserialize)]
struct ErrorRow {
    operation: String,
    kind: String,
    /// Seconds of a named wait.
    after: Option<Duration>,
    missing: Vec<String>,
    sent: Option<bool>,
    changes: bool,
    status: Option<u16>,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
}

impl ErrorRow {
    fn of(error: &ApiError) -> Self {
        let (kind, after, missing) = match &error.kind {
            ApiErrorKind::Unauthorized => ("unauthorized", None, Vec::new()),
            ApiErrorKind::Forbidden { missing } => ("forbidden", None, missing.clone()),
            ApiErrorKind::NotFound => ("not_found", None, Vec::new()),
            ApiErrorKind::Conflict => ("conflict", None, Vec::new()),
            ApiErrorKind::Invalid => ("invalid", None, Vec::new()),
            ApiErrorKind::RateLimited { after } => ("rate_limited", *after, Vec::new()),
            ApiErrorKind::Server => ("server", None, Vec::new()),
            ApiErrorKind::Transport => ("transport", None, Vec::new()),
            ApiErrorKind::Decode => ("decode", None, Vec::new()),
            ApiErrorKind::Limit => ("limit", None, Vec::new()),
            ApiErrorKind::Refused => ("refused", None, Vec::new()),
            ApiErrorKind::Guarded => ("guarded", None, Vec::new()),
            ApiErrorKind::File => ("file", None, Vec::new()),
            ApiErrorKind::DiskFull => ("disk_full", None, Vec::new()),
            ApiErrorKind::Cancelled => ("cancelled", None, Vec::new()),
            ApiErrorKind::Unsupported => ("unsupported", None, Vec::new()),
        };
        Self {
            operation: error.operation.to_owned(),
            kind: kind.to_owned(),
            after,
            missing,
            sent: match error.delivery {
                Delivery::NotSent => Some(false),
                Delivery::Unknown => None,
                Delivery::Answered => Some(true),
            },
            changes: error.changes,
            status: error.status,
            code: error.code.clone(),
            message: error.message.clone(),
            request_id: error.request_id.clone(),
        }
    }

    fn error(self) -> ApiError {
        let known = OPERATIONS.iter().find(|known| **known == self.operation);
        let kind = match self.kind.as_str() {
            "unauthorized" => ApiErrorKind::Unauthorized,
            "forbidden" => ApiErrorKind::Forbidden {
                missing: self.missing,
            },
            "not_found" => ApiErrorKind::NotFound,
            "conflict" => ApiErrorKind::Conflict,
            "invalid" => ApiErrorKind::Invalid,
            "rate_limited" => ApiErrorKind::RateLimited { after: self.after },
            "server" => ApiErrorKind::Server,
            "transport" => ApiErrorKind::Transport,
            "limit" => ApiErrorKind::Limit,
            "refused" => ApiErrorKind::Refused,
            "guarded" => ApiErrorKind::Guarded,
            "file" => ApiErrorKind::File,
            "disk_full" => ApiErrorKind::DiskFull,
            "cancelled" => ApiErrorKind::Cancelled,
            "unsupported" => ApiErrorKind::Unsupported,
            _ => ApiErrorKind::Decode,
        };
        ApiError {
            delivery: match self.sent {
                Some(false) => Delivery::NotSent,
                None => Delivery::Unknown,
                Some(true) => Delivery::Answered,
            },
            changes: self.changes,
            status: self.status,
            code: self.code,
            request_id: self.request_id,
            ..ApiError::new(known.unwrap_or(&"transfer the file"), kind, self.message)
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EventRow {
    Step {
        step: String,
        storage_key: Option<String>,
        /// Rows of version 1 have none.
        #[serde(default)]
        at: Timestamp,
    },
    Looked {
        at: Timestamp,
        /// How many the service lists there.
        among: Option<u64>,
        /// Why there was no listing.
        why: Option<String>,
        /// One of its name and size is there: whether it is known to be another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<bool>,
    },
    Wait {
        until: Timestamp,
        attempt: u32,
        error: ErrorRow,
    },
    Done {
        asset: Option<AssetRow>,
        path: Option<PathRow>,
    },
    Failed(ErrorRow),
    InDoubt(ErrorRow),
    Unlisted(String),
    Cancelled,
    Paused,
    WentOn,
    Retried,
    Interrupted,
    NotBegun,
    Warned(String),
}

const STEPS: [(Step, &str); 8] = [
    (Step::AskLink, "ask_link"),
    (Step::Send, "send"),
    (Step::Record, "record"),
    (Step::Attach, "attach"),
    (Step::Texts, "texts"),
    (Step::Confirm, "confirm"),
    (Step::Look, "look"),
    (Step::Remove, "remove"),
];

/// An event as it is written.
pub(super) fn write_event(event: &JobEvent) -> String {
    let row = match event {
        JobEvent::Step { step, receipt, at } => EventRow::Step {
            step: STEPS
                .iter()
                .find(|(known, _)| known == step)
                .map_or("", |(_, word)| word)
                .to_owned(),
            storage_key: receipt.as_ref().map(|it| it.storage_key.clone()),
            at: *at,
        },
        JobEvent::Looked(Look { at, showed }) => {
            let (among, why, other) = match showed {
                Showed::Absent { among } => (Some(*among), None, None),
                Showed::Alike { other } => (None, None, Some(*other)),
                Showed::Nothing(why) => (None, Some(why.clone()), None),
            };
            EventRow::Looked {
                at: *at,
                among,
                why,
                other,
            }
        }
        JobEvent::Wait {
            until,
            attempt,
            error,
        } => EventRow::Wait {
            until: *until,
            attempt: *attempt,
            error: ErrorRow::of(error),
        },
        JobEvent::Done { asset, path } => EventRow::Done {
            asset: asset.as_deref().map(AssetRow::of),
            path: path.as_deref().map(PathRow::of),
        },
        JobEvent::Failed(error) => EventRow::Failed(ErrorRow::of(error)),
        JobEvent::InDoubt(error) => EventRow::InDoubt(ErrorRow::of(error)),
        JobEvent::Unlisted { reason } => EventRow::Unlisted(reason.clone()),
        JobEvent::Cancelled => EventRow::Cancelled,
        JobEvent::Paused => EventRow::Paused,
        JobEvent::WentOn => EventRow::WentOn,
        JobEvent::Retried => EventRow::Retried,
        JobEvent::Interrupted => EventRow::Interrupted,
        JobEvent::NotBegun => EventRow::NotBegun,
        JobEvent::Warned(text) => EventRow::Warned(text.clone()),
    };
    json(&row)
}

/// The event of a row; `None` when it is not one of ours.
pub(super) fn read_event(text: &str) -> Option<JobEvent> {
    Some(match serde_json::from_str(text).ok()? {
        EventRow::Step {
            step,
            storage_key,
            at,
        } => JobEvent::Step {
            step: STEPS.iter().find(|(_, word)| *word == step)?.0,
            receipt: storage_key.map(|storage_key| Receipt { storage_key }),
            at,
        },
        EventRow::Looked {
            at,
            among,
            why,
            other,
        } => JobEvent::Looked(Look {
            at,
            showed: match (among, other) {
                (Some(among), _) => Showed::Absent { among },
                (None, Some(other)) => Showed::Alike { other },
                (None, None) => Showed::Nothing(why.unwrap_or_default()),
            },
        }),
        EventRow::Wait {
            until,
            attempt,
            error,
        } => JobEvent::Wait {
            until,
            attempt,
            error: error.error(),
        },
        EventRow::Done { asset, path } => JobEvent::Done {
            asset: asset.and_then(AssetRow::asset).map(Box::new),
            path: path.map(PathRow::path),
        },
        EventRow::Failed(error) => JobEvent::Failed(error.error()),
        EventRow::InDoubt(error) => JobEvent::InDoubt(error.error()),
        EventRow::Unlisted(reason) => JobEvent::Unlisted { reason },
        EventRow::Cancelled => JobEvent::Cancelled,
        EventRow::Paused => JobEvent::Paused,
        EventRow::WentOn => JobEvent::WentOn,
        EventRow::Retried => JobEvent::Retried,
        EventRow::Interrupted => JobEvent::Interrupted,
        EventRow::NotBegun => JobEvent::NotBegun,
        EventRow::Warned(text) => JobEvent::Warned(text),
    })
}
