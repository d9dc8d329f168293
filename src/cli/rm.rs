//! `rm`: deletes exactly the assets that are named, after a look and a question.

use serde_json::{Value, json};

use super::each;
use super::failure::Failure;
use super::find;
use super::output::Output;
use super::prompt;
use super::record::asset_ref;
use super::session::Session;
use crate::api::Provider;
use crate::domain::size_words;
use crate::domain::{AccountName, Asset, Locale, SafeText};

/// Deletes one after the other; one that fails does not stop the others.
pub async fn rm(
    session: &Session,
    output: &mut Output,
    references: &[String],
    yes: bool,
    json: bool,
) -> Result<(), Failure> {
    for text in references {
        find::located(session, text)?;
    }
    if !yes && !output.can_ask() {
        return Err(
            Failure::usage("there is no terminal to ask on before deleting")
                .hint("Give --yes to delete without a question."),
        );
    }
    each::change(session, output, references, async |output, text| {
        // Listed again: what is shown and deleted is what is there now.
        let (found, ended) = match find::asset_by_ref(session, text).await {
            Ok((known, provider, asset)) => {
                let place = &known.info.name;
                let ended = one(output, place, provider.as_ref(), &asset, yes, json).await;
                (Some((place, asset)), ended)
            }
            Err(failure) => (None, Err(failure)),
        };
        if json {
            output.json(&deletion_line(text, found.as_ref(), ended.as_ref().err()))?;
            output.flush()?;
        }
        ended
    })
    .await
}

/// What became of an asset that was to be deleted.
fn deletion_line(
    asked: &str,
    found: Option<&(&AccountName, Asset)>,
    failure: Option<&Failure>,
) -> Value {
    let reference = found.map_or_else(
        || asked.to_owned(),
        |(account, asset)| asset_ref(account, asset),
    );
    json!({
        "kind": "deletion",
        "ref": reference,
        "id": found.map(|(_, asset)| asset.key.as_str()),
        "name": found.map(|(_, asset)| asset.name.as_str()),
        "state": if failure.is_none() { "deleted" } else { "failed" },
        "reason": failure.map(|it| it.message.as_str()),
    })
}

async fn one(
    output: &mut Output,
    place: &AccountName,
    provider: &dyn Provider,
    asset: &Asset,
    yes: bool,
    json: bool,
) -> Result<(), Failure> {
    let what = format!("{} in {}", described(asset), place.as_str());
    if !yes
        && !prompt::yes(
            output,
            &format!(
                "{}Delete {what}? It cannot be undone. [y/N]",
                prompt::mixing(&asset.name)
            ),
        )
        .await?
    {
        return Err(Failure::failed(format!("{what} was not deleted")));
    }
    provider.delete(asset).await?;
    if json {
        return Ok(());
    }
    output.did(&format!("deleted {what}"))
}

/// Name, place and size.
fn described(asset: &Asset) -> String {
    let mut parts = vec![format!("“{}”", SafeText::name(&asset.name))];
    parts.extend(
        asset
            .locale
            .as_ref()
            .map(|locale: &Locale| format!("locale {}", SafeText::name(locale.as_str()))),
    );
    if !asset.folder.is_root() {
        let folder = asset.folder.to_string();
        parts.push(format!("folder {}", SafeText::name(&folder)));
    }
    parts.extend(asset.size.map(size_words));
    parts.join(", ")
}
