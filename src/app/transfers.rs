//! Transfers as the screen knows them: every job in the queue's order, counted as it changes, so
//! that neither a change nor a frame looks at all of them.

mod standing;
mod told;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

pub use self::standing::{MARKS, Mark, Standing, marks, since};
use crate::domain::AccountName;
use crate::transfer::job::{Direction, Job, JobId, JobState};
use crate::transfer::{Held, Meters, Total};

/// Every job of this session and what earlier ones left.
#[derive(Debug, Default)]
pub struct Transfers {
    jobs: HashMap<JobId, Arc<Job>>,
    /// In the queue's order.
    order: Vec<(i64, JobId)>,
    counts: Counts,
    pub meters: Meters,
    /// Accounts whose service asked for a pause.
    holds: HashMap<AccountName, Hold>,
    /// Left by an earlier run: they begin when the user says so.
    left: HashSet<JobId>,
    /// Another program works on the queue; this one looks on and adds.
    pub elsewhere: bool,
    /// That program is stopped; its process.
    pub stopped: Option<u32>,
    /// The pane's cursor, for what is done there.
    pub cursor: PaneCursor,
    /// The pane is open.
    pub open: bool,
    /// All is paused, and what is added is paused too.
    pub closed: bool,
}

/// Where the pane's cursor is: on a job, wherever that moves; else on a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct PaneCursor {
    pub job: Option<JobId>,
    pub row: usize,
}

/// The service asked an account to pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub until: Timestamp,
    /// How long the service asked for, where it said so.
    pub asked: Option<Duration>,
}

/// How many jobs stand where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Neither begun nor paused.
    pub queued: usize,
    /// Before another try, not paused.
    pub waiting: usize,
    pub paused: usize,
    pub running: usize,
    pub done: usize,
    pub failed: usize,
    /// In doubt, or not listed as sent.
    pub doubted: usize,
    pub cancelled: usize,
    /// Not over, going up.
    pub up: usize,
    /// Not over, going down.
    pub down: usize,
}

impl Counts {
    /// Jobs that are not over.
    pub const fn unfinished(&self) -> usize {
        self.up + self.down
    }

    fn count(&mut self, job: &Job, more: bool) {
        let step = |number: &mut usize| {
            *number = if more {
                *number + 1
            } else {
                number.saturating_sub(1)
            };
        };
        step(match &job.state {
            JobState::Queued | JobState::Waiting { .. } if job.paused => &mut self.paused,
            JobState::Queued => &mut self.queued,
            JobState::Waiting { .. } => &mut self.waiting,
            JobState::Running(_) => &mut self.running,
            JobState::Done { .. } => &mut self.done,
            JobState::Failed(_) => &mut self.failed,
            JobState::InDoubt(_) | JobState::Unlisted { .. } => &mut self.doubted,
            JobState::Cancelled => &mut self.cancelled,
        });
        if !job.state.is_over() {
            step(match job.direction {
                Direction::Up => &mut self.up,
                Direction::Down => &mut self.down,
            });
        }
    }
}

/// What the strip at the lower right says.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strip {
    pub counts: Counts,
    /// How far the run is.
    pub run: Total,
    /// Left by an earlier run, and not begun.
    pub left: usize,
    /// The account that has to pause, where there is one.
    pub held: Option<AccountName>,
    /// All is paused, and what is added is paused too.
    pub closed: bool,
}

impl Strip {
    /// Jobs that are not cancelled.
    pub const fn total(&self) -> usize {
        let counts = &self.counts;
        counts.unfinished() + counts.done + counts.failed + counts.doubted
    }
}

impl Transfers {
    /// Puts a job in, or its new state. Answers what it was before.
    pub fn put(&mut self, job: Arc<Job>, now: Instant) -> Option<Arc<Job>> {
        self.meters.put(&job, now);
        self.counts.count(&job, true);
        let (id, place) = (job.id, (job.order, job.id));
        if job.state.is_over() && !matches!(job.state, JobState::InDoubt(_))
            || matches!(job.state, JobState::Running(_))
        {
            self.left.remove(&id);
        }
        let before = self.jobs.insert(id, job);
        if let Some(before) = &before {
            self.counts.count(before, false);
        }
        let old = before.as_ref().map(|job| (job.order, job.id));
        if old != Some(place) {
            if let Some(at) = old.and_then(|old| self.order.binary_search(&old).ok()) {
                self.order.remove(at);
            }
            if let Err(at) = self.order.binary_search(&place) {
                self.order.insert(at, place);
            }
        }
        before
    }

    /// These accounts have to pause, and no others.
    pub(super) fn set_held(&mut self, held: Vec<Held>) {
        let holds = held.into_iter().map(|held| {
            let (until, asked) = (held.until, held.asked());
            (held.account, Hold { until, asked })
        });
        self.holds = holds.collect();
    }

    /// Takes out what is finished or cancelled; answers what that was.
    pub fn clear(&mut self) -> Vec<JobId> {
        let gone: Vec<JobId> = self
            .jobs
            .values()
            .filter(|job| matches!(job.state, JobState::Done { .. } | JobState::Cancelled))
            .map(|job| job.id)
            .collect();
        for id in &gone {
            if let Some(job) = self.jobs.remove(id) {
                self.counts.count(&job, false);
            }
        }
        self.order.retain(|(_, id)| self.jobs.contains_key(id));
        gone
    }

