//! Looking whether the service lists what was sent: one listing for all uploads of an account that
//! wait for one, and never one that began before its upload asked. What it does not show is looked
//! for again for a while, since services list late.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gate::UNSEEN;
use super::{Transfers, lock};
use crate::api::{ApiError, Provider, Sought};
use crate::domain::{AccountName, AssetScope};
use crate::transfer::replace::{self, Found};

/// While other files of the account are on their way, listings begin no closer than this, and no
/// closer than so many times what the last one took: a list grows with what is sent, so that one for
/// each file would cost more than the files.
const PACE: Duration = Duration::from_millis(500);
const PACES: u32 = 10;

/// So many that wait are worth a listing at any time.
const MANY: usize = UNSEEN / 2;

/// The longest wait before the second look. Each further one is twice as long; so many of the first
/// make up the time that a file is looked for.
const FIRST: Duration = Duration::from_millis(500);
const FIRST_IN_ALL: u32 = 16;

/// The longest wait between two looks.
const LONGEST: Duration = Duration::from_secs(8);

/// How long a file is looked for where nobody said.
const LISTED_WITHIN: Duration = Duration::from_secs(8);

type Answer = Result<Found, ApiError>;

/// How long a file is looked for that the service does not show, in milliseconds.
pub(super) struct Patience(AtomicU64);

impl Default for Patience {
    fn default() -> Self {
        let patience = Self(AtomicU64::new(0));
        patience.set(LISTED_WITHIN);
        patience
    }
}

impl Patience {
    fn set(&self, patience: Duration) {
        let millis = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX);
        self.0.store(millis, Ordering::Relaxed);
    }

    fn get(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::Relaxed))
    }

    /// The wait before the second look. Those that are made again come no closer than this, for
    /// files whose first looks were not the same.
    fn first(&self) -> Duration {
        FIRST.min(self.get() / FIRST_IN_ALL)
    }
}

struct Waiter {
    provider: Arc<dyn Provider>,
    sought: Sought,
    /// Cancelled when the last look that was made is the last.
    token: CancellationToken,
    /// It was looked for before, in vain.
    looked: Option<Looked>,
    answer: oneshot::Sender<Answer>,
}

/// Looks that did not show the file.
struct Looked {
    first: Instant,
    /// What the last of them showed.
    found: Found,
    /// The wait before the next, and when it is over.
    pause: Duration,
    due: Instant,
}

impl Waiter {
    fn is_due(&self, now: Instant) -> bool {
        self.looked.as_ref().is_none_or(|it| it.due <= now)
    }

    /// Tells what a look showed that began then; or keeps it for the next, and waits on.
    fn showed(mut self, answer: Answer, began: Instant, patience: &Patience) -> Option<Self> {
        if let Ok(found @ Found::Absent { .. }) = &answer {
            let first = self.looked.as_ref().map_or(began, |it| it.first);
            let pause = match &self.looked {
                // One that was looked for with others, before its time.
                Some(looked) if looked.due > began => looked.pause,
                Some(looked) => (looked.pause * 2).min(LONGEST),
                None => patience.first(),
            };
            let due = began + pause;
            if due < first + patience.get() && !self.token.is_cancelled() {
                self.looked = Some(Looked {
                    first,
                    found: found.clone(),
                    pause,
                    due,
                });
                return Some(self);
            }
        }
        // Nobody may be waiting any more.
        let _ = self.answer.send(answer);
        None
    }
}

/// Who waits for an account's next listing.
#[derive(Default)]
pub(super) struct Desk {
    waiting: Vec<Waiter>,
    /// A task looks for them.
    served: bool,
    /// Rung when one more waits or wants to wait no longer, and when a file is no longer on its way.
    bell: Arc<Notify>,
}

impl Desk {
    /// Lets those go that do not wait any more.
    fn dismiss(&mut self, leaving: bool) {
        let goes = |waiter: &mut Waiter| {
            let ends = leaving || waiter.token.is_cancelled();
            waiter.answer.is_closed() || (ends && waiter.looked.is_some())
        };
        // In place: this is heard with each file, and a thousand may wait.
        for waiter in self.waiting.extract_if(.., goes) {
            let answer = match waiter.looked {
                // It is looked for by whoever goes on.
                Some(_) if leaving => Err(ApiError::cancelled("look for the upload")),
                Some(looked) => Ok(looked.found),
                None => continue,
            };
            // Who does not wait any more misses nothing.
            let _ = waiter.answer.send(answer);
        }
    }

    /// When the next listing is to begin; `None` when nobody waits.
    fn next(&self) -> Option<Next> {
        if self.waiting.iter().any(|it| it.looked.is_none()) {
            return Some(Next::First);
        }
        let due = self.waiting.iter().filter_map(|it| it.looked.as_ref());
        due.map(|it| it.due).min().map(Next::Again)
    }

