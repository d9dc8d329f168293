//! `ls`: listings, which are kept for `find` and for the next start of the screen.

use std::slice;
use std::time::Duration;

use super::accounts;
use super::args;
use super::asking::{Asking, tell_unreadable};
use super::contents::Reading;
use super::failure::{Exit, Failure, Tally};
use super::filter::Only;
use super::find;
use super::locales;
use super::output::Output;
use super::record::{ASSET_HEADS, CONTAINER_HEADS, Listing, SEGMENT_HEADS, nothing_in};
use super::segments;
use super::session::{Known, Session};
use super::stop::Stop;
use super::uses;
use crate::api::{Middle, Provider, ProviderSpec};
use crate::domain::filter::{Among, Facts, Identicals, Orphans, Rows, Twins};
use crate::domain::{
    AccountName, Asset, AssetScope, Container, ContainerId, Digests, Entry, SafeText,
};
use crate::index::{Index, Owner, Place};
use crate::transfer::patient::Patient;

/// How long what was listed may take to be kept.
const KEEPING: Duration = Duration::from_secs(2);

/// What is at an address.
pub async fn ls(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Ls,
) -> Result<(), Failure> {
    let (json, yes) = (args.json, args.yes);
    let mut only = Only::read(output, args.filter.as_deref())?;
    let Some(address) = &args.address else {
        let accounts = accounts::accounts(session, output, &only, json);
        return stop.or(accounts).await;
    };
    let address = find::address(address)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let scope = address.scope();
    if let (Middle::Types, Some(scope)) = (spec.middle, &scope) {
        find::check_scope(spec, scope)?;
    }
    let patient = stop.or(session.ready(known)).await?;
    let provider = patient.as_ref();
    // What is listed here can be found later. Where it cannot be kept, the screen says so.
    let (index, _) = session.index();
    if scope.is_some() && only.filter().asks_usage() {
        let kept = (&index, &Owner::from(&known.info));
        let read = uses::read(spec, provider, output, kept, yes);
        only.usage = Some(stop.or(read).await?);
    }
    let only = &only;
    let listed = match scope {
        None => {
            let listed = containers(known, provider, output, &index, only, json);
            stop.or(listed).await
        }
        Some(AssetScope::Container(container)) if spec.middle == Middle::Segments => {
            let listed = Listed {
                known,
                patient: &patient,
                index: &index,
                only,
            };
            listed.segments(output, stop, &container, args).await
        }
        Some(scope) => {
            let reading = Reading {
                info: &known.info,
                provider,
                index: &index,
                scope: &scope,
                yes,
            };
            stop.or(assets(output, &reading, only, json)).await
        }
    };
    index.settle(KEEPING);
    listed
}

async fn containers(
    known: &Known,
    provider: &dyn Provider,
    output: &mut Output,
    index: &Index,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let account = &known.info.name;
    told(only, Rows::Containers, known.info.spec.container.many)?;
    let mut keeper = index.keep(&Owner::from(&known.info), Place::Containers, None);
    let mut listing = Listing::new(output, json, CONTAINER_HEADS);
    let walked = find::pages(
        async |cursor| provider.containers(cursor).await,
        |entry| {
            keeper.entry(&entry);
            if only.keeps(&Facts::of_entry(&entry, Container::facts)) {
                listing.container(account, &entry)
            } else {
                Ok(())
            }
        },
    );
    let walked = walked.await;
    if walked.is_ok() {
        keeper.end();
    }
    let many = known.info.spec.container.many;
    listing.end(&only.nothing(format!("This account has no {many}.")))?;
    walked
}

/// Refuses a filter that none of these rows can fit: nothing would look like none.
fn told(only: &Only, rows: Rows, noun: &str) -> Result<(), Failure> {
    let Some(why) = only.filter().beyond(rows, noun) else {
        return Ok(());
    };
    let hint = match rows {
        Rows::Segments => {
            "`has:LOCALE` and `missing:LOCALE` ask what segments have; `assetdeck ls \
             ACCOUNT:CONTAINER/SEGMENT` lists the assets of one."
        }
        Rows::Containers => "`assetdeck ls ACCOUNT:CONTAINER` lists what one of them has.",
        Rows::Assets => "`locale:CODE` asks for the locale of assets.",
    };
    Err(Failure::usage(why).hint(hint))
}

/// Where segments are listed.
struct Listed<'a> {
    known: &'a Known,
    patient: &'a Patient,
    index: &'a Index,
    only: &'a Only,
}