    /// How many rows the pane has.
    pub const fn len(&self) -> usize {
        self.order.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Jobs that are not over.
    pub const fn unfinished(&self) -> usize {
        self.counts.unfinished()
    }

    /// Jobs that run or will begin by themselves.
    pub fn under_way(&self) -> usize {
        let open = |id: &&JobId| {
            let job = self.jobs.get(*id);
            job.is_some_and(|job| !job.state.is_over() && !job.paused)
        };
        let counts = &self.counts;
        let begins = counts.running + counts.queued + counts.waiting;
        begins.saturating_sub(self.left.iter().filter(open).count())
    }

    pub fn get(&self, id: JobId) -> Option<&Arc<Job>> {
        self.jobs.get(&id)
    }

    /// The job in this row of the pane.
    pub fn at(&self, row: usize) -> Option<&Arc<Job>> {
        self.order.get(row).and_then(|(_, id)| self.jobs.get(id))
    }

    /// All of them, in the queue's order. Looks at every job: for what the user asks, not for frames.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Job>> {
        self.order.iter().filter_map(|(_, id)| self.jobs.get(id))
    }

    /// The row of a job.
    pub fn row(&self, id: JobId) -> Option<usize> {
        let order = self.jobs.get(&id)?.order;
        self.order.binary_search(&(order, id)).ok()
    }

    /// The row under the pane's cursor.
    pub fn cursor_row(&self) -> usize {
        let row = self.cursor.job.and_then(|id| self.row(id));
        row.unwrap_or(self.cursor.row)
            .min(self.len().saturating_sub(1))
    }

    /// Puts the pane's cursor onto a row.
    pub fn put_cursor(&mut self, row: usize) {
        self.cursor = PaneCursor {
            job: self.order.get(row).map(|(_, id)| *id),
            row,
        };
    }

    /// The pane's cursor begins at what is not finished, unless it stood somewhere before.
    pub fn begin_cursor(&mut self) {
        if self.cursor.job.is_none() {
            let finished =
                |job: &Job| matches!(job.state, JobState::Done { .. } | JobState::Cancelled);
            let open = self.all().find(|job| !finished(job));
            self.cursor.job = open.map(|job| job.id);
        }
    }

    /// Puts the pane's cursor onto a job, where there is one.
    pub const fn put_cursor_on(&mut self, job: Option<JobId>) {
        if job.is_some() {
            self.cursor.job = job;
        }
    }

    /// The job under the pane's cursor.
    pub fn current(&self) -> Option<&Arc<Job>> {
        self.at(self.cursor_row())
    }

    /// The share that is through, 0 to 1.
    pub fn ratio(&self, job: &Job) -> f64 {
        match (&job.state, job.size) {
            (JobState::Done { .. }, _) => 1.0,
            (_, Some(size)) if size > 0 => share(self.meters.of(job).bytes, size),
            _ => 0.0,
        }
    }

    /// What an earlier run left and nobody has decided on, in the queue's order.
    pub fn left(&self) -> Vec<JobId> {
        let mut left: Vec<&Arc<Job>> = self.left.iter().filter_map(|id| self.get(*id)).collect();
        left.sort_by_key(|job| (job.order, job.id));
        left.into_iter().map(|job| job.id).collect()
    }

    /// These are left by an earlier run.
    pub(super) fn leave(&mut self, left: &[JobId]) {
        self.left = left.iter().copied().collect();
    }

    pub fn left_count(&self) -> usize {
        self.left.len()
    }

    pub fn is_left(&self, id: JobId) -> bool {
        self.left.contains(&id)
    }

    /// It was said of this one, or of all that an earlier run left, that it goes on.
    pub fn goes_on(&mut self, id: Option<JobId>) {
        match id {
            Some(id) => {
                self.left.remove(&id);
            }
            None => self.left.clear(),
        }
    }

    /// The pause that the account's service asked for, while it lasts.
    pub fn hold(&self, account: &AccountName, time: Timestamp) -> Option<&Hold> {
        self.holds.get(account).filter(|hold| hold.until > time)
    }

    /// When the next pause of an account is over.
    pub fn next_release(&self, time: Timestamp) -> Option<Timestamp> {
        let lasting = self.holds.values().map(|hold| hold.until);
        lasting.filter(|until| *until > time).min()
    }

    /// How far the run is, for who is told beside the screen: what waits for the user's word about an
    /// earlier run is no part of it.
    pub fn run(&self) -> Total {
        let total = self.meters.total();
        if total.running > 0 || total.waiting > self.left.len() {
            return total;
        }
        Total {
            waiting: 0,
            going_up: 0,
            going_down: 0,
            ..total
        }
    }

    pub fn strip(&self, time: Timestamp) -> Strip {
        let held = self.holds.iter().filter(|(_, hold)| hold.until > time);
        Strip {
            counts: self.counts,
            run: self.meters.total(),
            left: self.left.len(),
            held: held.map(|(account, _)| account).min().cloned(),
            closed: self.closed,
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a share for a bar; nobody sees the 53rd bit"
)]
fn share(bytes: u64, of: u64) -> f64 {
    bytes as f64 / of as f64
}
