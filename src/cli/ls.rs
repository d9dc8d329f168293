//! `accounts` and `ls`: listings.

use std::time::Duration;

use super::failure::{Exit, Failure};
use super::filter::Only;
use super::find;
use super::output::{Cell, Output};
use super::record::{
    ASSET_HEADS, AccountLine, CONTAINER_HEADS, Listing, SEGMENT_HEADS, account_ref, nothing_in,
};
use super::session::{Known, Session};
use crate::api::{Middle, Provider, ProviderSpec};
use crate::config::credentials::{Lookup, Place};
use crate::domain::filter::Facts;
use crate::domain::{Asset, AssetScope, Container, ContainerId, SafeText, SegmentText};

/// After this a person is told what is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

const ACCOUNT_HEADS: &[&str] = &["REF", "NAME", "SERVICE", "ADDRESS", "KEY", "STATE"];

/// The accounts of the settings, and where each one's key is.
pub async fn accounts(
    session: &Session,
    output: &mut Output,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let accounts = session.all()?;
    let mut listing = Listing::new(output, json, ACCOUNT_HEADS);
    for known in accounts {
        let info = &known.info;
        let facts = Facts {
            types: [Some(info.spec.label), None],
            typed: true,
            ..Facts::named(info.name.as_str())
        };
        if !only.keeps(&facts) {
            continue;
        }
        let (source, words) = key_words(session, known).await;
        let name = info.name.as_str();
        let cells = [
            Cell::name(&account_ref(&info.name)),
            Cell::name(name),
            Cell::prose(info.spec.label),
            Cell::name(&info.base_url),
            Cell::Said(words.clone()),
            Cell::prose(&session.standing(known, source.is_some()).join(", ")),
        ];
        let line = AccountLine {
            kind: "account",
            reference: account_ref(&info.name),
            id: name,
            name,
            provider: info.spec.id,
            service: info.spec.label,
            base_url: &info.base_url,
            key_source: source,
            key: words,
            state: session.standing(known, source.is_some()),
        };
        listing.put(&cells, &line)?;
    }
    listing.end(&only.nothing(String::new()))
}

/// Where a key is, as a word for scripts and in words for people.
pub async fn key_words(session: &Session, known: &Known) -> (Option<&'static str>, String) {
    words_of(session.key_place(known).await)
}

/// The same of a look that was made.
pub fn words_of(looked: Lookup) -> (Option<&'static str>, String) {
    match looked {
        Lookup::Found { place, note, .. } => {
            let (word, mut text) = match place {
                Place::Environment(variable) => {
                    ("environment", format!("environment ({variable})"))
                }
                Place::Command(program) => {
                    ("command", format!("command ({})", SafeText::name(&program)))
                }
                Place::Store(name) => ("keyring", name.to_owned()),
                Place::Session => ("session", "this session only".to_owned()),
            };
            if let Some(note) = note {
                text = format!("{text} ({note})");
            }
            (Some(word), text)
        }
        Lookup::Missing { reason } => (None, format!("no key: {reason}")),
        Lookup::Unusable { reason } => (None, format!("unusable: {reason}")),
    }
}

/// What is at an address.
pub async fn ls(
    session: &Session,
    output: &mut Output,
    address: Option<&str>,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let Some(address) = address else {
        return accounts(session, output, only, json).await;
    };
    let address = find::address(address)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let scope = address.scope();
    if let (Middle::Types, Some(scope)) = (spec.middle, &scope) {
        find::check_scope(spec, scope)?;
    }
    let provider = session.ready(known).await?;
    let provider = provider.as_ref();
    match scope {
        None => containers(known, provider, output, only, json).await,
        Some(AssetScope::Container(container)) if spec.middle == Middle::Segments => {
            segments(known, provider, output, &container, only, json).await
        }
        Some(scope) => assets(known, provider, output, &scope, only, json).await,
    }
}

