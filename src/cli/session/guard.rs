//! What an account may be used for, and where its key may go: asked of the user, held below everything.

use std::sync::Arc;

use super::{Known, Session, Shelf};
use crate::api::{ConnectError, Consent, Guard, Guarded, Provider, Witness};
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::Output;
use crate::cli::{find, prompt};
use crate::config::bound::Seen;
use crate::config::credentials::KeyOwner;
use crate::config::learned::Learned;
use crate::domain::{Answered, AssetScope, Right, Rights, SafeText};
use crate::index::Owner;

/// Remembers of one account what its service allows, and forgets what does not hold any more.
#[derive(Debug)]
struct Learning {
    owner: KeyOwner,
    learned: Arc<Learned>,
    indexed: Owner,
    index: Arc<Shelf>,
}

impl Witness for Learning {
    fn answered(&self, right: Right, answered: Answered) {
        self.learned.take(&self.owner, right, answered);
    }

    fn changed(&self, scope: &AssetScope) {
        if let AssetScope::Segment(container, segment) = scope {
            let (index, _) = self.index.open();
            index.forget_mark(&self.indexed, container, segment);
        }
    }
}

impl Session {
    /// What the service has shown of an account's rights so far.
    pub fn rights(&self, known: &Known) -> Rights {
        self.learned.of(&known.owner())
    }

    /// The account has another key now, or none.
    pub fn forget_rights(&self, known: &Known) {
        self.learned.forget(&known.owner());
    }

    /// Nothing is changed in this session, whatever the settings say.
    pub fn only_look(&mut self) {
        for known in &mut self.accounts {
            known.info.guard = Guard::Looking;
        }
    }

    /// How an account stands, as far as that is known without asking its service.
    pub fn standing(&self, known: &Known, has_key: bool) -> Vec<&'static str> {
        let moved = self.same_address(known).is_err();
        let lacks = || !self.rights(known).refused().is_empty();
        let mut standing = vec![match (has_key, moved) {
            (_, true) => "address changed",
            (false, _) => "no key",
            (true, false) if lacks() => "limited",
            (true, false) => "ready",
        }];
        standing.extend(Some(known.info.guard.word()).filter(|word| !word.is_empty()));
        standing
    }

    /// Takes the names that the command line gives: of protected accounts, and of those whose address
    /// changed.
    pub fn confirm(&self, names: &[String]) -> Result<(), Failure> {
        for name in names {
            let known = self.known(&find::account(name)?)?;
            if let Some(consent) = self.consents.get(&known.info.name) {
                consent.give();
            }
            self.remember_address(known);
        }
        Ok(())
    }

    /// Whether something of this account can be changed at all, here: before the first request.
    pub fn could_change(&self, known: &Known, output: &Output) -> Result<(), Failure> {
        let name = known.info.name.as_str();
        if let Some(why) = known.info.guard.refusal() {
            return Err(Failure::new(Exit::Refused, format!("{name}: {why}")));
        }
        if self.wants_name(known).is_some() && !output.can_ask() {
            let message = format!("{name} is protected, and there is no terminal to ask on");
            return Err(Failure::new(Exit::Refused, message)
                .hint(format!("Give --confirm {name} to change it.")));
        }
        Ok(())
    }

    fn wants_name(&self, known: &Known) -> Option<&Consent> {
        let protected = known.info.guard == Guard::Protected;
        let consent = self.consents.get(&known.info.name).filter(|_| protected);
        consent.filter(|consent| !consent.given())
    }

    /// Asks what has to be asked before something of this account is changed. Its provider refuses the
    /// change all the same where this was forgotten.
    pub async fn may_change(&self, known: &Known, output: &mut Output) -> Result<(), Failure> {
        self.could_change(known, output)?;
        let name = known.info.name.as_str();
        let Some(consent) = self.wants_name(known) else {
            return Ok(());
        };
        let question = format!("{name} is protected. Type its name to go on:");
        if prompt::answer(output, &question).await? != name {
            let message = format!("that is not the name of {name}; nothing was changed");
            return Err(Failure::new(Exit::Refused, message));
        }
        consent.give();
        Ok(())
    }

    /// The provider behind the guard of its account.
    pub(super) fn guarded(&self, known: &Known, provider: Arc<dyn Provider>) -> Arc<dyn Provider> {
        let (name, guard) = (known.info.name.clone(), known.info.guard);
        let consent = self.consents.get(&name).cloned().unwrap_or_default();
        let witness = Arc::new(Learning {
            owner: known.owner(),
            learned: Arc::clone(&self.learned),
            indexed: Owner::from(&known.info),
            index: Arc::clone(&self.index),
        });
        Arc::new(Guarded::new(provider, name, guard, consent, witness))
    }

    /// A key that nobody typed goes only to where it went before.
    pub(super) fn same_address(&self, known: &Known) -> Result<(), ConnectError> {
        match self.bound.seen(&known.owner(), known.info.spec.id) {
            Seen::Before | Seen::First => Ok(()),
            Seen::Other(before) => {
                let owner = known.owner();
                let name = known.info.name.as_str();
                let now = format!("{} {}", known.info.spec.id, owner.origin);
                Err(ConnectError::Moved {
                    reason: format!(
                        "the key of {name} was used for {} so far, and the settings now say {}; it was not \
                         sent there",
                        SafeText::name(&before),
                        SafeText::name(&now)
                    ),
                    before,
                    now,
                })
            }
        }
    }

    /// The account at the addresses that it had before.
    pub fn addresses_before(&self, known: &Known) -> Vec<KeyOwner> {
        self.bound.others(&known.owner())
    }

    /// The key may go to the account's address. That this cannot be kept is no reason not to go on.
    pub fn remember_address(&self, known: &Known) {
        let (owner, service) = (known.owner(), known.info.spec.id);
        if self.bound.seen(&owner, service) == Seen::Before {
            return;
        }
        if let Err(error) = self.bound.allow(&owner, service) {
            tracing::warn!(%error, "the account's address could not be remembered");
        }
    }
}
