//! `get`: assets, or everything below an address, onto this machine.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::args;
use super::failure::{Failure, Tally};
use super::find;
use super::output::Output;
use super::prompt;
use super::record::{Saving, asset_ref, saved_line};
use super::session::{Known, Session};
use super::stop::Stop;
use super::transfer::{Finish, Teller, follow, leave, saved_object};
use crate::api::{ApiError, Provider};
use crate::domain::{AccountName, Address, Asset, Ref, SafeText, size_words};
use crate::transfer::OnClash;
use crate::transfer::tree::{Fate, Found, Top, Tree, Walk};
use crate::transfer::{DownloadRequest, JobId};

/// From so many calls on they are named and asked for: services allow about a thousand an hour.
const MANY_CALLS: usize = 100;

/// What is to be saved, of one account.
struct Wanted<'a> {
    known: &'a Known,
    provider: Arc<dyn Provider>,
    assets: Vec<(Vec<Top>, Asset)>,
}

/// Saves assets into a folder.
pub async fn get(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &args::Get,
) -> Result<(), Failure> {
    let mut refs = Vec::new();
    for text in &args.references {
        let reference = find::reference(text)?;
        let known = session.known(&reference.address.account)?;
        if let Some(scope) = reference.address.scope()
            && (reference.key.is_some() || scope.segment().is_some())
        {
            find::check_scope(known.info.spec, &scope)?;
        }
        refs.push((known, reference));
    }
    let folder = args.out.clone().unwrap_or_else(|| PathBuf::from("."));
    if folder.exists() && !folder.is_dir() {
        let shown = SafeText::name(&folder.to_string_lossy()).into_string();
        return Err(Failure::usage(format!("{shown} is not a folder")));
    }
    let places = refs.iter().filter(|(_, it)| it.key.is_none()).count();
    if places > 0 && refs.len() > 1 {
        return Err(Failure::usage(
            "a whole place is saved alone: name one address, or refs of assets",
        ));
    }
    let mut tally = Tally::default();
    let rule = match args.on_clash {
        Some(rule) => rule,
        None if output.can_ask() => OnClash::Ask,
        None => OnClash::Fail,
    };
    if rule == OnClash::Ask && !output.can_ask() {
        return Err(Failure::usage("there is no terminal to ask on")
            .hint("Give --on-clash skip, replace, keep or fail."));
    }
    let mut ready: Vec<(Arc<dyn Provider>, Tree)> = Vec::new();
    match refs.as_slice() {
        [(known, Ref { address, key: None })] => {
            let wanted = below(session, output, stop, known, address, args, &mut tally).await?;
            let spec = wanted.known.info.spec;
            let account = known.info.name.clone();
            let tree = Tree::of_place(folder, account, spec, wanted.assets)?;
            ready.push((wanted.provider, tree));
        }
        _ => {
            for wanted in one_by_one(session, output, stop, &refs, &mut tally).await? {
                let account = wanted.known.info.name.clone();
                let assets = wanted.assets.into_iter().map(|(_, asset)| asset).collect();
                let tree = Tree::flat(folder.clone(), account, assets)?;
                ready.push((wanted.provider, tree));
            }
        }
    }
    if tally.stopped {
        return tally.end();
    }
    for (_, tree) in &mut ready {
        decide(output, stop, tree, rule).await?;
        sort_out(output, tree, args.json && !args.shown.quiet, &mut tally);
    }
    let files: usize = ready.iter().map(|(_, tree)| tree.saved().0).sum();
    let bytes: u64 = ready.iter().map(|(_, tree)| tree.saved().1).sum();
    if places > 0 {
        let what = format!("Saving {}, {},", words(files, "file"), size_words(bytes));
        stop.or(may(output, args.yes, files, &what)).await?;
    }
    save(session, output, stop, ready, args, &mut tally).await?;
    tally.end()
}

