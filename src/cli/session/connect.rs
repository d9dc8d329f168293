//! From an account to a provider that is ready: the key is found, or asked for, and goes to no address
//! that it was not meant for.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;

use super::{Known, Session};
use crate::api::{
    AccountInfo, ConnectError, Connected, Connector, KeyEntry, KeyReport, KeySource, Provider,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::prompt;
use crate::config::credentials::{Lookup, Place, StoreError};
use crate::config::key_variable;
use crate::domain::{AccountName, Secret};
use crate::index::{Meter, Owner};
use crate::providers;
use crate::transfer::patient::Patient;

impl Session {
    /// A ready account for a command: where there is a terminal, a missing key is asked for.
    pub async fn ready(&self, known: &Known) -> Result<Arc<Patient>, Failure> {
        Ok(self.patiently(self.opened(known).await?))
    }

    async fn opened(&self, known: &Known) -> Result<Arc<dyn Provider>, Failure> {
        let name = &known.info.name;
        match self.connect(name, None).await {
            Ok(connected) => Ok(connected.provider),
            Err(ConnectError::NoKey { reason }) if prompt::possible() => {
                let label = known.info.spec.key_label;
                let question = format!("{label} for {} ({reason}): ", name.as_str());
                let key = prompt::key(&question).await?;
                let entry = KeyEntry { key, keep: false };
                Ok(self.connect(name, Some(entry)).await?.provider)
            }
            Err(ConnectError::NoKey { reason }) => {
                let failure = Failure::new(
                    Exit::Refused,
                    format!(
                        "no key for {}: {reason}, and there is no terminal to ask on",
                        name.as_str()
                    ),
                );
                Err(failure.hint(format!(
                    "Save one with `assetdeck login {}`, or set {}.",
                    name.as_str(),
                    key_variable(name)
                )))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A provider with this key, whatever is saved. It is signed out with the others.
    pub fn with_key(&self, known: &Known, key: Secret) -> Result<Arc<dyn Provider>, ConnectError> {
        let provider = providers::connect(&known.settings, key)?;
        let provider = self.guarded(known, provider);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let owner = Owner::from(&known.info);
        open.push(Arc::new(Meter::new(owner, Arc::clone(&provider))));
        Ok(provider)
    }
}

/// What a keyring that did not help means for what is used instead.
fn not_saved(name: &str, why: &StoreError) -> String {
    format!("not saved in {name}: {why}")
}

#[async_trait]
impl Connector for Session {
    fn accounts(&self) -> Vec<AccountInfo> {
        let infos = self.accounts.iter().map(|known| known.info.clone());
        infos.collect()
    }

    async fn connect(
        &self,
        account: &AccountName,
        entry: Option<KeyEntry>,
    ) -> Result<Connected, ConnectError> {
        let known = self
            .known(account)
            .map_err(|failure| ConnectError::Settings(failure.message))?;
        let owner = known.owner();
        let (key, report) = match entry {
            Some(KeyEntry { key, keep: false }) => {
                self.credentials.session.put(&owner, key.clone());
                let report = KeyReport {
                    source: KeySource::Session,
                    note: None,
                };
                (key, report)
            }
            Some(KeyEntry { key, keep: true }) => {
                let store = &self.credentials.store;
                let report = match store.save(&owner, &key).await {
                    Ok(()) => {
                        self.credentials.session.forget(&owner);
                        let first = self.before_the_store(account);
                        if first.is_some() {
                            // Else the next look in this session would find the variable again.
                            self.credentials.session.put(&owner, key.clone());
                        }
                        KeyReport {
                            source: KeySource::Keyring(store.name()),
                            note: first
                                .map(|name| format!("{name} is set and comes first next time")),
                        }
                    }
                    Err(why) => {
                        self.credentials.session.put(&owner, key.clone());
                        KeyReport {
                            source: KeySource::Session,
                            note: Some(not_saved(store.name(), &why)),
                        }
                    }
                };
                (key, report)
            }
            None => match self.credentials.find(&owner).await {
                Lookup::Found { key, place, note } => {
                    if place != Place::Session {
                        self.same_address(known)?;
                    }
                    let source = match place {
                        Place::Environment(variable) => KeySource::Environment(variable),
                        Place::Command(program) => KeySource::Command(program),
                        Place::Store(name) => KeySource::Keyring(name),
                        Place::Session => KeySource::Session,
                    };
                    (key, KeyReport { source, note })
                }
                Lookup::Missing { reason } => return Err(ConnectError::NoKey { reason }),
                Lookup::Unusable { reason } => return Err(ConnectError::Settings(reason)),
            },
        };
        // Typed for this address, or sent there before.
        self.remember_address(known);
        Ok(Connected {
            provider: self.with_key(known, key)?,
            key: report,
        })
    }

    fn consent(&self, account: &AccountName) {
        if let Some(consent) = self.consents.get(account) {
            consent.give();
        }
    }
}
