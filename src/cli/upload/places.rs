//! The places that a plan goes to: whether they are there, their locales, and what they hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::api::{Middle, Provider};
use crate::cli::failure::{Exit, Failure};
use crate::cli::find;
use crate::cli::session::Session;
use crate::cli::transfers::recall;
use crate::domain::{Asset, AssetScope, ContainerId, Entry, Locale, SegmentId};
use crate::transfer::plan::Plan;
use crate::transfer::tree::SEGMENTS_AT_ONCE;

/// Looks at each place of the plan: at the one that was named, whose locales are known by now, or at
/// those that its rows name; recalls what was sent there, and lists each once.
pub async fn look(
    session: &Session,
    provider: &dyn Provider,
    plan: &mut Plan,
    named: bool,
) -> Result<(), Failure> {
    recall(session, plan).await?;
    if !named {
        places(provider, plan).await?;
    }
    list(provider, plan).await
}

/// Makes sure that the place is there, where the service can tell, and learns its locales.
pub async fn place(
    provider: &dyn Provider,
    scope: &AssetScope,
) -> Result<Option<Vec<Locale>>, Failure> {
    if provider.spec().middle != Middle::Segments {
        return Ok(None);
    }
    let container = find::container(provider, scope.container()).await?;
    if let AssetScope::Segment(container, segment) = scope {
        find::segment(provider, container, segment).await?;
    }
    Ok(container.locales)
}

/// Places by their container.
pub fn by_container(
    scopes: impl IntoIterator<Item = AssetScope>,
) -> BTreeMap<ContainerId, Vec<AssetScope>> {
    let mut places: BTreeMap<ContainerId, Vec<AssetScope>> = BTreeMap::new();
    for scope in scopes {
        let container = scope.container().clone();
        places.entry(container).or_default().push(scope);
    }
    places
}

/// Looks at each place of the plan, container by container. What goes to one that is not there is a
/// problem of its rows.
async fn places(provider: &dyn Provider, plan: &mut Plan) -> Result<(), Failure> {
    if provider.spec().middle != Middle::Segments {
        return Ok(());
    }
    for (id, scopes) in by_container(plan.unlisted()) {
        let looked = async {
            let container = find::container(provider, &id).await?;
            let there = find::segments(provider, &id).await?;
            Ok((container, there))
        };
        match looked.await {
            Ok((container, there)) => {
                if let Some(locales) = container.locales {
                    plan.set_locales(&id, locales);
                }
                for scope in scopes {
                    let segment = scope.segment().filter(|segment| !there.contains(*segment));
                    if let Some(segment) = segment {
                        let why = find::no_segment(provider.spec(), &id, segment);
                        plan.set_unlistable(&scope, why.message);
                    }
                }
            }
            Err(Failure {
                exit: Exit::Usage | Exit::Failed,
                message,
                ..
            }) => {
                for scope in scopes {
                    plan.set_unlistable(&scope, message.clone());
                }
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(())
}

/// Lists each place of the plan once.
async fn list(provider: &dyn Provider, plan: &mut Plan) -> Result<(), Failure> {
    for (container, scopes) in by_container(plan.unlisted()) {
        for scopes in scopes.chunks(SEGMENTS_AT_ONCE) {
            let assets = assets(provider, &container, scopes).await?;
            plan.set_listings(scopes, assets.into_iter().map(Arc::new));
        }
    }
    Ok(())
}

/// All that these places of one container hold, several segments with one call.
pub async fn assets(
    provider: &dyn Provider,
    container: &ContainerId,
    scopes: &[AssetScope],
) -> Result<Vec<Asset>, Failure> {
    let entries = match scopes {
        [one] => find::all(async |cursor| provider.assets(one, cursor).await).await?,
        several => {
            let segments = several.iter().filter_map(AssetScope::segment).cloned();
            let segments: Vec<SegmentId> = segments.collect();
            provider.assets_of_segments(container, &segments).await?
        }
    };
    Ok(entries.into_iter().filter_map(Entry::into_read).collect())
}
