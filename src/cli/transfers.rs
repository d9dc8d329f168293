//! `transfers`: the queue without the screen. List it, go on with it, retry, cancel, clear.

mod list;
mod wanted;

use std::collections::{BTreeSet, HashSet};
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use self::wanted::{Chosen, chosen};
use super::args::{Queue, QueueCommand, Shown};
use super::chosen::aside;
use super::failure::{Exit, Failure, Tally};
use super::follow::{Followed, follow};
use super::output::Output;
use super::session::Session;
use super::stop::Stop;
use super::teller::{Finish, Teller};
use crate::api::Connector as _;
use crate::domain::{AccountName, ContainerId, SafeText, file_words};
use crate::transfer::job::Direction;
use crate::transfer::plan::Plan;
use crate::transfer::{Ask, Job, JobId, JobState, JournalError, Standing, Transfers};

/// How long what is being recorded may take to end when the command is stopped.
const WIND_DOWN: Duration = Duration::from_secs(5);

/// Told wherever something would begin, or is listed.
const CLOSED: &str =
    "all transfers are paused, and so is what is added; `assetdeck transfers resume` goes on";

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::failed(error.to_string()).hint("Nothing was queued or sent.")
    }
}

/// Opens the engine over the user's journal; what opening it has to tell is told.
pub fn open(session: &Session, output: &mut Output) -> Result<Transfers, Failure> {
    let transfers = engine(session)?;
    for note in transfers.notes() {
        output.note(note);
    }
    if transfers.is_closed() {
        output.note(CLOSED);
    }
    Ok(transfers)
}

/// Says what an earlier run left that is not among these, with which the command goes on. What another
/// process handed to this one is on its way.
pub fn tell_left_over(output: &mut Output, transfers: &Transfers, own: &HashSet<JobId>) {
    let left = transfers.left();
    let left = left.iter().filter(|id| !own.contains(id)).count();
    if left > 0 && transfers.works() {
        let (are, them) = if left == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        output.note(&format!(
            "{} of an earlier run {are} not finished; `assetdeck transfers resume` goes on with {them}",
            file_words(left)
        ));
    }
}

/// The engine for the screen, which opens all the same where the journal cannot be used: then each
/// transfer is refused with the reason.
pub fn for_screen(session: &Session) -> Transfers {
    let none = || JournalError::Unusable("your home folder is not known; set HOME".to_owned());
    let folder = session.state_folder().ok_or_else(none);
    folder
        .and_then(|folder| opened(session, folder))
        .unwrap_or_else(Transfers::refusing)
}

/// The engine over the journal in this folder, told what the settings say of each account.
fn opened(session: &Session, folder: &Path) -> Result<Transfers, JournalError> {
    let transfers = Transfers::open(folder)?;
    for (account, count) in session.at_once() {
        transfers.allow_at_once(account, count);
    }
    if let Some(patience) = session.listed_within() {
        transfers.listed_within(patience);
    }
    Ok(transfers)
}

fn engine(session: &Session) -> Result<Transfers, Failure> {
    Ok(opened(session, folder(session)?)?)
}

fn folder(session: &Session) -> Result<&Path, Failure> {
    let none = || Failure::usage("your home folder is not known; set HOME");
    session.state_folder().ok_or_else(none)
}

/// Tells a plan what is remembered of the assets where its files go.
pub async fn recall(session: &Session, plan: &mut Plan) -> Result<(), Failure> {
    let Some(folder) = session.state_folder().map(Path::to_owned) else {
        return Ok(());
    };
    let scopes = plan.scopes();
    let containers: BTreeSet<ContainerId> = scopes
        .iter()
        .map(|scope| scope.container().clone())
        .collect();
    let account = plan.account().clone();
    let remembered = aside(move || Transfers::memory_in(&folder, &account, &containers));
    plan.recall(remembered.await?);
    Ok(())
}

fn unfinished(job: &Job) -> bool {
    !job.state.is_over() || matches!(job.state, JobState::InDoubt(_))
}