async fn containers(
    known: &Known,
    provider: &dyn Provider,
    output: &mut Output,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let account = &known.info.name;
    let mut listing = Listing::new(output, json, CONTAINER_HEADS);
    let walked = find::pages(
        async |cursor| provider.containers(cursor).await,
        |entry| {
            if only.keeps(&Facts::of_entry(&entry, Container::facts)) {
                listing.container(account, &entry)
            } else {
                Ok(())
            }
        },
    );
    let walked = walked.await;
    let many = known.info.spec.container.many;
    listing.end(&only.nothing(format!("This account has no {many}.")))?;
    walked
}

async fn segments(
    known: &Known,
    provider: &dyn Provider,
    output: &mut Output,
    container: &ContainerId,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let listed = find::all(async |cursor| provider.segments(container, cursor).await);
    let mut entries = match listed.await {
        Ok(entries) => entries,
        Err(failure) => {
            find::container(provider, container).await?;
            return Err(failure);
        }
    };
    if entries.is_empty() {
        // An empty list is also what a service says of a place that does not exist.
        find::container(provider, container).await?;
    } else {
        let texts = texts_of(provider, output, container).await;
        find::join_texts(&mut entries, &texts);
    }
    if !only.is_all() {
        entries = only.segments(provider, output, container, entries).await?;
    }
    let mut listing = Listing::new(output, json, SEGMENT_HEADS);
    for entry in &entries {
        listing.segment(&known.info.name, container, entry)?;
    }
    listing.end(&only.nothing(nothing_in(known.info.spec, "segments")))
}

/// The texts of a container's segments, as far as the service tells them by a call of their own.
/// Without them the ids are there all the same.
pub async fn texts_of(
    provider: &dyn Provider,
    output: &mut Output,
    container: &ContainerId,
) -> Vec<SegmentText> {
    if !provider.spec().capabilities.segment_texts {
        return Vec::new();
    }
    let texts = patiently(output, provider.segment_texts(container, None)).await;
    texts.unwrap_or_else(|error| {
        output.note(&format!("the texts are missing: {error}"));
        Vec::new()
    })
}

/// Waits, and tells a person so when it takes long: some services prepare the texts first.
async fn patiently<T>(output: &mut Output, work: impl Future<Output = T>) -> T {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        done = &mut work => done,
        () = tokio::time::sleep(PATIENCE) => {
            if output.on_screen() {
                output.note("the service prepares the texts, which may take a while; Ctrl-C stops");
            }
            work.await
        }
    }
}

async fn assets(
    known: &Known,
    provider: &dyn Provider,
    output: &mut Output,
    scope: &AssetScope,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let account = &known.info.name;
    let mut none = true;
    let mut listing = Listing::new(output, json, ASSET_HEADS);
    let walked = find::pages(
        async |cursor| provider.assets(scope, cursor).await,
        |entry| {
            none = false;
            if only.keeps(&Facts::of_entry(&entry, Asset::facts)) {
                listing.asset(account, &entry)
            } else {
                Ok(())
            }
        },
    );
    let walked = walked.await;
    let exists = if none
        && !walked
            .as_ref()
            .is_err_and(|failure| failure.exit == Exit::Refused)
    {
        exists(provider, scope).await
    } else {
        Ok(())
    };
    let nothing = match &exists {
        Err(_) => String::new(),
        Ok(()) if none => no_assets(known.info.spec, scope),
        Ok(()) => only.nothing(no_assets(known.info.spec, scope)),
    };
    listing.end(&nothing)?;
    // A place that does not exist explains a refusal better than the service's words do.
    exists.and(walked)
}

/// What is said of a place without assets.
pub fn no_assets(spec: &ProviderSpec, scope: &AssetScope) -> String {
    match scope.segment() {
        Some(id) => format!("The segment {} has no assets.", SafeText::name(id.as_str())),
        None => nothing_in(spec, "assets"),
    }
}

/// Whether a place without assets is there at all: an empty list is also what a service says of one
/// that is not.
pub async fn exists(provider: &dyn Provider, scope: &AssetScope) -> Result<(), Failure> {
    match scope {
        AssetScope::Container(container) => {
            find::container(provider, container).await?;
        }
        AssetScope::Segment(container, id) => {
            find::segment(provider, container, id).await?;
        }
    }
    Ok(())
}
