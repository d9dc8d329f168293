//! The transfers pane: every file going up or down, its state, and why it failed.

use std::time::Instant;

use super::confirm::{Confirm, hint};
use super::error::ErrorSheet;
use super::rows::Cursor;
use super::view::{Block, ModalView, Room, RowView, Tone, say};
use super::{Modal, Outcome, Reply};
use crate::app::State;
use crate::app::effect::Effect;
use crate::app::key::{Code, Input};
use crate::domain::SafeText;
use crate::transfer::job::{Direction, Job, JobId, JobState};

#[derive(Debug, Default)]
pub struct TransfersPane {
    cursor: Cursor,
}

impl TransfersPane {
    fn current<'a>(&self, state: &'a State) -> Option<&'a Job> {
        state.transfers.jobs.get(self.cursor.at)
    }
}

/// Trying again makes sense; the engine looks first where the last try is in doubt.
const fn can_retry(job: &Job) -> bool {
    matches!(
        job.state,
        JobState::Failed(_)
            | JobState::InDoubt(_)
            | JobState::Unlisted { .. }
            | JobState::Cancelled
    )
}

impl Modal for TransfersPane {
    fn input(&mut self, input: &Input, state: &mut State, now: Instant) -> Reply {
        let jobs = &state.transfers.jobs;
        if self.cursor.input(input, jobs.len(), state.page()) {
            return Reply::stay();
        }
        let Input::Key(key) = input else {
            return Reply::stay();
        };
        if key.ctrl || key.alt {
            return Reply::stay();
        }
        match key.code {
            Code::Esc | Code::Char('q' | 't' | 'h') | Code::Left | Code::Backspace => {
                Reply::close()
            }
            Code::Enter | Code::Right | Code::Char('l') => match self.current(state) {
                Some(job) => Reply::of(Outcome::Open(Box::new(why(job)))),
                None => Reply::stay(),
            },
            Code::Char('r') => {
                let job = self.current(state).filter(|job| can_retry(job));
                Reply::stay().with(job.map(|job| Effect::RetryJob(job.id)))
            }
            Code::Char('R') => {
                let failed = jobs
                    .iter()
                    .filter(|job| can_retry(job) && job.state != JobState::Cancelled);
                let again: Vec<Effect> = failed.map(|job| Effect::RetryJob(job.id)).collect();
                Reply::stay().with(again)
            }
            Code::Char('x') => {
                let job = self.current(state).filter(|job| !job.state.is_over());
                Reply::stay().with(job.map(|job| Effect::CancelJob(job.id)))
            }
            Code::Char('X') => {
                let ids: Vec<JobId> = jobs
                    .iter()
                    .filter(|job| !job.state.is_over())
                    .map(|job| job.id)
                    .collect();
                if ids.is_empty() {
                    return Reply::stay();
                }
                Reply::of(Outcome::Open(Box::new(Confirm::cancel_all(ids, now))))
            }
            Code::Char('c') => {
                let over =
                    |job: &Job| matches!(job.state, JobState::Done { .. } | JobState::Cancelled);
                let gone: Vec<JobId> = jobs
                    .iter()
                    .filter(|job| over(job))
                    .map(|it| it.id)
                    .collect();
                state.transfers.jobs.retain(|job| !over(job));
                let last = state.transfers.jobs.len().saturating_sub(1);
                self.cursor.at = self.cursor.at.min(last);
                if gone.is_empty() {
                    Reply::stay()
                } else {
                    Reply::stay().with([Effect::ClearJobs(gone)])
                }
            }
            _ => Reply::stay(),
        }
    }