/// Runs one of the commands.
pub async fn transfers(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    args: &Queue,
) -> Result<(), Failure> {
    let folder = folder(session)?;
    match &args.command {
        None | Some(QueueCommand::List) => {
            let Standing { jobs, note, closed } = Transfers::look(folder)?;
            if let Some(note) = note {
                output.note(&note);
            }
            if closed {
                output.note(CLOSED);
            }
            list::list(output, &jobs, args.json)
        }
        Some(QueueCommand::Resume { shown }) => {
            go_on(session, output, stop, args.json, shown, None).await
        }
        Some(QueueCommand::Retry { ids, shown }) => {
            go_on(session, output, stop, args.json, shown, Some(ids)).await
        }
        Some(QueueCommand::Pause { ids }) => {
            let transfers = engine(session)?;
            let pausable = |job: &Job| Ask::Pause.is_for(job);
            let chosen = chosen(&transfers.jobs(), ids, pausable)?;
            transfers.ask(Ask::Pause, &chosen);
            end(output, &transfers, chosen.len(), "paused", args.json).await
        }
        Some(QueueCommand::Cancel { ids }) => {
            let transfers = engine(session)?;
            let chosen = chosen(&transfers.jobs(), ids, unfinished)?;
            for id in &chosen {
                transfers.cancel(*id);
            }
            end(output, &transfers, chosen.len(), "cancelled", args.json).await
        }
        Some(QueueCommand::Clear { ids }) => {
            let transfers = engine(session)?;
            let over = |job: &Job| matches!(job.state, JobState::Done { .. } | JobState::Cancelled);
            let chosen = chosen(&transfers.jobs(), ids, over)?;
            let running = |job: &Arc<Job>| chosen.contains(&job.id) && !job.state.is_over();
            if let Some(job) = transfers.jobs().iter().find(|job| running(job)) {
                let name = SafeText::name(&job.name);
                return Err(Failure::usage(format!(
                    "{name} is not over; cancel it first"
                )));
            }
            transfers.clear(&chosen);
            end(output, &transfers, chosen.len(), "cleared", args.json).await
        }
    }
}

/// What is not on disk was not done, whatever this process thinks of it.
fn all_written(transfers: &Transfers) -> Result<(), Failure> {
    let Some(why) = transfers.unwritten() else {
        return Ok(());
    };
    let failed = Failure::failed(format!("not all of it could be written down: {why}"));
    Err(failed.hint("`assetdeck transfers` shows how they stand."))
}

async fn end(
    output: &mut Output,
    transfers: &Transfers,
    count: usize,
    did: &str,
    json: bool,
) -> Result<(), Failure> {
    transfers.drain(WIND_DOWN).await;
    all_written(transfers)?;
    let elsewhere = !transfers.works();
    if json {
        // Asked of another process, it may not have happened yet.
        output.json(&json!({ did: count, "elsewhere": elsewhere }))
    } else if !elsewhere {
        output.line(&format!("{count} {did}"))
    } else {
        output.line(&format!(
            "another assetdeck works on the queue; it was asked for {count} to be {did}"
        ))
    }
}

