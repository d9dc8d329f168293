//! `login` and `logout`: a key checked at the service and kept in the OS keyring, or taken out.

use std::time::Duration;

use super::args;
use super::failure::{Exit, Failure};
use super::find;
use super::output::Output;
use super::prompt;
use super::session::Session;
use crate::api::Provider as _;
use crate::config::key_variable;
use crate::domain::SafeText;

/// Asks for the key (or reads it), has the service check it, and saves it.
pub async fn login(
    session: &Session,
    output: &mut Output,
    args: &args::Login,
) -> Result<(), Failure> {
    let known = session.known(&find::account(&args.name)?)?;
    let name = known.info.name.as_str();
    let key = if args.key_stdin {
        prompt::key_from_stdin().await?
    } else if prompt::possible() {
        let label = known.info.spec.key_label;
        prompt::key(&format!("{label} for {name} (it is not shown): ")).await?
    } else {
        return Err(
            Failure::new(Exit::Refused, "there is no terminal to ask for the key on")
                .hint("Give it with --key-stdin."),
        );
    };
    let provider = session.patiently(session.with_key(known, key.clone())?);
    provider.check().await.map_err(|error| {
        let mut failure = Failure::from(error);
        failure.message += "; nothing was saved";
        failure
    })?;
    session.remember_address(known);
    let (store, owner) = session.store(known);
    let place = store.name();
    if let Err(why) = store.save(&owner, &key).await {
        return Err(Failure::failed(format!(
            "{} accepts the key of {name}, but it could not be saved in {place}: {why}",
            known.info.spec.label
        ))
        .hint(format!(
            "Set {} for your commands, or type the key when you are asked.",
            key_variable(&known.info.name)
        )));
    }
    output.did(&format!(
        "{} accepts the key of {name}. It is saved in {place}, for {}.",
        known.info.spec.label,
        SafeText::name(&owner.origin)
    ))?;
    if let Some(variable) = session.before_the_store(&known.info.name) {
        output.note(&format!(
            "{variable} is set: it comes before the saved key as long as it is"
        ));
    }
    Ok(())
}

/// How long forgetting what was listed may take.
const FORGETTING: Duration = Duration::from_secs(5);

/// Removes the key from the keyring, and what was listed with it from this machine.
pub async fn logout(session: &Session, output: &mut Output, name: &str) -> Result<(), Failure> {
    let known = session.known(&find::account(name)?)?;
    let name = known.info.name.as_str();
    let (store, owner) = session.store(known);
    let place = store.name();
    let removed = store.remove(&owner).await.map_err(|why| {
        Failure::failed(format!(
            "could not remove the key of {name} from {place}: {why}"
        ))
    })?;
    let said = if removed {
        format!("The key of {name} is removed from {place}.")
    } else {
        format!("{place} held no key of {name}.")
    };
    output.did(&said)?;
    let (index, _) = session.index();
    index.forget(&known.info.name);
    index.settle(FORGETTING);
    if let Some(variable) = session.before_the_store(&known.info.name) {
        output.note(&format!("{variable} is still set, and is used"));
    }
    Ok(())
}
