//! An asset by its ref, or by a name that only one has in its place, as the service lists it now.

use super::TOLD;
use super::reading::{Fit, fit};
use crate::api::Provider;
use crate::cli::failure::Failure;
use crate::cli::find::{self, Walk};
use crate::domain::{AccountName, Asset, AssetKey, AssetScope, Entry, Locale, Ref, SafeText};

/// The asset of this key; where there is none, the one of this name, which its folder and its locale may
/// precede.
pub async fn asset(
    account: &AccountName,
    provider: &dyn Provider,
    scope: &AssetScope,
    key: &AssetKey,
) -> Result<Asset, Failure> {
    find::check_scope(provider.spec(), scope)?;
    let text = key.parts().unwrap_or_default().join("/");
    let mut named: Vec<(Fit, Asset)> = Vec::new();
    let mut walk = Walk::default();
    while !walk.is_over() {
        let page = provider.assets(scope, walk.cursor()).await?;
        for asset in page.entries.into_iter().filter_map(Entry::into_read) {
            if asset.key == *key {
                return Ok(asset);
            }
            named.extend(how(&text, &asset).map(|how| (how, asset)));
        }
        walk.turn(page.next)?;
    }
    let best = named.iter().map(|(how, _)| *how).min();
    named.retain(|(how, _)| Some(*how) == best);
    match named.len() {
        0 => Err(find::not_listed(key)),
        1 => Ok(named.remove(0).1),
        count => {
            let refs = named.iter().take(TOLD);
            let refs =
                refs.map(|(_, it)| Ref::asset(account.clone(), &it.scope, &it.key).to_string());
            let refs: Vec<String> = refs.collect();
            let text = SafeText::name(&text);
            Err(
                Failure::usage(format!("“{text}” names {count} assets there"))
                    .hint(format!("Write one of {}.", refs.join(" "))),
            )
        }
    }
}

fn how(text: &str, asset: &Asset) -> Option<Fit> {
    let folder = asset.folder.to_string();
    let locale = asset.locale.as_ref().map_or("", Locale::as_str);
    let joined = |parts: &[&str]| {
        let parts = parts.iter().copied().filter(|part| !part.is_empty());
        parts.collect::<Vec<_>>().join("/")
    };
    let below = joined(&[&folder, &asset.name]);
    let whole = joined(&[locale, &folder, &asset.name]);
    fit(text, "", &[&asset.name, &below, &whole])
}
