//! The status line's passing notice, and the messages of this session.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::modal::view::Tone;
use crate::api::ApiError;

/// How long a notice stands.
const NOTICE: Duration = Duration::from_secs(6);
/// A failure stands longer, since somebody has to read it.
const FAILURE: Duration = Duration::from_secs(15);
/// How many messages are kept.
const KEPT: usize = 500;

/// One sentence about what happened. Its text is safe to show.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub at: Instant,
    pub tone: Tone,
    pub text: String,
    /// The whole error, when it is about one.
    pub error: Option<ApiError>,
}

/// Messages of this session, oldest first, and how long the last one stands in the status line.
#[derive(Debug, Default)]
pub struct Notices {
    pub all: VecDeque<Message>,
    until: Option<Instant>,
}

impl Notices {
    /// The message that stands in the status line now.
    pub fn standing(&self) -> Option<&Message> {
        self.until.and_then(|_| self.all.back())
    }

    /// When it goes.
    pub const fn until(&self) -> Option<Instant> {
        self.until
    }

    /// Takes the notice away when its time is over.
    pub fn expire(&mut self, now: Instant) {
        if self.until.is_some_and(|until| until <= now) {
            self.until = None;
        }
    }

    /// Takes the notice away; says whether there was one.
    pub fn dismiss(&mut self) -> bool {
        self.until.take().is_some()
    }

    /// Says something; `text` holds foreign text only as `SafeText` made it.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>, now: Instant) {
        let stands = if tone == Tone::Bad { FAILURE } else { NOTICE };
        self.push(
            Message {
                at: now,
                tone,
                text: text.into(),
                error: None,
            },
            stands,
        );
    }

    /// Says that a call failed.
    pub fn fail(&mut self, error: &ApiError, now: Instant) {
        self.push(
            Message {
                at: now,
                tone: Tone::Bad,
                text: error.to_string(),
                error: Some(error.clone()),
            },
            FAILURE,
        );
    }

    fn push(&mut self, message: Message, stands: Duration) {
        self.until = Some(message.at + stands);
        self.all.push_back(message);
        if self.all.len() > KEPT {
            self.all.pop_front();
        }
    }
}