/// Everything below an address.
async fn below<'a>(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    known: &'a Known,
    address: &Address,
    args: &args::Get,
    tally: &mut Tally,
) -> Result<Wanted<'a>, Failure> {
    let provider = stop.or(session.ready(known)).await?;
    let mut assets = Vec::new();
    let mut refused = None;
    let mut unreadable = Vec::new();
    let walked = {
        let output = &mut *output;
        let mut walk = Walk {
            provider: provider.as_ref(),
            tell: async |found| {
                match found {
                    Found::Asset(tops, asset) => assets.push((tops, *asset)),
                    Found::Unreadable(reason) => unreadable.push(reason),
                    Found::Ahead(calls) => {
                        let what = "Listing what is there";
                        if let Err(failure) = may(output, args.yes, calls, what).await {
                            refused = Some(failure);
                            return Err(ApiError::cancelled("list it"));
                        }
                    }
                }
                Ok(())
            },
        };
        stop.or(async { Ok(walk.below(address).await) }).await?
    };
    if let Some(failure) = refused {
        return Err(failure);
    }
    if let Err(error) = walked {
        // A place that does not exist explains a refusal better than the service's words do.
        exists(provider.as_ref(), address).await?;
        return Err(error.into());
    }
    if assets.is_empty() && unreadable.is_empty() {
        exists(provider.as_ref(), address).await?;
        output.note("there are no assets below it");
    }
    for reason in unreadable {
        tally.failed += 1;
        let reason = SafeText::prose(&reason).into_string();
        output.note(&format!("an entry of the list cannot be read: {reason}"));
    }
    Ok(Wanted {
        known,
        provider,
        assets,
    })
}

async fn exists(provider: &dyn Provider, address: &Address) -> Result<(), Failure> {
    if let Some(container) = &address.container {
        find::container(provider, container).await?;
        if let Some(segment) = &address.segment {
            find::segment(provider, container, segment).await?;
        }
    }
    Ok(())
}

/// Many calls are only made when the user knows.
async fn may(output: &mut Output, yes: bool, calls: usize, what: &str) -> Result<(), Failure> {
    if yes || calls < MANY_CALLS {
        return Ok(());
    }
    let what = format!("{what} takes {calls} calls to the service");
    if !output.can_ask() {
        return Err(
            Failure::usage(format!("{what}, which may allow only so many an hour"))
                .hint("Give --yes to make them."),
        );
    }
    let question = format!("{what}. Go on? [y/N]");
    if prompt::yes(output, &question).await? {
        Ok(())
    } else {
        Err(Failure::stopped())
    }
}

/// Assets named one by one; those that are not there are told, and the others go on.
async fn one_by_one<'a>(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    refs: &[(&'a Known, Ref)],
    tally: &mut Tally,
) -> Result<Vec<Wanted<'a>>, Failure> {
    let mut found: Vec<Wanted<'a>> = Vec::new();
    for (known, reference) in refs {
        let looking = stop.or(async {
            let (Some(scope), Some(key)) = (reference.address.scope(), &reference.key) else {
                return Err(Failure::usage("it names no asset"));
            };
            let name = &known.info.name;
            let open = found.iter().position(|it| it.known.info.name == *name);
            if open.is_none() {
                found.push(Wanted {
                    known,
                    provider: session.ready(known).await?,
                    assets: Vec::new(),
                });
            }
            let at = open.unwrap_or(found.len() - 1);
            let asset = find::asset(found[at].provider.as_ref(), &scope, key).await?;
            found[at].assets.push((Vec::new(), asset));
            Ok(())
        });
        match looking.await {
            Ok(()) => {}
            Err(failure) if refs.len() == 1 => return Err(failure),
            Err(failure) => {
                tally.count(&failure);
                output.fail(&failure);
                if tally.stopped {
                    break;
                }
            }
        }
    }
    Ok(found)
}

/// Decides about each file whose name is taken, by the rule or by asking.
async fn decide(
    output: &mut Output,
    stop: &mut Stop,
    tree: &mut Tree,
    rule: OnClash,
) -> Result<(), Failure> {
    let clashes: Vec<usize> = tree.clashes().collect();
    if rule != OnClash::Ask {
        for at in clashes {
            tree.decide(at, rule);
        }
        return Ok(());
    }
    let mut clashes = clashes;
    if clashes.len() > 1 {
        // Whoever answers for all of them has read their names.
        output.note("these are there already, and differ:");
        for at in &clashes {
            output.note(&format!("  {}", described(tree, *at)));
        }
    }
    while let Some(at) = clashes.first().copied() {
        let all = if clashes.len() > 1 {
            "; in capitals for all that follow"
        } else {
            ""
        };
        let question = format!(
            "{}: r replace, s skip, k keep both{all} [s]",
            described(tree, at)
        );
        let answer = stop.or(prompt::answer(output, &question)).await?;
        let rule = match answer.to_lowercase().as_str() {
            "r" | "replace" => OnClash::Replace,
            "k" | "keep" => OnClash::Keep,
            "" | "s" | "skip" => OnClash::Skip,
            _ => continue,
        };
        let every = answer.chars().next().is_some_and(char::is_uppercase);
        let decided = if every { clashes.len() } else { 1 };
        for at in clashes.drain(..decided) {
            tree.decide(at, rule);
        }
    }
    Ok(())
}

