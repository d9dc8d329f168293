//! `upload` and `get`: files through the transfer engine, one line for each when it is over.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::args;
use super::failure::{Failure, Tally};
use super::find;
use super::output::Output;
use super::record::{ASSET_HEADS, Listing, asset_line, asset_ref};
use super::session::{Known, Session};
use super::stop::Stop;
use crate::api::{ApiError, ApiErrorKind, Middle, Provider, ProviderSpec};
use crate::domain::size_words;
use crate::domain::{AccountName, AssetScope, Entry, Locale, SafeText};
use crate::transfer::plan::{self, FieldError, Wishes};
use crate::transfer::{Job, JobId, JobState, LocalFile, Transfers, inspect};

/// How long cancelled transfers may take to end well.
const WIND_DOWN: Duration = Duration::from_secs(20);

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
        told(output, &job, &finish, &mut tally);
    })
    .await;
    leave(&transfers, &jobs).await;
    tally.end()
}

/// Saves assets into a folder.
pub async fn get(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    references: &[String],
    out: Option<&Path>,
) -> Result<(), Failure> {
    let mut wanted = Vec::new();
    for text in references {
        let (name, scope, key) = find::asset_reference(text)?;
        let known = session.known(&name)?;
        find::check_scope(known.info.spec, &scope)?;
        wanted.push((known, scope, key));
    }
    let folder = out.unwrap_or(Path::new("."));
    if folder.exists() && !folder.is_dir() {
        let shown = SafeText::name(&folder.to_string_lossy()).into_string();
        return Err(Failure::usage(format!("{shown} is not a folder")));
    }
    let transfers = super::transfers::open(session, output)?;
    let mut events = transfers.events();
    let mut tally = Tally::default();
    let mut jobs = HashSet::new();
    let mut ready: Vec<(AccountName, Arc<dyn Provider>)> = Vec::new();
    let several = wanted.len() > 1;
    for (known, scope, key) in wanted {
        let looking = stop.or(async {
            let provider = provider_of(session, known, &mut ready).await?;
            let asset = find::asset(provider.as_ref(), &scope, &key).await?;
            Ok((provider, asset))
        });
        match looking.await {
            Ok((provider, asset)) => {
                let folder = folder.to_owned();
                jobs.insert(transfers.download(&known.info.name, provider, asset, folder));
            }
            Err(failure) if !several => return Err(failure),
            Err(failure) => {
                tally.count(&failure);
                output.fail(&failure);
                if tally.stopped {
                    break;
                }
            }
        }
    }
    if tally.stopped {
        for id in &jobs {
            transfers.cancel(*id);
        }
    }
    follow(&transfers, &mut events, jobs.clone(), stop, |job| {
        told(output, &job, &Finish::Saved, &mut tally);
    })
    .await;
    leave(&transfers, &jobs).await;
    tally.end()
}

