//! `mv`: an asset to another name or place. No service can: it is fetched, uploaded there, looked for, and
//! only then deleted here.

use std::path::{Path, PathBuf};

use super::args;
use super::failure::{Exit, Failure};
use super::find;
use super::output::Output;
use super::prompt;
use super::session::{Known, Session};
use super::stop::Stop;
use super::{get, upload};
use crate::api::{Field, Provider, ProviderSpec, Replaced};
use crate::domain::{
    AccountName, Address, Asset, AssetScope, Entry, FileName, Locale, SafeText, size_words,
    twin_key,
};
use crate::transfer::patient::Patient;

/// Moves one asset, after saying how and asking.
pub async fn mv(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Move,
) -> Result<(), Failure> {
    let (name, ..) = find::asset_reference(&args.reference)?;
    session.could_change(session.known(&name)?, output)?;
    let (known, provider, asset) = stop
        .or(find::asset_by_ref(session, &args.reference))
        .await?;
    let (there, to, scope) = target(session, known, &asset, args)?;
    let spec = there.info.spec;
    let wanted = Wanted::new(&asset, args, spec);
    let file_name = FileName::parse(&wanted.name)
        .map_err(|why| Failure::usage(format!("“{}”: {why}", SafeText::name(&wanted.name))))?;
    if wanted.is_same(&asset, &known.info.name, &to) {
        return Err(Failure::usage("it is there already, under that name"));
    }
    let name = SafeText::name(&asset.name);
    let size = asset
        .size
        .map_or_else(String::new, |size| format!(", {}", size_words(size)));
    let mut question = format!(
        "No service can move an asset: “{name}”{size} is downloaded, uploaded to {to}, looked for \
         there, and then deleted at {}.",
        Address::of_scope(known.info.name.clone(), &asset.scope)
    );
    if let Some(lost) = wanted.lost(&asset) {
        question = format!("{question} {} has no {lost} for it: lost.", spec.label);
    }
    stop.or(session.may_change(known, output)).await?;
    stop.or(session.may_change(there, output)).await?;
    if args.yes {
        output.mention(&question);
    } else {
        if !output.can_ask() {
            return Err(
                Failure::usage("there is no terminal to ask on before moving")
                    .hint("Give --yes to move without a question."),
            );
        }
        let mixes = prompt::mixing(&asset.name);
        let asked = format!("{mixes}{question} Move? [y/N]");
        if !stop.or(prompt::yes(output, &asked)).await? {
            return Err(Failure::failed(format!("“{name}” was not moved")));
        }
    }
    let looking = stop.or(async {
        let target = session.ready(there).await?;
        wanted.is_free(target.as_ref(), &scope).await
    });
    looking.await?;
    let folder = tempfile::Builder::new()
        .prefix("assetdeck-mv-")
        .tempdir()
        .map_err(|error| Failure::failed(format!("could not make a folder for it: {error}")))?;
    let file = fetched(
        session,
        output,
        stop,
        &args.reference,
        folder.path(),
        &file_name,
    )
    .await?;
    let sent = wanted.upload(file, &asset, &to, args.json);
    let sent = upload::upload(session, output, stop, &sent, upload::Last::ForSeveral).await;
    if let Err(failure) = sent {
        // What the queue may still want to send must not go with us.
        let kept = folder.keep();
        output.note(&format!(
            "nothing was deleted; the file is kept in {}",
            SafeText::name(&kept.to_string_lossy())
        ));
        return Err(failure);
    }
    stop.or(removed(&provider, &asset))
        .await
        .map_err(|failure| {
            let message = format!("“{name}” stands at both places now: {}", failure.message);
            Failure::new(Exit::Partly, message).hint(failure.hint)
        })
}

/// Where it goes: the account, the address and the scope.
fn target<'a>(
    session: &'a Session,
    known: &'a Known,
    asset: &Asset,
    args: &args::Move,
) -> Result<(&'a Known, Address, AssetScope), Failure> {
    let Some(to) = &args.to else {
        let here = Address::of_scope(known.info.name.clone(), &asset.scope);
        return Ok((known, here, asset.scope.clone()));
    };
    let address = find::address(to)?;
    let there = session.known(&address.account)?;
    let one = there.info.spec.container.one;
    let scope = address.scope().ok_or_else(|| {
        Failure::usage(format!("{address} names an account, and no {one}"))
            .hint(format!("Write {address}{}.", one.to_uppercase()))
    })?;
    find::check_scope(there.info.spec, &scope)?;
    Ok((there, address, scope))
}

/// How the asset is to be there.
struct Wanted {
    spec: &'static ProviderSpec,
    name: String,
    locale: Option<String>,
    folder: Option<String>,
}

