//! The operating system's keyring, and the kernel's, each on a thread of its own and with a deadline.
//!
//! Any call into a keyring can block for ever: a locked one waits for a window nobody sees, a bus
//! may accept and never answer. So no call runs on the runtime or on its blocking pool (dropping the
//! runtime would wait for it): one plain thread does them all, is given up when it is late, and does
//! not keep the process from ending.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use async_trait::async_trait;
use keyring_core::{CredentialStore as OsStore, Entry, Error};
use tokio::sync::{Notify, oneshot};

use super::credentials::{CredentialStore, KeyOwner, StoreError};
use crate::domain::{SafeText, Secret};

/// How long a keyring may take for one thing.
const DEADLINE: Duration = Duration::from_secs(5);

/// The name under which entries are filed.
const SERVICE: &str = "assetdeck";

/// What people call this system's keyring.
pub const NAME: &str = if cfg!(target_os = "macos") {
    "Keychain"
} else {
    "Secret Service"
};

/// What people call the kernel's.
const KERNEL: &str = "the kernel's key store (until reboot)";

type Open = Arc<dyn Fn() -> Result<Arc<OsStore>, Error> + Send + Sync>;

/// The keyring of this session. Once it was missing or late it is not asked again; once it was
/// locked it is asked again only to save or to remove.
pub struct Keyring {
    name: &'static str,
    /// What it means when it lets nobody in.
    shut: StoreError,
    open: Open,
    deadline: Duration,
    state: Mutex<State>,
    /// Told when nobody needs to wait any longer.
    silent: Notify,
}

#[derive(Default)]
struct State {
    worker: Option<mpsc::Sender<Request>>,
    gone: Option<StoreError>,
    locked: bool,
}

struct Request {
    job: Job,
    owner: KeyOwner,
    answer: oneshot::Sender<Result<Answer, StoreError>>,
}

enum Job {
    Read,
    Save(Secret),
    Remove,
}

enum Answer {
    Key(Option<Secret>),
    Saved,
    Removed(bool),
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keyring")
    }
}

impl Keyring {
    /// The system's keyring. Nothing is opened before it is first needed.
    pub fn system() -> Self {
        Self::with(Arc::new(open_system), DEADLINE)
    }

    /// The kernel's store, which forgets at the next start of the machine.
    pub fn kernel() -> Self {
        Self {
            name: KERNEL,
            shut: StoreError::Closed,
            ..Self::with(Arc::new(open_kernel), DEADLINE)
        }
    }

    fn with(open: Open, deadline: Duration) -> Self {
        Self {
            name: NAME,
            shut: StoreError::Locked,
            open,
            deadline,
            state: Mutex::default(),
            silent: Notify::new(),
        }
    }

    /// Why not to ask at all, or the way to the thread.
    fn worker(&self, reading: bool) -> Result<mpsc::Sender<Request>, StoreError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(why) = &state.gone {
            return Err(why.clone());
        }
        if reading && state.locked {
            return Err(StoreError::Locked);
        }
        if let Some(worker) = &state.worker {
            return Ok(worker.clone());
        }
        let (sender, requests) = mpsc::channel();
        let open = Arc::clone(&self.open);
        std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || serve(&open, &requests))
            .map_err(|error| StoreError::Failed(SafeText::prose(&error.to_string())))?;
        state.worker = Some(sender.clone());
        Ok(sender)
    }

    async fn ask(&self, job: Job, owner: &KeyOwner) -> Result<Answer, StoreError> {
        // Those who asked later wait no longer than the first: it is one keyring that is silent.
        let silent = self.silent.notified();
        let worker = self.worker(matches!(job, Job::Read))?;
        let (answer, coming) = oneshot::channel();
        let request = Request {
            job,
            owner: owner.clone(),
            answer,
        };
        let result = if worker.send(request).is_err() {
            Err(stopped())
        } else {
            tokio::select! {
                result = coming => result.unwrap_or_else(|_| Err(stopped())),
                () = tokio::time::sleep(self.deadline) => Err(StoreError::Silent),
                () = silent => Err(StoreError::Silent),
            }
        };
        let result = result.map_err(|why| match why {
            StoreError::Locked => self.shut.clone(),
            other => other,
        });
        if let Err(why) = &result {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            match why {
                StoreError::NoService | StoreError::Silent => {
                    state.gone.get_or_insert_with(|| why.clone());
                    state.worker = None;
                    if *why == StoreError::Silent {
                        self.silent.notify_waiters();
                    }
                }
                StoreError::Locked => state.locked = true,
                _ => {}
            }
        } else {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.locked = false;
        }
        result
    }
}

fn stopped() -> StoreError {
    StoreError::Failed(SafeText::prose("it stopped working"))
}

#[async_trait]
impl CredentialStore for Keyring {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn read(&self, owner: &KeyOwner) -> Result<Option<Secret>, StoreError> {
        match self.ask(Job::Read, owner).await? {
            Answer::Key(key) => Ok(key),
            Answer::Saved | Answer::Removed(_) => Err(stopped()),
        }
    }

