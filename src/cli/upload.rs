//! `upload`: from files and wishes to requests, and those through the transfer engine.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::args;
use super::failure::{Failure, Tally};
use super::find;
use super::output::Output;
use super::session::Session;
use super::stop::Stop;
use super::transfer::{Finish, follow, leave, told};
use crate::api::{Middle, Provider, ProviderSpec};
use crate::domain::{AssetScope, Locale, SafeText};
use crate::transfer::plan::{self, FieldError, Wishes};
use crate::transfer::{JobId, LocalFile, inspect};

/// Uploads files. Those that cannot be sent are told one by one, and the others go on.
pub async fn upload(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Upload,
) -> Result<(), Failure> {
    let address = find::address(&args.to)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let scope = address.scope().ok_or_else(|| {
        Failure::usage(format!(
            "--to names an account, and no {}; write {}{}",
            spec.container.one,
            address,
            spec.container.one.to_uppercase()
        ))
    })?;
    find::check_scope(spec, &scope)?;
    let wishes = wishes(args);
    plan::check(spec, &wishes, None).map_err(|error| wrong_flag(&error))?;

    let mut tally = Tally::default();
    let files = look_at(output, &args.files, spec, &mut tally);
    if files.is_empty() {
        return tally.end();
    }
    let looking = stop.or(async {
        let provider = session.ready(known).await?;
        let locales = place(provider.as_ref(), &scope).await?;
        Ok((provider, locales))
    });
    let (provider, locales) = looking.await?;

    let mut requests = Vec::new();
    for file in &files {
        let request = plan::request(file, scope.clone(), &wishes, spec, locales.as_deref());
        requests.push(request.map_err(|error| wrong_flag(&error))?);
    }
    let transfers = super::transfers::open(session, output)?;
    let mut events = transfers.events();
    let jobs: HashSet<JobId> = requests
        .into_iter()
        .map(|request| transfers.upload(&known.info.name, Arc::clone(&provider), request))
        .collect();
    let finish = Finish::Uploaded { json: args.json };
    follow(&transfers, &mut events, jobs.clone(), stop, |job| {
        told(output, job, &finish, &mut tally);
    })
    .await;
    leave(&transfers, &jobs).await;
    tally.end()
}

fn wishes(args: &args::Upload) -> Wishes {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Wishes {
        locale: text(&args.locale),
        folder: text(&args.folder),
        asset_type: text(&args.asset_type),
        image_type: text(&args.image_type),
        alt_text: text(&args.alt),
        description: text(&args.description),
        tags: args.tags.clone(),
    }
}

fn wrong_flag(error: &FieldError) -> Failure {
    Failure::usage(format!("--{}: {}", error.field.flag(), error.message))
}

/// The files that can be sent; each other one is told with its reason.
fn look_at(
    output: &mut Output,
    paths: &[PathBuf],
    spec: &ProviderSpec,
    tally: &mut Tally,
) -> Vec<LocalFile> {
    let mut files: Vec<LocalFile> = Vec::new();
    for path in paths {
        let shown = || SafeText::name(&path.to_string_lossy()).into_string();
        let file = match inspect(path, spec) {
            Ok(file) => file,
            Err(refusal) => {
                tally.failed += 1;
                output.note(&refusal.to_string());
                continue;
            }
        };
        let same = |other: &&LocalFile| {
            other.stamp.identity.is_some() && other.stamp.identity == file.stamp.identity
        };
        if files.iter().find(same).is_some() {
            output.note(&format!("{}: it is named twice, and sent once", shown()));
            continue;
        }
        // A place with folders holds a name once: the second file would replace the first.
        let fold = |file: &LocalFile| crate::domain::twin_key(file.name.as_str());
        let twin = files.iter().find(|other| fold(other) == fold(&file));
        if let Some(twin) = twin.filter(|_| spec.capabilities.folders) {
            tally.failed += 1;
            let twin = SafeText::name(&twin.path.to_string_lossy()).into_string();
            output.note(&format!(
                "{}: {twin} has the same name and goes to the same place; rename one of them",
                shown()
            ));
            continue;
        }
        files.push(file);
    }
    files
}

/// Makes sure that the place is there, where the service can tell, and learns its locales.
async fn place(
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
