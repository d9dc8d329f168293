//! Progress of the commands: a block that is drawn again on a terminal, a line now and then in a
//! conversation, lines of JSON for programs, nothing for everyone else.

mod beat;
mod lines;
mod spoken;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

pub use self::beat::Beat;
use self::lines::{line, sum};
use self::spoken::Spoken;
use super::args::Shown;
use super::output::{MARGIN, Output};
use super::session::Session;
use crate::api::Step;
use crate::domain::{AccountName, SafeText, until};
use crate::transfer::{Direction, Held, Job, JobId, JobState, Meters, Transfers, held_words};
use crate::tui::report::Reporter;

/// How often the block is drawn at the most.
const REDRAW: Duration = Duration::from_millis(125);
/// How often a line of JSON tells of one file's bytes at the most.
const TELL: Duration = Duration::from_secs(1);
/// Most files that have a line of their own.
const MOST: usize = 8;
/// Wider lines help nobody, and narrower ones survive most changes of the window's width.
const WIDEST: usize = 77;

enum Shape {
    Block(Box<Reporter>),
    Spoken(Spoken),
    Json,
    /// Nobody sees how far they are; what holds them is said.
    Bare,
    Nothing,
}

/// What a command shows of transfers while it waits for them.
pub struct Progress {
    shape: Shape,
    meters: Meters,
    running: BTreeMap<JobId, Job>,
    /// When each file's bytes were told last, and how far its state was told.
    told: HashMap<JobId, (Instant, u8)>,
    /// Until when an account was last known to pause.
    held: HashMap<AccountName, Timestamp>,
}

impl Progress {
    /// Chooses how: JSON where the command speaks it, lines in a conversation, a block on a terminal,
    /// else nothing.
    pub fn new(session: &Session, output: &mut Output, json: bool, shown: &Shown) -> Self {
        let shape = if output.is_quiet() || shown.no_progress {
            Shape::Nothing
        } else if json {
            Shape::Json
        } else if output.is_linear() {
            Shape::Spoken(Spoken::default())
        } else if output.room().is_some() {
            let var = |name: &str| std::env::var(name).ok();
            let reporter = Reporter::new(session.reports(), var);
            output.owe(reporter.debt());
            Shape::Block(Box::new(reporter))
        } else {
            Shape::Bare
        };
        Self {
            shape,
            meters: Meters::default(),
            running: BTreeMap::new(),
            told: HashMap::new(),
            held: HashMap::new(),
        }
    }

    /// When there is something to do.
    pub fn beat(&self) -> Beat {
        let every = match self.shape {
            Shape::Block(_) => REDRAW,
            Shape::Json | Shape::Spoken(_) => TELL,
            Shape::Bare | Shape::Nothing => return Beat(None),
        };
        let mut timer = interval(every);
        timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Beat(Some(timer))
    }

    /// A transfer was added or has changed.
    pub fn job(&mut self, output: &mut Output, job: &Job, now: Instant) {
        if matches!(self.shape, Shape::Bare | Shape::Nothing) {
            return;
        }
        self.meters.put(job, now);
        if job.state.is_over() || job.state == JobState::Queued {
            self.running.remove(&job.id);
        } else {
            self.running.insert(job.id, job.clone());
        }
        if matches!(self.shape, Shape::Json) {
            self.tell_state(output, job, now);
        }
    }

    /// These accounts have to pause: each pause is told once, also one that gets longer.
    pub fn held(&mut self, output: &mut Output, held: &[Held], time: Timestamp) {
        for pause in held {
            let before = self.held.insert(pause.account.clone(), pause.until);
            if before.is_some_and(|before| before > time) {
                continue;
            }
            let left = until(pause.until, time);
            match self.shape {
                Shape::Nothing => {}
                Shape::Json => output.event(&json!({
                    "event": "held",
                    "account": pause.account.as_str(),
                    "seconds": left.as_secs(),
                    "reason": pause.why.to_string(),
                })),
                Shape::Block(_) | Shape::Spoken(_) | Shape::Bare => {
                    output.note(&held_words(&pause.account, left, pause.asked()));
                }
            }
        }
    }

