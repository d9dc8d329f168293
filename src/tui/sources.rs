//! Everything that can wake the loop, in the order of its importance.

use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedReceiver;

use super::hangup::Notice;
use super::keys::Heard;
use crate::app::Msg;

/// Where everything comes from.
pub struct Sources {
    pub notices: UnboundedReceiver<Notice>,
    pub messages: UnboundedReceiver<Msg>,
    pub events: UnboundedReceiver<Heard>,
    /// No key will come any more.
    pub deaf: bool,
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
            event = self.events.recv() => match event {
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
        match self.events.try_recv().ok()? {
            Heard::Deaf => {
                self.deaf = true;
                None
            }
            heard => Some(Came::Heard(heard)),
        }
    }
}
