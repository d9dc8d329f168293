//! Tests of accounts and keys put together, with the real adapters and no call to any service.

use async_trait::async_trait;

use super::*;
use crate::api::{Connector as _, KeyEntry, KeySource};
use crate::cli::failure::Exit;
use crate::cli::prompt;
use crate::config::credentials::{CredentialStore, NoStore, StoreError};
use crate::domain::{Keeping, Secret};

/// A keyring in memory that may be out of order.
#[derive(Debug, Default)]
struct Memory {
    keys: Mutex<HashMap<KeyOwner, Secret>>,
    broken: Option<StoreError>,
}

#[async_trait]
impl CredentialStore for Memory {
    fn name(&self) -> &'static str {
        "Test Store"
    }
    async fn read(&self, owner: &KeyOwner) -> Result<Option<Secret>, StoreError> {
        match &self.broken {
            Some(why) => Err(why.clone()),
            None => Ok(self.keys.lock().unwrap().get(owner).cloned()),
        }
    }
    async fn save(&self, owner: &KeyOwner, key: &Secret) -> Result<(), StoreError> {
        if let Some(why) = &self.broken {
            return Err(why.clone());
        }
        self.keys.lock().unwrap().insert(owner.clone(), key.clone());
        Ok(())
    }
    async fn remove(&self, owner: &KeyOwner) -> Result<bool, StoreError> {
        Ok(self.keys.lock().unwrap().remove(owner).is_some())
    }
}

fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    std::fs::write(&path, text).unwrap();
    (home, path)
}

/// An account of the first provider there is, whichever that is.
fn account(name: &str, base_url: &str) -> String {
    let provider = providers::PROVIDERS[0].spec.id;
    format!(
        "[[accounts]]\nname = \"{name}\"\nprovider = \"{provider}\"\nbase_url = \"{base_url}\"\n"
    )
}

/// A keyring of ours, no kernel, and files in this home.
fn stores(keyring: &Arc<Memory>, home: &tempfile::TempDir, env: &Env) -> Stores {
    let keyring = Arc::clone(keyring) as Arc<dyn CredentialStore>;
    Stores::with(
        keyring,
        Arc::new(NoStore),
        Some(home.path().to_owned()),
        env.clone(),
    )
}

fn session(text: &str, env: &[(&str, &str)], store: &Arc<Memory>) -> Result<Session, Failure> {
    let (home, path) = file(text);
    let env = Env::of(env.iter().map(|(k, v)| (*k, *v)));
    let mut session = Session::open(Some(&path), env.clone(), stores(store, &home, &env))?;
    // Else it would keep where keys went in the developer's home.
    session.bound = Bound::new(None);
    Ok(session)
}

fn entry(key: &str, keeping: Keeping) -> KeyEntry {
    KeyEntry::Key {
        key: Secret::new(key.to_owned()).unwrap(),
        keeping,
        passphrase: None,
    }
}

fn name(text: &str) -> AccountName {
    AccountName::new(text).unwrap()
}

#[test]
fn an_unknown_provider_names_its_line_and_the_nearest() {
    let near = format!("{}x", providers::PROVIDERS[0].spec.id);
    let text = format!("\n[[accounts]]\nname = \"a\"\nprovider = \"{near}\"\n");
    let failure = session(&text, &[], &Arc::default()).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    let wanted = format!("did you mean {}?", providers::PROVIDERS[0].spec.id);
    assert!(failure.message.contains("line 3"), "{}", failure.message);
    assert!(failure.message.contains(&wanted), "{}", failure.message);
}

#[test]
fn plain_http_elsewhere_is_wrong_settings() {
    let failure = session(&account("a", "http://example.com"), &[], &Arc::default()).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert!(session(&account("a", "http://127.0.0.1:1"), &[], &Arc::default()).is_ok());
}

#[test]
fn an_account_that_is_not_there_names_the_nearest() {
    let session = session(
        &account("acme-web", "https://a.example"),
        &[],
        &Arc::default(),
    )
    .unwrap();
    let failure = session.known(&name("acme-wbe")).unwrap_err();
    assert_eq!(failure.exit, Exit::Usage);
    assert_eq!(failure.hint, "Did you mean acme-web?");
    let failure = session.known(&name("other")).unwrap_err();
    assert_eq!(failure.hint, "The accounts are acme-web.");
}

