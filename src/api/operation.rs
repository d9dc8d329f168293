//! What a service does by itself once it was asked: it runs on when nobody waits for it, under a number that
//! whoever comes next can ask for.

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use crate::domain::ContainerId;

/// An asynchronous operation on a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    pub container: ContainerId,
    /// It is of what changed since then; else of all.
    pub since: Option<String>,
    /// What the service said of when the container changed last, before this began: as long as it says the
    /// same, what this gives holds.
    pub seal: String,
    /// Its state is asked for by it. No text: nothing that opens anything fits into it.
    pub number: u64,
    pub begun: Timestamp,
}

/// Keeps the operations of an account where other processes find them. One that keeps nothing is as good as
/// an empty one.
pub trait Operations: Send + Sync + fmt::Debug {
    /// The one that somebody began last for this.
    fn find(
        &self,
        container: &ContainerId,
        since: Option<&str>,
    ) -> BoxFuture<'_, Option<Operation>>;

    /// It has begun just now. On disk when this is over, where that is possible.
    fn keep(&self, operation: &Operation) -> BoxFuture<'_, ()>;

    /// How long to wait before its state is asked for, so that all processes together do not ask more often than
    /// that; whoever has not to wait is the only one who may ask now. `None` where it is not kept.
    fn turn(&self, operation: &Operation, every: Duration) -> BoxFuture<'_, Option<Duration>>;

    /// Its state was asked for just now: an answer came.
    fn asked(&self, operation: &Operation);

    /// There is nothing to ask for any more.
    fn forget(&self, operation: &Operation);
}