/// Works on what is left, or tries again what failed or was named.
async fn go_on(
    session: &Session,
    output: &mut Output,
    stop: &mut Stop,
    json: bool,
    shown: &Shown,
    again: Option<&Vec<u64>>,
) -> Result<(), Failure> {
    let transfers = engine(session)?;
    for note in transfers.notes() {
        output.note(note);
    }
    let mut events = transfers.events();
    let mut wants = transfers.wants();
    if again.is_none() {
        transfers.lift();
    }
    let mut chosen = Chosen::of(&transfers.jobs(), again)?;
    let mut tally = Tally::default();
    // Before the queue hears of it: what is refused stays as it was, and holds up no other account.
    let refused = refused(session, output, &transfers, &mut chosen);
    let refused = stop.or(refused).await?;
    for failure in &refused {
        tally.count(failure);
        output.fail(failure);
    }
    let ids = chosen.all();
    chosen.ask(&transfers);
    if let Err(failed) = all_written(&transfers) {
        transfers.drain(WIND_DOWN).await;
        return Err(failed);
    }
    let elsewhere = !transfers.works();
    if elsewhere {
        tell_elsewhere(output, ids.len());
    }
    let accounts: BTreeSet<AccountName> = transfers
        .jobs()
        .into_iter()
        .filter(|job| ids.contains(&job.id))
        .map(|job| job.account.clone())
        .collect();
    let mut waiting: HashSet<JobId> = HashSet::new();
    if elsewhere {
        waiting.clone_from(&ids);
        for account in &accounts {
            // Should that one end, what it was just doing is looked for before anything is said of
            // it. Nobody is asked for a key that may never be needed.
            if let Ok(connected) = session.connect(account, None).await {
                transfers.attach_provider(account, connected.provider);
            }
        }
    }
    for account in accounts.into_iter().filter(|_| !elsewhere) {
        let ready = stop.or(async { session.ready(session.known(&account)?).await });
        match ready.await {
            Ok(provider) => {
                waiting.extend(transfers.attach_provider(&account, provider.provider()));
            }
            Err(failure) => {
                tally.count(&failure);
                output.fail(&failure);
                if tally.stopped {
                    break;
                }
            }
        }
    }
    let finish = Finish::Uploaded { json };
    let mut teller = Teller::new(session, output, finish, shown, &mut tally);
    let end = if teller.tally.stopped {
        Followed::default()
    } else {
        let following = follow(
            &transfers,
            &mut events,
            waiting,
            elsewhere,
            stop,
            &mut teller,
        );
        let opening = async {
            while let Some(account) = wants.recv().await.filter(|_| elsewhere) {
                let opened = async { session.ready(session.known(&account)?).await };
                let provider = opened.await?;
                transfers.attach_provider(&account, provider.provider());
            }
            std::future::pending().await
        };
        tokio::select! {
            end = following => end,
            failure = opening => {
                let failure: Result<Infallible, Failure> = failure;
                match failure {
                    Ok(never) => match never {},
                    Err(failure) => return Err(failure),
                }
            }
        }
    };
    teller.end();
    end.drain(&transfers).await;
    end.tell(output, &mut tally);
    if !tally.stopped && again.is_none_or(Vec::is_empty) {
        tell_left(output, &transfers.jobs(), &ids, &mut tally);
    }
    tally.end()
}

/// Takes out the uploads of each account that may not be changed, and answers why not. Where nothing
/// else is chosen, that is how the command ends.
async fn refused(
    session: &Session,
    output: &mut Output,
    transfers: &Transfers,
    chosen: &mut Chosen,
) -> Result<Vec<Failure>, Failure> {
    let ids = chosen.all();
    let mut sent = transfers.jobs();
    sent.retain(|job| job.direction == Direction::Up && ids.contains(&job.id));
    let accounts: BTreeSet<AccountName> = sent.iter().map(|job| job.account.clone()).collect();
    let mut failures = Vec::new();
    for account in accounts {
        let allowed = match session.known(&account) {
            Ok(known) => session.may_change(known, output).await,
            Err(unknown) => Err(unknown),
        };
        let Err(failure) = allowed else {
            continue;
        };
        // Ctrl-C at the question is an answer for all of them.
        if failure.exit == Exit::Stopped {
            return Err(failure);
        }
        let own = sent.iter().filter(|job| job.account == account);
        chosen.leave(&own.map(|job| job.id).collect());
        failures.push(failure);
    }
    match failures.pop() {
        Some(only) if failures.is_empty() && chosen.all().is_empty() => Err(only),
        last => {
            failures.extend(last);
            Ok(failures)
        }
    }
}

/// Says that another process works, and what becomes of what was asked for.
fn tell_elsewhere(output: &mut Output, count: usize) {
    let becomes = if count == 0 {
        "nothing is left for this one".to_owned()
    } else {
        let files = file_words(count);
        format!("it was asked to go on with {files}, and this one waits until that is over")
    };
    output.note(&format!("another assetdeck works on the queue; {becomes}"));
}

/// Says what is not done and waits for the user's word. Of those that were `tried` each has been
/// told and counted.
fn tell_left(output: &mut Output, jobs: &[Arc<Job>], tried: &HashSet<JobId>, tally: &mut Tally) {
    let open = jobs.iter().filter(|job| Ask::Look.is_for(job)).count();
    if open > 0 {
        let are = if open == 1 { "is" } else { "are" };
        output.note(&format!(
            "{} {are} in doubt: `assetdeck transfers retry ID` sends one again; there may be two then",
            file_words(open)
        ));
    }
    let failed = |job: &&Arc<Job>| Ask::Retry.is_for(job) && !tried.contains(&job.id);
    let failed = jobs.iter().filter(failed).count();
    if failed > 0 {
        tally.failed += failed;
        output.note(&format!(
            "{} failed earlier; `assetdeck transfers retry` tries again",
            file_words(failed)
        ));
    }
}