/// A file that is there, by name, and how it differs.
fn described(tree: &Tree, at: usize) -> String {
    let row = &tree.rows[at];
    let path = row.at.below(&tree.root);
    let here = match &row.fate {
        Fate::Clash(stamp) => size_words(stamp.size),
        _ => String::new(),
    };
    let there = row.asset.size.map_or("unknown".to_owned(), size_words);
    format!(
        "“{}” is there with {here}; the service has {there}",
        SafeText::name(&path.to_string_lossy())
    )
}

/// Tells of the files that are not fetched.
fn sort_out(output: &mut Output, tree: &Tree, json: bool, tally: &mut Tally) {
    for row in &tree.rows {
        let path = row.at.below(&tree.root);
        let (state, reason) = match &row.fate {
            Fate::Same => ("same", None),
            Fate::Skip => ("skipped", None),
            Fate::Problem(why) => ("failed", Some(why.clone())),
            Fate::New | Fate::Replace(_) | Fate::Clash(_) => continue,
        };
        if json {
            let line = saved_line(Saving {
                reference: asset_ref(&tree.account, &row.asset),
                asset: &row.asset,
                path: &path,
                bytes: row.asset.size.filter(|_| row.fate == Fate::Same),
                state,
                reason,
            });
            // A reader that went away does not stop the files.
            let _ = output.json(&line);
        }
        let path = SafeText::name(&path.to_string_lossy());
        match &row.fate {
            Fate::Same => {
                tally.done += 1;
                output.note(&format!("{path}: the same is there already; not fetched"));
                if !json && !output.on_screen() {
                    // A script gets the path of every file that it asked for.
                    let _ = output.line(path.as_str());
                }
            }
            Fate::Skip => output.note(&format!("{path}: skipped; what is there was kept")),
            Fate::Problem(why) => {
                tally.failed += 1;
                let name = SafeText::name(&row.asset.name);
                output.note(&format!("{name}: {why}"));
            }
            Fate::New | Fate::Replace(_) | Fate::Clash(_) => {}
        }
    }
}

async fn save(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    trees: Vec<(Arc<dyn Provider>, Tree)>,
    args: &args::Get,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let mut wanted: Vec<(AccountName, Arc<dyn Provider>, Vec<DownloadRequest>)> = Vec::new();
    for (provider, tree) in trees {
        wanted.push((tree.account.clone(), provider, tree.requests()?));
    }
    if wanted.iter().all(|(_, _, requests)| requests.is_empty()) {
        return Ok(());
    }
    let transfers = super::transfers::open(session, output)?;
    let mut events = transfers.events();
    let mut jobs: HashSet<JobId> = HashSet::new();
    let mut asked = args.json.then(HashMap::new);
    for (account, provider, requests) in wanted {
        for request in requests {
            let same = asked.is_some().then(|| request.clone());
            let id = transfers.download(&account, Arc::clone(&provider), request);
            jobs.insert(id);
            if let (Some(asked), Some(request)) = (&mut asked, same) {
                asked.insert(id, request);
            }
        }
    }
    let finish = Finish::Saved(asked.clone());
    let mut teller = Teller::new(session, output, finish, &args.shown, tally);
    let end = follow(&transfers, &mut events, jobs.clone(), stop, &mut teller).await;
    teller.end();
    leave(&transfers, &jobs, end, output, tally).await;
    let asked = asked.filter(|_| !args.shown.quiet).unwrap_or_default();
    for job in transfers.jobs().iter().filter(|it| !it.state.is_over()) {
        if let Some(request) = asked.get(&job.id) {
            saved_object(output, job, request)?;
        }
    }
    Ok(())
}

fn words(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
