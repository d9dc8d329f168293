//! Looking whether the service lists what was sent: one listing for all uploads of an account that
//! wait for one, and never one that began before its upload asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::{Transfers, lock};
use crate::api::{ApiError, Provider, Sighting, Sought};
use crate::domain::AccountName;

/// While other files of the account are on their way, listings begin no closer than this: a list
/// grows with what is sent, so that one for each file would cost more than the files.
const PACE: Duration = Duration::from_millis(500);

type Found = Result<Sighting, ApiError>;

struct Waiter {
    provider: Arc<dyn Provider>,
    sought: Sought,
    answer: oneshot::Sender<Found>,
}

/// Who waits for an account's next listing.
#[derive(Default)]
pub(super) struct Desk {
    waiting: Vec<Waiter>,
    /// A task looks for them.
    served: bool,
    /// Rung when one more waits, and when a file is no longer on its way.
    bell: Arc<Notify>,
}

impl Transfers {
    /// What a listing shows that begins from now on.
    pub(super) async fn look_for(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        sought: Sought,
    ) -> Found {
        let (answer, found) = oneshot::channel();
        {
            let mut desks = lock(&self.inner.desks);
            let desk = desks.entry(account.clone()).or_default();
            desk.waiting.push(Waiter {
                provider,
                sought,
                answer,
            });
            desk.bell.notify_one();
            if !std::mem::replace(&mut desk.served, true) {
                let (engine, account, bell) = (self.clone(), account.clone(), desk.bell.clone());
                self.spawn(async move { engine.serve_desk(&account, &bell).await });
            }
        }
        // Dropped only with the runtime.
        found
            .await
            .unwrap_or_else(|_| Err(ApiError::cancelled("look for the upload")))
    }

    /// A file of the account is no longer on its way: perhaps nothing is left to wait for.
    pub(super) fn ring_desk(&self, account: &AccountName) {
        if let Some(desk) = lock(&self.inner.desks).get(account) {
            desk.bell.notify_one();
        }
    }

    async fn serve_desk(&self, account: &AccountName, bell: &Notify) {
        let mut next = Instant::now() + PACE;
        loop {
            while self.is_sending(account) && Instant::now() < next {
                tokio::select! {
                    () = tokio::time::sleep_until(next) => {}
                    () = bell.notified() => {}
                }
            }
            self.gate_opens(account).await;
            let waiting = {
                let mut desks = lock(&self.inner.desks);
                let Some(desk) = desks.get_mut(account) else {
                    return;
                };
                // Who was cancelled does not wait any more.
                desk.waiting.retain(|waiter| !waiter.answer.is_closed());
                if desk.waiting.is_empty() {
                    desk.served = false;
                    return;
                }
                std::mem::take(&mut desk.waiting)
            };
            next = Instant::now() + PACE;
            let mut sought = Vec::with_capacity(waiting.len());
            let mut answers = Vec::with_capacity(waiting.len());
            let mut provider = None;
            for waiter in waiting {
                sought.push(waiter.sought);
                answers.push(waiter.answer);
                provider = Some(waiter.provider);
            }
            let Some(provider) = provider else { continue };
            let found = provider.find_uploads(&sought).await;
            for (answer, found) in answers.into_iter().zip(found) {
                // Nobody may be waiting any more.
                let _ = answer.send(found);
            }
        }
    }

    /// Whether files of the account are on their way, or could begin now.
    fn is_sending(&self, account: &AccountName) -> bool {
        let table = self.table();
        let gate = table.gates.get(account);
        gate.is_some_and(|gate| gate.running > 0 || !gate.ready.is_empty())
    }
}
