//! `transfers`: the queue without the screen. List it, go on with it, retry, cancel, clear.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::args::{Queue, QueueCommand, Shown};
use super::failure::{Failure, Tally};
use super::output::{Cell, Output, Table};
use super::session::Session;
use super::stop::Stop;
use super::transfer::{Finish, Followed, Teller, follow};
use crate::api::ApiErrorKind;
use crate::domain::{AccountName, Address, SafeText, file_words};
use crate::transfer::{Ask, Direction, Job, JobId, JobState, JournalError, Transfers};

/// How long what is being recorded may take to end when the command is stopped.
const WIND_DOWN: Duration = Duration::from_secs(5);

const HEADS: &[&str] = &["ID", "STATE", "NAME", "SIZE", "TO OR FROM", "REASON"];

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
    let left = transfers
        .jobs()
        .iter()
        .filter(|job| unfinished(job))
        .count();
    if left > 0 && transfers.works() {
        output.note(&format!(
            "{left} of an earlier run are not finished; `assetdeck transfers resume` goes on with them"
        ));
    }
    Ok(transfers)
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
            let (jobs, note) = Transfers::look(folder)?;
            if let Some(note) = note {
                output.note(&note);
            }
            list(output, &jobs, args.json)
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
            end(output, &transfers, chosen.len(), "paused").await
        }
        Some(QueueCommand::Cancel { ids }) => {
            let transfers = engine(session)?;
            let chosen = chosen(&transfers.jobs(), ids, unfinished)?;
            for id in &chosen {
                transfers.cancel(*id);
            }
            end(output, &transfers, chosen.len(), "cancelled").await
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
            end(output, &transfers, chosen.len(), "cleared").await
        }
    }
}

async fn end(
    output: &mut Output,
    transfers: &Transfers,
    count: usize,
    did: &str,
) -> Result<(), Failure> {
    transfers.drain(WIND_DOWN).await;
    if transfers.works() {
        output.line(&format!("{count} {did}"))
    } else {
        output.line(&format!(
            "another assetdeck works on the queue; it was asked for {count} to be {did}"
        ))
    }
}

/// The jobs that were named; else all that fit.
fn chosen(
    jobs: &[Arc<Job>],
    ids: &[u64],
    fits: impl Fn(&Job) -> bool,
) -> Result<Vec<JobId>, Failure> {
    if ids.is_empty() {
        let fitting = jobs.iter().filter(|job| fits(job));
        return Ok(fitting.map(|job| job.id).collect());
    }
    let known = |id: &u64| jobs.iter().any(|job| job.id.0 == *id);
    match ids.iter().find(|id| !known(id)) {
        Some(id) => Err(Failure::usage(format!("there is no transfer {id}"))
            .hint("`assetdeck transfers` lists them.")),
        None => Ok(ids.iter().map(|id| JobId(*id)).collect()),
    }
}

/// What going on begins with.
#[derive(Default)]
struct Chosen {
    /// Not over: it begins.
    rest: Vec<JobId>,
    /// What became of it is not known: it is looked for, and nothing is sent.
    open: Vec<JobId>,
    /// Tried once more; of what is in doubt only what the user named.
    again: Vec<JobId>,
}

impl Chosen {
    /// Without a wish what is left over; with one what failed, or the numbers in it.
    fn of(jobs: &[Arc<Job>], again: Option<&Vec<u64>>) -> Result<Self, Failure> {
        let fitting = |fits: &dyn Fn(&Job) -> bool| {
            let fitting = jobs.iter().filter(|job| fits(job));
            fitting.map(|job| job.id).collect::<Vec<JobId>>()
        };
        let open = |job: &Job| Ask::Look.is_for(job);
        Ok(match again {
            None => Self {
                rest: fitting(&|job| !job.state.is_over()),
                open: fitting(&open),
                // The disk held it back, not the file.
                again: fitting(
                    &|job| matches!(&job.state, JobState::Failed(it) if it.kind == ApiErrorKind::DiskFull),
                ),
            },
            Some(ids) if ids.is_empty() => Self {
                open: fitting(&open),
                again: fitting(&|job| Ask::Retry.is_for(job)),
                ..Self::default()
            },
            Some(ids) => Self {
                again: chosen(jobs, ids, |_| false)?,
                ..Self::default()
            },
        })
    }

