//! The interpreter of effects: the only place on the screen's side that starts tasks.
//!
//! Every request runs as a task of its own with a cancellation token. Its answer goes into the
//! screen's inbox as a message; a task that panics answers with a failure, so that nothing stays
//! "loading" for ever.

mod archive;
mod change;
mod child;
pub mod clipboard;
mod connect;
pub mod desktop;
mod files;
mod load;
pub mod pace;
mod pictures;
mod search;
#[cfg(test)]
mod tests;
pub mod tmux;
mod tree;
mod watch;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::archive::Archives;
pub use self::archive::Recalled;
pub use self::child::this_program;
use self::pictures::Pictures;
use self::search::Gathered;
use crate::api::{ApiError, ApiErrorKind, Connector, Provider, ProviderSpec, Waits};
use crate::app::effect::{Effect, RequestId};
use crate::app::files::FolderError;
use crate::app::msg::{Answer, Desktop, Msg};
use crate::domain::{AccountName, Share, drill};
use crate::index::Index;
use crate::transfer::{DownloadRequest, Transfers};

/// How long signing out and the last transfers may take when the program ends.
const GOODBYE: Duration = Duration::from_millis(1500);

type Providers = Arc<Mutex<HashMap<AccountName, Arc<dyn Provider>>>>;

/// Carries effects out. Must be used inside a tokio runtime.
pub struct Runtime {
    connector: Arc<dyn Connector>,
    transfers: Transfers,
    inbox: UnboundedSender<Msg>,
    providers: Providers,
    pictures: Pictures,
    archives: Archives,
    gathered: Gathered,
    parked: load::Parked,
    requests: HashMap<RequestId, CancellationToken>,
    tasks: TaskTracker,
    root: CancellationToken,
}

impl Runtime {
    /// Also begins to forward what the transfers tell. `program` is this program itself, which
    /// decodes pictures in processes of their own.
    pub fn new(
        connector: Arc<dyn Connector>,
        transfers: Transfers,
        index: Index,
        program: PathBuf,
        inbox: UnboundedSender<Msg>,
    ) -> Self {
        let root = CancellationToken::new();
        let tasks = TaskTracker::new();
        let archives = Archives::new(index, &connector.accounts());
        tasks.spawn(
            root.clone()
                .run_until_cancelled_owned(watch::forward(transfers.clone(), inbox.clone())),
        );
        let providers = Providers::default();
        tasks.spawn(root.clone().run_until_cancelled_owned(watch::open_accounts(
            transfers.clone(),
            connector.clone(),
            providers.clone(),
        )));
        Self {
            archives,
            gathered: Gathered::default(),
            parked: load::Parked::default(),
            connector,
            transfers,
            inbox,
            providers,
            pictures: Pictures::new(program),
            requests: HashMap::new(),
            tasks,
            root,
        }
    }