impl Wanted {
    fn new(asset: &Asset, args: &args::Move, spec: &'static ProviderSpec) -> Self {
        let own = asset.locale.as_ref().map(Locale::as_str);
        let own = own.filter(|_| spec.capabilities.locales).map(str::to_owned);
        let folder = asset.folder.to_string();
        let folder = Some(folder).filter(|it| !it.is_empty() && spec.capabilities.folders);
        Self {
            spec,
            name: args.name.clone().unwrap_or_else(|| asset.name.clone()),
            locale: args.locale.clone().or(own).filter(|it| it != "none"),
            folder: args.folder.clone().or(folder).filter(|it| !it.is_empty()),
        }
    }

    fn is_same(&self, asset: &Asset, account: &AccountName, to: &Address) -> bool {
        let folder = asset.folder.to_string();
        *to == Address::of_scope(account.clone(), &asset.scope)
            && self.name == asset.name
            && self.locale.as_deref() == asset.locale.as_ref().map(Locale::as_str)
            && self.folder.as_deref().unwrap_or_default() == folder
    }

    /// What the asset has and the place it goes to cannot keep.
    fn lost(&self, asset: &Asset) -> Option<String> {
        let has = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let held = [
            (Field::Locale, asset.locale.is_some()),
            (Field::Folder, !asset.folder.is_root()),
            (Field::AssetType, has(&asset.asset_type)),
            (Field::ImageType, has(&asset.image_type)),
            (Field::AltText, has(&asset.alt_text)),
            (Field::Description, has(&asset.description)),
            (Field::Tags, !asset.tags.is_empty()),
        ];
        let lost = held
            .into_iter()
            .filter(|(field, held)| *held && self.spec.upload_field(*field).is_none());
        let lost: Vec<String> = lost
            .map(|(field, _)| field.label().to_lowercase())
            .collect();
        (!lost.is_empty()).then(|| lost.join(", "))
    }

    /// With everything of the asset that the place takes.
    fn upload(&self, file: PathBuf, asset: &Asset, to: &Address, json: bool) -> args::Upload {
        let takes = |field: Field| self.spec.upload_field(field).is_some();
        let text = |field: Field, text: &Option<String>| {
            text.clone().filter(|text| !text.is_empty() && takes(field))
        };
        let tags = asset.tags.iter().filter(|_| takes(Field::Tags));
        args::Upload {
            files: vec![file],
            to: Some(to.to_string()),
            on_clash: Some("fail".to_owned()),
            yes: true,
            locale: self.locale.clone(),
            folder: self.folder.clone(),
            asset_type: text(Field::AssetType, &asset.asset_type),
            image_type: text(Field::ImageType, &asset.image_type),
            alt: text(Field::AltText, &asset.alt_text),
            description: text(Field::Description, &asset.description),
            tags: tags.cloned().collect(),
            json,
            ..args::Upload::default()
        }
    }

    /// Nothing of this name may be there: a file that seems to be the same would not be sent, and the
    /// asset be deleted for another one's sake.
    async fn is_free(&self, provider: &dyn Provider, scope: &AssetScope) -> Result<(), Failure> {
        upload::places::place(provider, scope).await?;
        let listed = find::all(async |cursor| provider.assets(scope, cursor).await).await?;
        let taken = listed.into_iter().filter_map(Entry::into_read).any(|it| {
            twin_key(&it.name) == twin_key(&self.name)
                && it.locale.as_ref().map(Locale::as_str) == self.locale.as_deref()
                && it.folder.to_string() == self.folder.as_deref().unwrap_or_default()
        });
        if taken {
            let name = SafeText::name(&self.name);
            return Err(
                Failure::failed(format!("“{name}” is taken there; nothing was moved"))
                    .hint("Give another name with --name, or delete that one first."),
            );
        }
        Ok(())
    }
}

/// The file on this machine, under the name that it is to have.
async fn fetched(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    reference: &str,
    folder: &Path,
    name: &FileName,
) -> Result<PathBuf, Failure> {
    let args = args::Get {
        references: vec![reference.to_owned()],
        out: Some(folder.to_owned()),
        on_clash: None,
        yes: true,
        json: false,
        shown: args::Shown::default(),
    };
    // Where it stands in between is nobody's business.
    let was = output.hush(true);
    let saved = get::get(session, output, stop, &args).await;
    output.hush(was);
    saved?;
    let failed =
        |error: std::io::Error| Failure::failed(format!("could not keep the file: {error}"));
    let file = std::fs::read_dir(folder)
        .map_err(failed)?
        .next()
        .transpose()
        .map_err(failed)?
        .ok_or_else(|| Failure::failed("the file was not saved"))?;
    let path = folder.join(name.as_str());
    std::fs::rename(file.path(), &path).map_err(failed)?;
    Ok(path)
}

/// Deletes the asset where it was, unless somebody changed it meanwhile.
async fn removed(provider: &Patient, asset: &Asset) -> Result<(), Failure> {
    let now = find::asset(provider, &asset.scope, &asset.key).await?;
    if !Replaced::of(asset).is_still(&now) {
        return Err(
            Failure::failed("somebody changed it meanwhile, so it was not deleted")
                .hint("Look at both, and delete the one you do not want."),
        );
    }
    Ok(provider.delete(&now).await?)
}
