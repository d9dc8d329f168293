//! `login` and `logout`: a key checked at the service and kept where the user wants it, or taken out.

use std::time::Duration;

use super::args;
use super::failure::{Exit, Failure};
use super::find;
use super::output::Output;
use super::prompt;
use super::rights;
use super::session::{Known, Session};
use crate::api::Provider as _;
use crate::config::credentials::StoreError;
use crate::config::key_files::PASSPHRASE;
use crate::config::key_variable;
use crate::domain::{Keeping, SafeText, Secret};

/// How long it may take to see what a key may do.
const LOOKING: Duration = Duration::from_secs(15);

/// Asks for the key (or reads it), has the service check it, and saves it.
pub async fn login(
    session: &Session,
    output: &mut Output,
    args: &args::Login,
) -> Result<(), Failure> {
    let known = session.known(&find::account(&args.name)?)?;
    let name = known.info.name.as_str();
    let service = known.info.spec.label;
    let key = if args.key_stdin {
        prompt::key_from_stdin().await?
    } else if prompt::possible() {
        let label = known.info.spec.key_label;
        let question = format!("{label} for {name} (it is not shown): ");
        prompt::key(output.voice(), &question).await?
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
    // What is known is of another key.
    session.forget_rights(known);
    let accepts = format!("{service} accepts the key of {name}");
    let kept = keep(session, output, known, &key, args.store).await;
    let kept = kept.map_err(|mut failure| {
        failure.message = format!("{accepts}, but {}", failure.message);
        failure
    })?;
    let (stores, owner) = session.stores(known);
    let origin = SafeText::name(&owner.origin);
    let said = match stores.of(kept) {
        None => format!(
            "{accepts}. It is saved nowhere: set {} for your commands, or type it when you are asked.",
            key_variable(&known.info.name)
        ),
        Some(store) => format!(
            "{accepts}. It is saved in {}, for {origin}.",
            store.place(&owner)
        ),
    };
    output.did(&said)?;
    // A refusal is what is to be learnt, and what fails otherwise is told by the next command.
    let _ = tokio::time::timeout(LOOKING, rights::look(provider.as_ref())).await;
    let rights = rights::words(&session.rights(known), known.info.spec);
    output.did(&format!("The key of {name}: {rights}."))?;
    match kept {
        Keeping::UntilReboot | Keeping::EncryptedFile => {
            output.note(&format!("to know of it: {}", kept.terms()));
        }
        Keeping::Keyring | Keeping::Session => {}
    }
    if let Some(variable) = session.before_the_store(&known.info.name) {
        output.note(&format!(
            "{variable} is set: it comes before the saved key as long as it is"
        ));
    }
    Ok(())
}

/// Saves a key where it was said, else where the last one of the account is. Where that cannot be,
/// somebody at a terminal chooses.
async fn keep(
    session: &Session,
    output: &mut Output,
    known: &Known,
    key: &Secret,
    said: Option<Keeping>,
) -> Result<Keeping, Failure> {
    let (stores, owner) = session.stores(known);
    let mut keeping = said.unwrap_or_else(|| stores.chosen(&owner.account));
    let mut failed = Vec::new();
    loop {
        if keeping == Keeping::Session {
            return Ok(keeping);
        }
        if keeping == Keeping::EncryptedFile {
            seal(session, output, known).await?;
        }
        let Err(why) = stores.save(&owner, key, keeping).await else {
            return Ok(keeping);
        };
        let place = stores.of(keeping).map_or("there", |store| store.name());
        let why = format!("it could not be saved in {place}: {why}");
        if said.is_some() || !output.can_ask() {
            let others = Keeping::HERE.iter().filter(|it| **it != keeping);
            let others: Vec<&str> = others.map(|it| it.word()).collect();
            return Err(Failure::failed(why).hint(format!(
                "Choose another place with --store ({}), or set {} for your commands.",
                others.join(", "),
                key_variable(&known.info.name)
            )));
        }
        output.note(&why);
        failed.push(keeping);
        keeping = another(output, session, known, &failed).await?;
    }
}

/// Makes sure of a passphrase for a new file.
async fn seal(session: &Session, output: &mut Output, known: &Known) -> Result<(), Failure> {
    let (stores, owner) = session.stores(known);
    let failed = |why: StoreError| Failure::usage(why.to_string());
    if stores.files().passphrase().map_err(failed)?.is_some() {
        return Ok(());
    }
    if !output.can_ask() {
        let why = "it has no passphrase, and there is no terminal to ask for one";
        return Err(
            Failure::new(Exit::Refused, why).hint(format!("Set {PASSPHRASE} for this command."))
        );
    }
    if let Some(path) = stores.files().path(&owner) {
        let path = SafeText::name(&path.to_string_lossy());
        output.note(&format!("the file will be {path}"));
    }
    stores.files().take(prompt::new_passphrase(output).await?);
    Ok(())
}

/// Which place it shall be, since these cannot be used.
async fn another(
    output: &mut Output,
    session: &Session,
    known: &Known,
    failed: &[Keeping],
) -> Result<Keeping, Failure> {
    let (stores, owner) = session.stores(known);
    let places: Vec<Keeping> = { Keeping::HERE.iter().copied() }
        .filter(|it| !failed.contains(it))
        .collect();
    output.note("where shall it be kept?");
    for (number, place) in (1..).zip(&places) {
        let file = stores.files().path(&owner);
        let file = file.filter(|_| *place == Keeping::EncryptedFile);
        let file = file.map(|path| format!(", {}", SafeText::name(&path.to_string_lossy())));
        output.note(&format!(
            "  {number}  {}{} ({})",
            place.words(),
            file.unwrap_or_default(),
            place.terms()
        ));
    }
    loop {
        let answer = prompt::answer(output, &format!("1 to {}:", places.len())).await?;
        let number = answer
            .parse::<usize>()
            .ok()
            .and_then(|it| it.checked_sub(1));
        if let Some(place) = number.and_then(|number| places.get(number)) {
            return Ok(*place);
        }
        output.note("that is none of these numbers; Ctrl-C stops, and nothing is saved");
    }
}

/// How long forgetting what was listed may take.
const FORGETTING: Duration = Duration::from_secs(5);

/// Removes the key from wherever it is saved, for whatever address, and what was listed with it from this machine.
pub async fn logout(session: &Session, output: &mut Output, name: &str) -> Result<(), Failure> {
    let known = session.known(&find::account(name)?)?;
    let name = known.info.name.as_str();
    let (stores, owner) = session.stores(known);
    let removed = stores
        .remove(&owner, &session.addresses_before(known))
        .await;
    session.forget_rights(known);
    let (index, _) = session.index();
    index.forget(&known.info.name);
    index.settle(FORGETTING);
    if !removed.from.is_empty() {
        let places = removed.from.join(" and ");
        output.did(&format!("The key of {name} is removed from: {places}."))?;
    } else if let Some(why) = &removed.absent {
        output.did(&format!("No key of {name} is saved: {why}."))?;
    } else if removed.left.is_empty() {
        output.did(&format!("No key of {name} was saved."))?;
    }
    if let Some(variable) = session.before_the_store(&known.info.name) {
        output.note(&format!("{variable} is still set, and is used"));
    }
    let left = removed.left.iter();
    let left: Vec<String> = left.map(|(place, why)| format!("{place}: {why}")).collect();
    if left.is_empty() {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "a key of {name} may still be in {}",
        left.join("; and in ")
    ))
    .hint(format!(
        "Try `assetdeck logout {name}` again where that can be reached."
    )))
}
