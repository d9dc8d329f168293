//! Everything that can wake the loop, in the order of its importance.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::hangup::Notice;
use super::keys::Heard;
use crate::app::Msg;

/// Where everything comes from.
pub struct Sources {
    notices: UnboundedReceiver<Notice>,
    messages: UnboundedReceiver<Msg>,
    /// What was heard at once comes in one piece.
    events: UnboundedReceiver<Vec<Heard>>,
    /// The rest of that piece.
    pending: VecDeque<Heard>,
    /// No key will come any more.
    deaf: bool,
}

/// One thing that came.
pub enum Came {
    Notice(Notice),
    Msg(Msg),
    Heard(Heard),
    /// No key is read any more, though the terminal is there.
    Deaf,
    Deadline,
}

impl Sources {
    pub fn new(
        notices: UnboundedReceiver<Notice>,
        messages: UnboundedReceiver<Msg>,
        events: UnboundedReceiver<Vec<Heard>>,
    ) -> Self {
        Self {
            notices,
            messages,
            events,
            pending: VecDeque::new(),
            deaf: false,
        }
    }

    /// The next thing that the terminal tells; `None` when nobody reads it any more.
    pub async fn heard(&mut self) -> Option<Heard> {
        next(&mut self.events, &mut self.pending).await
    }

    /// Waits for the next thing: signals first, then answers, then keys, then the clock.
    pub async fn next(&mut self, deadline: Option<Instant>) -> Came {
        if self.deaf {
            return self.silence().await;
        }
        let clock = async {
            match deadline {
                Some(at) => tokio::time::sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            Some(notice) = self.notices.recv() => Came::Notice(notice),
            Some(msg) = self.messages.recv() => Came::Msg(msg),
            event = next(&mut self.events, &mut self.pending) => match event {
                Some(Heard::Deaf) | None => self.silence().await,
                Some(heard) => Came::Heard(heard),
            },
            () = clock => Came::Deadline,
        }
    }

    /// Nobody reads keys any more: mostly because the terminal is gone, which the watcher says in a
    /// moment. A screen that hears no key must not stay either way.
    async fn silence(&mut self) -> Came {
        let watcher = tokio::time::timeout(Duration::from_millis(500), self.leave()).await;
        let leave = |status| Came::Notice(Notice::Leave(status));
        watcher.ok().flatten().map_or(Came::Deaf, leave)
    }

    /// The next request to leave.
    pub async fn leave(&mut self) -> Option<u8> {
        loop {
            if let Notice::Leave(status) = self.notices.recv().await? {
                return Some(status);
            }
        }
    }

    /// What is there already.
    pub fn ready(&mut self) -> Option<Came> {
        if let Ok(notice) = self.notices.try_recv() {
            return Some(Came::Notice(notice));
        }
        if let Ok(msg) = self.messages.try_recv() {
            return Some(Came::Msg(msg));
        }
        if self.pending.is_empty()
            && let Ok(piece) = self.events.try_recv()
        {
            self.pending.extend(piece);
        }
        match self.pending.pop_front()? {
            Heard::Deaf => {
                self.deaf = true;
                None
            }
            heard => Some(Came::Heard(heard)),
        }
    }
}

/// Takes the next of a piece, or waits for another. Nothing is lost when the wait is given up.
async fn next(
    events: &mut UnboundedReceiver<Vec<Heard>>,
    pending: &mut VecDeque<Heard>,
) -> Option<Heard> {
    while pending.is_empty() {
        pending.extend(events.recv().await?);
    }
    pending.pop_front()
}
