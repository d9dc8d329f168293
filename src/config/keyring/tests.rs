//! Tests of the keyring's thread and deadline, on the in-memory store of `keyring_core`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use super::*;
use crate::domain::AccountName;

fn owner(url: &str) -> KeyOwner {
    KeyOwner::new(AccountName::new("acme").unwrap(), url)
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned()).unwrap()
}

/// A keyring over stores that `make` gives, and how often it was opened.
fn keyring(
    make: impl Fn() -> Result<Arc<OsStore>, Error> + Send + Sync + 'static,
) -> (Keyring, Arc<AtomicUsize>) {
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let open: Open = Arc::new(move || {
        count.fetch_add(1, Ordering::SeqCst);
        make()
    });
    (Keyring::with(open, Duration::from_millis(200)), opened)
}

fn no_bus() -> Result<Arc<OsStore>, Error> {
    Err(Error::PlatformFailure("no bus".into()))
}

/// A store whose entries forget: the mock keeps keys in its own instance.
fn forgetful() -> Result<Arc<OsStore>, Error> {
    let store: Arc<OsStore> = keyring_core::mock::Store::new()?;
    Ok(store)
}

#[derive(Debug, Clone, Copy)]
struct LabelsDropped;

/// The mock without modifiers, which it refuses.
struct Kept(Arc<OsStore>);

impl keyring_core::api::CredentialStoreApi for Kept {
    fn vendor(&self) -> String {
        "test".to_owned()
    }
    fn id(&self) -> String {
        format!("{LabelsDropped:?}")
    }
    fn build(
        &self,
        service: &str,
        user: &str,
        _: Option<&HashMap<&str, &str>>,
    ) -> Result<Entry, Error> {
        self.0.build(service, user, None)
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn debug_fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Kept")
    }
}

fn kept(store: &Arc<OsStore>) -> Arc<OsStore> {
    Arc::new(Kept(Arc::clone(store)))
}

#[tokio::test]
async fn a_saved_key_is_found_for_its_own_address_only() {
    let store = forgetful().unwrap();
    let (keyring, _) = keyring(move || Ok(kept(&store)));
    let here = owner("https://a.example");
    assert_eq!(keyring.read(&here).await, Ok(None));
    keyring.save(&here, &secret("k1")).await.unwrap();
    assert_eq!(keyring.read(&here).await, Ok(Some(secret("k1"))));
    assert_eq!(keyring.read(&owner("https://b.example")).await, Ok(None));
    assert_eq!(keyring.remove(&here).await, Ok(true));
    assert_eq!(keyring.remove(&here).await, Ok(false));
    assert_eq!(keyring.read(&here).await, Ok(None));
}

#[tokio::test]
async fn a_store_that_only_seems_to_keep_is_found_out() {
    // Each connection has a memory of its own.
    let (keyring, _) = keyring(|| forgetful().map(|store| kept(&store)));
    let saved = keyring
        .save(&owner("https://a.example"), &secret("k"))
        .await;
    assert_eq!(saved, Err(StoreError::NotKept));
}

#[tokio::test]
async fn a_missing_service_is_asked_once() {
    let (keyring, opened) = keyring(no_bus);
    for _ in 0..3 {
        let read = keyring.read(&owner("https://a.example")).await;
        assert_eq!(read, Err(StoreError::NoService));
    }
    assert_eq!(opened.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_silent_one_costs_the_deadline_once() {
    let (hold, never) = mpsc::channel::<()>();
    let never = Mutex::new(never);
    let (keyring, opened) = keyring(move || {
        // Until the test ends.
        let _ = never.lock().unwrap().recv();
        no_bus()
    });
    let start = Instant::now();
    let owner = owner("https://a.example");
    let reads = tokio::join!(keyring.read(&owner), keyring.read(&owner));
    assert_eq!(reads, (Err(StoreError::Silent), Err(StoreError::Silent)));
    assert_eq!(
        keyring.save(&owner, &secret("k")).await,
        Err(StoreError::Silent)
    );
    assert!(start.elapsed() < Duration::from_millis(1500));
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    drop(hold);
}

#[tokio::test]
async fn who_asks_later_waits_no_longer_than_the_first() {
    let (hold, never) = mpsc::channel::<()>();
    let never = Mutex::new(never);
    let open: Open = Arc::new(move || {
        let _ = never.lock().unwrap().recv();
        no_bus()
    });
    let keyring = Keyring::with(open, Duration::from_secs(2));
    let owner = owner("https://a.example");
    let start = Instant::now();
    let mut first = std::pin::pin!(keyring.read(&owner));
    // It has waited for most of its time when the second comes.
    let early = tokio::time::timeout(Duration::from_millis(1500), &mut first).await;
    assert!(early.is_err());
    let both = tokio::join!(first, keyring.read(&owner));
    assert_eq!(both, (Err(StoreError::Silent), Err(StoreError::Silent)));
    assert!(start.elapsed() < Duration::from_secs(3));
    drop(hold);
}

#[tokio::test]
async fn a_locked_one_is_not_read_again_but_may_be_saved_to() {
    let (keyring, opened) = keyring(|| Err(Error::NoStorageAccess("prompt dismissed".into())));
    let owner = owner("https://a.example");
    assert_eq!(keyring.read(&owner).await, Err(StoreError::Locked));
    assert_eq!(keyring.read(&owner).await, Err(StoreError::Locked));
    assert_eq!(opened.load(Ordering::SeqCst), 1);
    assert_eq!(
        keyring.save(&owner, &secret("k")).await,
        Err(StoreError::Locked)
    );
    assert_eq!(opened.load(Ordering::SeqCst), 2);
}

#[test]
fn an_error_never_shows_what_was_stored() {
    let error = Error::BadEncoding(b"canary".to_vec());
    assert_eq!(using(&error), StoreError::Unusable);
    assert!(!using(&error).to_string().contains("canary"));
}