    /// Those whose time has come, and whoever waits for the same place.
    fn take(&mut self, now: Instant) -> Vec<Waiter> {
        let due = self.waiting.iter().filter(|it| it.is_due(now));
        let places: HashSet<AssetScope> = due.map(|it| it.sought.request.scope.clone()).collect();
        let here = |it: &mut Waiter| places.contains(&it.sought.request.scope);
        self.waiting.extract_if(.., here).collect()
    }
}

/// What the next listing is for.
#[derive(Clone, Copy)]
enum Next {
    /// A file that nobody has looked for yet.
    First,
    /// Those that were not shown, from then on.
    Again(Instant),
}

impl Transfers {
    /// How long a file is looked for that the service took and does not list, from now on. Zero is
    /// one look.
    pub fn listed_within(&self, patience: Duration) {
        self.inner.patience.set(patience);
    }

    /// What listings show that begin from now on: until one shows it, or it was looked for long
    /// enough. The token ends the waiting, but not before the first look; leaving does, with an
    /// error.
    pub(super) async fn look_for(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        sought: Sought,
        token: &CancellationToken,
    ) -> Answer {
        let (answer, mut found) = oneshot::channel();
        {
            let mut desks = lock(&self.inner.desks);
            let desk = desks.entry(account.clone()).or_default();
            desk.waiting.push(Waiter {
                provider,
                sought,
                token: token.clone(),
                looked: None,
                answer,
            });
            desk.bell.notify_one();
            if !std::mem::replace(&mut desk.served, true) {
                let (engine, account, bell) = (self.clone(), account.clone(), desk.bell.clone());
                self.spawn(async move { engine.serve_desk(&account, &bell).await });
            }
        }
        let found = tokio::select! {
            biased;
            found = &mut found => found,
            () = token.cancelled() => {
                self.ring_desk(account);
                found.await
            }
        };
        // Dropped only with the runtime.
        found.unwrap_or_else(|_| Err(ApiError::cancelled("look for the upload")))
    }

    /// A file of the account is no longer on its way: perhaps nothing is left to wait for.
    pub(super) fn ring_desk(&self, account: &AccountName) {
        if let Some(desk) = lock(&self.inner.desks).get(account) {
            desk.bell.notify_one();
        }
    }

    /// Nobody may wait for a listing any longer.
    pub(super) fn ring_desks(&self) {
        for desk in lock(&self.inner.desks).values() {
            desk.bell.notify_one();
        }
    }

    async fn serve_desk(&self, account: &AccountName, bell: &Notify) {
        let mut last = Instant::now();
        let mut pace = PACE;
        loop {
            let (next, waiting) = {
                let mut desks = lock(&self.inner.desks);
                let Some(desk) = desks.get_mut(account) else {
                    return;
                };
                desk.dismiss(self.inner.leaving.load(Ordering::Relaxed));
                let Some(next) = desk.next() else {
                    desk.served = false;
                    return;
                };
                (next, desk.waiting.len())
            };
            let begins = match next {
                Next::First if waiting >= MANY || !self.is_sending(account, waiting) => {
                    Instant::now()
                }
                Next::First => last + pace,
                Next::Again(due) => due.max(last + self.inner.patience.first()),
            };
            if Instant::now() < begins {
                tokio::select! {
                    () = tokio::time::sleep_until(begins) => {}
                    () = bell.notified() => {}
                }
                continue;
            }
            self.gate_opens(account).await;
            let began = Instant::now();
            let waiting = {
                let mut desks = lock(&self.inner.desks);
                let desk = desks.get_mut(account);
                desk.map(|it| it.take(began)).unwrap_or_default()
            };
            last = began;
            let Some(provider) = waiting.last().map(|it| it.provider.clone()) else {
                continue;
            };
            let sought: Vec<Sought> = waiting.iter().map(|it| it.sought.clone()).collect();
            let found = replace::look(&*provider, &sought).await;
            pace = (began.elapsed() * PACES).clamp(PACE, LONGEST);
            let patience = &self.inner.patience;
            let shown = waiting.into_iter().zip(found);
            let again = shown.filter_map(|(waiter, it)| waiter.showed(it, began, patience));
            let again: Vec<Waiter> = again.collect();
            if let Some(desk) = lock(&self.inner.desks).get_mut(account) {
                desk.waiting.extend(again);
            }
        }
    }

    /// Whether files of the account are on their way, or could begin now, beside those that wait for
    /// a listing. One that rests meanwhile is on its way: it may wait for nothing but the disk.
    fn is_sending(&self, account: &AccountName, waiting: usize) -> bool {
        let table = self.table();
        let gate = table.gates.get(account);
        gate.is_some_and(|gate| gate.started.len() > waiting || !gate.ready.is_empty())
    }
}