    fn view(&self, state: &State) -> ModalView {
        let rows = state
            .transfers
            .jobs
            .iter()
            .map(|job| {
                let (sign, right, tone) = standing(state, job);
                let arrow = match job.direction {
                    Direction::Up => '↑',
                    Direction::Down => '↓',
                };
                let name = SafeText::name(&job.name);
                let place = SafeText::prose(&job.place);
                let gap = if job.place.is_empty() { "" } else { "  " };
                RowView {
                    left: format!("{sign} {arrow} {name}{gap}{place}"),
                    right,
                    tone,
                    ..RowView::default()
                }
            })
            .collect();
        let mut blocks = vec![Block::List {
            rows,
            cursor: self.cursor.at,
            focused: true,
            empty: "Nothing was sent or saved yet. u uploads, s saves.".to_owned(),
        }];
        if let Some(job) = self.current(state) {
            if let JobState::Running(step) = &job.state {
                blocks.push(Block::Progress {
                    ratio: state.transfers.ratio(job),
                    label: step.label().to_owned(),
                });
            }
            for warning in &job.warnings {
                let warning = SafeText::prose(warning);
                blocks.push(Block::Line(vec![say(format!("! {warning}"))]));
            }
        }
        ModalView {
            title: "Transfers".to_owned(),
            room: Room::Full,
            danger: false,
            blocks,
            hints: vec![
                hint("Enter", "why"),
                hint("r", "retry"),
                hint("R", "retry all failed"),
                hint("x", "cancel"),
                hint("X", "cancel all"),
                hint("c", "clear finished"),
                hint("Esc", "leave"),
            ],
        }
    }
}

/// Sign, words and tone of a job's state.
fn standing(state: &State, job: &Job) -> (&'static str, String, Tone) {
    let size = job.size.map(crate::domain::size_words);
    match &job.state {
        JobState::Queued | JobState::Waiting { .. } if job.paused => {
            ("·", "paused".to_owned(), Tone::Dim)
        }
        JobState::Queued => ("·", "queued".to_owned(), Tone::Dim),
        JobState::Waiting { attempt, error, .. } => (
            "·",
            format!("waits for try {attempt}: {error}"),
            Tone::Warning,
        ),
        JobState::Running(step) => {
            let sent = state.transfers.meters.of(job).bytes;
            let words = match &size {
                Some(size) if sent > 0 => {
                    format!(
                        "{} {} of {size}",
                        step.label(),
                        crate::domain::size_words(sent)
                    )
                }
                _ => step.label().to_owned(),
            };
            ("▸", words, Tone::Plain)
        }
        JobState::Done { .. } if !job.warnings.is_empty() => {
            ("✓", "done, with a warning".to_owned(), Tone::Warning)
        }
        JobState::Done { .. } => (
            "✓",
            format!("done {}", size.unwrap_or_default()),
            Tone::Good,
        ),
        JobState::Failed(error) => ("✗", error.to_string(), Tone::Bad),
        JobState::InDoubt(_) => ("?", "in doubt: Enter says why".to_owned(), Tone::Warning),
        JobState::Unlisted { .. } => ("?", "sent, but not listed".to_owned(), Tone::Warning),
        JobState::Cancelled => ("–", "cancelled".to_owned(), Tone::Dim),
    }
}

/// All that is known of one job.
fn why(job: &Job) -> ErrorSheet {
    match &job.state {
        JobState::Failed(error) | JobState::InDoubt(error) | JobState::Waiting { error, .. } => {
            ErrorSheet::new(error)
        }
        other => {
            let headline = match other {
                JobState::Queued => "It waits for its turn.".to_owned(),
                JobState::Running(step) => format!("It is running: {}.", step.label()),
                JobState::Done {
                    path: Some(path), ..
                } => format!(
                    "It was saved as {}.",
                    SafeText::name(&path.to_string_lossy())
                ),
                JobState::Done { .. } => "The service lists it as it was sent.".to_owned(),
                JobState::Unlisted { reason } => SafeText::prose(reason).into_string(),
                _ => "It was cancelled.".to_owned(),
            };
            let mut facts = vec![
                ("Name".to_owned(), SafeText::name(&job.name).into_string()),
                (
                    "Place".to_owned(),
                    if job.place.is_empty() {
                        "at the top".to_owned()
                    } else {
                        SafeText::prose(&job.place).into_string()
                    },
                ),
            ];
            if let Some(size) = job.size {
                facts.push(("Size".to_owned(), crate::domain::size_words(size)));
            }
            for warning in &job.warnings {
                facts.push(("Warning".to_owned(), SafeText::prose(warning).into_string()));
            }
            ErrorSheet::words("Transfer", headline, facts)
        }
    }
}
