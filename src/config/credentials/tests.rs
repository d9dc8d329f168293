//! Where a key is looked for, in which order, and what is said where there is none.

use super::*;

#[derive(Debug)]
struct Fixed(Result<Option<Secret>, StoreError>);

#[async_trait]
impl CredentialStore for Fixed {
    fn name(&self) -> &'static str {
        "Test Store"
    }
    async fn read(&self, _: &KeyOwner) -> Result<Option<Secret>, StoreError> {
        self.0.clone()
    }
    async fn save(&self, _: &KeyOwner, _: &Secret) -> Result<(), StoreError> {
        Ok(())
    }
    async fn remove(&self, _: &KeyOwner) -> Result<bool, StoreError> {
        Ok(true)
    }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned()).unwrap()
}

fn owner() -> KeyOwner {
    KeyOwner::new(
        AccountName::new("acme-loc").unwrap(),
        "https://Example.com:443/path?x#y",
    )
}

async fn find(
    env: &[(&str, &str)],
    store: Result<Option<Secret>, StoreError>,
    session: Option<&str>,
) -> Lookup {
    let env = Env::of(env.iter().map(|(k, v)| (*k, *v)));
    let stores = Stores::with(Arc::new(Fixed(store)), Arc::new(NoStore), None, env.clone());
    let credentials = Credentials::new(env, stores);
    if let Some(key) = session {
        credentials.session.put(&owner(), secret(key));
    }
    credentials.find(&owner()).await
}

#[tokio::test]
async fn the_environment_comes_before_the_store() {
    let env = [("ASSETDECK_KEY_ACME_LOC", "from-env")];
    let found = find(&env, Ok(Some(secret("from-store"))), None).await;
    let Lookup::Found { key, place, .. } = found else {
        panic!("{found:?}")
    };
    assert_eq!(key.reveal(), "from-env");
    assert_eq!(place, Place::Environment("ASSETDECK_KEY_ACME_LOC".into()));
    let found = find(&[], Ok(Some(secret("from-store"))), None).await;
    assert!(matches!(
        found,
        Lookup::Found {
            place: Place::Store(Keeping::Keyring, _),
            ..
        }
    ));
    let found = find(&env, Ok(None), Some("typed")).await;
    assert!(matches!(
        found,
        Lookup::Found {
            place: Place::Session,
            ..
        }
    ));
}

#[tokio::test]
async fn a_missing_key_names_every_place() {
    for (store, word) in [
        (Ok(None), "holds no key"),
        (Err(StoreError::NoService), "no keyring service"),
        (Err(StoreError::Locked), "locked"),
        (Err(StoreError::Silent), "does not answer"),
    ] {
        let locked = store == Err(StoreError::Locked);
        let found = find(&[], store, None).await;
        assert_eq!(matches!(found, Lookup::Locked { .. }), locked);
        let (Lookup::Missing { reason } | Lookup::Locked { reason }) = found else {
            panic!()
        };
        assert!(
            reason.contains("ASSETDECK_KEY_ACME_LOC is not set"),
            "{reason}"
        );
        assert!(
            reason.contains("Test Store") && reason.contains(word),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn a_spoilt_variable_is_told_and_not_skipped() {
    let env = [("ASSETDECK_KEY_ACME_LOC", "canary\n")];
    let Lookup::Unusable { reason, .. } = find(&env, Ok(Some(secret("x"))), None).await else {
        panic!()
    };
    assert!(reason.contains("ASSETDECK_KEY_ACME_LOC") && !reason.contains("canary"));
}

#[test]
fn an_entry_is_named_by_account_and_origin() {
    assert_eq!(owner().entry(), "acme-loc@https://example.com");
    let other = KeyOwner::new(owner().account, "https://example.com:8443/");
    assert_ne!(other, owner());
    assert_eq!(other.origin, "https://example.com:8443");
}
