//! What `get` saves: assets named one by one, or everything below an address.

use std::sync::Arc;

use crate::api::Provider;
use crate::cli::failure::{Failure, Tally};
use crate::cli::find;
use crate::cli::names;
use crate::cli::output::Output;
use crate::cli::prompt;
use crate::cli::session::{Known, Session};
use crate::cli::stop::Stop;
use crate::domain::{Address, Asset, Ref, SafeText};
use crate::transfer::patient::Patient;
use crate::transfer::tree::{Found, Source, Top, Walk};

/// What is to be saved, of one account.
pub struct Wanted<'a> {
    pub known: &'a Known,
    pub provider: Arc<Patient>,
    pub assets: Vec<(Vec<Top>, Asset)>,
}

/// Everything below an address.
pub async fn below<'a>(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    known: &'a Known,
    address: &Address,
    yes: bool,
    tally: &mut Tally,
) -> Result<Wanted<'a>, Failure> {
    let provider = stop.or(session.ready(known)).await?;
    let mut assets = Vec::new();
    let mut unreadable = Vec::new();
    let source = Source::Below(address.clone());
    let mut walk = Walk::new(provider.as_ref(), &source);
    let walked = loop {
        match stop.or(async { Ok(walk.next().await) }).await? {
            Ok(Some(Found::Asset(tops, asset))) => assets.push((tops, *asset)),
            Ok(Some(Found::Unreadable(reason))) => unreadable.push(reason),
            Ok(Some(Found::Ahead(calls))) => {
                let what = "Listing what is there";
                stop.or(prompt::may(output, yes, calls, what)).await?;
            }
            Ok(Some(Found::Call)) => {}
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    if let Err(error) = walked {
        // A place that does not exist explains a refusal better than the service's words do.
        exists(provider.as_ref(), address).await?;
        return Err(error.into());
    }
    if assets.is_empty() && unreadable.is_empty() {
        exists(provider.as_ref(), address).await?;
        output.note("there are no assets below it");
    }
    for reason in unreadable {
        tally.failed += 1;
        let reason = SafeText::prose(&reason).into_string();
        output.note(&format!("an entry of the list cannot be read: {reason}"));
    }
    Ok(Wanted {
        known,
        provider,
        assets,
    })
}

async fn exists(provider: &dyn Provider, address: &Address) -> Result<(), Failure> {
    if let Some(container) = &address.container {
        find::container(provider, container).await?;
        if let Some(segment) = &address.segment {
            find::segment(provider, container, segment).await?;
        }
    }
    Ok(())
}

/// Assets named one by one; those that are not there are told, and the others go on.
pub(super) async fn one_by_one<'a>(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    refs: &[(&'a Known, Ref)],
    tally: &mut Tally,
) -> Result<Vec<Wanted<'a>>, Failure> {
    let mut found: Vec<Wanted<'a>> = Vec::new();
    for (known, reference) in refs {
        let looking = stop.or(async {
            let (Some(scope), Some(key)) = (reference.address.scope(), &reference.key) else {
                return Err(Failure::usage("it names no asset"));
            };
            let name = &known.info.name;
            let open = found.iter().position(|it| it.known.info.name == *name);
            if open.is_none() {
                found.push(Wanted {
                    known,
                    provider: session.ready(known).await?,
                    assets: Vec::new(),
                });
            }
            let at = open.unwrap_or(found.len() - 1);
            let asset = names::asset(name, found[at].provider.as_ref(), &scope, key).await?;
            found[at].assets.push((Vec::new(), asset));
            Ok(())
        });
        match looking.await {
            Ok(()) => {}
            Err(failure) if refs.len() == 1 => return Err(failure),
            Err(failure) => {
                tally.count(&failure);
                output.fail(&failure);
                if tally.stopped {
                    break;
                }
            }
        }
    }
    Ok(found)
}
