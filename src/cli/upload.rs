//! `upload`: files and folders become one plan, which is shown, saved, or carried out.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args;
use super::chosen::{self, aside, look_at};
use super::failure::{Exit, Failure, Tally};
use super::find;
use super::follow::until_over;
use super::output::Output;
use super::plan as shown;
use super::prompt;
use super::session::{Known, Session};
use super::stop::Stop;
use super::teller::{Finish, Teller};
use crate::api::{Middle, Provider};
use crate::domain::{AssetScope, ContainerId, Entry, Locale, SafeText, SegmentId};
use crate::transfer::patient::Patient;
use crate::transfer::plan::{self, FieldError, Fill, OnClash, Pattern, Plan, Saved, Slot, Wishes};
use crate::transfer::tree::{Batch, MANIFEST, SEGMENTS_AT_ONCE};
use crate::transfer::{JobId, plan_file};

/// Uploads files. Those that cannot be sent are told one by one, and the others go on.
pub async fn upload(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Upload,
) -> Result<(), Failure> {
    let on_clash = on_clash(output, args)?;
    let (known, provider, mut plan) = match &args.plan {
        Some(file) => saved(session, stop, file).await?,
        None => chosen(session, output, stop, args, on_clash).await?,
    };
    if args.dry_run {
        return shown::print(output, &plan, args.json);
    }
    let asked = output.can_ask() && !args.yes;
    if asked {
        stop.or(shown::decide(output, &mut plan)).await?;
    }
    if let Some(file) = &args.save_plan {
        return save(output, stop, &plan, file, args.yes).await;
    }
    let mut tally = Tally::default();
    shown::tell(output, &plan, &mut tally);
    let totals = plan.totals();
    if totals.sent() > 0 {
        stop.or(session.may_change(known, output)).await?;
    }
    if asked && totals.sent() > 1 {
        let question = format!("{}. Send? [y/N]", shown::summary(&plan, totals));
        if !stop.or(prompt::yes(output, &question)).await? {
            return Err(Failure::failed("nothing was sent"));
        }
    }
    send(session, output, stop, (known, provider), &plan, args, tally).await
}

/// What is to become of clashes: where nobody can be asked, they fail.
fn on_clash(output: &Output, args: &args::Upload) -> Result<OnClash, Failure> {
    let can_ask = output.can_ask() && !args.yes;
    match args.on_clash.as_deref().and_then(OnClash::of) {
        Some(OnClash::Ask) if !can_ask => Err(Failure::usage(
            "--on-clash ask needs a terminal to ask on, and no --yes",
        )
        .hint("Give skip, replace, keep or fail.")),
        Some(on_clash) => Ok(on_clash),
        None if can_ask => Ok(OnClash::Ask),
        None => Ok(OnClash::Fail),
    }
}

/// Without a provider where there is nothing to send.
type Ready<'a> = (&'a Known, Option<Arc<Patient>>, Plan);

/// The plan of the files that were named.
async fn chosen<'a>(
    session: &'a Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Upload,
    on_clash: OnClash,
) -> Result<Ready<'a>, Failure> {
    let to = args.to.as_deref().unwrap_or_default();
    let address = find::address(to)?;
    let known = session.known(&address.account)?;
    let spec = known.info.spec;
    let sends = !args.dry_run && args.save_plan.is_none();
    if sends {
        session.could_change(known, output)?;
    }
    let wishes = wishes(args);
    plan::check(spec, &wishes, None).map_err(|error| wrong_flag(&error))?;
    let by = patterns(session, args)?;

    let lists = args.pattern.is_none();
    let chosen = stop.or(look_at(output, args.files.clone(), spec, lists));
    let chosen = chosen.await?;
    let named = address.scope();
    if let Some(scope) = named.as_ref()
        && chosen.iter().any(|one| one.back.is_none())
    {
        find::check_scope(spec, scope)?;
    }
    if args.locale.is_some() && chosen.iter().any(|one| one.back.is_some()) {
        return Err(Failure::usage(format!(
            "--locale and {MANIFEST} in the folder both name the locale; leave --locale out"
        ))
        .hint("Or give --pattern to say how locale and folder stand in the paths."));
    }
    let mut batches = Vec::new();
    for one in chosen {
        batches.extend(chosen::batches(one, output, &address, spec, &by)?);
    }
    let mut plan = Plan::new(known.info.name.clone(), spec, wishes.clone(), on_clash);
    // A place is asked of only when there is something to send to it.
    let mut files = batches.iter().flat_map(|batch| &batch.files);
    if files.all(|file| file.file.is_err()) {
        for Batch { scope, files, fill } in batches {
            plan.add(files, &scope, &fill);
        }
        return Ok((known, None, plan));
    }
    // The one place that was named; without it each file has its own.
    let one = named.filter(|scope| !spec.is_whole(scope));
    let looking = stop.or(async {
        let provider = session.ready(known).await?;
        let locales = match &one {
            Some(scope) => place(provider.as_ref(), scope).await?,
            None => None,
        };
        plan::check(spec, &wishes, locales.as_deref()).map_err(|error| wrong_flag(&error))?;
        Ok((provider, locales))
    });
    let (provider, locales) = looking.await?;
    if let (Some(scope), Some(locales)) = (&one, locales) {
        plan.set_locales(scope.container(), locales);
    }
    for Batch { scope, files, fill } in batches {
        plan.add(files, &scope, &fill);
    }
    if one.is_none() {
        stop.or(places(provider.as_ref(), &mut plan)).await?;
    }
    stop.or(list(provider.as_ref(), &mut plan)).await?;
    Ok((known, Some(provider), plan))
}

