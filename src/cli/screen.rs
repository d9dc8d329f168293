//! The screen: everything it needs is put together here.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jiff::tz::TimeZone;

use super::failure::{Exit, Failure};
use super::output::Output;
use super::session::Session;
use super::stop::Stop;
use super::teller::NOT_KNOWN;
use super::transfers::for_screen;
use crate::api::Connector;
use crate::domain::{SafeText, Shape};
use crate::index::Index;
use crate::runtime::{Recalled, this_program};
use crate::transfer::{Job, JobState, Transfers};
use crate::tui::{self, Opened, Start};

/// What outlives a session, as the screen opens it.
pub struct Kept {
    pub transfers: Transfers,
    pub index: Index,
    pub recalled: Recalled,
    /// What the index has to say, in one safe sentence.
    pub note: Option<String>,
}

impl Kept {
    /// The user's own.
    pub fn open(session: &Session) -> Self {
        let (index, note) = session.index();
        let recalled = Recalled::of(&index, &session.accounts());
        let note = note.or_else(|| index.trouble().map(str::to_owned));
        Self {
            transfers: for_screen(session),
            index,
            recalled,
            note,
        }
    }

    /// Of a world that ends with its home: no queue, and an index so that what was listed is found.
    pub fn fleeting(session: &Session) -> Self {
        let (index, note) = session.index();
        Self {
            transfers: Transfers::new(),
            index,
            recalled: Recalled::default(),
            note,
        }
    }
}

/// How long the service may take to say what it has of the files that were being recorded.
const LAST_LOOK: Duration = Duration::from_secs(20);

/// Says of each file that was under way what is known of it, now that the terminal is ours to print
/// on. A user who quits waits for the service's word; one whose terminal is gone does not.
async fn settle(transfers: &Transfers, patient: bool, signals: &mut Stop) {
    let mut output = Output::standard();
    let unsettled =
        |job: &Job| matches!(job.state, JobState::Running(step) if step.may_leave_a_record());
    let left: Vec<Arc<Job>> = transfers
        .jobs()
        .into_iter()
        .filter(|job| unsettled(job))
        .collect();
    if patient && !left.is_empty() {
        let many = left.len();
        output.note(&format!(
            "asking the service what it has of {many} unfinished; Ctrl-C leaves"
        ));
        tokio::select! {
            () = transfers.drain(LAST_LOOK) => {}
            () = signals.asked() => {}
        }
    }
    let asked: HashSet<_> = left.iter().map(|job| job.id).collect();
    for job in transfers.jobs() {
        let name = SafeText::name(&job.name);
        match job.state {
            JobState::Done { .. } if asked.contains(&job.id) => {
                output.note(&format!("{name}: done"));
            }
            JobState::Running(step) if step.may_leave_a_record() && !transfers.keeps() => {
                output.note(&format!("{name}: {NOT_KNOWN}"));
            }
            JobState::InDoubt(_) => output.note(&format!("{name}: {NOT_KNOWN}")),
            _ if !job.state.is_over() && transfers.keeps() => {
                output.note(&format!(
                    "{name}: kept, the next start offers to go on with it"
                ));
            }
            _ if !job.state.is_over() => output.note(&format!("{name}: stopped")),
            _ => {}
        }
    }
}

/// Runs the screen until it is left, then signs out. The engine of transfers is opened beside its
/// first frame: a journal may take its time.
pub async fn run(
    session: Arc<Session>,
    open: impl FnOnce(&Session) -> Kept + Send + 'static,
    files_at: PathBuf,
    asked: Shape,
) -> Result<(), Failure> {
    let (usuals, keymap) = (session.usuals()?, session.keymap()?);
    let transfers: Arc<OnceLock<Transfers>> = Arc::default();
    let (kept, owner) = (Arc::clone(&transfers), Arc::clone(&session));
    let opening = tokio::task::spawn_blocking(move || {
        let Kept {
            transfers,
            index,
            recalled,
            note,
        } = open(&owner);
        let transfers = kept.get_or_init(|| transfers).clone();
        let notice = notice(&owner, &transfers, note);
        Opened {
            transfers,
            index,
            recalled,
            zone: TimeZone::system(),
            notice,
        }
    });
    let start = Start {
        connector: Arc::clone(&session) as Arc<dyn Connector>,
        opening,
        usuals,
        reports: session.reports(),
        keymap,
        looks: session.looks(),
        shape: session.shape().or(asked),
        files_at,
        pictures: session.pictures(),
        program: this_program(),
    };
    let left = tui::run(start).await;
    let mut signals = Stop::listen()?;
    if let Some(transfers) = transfers.get() {
        settle(transfers, matches!(left, Ok(tui::Exit::Quit)), &mut signals).await;
    }
    session.close(&mut signals).await;
    match left {
        Ok(tui::Exit::Quit) => Ok(()),
        Ok(tui::Exit::Signalled(status)) => Err(Failure::silent(Exit::Signalled(status))),
        Err(error) => Err(Failure::failed(error.to_string())),
    }
}

/// What there is to say at the beginning: the journal's news before all else.
fn notice(session: &Session, transfers: &Transfers, index: Option<String>) -> Option<String> {
    let mut notes = transfers.notes().to_vec();
    notes.extend(index);
    if !transfers.works() {
        notes
            .push("Another assetdeck works on the transfers; this one hands them over.".to_owned());
    }
    notes.extend(session.how_to_begin());
    (!notes.is_empty()).then(|| notes.join(" "))
}