async fn provider_of(
    session: &Session,
    known: &Known,
    ready: &mut Vec<(AccountName, Arc<dyn Provider>)>,
) -> Result<Arc<dyn Provider>, Failure> {
    let name = &known.info.name;
    if let Some((_, provider)) = ready.iter().find(|(other, _)| other == name) {
        return Ok(Arc::clone(provider));
    }
    let provider = session.ready(known).await?;
    ready.push((name.clone(), Arc::clone(&provider)));
    Ok(provider)
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

/// Waits until all jobs are over. Being asked to stop cancels them; asked again, or when they take
/// too long to end, it leaves.
async fn follow(
    transfers: &Transfers,
    events: &mut UnboundedReceiver<Job>,
    mut jobs: HashSet<JobId>,
    stop: &mut Stop,
    mut over: impl FnMut(Job),
) {
    let mut stopping = false;
    let mut latest = tokio::time::Instant::now();
    while !jobs.is_empty() {
        tokio::select! {
            job = events.recv() => match job {
                Some(job) if job.state.is_over() => {
                    if jobs.remove(&job.id) {
                        over(job);
                    }
                }
                Some(_) => {}
                None => return,
            },
            () = stop.asked() => {
                let all: Vec<Job> = transfers.jobs();
                if stopping {
                    left(all, &jobs, &mut over);
                    return;
                }
                stopping = true;
                latest = tokio::time::Instant::now() + WIND_DOWN;
                for id in &jobs {
                    transfers.cancel(*id);
                }
            }
            () = tokio::time::sleep_until(latest), if stopping => {
                left(transfers.jobs(), &jobs, &mut over);
                return;
            }
        }
    }
}

/// What went well or was stopped has been told, and is over; the rest stays in the journal, where
/// `transfers` finds it.
async fn leave(transfers: &Transfers, jobs: &HashSet<JobId>) {
    let told = transfers.jobs().into_iter().filter(|job| {
        jobs.contains(&job.id) && matches!(job.state, JobState::Done { .. } | JobState::Cancelled)
    });
    let told: Vec<JobId> = told.map(|job| job.id).collect();
    transfers.clear(&told);
    transfers.drain(WIND_DOWN).await;
}

/// Jobs that are left behind while they still run.
fn left(all: Vec<Job>, jobs: &HashSet<JobId>, over: &mut impl FnMut(Job)) {
    for mut job in all {
        if jobs.contains(&job.id) {
            job.state = match job.state {
                JobState::Running(step) if step.may_leave_a_record() => {
                    let mut error = ApiError::cancelled("upload the file");
                    error.message =
                        String::from("it was stopped while the service was recording it");
                    JobState::InDoubt(error)
                }
                _ => JobState::Cancelled,
            };
            over(job);
        }
    }
}

/// What is said of a file whose record the service may or may not have.
pub const NOT_KNOWN: &str =
    "whether the service has it is not known, list the place before sending it again";

pub(super) enum Finish {
    Uploaded { json: bool },
    Saved,
}

/// One line for a job that is over: on standard output when it is done, else on standard error. A
/// reader that went away does not stop the files.
pub(super) fn told(output: &mut Output, job: &Job, finish: &Finish, tally: &mut Tally) {
    let name = SafeText::name(&job.name).into_string();
    for warning in &job.warnings {
        output.note(&format!("{name}: {}", SafeText::prose(warning)));
    }
    match &job.state {
        JobState::Done { asset, path } => {
            tally.done += 1;
            // A reader that went away does not stop the files.
            let _ = match (finish, asset, path) {
                (Finish::Saved, _, Some(path)) => saved(output, path),
                (Finish::Uploaded { json }, Some(asset), _) => {
                    let account = &job.account;
                    if *json {
                        output
                            .json(&asset_line(asset_ref(account, asset), asset))
                            .and_then(|()| output.flush())
                    } else if output.on_screen() {
                        let size = asset.size.or(job.size).map(size_words).unwrap_or_default();
                        let reference = asset_ref(account, asset);
                        output.line(&format!("{name}: done, {size}, {reference}"))
                    } else {
                        let mut listing = Listing::new(output, false, ASSET_HEADS);
                        let row = Entry::Read(asset.as_ref().clone());
                        listing.asset(account, &row).and_then(|()| listing.end(""))
                    }
                }
                _ => output.line(&format!("{name}: done")),
            };
        }
        JobState::Failed(error) => {
            let mut failure = Failure::from(error.clone());
            tally.count(&failure);
            failure.message = format!("{name}: {}", failure.message);
            output.fail(&failure);
        }
        JobState::InDoubt(error) => {
            tally.failed += 1;
            tally.stopped |= error.kind == ApiErrorKind::Cancelled;
            output.note(&format!("{name}: {error}; {NOT_KNOWN}"));
        }
        JobState::Unlisted { reason } => {
            tally.failed += 1;
            let reason = SafeText::prose(reason).into_string();
            output.note(&format!("{name}: sent, but not confirmed: {reason}"));
        }
        JobState::Cancelled => {
            tally.failed += 1;
            tally.stopped = true;
            output.note(&format!("{name}: stopped"));
        }
        JobState::Queued | JobState::Running(_) | JobState::Waiting { .. } => {}
    }
}

fn saved(output: &mut Output, path: &Path) -> Result<(), Failure> {
    let path = SafeText::name(&path.to_string_lossy()).into_string();
    if output.on_screen() {
        output.line(&format!("saved {path}"))
    } else {
        output.line(&path)
    }
}
