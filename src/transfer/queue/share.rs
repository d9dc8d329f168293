//! Several processes on one queue: what this one hands to the worker, and what it hears of others.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;

use super::{Inner, Store, Transfers, lock};
use crate::api::{ApiError, ApiErrorKind, Delivery};
use crate::transfer::job::{Ask, Direction, JobEvent, JobId};
use crate::transfer::journal::{Change, News, Seen};

/// How often a process looks for whose jobs another one is working.
const LOOK: Duration = Duration::from_millis(100);

/// How often it looks when nothing is going on: who works may end at any time, and somebody who
/// waits goes on in its place.
const LOOK_IDLE: Duration = Duration::from_secs(1);

/// Why an upload is in doubt whose end was not heard of.
fn forgotten() -> ApiError {
    let mut error = ApiError::new(
        "upload the file",
        ApiErrorKind::Transport,
        "another assetdeck was done with it, and how it ended is not known here",
    );
    error.delivery = Delivery::Unknown;
    error.changes = true;
    error
}

/// What is said of another process that works on the queue and is stopped, and what lets it go on.
pub fn stopped_words(process: u32) -> String {
    format!(
        "works on the queue and is stopped: `fg` in its terminal or `kill -CONT {process}` lets it go on"
    )
}

impl Transfers {
    /// Watches over the queue while another process works on it, to go on in its place when that
    /// one ends.
    pub(super) fn follow(&self) {
        let Store::Disk(journal) = &self.inner.store else {
            return;
        };
        if journal.works() {
            return;
        }
        journal.ring();
        let Some(handle) = self.handle() else { return };
        if self.inner.attending.swap(true, Ordering::Relaxed) {
            return;
        }
        let inner = Arc::downgrade(&self.inner);
        handle.spawn(async move {
            let mut pause = LOOK;
            loop {
                tokio::time::sleep(pause).await;
                let Some(inner) = inner.upgrade() else { return };
                let engine = Self { inner };
                let Some(next) = engine.look_on().await else {
                    engine.inner.attending.store(false, Ordering::Relaxed);
                    return;
                };
                pause = next;
            }
        });
    }

    /// One look, and when to make the next; `None` when there is nothing more to watch from here.
    async fn look_on(&self) -> Option<Duration> {
        let Store::Disk(journal) = &self.inner.store else {
            return None;
        };
        if journal.works() || self.inner.leaving.load(Ordering::Relaxed) {
            return None;
        }
        self.catch_up().await;
        if journal.take_over() {
            // Its pauses are not those of this one.
            self.inner.held.send_replace(Vec::new());
            self.inner.stopped.send_replace(None);
            tracing::info!("the one that worked on the queue is gone; this one goes on");
            // What the former worker wrote last.
            self.catch_up_as(false).await;
            self.doubt_forgotten().await;
            self.settle_left();
            let wanted: Vec<JobId> = {
                let table = self.table();
                let wanted = table.jobs.values().filter(|entry| entry.wanted);
                wanted.map(|entry| entry.job.id).collect()
            };
            for id in wanted {
                self.make_ready(id);
            }
            self.announce();
            self.attend();
            return None;
        }
        let goes_on = {
            let table = self.table();
            let mut jobs = table.jobs.values();
            jobs.any(|entry| entry.wanted && !entry.job.state.is_over())
        };
        // Also where nothing was heard: a pause ends by itself.
        self.overhear_held();
        let stopped = journal.stopped();
        self.inner.stopped.send_if_modified(|known| {
            let news = *known != stopped;
            *known = stopped;
            news
        });
        Some(if goes_on { LOOK } else { LOOK_IDLE })
    }