#[test]
fn without_accounts_it_says_how_to_begin() {
    let empty = session("", &[], &Arc::default()).unwrap();
    assert_eq!(empty.all().unwrap_err().exit, Exit::Usage);
    assert!(empty.how_to_begin().unwrap().contains("assetdeck demo"));
    let home = tempfile::tempdir().unwrap();
    let env = Env::of([("HOME", home.path().as_os_str())]);
    let none = Session::open(None, env.clone(), stores(&Arc::default(), &home, &env)).unwrap();
    assert!(none.accounts().is_empty());
    let said = none.how_to_begin().unwrap();
    assert!(said.contains("no settings file yet"), "{said}");
    assert!(said.contains("assetdeck config init"), "{said}");
}

#[tokio::test]
async fn a_kept_key_is_found_by_the_next_session_for_this_address_only() {
    let store = Arc::default();
    let here = account("a", "https://a.example");
    let first = session(&here, &[], &store).unwrap();
    let missing = first.connect(&name("a"), None).await.unwrap_err();
    assert!(matches!(missing, ConnectError::NoKey { .. }));
    let connected = first
        .connect(&name("a"), Some(entry("k1", Keeping::Keyring)))
        .await
        .unwrap();
    assert_eq!(
        connected.key.source,
        KeySource::Store(Keeping::Keyring, "Test Store".to_owned())
    );
    let next = session(&here, &[], &store).unwrap();
    let found = next.connect(&name("a"), None).await.unwrap();
    assert_eq!(
        found.key.source,
        KeySource::Store(Keeping::Keyring, "Test Store".to_owned())
    );
    let elsewhere = session(&account("a", "https://b.example"), &[], &store).unwrap();
    assert!(elsewhere.connect(&name("a"), None).await.is_err());
}

#[tokio::test]
async fn a_key_that_cannot_be_saved_serves_this_session() {
    let store = Arc::new(Memory {
        broken: Some(StoreError::Locked),
        ..Memory::default()
    });
    let text = account("a", "https://a.example");
    let here = session(&text, &[], &store).unwrap();
    let connected = here
        .connect(&name("a"), Some(entry("k1", Keeping::Keyring)))
        .await
        .unwrap();
    assert_eq!(connected.key.source, KeySource::Session);
    assert!(connected.key.note.unwrap().contains("locked"));
    let again = here.connect(&name("a"), None).await.unwrap();
    assert_eq!(again.key.source, KeySource::Session);
    let next = session(&text, &[], &store).unwrap();
    assert!(next.connect(&name("a"), None).await.is_err());
}

#[tokio::test]
async fn the_environment_comes_first_and_says_so() {
    let store = Arc::default();
    let text = account("a-b", "https://a.example");
    let here = session(&text, &[("ASSETDECK_KEY_A_B", "env")], &store).unwrap();
    let variable = KeySource::Environment("ASSETDECK_KEY_A_B".to_owned());
    let found = here.connect(&name("a-b"), None).await.unwrap();
    assert_eq!(found.key.source, variable);
    let kept = here
        .connect(&name("a-b"), Some(entry("k", Keeping::Keyring)))
        .await
        .unwrap();
    assert!(kept.key.note.unwrap().contains("ASSETDECK_KEY_A_B"));
}

#[tokio::test]
async fn no_key_and_no_terminal_is_exit_4_with_every_place() {
    // Tests have no terminal on standard input, or a person who does not type keys into them.
    if prompt::possible() {
        return;
    }
    let store = Arc::new(Memory {
        broken: Some(StoreError::NoService),
        ..Memory::default()
    });
    let here = session(&account("a", "https://a.example"), &[], &store).unwrap();
    let known = here.known(&name("a")).unwrap();
    let failure = here.ready(known).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Refused);
    for word in [
        "ASSETDECK_KEY_A",
        "Test Store",
        "no keyring service",
        "no terminal",
    ] {
        assert!(failure.message.contains(word), "{}", failure.message);
    }
    assert!(failure.hint.contains("assetdeck login a"));
}
