//! The calls of a session's accounts: counted, each account once, for all that runs here.

use std::sync::{Arc, PoisonError};

use super::{Known, Session};
use crate::index::Calls;
use crate::runtime::pace::Pacer;

impl Session {
    /// How many calls were made, by all processes.
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Calls counted ahead and not made are there for whoever comes next; those made are on disk.
    pub fn give_back(&self) {
        let pacers = self.pacers.lock().unwrap_or_else(PoisonError::into_inner);
        for pacer in pacers.values() {
            pacer.give_back();
        }
    }

    /// Counts the calls of an account; `None` where its service says nothing of an allowance.
    pub(super) fn pacer(&self, known: &Known) -> Option<Arc<Pacer>> {
        let mut pacers = self.pacers.lock().unwrap_or_else(PoisonError::into_inner);
        let name = &known.info.name;
        if !pacers.contains_key(name) {
            let pacer = Pacer::new(&known.info, self.calls.clone())?;
            pacers.insert(name.clone(), Arc::new(pacer));
        }
        pacers.get(name).cloned()
    }
}
