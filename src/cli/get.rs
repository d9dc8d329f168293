//! `get`: assets, or everything below an address, onto this machine.

pub mod clash;
pub mod wanted;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use self::clash::{decide, sort_out};
use self::wanted::{below, one_by_one};
use super::args;
use super::failure::{Failure, Tally};
use super::find;
use super::follow::{After, until_over};
use super::output::Output;
use super::plan::Told;
use super::prompt;
use super::session::Session;
use super::stop::Stop;
use super::teller::{Finish, Teller, saved_object};
use crate::api::Provider;
use crate::domain::{AccountName, Asset, ContainerId, Ref, SafeText, size_words};
use crate::transfer::OnClash;
use crate::transfer::patient::Patient;
use crate::transfer::tree::Tree;
use crate::transfer::{DownloadRequest, Job, JobId};

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
    let usuals = session.usuals()?;
    let folder = |account: &AccountName, container: Option<&ContainerId>| {
        let usual = || usuals.of(account, container).save_to.clone();
        { args.out.clone() }
            .or_else(usual)
            .unwrap_or_else(|| PathBuf::from("."))
    };
    for (_, Ref { address, .. }) in &refs {
        let folder = folder(&address.account, address.container.as_ref());
        if folder.exists() && !folder.is_dir() {
            let shown = SafeText::name(&folder.to_string_lossy()).into_string();
            return Err(Failure::usage(format!("{shown} is not a folder")));
        }
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
    let mut ready: Vec<(Arc<Patient>, Tree)> = Vec::new();
    match refs.as_slice() {
        [(known, Ref { address, key: None })] => {
            let wanted = below(session, output, stop, known, address, args.yes, &mut tally).await?;
            let spec = wanted.known.info.spec;
            let account = known.info.name.clone();
            let folder = folder(&account, address.container.as_ref());
            let tree = Tree::of_place(folder, account, spec, wanted.assets)?;
            ready.push((wanted.provider, tree));
        }
        _ => {
            for wanted in one_by_one(session, output, stop, &refs, &mut tally).await? {
                let account = wanted.known.info.name.clone();
                let mut by_folder: BTreeMap<PathBuf, Vec<Asset>> = BTreeMap::new();
                for (_, asset) in wanted.assets {
                    let folder = folder(&account, Some(asset.scope.container()));
                    by_folder.entry(folder).or_default().push(asset);
                }
                for (folder, assets) in by_folder {
                    let tree = Tree::flat(folder, account.clone(), assets)?;
                    ready.push((Arc::clone(&wanted.provider), tree));
                }
            }
        }
    }
    if tally.stopped {
        return tally.end();
    }
    for (_, tree) in &mut ready {
        decide(output, stop, tree, rule).await?;
        let json = args.json && !output.is_quiet();
        sort_out(output, tree, json, Told::All, &mut tally);
    }
    let files: usize = ready.iter().map(|(_, tree)| tree.saved().0).sum();
    let bytes: u64 = ready.iter().map(|(_, tree)| tree.saved().1).sum();
    if places > 0 {
        let what = format!("Saving {}, {},", words(files, "file"), size_words(bytes));
        stop.or(prompt::may(output, args.yes, files, &what)).await?;
    }
    let told = (args.json, &args.shown);
    save(session, output, stop, ready, told, &mut tally).await?;
    tally.end()
}

/// Puts what is decided for through the engine, and answers what went well.
pub async fn save(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    trees: Vec<(Arc<Patient>, Tree)>,
    (json, shown): (bool, &args::Shown),
    tally: &mut Tally,
) -> Result<Vec<Arc<Job>>, Failure> {
    let mut wanted: Vec<(AccountName, Arc<dyn Provider>, Vec<DownloadRequest>)> = Vec::new();
    for (provider, tree) in trees {
        wanted.push((tree.account.clone(), provider.provider(), tree.requests()?));
    }
    if wanted.iter().all(|(_, _, requests)| requests.is_empty()) {
        return Ok(Vec::new());
    }
    let transfers = super::transfers::open(session, output)?;
    let mut events = transfers.events();
    let mut jobs: HashSet<JobId> = HashSet::new();
    let mut asked = json.then(HashMap::new);
    for (account, provider, requests) in wanted {
        let same = asked.is_some().then(|| requests.clone());
        let ids = transfers.download_all(&account, provider, requests);
        if let (Some(asked), Some(same)) = (&mut asked, same) {
            asked.extend(ids.iter().copied().zip(same));
        }
        jobs.extend(ids);
    }
    super::transfers::tell_left_over(output, &transfers, &jobs);
    let finish = Finish::Saved(asked.clone());
    let teller = Teller::new(session, output, finish, shown, tally);
    let done = until_over(&transfers, &mut events, &jobs, stop, teller, After::Forget).await;
    let asked = asked.filter(|_| !output.is_quiet()).unwrap_or_default();
    for job in transfers.jobs().iter().filter(|it| !it.state.is_over()) {
        if let Some(request) = asked.get(&job.id) {
            saved_object(output, job, request)?;
        }
    }
    Ok(done)
}

fn words(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        _ => format!("{count} {one}s"),
    }
}
