//! Several processes on one queue: what this one hands to the worker, and what it hears of others.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::{Inner, Store, Transfers, lock};
use crate::transfer::job::JobId;
use crate::transfer::journal::{Ask, Change, News};

/// How often a process looks whose own jobs another one works on.
const LOOK: Duration = Duration::from_millis(100);

impl Transfers {
    /// Hands a wish to the process that works; false when that is this one.
    pub(super) fn asked(&self, id: JobId, ask: Ask) -> bool {
        let Store::Disk(journal) = &self.inner.store else {
            return false;
        };
        if journal.works() {
            return false;
        }
        let engine = self.clone();
        journal.write(vec![Change::Ask(id, ask)], move |written| {
            match (&engine.inner.store, written) {
                (Store::Disk(journal), Ok(())) => journal.ring(),
                (_, Err(why)) => tracing::error!(%why, "the wish is not written"),
                _ => {}
            }
        });
        true
    }

    /// Watches over jobs that another process works on, for as long as there are such of our own.
    pub(super) fn follow(&self) {
        let Store::Disk(journal) = &self.inner.store else {
            return;
        };
        if journal.works() {
            return;
        }
        journal.ring();
        if self.inner.attending.swap(true, Ordering::Relaxed) {
            return;
        }
        let inner = Arc::downgrade(&self.inner);
        let Some(handle) = self.handle() else { return };
        handle.spawn(async move {
            loop {
                tokio::time::sleep(LOOK).await;
                let Some(inner) = inner.upgrade() else { return };
                let engine = Self { inner };
                if !engine.look_on().await {
                    engine.inner.attending.store(false, Ordering::Relaxed);
                    return;
                }
            }
        });
    }

    /// One look; false when there is nothing more to watch from here.
    async fn look_on(&self) -> bool {
        let Store::Disk(journal) = &self.inner.store else {
            return false;
        };
        if self.inner.leaving.load(Ordering::Relaxed) {
            return false;
        }
        self.catch_up().await;
        if journal.take_over() {
            // What the former worker wrote last.
            self.catch_up_as(false).await;
            self.settle_left();
            let own: Vec<JobId> = {
                let table = self.table();
                let own = table.jobs.values().filter(|entry| entry.wanted);
                own.map(|entry| entry.job.id).collect()
            };
            for id in own {
                self.make_ready(id);
            }
            self.attend();
            return false;
        }
        let table = self.table();
        table
            .jobs
            .values()
            .any(|entry| entry.wanted && !entry.job.state.is_over())
    }

    /// Looks once at what the working process did, and becomes the one that works if it is gone.
    pub async fn refresh(&self) {
        if !self.works() {
            self.look_on().await;
        }
    }

    /// Takes in what others have written since.
    pub(super) async fn catch_up(&self) {
        self.catch_up_as(self.works()).await;
    }

    async fn catch_up_as(&self, works: bool) {
        let (inner, since): (Arc<Inner>, _) = (self.inner.clone(), self.seen());
        let read = tokio::task::spawn_blocking(move || match &inner.store {
            Store::Disk(journal) => journal.news(since).ok(),
            _ => None,
        });
        // A look that failed is made again with the next one.
        let Ok(Some(news)) = read.await else { return };
        self.take_news(news, works);
    }

    fn take_news(&self, news: News, works: bool) {
        *lock(&self.inner.seen) = news.seen;
        let mut fresh = Vec::new();
        for kept in news.jobs {
            let id = kept.job.id;
            if !self.table().jobs.contains_key(&id) {
                self.take_in(kept);
                fresh.push(id);
            }
        }
        if !works {
            for id in fresh {
                let job = self.table().jobs.get(&id).map(|it| it.job.clone());
                if let Some(job) = job {
                    self.tell(&job);
                }
            }
            for (id, event) in news.events {
                self.happened(id, event);
            }
            return;
        }
        // Somebody who is there now added them: they begin without being asked for.
        for id in fresh {
            let job = self.table().jobs.get_mut(&id).map(|entry| {
                entry.wanted = true;
                entry.job.clone()
            });
            if let Some(job) = job {
                self.tell(&job);
            }
            self.borrow_provider(id);
            self.make_ready(id);
        }
        self.announce();
        let Some(last) = news.asks.last().map(|(seq, ..)| *seq) else {
            return;
        };
        for (_, id, ask) in news.asks {
            match ask {
                Ask::Cancel => self.cancel(id),
                Ask::Retry => {
                    self.retry(id);
                    self.borrow_provider(id);
                }
                Ask::Pause => self.pause(id),
                Ask::GoOn => self.go_on(id),
                Ask::Forget => self.clear(&[id]),
                Ask::Look => self.look_again(id),
                Ask::CallDone => self.call_done(id),
            }
        }
        self.announce();
        if let Store::Disk(journal) = &self.inner.store {
            // Carried out twice they do no harm.
            journal.write(vec![Change::Answered(last)], |_| {});
        }
    }

    /// A job that came without a provider may use that of another job of its account.
    fn borrow_provider(&self, id: JobId) {
        let mut table = self.table();
        let Some(account) = table.jobs.get(&id).map(|it| it.job.account.clone()) else {
            return;
        };
        let other = table
            .jobs
            .values()
            .filter(|entry| entry.job.account == account)
            .find_map(|entry| entry.provider.clone());
        if let Some(entry) = table.jobs.get_mut(&id)
            && entry.provider.is_none()
        {
            entry.provider = other;
        }
    }
}
