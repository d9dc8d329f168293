//! Being woken when something in a folder changes: by the system, or by the clock where it cannot.

use std::path::Path;
use std::time::Duration;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

/// How often a folder is looked at that the system tells nothing of.
const POLL: Duration = Duration::from_secs(5);

/// Wakes whoever looks at a folder. What changed is for the look to tell: events may be lost, merged or
/// out of order.
#[derive(Debug)]
pub struct Eye {
    /// Ends with it.
    _watcher: Option<RecommendedWatcher>,
    stirs: mpsc::Receiver<()>,
    every: Option<Duration>,
}

impl Eye {
    /// Watches everything below a folder from now on. `every`: does not rely on the system, which tells
    /// nothing of what other machines do in a folder of the network. Where the system cannot do it,
    /// the sentence says why the folder is looked at now and then instead.
    pub fn open(root: &Path, every: Option<Duration>) -> (Self, Option<String>) {
        let (stir, stirs) = mpsc::channel(1);
        if every.is_some() {
            let eye = Self {
                _watcher: None,
                stirs,
                every,
            };
            return (eye, None);
        }
        let told = move |event: notify::Result<Event>| {
            // Reading a file is none: we do that ourselves.
            if !event.is_ok_and(|it| matches!(it.kind, EventKind::Access(_))) {
                // One that waits already stands for this one, too.
                let _ = stir.try_send(());
            }
        };
        let watcher = notify::recommended_watcher(told).and_then(|mut watcher| {
            watcher.watch(root, RecursiveMode::Recursive)?;
            Ok(watcher)
        });
        match watcher {
            Ok(watcher) => {
                let eye = Self {
                    _watcher: Some(watcher),
                    stirs,
                    every: None,
                };
                (eye, None)
            }
            Err(error) => {
                let why = crate::domain::SafeText::prose(&error.to_string()).into_string();
                let eye = Self {
                    _watcher: None,
                    stirs,
                    every: Some(POLL),
                };
                (eye, Some(why))
            }
        }
    }

    /// The next time to look.
    pub async fn stirred(&mut self) {
        match self.every {
            Some(every) => tokio::time::sleep(every).await,
            None => {
                if self.stirs.recv().await.is_none() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}
