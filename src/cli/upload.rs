//! `upload`: files and folders become one plan, which is shown, saved, or carried out.

pub mod places;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::places::place;
use super::args;
use super::chosen::{self, aside, look_at};
use super::failure::{Failure, Tally};
use super::find;
use super::follow::{After, until_over};
use super::output::Output;
use super::plan::{self as shown, Told};
use super::prompt;
use super::session::{Known, Session};
use super::stop::Stop;
use super::teller::{Finish, Teller};
use crate::api::ProviderSpec;
use crate::domain::{AssetScope, Locale, SafeText};
use crate::transfer::patient::Patient;
use crate::transfer::plan::{self, Fill, OnClash, Pattern, Plan, Saved, Slot, Usual, Wishes};
use crate::transfer::tree::{Batch, MANIFEST};
use crate::transfer::{Job, JobId, Transfers, plan_file};

/// What is asked before anything is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Last<'a> {
    /// A yes where there are several files: the command line has named all there is to one.
    ForSeveral,
    /// Each file is shown with its place, and there is always a question, which calls the place so.
    Always(&'a str),
}

/// Uploads files. Those that cannot be sent are told one by one, and the others go on.
pub async fn upload(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Upload,
    last: Last<'_>,
) -> Result<(), Failure> {
    let on_clash = args.on_clash.as_deref().and_then(OnClash::of);
    let on_clash = rule(output, on_clash, args.yes)?;
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
    shown::tell(output, &plan, Told::All, &mut tally);
    let totals = plan.totals();
    if totals.sent() > 0 {
        stop.or(session.may_change(known, output)).await?;
    }
    let summary = shown::summary(&plan, totals);
    match last {
        Last::Always(place) if totals.sent() > 0 => {
            shown::sent(output, &plan)?;
            let question = format!("{summary}, to {}. Send? yes or no:", SafeText::name(place));
            if !stop.or(prompt::yes(output, &question)).await? {
                return output.line("Nothing was sent.");
            }
        }
        Last::ForSeveral if asked && totals.sent() > 1 => {
            let question = format!("{summary}. Send? [y/N]");
            if !stop.or(prompt::yes(output, &question)).await? {
                return Err(Failure::failed("nothing was sent"));
            }
        }
        _ => {}
    }
    if let Some(provider) = provider {
        let sending = Sending::once(&plan, &provider, args.json, &args.shown);
        sending.run(session, output, stop, &mut tally).await?;
    }
    tally.end()
}

/// What is to become of clashes: where nobody can be asked, they fail.
pub fn rule(output: &Output, wanted: Option<OnClash>, yes: bool) -> Result<OnClash, Failure> {
    let can_ask = output.can_ask() && !yes;
    match wanted {
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
    check(spec, &wishes, None)?;
    let usuals = session.usuals()?;
    let usual = usuals.of(&address.account, address.container.as_ref());
    let by = patterns(usual, args.pattern.as_deref(), args.locale.is_some())?;

    let lists = args.pattern.is_none();
    let chosen = stop.or(look_at(output, args.files.clone(), spec, lists));
    let chosen = chosen.await?.chosen;
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
    let plan = Plan::new(known.info.name.clone(), spec, wishes.clone(), on_clash);
    let usual = usual.wishes(args.locale.is_some(), args.folder.is_some());
    let mut plan = plan.with_usual(usual);
    for one in chosen {
        chosen::recall(&one, &mut plan);
        batches.extend(chosen::batches(one, output, &address, spec, &by)?);
    }
    let provider = look(session, stop, known, named, batches, &wishes, &mut plan).await?;
    Ok((known, provider, plan))
}

/// Takes the files into the plan and looks at the places they go to: all to the one that was `named`,
/// else each to its own. A place is asked of only when there is something to send to it.
pub async fn look(
    session: &Session,
    stop: &mut Stop,
    known: &Known,
    named: Option<AssetScope>,
    batches: Vec<Batch>,
    wishes: &Wishes,
    plan: &mut Plan,
) -> Result<Option<Arc<Patient>>, Failure> {
    let spec = known.info.spec;
    let mut files = batches.iter().flat_map(|batch| &batch.files);
    if files.all(|file| file.file.is_err()) {
        for Batch { scope, files, fill } in batches {
            plan.add(files, &scope, &fill);
        }
        return Ok(None);
    }
    let one = named.filter(|scope| !spec.is_whole(scope));
    let looking = stop.or(async {
        let provider = session.ready(known).await?;
        let locales = match &one {
            Some(scope) => place(provider.as_ref(), scope).await?,
            None => None,
        };
        check(spec, wishes, locales.as_deref())?;
        Ok((provider, locales))
    });
    let (provider, locales) = looking.await?;
    if let (Some(scope), Some(locales)) = (&one, locales) {
        plan.set_locales(scope.container(), locales);
    }
    for Batch { scope, files, fill } in batches {
        plan.add(files, &scope, &fill);
    }
    stop.or(places::look(
        session,
        provider.as_ref(),
        plan,
        one.is_some(),
    ))
    .await?;
    Ok(Some(provider))
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
        places::look(session, provider.as_ref(), &mut plan, false).await?;
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
    shown::tell(output, plan, Told::All, &mut tally);
    output.note(&format!(
        "saved to {name}: {}; send it with `assetdeck upload --plan FILE`",
        shown::summary(plan, plan.totals())
    ));
    tally.done += plan.totals().sent();
    tally.end()
}

/// A plan on its way.
pub struct Sending<'a> {
    pub plan: &'a Plan,
    pub provider: &'a Patient,
    pub json: bool,
    pub shown: &'a args::Shown,
    /// What becomes of files that went well.
    pub after: After,
}