/// A saved plan, looked at anew.
async fn saved<'a>(
    session: &'a Session,
    stop: &mut Stop,
    file: &Path,
) -> Result<Ready<'a>, Failure> {
    let name = SafeText::name(&file.to_string_lossy()).into_string();
    let wrong = |why: String| Failure::usage(format!("{name}: {why}"));
    let text = plan_file::read(file).map_err(wrong)?;
    let saved = Saved::read(&text).map_err(|error| wrong(error.to_string()))?;
    let known = session.known(&saved.account)?;
    let spec = known.info.spec;
    if saved.provider != spec.id {
        return Err(wrong(format!(
            "it was made for another service than the account {} is at; make the plan anew",
            saved.account.as_str()
        )));
    }
    let paths: Vec<PathBuf> = saved.paths().map(Path::to_owned).collect();
    let looks = aside(move || {
        paths
            .iter()
            .map(|path| plan_file::look(path, spec))
            .collect()
    });
    let looks: Vec<_> = stop.or(looks).await?;
    let mut plan = saved.plan(spec, looks);
    for row in plan.rows() {
        find::check_scope(spec, &row.scope)?;
    }
    let looking = stop.or(async {
        let provider = session.ready(known).await?;
        places(provider.as_ref(), &mut plan).await?;
        list(provider.as_ref(), &mut plan).await?;
        Ok(provider)
    });
    let provider = looking.await?;
    Ok((known, Some(provider), plan))
}

/// Writes the plan into a file, after asking before another one goes.
async fn save(
    output: &mut Output,
    stop: &mut Stop,
    plan: &Plan,
    file: &Path,
    yes: bool,
) -> Result<(), Failure> {
    let name = SafeText::name(&file.to_string_lossy()).into_string();
    let text = plan.to_saved(plan_file::resolve);
    let text = text.map_err(|error| Failure::failed(error.to_string()))?;
    let failed = |error: std::io::Error| {
        Failure::failed(format!("the plan could not be written to {name}: {error}"))
    };
    match plan_file::create(file, &text) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            if !yes && !output.can_ask() {
                return Err(Failure::usage(format!("{name} exists"))
                    .hint("Name another file, or give --yes to replace it."));
            }
            let question = format!("{name} exists. Replace it? [y/N]");
            if !yes && !stop.or(prompt::yes(output, &question)).await? {
                return Err(Failure::failed(format!("{name} was left as it is")));
            }
            plan_file::replace(file, &text).map_err(failed)?;
        }
        Err(error) => return Err(failed(error)),
    }
    let mut tally = Tally::default();
    shown::tell(output, plan, &mut tally);
    output.note(&format!(
        "saved to {name}: {}; send it with `assetdeck upload --plan FILE`",
        shown::summary(plan, plan.totals())
    ));
    tally.done += plan.totals().sent();
    tally.end()
}

/// Puts what the plan sends through the engine.
async fn send(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    (known, provider): (&Known, Option<Arc<Patient>>),
    plan: &Plan,
    args: &args::Upload,
    mut tally: Tally,
) -> Result<(), Failure> {
    let requests = plan.requests();
    let Some(provider) = provider.filter(|_| !requests.is_empty()) else {
        return tally.end();
    };
    let transfers = super::transfers::open(session, output)?;
    let mut events = transfers.events();
    let requests = requests.into_iter().map(|(_, request)| request);
    let added = transfers.upload_all(&known.info.name, provider.provider(), requests);
    let jobs: HashSet<JobId> = added.into_iter().collect();
    super::transfers::tell_left_over(output, &transfers, &jobs);
    let finish = Finish::Uploaded { json: args.json };
    let teller = Teller::new(session, output, finish, &args.shown, &mut tally);
    until_over(&transfers, &mut events, &jobs, stop, teller).await;
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

/// The pattern of the command line, else those of the settings.
fn patterns(session: &Session, args: &args::Upload) -> Result<Fill, Failure> {
    let Some(text) = &args.pattern else {
        return session.patterns().map(Fill::Standing);
    };
    let pattern: Pattern = text
        .parse()
        .map_err(|error| Failure::usage(format!("--pattern: {error}")))?;
    if pattern.has(Slot::Locale) && args.locale.is_some() {
        return Err(Failure::usage(
            "--locale and the {locale} of --pattern both name the locale; give one of them",
        ));
    }
    Ok(Fill::Only(pattern))
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

/// The places of the plan that are not listed yet, by their container.
fn by_container(plan: &Plan) -> BTreeMap<ContainerId, Vec<AssetScope>> {
    let mut places: BTreeMap<ContainerId, Vec<AssetScope>> = BTreeMap::new();
    for scope in plan.unlisted() {
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
    for (id, scopes) in by_container(plan) {
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

/// Lists each place of the plan once, several segments with one call.
async fn list(provider: &dyn Provider, plan: &mut Plan) -> Result<(), Failure> {
    for (container, scopes) in by_container(plan) {
        for scopes in scopes.chunks(SEGMENTS_AT_ONCE) {
            let entries = match scopes {
                [one] => find::all(async |cursor| provider.assets(one, cursor).await).await?,
                several => {
                    let segments = several.iter().filter_map(AssetScope::segment).cloned();
                    let segments: Vec<SegmentId> = segments.collect();
                    provider.assets_of_segments(&container, &segments).await?
                }
            };
            let read = entries.into_iter().filter_map(Entry::into_read);
            plan.set_listings(scopes, read.map(Arc::new));
        }
    }
    Ok(())
}