impl Listed<'_> {
    /// Those of a container. Where the filter asks for their assets, those of all that may fit are asked
    /// for, many in a call.
    async fn segments(
        &self,
        output: &mut Output,
        stop: &mut Stop,
        id: &ContainerId,
        args: &args::Ls,
    ) -> Result<(), Failure> {
        let info = &self.known.info;
        told(self.only, Rows::Segments, "segments")?;
        let container = stop.or(find::container(self.patient, id)).await?;
        let of_it = container.locales.as_deref().unwrap_or_default();
        let asked = self.only.filter().locales_asked();
        if !of_it.is_empty() {
            locales::places(of_it, asked, info.spec)?;
        }
        let listing = segments::Listing {
            patient: self.patient,
            index: self.index,
            owner: Owner::from(info),
            container: &container,
        };
        let mut entries = stop.or(listing.entries(output, args.json)).await?;
        let (mut tally, mut unreadable) = (Tally::default(), 0);
        if !self.only.is_all() {
            let asking = Asking {
                label: info.spec.label,
                allowance: info.allowance,
                patient: self.patient,
                index: self.index,
                owner: Owner::from(info),
                container: id,
                max_age: Duration::from_mins(args.max_age.into()),
                yes: args.yes,
            };
            let asked = self.only.not_asked(&entries);
            let answers = asking.ask(output, stop, &asked, &mut tally).await?;
            self.only.retain(&mut entries, &answers);
            unreadable = answers.unreadable;
        }
        let mut listing = Listing::new(output, args.json, SEGMENT_HEADS);
        for entry in &entries {
            listing.segment(&info.name, id, entry)?;
        }
        listing.end(&self.only.nothing(nothing_in(info.spec, "segments")))?;
        tell_unreadable(output, &mut tally, unreadable);
        tally.end()
    }
}

async fn assets(
    output: &mut Output,
    reading: &Reading<'_>,
    only: &Only,
    json: bool,
) -> Result<(), Failure> {
    let (account, spec) = (&reading.info.name, reading.info.spec);
    told(only, Rows::Assets, "assets")?;
    let owner = Owner::from(reading.info);
    let (provider, scope, index) = (reading.provider, reading.scope, reading.index);
    let mut keeper = index.keep(&owner, Place::Assets(scope.container().clone()), None);
    let mut of_segment = Vec::new();
    let (mut none, mut gathered) = (true, Vec::new());
    let mut listing = Listing::new(output, json, ASSET_HEADS);
    let walked = find::pages(
        async |cursor| provider.assets(scope, cursor).await,
        |entry| {
            none = false;
            match scope {
                AssetScope::Container(_) => keeper.entry(&entry),
                AssetScope::Segment(..) => of_segment.push(entry.clone()),
            }
            if only.compares() {
                gathered.push(entry);
                Ok(())
            } else if only.keeps(&Facts::of_entry(&entry, Asset::facts)) {
                listing.asset(account, &entry)
            } else {
                Ok(())
            }
        },
    );
    let walked = walked.await;
    if walked.is_ok() {
        match scope {
            AssetScope::Container(_) => keeper.end(),
            AssetScope::Segment(container, segment) => {
                let asked = slice::from_ref(segment);
                index.keep_marks(&owner, container, asked, &of_segment);
            }
        }
    }
    let mut tally = Tally::default();
    if !gathered.is_empty() {
        let mut digests = None;
        if only.filter().asks_contents() && walked.is_ok() {
            digests = Some(reading.read(output, &gathered, &mut tally).await?);
        }
        listing = Listing::new(output, json, ASSET_HEADS);
        compared(&mut listing, account, gathered, only, digests.as_ref())?;
    }
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
        Ok(()) if none => no_assets(spec, scope),
        Ok(()) => only.nothing(no_assets(spec, scope)),
    };
    listing.end(&nothing)?;
    // A place that does not exist explains a refusal better than the service's words do.
    exists.and(walked).and_then(|()| tally.end())
}

/// Shows those that fit when they are held against one another; what holds the same stands together.
fn compared(
    listing: &mut Listing<'_>,
    account: &AccountName,
    mut gathered: Vec<Entry<Asset>>,
    only: &Only,
    digests: Option<&Digests>,
) -> Result<(), Failure> {
    let read = || gathered.iter().filter_map(Entry::read);
    let twins = Twins::among(read);
    let identicals = digests.map(|digests| Identicals::among(digests, read));
    let orphans = { only.usage.as_ref() }.map(|usage| Orphans::among(usage, read));
    if let Some(identicals) = &identicals {
        let group = |entry: &Entry<Asset>| identicals.group(entry.read()?);
        gathered.sort_by_key(|entry| group(entry).unwrap_or(usize::MAX));
    }
    let among = Among {
        twins: Some(&twins),
        identicals: identicals.as_ref(),
        orphans: orphans.as_ref(),
    };
    for entry in &gathered {
        if only.keeps(&Facts::of_entry(entry, |asset| asset.facts_among(among))) {
            let digest = digests.and_then(|digests| digests.of(entry.read()?));
            listing.asset_read(account, entry, digest)?;
        }
    }
    Ok(())
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
