//! From an account to a provider that is ready: the key is found, or asked for, and goes to no address
//! that it was not meant for.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Known, Session};
use crate::api::{
    AccountInfo, ConnectError, Connected, Connector, KeptPause, KeyEntry, KeyReport, KeySource,
    Provider, Toll,
};
use crate::cli::failure::{Exit, Failure};
use crate::cli::prompt;
use crate::config::credentials::{Credentials, KeyOwner, Lookup, Place, UNLOCK};
use crate::config::key_variable;
use crate::domain::{AccountName, Keeping, Secret, until};
use crate::providers;
use crate::transfer::patient::Patient;

/// How often a mistyped passphrase is asked for again.
const TRIES: usize = 3;

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
                let entry = KeyEntry::Key {
                    key: prompt::key(self.voice, &question).await?,
                    keeping: Keeping::Session,
                    passphrase: None,
                };
                Ok(self.connect(name, Some(entry)).await?.provider)
            }
            Err(ConnectError::Sealed { reason }) if prompt::possible() => {
                self.unsealed(name, reason).await
            }
            Err(ConnectError::NoKey { reason }) => {
                let failure = Failure::new(
                    Exit::Refused,
                    format!(
                        "no key for {}: {reason}, and there is no terminal to ask on",
                        name.as_str()
                    ),
                );
                if let Lookup::Locked { .. } = self.key_place(known).await {
                    return Err(failure.hint(UNLOCK));
                }
                Err(failure.hint(format!(
                    "Save one with `assetdeck login {}`, or set {}.",
                    name.as_str(),
                    key_variable(name)
                )))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks for the passphrase of the file that the key is in; who mistypes it is asked again.
    async fn unsealed(
        &self,
        name: &AccountName,
        mut reason: String,
    ) -> Result<Arc<dyn Provider>, Failure> {
        for _ in 0..TRIES {
            let question = format!("Passphrase for the key of {} ({reason}): ", name.as_str());
            let entry = KeyEntry::Passphrase(prompt::passphrase(&question).await?);
            match self.connect(name, Some(entry)).await {
                Err(ConnectError::Sealed { reason: again }) => reason = again,
                connected => return Ok(connected?.provider),
            }
        }
        Err(ConnectError::Sealed { reason }.into())
    }

    /// A provider with this key, whatever is saved. It is signed out with the others.
    pub fn with_key(&self, known: &Known, key: Secret) -> Result<Arc<dyn Provider>, ConnectError> {
        let toll = self.pacer(known).map(|pacer| pacer as Arc<dyn Toll>);
        let provider = providers::connect(&known.settings, key, toll)?;
        self.keep_pause(known, &*provider);
        self.keep_operations(known, &*provider);
        let provider = self.guarded(known, provider);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.push(Arc::clone(&provider));
        Ok(provider)
    }

    /// What the service asked an earlier process to wait for is waited for here, too.
    fn keep_pause(&self, known: &Known, provider: &dyn Provider) {
        let (pauses, owner) = (self.pauses.clone(), known.owner());
        let now = Timestamp::now();
        let pause = pauses.of(&owner, now);
        let pause = pause.map(|(asked, end)| KeptPause {
            ago: until(now, asked),
            left: until(end, now),
        });
        let told = move |wait: Duration| {
            if let Err(error) = pauses.ask(&owner, Timestamp::now(), wait) {
                tracing::warn!(%error, "a pause that the service asked for could not be kept");
            }
        };
        provider.keep_pause(pause, Box::new(told));
    }

    /// Puts a typed key where the user wants it; where that cannot be, the session has it all the same.
    async fn keep(&self, owner: &KeyOwner, key: &Secret, keeping: Keeping) -> KeyReport {
        let Credentials {
            session, stores, ..
        } = &self.credentials;
        let (source, note) = match stores.of(keeping) {
            None => (KeySource::Session, None),
            Some(store) => match stores.save(owner, key, keeping).await {
                Ok(()) => {
                    let first = self.before_the_store(&owner.account);
                    let note = first.map(|name| format!("{name} is set and comes first next time"));
                    (KeySource::Store(keeping, store.place(owner)), note)
                }
                Err(why) => {
                    let note = format!("not saved in {}: {why}", store.name());
                    (KeySource::Session, Some(note))
                }
            },
        };
        if source != KeySource::Session && note.is_none() {
            session.forget(owner);
        } else {
            // Else the next look in this session would find another one, or none.
            session.put(owner, key.clone());
        }
        KeyReport { source, note }
    }

    /// The key that some place has, if it may go where the account is.
    async fn found(&self, known: &Known) -> Result<(Secret, KeyReport), ConnectError> {
        match self.key_place(known).await {
            Lookup::Found { key, place, note } => {
                if place != Place::Session {
                    self.same_address(known)?;
                }
                let source = match place {
                    Place::Environment(variable) => KeySource::Environment(variable),
                    Place::Command(program) => KeySource::Command(program),
                    Place::Store(keeping, place) => KeySource::Store(keeping, place),
                    Place::Session => KeySource::Session,
                };
                Ok((key, KeyReport { source, note }))
            }
            Lookup::Missing { reason } | Lookup::Locked { reason } => {
                Err(ConnectError::NoKey { reason })
            }
            Lookup::Sealed { reason } => Err(ConnectError::Sealed { reason }),
            Lookup::Unusable { reason, advice } => {
                Err(ConnectError::Settings(format!("{reason}. {advice}")))
            }
        }
    }
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
            Some(KeyEntry::Key {
                key,
                keeping,
                passphrase,
            }) => {
                if let Some(passphrase) = passphrase {
                    self.credentials.stores.files().take(passphrase);
                }
                let report = self.keep(&owner, &key, keeping).await;
                (key, report)
            }
            Some(KeyEntry::Passphrase(passphrase)) => {
                self.credentials.stores.files().take(passphrase);
                self.found(known).await?
            }
            Some(KeyEntry::Confirmed) => {
                self.remember_address(known);
                self.found(known).await?
            }
            None => self.found(known).await?,
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
