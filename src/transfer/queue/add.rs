//! Adding uploads and downloads to the queue.

use std::path::PathBuf;
use std::sync::Arc;

use super::handle::unwritten;
use super::{Store, Transfers};
use crate::api::{Provider, UploadRequest};
use crate::domain::AccountName;
use crate::transfer::job::{Ask, JobEvent, JobId, JobState};
use crate::transfer::journal::{Change, JournalError};
use crate::transfer::save::resolved;
use crate::transfer::work::{DownloadRequest, Work};

/// So many numbers are reserved in the journal at once.
const BLOCK: u64 = 100;

/// So many new jobs share a commit at the most: more would only make each wait longer.
const TOGETHER: usize = 1000;

impl Transfers {
    /// Queues an upload. The listeners are told of it once it is on disk; when it cannot be put
    /// there, they are told that it failed.
    pub fn upload(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        request: UploadRequest,
    ) -> JobId {
        let ids = self.upload_all(account, provider, std::iter::once(request));
        ids.first().copied().unwrap_or(JobId(0))
    }

    /// Queues many uploads, those of one commit at once: what is on disk then is on disk as a whole.
    /// What an earlier run left goes on instead, where it is the very same upload, and what is in
    /// doubt is looked for, here or where another process works: it is not sent twice because
    /// somebody asked for it once more.
    pub fn upload_all(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        requests: impl IntoIterator<Item = UploadRequest>,
    ) -> Vec<JobId> {
        let requests = requests.into_iter().map(|request| UploadRequest {
            path: in_full(request.path),
            ..request
        });
        let work = |it| Work::Up(Arc::new(it));
        // Most often there is none, and the new ones need not be there all at once.
        if self
            .ids(|entry| entry.is_left() || entry.is_in_doubt())
            .is_empty()
        {
            return self.add(account, provider, requests.map(work));
        }
        let (left, new) = self.left_like(account, requests);
        let added = self.add(account, provider, new.into_iter().map(work));
        // Only now, since adding opens the account for them too.
        for what in [Ask::GoOn, Ask::Look] {
            let asked = left.iter().filter(|(_, ask)| *ask == what);
            self.ask(what, &asked.map(|(id, _)| *id).collect::<Vec<_>>());
        }
        left.into_iter().map(|(id, _)| id).chain(added).collect()
    }

    /// Queues a download. No file is replaced but the one that the request names.
    pub fn download(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        request: DownloadRequest,
    ) -> JobId {
        let ids = self.download_all(account, provider, std::iter::once(request));
        ids.first().copied().unwrap_or(JobId(0))
    }

    /// Queues many downloads; answers their numbers in the same order. What an earlier run left of
    /// one goes on instead, and makes room where something else is wanted in its place now.
    pub fn download_all(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        requests: impl IntoIterator<Item = DownloadRequest>,
    ) -> Vec<JobId> {
        let requests = requests.into_iter().map(|request| DownloadRequest {
            // A link that is put there later leads nowhere.
            root: resolved(&request.root),
            ..request
        });
        let requests: Vec<DownloadRequest> = requests.collect();
        let kept = self.kept_downloads(account, &requests);
        let new = requests.into_iter().zip(&kept).filter(|it| it.1.is_none());
        let new = new.map(|(request, _)| Work::Down(Arc::new(request)));
        let mut added = self.add(account, provider, new).into_iter();
        // Only now, since adding opens the account for them too.
        let again: Vec<JobId> = kept.iter().copied().flatten().collect();
        self.ask(Ask::Retry, &again);
        self.ask(Ask::GoOn, &again);
        let ids = kept.into_iter().map(|it| it.or_else(|| added.next()));
        ids.map(|id| id.unwrap_or(JobId(0))).collect()
    }

    fn add(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        works: impl Iterator<Item = Work>,
    ) -> Vec<JobId> {
        let _ = self.handle();
        self.table()
            .gates
            .entry(account.clone())
            .or_default()
            .provider = Some(provider);
        let mut works = works.peekable();
        let mut added = Vec::new();
        while works.peek().is_some() {
            let some: Vec<Work> = works.by_ref().take(TOGETHER).collect();
            let ids = self.next_ids(some.len());
            {
                let mut table = self.table();
                // Numbers of several processes leave gaps; the order is that of adding.
                let now = jiff::Timestamp::now().as_microsecond();
                let last = table.jobs.values().next_back().map(|it| it.job.order);
                let first = now.max(last.map_or(now, |last| last + 1));
                for ((id, work), order) in ids.iter().zip(some).zip(first..) {
                    let job = work.job(*id, account.clone(), order);
                    let entry = table.insert(job, work);
                    entry.wanted = true;
                    entry.unsaved = true;
                }
            }
            self.submit(&ids);
            added.extend(ids);
        }
        added
    }

    fn next_ids(&self, count: usize) -> Vec<JobId> {
        let free = {
            let ids = &self.table().ids;
            ids.end - ids.start
        };
        let missing = (count as u64).saturating_sub(free);
        let block = missing.max(BLOCK);
        // Not while the table is held: the journal's thread may be waiting for it.
        let first = match &self.inner.store {
            Store::Disk(journal) if missing > 0 => journal.reserve(block).ok(),
            _ => None,
        };
        let mut table = self.table();
        let mut ids: Vec<JobId> = table.ids.by_ref().take(count).map(JobId).collect();
        if ids.len() < count {
            // Without a number of the journal the job cannot be saved and will fail by that; until
            // then it needs one that nobody else has.
            let first = first.unwrap_or_else(|| {
                let used = table.jobs.keys().next_back().map_or(0, |id| id.0);
                ids.last().map_or(used, |id| used.max(id.0)) + 1
            });
            table.ids = first..first + block;
            let more = count - ids.len();
            ids.extend(table.ids.by_ref().take(more).map(JobId));
        }
        ids
    }

    /// Puts new jobs into the journal, in one commit; only then they are queued.
    pub(super) fn submit(&self, ids: &[JobId]) {
        if ids.is_empty() {
            return;
        }
        let changes: Vec<Change> = {
            let table = self.table();
            let fresh = ids.iter().filter_map(|id| table.jobs.get(id));
            let add = fresh.map(|entry| Change::Add {
                id: entry.job.id,
                account: entry.job.account.clone(),
                work: entry.work.clone(),
                place: entry.job.order,
            });
            add.collect()
        };
        let (engine, ids) = (self.clone(), ids.to_vec());
        let done = move |result| engine.added(&ids, &result);
        match &self.inner.store {
            Store::Memory => done(Ok(())),
            Store::Broken(why) => done(Err(why.clone())),
            Store::Disk(journal) => journal.write(changes, done),
        }
    }

    fn added(&self, ids: &[JobId], result: &Result<(), JournalError>) {
        let mut cancelled = Vec::new();
        for id in ids {
            let job = {
                let mut table = self.table();
                let Some(entry) = table.jobs.get_mut(id) else {
                    continue;
                };
                entry.unsaved = result.is_err();
                Arc::make_mut(&mut entry.job).state = match result {
                    Ok(()) => JobState::Queued,
                    Err(why) => JobState::Failed(Box::new(unwritten(why))),
                };
                if entry.cancelled {
                    cancelled.push(*id);
                }
                entry.job.clone()
            };
            self.tell(&job);
        }
        self.commit_all(&cancelled, &JobEvent::Cancelled);
        self.follow();
        self.let_in(ids);
    }
}

/// Another process may go on with it from another working folder.
fn in_full(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}
