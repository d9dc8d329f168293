//! What is remembered of uploads beyond their jobs, which are cleared: which file each asset was made of.

use std::collections::BTreeSet;
use std::path::Path;

use super::{Store, Transfers};
use crate::domain::{AccountName, ContainerId};
use crate::transfer::job::{JobEvent, JobId};
use crate::transfer::journal::{Change, Mark, read_sent};
use crate::transfer::known::{Known, Memory};
use crate::transfer::work::Work;

impl Transfers {
    /// What is remembered of the uploads into these containers, by whichever process. Reads the local
    /// disk.
    pub fn memory(&self, account: &AccountName, containers: &BTreeSet<ContainerId>) -> Memory {
        match &self.inner.store {
            Store::Disk(journal) => Self::memory_in(journal.folder(), account, containers),
            Store::Memory | Store::Broken(_) => Memory::default(),
        }
    }

    /// The same of the journal in this folder, without any part in the queue.
    pub fn memory_in(
        folder: &Path,
        account: &AccountName,
        containers: &BTreeSet<ContainerId>,
    ) -> Memory {
        read_sent(folder, account, containers)
    }

    /// What is remembered of an upload that ends well.
    pub(super) fn mark(&self, id: JobId, event: &JobEvent) -> Option<Change> {
        let JobEvent::Done {
            asset: Some(asset), ..
        } = event
        else {
            return None;
        };
        let table = self.table();
        let entry = table.jobs.get(&id)?;
        let Work::Up(request) = &entry.work else {
            return None;
        };
        Some(Change::Sent(Mark {
            account: entry.job.account.clone(),
            scope: asset.scope.clone(),
            key: asset.key.clone(),
            known: Known::sent(&request.stamp, asset)?,
        }))
    }
}