impl<'a> Sending<'a> {
    /// Of what went well nothing is remembered.
    pub const fn once(
        plan: &'a Plan,
        provider: &'a Patient,
        json: bool,
        shown: &'a args::Shown,
    ) -> Self {
        Self {
            plan,
            provider,
            json,
            shown,
            after: After::Forget,
        }
    }

    /// Puts what the plan sends through the engine, and answers what went well.
    pub async fn run(
        &self,
        session: &Session,
        output: &mut Output,
        stop: &mut Stop,
        tally: &mut Tally,
    ) -> Result<Vec<Arc<Job>>, Failure> {
        if self.plan.totals().sent() == 0 {
            return Ok(Vec::new());
        }
        let transfers = super::transfers::open(session, output)?;
        Ok(self.through(&transfers, session, output, stop, tally).await)
    }

    /// The same with an engine that is open.
    pub async fn through(
        &self,
        transfers: &Transfers,
        session: &Session,
        output: &mut Output,
        stop: &mut Stop,
        tally: &mut Tally,
    ) -> Vec<Arc<Job>> {
        let mut events = transfers.events();
        let requests = self.plan.requests().into_iter().map(|(_, request)| request);
        let added = transfers.upload_all(self.plan.account(), self.provider.provider(), requests);
        let jobs: HashSet<JobId> = added.into_iter().collect();
        super::transfers::tell_left_over(output, transfers, &jobs);
        let finish = Finish::Uploaded { json: self.json };
        let teller = Teller::new(session, output, finish, self.shown, tally);
        until_over(transfers, &mut events, &jobs, stop, teller, self.after).await
    }
}

fn wishes(args: &args::Upload) -> Wishes {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    Wishes {
        asset_type: text(&args.asset_type),
        image_type: text(&args.image_type),
        alt_text: text(&args.alt),
        description: text(&args.description),
        tags: args.tags.clone(),
        ..wishes_of_place(args.locale.as_deref(), args.folder.as_deref())
    }
}

/// Locale and folder as flags say them; `none` is the word for no locale.
pub fn wishes_of_place(locale: Option<&str>, folder: Option<&str>) -> Wishes {
    let locale = locale.filter(|it| *it != "none");
    Wishes {
        locale: locale.unwrap_or_default().to_owned(),
        folder: folder.unwrap_or_default().to_owned(),
        ..Wishes::default()
    }
}

/// Whether the service takes what the flags say.
pub fn check(
    spec: &ProviderSpec,
    wishes: &Wishes,
    locales: Option<&[Locale]>,
) -> Result<(), Failure> {
    plan::check(spec, wishes, locales)
        .map_err(|error| Failure::usage(format!("--{}: {}", error.field.flag(), error.message)))
}

/// The pattern of the command line, else those of the settings. `located`: a flag names the locale.
pub fn patterns(usual: &Usual, pattern: Option<&str>, located: bool) -> Result<Fill, Failure> {
    let Some(text) = pattern else {
        let fits = |pattern: &&Pattern| !located || !pattern.has(Slot::Locale);
        let patterns = usual.patterns.iter().filter(fits);
        return Ok(Fill::Standing(patterns.cloned().collect()));
    };
    let pattern: Pattern = text
        .parse()
        .map_err(|error| Failure::usage(format!("--pattern: {error}")))?;
    if pattern.has(Slot::Locale) && located {
        return Err(Failure::usage(
            "--locale and the {locale} of --pattern both name the locale; give one of them",
        ));
    }
    Ok(Fill::Only(pattern))
}