    async fn save(&self, owner: &KeyOwner, key: &Secret) -> Result<(), StoreError> {
        self.ask(Job::Save(key.clone()), owner).await.map(|_| ())
    }

    async fn remove(&self, owner: &KeyOwner) -> Result<bool, StoreError> {
        match self.ask(Job::Remove, owner).await? {
            Answer::Removed(was) => Ok(was),
            Answer::Key(_) | Answer::Saved => Err(stopped()),
        }
    }
}

/// The thread: opens the keyring at the first request and answers one after the other.
fn serve(open: &Open, requests: &mpsc::Receiver<Request>) {
    let mut store: Option<Arc<OsStore>> = None;
    while let Ok(Request { job, owner, answer }) = requests.recv() {
        let opened = match &store {
            Some(store) => Ok(Arc::clone(store)),
            None => open().map_err(|error| opening(&error)),
        };
        let result = opened.and_then(|opened| {
            store = Some(Arc::clone(&opened));
            run(&job, &owner, opened.as_ref(), open)
        });
        // Nobody may be waiting any more.
        let _ = answer.send(result);
    }
}

fn run(job: &Job, owner: &KeyOwner, store: &OsStore, open: &Open) -> Result<Answer, StoreError> {
    match job {
        Job::Read => read(store, owner).map(Answer::Key),
        Job::Save(key) => {
            entry(store, owner)?
                .set_password(key.reveal())
                .map_err(|error| using(&error))?;
            // A new connection and a new entry: a store that only seems to keep keys is found out.
            let fresh = open().map_err(|error| opening(&error))?;
            match read(fresh.as_ref(), owner) {
                Ok(Some(found)) if found == *key => Ok(Answer::Saved),
                Ok(_) | Err(StoreError::Unusable) => Err(StoreError::NotKept),
                Err(why) => Err(why),
            }
        }
        Job::Remove => match entry(store, owner)?.delete_credential() {
            Ok(()) => Ok(Answer::Removed(true)),
            Err(Error::NoEntry) => Ok(Answer::Removed(false)),
            Err(error) => Err(using(&error)),
        },
    }
}

fn read(store: &OsStore, owner: &KeyOwner) -> Result<Option<Secret>, StoreError> {
    match entry(store, owner)?.get_password() {
        Ok(text) => Secret::new(text)
            .map(Some)
            .map_err(|_| StoreError::Unusable),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(using(&error)),
    }
}

fn entry(store: &OsStore, owner: &KeyOwner) -> Result<Entry, StoreError> {
    let label = format!("assetdeck: {} at {}", owner.account.as_str(), owner.origin);
    let modifiers = HashMap::from([("label", label.as_str())]);
    // Only the Secret Service shows labels; others refuse what they do not know.
    let modifiers = store.vendor().starts_with(NAME).then_some(&modifiers);
    store
        .build(SERVICE, &owner.entry(), modifiers)
        .map_err(|error| using(&error))
}

/// An error of the first connection: there is nothing to talk to.
fn opening(error: &Error) -> StoreError {
    match error {
        Error::NoStorageAccess(_) => StoreError::Locked,
        _ => StoreError::NoService,
    }
}

/// An error of a keyring that is there. Displayed, never debugged: the variants with bytes show
/// them in `Debug` only.
fn using(error: &Error) -> StoreError {
    match error {
        Error::NoStorageAccess(_) => StoreError::Locked,
        Error::BadEncoding(_) | Error::BadDataFormat(..) => StoreError::Unusable,
        Error::Ambiguous(_) => StoreError::Ambiguous,
        Error::NoDefaultStore => StoreError::NoService,
        other => {
            let text = other.to_string();
            // The service can go, or be found missing, only at the first real call.
            if text.contains("ServiceUnknown") || text.contains("NameHasNoOwner") {
                StoreError::NoService
            } else {
                StoreError::Failed(SafeText::prose(&text))
            }
        }
    }
}

/// A new connection each time: the façade's remembers a failure for good.
#[cfg(target_os = "linux")]
fn open_system() -> Result<Arc<OsStore>, Error> {
    let store: Arc<OsStore> = zbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "linux")]
fn open_kernel() -> Result<Arc<OsStore>, Error> {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let shut = |error| Error::NoStorageAccess(Box::new(error));
    let ring = KeyRing::from_special_id(KeyRingIdentifier::Session, false).map_err(shut)?;
    // A process without a login of its own gets the one that stands in for it: that takes keys and
    // gives them to nobody.
    let metadata = ring.metadata().map_err(shut)?;
    if metadata.get_description().starts_with("_uid_ses") {
        return Err(shut(linux_keyutils::KeyError::AccessDenied));
    }
    let store: Arc<OsStore> = linux_keyutils_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(target_os = "linux"))]
fn open_kernel() -> Result<Arc<OsStore>, Error> {
    Err(Error::NoDefaultStore)
}

#[cfg(not(target_os = "linux"))]
fn open_system() -> Result<Arc<OsStore>, Error> {
    match keyring::Entry::store_status() {
        Ok(()) => keyring_core::get_default_store().ok_or(Error::NoDefaultStore),
        Err(_) => Err(Error::NoDefaultStore),
    }
}

#[cfg(test)]
mod tests;
