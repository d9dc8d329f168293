//! What the services of a session's accounts do by themselves: kept with what was listed, and found there by the
//! next start.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{Known, Session, Shelf};
use crate::api::{Operation, Operations, Provider};
use crate::domain::ContainerId;
use crate::index::{Index, Owner};

/// Those of one account.
#[derive(Debug)]
struct Kept {
    owner: Owner,
    index: Arc<Shelf>,
}

impl Kept {
    /// Looks at the disk beside the tasks.
    fn aside<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Index, &Owner) -> T + Send + 'static,
    ) -> BoxFuture<'_, Option<T>> {
        let (index, owner) = (Arc::clone(&self.index), self.owner.clone());
        let look = move || look(&index.open().0, &owner);
        // A panic there is told where it happened.
        let looked = tokio::task::spawn_blocking(look);
        async { looked.await.ok() }.boxed()
    }
}

impl Operations for Kept {
    fn find(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> BoxFuture<'_, Option<Operation>> {
        let (container, since) = (container.clone(), since.map(str::to_owned));
        self.aside(move |index, owner| index.operation(owner, &container, since.as_deref()))
            .map(Option::flatten)
            .boxed()
    }

    fn keep(&self, operation: &Operation) -> BoxFuture<'_, ()> {
        let operation = operation.clone();
        self.aside(move |index, owner| index.keep_operation(owner, &operation))
            .map(drop)
            .boxed()
    }

    fn turn(&self, operation: &Operation, every: Duration) -> BoxFuture<'_, Option<Duration>> {
        let operation = operation.clone();
        self.aside(move |index, owner| index.turn(owner, &operation, every))
            .map(Option::flatten)
            .boxed()
    }

    fn asked(&self, operation: &Operation) {
        self.index.open().0.asked(&self.owner, operation);
    }

    fn forget(&self, operation: &Operation) {
        self.index.open().0.forget_operation(&self.owner, operation);
    }
}

impl Session {
    /// What the service does by itself outlives the session.
    pub(super) fn keep_operations(&self, known: &Known, provider: &dyn Provider) {
        provider.keep_operations(Arc::new(Kept {
            owner: Owner::from(&known.info),
            index: Arc::clone(&self.index),
        }));
    }
}