    /// Starts what the effect asks for. Effects of the terminal itself (copy, mouse, redraw,
    /// suspend, quit) are the caller's and do nothing here.
    pub fn run(&mut self, effect: Effect) {
        match effect {
            Effect::Connect { account, entry } => self.connect(account, entry),
            Effect::Load {
                id,
                account,
                what,
                patient,
                recall,
            } => {
                let inbox = self.inbox.clone();
                let lost = load::failed(&what, ApiError::panicked());
                let mut provider = self.provider(&account);
                if let Some(share) = what.share() {
                    provider = provider.map(|it| load::paced(it, share, id, &inbox));
                }
                if patient {
                    provider = provider.map(|it| load::patiently(it, id, inbox.clone()));
                }
                let archive = self.archives.of(&account);
                let request = load::Request {
                    id,
                    what,
                    parked: self.parked.clone(),
                    provider,
                    archive,
                    recall,
                    account,
                    inbox,
                };
                let (archives, inbox) = (self.archives.clone(), self.inbox.clone());
                self.spawn(id, lost, async move {
                    request.run().await;
                    archives.tell_trouble(&inbox);
                });
            }
            Effect::Find { id, filter, most } => self.find(id, filter, most),
            Effect::EndFind => self.end_find(),
            Effect::Update {
                id,
                account,
                asset,
                change,
            } => self.update(id, &account, *asset, change),
            Effect::Delete { id, account, asset } => self.delete(id, &account, *asset),
            Effect::Cancel(id) => {
                if let Some(token) = self.requests.remove(&id) {
                    token.cancel();
                }
            }
            Effect::ReadFolder { id, path } => self.blocking(move || {
                let lost = || Err(FolderError::Other(mistake()));
                let result = borne(|| files::read(&path)).unwrap_or_else(lost);
                Msg::Files { id, result }
            }),
            Effect::Inspect { id, paths, spec } => self.blocking(move || {
                let looked = borne(|| files::inspect_all(paths.clone(), spec));
                let lost = |path| (path, Err(mistake()));
                let found = looked.unwrap_or_else(|| paths.into_iter().map(lost).collect());
                Msg::Inspected { id, found }
            }),
            Effect::ReadMemory {
                account,
                containers,
            } => {
                let transfers = self.transfers.clone();
                self.blocking(move || {
                    let memory = borne(|| transfers.memory(&account, &containers));
                    let memory = memory.unwrap_or_default();
                    Msg::Memory { account, memory }
                });
            }
            Effect::Gather { id, paths, spec } => self.gather(id, paths, spec),
            Effect::Upload { account, requests } => match self.provider(&account) {
                None => {
                    let reason = "the account is not connected".to_owned();
                    send(
                        &self.inbox,
                        Msg::Refused {
                            count: requests.len(),
                            reason,
                        },
                    );
                }
                Some(provider) => {
                    self.transfers.upload_all(&account, provider, requests);
                }
            },
            Effect::Save {
                account,
                asset,
                folder,
            } => match self.provider(&account) {
                None => {
                    let reason = "the account is not connected".to_owned();
                    send(&self.inbox, Msg::Refused { count: 1, reason });
                }
                Some(provider) => {
                    let request = DownloadRequest::flat(*asset, folder);
                    self.transfers.download(&account, provider, request);
                }
            },
            Effect::LayOut {
                id,
                account,
                spec,
                listed,
                folder,
            } => self.blocking(move || {
                let laid = borne(|| tree::lay_out(account, spec, &listed, folder));
                let result = laid.unwrap_or_else(|| Err(mistake()));
                Msg::LaidOut { id, result }
            }),
            Effect::SaveTree { account, tree } => self.save_tree(account, *tree),
            Effect::CancelJob(id) => self.transfers.cancel(id),
            Effect::RetryJob(id) => self.transfers.retry(id),
            Effect::PauseJob(id) => self.transfers.pause(id),
            Effect::GoOnJob(id) => self.transfers.go_on(id),
            Effect::PauseAll => self.transfers.close_all(),
            Effect::GoOnAll => self.transfers.open_all(),
            Effect::Resume => {
                self.transfers.resume();
            }
            Effect::LookAgain(id) => self.transfers.look_again(id),
            Effect::CallDone(id) => self.transfers.call_done(id),
            Effect::SwapJobs(one, other) => self.transfers.swap(one, other),
            Effect::ReorderJob { job, first } => self.transfers.reorder(job, first),
            Effect::RefreshQueue => {
                let (transfers, inbox) = (self.transfers.clone(), self.inbox.clone());
                self.tasks.spawn(async move {
                    transfers.refresh().await;
                    send(&inbox, watch::queue(&transfers, Vec::new()));
                });
            }
            Effect::ClearJobs(ids) => self.transfers.clear(&ids),
            Effect::Picture {
                id,
                account,
                asset,
                room,
                fetch,
            } => match self.provider(&account) {
                None => {
                    let why = "the account is not connected".to_owned();
                    self.answer(id, Answer::Picture(Err(why)));
                }
                Some(provider) => {
                    let (inbox, pictures) = (self.inbox.clone(), self.pictures.clone());
                    let lost = Answer::Picture(Err(ApiError::panicked().to_string()));
                    let waits = Waits::new(Share::Looks, |_| {});
                    let provider = provider.paced(waits).unwrap_or(provider);
                    self.spawn(id, lost, async move {
                        let drawn = pictures.draw(provider, account, &asset, room, fetch);
                        let answer = Answer::Picture(drawn.await);
                        send(&inbox, Msg::Loaded { id, answer });
                    });
                }
            },
            Effect::Consent(account) => self.connector.consent(&account),
            Effect::Open { url } => self.open(url),
            Effect::Copy { .. }
            | Effect::Mouse(_)
            | Effect::Suspend
            | Effect::Redraw
            | Effect::Quit => {}
        }
    }