    /// What the former worker ended and forgot before this one heard of its end is not begun anew: only
    /// a look can tell what became of it.
    async fn doubt_forgotten(&self) {
        let inner = self.inner.clone();
        let read = tokio::task::spawn_blocking(move || match &inner.store {
            Store::Disk(journal) => journal.news(Seen::default()).ok(),
            _ => None,
        });
        let Ok(Some(all)) = read.await else { return };
        let kept: HashSet<JobId> = all.jobs.iter().map(|kept| kept.job.id).collect();
        let mut table = self.table();
        let gone = table.jobs.iter_mut().filter(|(id, entry)| {
            let open = !entry.unsaved && !entry.job.state.is_over();
            open && entry.job.direction == Direction::Up && !kept.contains(id)
        });
        for (_, entry) in gone {
            // It has no row in the journal any more that this could be written to.
            let _ = Arc::make_mut(&mut entry.job).apply(JobEvent::InDoubt(forgotten()));
        }
    }

    /// The number of the process that works on the queue, where that is another one and it was
    /// stopped: nothing goes on until it is let go on.
    pub fn stopped(&self) -> watch::Receiver<Option<u32>> {
        self.inner.stopped.subscribe()
    }

    /// Looks once at what the working process did, and becomes the one that works if it is gone.
    pub async fn refresh(&self) {
        if !self.works() {
            self.look_on().await;
        }
    }

    /// Takes in what others have written since.
    pub(in crate::transfer) async fn catch_up(&self) {
        self.catch_up_as(self.works()).await;
    }

    async fn catch_up_as(&self, works: bool) {
        let (inner, since): (Arc<Inner>, _) = (self.inner.clone(), self.seen());
        let closings = self.inner.closings.load(Ordering::Relaxed);
        let read = tokio::task::spawn_blocking(move || match &inner.store {
            Store::Disk(journal) => journal.news(since).ok(),
            _ => None,
        });
        // A look that failed is made again with the next one.
        let Ok(Some(news)) = read.await else { return };
        // What was said here meanwhile is newer.
        if self.inner.closings.load(Ordering::Relaxed) == closings {
            self.inner.closed.store(news.closed, Ordering::Relaxed);
        }
        self.take_news(news, works);
    }

    fn take_news(&self, news: News, works: bool) {
        *lock(&self.inner.seen) = news.seen;
        let mut fresh = Vec::new();
        for kept in news.jobs {
            let id = kept.job.id;
            let is_known = {
                let table = self.table();
                table.jobs.contains_key(&id) || table.forgotten.contains(&id)
            };
            if !is_known {
                self.take_in(kept);
                fresh.push(id);
            }
        }
        if !works {
            for id in &fresh {
                let job = self.table().jobs.get(id).map(|entry| entry.job.clone());
                if let Some(job) = job {
                    self.tell(&job);
                }
            }
            let moved = news.events.iter().map(|(id, _)| id);
            // Somebody who was there wanted these: should that one end, they go on from here.
            for id in fresh.iter().chain(moved) {
                if let Some(entry) = self.table().jobs.get_mut(id) {
                    entry.want_elsewhere();
                }
            }
            for (id, event) in news.events {
                self.happened(id, event);
            }
            return;
        }
        // What happened to them since is a part of what they are.
        let new: HashSet<JobId> = fresh.iter().copied().collect();
        for (id, event) in news.events {
            if new.contains(&id) {
                self.happened(id, event);
            }
        }
        // Somebody who is there now added them: they begin without being asked for.
        for id in &fresh {
            let job = self.table().jobs.get_mut(id).map(|entry| {
                entry.want_elsewhere();
                entry.job.clone()
            });
            if let Some(job) = job {
                self.tell(&job);
            }
        }
        self.let_in(&fresh);
        self.announce();
        let Some(last) = news.asks.last().map(|(seq, ..)| *seq) else {
            return;
        };
        // Those of one kind together, in the order in which they were asked.
        for same in news.asks.chunk_by(|one, next| one.2 == next.2) {
            let ids: Vec<JobId> = same.iter().map(|(_, id, _)| *id).collect();
            if matches!(same[0].2, Ask::GoOn | Ask::Retry) {
                self.agree(&ids, true);
            }
            self.carry_out(same[0].2, &ids);
        }
        self.announce();
        if let Store::Disk(journal) = &self.inner.store {
            // Carried out twice they do no harm.
            journal.write(vec![Change::Answered(last)], |_| {});
        }
    }
}
