//! `edit`: changes the texts of assets, those that the screen's sheet has.

use super::args;
use super::each;
use super::failure::Failure;
use super::find;
use super::output::Output;
use super::record::{asset_line, asset_ref};
use super::session::Session;
use crate::api::{Field, Metadata, Provider as _, ProviderSpec};
use crate::domain::{Asset, SafeText};
use crate::transfer::plan;

/// Changes one after the other; one that fails does not stop the others.
pub async fn edit(
    session: &Session,
    output: &mut Output,
    args: &args::Edit,
) -> Result<(), Failure> {
    let change = change(args);
    if change.is_empty() {
        return Err(Failure::usage("there is nothing to change")
            .hint("Give --alt, --description, --image-type, --tag or --no-tags."));
    }
    // Nothing is changed while one of them cannot be.
    for text in &args.references {
        let (known, ..) = find::located(session, text)?;
        check(known.info.spec, &change)?;
    }
    each::change(session, output, &args.references, async |output, text| {
        one(session, output, text, &change, args.json).await
    })
    .await
}

fn change(args: &args::Edit) -> Metadata {
    let tags = args.no_tags || !args.tags.is_empty();
    Metadata {
        image_type: args.image_type.clone(),
        alt_text: args.alt.clone(),
        description: args.description.clone(),
        tags: tags.then(|| args.tags.clone()),
    }
}

/// Each field has to be one that the service can change, with a value that it takes.
fn check(spec: &ProviderSpec, change: &Metadata) -> Result<(), Failure> {
    let texts = [
        (Field::ImageType, &change.image_type),
        (Field::AltText, &change.alt_text),
        (Field::Description, &change.description),
    ];
    let texts = texts.into_iter().filter_map(|(field, text)| {
        let text = text.as_deref()?;
        Some((field, Some(text)))
    });
    let tags = change.tags.iter().map(|_| (Field::Tags, None));
    for (field, text) in texts.chain(tags) {
        let flag = field.flag();
        let Some(known) = spec.edit_fields.iter().find(|it| it.field == field) else {
            return Err(Failure::usage(format!(
                "--{flag}: {} cannot change it on an asset",
                spec.label
            )));
        };
        let checked = match text {
            Some("") => Ok(()),
            Some(text) => plan::check_text(known, text),
            None => plan::check_tags(known, change.tags.as_deref().unwrap_or_default()),
        };
        checked.map_err(|why| Failure::usage(format!("--{flag}: {why}")))?;
    }
    Ok(())
}

/// What of the change differs from what is there.
fn differing(asset: &Asset, change: &Metadata) -> Metadata {
    let text = |new: &Option<String>, old: &Option<String>| {
        let same = new.as_deref() == Some(old.as_deref().unwrap_or_default());
        new.clone().filter(|_| !same)
    };
    Metadata {
        image_type: text(&change.image_type, &asset.image_type),
        alt_text: text(&change.alt_text, &asset.alt_text),
        description: text(&change.description, &asset.description),
        tags: change.tags.clone().filter(|tags| *tags != asset.tags),
    }
}

async fn one(
    session: &Session,
    output: &mut Output,
    reference: &str,
    change: &Metadata,
    json: bool,
) -> Result<(), Failure> {
    let (known, provider, asset) = find::asset_by_ref(session, reference).await?;
    let change = differing(&asset, change);
    let unchanged = change.is_empty();
    let asset = if unchanged {
        asset
    } else {
        provider.update(&asset, &change).await?
    };
    let account = &known.info.name;
    if json {
        return output.json(&asset_line(asset_ref(account, &asset), &asset));
    }
    let name = SafeText::name(&asset.name);
    let place = account.as_str();
    output.did(&if unchanged {
        format!("“{name}” in {place} had these texts already")
    } else {
        format!("changed “{name}” in {place}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{BARE, FieldSpec};

    const SHORT: ProviderSpec = ProviderSpec {
        edit_fields: &[FieldSpec {
            max_chars: Some(3),
            ..FieldSpec::free(Field::AltText)
        }],
        ..BARE
    };

    #[test]
    fn a_field_that_the_service_cannot_change_is_named() {
        let change = Metadata {
            alt_text: Some("x".to_owned()),
            ..Metadata::default()
        };
        let failure = check(&BARE, &change).unwrap_err();
        assert!(failure.message.contains("--alt"), "{}", failure.message);
        assert!(check(&SHORT, &change).is_ok());
        let long = Metadata {
            alt_text: Some("four".to_owned()),
            ..Metadata::default()
        };
        assert!(
            check(&SHORT, &long)
                .unwrap_err()
                .message
                .contains("at most 3")
        );
    }
}
