//! What is taken where a file shall go: as the last listing showed it, and by what was sent from
//! here since, or is on its way. It is asked just before a file is sent, and files that go together
//! share a listing.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::time::Duration;

use tokio::time::Instant;

/// What stands at each spot.
#[derive(Debug)]
pub(super) struct Taken<K, V> {
    /// When the listing was asked for.
    asked: Option<Instant>,
    listed: HashMap<K, V>,
    /// What was sent from here, and when: later than the listing may know of.
    own: HashMap<K, (Instant, V)>,
    /// Where uploads are sending to right now.
    sending: HashSet<K>,
}

impl<K, V> Default for Taken<K, V> {
    fn default() -> Self {
        Self {
            asked: None,
            listed: HashMap::new(),
            own: HashMap::new(),
            sending: HashSet::new(),
        }
    }
}

impl<K: Eq + Hash, V> Taken<K, V> {
    /// A listing from now is needed to tell what is free; `fresh` is how old one may be.
    pub fn is_stale(&self, fresh: Duration) -> bool {
        self.asked.is_none_or(|asked| asked.elapsed() >= fresh)
    }

    /// Takes in a whole listing that was asked for then.
    pub fn listed(&mut self, asked: Instant, listed: impl IntoIterator<Item = (K, V)>) {
        if self.asked.is_some_and(|newer| newer > asked) {
            return;
        }
        self.asked = Some(asked);
        self.own.retain(|_, (at, _)| *at >= asked);
        self.listed = listed.into_iter().collect();
    }

    /// Whether an upload may go there; until it is released, no other may.
    pub fn claim(&mut self, spot: K) -> bool {
        self.sending.insert(spot)
    }

    /// The upload that claimed it is over.
    pub fn release<Q: ?Sized + Eq + Hash>(&mut self, spot: &Q)
    where
        K: Borrow<Q>,
    {
        self.sending.remove(spot);
    }

    /// Takes in what was sent just now.
    pub fn sent(&mut self, spot: K, what: V) {
        self.own.insert(spot, (Instant::now(), what));
    }

    /// What the listing says is not to be relied on any more.
    pub fn forget(&mut self) {
        self.asked = None;
    }

    /// What stands there.
    pub fn at<Q: ?Sized + Eq + Hash>(&self, spot: &Q) -> impl Iterator<Item = &V>
    where
        K: Borrow<Q>,
    {
        let own = self.own.get(spot).map(|(_, what)| what);
        self.listed.get(spot).into_iter().chain(own)
    }
}