    /// Time has gone on.
    pub fn tick(&mut self, output: &mut Output, transfers: &Transfers, now: Instant) {
        for (id, bytes) in transfers.progress().0 {
            self.meters.bytes(id, bytes, now);
        }
        self.meters.tick(now);
        match &mut self.shape {
            Shape::Bare | Shape::Nothing => {}
            Shape::Json => self.tell_bytes(output, now),
            Shape::Spoken(spoken) => {
                let total = self.meters.total();
                if spoken.due(&total, now) {
                    let only = self.running.values().next().filter(|_| total.files == 1);
                    output.note(&match only {
                        Some(job) => spoken::of(job, &self.meters.of(job)),
                        None => spoken::of_all(&total),
                    });
                }
            }
            Shape::Block(reporter) => {
                let total = self.meters.total();
                if total.files == 0 {
                    return;
                }
                let Some((columns, _)) = output.room() else {
                    return;
                };
                let width = columns.saturating_sub(MARGIN).min(WIDEST);
                let mut lines: Vec<String> = self
                    .running
                    .values()
                    .take(MOST)
                    .map(|job| line(job, &self.meters.of(job), width))
                    .collect();
                if total.files > 1 || lines.is_empty() {
                    lines.push(sum(&total, width));
                }
                output.draw(&lines);
                output.aside(|| reporter.tell(&total, now));
            }
        }
    }

    /// All is over, or left.
    pub fn end(&mut self, output: &mut Output, now: Instant) {
        output.lift();
        let total = self.meters.total();
        if let Shape::Block(reporter) = &mut self.shape
            && total.files > 0
        {
            output.aside(|| reporter.tell(&total, now));
            output.settle();
        }
    }

    fn tell_bytes(&mut self, output: &mut Output, now: Instant) {
        for job in self.running.values() {
            let gauge = self.meters.of(job);
            let moves = matches!(job.state, JobState::Running(Step::Send));
            let told = self.told.entry(job.id).or_insert((now, 0));
            if !moves || gauge.bytes == 0 || now < told.0 + TELL {
                continue;
            }
            told.0 = now;
            let mut event = event("progress", job);
            event["bytes"] = json!(gauge.bytes);
            event["rate"] = json!(gauge.rate);
            event["left"] = json!(gauge.left.map(|left| left.as_secs()));
            output.event(&event);
        }
    }

    fn tell_state(&mut self, output: &mut Output, job: &Job, now: Instant) {
        let up = job.direction == Direction::Up;
        let told = self.told.entry(job.id).or_insert((now, 0));
        let mut say = |word: &'static str, reason: Option<String>| {
            let mut event = event(word, job);
            if let Some(reason) = reason {
                event["reason"] = json!(reason);
            }
            output.event(&event);
        };
        // How far the three marks of an upload are: sent, stored, listed.
        let reached = match &job.state {
            JobState::Running(Step::Record | Step::Attach) => 1,
            JobState::Running(Step::Texts | Step::Confirm) => 2,
            JobState::Done { .. } => 3,
            JobState::Running(_) => told.1.min(2),
            _ => 0,
        };
        for mark in told.1..reached {
            if up {
                say(["sent", "stored", "listed"][usize::from(mark)], None);
            }
        }
        let begun = told.1 == 0 && reached == 0;
        told.1 = reached;
        match &job.state {
            JobState::Running(Step::Send) if begun => say("sending", None),
            JobState::Running(_) => {}
            JobState::Queued => say("queued", None),
            JobState::Waiting {
                until,
                attempt,
                error,
            } => {
                let mut event = event("waiting", job);
                event["until"] = json!(until.to_string());
                event["attempt"] = json!(attempt);
                event["reason"] = json!(error.to_string());
                output.event(&event);
            }
            JobState::Done { .. } => say("done", None),
            JobState::Failed(error) => say("failed", Some(error.to_string())),
            JobState::InDoubt(error) => say("in doubt", Some(error.to_string())),
            JobState::Unlisted { reason } => {
                say("unlisted", Some(SafeText::prose(reason).into_string()));
            }
            JobState::Cancelled => say("cancelled", None),
        }
        if job.state.is_over() {
            self.told.remove(&job.id);
        }
    }
}

fn event(word: &str, job: &Job) -> Value {
    json!({
        "event": word,
        "id": job.id.0,
        "name": &*job.name,
        "size": job.size,
    })
}

#[cfg(test)]
mod tests;
