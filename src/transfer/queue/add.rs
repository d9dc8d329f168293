//! Adding uploads and downloads to the queue.

use std::sync::Arc;

use super::Transfers;
use crate::api::{Provider, UploadRequest};
use crate::domain::AccountName;
use crate::transfer::job::{Ask, JobId};
use crate::transfer::work::{DownloadRequest, Work};

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
    /// What an earlier run left goes on instead, where it is the very same upload: it is not sent
    /// twice because somebody asked for it once more.
    pub fn upload_all(
        &self,
        account: &AccountName,
        provider: Arc<dyn Provider>,
        requests: impl IntoIterator<Item = UploadRequest>,
    ) -> Vec<JobId> {
        // Another process may go on with it from another working folder.
        let requests = requests.into_iter().map(|mut request| {
            if let Ok(path) = std::path::absolute(&request.path) {
                request.path = path;
            }
            request
        });
        let work = |it| Work::Up(Arc::new(it));
        if self.left().is_empty() || !self.works() {
            return self.add(account, provider, requests.map(work));
        }
        let (left, new) = self.left_like(account, requests);
        let added = self.add(account, provider, new.into_iter().map(work));
        // Only now, since adding opens the account for them too.
        self.ask(Ask::GoOn, &left);
        [left, added].concat()
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
        let absolute = |mut request: DownloadRequest| {
            // Another process may go on with it from another working folder.
            if let Ok(root) = std::path::absolute(&request.root) {
                request.root = root;
            }
            request
        };
        let requests: Vec<DownloadRequest> = requests.into_iter().map(absolute).collect();
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
}