    fn ask(&self, transfers: &Transfers) {
        transfers.ask(Ask::GoOn, &self.rest);
        transfers.ask(Ask::Look, &self.open);
        transfers.ask(Ask::Retry, &self.again);
        transfers.flush();
    }

    fn all(&self) -> HashSet<JobId> {
        let all = self.rest.iter().chain(&self.open).chain(&self.again);
        all.copied().collect()
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
    let chosen = Chosen::of(&transfers.jobs(), again)?;
    chosen.ask(&transfers);
    let ids = chosen.all();
    if !transfers.works() {
        return handed_over(output, ids.len());
    }
    let accounts: BTreeSet<AccountName> = transfers
        .jobs()
        .into_iter()
        .filter(|job| ids.contains(&job.id))
        .map(|job| job.account.clone())
        .collect();
    let mut tally = Tally::default();
    let mut waiting: HashSet<JobId> = HashSet::new();
    for account in accounts {
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
        follow(&transfers, &mut events, waiting, stop, &mut teller).await
    };
    teller.end();
    end.drain(&transfers).await;
    end.tell(output, &mut tally);
    if !tally.stopped && again.is_none_or(Vec::is_empty) {
        tell_left(output, &transfers.jobs(), &ids, &mut tally);
    }
    tally.end()
}

/// The end where another process works: a script must not take what was asked for as done.
fn handed_over(output: &mut Output, count: usize) -> Result<(), Failure> {
    if count == 0 {
        return output.line("another assetdeck works on the queue; nothing is left for this one");
    }
    let what = format!(
        "another assetdeck works on the queue; it was asked to go on with {}, which {} not done yet",
        file_words(count),
        if count == 1 { "is" } else { "are" }
    );
    Err(Failure::failed(what).hint("`assetdeck transfers` shows what becomes of them."))
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

fn list(output: &mut Output, jobs: &[Arc<Job>], as_json: bool) -> Result<(), Failure> {
    if as_json {
        for job in jobs {
            output.json(&line(job))?;
        }
        return Ok(());
    }
    let mut table = Table::new(HEADS);
    for job in jobs {
        let state = if job.paused {
            "paused"
        } else {
            job.state.word()
        };
        let place = Address::of_scope(job.account.clone(), &job.scope).to_string();
        let cells = [
            Cell::name(&job.id.0.to_string()),
            Cell::name(state),
            Cell::name(&job.name),
            Cell::Bytes(job.size),
            Cell::name(format!("{place} {}", job.place).trim_end()),
            Cell::Said(reason(job).unwrap_or_default()),
        ];
        output.row(&mut table, &cells)?;
    }
    output.end(table, "No transfers.")
}

fn reason(job: &Job) -> Option<String> {
    match &job.state {
        JobState::Failed(error) | JobState::InDoubt(error) | JobState::Waiting { error, .. } => {
            Some(error.to_string())
        }
        JobState::Unlisted { reason } => Some(SafeText::prose(reason).into_string()),
        _ => None,
    }
}

fn line(job: &Job) -> serde_json::Value {
    let step = match &job.state {
        JobState::Running(step) => Some(step.label()),
        _ => None,
    };
    let (until, attempt) = match &job.state {
        JobState::Waiting { until, attempt, .. } => (Some(until.to_string()), Some(*attempt)),
        _ => (None, None),
    };
    let warnings: Vec<String> = job
        .warnings
        .iter()
        .map(|text| SafeText::prose(text).into_string())
        .collect();
    json!({
        "id": job.id.0,
        "state": job.state.word(),
        "step": step,
        "paused": job.paused,
        "direction": match job.direction { Direction::Up => "up", Direction::Down => "down" },
        "name": &*job.name,
        "size": job.size,
        "account": job.account.as_str(),
        "address": Address::of_scope(job.account.clone(), &job.scope).to_string(),
        "place": &*job.place,
        "until": until,
        "attempt": attempt,
        "reason": reason(job),
        "warnings": warnings,
    })
}
