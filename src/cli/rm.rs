//! `rm`: deletes exactly the assets that are named, after a look and a question.

use super::each;
use super::failure::Failure;
use super::find;
use super::output::Output;
use super::prompt;
use super::session::Session;
use crate::api::Provider as _;
use crate::domain::size_words;
use crate::domain::{Asset, Locale, SafeText};

/// Deletes one after the other; one that fails does not stop the others.
pub async fn rm(
    session: &Session,
    output: &mut Output,
    references: &[String],
    yes: bool,
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
        one(session, output, text, yes).await
    })
    .await
}

async fn one(
    session: &Session,
    output: &mut Output,
    reference: &str,
    yes: bool,
) -> Result<(), Failure> {
    // Listed again: what is shown and deleted is what is there now.
    let (known, provider, asset) = find::asset_by_ref(session, reference).await?;
    let what = format!("{} in {}", described(&asset), known.info.name.as_str());
    if !yes
        && !prompt::yes(
            output,
            &format!("Delete {what}? It cannot be undone. [y/N]"),
        )
        .await?
    {
        return Err(Failure::failed(format!("{what} was not deleted")));
    }
    provider.delete(&asset).await?;
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