    /// Stops everything, lets transfers settle, and signs out; takes a little over a second at most.
    pub async fn shutdown(self) {
        self.root.cancel();
        let providers: Vec<_> = lock(&self.providers).values().cloned().collect();
        self.transfers.drain(GOODBYE).await;
        let goodbye =
            futures_util::future::join_all(providers.iter().map(|provider| provider.sign_out()));
        let kept = self.archives.settle(GOODBYE / 3);
        // The token lapses by itself when there is no time to drop it.
        let _ = tokio::join!(tokio::time::timeout(GOODBYE / 3, goodbye), kept);
    }

    fn open(&self, url: String) {
        let inbox = self.inbox.clone();
        // A thread of its own: a launcher that hangs must not keep the program from ending.
        let started = std::thread::Builder::new()
            .name("open".to_owned())
            .spawn(move || {
                let opened = borne(|| {
                    drill::point("open");
                    desktop::open_link(&url, desktop::Place::here())
                });
                let result = opened.unwrap_or_else(|| Err(mistake()));
                send(
                    &inbox,
                    Msg::Desktop {
                        did: Desktop::Opened,
                        result,
                    },
                );
            });
        if let Err(error) = started {
            tracing::warn!(%error, "no thread for the launcher");
        }
    }

    fn provider(&self, account: &AccountName) -> Option<Arc<dyn Provider>> {
        lock(&self.providers).get(account).cloned()
    }

    fn answer(&self, id: RequestId, answer: Answer) {
        send(&self.inbox, Msg::Loaded { id, answer });
    }

    /// Goes through files and folders in a thread of its own; the request's end stops it.
    fn gather(&mut self, id: RequestId, paths: Vec<PathBuf>, spec: &'static ProviderSpec) {
        let token = self.begin(id);
        let inbox = self.inbox.clone();
        self.tasks.spawn_blocking(move || {
            let tell = |part, more| {
                send(&inbox, Msg::Gathered { id, part, more });
                !token.is_cancelled()
            };
            if borne(|| files::gather(&paths, spec, tell)).is_none() {
                let part = files::unread(&paths, &mistake());
                tell(part, false);
            }
            token.cancel();
        });
    }

    fn blocking(&self, work: impl FnOnce() -> Msg + Send + 'static) {
        let inbox = self.inbox.clone();
        self.tasks.spawn_blocking(move || send(&inbox, work()));
    }

    /// What ends this request, and is to be cancelled when it has ended by itself.
    fn begin(&mut self, id: RequestId) -> CancellationToken {
        self.requests.retain(|_, token| !token.is_cancelled());
        let token = self.root.child_token();
        self.requests.insert(id, token.clone());
        token
    }

    /// Runs a request; `lost` is its answer should it panic.
    fn spawn(
        &mut self,
        id: RequestId,
        lost: Answer,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let token = self.begin(id);
        let inbox = self.inbox.clone();
        let done = token.clone();
        let task = self
            .tasks
            .spawn(async move { token.run_until_cancelled(work).await });
        self.tasks.spawn(async move {
            if let Err(error) = task.await
                && error.is_panic()
            {
                tracing::error!("a request's task panicked");
                send(&inbox, Msg::Loaded { id, answer: lost });
            }
            // Marks the entry as over, so that the next request removes it.
            done.cancel();
        });
    }
}

/// What this comes to; `None` when it stops by a mistake, of which the log tells.
fn borne<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}

/// Why something came to nothing that stopped by a mistake.
fn mistake() -> String {
    ApiError::panicked().message
}

/// The screen may be gone already; then nobody misses the message.
fn send(inbox: &UnboundedSender<Msg>, msg: Msg) {
    let _ = inbox.send(msg);
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn not_connected(operation: &'static str) -> ApiError {
    ApiError::new(
        operation,
        ApiErrorKind::Unauthorized,
        "the account is not connected",
    )
}
